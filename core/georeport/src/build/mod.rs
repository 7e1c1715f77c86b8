//! Requests of GeoReport v2 and of the extensions.
//!
//! `read` holds what only asks, `write` what files. Nothing is sent that the standard, the dialect or an
//! advertised extension does not name: an extension's field travels only if the caller puts it there.

mod account;
mod public;
mod push;
mod read;
mod write;

pub use account::CodeTo;
pub use public::FeedQuery;
pub use push::PostRegistration;
pub use read::ListQuery;
pub use write::{PostAttachment, PostMessage, PostReport};
