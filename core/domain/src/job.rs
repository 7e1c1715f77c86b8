//! The outbox's machine: what can happen to one network effect that is still owed.
//!
//! The words of a report, each of its attachments and each message are jobs of their own, all kinds in one machine.
//! A job is a durable row before the first byte leaves, and it is never deleted by a failure: it is done, waits, or
//! stands blocked with a reason that the citizen can act on.
//!
//! [`Exposure`] tells what the city may know of a submission; it decides what may still be changed:
//! a new revision (a new key) only from `None`, or from `Refused`; from `Unknown` there is no way but to find out.

use serde::{Deserialize, Serialize};

use crate::reason::Reason;
use crate::snake::words;
use crate::time::Timestamp;

words!(
    /// What a job delivers.
    JobKind {
        /// The words of a report (with its photos, where a city takes them in the same request).
        Report = "report",
        /// One attachment.
        Attachment = "attachment",
        /// One message about a case.
        Message = "message",
    }
);

words!(
    /// What the city may know of a submission.
    Exposure {
        /// No byte of it has left.
        None = "none",
        /// A byte may have left; nobody knows what became of it.
        Unknown = "unknown",
        /// The city answered that it does not take it.
        Refused = "refused",
        /// The city has it.
        Accepted = "accepted",
    }
);

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its turn.
    Queued {
        /// Not before this instant; absent = as soon as everything else allows.
        next_at: Option<Timestamp>,
        /// What held it last time.
        reason: Option<Reason>,
    },
    /// An attempt is under way: persisted before its first byte.
    Sending,
    /// A byte may have left and no answer told what became of it.
    Unconfirmed {
        /// Next check not before this instant.
        next_at: Option<Timestamp>,
    },
    /// Delivered.
    Done,
    /// Stopped until the citizen acts.
    Blocked {
        /// What to tell.
        reason: Reason,
    },
}

impl JobState {
    /// The word of the state: `queued, sending, unconfirmed, done, blocked`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Sending => "sending",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::Done => "done",
            Self::Blocked { .. } => "blocked",
        }
    }

    /// The effect is still owed.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        !matches!(self, Self::Done)
    }
}

/// What happens to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobEvent {
    /// The worker takes it; written before the first byte.
    Start,
    /// The attempt ended and surely nothing was kept: wait, then try again.
    Postpone {
        /// Not before.
        next_at: Option<Timestamp>,
        /// What held it.
        reason: Option<Reason>,
    },
    /// A byte may have left and the outcome is unknown.
    Lost {
        /// First check not before.
        next_at: Option<Timestamp>,
    },
    /// The city has it: its receipt to our request, a look-up, or a list that shows it (`SeenAtCity`).
    Accepted,
    /// Only the citizen can help.
    Stop {
        /// What to tell.
        reason: Reason,
    },
    /// A look-up proved that the city never got it.
    ProvenAbsent,
    /// The citizen decides to send the same payload under the same key again.
    SendAgain,
    /// The citizen decides to wait: keep looking.
    KeepChecking {
        /// Next check not before.
        next_at: Option<Timestamp>,
    },
    /// The process was killed in the middle; `exposure` is what was persisted.
    Restarted {
        /// As persisted.
        exposure: Exposure,
    },
}

/// An event that a state does not know: nothing is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {state} cannot take {event:?}")]
pub struct NotNow {
    /// Word of the state.
    pub state: &'static str,
    /// What came.
    pub event: JobEvent,
}

/// The one step of the outbox's machine: exhaustive, every state but `done` with a way out.
///
/// # Errors
/// The event has no meaning in this state; the caller keeps the state as it was.
pub fn step(state: JobState, event: JobEvent) -> Result<JobState, NotNow> {
    use JobEvent as E;
    use JobState as S;
    let refused = NotNow {
        state: state.as_str(),
        event,
    };
    match (state, event) {
        // The city has it, by whatever channel: true in every state, and final.
        (_, E::Accepted) => Ok(S::Done),
        (S::Done, _) => Err(refused),

        (S::Queued { .. } | S::Unconfirmed { .. }, E::Start) => Ok(S::Sending),
        (S::Sending | S::Blocked { .. }, E::Start) => Err(refused),

        // Before the start only policy postpones (no network, other photo first): still queued.
        (S::Queued { .. } | S::Sending, E::Postpone { next_at, reason }) => Ok(S::Queued { next_at, reason }),
        // What may have left stays unconfirmed, however often a check is put off.
        (S::Unconfirmed { .. }, E::Postpone { next_at, .. }) => Ok(S::Unconfirmed { next_at }),
        (S::Blocked { .. }, E::Postpone { .. }) => Err(refused),

        (S::Sending | S::Unconfirmed { .. }, E::Lost { next_at }) => Ok(S::Unconfirmed { next_at }),
        // A restored copy of the store: every owed job may have left from the other copy.
        (S::Queued { .. } | S::Blocked { .. }, E::Lost { next_at }) => Ok(S::Unconfirmed { next_at }),

        (_, E::Stop { reason }) => Ok(S::Blocked { reason }),

        (S::Unconfirmed { .. } | S::Sending | S::Blocked { .. }, E::ProvenAbsent) => Ok(S::Queued {
            next_at: None,
            reason: None,
        }),
        (S::Queued { .. }, E::ProvenAbsent) => Err(refused),

        (S::Blocked { .. } | S::Unconfirmed { .. } | S::Queued { .. }, E::SendAgain) => Ok(S::Queued {
            next_at: None,
            reason: None,
        }),
        (S::Sending, E::SendAgain) => Err(refused),

        (S::Blocked { .. } | S::Unconfirmed { .. }, E::KeepChecking { next_at }) => {
            Ok(S::Unconfirmed { next_at })
        }
        (S::Queued { .. } | S::Sending, E::KeepChecking { .. }) => Err(refused),

        (
            S::Sending,
            E::Restarted {
                exposure: Exposure::None | Exposure::Refused,
            },
        ) => Ok(S::Queued {
            next_at: None,
            reason: None,
        }),
        (
            S::Sending,
            E::Restarted {
                exposure: Exposure::Unknown,
            },
        ) => Ok(S::Unconfirmed { next_at: None }),
        (
            S::Sending,
            E::Restarted {
                exposure: Exposure::Accepted,
            },
        ) => Ok(S::Done),
        (other, E::Restarted { .. }) => Ok(other),
    }
}

/// What an attempt teaches about the exposure of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exposed {
    /// A byte is about to leave.
    Leaving,
    /// Nothing was kept: no byte left after all, or the answer proves it (401, 403, 425, 429, wrong base; 503 with
    /// Retry-After from a city that honours keys).
    NothingKept,
    /// The city refuses this payload (400, 404, 413, 415, 422).
    Refusal,
    /// The city has it.
    Acceptance,
    /// A look-up proved that it is not there.
    ProvenAbsent,
}

impl Exposure {
    /// The one step of exposure. Acceptance is final. "Nothing kept" takes an attempt back only when no *earlier*
    /// attempt is still unknown: the caller passes the exposure from before the attempt as `before`.
    #[must_use]
    pub const fn step(self, event: Exposed, before: Self) -> Self {
        match (self, event) {
            (Self::Accepted, _) | (_, Exposed::Acceptance) => Self::Accepted,
            (_, Exposed::Leaving) => Self::Unknown,
            (_, Exposed::NothingKept) => before,
            (_, Exposed::Refusal) => match before {
                // An earlier attempt of the same payload may still have been stored: a refusal now says nothing of it.
                Self::Unknown => Self::Unknown,
                _ => Self::Refused,
            },
            (_, Exposed::ProvenAbsent) => Self::None,
        }
    }
}
