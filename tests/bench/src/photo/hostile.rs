//! Files that want to hurt: bombs, ends that are missing, bytes that are wrong. None of it is made by hand: a good JPEG is
//! spoiled, always in the same way.

use std::fs;
use std::io;
use std::path::Path;

use super::pictures::{Coding, Photo, frame};
use super::tools::{Job, Name, Tool, Tools};
use crate::figures::largest;
use crate::measure::Cost;

/// What came of them.
#[derive(Debug, Default)]
pub(super) struct Hostile {
    /// The slowest bomb's fastest run, milliseconds of wall clock: what other work of the machine adds is not ours.
    pub(super) bomb_ms: Option<f64>,
    /// The most memory for a bomb, megabytes.
    pub(super) bomb_mb: Option<f64>,
    /// Bombs that were not refused.
    pub(super) bombs_taken: u32,
    /// Damaged files that were tried.
    pub(super) damaged: u32,
    /// Those that ended neither with a picture nor with the exit code of bad input.
    pub(super) ended_badly: u32,
}

/// A file larger than this is not spoiled, for it is copied each time.
const SMALL: u64 = 20_000_000;
const DAMAGED: u32 = 200;

/// # Errors
/// When files cannot be written or programs not started.
pub(super) fn measure(tools: &Tools, photos: &[&Photo], scratch: &Path, rounds: u32) -> io::Result<Hostile> {
    let mut seen = Hostile::default();
    let Some(tool) = tools.get(Name::Fast) else {
        return Ok(seen);
    };
    let jpeg = |coding| {
        let found = photos
            .iter()
            .find(|photo| photo.coding == coding && photo.bytes < SMALL);
        found.map(|photo| fs::read(&photo.path)).transpose()
    };
    let (baseline, progressive) = (jpeg(Coding::Baseline)?, jpeg(Coding::Progressive)?);
    let mut slowest = Vec::new();
    let mut peaks = Vec::new();
    let spoiled = [&baseline, &progressive]
        .into_iter()
        .flatten()
        .filter_map(|jpeg| huge(jpeg));
    for bomb in spoiled.chain([png_bomb()]) {
        let costs: io::Result<Vec<Cost>> = (0..rounds.max(3)).map(|_| shrunk(tool, &bomb, scratch)).collect();
        let costs = costs?;
        if costs.iter().any(|cost| cost.exit != Some(BAD_INPUT)) {
            seen.bombs_taken += 1;
        }
        slowest.extend(costs.iter().map(|cost| cost.wall_s * 1e3).min_by(f64::total_cmp));
        peaks.extend(costs.iter().map(|cost| cost.peak_bytes as f64 / 1e6));
    }
    (seen.bomb_ms, seen.bomb_mb) = (largest(&slowest), largest(&peaks));
    for jpeg in [&baseline, &progressive].into_iter().flatten() {
        for turn in 0..DAMAGED / 2 {
            let cost = shrunk(tool, &damaged(jpeg, turn), scratch)?;
            seen.damaged += 1;
            if !matches!(cost.exit, Some(0 | BAD_INPUT)) {
                seen.ended_badly += 1;
            }
        }
    }
    Ok(seen)
}

/// The exit code of input that cannot be used.
const BAD_INPUT: i32 = 4;

fn shrunk(tool: &Tool, file: &[u8], scratch: &Path) -> io::Result<Cost> {
    let from = scratch.join("spoiled.jpg");
    fs::write(&from, file)?;
    let call = tool.call(Job::Plain, &from, &scratch.join("spoiled-out.jpg"));
    call.ok_or_else(|| io::Error::other("nothing to run"))?.cost()
}

/// The same JPEG with 65,500 x 65,500 in its frame header (ITU-T T.81, B.2.2).
fn huge(jpeg: &[u8]) -> Option<Vec<u8>> {
    let frame = usize::try_from(frame(jpeg).ok()?.at).ok()?;
    let mut bomb = jpeg.to_vec();
    let [high, low] = 65_500_u16.to_be_bytes();
    bomb.get_mut(frame + 5..frame + 9)?
        .copy_from_slice(&[high, low, high, low]);
    Some(bomb)
}

/// The head of a PNG of 65,500 x 65,500 pixels, with the right sum of its bytes.
fn png_bomb() -> Vec<u8> {
    let mut head = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = b"IHDR".to_vec();
    for _ in 0..2 {
        chunk.extend(65_500_u32.to_be_bytes());
    }
    chunk.extend([8, 2, 0, 0, 0]);
    head.extend(13_u32.to_be_bytes());
    head.extend(&chunk);
    head.extend(crc32(&chunk).to_be_bytes());
    // Compressed zeros that never end, as far as anyone reads.
    head.extend(b"\0\0\0\x08IDAT\x78\x9c\xed\xc1\x01\x01\0\0\0\0\0\0\0");
    head
}

/// CRC-32 of the PNG specification, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// Every fourth ends early, the others have 60 wrong bytes; which, the number says.
fn damaged(jpeg: &[u8], number: u32) -> Vec<u8> {
    let mut state = u64::from(number) * 2 + 1;
    let mut next = move || {
        // Knuth's MMIX generator: enough for where to hit.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut file = jpeg.to_vec();
    if number.is_multiple_of(4) {
        file.truncate(next() % jpeg.len().max(1));
    } else {
        for _ in 0..60 {
            let at = next() % file.len().max(1);
            if let Some(byte) = file.get_mut(at) {
                *byte = (next() % 256) as u8;
            }
        }
    }
    file
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_differs_from_its_picture_in_the_size_alone() {
        let jpeg = b"\xFF\xD8\xFF\xC0\x00\x11\x08\x00\x10\x00\x20rest";
        let bomb = huge(jpeg).unwrap();
        assert_eq!(&bomb[..7], &jpeg[..7]);
        assert_eq!(&bomb[7..11], [0xFF, 0xDC, 0xFF, 0xDC]);
        assert_eq!(&bomb[11..], b"rest");
        assert_eq!(huge(b"no frame"), None);
    }

    #[test]
    fn a_png_bomb_has_a_head_that_a_reader_accepts() {
        // The check value of CRC-32.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let read = image::ImageReader::new(io::Cursor::new(png_bomb()))
            .with_guessed_format()
            .unwrap();
        assert_eq!(read.into_dimensions().unwrap(), (65_500, 65_500));
    }

    #[test]
    fn damage_is_the_same_each_time() {
        let jpeg: Vec<u8> = (0..=255).cycle().take(4000).collect();
        assert_eq!(damaged(&jpeg, 7), damaged(&jpeg, 7));
        assert_ne!(damaged(&jpeg, 7), jpeg);
        assert!(damaged(&jpeg, 8).len() < jpeg.len());
    }
}
