//! What goes back and forth about a case (trao đổi). Each is a job like any other: durable first, offline always.

use serde::{Deserialize, Serialize};

use crate::snake::words;

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
        }
    }

    /// The words, where there are any.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Answer { text } | Self::Comment { text } | Self::Reopen { text } => Some(text),
            Self::Rating { text, .. } | Self::Withdraw { text } | Self::Remind { text } => text.as_deref(),
        }
    }
}
