//! Why a file did not become a photo, and what the citizen may want to know about one that did.

use std::io;

/// A file that gave no photo. The draft it was meant for stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhotoError {
    /// The bytes are of no known picture format.
    #[error("not a photo")]
    NotAPhoto,
    /// A picture with more pixels than the [`Limits`](crate::Limits) allow, by its own header.
    #[error("too large: {width} x {height} pixels")]
    TooLarge {
        /// Pixels, as stored.
        width: u32,
        /// Pixels, as stored.
        height: u32,
    },
    /// A file of more bytes than [`Limits::max_file_bytes`](crate::Limits::max_file_bytes).
    #[error("file too large: {bytes} bytes")]
    FileTooLarge {
        /// Size of the file, bytes.
        bytes: u64,
    },
    /// A picture format, or a variant of one, that is recognised but not decoded here.
    #[error("unsupported: {what}")]
    Unsupported {
        /// What it is, in words of the format, such as `HEIC` or `arithmetic JPEG`.
        what: &'static str,
    },
    /// The file names itself a picture and is none, or is damaged beyond showing anything.
    #[error("unreadable picture")]
    Unreadable,
    /// No picture fits the budget, however small: it leaves no room for a JPEG's own tables.
    #[error("no picture fits {max_bytes} bytes")]
    ImpossibleBudget {
        /// The budget, bytes.
        max_bytes: u32,
    },
    /// An area to be covered has no pixels, lies outside the photo, or is one too many.
    #[error("area {index} of those to be covered is none of the photo")]
    BadRedaction {
        /// Which, from 0.
        index: usize,
    },
    /// [`Progress`](crate::Progress) asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The source could not be read.
    #[error("could not read the file")]
    Io(#[from] io::Error),
}

/// Something true of a photo that was taken in all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The file ends early: part of the picture is missing.
    Truncated,
    /// Data inside the file are wrong: part of the picture may be.
    Damaged,
    /// Even the lowest quality was over the budget at its full edge: the picture became shorter than asked.
    EdgeShrunk {
        /// The long edge it has now, pixels.
        edge: u32,
    },
}

impl Warning {
    /// The warning's name for machines, `snake_case`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::EdgeShrunk { .. } => "edge_shrunk",
        }
    }
}
