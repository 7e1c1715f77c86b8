//! What can be wrong with a file, by what a person can do about it.

use std::io;

/// Why a file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk is full, or the app's share of it: nothing is lost, space must be made.
    #[error("disk full")]
    Full,
    /// The file is not there.
    #[error("file gone")]
    Gone,
    /// The file is there with other bytes than were written.
    #[error("file changed")]
    Changed,
    /// Anything else.
    #[error("file: {0}")]
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::NotFound => Self::Gone,
            _ => Self::Io(error),
        }
    }
}
