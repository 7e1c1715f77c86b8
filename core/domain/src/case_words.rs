//! How the words of servers map to ours. A city's own map (profile) comes first, then our words, then this table of
//! what deployed GeoReport servers say; anything else is kept raw and shown as it is.

use crate::case::{CaseStatus, Outcome};
use crate::id::CaseNumber;

/// Words of deployed servers, lower case with `_` for blanks, with ours and the result they imply.
/// FixMyStreet and open311-adapter, SeeClickFix, CitySDK (6aika, Klarschiff), Libre311.
const SERVERS: &[(&str, &str, Option<Outcome>)] = &[
    ("fixed", "resolved", Some(Outcome::Fixed)),
    ("fixed_-_council", "resolved", Some(Outcome::Fixed)),
    ("fixed_-_user", "resolved", Some(Outcome::Fixed)),
    ("processed", "resolved", None),
    ("completed", "resolved", None),
    (
        "not_councils_responsibility",
        "closed_unresolved",
        Some(Outcome::NotCompetent),
    ),
    (
        "not_responsible",
        "closed_unresolved",
        Some(Outcome::NotCompetent),
    ),
    ("no_further_action", "closed_unresolved", None),
    ("unable_to_fix", "closed_unresolved", None),
    // Says not who cancelled: "withdrawn by you" would be a guess.
    ("cancelled", "closed_unresolved", None),
    ("archived", "closed", None),
    ("in_process", "in_progress", None),
    // Open states at FixMyStreet: work is to come, a result is not there.
    ("planned", "in_progress", None),
    ("action_scheduled", "in_progress", None),
    ("investigating", "verifying", None),
    ("internal_referral", "transferred", None),
    ("acknowledged", "received", None),
    ("pending", "submitted", None),
    ("for_triage", "submitted", None),
    ("confirmed", "open", None),
    ("new", "open", None),
    ("reopen", "reopened", None),
];

/// Lower case, outer blanks off, inner blanks as `_`: how status words are compared.
#[must_use]
pub fn normal_form(raw: &str) -> String {
    raw.split_whitespace()
        .collect::<Vec<_>>()
        .join("_")
        .to_lowercase()
}

/// One of our words, in its normal form. `duplicate` is a status only with the number of the lead case.
#[must_use]
pub fn ours(word: &str, duplicate_of: Option<&CaseNumber>) -> Option<CaseStatus> {
    use CaseStatus as S;
    let status = match word {
        "submitted" => S::Submitted,
        "received" => S::Received,
        "verifying" => S::Verifying,
        "assigned" => S::Assigned,
        "in_progress" => S::InProgress,
        "extended" => S::Extended,
        "transferred" => S::Transferred,
        "waiting_citizen" => S::WaitingCitizen,
        "resolved" => S::Resolved,
        "closed" => S::Closed,
        "closed_unresolved" => S::ClosedUnresolved,
        "rejected" => S::Rejected,
        "duplicate" => return duplicate_of.cloned().map(S::Duplicate),
        "reopened" => S::Reopened,
        "withdrawn" => S::Withdrawn,
        "open" => S::Open,
        _ => return None,
    };
    Some(status)
}

/// Our words for a status, for profiles: all that [`ours`] reads.
pub const OUR_WORDS: &[&str] = &[
    "submitted",
    "received",
    "verifying",
    "assigned",
    "in_progress",
    "extended",
    "transferred",
    "waiting_citizen",
    "resolved",
    "closed",
    "closed_unresolved",
    "rejected",
    "duplicate",
    "reopened",
    "withdrawn",
    "open",
];

/// Our word for a word of a deployed server, in its normal form.
#[must_use]
pub fn of_servers(word: &str) -> Option<&'static str> {
    SERVERS
        .iter()
        .find(|(theirs, _, _)| *theirs == word)
        .map(|(_, ours, _)| *ours)
}

/// The result that a server's status word implies by itself (`fixed` says more than "closed").
#[must_use]
pub fn implied_outcome(raw: &str) -> Option<Outcome> {
    let word = normal_form(raw);
    SERVERS
        .iter()
        .find(|(theirs, _, _)| *theirs == word)
        .and_then(|(_, _, outcome)| *outcome)
}
