//! Leases: who needs the client to be awake.
//!
//! The foreground lease runs the worker: enqueue, time and connectivity wake it. A drain lease keeps the client awake
//! for one background slice. The last lease to go stops the worker and moves the WAL into the file. The lock of
//! the folder is held until [`Client::shut_down`]: a shell whose system kills suspended apps that hold one shuts down.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Client;
use crate::error::{ClientError, Error};
use crate::outbox;
use crate::world::World;

/// Who needs the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseKind {
    /// Somebody looks at it: the worker runs.
    Foreground,
    /// One background slice: the caller drains by itself.
    Drain,
}

/// All leases of a client.
#[derive(Default)]
pub(super) struct Leases {
    foreground: AtomicUsize,
    drains: AtomicUsize,
    worker: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

/// One lease; dropping it gives it back.
pub struct Lease {
    kind: LeaseKind,
    leases: Arc<Leases>,
    world: Arc<World>,
}

impl Client {
    /// Takes a lease.
    ///
    /// # Errors
    /// `Closed` after shut-down.
    pub fn lease(&self, kind: LeaseKind) -> std::result::Result<Lease, ClientError> {
        let handle = self.runtime.handle().map_err(ClientError::from)?;
        match kind {
            LeaseKind::Drain => {
                self.leases.drains.fetch_add(1, Ordering::SeqCst);
            }
            LeaseKind::Foreground => {
                if self.leases.foreground.fetch_add(1, Ordering::SeqCst) == 0 {
                    // The worker must not keep the world alive after the client is gone.
                    let world = Arc::downgrade(&self.world);
                    let task = handle.spawn(outbox::work(world));
                    *self.leases.worker.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
                }
            }
        }
        Ok(Lease {
            kind,
            leases: Arc::clone(&self.leases),
            world: Arc::clone(&self.world),
        })
    }

    /// Ends background work, moves the WAL into the files and lets the folder go. Waits for an attempt that is under
    /// way to come to an end, but never for the network: the attempt is cut, and its job stands unconfirmed.
    ///
    /// # Errors
    /// `Storage` where the checkpoint fails; the client is shut down all the same.
    pub async fn shut_down(mut self) -> std::result::Result<(), ClientError> {
        if let Some(task) = self
            .leases
            .worker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
        let done = self.on_disk(|world| world.store.checkpoint()).await;
        if let Some(runtime) = self.runtime.0.take() {
            // SQL in flight ends first, so that the lock of the folder is the last thing to go.
            // On a thread of its own: the caller may run on an executor that is not tokio's.
            let (ended, end) = tokio::sync::oneshot::channel();
            std::thread::Builder::new()
                .name("phananh-end".into())
                .spawn(move || {
                    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
                    ended.send(())
                })
                .map_err(Error::from)?;
            end.await.map_err(|_| Error::Internal)?;
        }
        done
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let last = match self.kind {
            LeaseKind::Drain => {
                self.leases.drains.fetch_sub(1, Ordering::SeqCst) == 1
                    && self.leases.foreground.load(Ordering::SeqCst) == 0
            }
            LeaseKind::Foreground => {
                let last_screen = self.leases.foreground.fetch_sub(1, Ordering::SeqCst) == 1;
                if last_screen
                    && let Some(task) = self
                        .leases
                        .worker
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .take()
                {
                    task.abort();
                }
                last_screen && self.leases.drains.load(Ordering::SeqCst) == 0
            }
        };
        if last {
            // A failing checkpoint costs nothing: the WAL is read at the next open.
            let _ = self.world.store.checkpoint();
        }
    }
}
