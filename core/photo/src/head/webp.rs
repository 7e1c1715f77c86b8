//! The WebP header: `VP8 `, `VP8L` or `VP8X` comes first (RFC 9649, sections 2.5 to 2.7).

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
    let mut chunks = Chunks::new(source, Layout::Riff);
    let chunk = chunks.next()?.ok_or(PhotoError::Unreadable)?;
    let body = chunks.body(&chunk, 10)?;
    let (width, height) = match (&chunk.name, body.as_slice()) {
        // Frame tag (3), start code (3), then 14 bits each way, 2 bits of scaling above (RFC 6386, 9.1).
        (b"VP8 ", &[_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..]) => (
            u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF),
            u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF),
        ),
        // Signature, then 14 bits each way, less one.
        (b"VP8L", &[0x2F, b0, b1, b2, b3, ..]) => {
            let bits = u32::from_le_bytes([b0, b1, b2, b3]);
            ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
        }
        // Flags (1), reserved (3), then 24 bits each way, less one.
        (b"VP8X", &[_, _, _, _, w0, w1, w2, h0, h1, h2]) => (
            u32::from_le_bytes([w0, w1, w2, 0]) + 1,
            u32::from_le_bytes([h0, h1, h2, 0]) + 1,
        ),
        _ => return Err(PhotoError::Unreadable),
    };
    limits.check(width, height, limits.max_pixels)?;
    // The decoder's own planes or ARGB copy, and the copy without alpha made of what it returns.
    Ok(Head {
        kind: Kind::WebP,
        width,
        height,
        working_bytes_per_pixel: 8,
        ending: Ending::Whole,
        icc: None,
        bytes,
    })
}
