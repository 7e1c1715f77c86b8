//! What every path shares: reading a body, answering, refusing.
//!
//! Handlers return [`answer::Answer`] or [`refusal::Refusal`], values without a format. One layer around the
//! router ([`answer::render`]) writes them out; a second format is one more branch there.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod paging;
pub(crate) mod refusal;
pub(crate) mod secrets;
