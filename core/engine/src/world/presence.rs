//! When the store is open.
//!
//! A client opens its store when it is made, and keeps it open until a shell takes its first lease. From then on the
//! store is open while somebody needs it: a lease, or a call under way. When the last of them goes, the WAL is moved into
//! the files, SQLite's handles go, and last the lock of the folder; the next to come opens all of it again. So a shell
//! that lets its leases go can be suspended by its system (iOS kills an app that sleeps with a lock), and another process
//! may have the folder meanwhile.
//!
//! A [`Stay`] is one need of a call: noted before its work is handed to a thread that may block, so that nothing comes
//! late to a store that is at rest, and opened there. Opening again is opening: what another process or a kill left is put
//! right before anybody reads, and listeners are told to read everything again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::World;
use crate::effects::Effects;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::lock::StoreLock;
use crate::rescue::{self, Rescued};

/// What is done each time the store was opened, before anybody uses it.
pub(crate) type PutRight = fn(&World) -> Result<()>;

/// Who needs the store, apart from calls under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nobody took a lease yet: it stays open.
    Opened,
    /// So many leases, at least one.
    Leases(usize),
    /// The last lease went: open for calls alone.
    Resting,
    /// The client is gone.
    Ended,
}

#[derive(Debug)]
struct State {
    need: Need,
    /// Held exactly while the store is open.
    lock: Option<StoreLock>,
    rescued: Option<Rescued>,
}

/// Whether the store is open, and what opens it.
#[derive(Debug)]
pub(crate) struct Presence {
    folder: PathBuf,
    wait_ms: u64,
    effects: Effects,
    put_right: PutRight,
    state: Mutex<State>,
    /// Calls under way. Not part of the state: noting one waits for nobody.
    stays: AtomicUsize,
    /// The store was closed, or the client is gone.
    closed: Notify,
}

impl Presence {
    /// Of a store that will be opened by the first stay.
    pub(crate) fn new(folder: PathBuf, wait_ms: u64, effects: Effects, put_right: PutRight) -> Self {
        let state = State {
            need: Need::Opened,
            lock: None,
            rescued: None,
        };
        Self {
            folder,
            wait_ms,
            effects,
            put_right,
            state: Mutex::new(state),
            stays: AtomicUsize::new(0),
            closed: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_unused(&self) -> bool {
        self.stays.load(Ordering::SeqCst) == 0
    }

    /// What came of a damaged store when it was opened, the last time that one was.
    pub(crate) fn rescued(&self) -> Option<Rescued> {
        self.state().rescued.clone()
    }
}

impl World {
    /// Opens the store for the first time. Blocks.
    ///
    /// # Errors
    /// As opening a store.
    pub(crate) fn open(&self) -> Result<()> {
        self.open_if_closed(&mut self.presence.state())
    }

    fn open_if_closed(&self, state: &mut State) -> Result<()> {
        if state.need == Need::Ended {
            return Err(Error::Closed);
        }
        if state.lock.is_some() {
            return Ok(());
        }
        let presence = &self.presence;
        let lock = StoreLock::acquire(&presence.folder, presence.wait_ms)?;
        let rescued = rescue::open_store(&presence.folder, &self.store, &presence.effects, self.now())?;
        let ready = self.files.make().map_err(Error::from);
        if let Err(error) = ready.and_then(|()| (presence.put_right)(self)) {
            self.store.abandon();
            return Err(error);
        }
        state.rescued = rescued.or(state.rescued.take());
        state.lock = Some(lock);
        Ok(())
    }

    /// Notes a lease; the store is opened by whoever uses it first.
    ///
    /// # Errors
    /// `Closed` once the client is gone.
    pub(crate) fn lease_taken(&self) -> Result<()> {
        let mut state = self.presence.state();
        state.need = match state.need {
            Need::Opened | Need::Resting => Need::Leases(1),
            Need::Leases(n) => Need::Leases(n.saturating_add(1)),
            Need::Ended => return Err(Error::Closed),
        };
        Ok(())
    }

    /// A lease went. Blocks where it was the last need.
    pub(crate) fn lease_given_back(&self) {
        let mut state = self.presence.state();
        state.need = match state.need {
            Need::Leases(1) => Need::Resting,
            Need::Leases(n) => Need::Leases(n.saturating_sub(1)),
            other => other,
        };
        self.rest(&mut state);
    }

    /// Closes the store where nobody needs it.
    fn rest(&self, state: &mut State) {
        if state.need == Need::Resting && self.presence.is_unused() && state.lock.is_some() {
            // A failing checkpoint costs nothing: the WAL is read at the next opening.
            let _ = self.store.close();
            state.lock = None;
            self.presence.closed.notify_waiters();
        }
    }

    /// Waits until the store is closed and no call is under way, or a lease is taken anew.
    pub(crate) async fn at_rest(&self) {
        loop {
            let closed = self.presence.closed.notified();
            let mut closed = std::pin::pin!(closed);
            // Registered before looking: a closing in between is not missed.
            closed.as_mut().enable();
            let is_over = {
                let state = self.presence.state();
                state.need != Need::Resting || (state.lock.is_none() && self.presence.is_unused())
            };
            if is_over {
                return;
            }
            closed.await;
        }
    }

    /// Ends it all: no stay begins any more.
    pub(crate) fn end(&self) {
        self.presence.state().need = Need::Ended;
        self.presence.closed.notify_waiters();
    }

    /// After [`World::end`], when no call is under way: closes the store and lets the folder go.
    ///
    /// # Errors
    /// Where the checkpoint fails; the store is closed all the same.
    pub(crate) fn close(&self) -> Result<()> {
        let mut state = self.presence.state();
        let closed = self.store.close();
        state.lock = None;
        closed
    }

    /// The client is dropped without a farewell, as if the process was killed: the folder is free at once. SQL that is
    /// still under way ends by itself; SQLite keeps its rows whole.
    pub(crate) fn abandon(&self) {
        let mut state = self.presence.state();
        state.need = Need::Ended;
        self.store.abandon();
        state.lock = None;
        drop(state);
        self.presence.closed.notify_waiters();
    }
}

/// One call's need of the store; ended by dropping it, which may close the store and therefore block.
pub(crate) struct Stay(Arc<World>);

impl Stay {
    /// Notes a need.
    pub(crate) fn note(world: &Arc<World>) -> Self {
        world.presence.stays.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(world))
    }

    /// The world with its store open; opens it if need be. Blocks.
    ///
    /// # Errors
    /// As opening a store; `Closed` once the client is gone.
    pub(crate) fn open(&self) -> Result<&World> {
        let mut state = self.0.presence.state();
        let was_open = state.lock.is_some();
        self.0.open_if_closed(&mut state)?;
        drop(state);
        if !was_open {
            // Another process may have written in the meantime.
            self.0.events.tell(Event::Resync);
        }
        Ok(&self.0)
    }

    /// Ends it where that may block.
    pub(crate) async fn end(self) {
        let state = self.0.presence.state.try_lock();
        let may_close = state.map_or(true, |state| state.need == Need::Resting);
        if may_close {
            let _ = tokio::task::spawn_blocking(move || drop(self)).await;
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if self.0.presence.stays.fetch_sub(1, Ordering::SeqCst) == 1 {
            let mut state = self.0.presence.state();
            self.0.rest(&mut state);
            drop(state);
            self.0.presence.closed.notify_waiters();
        }
    }
}
