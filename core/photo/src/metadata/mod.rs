//! What a photo knows about where and when it was taken. Hints, never proof: every field can be edited.
//!
//! Read from EXIF (CIPA DC-008, Exif 2.32) with one rule: a value that breaks any rule of its tag is no value.
//! A position in particular is all there or not there at all, and then the reason stays, for the diagnostic.

mod position;
mod time;

use std::io::{BufReader, Read, Seek};

use exif::{Exif, In, Tag, Value};

pub use position::{Direction, GeoPosition, NoPosition, North};
pub use time::{TakenAt, Zone};

use crate::error::PhotoError;
use crate::head::{self, exif_block};
use crate::limits::Limits;
use crate::orientation::Orientation;
use crate::shield::shielded;
use crate::sniff::Kind;

/// What the EXIF block of a photo says.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// Where it was taken, or why that is not known.
    pub position: Result<GeoPosition, NoPosition>,
    /// Where the camera looked.
    pub direction: Option<Direction>,
    /// When it was taken, by the camera's clock.
    pub taken_at: Option<TakenAt>,
    /// How the stored pixels are turned. [`Orientation::Upright`] for HEIC and AVIF, where the container turns
    /// them and the EXIF tag must be ignored.
    pub orientation: Orientation,
}

impl Metadata {
    fn none(reason: NoPosition) -> Self {
        Self {
            position: Err(reason),
            direction: None,
            taken_at: None,
            orientation: Orientation::Upright,
        }
    }
}

/// Reads the metadata of a JPEG, PNG, WebP, HEIC or AVIF file. A broken EXIF block gives what of it is whole;
/// no more of it is read than [`Limits::max_metadata_bytes`].
///
/// # Errors
/// [`PhotoError::NotAPhoto`] for other files, [`PhotoError::FileTooLarge`], [`PhotoError::Io`].
pub fn read_metadata(source: impl Read + Seek, limits: &Limits) -> Result<Metadata, PhotoError> {
    let mut source = BufReader::new(source);
    let (kind, _) = head::kind_of(&mut source, limits)?;
    if kind == Kind::Unknown {
        return Err(PhotoError::NotAPhoto);
    }
    let Some(block) = exif_block::read(&mut source, kind, limits)? else {
        return Ok(Metadata::none(NoPosition::NoMetadata));
    };
    let mut metadata =
        shielded(|| Ok(of_block(block))).unwrap_or_else(|_| Metadata::none(NoPosition::Malformed));
    if matches!(kind, Kind::Heic | Kind::Avif) {
        metadata.orientation = Orientation::Upright;
    }
    Ok(metadata)
}

fn of_block(block: Vec<u8>) -> Metadata {
    let exif = match exif::Reader::new().continue_on_error(true).read_raw(block) {
        Ok(exif) => exif,
        Err(exif::Error::PartialResult(partial)) => partial.into_inner().0,
        Err(_) => return Metadata::none(NoPosition::Malformed),
    };
    let tags = Tags(&exif);
    Metadata {
        position: position::position(&tags),
        direction: position::direction(&tags),
        taken_at: time::taken_at(&tags),
        orientation: Orientation::from_exif(
            tags.value(Tag::Orientation)
                .and_then(|value| value.get_uint(0))
                .unwrap_or(1),
        ),
    }
}

/// Tags of the primary picture; those of the embedded thumbnail are never asked.
struct Tags<'a>(&'a Exif);

impl Tags<'_> {
    fn value(&self, tag: Tag) -> Option<&Value> {
        self.0.get_field(tag, In::PRIMARY).map(|field| &field.value)
    }

    /// The text of an ASCII tag up to its first NUL, without blanks around it.
    fn text(&self, tag: Tag) -> Option<&str> {
        match self.value(tag)? {
            Value::Ascii(parts) => std::str::from_utf8(parts.first()?).ok().map(str::trim),
            _ => None,
        }
    }

    /// A tag of one rational, where that is a finite number.
    fn number(&self, tag: Tag) -> Option<f64> {
        match self.value(tag)? {
            Value::Rational(values) => fraction(values.first()?),
            _ => None,
        }
    }

    /// A tag of three rationals; `None` also where a denominator is 0.
    fn triple(&self, tag: Tag) -> Option<[f64; 3]> {
        match self.value(tag)? {
            Value::Rational(values) => match values.as_slice() {
                [a, b, c] => Some([fraction(a)?, fraction(b)?, fraction(c)?]),
                _ => None,
            },
            _ => None,
        }
    }
}

fn fraction(value: &exif::Rational) -> Option<f64> {
    (value.denom != 0).then(|| f64::from(value.num) / f64::from(value.denom))
}
