//! The front door: what a picture says about itself, and whether it may come in.
//!
//! Reads headers only. Nothing here allocates by a number found in the file, so a header that claims
//! 65,500 x 65,500 pixels costs as little as one that claims ten.

pub(crate) mod chunks;
pub(crate) mod exif_block;
pub(crate) mod jpeg;
mod png;
mod webp;

use std::io::{BufRead, Read, Seek, SeekFrom};

use crate::error::PhotoError;
use crate::limits::Limits;
use crate::sniff::{Kind, SNIFF_BYTES, sniff};

/// A picture that keeps every limit, as its header describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What the decoder holds beside the pixels it returns, bytes per pixel at most.
    pub(crate) working_bytes_per_pixel: u64,
    pub(crate) ending: Ending,
    /// The profile of a JPEG's colours; PNG and WebP leave theirs to the decoder.
    pub(crate) icc: Option<Vec<u8>>,
    /// Size of the file, bytes.
    pub(crate) bytes: u64,
}

/// Whether the file has the end that its format asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Whole,
    Truncated,
    /// Not looked for: the decoder comes there anyway, and tells.
    Unseen,
}

/// The kind of `source`, and its size in bytes.
pub(crate) fn kind_of(
    source: &mut (impl BufRead + Seek),
    limits: &Limits,
) -> Result<(Kind, u64), PhotoError> {
    let bytes = source.seek(SeekFrom::End(0))?;
    if bytes > limits.max_file_bytes {
        return Err(PhotoError::FileTooLarge { bytes });
    }
    source.rewind()?;
    let mut head = Vec::with_capacity(SNIFF_BYTES);
    source.by_ref().take(SNIFF_BYTES as u64).read_to_end(&mut head)?;
    source.rewind()?;
    Ok((sniff(&head), bytes))
}

/// Reads the header of `source` and holds it against `limits`.
pub(crate) fn read(source: &mut (impl BufRead + Seek), limits: &Limits) -> Result<Head, PhotoError> {
    let (kind, bytes) = kind_of(source, limits)?;
    match kind {
        Kind::Jpeg => jpeg::head(source, limits, bytes),
        Kind::Png => png::head(source, limits, bytes),
        Kind::WebP => webp::head(source, limits, bytes),
        Kind::Heic | Kind::Avif => Err(PhotoError::Unsupported { what: kind.name() }),
        Kind::Unknown => Err(PhotoError::NotAPhoto),
    }
}
