//! Delivery (trạng thái gửi) of a report: *derived* from its jobs, never stored.

use serde::{Deserialize, Serialize};

use crate::job::{JobKind, JobState};
use crate::reason::Reason;
use crate::report::Phase;

/// Where a report stands on its way to the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "delivery", rename_all = "snake_case")]
pub enum Delivery {
    /// Not sent off yet.
    Draft,
    /// Waits to be sent.
    Queued,
    /// An attempt is under way.
    Sending,
    /// Being checked; no need to send again.
    Unconfirmed,
    /// The city has the words.
    Delivered {
        /// Photos that are still on their way.
        attachments_owed: u32,
        /// The city gave a number or a token.
        tracked: bool,
    },
    /// The citizen must act.
    Blocked {
        /// What to tell.
        reason: Reason,
    },
    /// Somebody else's case: the city has it, and nothing of ours was sent but what is said about it.
    Followed,
}

impl Delivery {
    /// The word: `draft, queued, sending, unconfirmed, delivered, blocked, followed`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unconfirmed => "unconfirmed",
            Self::Delivered { .. } => "delivered",
            Self::Blocked { .. } => "blocked",
            Self::Followed => "followed",
        }
    }
}

/// Derives the delivery of a report from the jobs of its newest submission.
///
/// `jobs` are that submission's report and attachment jobs; `tracked` tells whether a receipt carries a number or a
/// token. A lost photo never takes a delivered report back.
#[must_use]
pub fn derive(phase: Phase, jobs: &[(JobKind, JobState)], tracked: bool) -> Delivery {
    let words = jobs
        .iter()
        .find(|(kind, _)| *kind == JobKind::Report)
        .map(|(_, state)| *state);
    match (phase, words) {
        (Phase::Draft, _) => Delivery::Draft,
        (Phase::Followed, _) => Delivery::Followed,
        (Phase::Submitted, None) => Delivery::Queued,
        (Phase::Submitted, Some(state)) => match state {
            JobState::Queued { .. } => Delivery::Queued,
            JobState::Sending => Delivery::Sending,
            JobState::Unconfirmed { .. } => Delivery::Unconfirmed,
            JobState::Blocked { reason } => Delivery::Blocked { reason },
            JobState::Done => {
                let owed = jobs
                    .iter()
                    .filter(|(k, s)| *k == JobKind::Attachment && s.is_owed())
                    .count();
                Delivery::Delivered {
                    attachments_owed: u32::try_from(owed).unwrap_or(u32::MAX),
                    tracked,
                }
            }
        },
    }
}
