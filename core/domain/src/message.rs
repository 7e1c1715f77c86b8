//! What goes back and forth about a case (trao đổi). Each is a job like any other: durable first, offline always.

use serde::{Deserialize, Serialize};

use crate::case::CaseStatus;
use crate::snake::words;
use crate::time::Timestamp;

words!(
    /// Kind of a message.
    MessageKind {
        /// Answer to a question of the city.
        Answer = "answer",
        /// A comment.
        Comment = "comment",
        /// The two questions after a result.
        Rating = "rating",
        /// Ask again: the matter is still there.
        Reopen = "reopen",
        /// Take the report back at the city.
        Withdraw = "withdraw",
        /// Remind after the deadline.
        Remind = "remind",
        /// Follow somebody's public case.
        Follow = "follow",
        /// Follow it no longer.
        Unfollow = "unfollow",
    }
);

words!(
    /// How was the result?
    Satisfaction {
        /// Hài lòng.
        Satisfied = "satisfied",
        /// Chấp nhận được.
        Acceptable = "acceptable",
        /// Không hài lòng.
        Dissatisfied = "dissatisfied",
    }
);

words!(
    /// Is it gone? A fact, apart from how satisfied somebody is.
    StillThere {
        /// Gone.
        Yes = "yes",
        /// Partly gone.
        Partly = "partly",
        /// Still there.
        No = "no",
    }
);

/// What a message says: its kind decides what it may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MessageBody {
    /// Answer to a question of the city.
    Answer {
        /// The words.
        text: String,
    },
    /// A comment.
    Comment {
        /// The words.
        text: String,
    },
    /// The two questions: at least one is answered.
    Rating {
        /// How satisfied.
        satisfaction: Option<Satisfaction>,
        /// Is it gone ("fixed" on the wire)?
        fixed: Option<StillThere>,
        /// Words beside it.
        text: Option<String>,
    },
    /// Ask again.
    Reopen {
        /// Why.
        text: String,
    },
    /// Take the report back at the city.
    Withdraw {
        /// Why, if told.
        text: Option<String>,
    },
    /// Remind after the deadline.
    Remind {
        /// Words beside it.
        text: Option<String>,
    },
    /// Follow somebody's case.
    Follow,
    /// Follow it no longer.
    Unfollow,
}

words!(
    /// Why something has no meaning now, as far as this phone knows the case. The text of each stands in the catalogue
    /// under `error.<word>`.
    NotSayable {
        /// The city has asked nothing.
        NothingAsked = "nothing_asked",
        /// There is no result yet, or what was asked about it is closed.
        NoResult = "no_result",
        /// The case has ended.
        CaseEnded = "case_ended",
        /// Its deadline has not passed.
        NotOverdue = "not_overdue",
        /// It is somebody else's case.
        NotYours = "not_yours",
    }
);

impl NotSayable {
    /// Code of its text in the catalogue.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingAsked => "error.nothing_asked",
            Self::NoResult => "error.no_result",
            Self::CaseEnded => "error.case_ended",
            Self::NotOverdue => "error.not_overdue",
            Self::NotYours => "error.not_yours",
        }
    }
}

/// Whether a message has a meaning for a case that stands so. A word of the city that we do not know, and what a bare
/// city says ("open"), hold nothing back: the city will say.
///
/// # Errors
/// Why it has none.
pub fn may_say(
    kind: MessageKind,
    status: Option<&CaseStatus>,
    due_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), NotSayable> {
    use CaseStatus as S;
    let unknown = matches!(status, None | Some(S::Open | S::Other(_)));
    let is_final = status.is_some_and(CaseStatus::is_final);
    let holds = |right: bool, otherwise| if right { Ok(()) } else { Err(otherwise) };
    match kind {
        MessageKind::Comment | MessageKind::Follow | MessageKind::Unfollow => Ok(()),
        MessageKind::Answer => holds(
            unknown || status == Some(&S::WaitingCitizen),
            NotSayable::NothingAsked,
        ),
        // The last answer before the city closes the case wins.
        MessageKind::Rating => holds(unknown || status == Some(&S::Resolved), NotSayable::NoResult),
        MessageKind::Reopen => holds(
            unknown
                || matches!(
                    status,
                    Some(S::Resolved | S::Closed | S::ClosedUnresolved | S::Rejected)
                ),
            NotSayable::NoResult,
        ),
        MessageKind::Withdraw => holds(!is_final, NotSayable::CaseEnded),
        MessageKind::Remind if is_final => Err(NotSayable::CaseEnded),
        MessageKind::Remind => holds(due_at.is_some_and(|due| now > due), NotSayable::NotOverdue),
    }
}

impl MessageBody {
    /// The kind, for rows and wires.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Answer { .. } => MessageKind::Answer,
            Self::Comment { .. } => MessageKind::Comment,
            Self::Rating { .. } => MessageKind::Rating,
            Self::Reopen { .. } => MessageKind::Reopen,
            Self::Withdraw { .. } => MessageKind::Withdraw,
            Self::Remind { .. } => MessageKind::Remind,
            Self::Follow => MessageKind::Follow,
            Self::Unfollow => MessageKind::Unfollow,
        }
    }

    /// The words, where there are any.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Answer { text } | Self::Comment { text } | Self::Reopen { text } => Some(text),
            Self::Rating { text, .. } | Self::Withdraw { text } | Self::Remind { text } => text.as_deref(),
            Self::Follow | Self::Unfollow => None,
        }
    }
}
