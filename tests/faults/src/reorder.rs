//! Who came when, and who waits for whom: reordering without a clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The order in which connections, or requests, came.
#[derive(Clone, Default)]
pub(crate) struct Arrivals(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    came: u64,
    waiting: Vec<Waiting>,
}

struct Waiting {
    number: u64,
    left: u32,
    wake: oneshot::Sender<()>,
}

/// One that came; its end is noticed when this is dropped, however it ends.
pub(crate) struct Arrival {
    arrivals: Arrivals,
    number: u64,
}

impl Arrivals {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn arrive(&self) -> Arrival {
        let mut queue = self.lock();
        queue.came += 1;
        Arrival {
            arrivals: self.clone(),
            number: queue.came,
        }
    }
}

impl Arrival {
    /// Told when `behind` of those that came later have ended.
    pub(crate) fn behind(&self, behind: u32) -> oneshot::Receiver<()> {
        let (wake, woken) = oneshot::channel();
        self.arrivals.lock().waiting.push(Waiting {
            number: self.number,
            left: behind.max(1),
            wake,
        });
        woken
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        let mut queue = self.arrivals.lock();
        for waiting in queue
            .waiting
            .iter_mut()
            .filter(|waiting| waiting.number < self.number)
        {
            waiting.left = waiting.left.saturating_sub(1);
        }
        let done: Vec<_> = queue
            .waiting
            .extract_if(.., |w| w.left == 0 || w.number == self.number)
            .collect();
        drop(queue);
        for waiting in done {
            // The one that waited may be gone itself.
            let _ = waiting.wake.send(());
        }
    }
}
