//! Leases: who needs the client to be awake.
//!
//! The foreground lease runs the worker: enqueue, time and connectivity wake it. A drain lease keeps the client awake
//! for one background slice. The last lease to go stops the worker; then the store is closed and its folder free, once
//! calls under way have ended, and the next lease or call opens it again (`world::presence`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

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

/// The screens that look at a client, and what runs for them.
#[derive(Default)]
pub(super) struct Screens(Mutex<Foreground>);

#[derive(Default)]
struct Foreground {
    leases: usize,
    worker: Option<JoinHandle<()>>,
}

impl Screens {
    fn foreground(&self) -> MutexGuard<'_, Foreground> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Foreground {
    /// Stops the worker, if it runs: an attempt under way is cut, and its job stands as its rows say.
    fn stop(&mut self) -> Option<JoinHandle<()>> {
        self.worker.take().inspect(JoinHandle::abort)
    }
}

/// One lease; dropping it gives it back.
pub struct Lease {
    kind: LeaseKind,
    screens: Arc<Screens>,
    world: Arc<World>,
    runtime: Handle,
}

impl Client {
    /// Takes a lease. The store is opened by whoever uses it first.
    ///
    /// # Errors
    /// `Closed` after shut-down.
    pub fn lease(&self, kind: LeaseKind) -> std::result::Result<Lease, ClientError> {
        let runtime = self.runtime.handle().map_err(ClientError::from)?;
        self.world.lease_taken().map_err(ClientError::from)?;
        if kind == LeaseKind::Foreground {
            let mut foreground = self.screens.foreground();
            foreground.leases += 1;
            if foreground.leases == 1 {
                // The worker must not keep the world alive after the client is gone.
                let world = Arc::downgrade(&self.world);
                foreground.worker = Some(runtime.spawn(outbox::work(world)));
            }
        }
        Ok(Lease {
            kind,
            screens: Arc::clone(&self.screens),
            world: Arc::clone(&self.world),
            runtime: runtime.clone(),
        })
    }

    /// Ends background work and calls under way, moves the WAL into the files and lets the folder go. Never waits for the
    /// network: an attempt is cut, and its job stands unconfirmed.
    ///
    /// # Errors
    /// `Storage` where the checkpoint fails; the client is shut down all the same.
    pub async fn shut_down(mut self) -> std::result::Result<(), ClientError> {
        self.screens.foreground().stop();
        self.world.end();
        let runtime = self.runtime.0.take().ok_or(Error::Closed)?;
        let world = Arc::clone(&self.world);
        // SQL in flight ends first, so that the lock of the folder is the last thing to go.
        // On a thread of its own: the caller may run on an executor that is not tokio's.
        let (ended, end) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("phananh-end".into())
            .spawn(move || {
                runtime.shutdown_timeout(std::time::Duration::from_secs(5));
                ended.send(world.close())
            })
            .map_err(Error::from)?;
        Ok(end.await.map_err(|_| Error::Internal)??)
    }
}

impl Lease {
    /// Gives the lease back. Where it was the last one, the store is closed and its folder free when this returns, calls
    /// under way having ended: from then on a system may suspend the app.
    pub async fn end(mut self) {
        let (world, runtime) = (Arc::clone(&self.world), self.runtime.clone());
        if let Some(worker) = self.leave() {
            // Cut, and done with the world.
            let _ = worker.await;
        }
        // Closing syncs files; the caller may be the thread that draws.
        let _ = runtime.spawn_blocking(move || drop(self)).await;
        world.at_rest().await;
    }

    /// Takes this lease off its screens once; gives the worker of the last one, stopped.
    fn leave(&mut self) -> Option<JoinHandle<()>> {
        if std::mem::replace(&mut self.kind, LeaseKind::Drain) == LeaseKind::Drain {
            return None;
        }
        let mut foreground = self.screens.foreground();
        foreground.leases = foreground.leases.saturating_sub(1);
        if foreground.leases > 0 {
            return None;
        }
        foreground.stop()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.leave();
        self.world.lease_given_back();
    }
}
