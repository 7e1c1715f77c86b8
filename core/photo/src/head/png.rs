//! The PNG header: `IHDR` is the first chunk (W3C PNG, section 11.2.1).

use std::io::{BufRead, Seek};

use super::chunks::{Chunks, Layout};
use super::{Ending, Head};
use crate::error::PhotoError;
use crate::limits::Limits;
use crate::sniff::Kind;

pub(super) fn head(
    source: &mut (impl BufRead + Seek),
    limits: &Limits,
    bytes: u64,
) -> Result<Head, PhotoError> {
    let mut chunks = Chunks::new(source, Layout::Png);
    let chunk = chunks
        .next()?
        .filter(|chunk| chunk.name == *b"IHDR")
        .ok_or(PhotoError::Unreadable)?;
    let body = chunks.body(&chunk, 13)?;
    let Some(&[w3, w2, w1, w0, h3, h2, h1, h0]) = body.first_chunk() else {
        return Err(PhotoError::Unreadable);
    };
    let (width, height) = (
        u32::from_be_bytes([w3, w2, w1, w0]),
        u32::from_be_bytes([h3, h2, h1, h0]),
    );
    limits.check(width, height, limits.max_pixels)?;
    // The 8-bit copy without alpha that is made of what the decoder returns.
    Ok(Head {
        kind: Kind::Png,
        width,
        height,
        working_bytes_per_pixel: 4,
        ending: Ending::Whole,
        icc: None,
        bytes,
    })
}
