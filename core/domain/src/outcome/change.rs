//! When a submission may still be changed: an edit, a recall, a new key.

use super::KeyPromise;
use crate::job::{Exposure, JobState};
use crate::lookup::Looked;
use crate::profile::RefusalMeaning;
use crate::snake::words;
use crate::time::Timestamp;

/// What is known of a submission when the citizen wants to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// What the city may know.
    pub exposure: Exposure,
    /// What it promises about keys.
    pub honours_keys: KeyPromise,
    /// What a refusal means there.
    pub refusals: RefusalMeaning,
    /// What look-ups since the last attempt showed.
    pub looked: Looked,
    /// Now.
    pub now: Timestamp,
}

words!(
    /// Whether a payload may still be changed: an edit, a recall, a new key.
    Change {
        /// At once.
        Free = "free",
        /// Once a look-up showed what is needed ([`Looked`]).
        LookFirst = "look_first",
        /// Not: the way out is to find out, or the case at the city.
        No = "no",
    }
);

/// Whether a new revision (a new key) may be made: only from `none`; or from `refused`, at once at a city that honours
/// keys, after one complete look-up without a match at a bare one, after proof of absence where refusals may be stored.
#[must_use]
pub fn may_revise(past: &Past) -> Change {
    match (past.exposure, past.refusals, past.looked) {
        (Exposure::None, _, _) => Change::Free,
        (Exposure::Unknown | Exposure::Accepted, _, _) => Change::No,
        (Exposure::Refused, _, Looked::ProvenAbsent) => Change::Free,
        (Exposure::Refused, RefusalMeaning::MayBeStored, Looked::Not | Looked::NoMatch) => Change::LookFirst,
        (Exposure::Refused, RefusalMeaning::NotStored, Looked::NoMatch) => Change::Free,
        (Exposure::Refused, RefusalMeaning::NotStored, Looked::Not) => {
            if past.honours_keys.holds(past.now) {
                Change::Free
            } else {
                Change::LookFirst
            }
        }
    }
}

/// Whether a submission may be taken back to a draft. A recalled draft may be sent under a new key, so the rule of
/// [`may_revise`] holds; and nothing is taken back under a running attempt or a pending check.
#[must_use]
pub fn may_recall(state: JobState, past: &Past) -> Change {
    match state {
        JobState::Queued { .. } | JobState::Blocked { .. } => may_revise(past),
        JobState::Sending | JobState::Unconfirmed { .. } | JobState::Done => Change::No,
    }
}
