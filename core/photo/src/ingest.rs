//! The one way in: a file becomes a stored photo, a thumbnail and what is known about both.

use std::io::{BufReader, Read, Seek};

use image::DynamicImage;

use crate::budget::PhotoBudget;
use crate::colour::to_srgb;
use crate::decode::{Decoded, decode};
use crate::error::{PhotoError, Warning};
use crate::fit::{Edge, Target, fit, shrink};
use crate::head::{self, Ending};
use crate::limits::Limits;
use crate::metadata::{Metadata, read_metadata};
use crate::orientation::Orientation;
use crate::progress::{Progress, tell};
use crate::shield::shielded;
use crate::sniff::Kind;

/// A photo as it is stored and sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Ingested {
    /// Upright JPEG in sRGB or gray, within the budget, without any metadata.
    pub jpeg: Vec<u8>,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Quality of the encode on libjpeg's scale, 1 to 100; may be a fraction.
    pub quality: f32,
    /// JPEG of at most [`THUMBNAIL_EDGE`](crate::THUMBNAIL_EDGE) pixels and 30 KB, upright, without metadata.
    pub thumbnail: Vec<u8>,
    /// What the original's EXIF block says.
    pub metadata: Metadata,
    /// What was given.
    pub original: Original,
    /// What the citizen may want to know.
    pub warnings: Vec<Warning>,
}

/// The file that a photo was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// Its format, by content.
    pub kind: Kind,
    /// Pixels as stored, before turning; of the rendition where there is one.
    pub width: u32,
    /// Pixels as stored, before turning; of the rendition where there is one.
    pub height: u32,
    /// Size of the file, bytes.
    pub bytes: u64,
}

/// Makes a stored photo of the JPEG, PNG or WebP file `source`. The same input, budget and limits give the same bytes.
///
/// # Errors
/// Every [`PhotoError`]; HEIC and AVIF are [`PhotoError::Unsupported`]: see [`ingest_rendition`].
pub fn ingest(
    source: impl Read + Seek,
    budget: &PhotoBudget,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<Ingested, PhotoError> {
    let mut source = BufReader::new(source);
    let head = head::read(&mut source, limits)?;
    let total = head.height;
    tell(progress, 0, total)?;
    let metadata = read_metadata(&mut source, limits)?;
    let Decoded { picture, icc } = decode(&mut source, &head, limits)?;
    tell(progress, total, total)?;
    let developed = shielded(|| {
        let small = to_srgb(into_shrunk(picture, budget.max_edge), icc.as_deref());
        let upright = turned(small, metadata.orientation);
        let step = || tell(progress, total, total);
        let photo = fit(&upright, &Target::photo(budget), &step)?;
        let thumbnail = fit(&upright, &Target::thumbnail(), &step)?;
        Ok((photo, thumbnail.jpeg))
    });
    let (photo, thumbnail) = developed?;
    let truncated = (head.ending == Ending::Truncated).then_some(Warning::Truncated);
    let edge = photo.width.max(photo.height);
    let shrunk = (photo.edge == Edge::Shrunk).then_some(Warning::EdgeShrunk { edge });
    Ok(Ingested {
        jpeg: photo.jpeg,
        width: photo.width,
        height: photo.height,
        quality: f32::from(photo.quality),
        thumbnail,
        metadata,
        original: Original {
            kind: head.kind,
            width: head.width,
            height: head.height,
            bytes: head.bytes,
        },
        warnings: truncated.into_iter().chain(shrunk).collect(),
    })
}

/// Makes a stored photo of `rendition`, a JPEG (PNG, WebP) that the platform made of `original` (HEIC, or any photo).
/// Metadata are the original's; the pixels are turned as the rendition's own EXIF says, for platforms differ in
/// whether they turn them.
///
/// # Errors
/// Every [`PhotoError`], of either file.
pub fn ingest_rendition(
    original: impl Read + Seek,
    rendition: impl Read + Seek,
    budget: &PhotoBudget,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<Ingested, PhotoError> {
    let mut original = BufReader::new(original);
    let metadata = read_metadata(&mut original, limits)?;
    let (kind, bytes) = head::kind_of(&mut original, limits)?;
    let photo = ingest(rendition, budget, limits, progress)?;
    Ok(Ingested {
        metadata,
        original: Original {
            kind,
            bytes,
            ..photo.original
        },
        ..photo
    })
}

/// Frees the pixels of a large original as soon as the small ones are there.
fn into_shrunk(picture: DynamicImage, edge: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= edge {
        picture
    } else {
        shrink(&picture, edge)
    }
}

/// Turned after the resize, when there is the least to turn.
fn turned(mut picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    if let Some(turn) = image::metadata::Orientation::from_exif(orientation.exif()) {
        picture.apply_orientation(turn);
    }
    picture
}
