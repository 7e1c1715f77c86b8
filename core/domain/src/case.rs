//! The city's side: tình trạng xử lý. Only sync writes it; every text of the city that we do not know is kept raw.
//!
//! Its machine is the city's, not ours: a city may go from any status to any other (reopen a rejected case, close an
//! open one), so [`step`] refuses no status. What it guards is order: events come in pages, twice, and late.

use serde::{Deserialize, Serialize};

use crate::case_words;
use crate::id::CaseNumber;
use crate::snake::words;
use crate::time::Timestamp;

/// State of a case at the city.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "status", content = "value", rename_all = "snake_case")]
pub enum CaseStatus {
    /// Awaiting intake.
    Submitted,
    /// Accepted by the centre.
    Received,
    /// Being verified.
    Verifying,
    /// Sent to an agency.
    Assigned,
    /// Being worked on.
    InProgress,
    /// Given a later due date.
    Extended,
    /// Passed to another agency.
    Transferred,
    /// The city asks the citizen something.
    WaitingCitizen,
    /// A result is there: not the same as fixed, see [`Outcome`].
    Resolved,
    /// Closed, result not stated (all that a bare city says).
    Closed,
    /// Closed, not fixed.
    ClosedUnresolved,
    /// Not accepted.
    Rejected,
    /// Merged with another case.
    Duplicate(CaseNumber),
    /// Taken up again.
    Reopened,
    /// Withdrawn by the citizen.
    Withdrawn,
    /// No result yet (all that a bare city says).
    Open,
    /// A word of the city that we do not know.
    Other(String),
}

words!(
    /// Result of a resolved case.
    Outcome {
        /// Gone.
        Fixed = "fixed",
        /// Partly gone.
        Partly = "partly",
        /// In a plan.
        Planned = "planned",
        /// Explained.
        Explained = "explained",
        /// Not this city's competence.
        NotCompetent = "not_competent",
        /// Nothing found on site.
        NotFound = "not_found",
    }
);

words!(
    /// Who did something in a case.
    ActorType {
        /// The reporter or another citizen.
        Citizen = "citizen",
        /// The intake centre.
        Operator = "operator",
        /// The handling agency.
        Agency = "agency",
        /// The city's system.
        System = "system",
    }
);

/// One event of a case's timeline. Append-only; internal events never reach a citizen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseEvent {
    /// The city's id of the event; derived from the content where a bare city has none.
    pub id: String,
    /// Its place in the case, growing.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The city's word for it, raw: a status word or `answer`, `comment`, `rating`, `remind`, `attachment`, …
    pub kind: String,
    /// Who.
    pub actor: Option<Actor>,
    /// Machine word of a reason.
    pub reason_code: Option<String>,
    /// The city's words, unchanged.
    pub text: Option<String>,
    /// Due date set by this event.
    pub due_at: Option<Timestamp>,
    /// Result told by this event; raw where unknown.
    pub outcome: Option<String>,
    /// Lead case, of a merge.
    pub duplicate_of: Option<CaseNumber>,
    /// Files of the event.
    pub attachments: Vec<CaseFile>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Kind; absent where the city's word is unknown.
    pub kind: Option<ActorType>,
    /// Unit, as the city writes it.
    pub unit: Option<String>,
}

/// A file that the city shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// Where it is.
    pub url: String,
    /// Kind, raw.
    pub kind: String,
    /// Hash of its bytes, where told.
    pub sha256: Option<String>,
    /// Number of its bytes, where told.
    pub bytes: Option<u64>,
}

impl CaseStatus {
    /// The word, as `--json` prints it: `submitted`, …, `duplicate`, …; of an unknown one the city's own text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Submitted => "submitted",
            Self::Received => "received",
            Self::Verifying => "verifying",
            Self::Assigned => "assigned",
            Self::InProgress => "in_progress",
            Self::Extended => "extended",
            Self::Transferred => "transferred",
            Self::WaitingCitizen => "waiting_citizen",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::ClosedUnresolved => "closed_unresolved",
            Self::Rejected => "rejected",
            Self::Duplicate(_) => "duplicate",
            Self::Reopened => "reopened",
            Self::Withdrawn => "withdrawn",
            Self::Open => "open",
            Self::Other(raw) => raw,
        }
    }

    /// Nothing more is expected of the city, unless the citizen asks again.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Resolved
                | Self::Closed
                | Self::ClosedUnresolved
                | Self::Rejected
                | Self::Duplicate(_)
                | Self::Withdrawn
        )
    }
}

/// A case's status with the place of the event that set it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CaseState {
    /// The status.
    pub status: CaseStatus,
    /// `seq` of the newest event that was folded in.
    pub seq: i64,
}

/// The one step of a case: folds an event of its timeline into its status.
///
/// Status words (`submitted`, …, `withdrawn`; docs/extensions.md, "events") set it; a `duplicate` needs the number of
/// the lead case. `answer`, `comment` and every word that we do not know change nothing: they stand in the timeline.
/// An event that is not newer than what was folded in already is ignored.
#[must_use]
pub fn step(state: &CaseState, event: &CaseEvent) -> CaseState {
    if event.seq <= state.seq {
        return state.clone();
    }
    let told = case_words::ours(&case_words::normal_form(&event.kind), event.duplicate_of.as_ref());
    CaseState {
        status: told.unwrap_or_else(|| state.status.clone()),
        seq: event.seq,
    }
}
