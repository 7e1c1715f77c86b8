//! When to try again, and who goes first.
//!
//! Nothing is ever given up: transient failures only make gaps longer. Gaps are drawn with *full jitter*
//! (`random(0, min(cap, 2 s * 2^n))`), so that a city which comes back after a flood is not run over by phones that
//! failed together. Ceilings grow to 15 minutes, stay there for a while, then grow to 6 hours. A day's budget of
//! attempts bounds what one report can cost; a breaker per host lets one job probe where many would knock.
//!
//! The wall clock of a phone jumps. So no wait is trusted that is longer than any we would ever set ([`due`]), and a
//! budget's day that lies in the future is over. Randomness comes in as a number from the caller.

use crate::id::JobId;
use crate::job::JobKind;
use crate::reason::Reason;
use crate::report::Urgency;
use crate::time::{DAY, HOUR, MINUTE, Millis, SECOND, Timestamp};

/// First ceiling of a gap.
pub const BASE: Millis = 2 * SECOND;
/// Ceiling of gaps while a city may come back any minute.
pub const ONLINE_CAP: Millis = 15 * MINUTE;
/// Ceiling of all gaps.
pub const LARGEST_GAP: Millis = 6 * HOUR;
/// Longest wait that anything sets: Retry-After and the day's budget reach this far.
pub const LARGEST_WAIT: Millis = DAY;
/// Failures in a row from which ceilings leave [`ONLINE_CAP`] behind.
pub const PATIENT_AFTER: u32 = 20;
/// Attempts that one report may make in a day.
pub const DAILY_ATTEMPTS: u32 = 48;
/// Within this time after the network came back, what waited for it starts.
pub const COME_BACK: Millis = 30 * SECOND;

/// Draws from `0..=most` with a uniformly random number.
fn draw(most: Millis, random: u64) -> Millis {
    let span = u128::from(most.max(0).unsigned_abs()) + 1;
    // The product's upper half lies below `span`, so it fits.
    Millis::try_from((u128::from(random) * span) >> 64).unwrap_or(most)
}

/// Ceiling of the gap after `failures` failures in a row (1 = the first), milliseconds: never shrinks with `failures`.
#[must_use]
pub fn ceiling(failures: u32) -> Millis {
    let doubled =
        |from: Millis, times: u32| from.saturating_mul(1_i64.checked_shl(times.min(40)).unwrap_or(1));
    match failures.checked_sub(PATIENT_AFTER) {
        None => doubled(BASE, failures.saturating_sub(1)).min(ONLINE_CAP),
        Some(more) => doubled(ONLINE_CAP, more).min(LARGEST_GAP),
    }
}

/// Gap after `failures` failures in a row, full jitter: `0..=ceiling(failures)`.
#[must_use]
pub fn gap(failures: u32, random: u64) -> Millis {
    draw(ceiling(failures), random)
}

/// Whether an attempt moved something (an upload's offset) before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// It did: the line works, somehow.
    Moved,
    /// It did not.
    Stuck,
}

/// Longest gap between two questions for a number.
pub const LARGEST_POLL: Millis = DAY;

/// Gap before a token is asked about again, `waited` milliseconds after the city gave it: as long as it has taken so far,
/// at least a minute, up to 6 hours in the first two weeks and a day from then on.
#[must_use]
pub fn poll_gap(waited: Millis) -> Millis {
    let most = if waited < 14 * DAY {
        LARGEST_GAP
    } else {
        LARGEST_POLL
    };
    waited.clamp(MINUTE, most)
}

/// Failures in a row after one more. Progress resets the gap: the next one is as after a first failure.
#[must_use]
pub const fn failures_after(failures: u32, progress: Progress) -> u32 {
    match progress {
        Progress::Moved => 1,
        Progress::Stuck => failures.saturating_add(1),
    }
}

/// Whether a wait is over. One that is longer than any we set was made by another clock: it is over too.
#[must_use]
pub fn due(next_at: Option<Timestamp>, now: Timestamp) -> bool {
    next_at.is_none_or(|at| at <= now || at.since(now) > LARGEST_WAIT)
}

/// Retry-After of an answer (RFC 9110 section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// An instant, with the answer's own Date: the two come from one clock, the phone's is another.
    At {
        /// The instant.
        at: Timestamp,
        /// Date of the answer, where it had one.
        date: Option<Timestamp>,
    },
}

impl RetryAfter {
    /// How long to wait from `now`, clamped to 0..=24 h, milliseconds.
    #[must_use]
    pub fn wait(self, now: Timestamp) -> Millis {
        let ms = match self {
            Self::Seconds(s) => Millis::try_from(s).unwrap_or(Millis::MAX).saturating_mul(SECOND),
            Self::At { at, date } => at.since(date.unwrap_or(now)),
        };
        ms.clamp(0, LARGEST_WAIT)
    }
}

/// The network came back: what waited for it starts soon, spread over [`COME_BACK`]; a wait is only ever shortened.
/// What the city asked for, our budget and proof by look-up stay as they are.
#[must_use]
pub fn network_back(
    next_at: Option<Timestamp>,
    reason: Option<Reason>,
    now: Timestamp,
    random: u64,
) -> Option<Timestamp> {
    match reason {
        Some(Reason::Busy | Reason::DailyLimit | Reason::Checking) => next_at,
        _ => next_at.map(|at| at.min(now.plus(draw(COME_BACK, random)))),
    }
}

/// What a report may still spend today. Counted from its first attempt on; a day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Budget {
    /// First attempt of the day; absent before any.
    pub since: Option<Timestamp>,
    /// Attempts made since.
    pub used: u32,
}

/// The day's budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tried often enough today")]
pub struct Spent {
    /// When the next day begins: within 24 hours from now.
    pub until: Timestamp,
}

impl Budget {
    /// Whether an attempt may start now, without taking it.
    ///
    /// # Errors
    /// The day's budget is spent.
    pub fn check(self, now: Timestamp) -> Result<(), Spent> {
        self.take(now).map(|_| ())
    }

    /// The budget after one more counted attempt at `now`.
    ///
    /// # Errors
    /// The day's budget is spent.
    pub fn take(self, now: Timestamp) -> Result<Self, Spent> {
        match self.since {
            Some(since) if since <= now && now.since(since) < DAY => {
                if self.used < DAILY_ATTEMPTS {
                    Ok(Self {
                        since: Some(since),
                        used: self.used + 1,
                    })
                } else {
                    Err(Spent {
                        until: since.plus(DAY),
                    })
                }
            }
            // No day yet, the day is over, or the clock was set back before it: a new one.
            _ => Ok(Self {
                since: Some(now),
                used: 1,
            }),
        }
    }
}

/// Failures of a host in a row that open its breaker.
pub const BREAK_AFTER: u32 = 3;

/// Breaker of one host. Only outcomes of [`crate::outcome::Scope::City`] and lost answers move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Breaker {
    /// Requests go.
    Closed {
        /// Failures in a row.
        failures: u32,
    },
    /// None goes before `until`.
    Open {
        /// Then one may probe.
        until: Timestamp,
        /// Failures in a row.
        failures: u32,
    },
    /// One is under way to see.
    Probing {
        /// Failures in a row.
        failures: u32,
    },
}

/// What a breaker lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pass {
    /// Go.
    Go,
    /// Go alone: tell the breaker [`BreakerEvent::Probe`] first.
    Probe,
    /// Wait until then.
    Wait(Timestamp),
    /// Wait for the probe that is under way.
    WaitForProbe,
}

/// What moves a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerEvent {
    /// The host answered as a city does, whatever it said.
    Answered,
    /// It did not.
    Failed,
    /// A probe starts.
    Probe,
    /// The network is another one: what failed before says little.
    NetworkChanged,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// What may go at `now`.
    #[must_use]
    pub fn pass(self, now: Timestamp) -> Pass {
        match self {
            Self::Closed { .. } => Pass::Go,
            Self::Open { until, .. } if due(Some(until), now) => Pass::Probe,
            Self::Open { until, .. } => Pass::Wait(until),
            Self::Probing { .. } => Pass::WaitForProbe,
        }
    }

    /// The one step of the breaker.
    #[must_use]
    pub fn step(self, event: BreakerEvent, now: Timestamp, random: u64) -> Self {
        let (Self::Closed { failures } | Self::Open { failures, .. } | Self::Probing { failures }) = self;
        match (self, event) {
            (_, BreakerEvent::Answered) => Self::Closed { failures: 0 },
            (_, BreakerEvent::Failed) => {
                let failures = failures.saturating_add(1);
                if failures < BREAK_AFTER {
                    Self::Closed { failures }
                } else {
                    // Half of the ceiling is certain, so that an open breaker always spares the host something.
                    let half = ceiling(failures) / 2;
                    Self::Open {
                        until: now.plus(half + draw(half, random)),
                        failures,
                    }
                }
            }
            (Self::Closed { .. }, BreakerEvent::Probe) => self,
            (Self::Open { .. } | Self::Probing { .. }, BreakerEvent::Probe) => Self::Probing { failures },
            (Self::Closed { .. }, BreakerEvent::NetworkChanged) => Self::default(),
            (Self::Open { .. } | Self::Probing { .. }, BreakerEvent::NetworkChanged) => {
                Self::Open { until: now, failures }
            }
        }
    }
}

/// Order of sending; the least goes first: life, urgent, text before photos, oldest, then by birth of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority {
    urgency: Urgency,
    weight: Weight,
    queued_at: Timestamp,
    job: JobId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Weight {
    Words,
    Photos,
}

/// Place of a job in the order of sending. `queued_at` is when the citizen sent it off.
#[must_use]
pub const fn priority(urgency: Urgency, kind: JobKind, queued_at: Timestamp, job: JobId) -> Priority {
    let weight = match kind {
        JobKind::Report | JobKind::Message => Weight::Words,
        JobKind::Attachment => Weight::Photos,
    };
    Priority {
        urgency,
        weight,
        queued_at,
        job,
    }
}
