//! What can be wrong with an answer, or with the wish for a request.

use std::fmt;

use crate::sniff::Format;

/// One error as a city says it, whatever the shape it came in.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WireError {
    /// Code as written (may differ from the HTTP status, may be text as `103 - service_code`).
    pub code: Option<String>,
    /// The city's words, at most 2,048 bytes. May echo what the citizen wrote: never to be logged.
    pub description: Option<String>,
    /// Name of the form field at fault.
    pub field: Option<String>,
    /// Machine word of an extension (`key_reused`, `not_now`).
    pub reason: Option<String>,
    /// Case that the city names, of a duplicate.
    pub case_id: Option<String>,
}

impl fmt::Debug for WireError {
    /// Without the words: servers echo names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.description.as_ref().map_or(0, String::len);
        f.debug_struct("WireError")
            .field("reason", &self.reason)
            .field("words", &words)
            .finish_non_exhaustive()
    }
}

/// Why an answer could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A format that holds no answer (an HTML page with 200: captive portal or wrong URL), or that is not read yet.
    #[error("the answer is {format:?}, not GeoReport data")]
    NotReadable {
        /// What it is.
        format: Format,
    },
    /// The server says no.
    #[error("the server answered with status {status}")]
    Status {
        /// HTTP status; 200 where an error came in a successful answer.
        status: u16,
        /// What it said.
        errors: Vec<WireError>,
    },
    /// Data of a shape that no server is known to send.
    #[error("the answer is malformed: {what}")]
    Malformed {
        /// What was expected.
        what: &'static str,
    },
    /// More rows than [`crate::read::MAX_ROWS`].
    #[error("the answer has too many rows")]
    TooMany,
}

/// Why a request cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// An id, code or token that names nothing in a path: empty, `.` or `..`.
    #[error("an id that cannot stand in a path")]
    UnusableId,
    /// More photos than the dialect lets one POST carry.
    #[error("{given} photos, the server takes {allowed} with one POST")]
    TooManyMedia {
        /// Photos given.
        given: usize,
        /// Photos one POST may carry.
        allowed: usize,
    },
}
