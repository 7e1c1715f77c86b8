//! A panic inside a decoder is that file's fault, not the report's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::PhotoError;

/// Runs `work` over third-party parsers of hostile bytes; a panic in one becomes [`PhotoError::Unreadable`].
///
/// WHY unwind-safe: all that `work` touches is its own or dropped with the error; nothing half-made is seen later.
pub(crate) fn shielded<T>(work: impl FnOnce() -> Result<T, PhotoError>) -> Result<T, PhotoError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(PhotoError::Unreadable))
}
