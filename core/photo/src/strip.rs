//! The lossless way: a JPEG that already is what would be stored keeps its pixels bit for bit and loses all else.
//!
//! What says how to decode it (tables, frame, scans, restart interval, Adobe's colour transform) is copied; every other
//! segment, and whatever follows the end, stays behind. Its JFIF header, where there was one, is written new, for its
//! body may carry a thumbnail.

use crate::limits::Limits;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
/// `JFIF`, version 1.01, square pixels, no thumbnail (JFIF 1.02, page 5).
const JFIF: [u8; 18] = *b"\xFF\xE0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
/// Name, version, two words of flags, transform.
const ADOBE_BYTES: usize = 12;

/// The stripped file, and the quality of its tables on libjpeg's scale.
pub(crate) struct Stripped {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) quality: f32,
}

/// Strips `file`; `None` where it is not whole, or does not fit `max_bytes`.
pub(crate) fn strip(file: &[u8], max_bytes: usize) -> Option<Stripped> {
    let mut out = vec![0xFF, SOI];
    let mut rest = file.strip_prefix(&[0xFF, SOI])?;
    let mut quality = None;
    loop {
        let after = rest.strip_prefix(&[0xFF])?;
        let fill = after.iter().take_while(|byte| **byte == 0xFF).count();
        let (&marker, after) = after.get(fill..)?.split_first()?;
        if marker == EOI {
            out.extend([0xFF, EOI]);
            break;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let (segment, next) = after.split_at_checked(length)?;
        let body = segment.get(2..)?;
        rest = next;
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") && out.len() == 2 => out.extend(JFIF),
            0xEE if body.starts_with(b"Adobe") && body.len() >= ADOBE_BYTES => {
                out.extend([0xFF, marker, 0, ADOBE_BYTES as u8 + 2]);
                out.extend(body.get(..ADOBE_BYTES)?);
            }
            0xC0..=0xC2 | 0xC4 | 0xDB | 0xDD | SOS => {
                if marker == 0xDB && quality.is_none() {
                    quality = quality_of(body);
                }
                out.extend([0xFF, marker]);
                out.extend(segment);
                if marker == SOS {
                    let end = scan_end(rest)?;
                    let (scan, next) = rest.split_at_checked(end)?;
                    out.extend(scan);
                    rest = next;
                }
            }
            0xE0..=0xEF | 0xFE => {}
            _ => return None,
        }
        if out.len() > max_bytes {
            return None;
        }
    }
    (out.len() <= max_bytes).then_some(Stripped {
        jpeg: out,
        quality: quality?,
    })
}

/// Where the entropy-coded data end: at a marker that is neither a stuffed zero nor a restart (T.81 B.1.1.5).
fn scan_end(data: &[u8]) -> Option<usize> {
    data.windows(2)
        .position(|pair| matches!(pair, [0xFF, second] if !matches!(second, 0x00 | 0xD0..=0xD7)))
}

/// What quality scales the luminance table of T.81 annex K to the sum of this one's 8-bit table 0.
fn quality_of(tables: &[u8]) -> Option<f32> {
    /// The sum of table K.1.
    const ANNEX_K: f32 = 3_689.0;
    let (&[0x00], values) = tables.split_first_chunk()? else {
        return None;
    };
    let sum: u32 = values.get(..64)?.iter().map(|value| u32::from(*value)).sum();
    let percent = sum as f32 * 100.0 / ANNEX_K;
    let quality = if percent <= 100.0 {
        100.0 - percent / 2.0
    } else {
        5_000.0 / percent
    };
    Some(quality.clamp(1.0, 100.0))
}

/// The most bytes that are read in the hope that a file can be kept: what it loses is at most this much.
pub(crate) fn worth_reading(bytes: u64, max_bytes: u32, limits: &Limits) -> bool {
    // Metadata of a camera: EXIF with a thumbnail (64 KB at most), XMP, a profile.
    bytes <= u64::from(max_bytes) + limits.max_metadata_bytes
}
