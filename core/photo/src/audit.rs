//! What a picture file tells beside its pixels, for anyone who wants to check what leaves the phone.
//!
//! Written apart from what makes stored photos (`strip`, `codec`), so that it is a check and no echo. It names parts,
//! never what stands in them, and decodes nothing.

use std::io::{BufRead, BufReader, Read, Seek};

use crate::error::PhotoError;
use crate::head;
use crate::head::chunks::{Chunks, Layout};
use crate::head::exif_block;
use crate::head::jpeg::Segments;
use crate::limits::Limits;
use crate::sniff::Kind;

/// A part of a file that is not needed to show its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub part: Part,
    /// Its size, bytes.
    pub bytes: u64,
}

/// Parts that carry more than pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// Position, time, camera, owner.
    Exif,
    /// The same and more, as XML.
    Xmp,
    /// Captions and authors of the press (IPTC).
    Iptc,
    /// A colour profile; it may name a device.
    IccProfile,
    /// An index of further pictures (MPF).
    Mpf,
    /// A small copy of the picture, maybe older than its last edit.
    Thumbnail,
    /// Free text.
    Comment,
    /// A time in a chunk of its own.
    Time,
    /// A segment or chunk of an application.
    Application,
    /// Bytes after the end of the picture: a second picture, a video, anything.
    Trailing,
}

impl Part {
    /// The part's name for machines, `snake_case`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exif => "exif",
            Self::Xmp => "xmp",
            Self::Iptc => "iptc",
            Self::IccProfile => "icc_profile",
            Self::Mpf => "mpf",
            Self::Thumbnail => "thumbnail",
            Self::Comment => "comment",
            Self::Time => "time",
            Self::Application => "application",
            Self::Trailing => "trailing",
        }
    }
}

/// Bytes of a JFIF header that has no thumbnail (JFIF 1.02): name, version, density, and two zeros.
const JFIF_BYTES: usize = 14;
/// No file is told about more finely than this.
const MAX_FINDINGS: usize = 1_000;

/// Lists what `source`, a JPEG, PNG, WebP, HEIC or AVIF file, holds beside its pixels, in its order, at most 1,000 parts.
/// Nothing is listed for a photo that came out of [`ingest`](crate::ingest).
///
/// # Errors
/// [`PhotoError::NotAPhoto`] for other files, [`PhotoError::FileTooLarge`], [`PhotoError::Io`].
pub fn audit(source: impl Read + Seek, limits: &Limits) -> Result<Vec<Finding>, PhotoError> {
    let mut source = BufReader::new(source);
    let (kind, bytes) = head::kind_of(&mut source, limits)?;
    let mut findings = match kind {
        Kind::Jpeg => in_jpeg(&mut source, bytes)?,
        Kind::Png => in_chunks(Chunks::new(&mut source, Layout::Png), png_part)?,
        Kind::WebP => in_chunks(Chunks::new(&mut source, Layout::Riff), webp_part)?,
        Kind::Heic | Kind::Avif => exif_block::read(&mut source, kind, limits)?
            .map(|block| Finding {
                part: Part::Exif,
                bytes: block.len() as u64,
            })
            .into_iter()
            .collect(),
        Kind::Unknown => return Err(PhotoError::NotAPhoto),
    };
    findings.truncate(MAX_FINDINGS);
    Ok(findings)
}

fn in_jpeg(source: &mut (impl BufRead + Seek), bytes: u64) -> Result<Vec<Finding>, PhotoError> {
    let mut findings = Vec::new();
    let mut segments = Segments::new(source);
    while let Some(segment) = segments.next()? {
        if segment.marker == 0xD9 {
            let at = source.stream_position()?;
            if at < bytes {
                findings.push(Finding {
                    part: Part::Trailing,
                    bytes: bytes - at,
                });
            }
            break;
        }
        if let Some(part) = jpeg_part(segment.marker, &segment.body)
            && findings.len() < MAX_FINDINGS
        {
            findings.push(Finding {
                part,
                bytes: segment.body.len() as u64,
            });
        }
    }
    Ok(findings)
}

fn jpeg_part(marker: u8, body: &[u8]) -> Option<Part> {
    match marker {
        0xE0 if body.starts_with(b"JFIF\0") => (body.len() > JFIF_BYTES).then_some(Part::Thumbnail),
        0xE0 if body.starts_with(b"JFXX\0") => Some(Part::Thumbnail),
        0xE1 if body.starts_with(b"Exif\0") => Some(Part::Exif),
        0xE1 if body.starts_with(b"http://ns.adobe.com/") => Some(Part::Xmp),
        0xE2 if body.starts_with(b"ICC_PROFILE\0") => Some(Part::IccProfile),
        0xE2 if body.starts_with(b"MPF\0") => Some(Part::Mpf),
        0xED => Some(Part::Iptc),
        // Adobe's colour transform, needed to show the right colours: 12 bytes, of which the last says it.
        0xEE if body.starts_with(b"Adobe") && body.len() == 12 => None,
        0xE0..=0xEF => Some(Part::Application),
        0xFE => Some(Part::Comment),
        _ => None,
    }
}

fn in_chunks<R: BufRead + Seek>(
    mut chunks: Chunks<'_, R>,
    part_of: fn(&[u8; 4]) -> Option<Part>,
) -> Result<Vec<Finding>, PhotoError> {
    let mut findings = Vec::new();
    while let Some(chunk) = chunks.next()? {
        if let Some(part) = part_of(&chunk.name)
            && findings.len() < MAX_FINDINGS
        {
            findings.push(Finding {
                part,
                bytes: chunk.length,
            });
        }
    }
    Ok(findings)
}

fn png_part(name: &[u8; 4]) -> Option<Part> {
    match name {
        b"eXIf" => Some(Part::Exif),
        b"iCCP" => Some(Part::IccProfile),
        b"tEXt" | b"zTXt" | b"iTXt" => Some(Part::Comment),
        b"tIME" => Some(Part::Time),
        b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"cICP" | b"sBIT"
        | b"bKGD" | b"pHYs" | b"hIST" | b"sPLT" | b"acTL" | b"fcTL" | b"fdAT" => None,
        _ => Some(Part::Application),
    }
}

fn webp_part(name: &[u8; 4]) -> Option<Part> {
    match name {
        b"EXIF" => Some(Part::Exif),
        b"XMP " => Some(Part::Xmp),
        b"ICCP" => Some(Part::IccProfile),
        b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF" => None,
        _ => Some(Part::Application),
    }
}
