//! The counted hook that every step outside memory passes.
//!
//! Promises about crashes are worth what their tests are worth, so each write, sync, rename and network step of
//! `store`, `files` and `remote` calls [`Effects::pass`] *before* it happens. In a shipped library the hook has no
//! state and compiles to nothing. With feature `harness` (and in this crate's own tests) it counts, and at effect `n`
//! it can fail with a chosen error, let the process die, or act as if it had died: from then on every effect fails,
//! so nothing that would come after the death can reach disk or network, and the test opens the same folder anew.

use std::io;

/// A step outside memory, named by what is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// A transaction is about to be committed and synced.
    StoreCommit,
    /// A transaction has been committed; nothing after it has happened yet.
    StoreCommitted,
    /// The write-ahead log is about to be moved into the database.
    StoreCheckpoint,
    /// Bytes are about to be written to a temporary file (also its creation).
    FileWrite,
    /// A file is about to be synced.
    FileSync,
    /// A temporary file is about to get its name.
    FileRename,
    /// A folder is about to be synced.
    FolderSync,
    /// A file is about to be removed.
    FileRemove,
    /// A connection is about to be opened or taken from the pool.
    NetConnect,
    /// The first byte of a request is about to leave.
    NetSend,
    /// An answer has come and is about to be handed on.
    NetReceive,
}

/// The hook; clones share one count.
#[cfg(not(any(test, feature = "harness")))]
#[derive(Debug, Clone, Default)]
pub struct Effects(());

#[cfg(not(any(test, feature = "harness")))]
impl Effects {
    /// Lets the effect happen.
    ///
    /// # Errors
    /// Never, in a shipped library.
    #[inline(always)]
    pub fn pass(&self, _effect: Effect) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(any(test, feature = "harness"))]
pub use scripted::{Effects, Fault, Plan};

/// Whether an error says that the process is dead as far as the outside world can see (`Fault::Kill`).
#[must_use]
pub fn is_killed(error: &io::Error) -> bool {
    #[cfg(any(test, feature = "harness"))]
    return error
        .get_ref()
        .is_some_and(|inner| inner.is::<scripted::Killed>());
    #[cfg(not(any(test, feature = "harness")))]
    {
        let _ = error;
        false
    }
}

#[cfg(any(test, feature = "harness"))]
mod scripted {
    use std::io;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use super::Effect;

    /// What happens at an effect of a [`Plan`].
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// This effect and every later one fail: a death of the process, seen from outside.
        Kill,
        /// The process aborts at once, without unwinding: for tests in a child process.
        Abort,
        /// This effect alone fails with an error of this kind.
        Fail(io::ErrorKind),
        /// This effect and every later one of the same sort fail, e.g. [`io::ErrorKind::StorageFull`] until the plan
        /// changes.
        FailFrom(io::ErrorKind),
        /// This effect alone panics: a bug, planted.
        Panic,
    }

    /// When something goes wrong. Effects count from 0.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Plan {
        /// Nothing goes wrong: count only.
        #[default]
        Count,
        /// At effect number `n`, counted from 0 over all effects.
        At(u64, Fault),
        /// At the `n`-th effect of one sort, counted from 0.
        AtSort(Effect, u64, Fault),
    }

    /// Marks errors of a killed hook.
    #[derive(Debug, thiserror::Error)]
    #[error("killed")]
    pub(super) struct Killed;

    #[derive(Debug, Default)]
    struct State {
        plan: Plan,
        log: Vec<Effect>,
        killed: bool,
    }

    #[expect(clippy::panic, reason = "what a test asks for")]
    fn planted() -> io::Result<()> {
        panic!("planted by a test")
    }

    /// The hook; clones share one count.
    #[derive(Debug, Clone, Default)]
    pub struct Effects(Arc<Mutex<State>>);

    impl Effects {
        /// A hook that follows a plan.
        #[must_use]
        pub fn scripted(plan: Plan) -> Self {
            Self(Arc::new(Mutex::new(State {
                plan,
                ..State::default()
            })))
        }

        /// Follows another plan from now on; the count and the log start anew, a dead hook lives again.
        pub fn plan(&self, plan: Plan) {
            *self.state() = State {
                plan,
                ..State::default()
            };
        }

        /// Lets the effect happen, or not.
        ///
        /// # Errors
        /// What the plan says; after a kill, always.
        pub fn pass(&self, effect: Effect) -> io::Result<()> {
            let mut state = self.state();
            if state.killed {
                return Err(io::Error::other(Killed));
            }
            let number = state.log.len() as u64;
            let of_sort = state.log.iter().filter(|e| **e == effect).count() as u64;
            state.log.push(effect);
            let (from, fault) = match state.plan {
                Plan::At(n, fault) if number >= n => (number == n, fault),
                Plan::AtSort(sort, n, fault) if sort == effect && of_sort >= n => (of_sort == n, fault),
                Plan::Count | Plan::At(..) | Plan::AtSort(..) => return Ok(()),
            };
            match (fault, from) {
                (Fault::Kill, true) => {
                    state.killed = true;
                    Err(io::Error::other(Killed))
                }
                (Fault::Abort, true) => std::process::abort(),
                (Fault::Fail(kind), true) | (Fault::FailFrom(kind), _) => Err(kind.into()),
                (Fault::Panic, true) => {
                    drop(state);
                    planted()
                }
                (Fault::Kill | Fault::Abort | Fault::Fail(_) | Fault::Panic, false) => Ok(()),
            }
        }

        /// How many effects were asked for, those that failed included; none after a kill.
        #[must_use]
        pub fn count(&self) -> u64 {
            self.state().log.len() as u64
        }

        /// They, in order.
        #[must_use]
        pub fn log(&self) -> Vec<Effect> {
            self.state().log.clone()
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(test)]
mod tests;
