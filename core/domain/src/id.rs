//! Names of things: ids are opaque, typed, and never mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Timestamp;

/// A text that is not one of a closed list of words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a known {list}")]
pub struct UnknownWord {
    /// Name of the list.
    pub list: &'static str,
    /// What was given, cut to 40 characters.
    pub text: String,
}

impl UnknownWord {
    pub(crate) fn new(list: &'static str, text: &str) -> Self {
        Self {
            list,
            text: text.chars().take(40).collect(),
        }
    }
}

/// A text that is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A UUID version 7 (RFC 9562) from an instant and ten random bytes: sorts by birth.
            #[must_use]
            pub fn mint(at: Timestamp, random: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(at.as_millis().max(0).unsigned_abs(), &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(s: &str) -> Result<Self, NotAnId> { Uuid::try_parse(s).map(Self).map_err(|_| NotAnId) }
        }
    };
}

uuid_id!(
    /// A report, from the first word of its draft to the last event of its case.
    ReportId
);
uuid_id!(
    /// One frozen revision of a report on its way.
    SubmissionId
);
uuid_id!(
    /// A photo (later: a film, a sound, a document) of a report or a message.
    AttachmentId
);
uuid_id!(
    /// A network effect still owed.
    JobId
);
uuid_id!(
    /// A message about a case: answer, comment, rating, reopen, withdraw, remind, follow.
    MessageId
);
uuid_id!(
    /// The idempotency key of one submission, attachment or message: `client_request_id` and `Idempotency-Key` on the wire.
    Key
);

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is: never parsed, never re-formatted.
            pub fn new(text: impl Into<String>) -> Self { Self(text.into()) }
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    };
}

text_id!(
    /// A city as this phone knows it: name of its profile, unique in a store.
    CityId
);
text_id!(
    /// A person's account in a city; `default` where nobody signed in.
    AccountId
);
text_id!(
    /// The city's number of a case (Open311 `service_request_id`): opaque, may be `0`, may hold blanks.
    CaseNumber
);
text_id!(
    /// Open311 `token`: a promise of a number.
    Token
);
text_id!(
    /// Open311 `service_code`: opaque; may hold blanks, colons, leading zeros.
    ServiceCode
);
