//! A clock that a test moves by hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use phananh_domain::time::{Millis, Timestamp};
use tokio::sync::Notify;

use super::{BootTime, Clock, Wait};

#[derive(Debug)]
struct State {
    wall: Timestamp,
    boot: u64,
    elapsed: Millis,
    next_sleeper: u64,
    /// Who waits: until when, on this boot.
    sleepers: BTreeMap<u64, Millis>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        let value = with(&mut self.state());
        self.changed.notify_waiters();
        value
    }
}

/// Stands still until it is told otherwise; clones are the same clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Shared>);

impl ManualClock {
    /// A clock that shows `wall`, just booted.
    #[must_use]
    pub fn new(wall: Timestamp) -> Self {
        let state = State {
            wall,
            boot: 1,
            elapsed: 0,
            next_sleeper: 0,
            sleepers: BTreeMap::new(),
        };
        Self(Arc::new(Shared {
            state: Mutex::new(state),
            changed: Notify::new(),
        }))
    }

    /// Time passes: both clocks move, and who waited long enough wakes.
    pub fn advance(&self, ms: Millis) {
        self.0.change(|s| {
            s.wall = s.wall.plus(ms);
            s.elapsed = s.elapsed.saturating_add(ms);
        });
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn set_wall(&self, wall: Timestamp) {
        self.0.change(|s| s.wall = wall);
    }

    /// The phone restarts: a new boot id, the boot clock at 0. Waits of the boot before complete.
    pub fn reboot(&self) {
        self.0.change(|s| {
            s.boot += 1;
            s.elapsed = 0;
        });
    }

    /// Until when the first sleeper waits, as milliseconds from now.
    #[must_use]
    pub fn next_wake(&self) -> Option<Millis> {
        let state = self.0.state();
        state
            .sleepers
            .values()
            .min()
            .map(|due| due.saturating_sub(state.elapsed).max(0))
    }

    /// Waits until somebody sleeps on this clock, then moves it to where the first of them wakes. Gives how far that
    /// was, in milliseconds.
    pub async fn advance_to_next_wake(&self) -> Millis {
        loop {
            let changed = self.0.changed.notified();
            if let Some(ms) = self.next_wake() {
                self.advance(ms);
                return ms;
            }
            changed.await;
        }
    }
}

/// A place in the list of sleepers; left on drop.
struct Sleeper {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.shared.change(|s| s.sleepers.remove(&self.id));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.state().wall
    }

    fn boot(&self) -> BootTime {
        let state = self.0.state();
        BootTime {
            boot_id: format!("boot-{}", state.boot),
            elapsed_ms: state.elapsed,
        }
    }

    fn wait(&self, ms: Millis) -> Wait {
        let shared = Arc::clone(&self.0);
        let (boot, due, id) = shared.change(|s| {
            s.next_sleeper += 1;
            let due = s.elapsed.saturating_add(ms);
            s.sleepers.insert(s.next_sleeper, due);
            (s.boot, due, s.next_sleeper)
        });
        let sleeper = Sleeper { shared, id };
        Box::pin(async move {
            loop {
                // Registered before looking: a change in between is not missed.
                let changed = sleeper.shared.changed.notified();
                {
                    let state = sleeper.shared.state();
                    if state.boot != boot || state.elapsed >= due {
                        return;
                    }
                }
                changed.await;
            }
        })
    }
}
