//! Open311 GeoReport v2, the client's side, without I/O.
//!
//! The crate builds requests and reads answers; who sends them, when, and what an answer means for a report is decided
//! elsewhere. So every rule of the wire can be tested with bytes alone.
//!
//! * asking: [`Endpoint`] with its [`Dialect`] builds each [`Request`] ([`build`]); [`Multipart`] has an exact length
//! * answers: an [`Answer`] is sniffed ([`sniff()`]), turned into one tree and read by [`read`]; a POST by [`receipt`]
//! * lists in pages: [`Pager`]
//!
//! Real servers differ from the standard and from each other (text for numbers, lists for scalars, pages for data,
//! search lists for receipts). The readers take any shape a server is known to send and lose nothing: a text that is
//! not understood is kept raw. All input is hostile: bounded depth, bounded rows, typed errors, no panic.
//!
//! The seam for XML: a reader sees only the tree of `tree`, which an XML answer will be turned into as well; until then
//! such an answer is [`ReadError::NotReadable`] with [`Format::Xml`].

mod answer;
pub mod build;
mod dialect;
mod encode;
mod endpoint;
mod error;
mod json;
mod multipart;
mod paging;
pub mod read;
pub mod receipt;
mod request;
mod scalar;
mod sniff;
mod time;
mod tree;

pub use answer::{Answer, RetryAfter, date_header, retry_after};
pub use build::{CodeTo, FeedQuery, ListQuery, PostAttachment, PostMessage, PostRegistration, PostReport};
pub use dialect::{
    ApiKeyIn, Characters, DateFilter, DateForm, Dialect, JurisdictionIn, LimitOffset, MediaPerPost,
    MultiValue, PageSize, Paging, UpdatedFilter,
};
pub use endpoint::Endpoint;
pub use error::{BuildError, ReadError, WireError};
pub use multipart::{Chunk, Multipart, Part};
pub use paging::{Completeness, Pager, Step};
pub use request::{Body, FilePart, Method, Request};
pub use sniff::{Format, sniff};
pub use time::{WireTime, Zone, ZoneOffset, zulu};
