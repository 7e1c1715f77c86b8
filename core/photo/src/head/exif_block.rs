//! Where each format keeps its EXIF block: JPEG `APP1`, PNG `eXIf`, WebP `EXIF`, a HEIC item.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::chunks::{Chunks, Layout};
use super::jpeg::{APP1, SOS, Segments};
use crate::error::PhotoError;
use crate::limits::Limits;
use crate::shield::shielded;
use crate::sniff::Kind;

const PREFIX: &[u8] = b"Exif\0\0";

/// Bytes read in search of the EXIF item of a HEIC: its directory of boxes, then the item.
const MAX_HEIC_BYTES: u64 = 4_000_000;

/// The EXIF block (a TIFF structure, without any prefix) of `source`, if it has one of permitted size.
pub(crate) fn read(
    source: &mut (impl BufRead + Seek),
    kind: Kind,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, PhotoError> {
    let block = match kind {
        Kind::Jpeg => in_jpeg(source)?,
        Kind::Png => in_chunk(Chunks::new(source, Layout::Png), *b"eXIf", limits)?,
        Kind::WebP => in_chunk(Chunks::new(source, Layout::Riff), *b"EXIF", limits)?,
        Kind::Heic | Kind::Avif => in_heif(source)?,
        Kind::Unknown => None,
    };
    Ok(block
        .map(without_prefix)
        .filter(|block| block.len() as u64 <= limits.max_metadata_bytes))
}

/// Many writers put JPEG's prefix in front of the block in WebP and PNG too, against the specification.
fn without_prefix(block: Vec<u8>) -> Vec<u8> {
    match block.strip_prefix(PREFIX) {
        Some(rest) => rest.to_vec(),
        None => block,
    }
}

fn in_jpeg(source: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut segments = Segments::new(source);
    while let Some(segment) = segments.next()? {
        match segment.marker {
            APP1 if segment.body.starts_with(PREFIX) => return Ok(Some(segment.body)),
            SOS => break,
            _ => {}
        }
    }
    Ok(None)
}

/// PNG permits `eXIf` after the pixels, and WebP puts `EXIF` there, so the walk goes to the end.
fn in_chunk<R: BufRead + Seek>(
    mut chunks: Chunks<'_, R>,
    name: [u8; 4],
    limits: &Limits,
) -> io::Result<Option<Vec<u8>>> {
    while let Some(chunk) = chunks.next()? {
        if chunk.name == name {
            // One byte more than permitted, so that a block cut here is seen to be too long.
            let cap = limits.max_metadata_bytes.saturating_add(PREFIX.len() as u64 + 1);
            return chunks.body(&chunk, cap).map(Some);
        }
    }
    Ok(None)
}

/// The item reader of the EXIF crate, on a source that ends after [`MAX_HEIC_BYTES`] read.
fn in_heif(source: &mut (impl BufRead + Seek)) -> Result<Option<Vec<u8>>, PhotoError> {
    let capped = Capped {
        source,
        left: MAX_HEIC_BYTES,
    };
    shielded(|| {
        match exif::Reader::new()
            .continue_on_error(true)
            .read_from_container(&mut BufReader::new(capped))
        {
            Ok(exif) => Ok(Some(exif.buf().to_vec())),
            Err(exif::Error::PartialResult(partial)) => Ok(Some(partial.into_inner().0.buf().to_vec())),
            Err(_) => Ok(None),
        }
    })
    .or_else(|error| match error {
        PhotoError::Unreadable => Ok(None),
        other => Err(other),
    })
}

/// A source that pretends to end once so many bytes were read.
struct Capped<'a, R> {
    source: &'a mut R,
    left: u64,
}

impl<R: Read> Read for Capped<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.by_ref().take(self.left).read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Capped<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}
