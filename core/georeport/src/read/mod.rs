//! Answers to GET requests. Each reader takes an [`Answer`](crate::Answer) and gives wire records or a [`ReadError`](crate::ReadError).
//!
//! Absent, `null`, `""` and `"null"` are the same everywhere: `None`. Numbers come as the text they were written in.

mod account;
mod case;
mod definition;
mod discovery;
mod errors;
mod events;
mod media;
mod public;
mod services;
mod token;

pub use account::{WireAccount, WireChallenge, WireSession, account, attempts_left, challenge, session};
pub use case::{Case, CaseList, CaseNote, Point, cases};
pub use definition::{Automated, WireAttribute, WireChoice, WireDatatype, WireDefinition, definition};
pub use discovery::{DiscoveredEndpoint, Discovery, Extensions, KeyLifetime, Messages, discovery};
pub use errors::errors;
pub use events::{ChangesPage, EventsPage, Visibility, WireActor, WireChange, WireEvent, changes, events};
pub use media::WireMedia;
pub use public::{
    PublicPage, WireAnnouncement, WireFigure, WireStatistics, WireTexts, announcements, feed, registration,
    statistics,
};
pub use services::{WireService, services};
pub use token::{TokenAnswer, token};

pub(crate) use case::{WRAPPERS, case_id};
pub(crate) use media::media_of;

/// Most rows a list may have.
pub const MAX_ROWS: usize = 10_000;

/// Most bytes of one kept error text, and of the raw text of an answer that is no data.
pub const MAX_ERROR_BYTES: usize = 2_048;
