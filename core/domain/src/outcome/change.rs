//! When a submission may still be changed: an edit, a recall, a new key.

use crate::job::{Exposure, JobState};
use crate::lookup::Looked;
use crate::profile::RefusalMeaning;
use crate::snake::words;

/// What is known of a submission when the citizen wants to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// What the city may know.
    pub exposure: Exposure,
    /// What a refusal means there.
    pub refusals: RefusalMeaning,
    /// What look-ups since the last attempt showed.
    pub looked: Looked,
}

words!(
    /// Whether a payload may still be changed: an edit, a recall, a new key.
    Change {
        /// At once.
        Free = "free",
        /// Once a look-up showed what is needed ([`Looked`]).
        LookFirst = "look_first",
        /// Look-ups cannot tell whether it is there: by the citizen alone, once asked.
        Ask = "ask",
        /// Not: the way out is to find out, or the case at the city.
        No = "no",
    }
);

/// Whether a new revision (a new key) may be made: only from `none`; or from `refused`, after one complete look-up
/// without a match (by the key, at a city that honours keys), and after proof of absence where refusals may be stored.
/// Some servers store what they refuse, those that honour keys too; so nobody is spared the one look. Where looks have
/// told all that they will and it is not enough, the citizen decides, knowing that the city may have it.
#[must_use]
pub fn may_revise(past: &Past) -> Change {
    use RefusalMeaning::{MayBeStored, NotStored};
    match (past.exposure, past.refusals, past.looked) {
        (Exposure::None, _, _) => Change::Free,
        (Exposure::Unknown | Exposure::Accepted, _, _) => Change::No,
        (Exposure::Refused, _, Looked::ProvenAbsent)
        | (Exposure::Refused, NotStored, Looked::NoMatch | Looked::CannotTell) => Change::Free,
        (Exposure::Refused, _, Looked::NeverWhole) | (Exposure::Refused, MayBeStored, Looked::CannotTell) => {
            Change::Ask
        }
        (Exposure::Refused, _, Looked::Not) | (Exposure::Refused, MayBeStored, Looked::NoMatch) => {
            Change::LookFirst
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
