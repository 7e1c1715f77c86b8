//! Time, injected: the wall clock people read, and the boot clock nobody can set.
//!
//! The wall clock jumps (a citizen sets it, a phone wakes up in 1970); the boot clock only runs, sleep included, but
//! starts anew at each boot, so a length of time measured with it is worth something only together with the id of the
//! boot. Whatever must wait does so through [`Clock::wait`], so that a test moves time by hand and nothing sleeps.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use phananh_domain::time::{Millis, Timestamp};

#[cfg(any(test, feature = "harness"))]
mod manual;
#[cfg(any(test, feature = "harness"))]
pub use manual::ManualClock;

/// A reading of the boot clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootTime {
    /// Names one boot of the machine; where the platform has no such name, one start of the process.
    pub boot_id: String,
    /// Milliseconds since then, time asleep included where the platform counts it; never negative.
    pub elapsed_ms: Millis,
}

/// What [`Clock::wait`] gives.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// The boot clock.
    fn boot(&self) -> BootTime;

    /// Completes once `ms` milliseconds have passed on the boot clock, counted from this call; at once where `ms` is
    /// not positive. Dropping it forgets it.
    fn wait(&self, ms: Millis) -> Wait;
}

/// The clocks of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// Timers stop while a phone sleeps deeply; a long wait looks at the boot clock this often (milliseconds).
const LOOK_AGAIN_MS: Millis = 30_000;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = SystemTime::now();
        Timestamp::from_millis(match now.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }

    fn boot(&self) -> BootTime {
        BootTime {
            boot_id: boot_id().to_owned(),
            elapsed_ms: elapsed_ms(),
        }
    }

    fn wait(&self, ms: Millis) -> Wait {
        let due = elapsed_ms().saturating_add(ms);
        Box::pin(async move {
            loop {
                let left = due.saturating_sub(elapsed_ms());
                if left <= 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(left.min(LOOK_AGAIN_MS).unsigned_abs())).await;
            }
        })
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// The kernel's name of this boot, else one drawn for this start of the process: a boot clock that cannot be told
/// apart across boots must look like a new one each time.
fn boot_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Ok(id) = std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
            return id.trim().to_owned();
        }
        let mut bytes = [0_u8; 16];
        match getrandom::fill(&mut bytes) {
            Ok(()) => uuid::Builder::from_random_bytes(bytes).into_uuid().to_string(),
            // No randomness: the start of the process on the wall clock is nearly as good a name.
            Err(_) => format!("start-{}", SystemClock.now().as_millis()),
        }
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn elapsed_ms() -> Millis {
    kernel_ms(rustix::time::ClockId::Boottime)
}

// Apple's monotonic clock goes on while the phone sleeps; the one behind `Instant` does not.
#[cfg(target_vendor = "apple")]
fn elapsed_ms() -> Millis {
    kernel_ms(rustix::time::ClockId::Monotonic)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn kernel_ms(clock: rustix::time::ClockId) -> Millis {
    let time = rustix::time::clock_gettime(clock);
    Millis::from(time.tv_sec)
        .saturating_mul(1_000)
        .saturating_add(Millis::from(time.tv_nsec) / 1_000_000)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn elapsed_ms() -> Millis {
    static START: OnceLock<std::time::Instant> = OnceLock::new();
    millis(START.get_or_init(std::time::Instant::now).elapsed())
}

#[cfg(test)]
mod tests;
