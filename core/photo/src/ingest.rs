//! The one way in: a file becomes a stored photo, a thumbnail and what is known about both.

use std::io::{BufRead, BufReader, Read, Seek};

use crate::budget::{PhotoBudget, THUMBNAIL_EDGE};
use crate::codec::{Model, Notes};
use crate::colour::{ToSrgb, stored};
use crate::error::{PhotoError, Warning};
use crate::fit::{Edge, Target, fit};
use crate::head::{self, Ending, Head};
use crate::limits::Limits;
use crate::metadata::{Metadata, read_metadata};
use crate::orientation::Orientation;
use crate::picture::{Picture, Size};
use crate::progress::{Progress, tell};
use crate::reduce::Plan;
use crate::shield::shielded;
use crate::sniff::Kind;
use crate::strip::{Stripped, strip, worth_reading};
use crate::{pixels, reduce};

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
    /// Encodes of the whole photo that the budget took; 0 where the original's own pixels were kept bit for bit.
    pub encodes: u32,
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
    tell(progress, 0, head.height)?;
    let metadata = read_metadata(&mut source, limits)?;
    let turn = metadata.orientation;
    let step = || tell(progress, head.height, head.height);
    let kept = match turn {
        Orientation::Upright => keep(&mut source, &head, budget, limits, progress)?,
        _ => None,
    };
    let (made, small, notes) = match kept {
        Some((made, small)) => (made, small, Notes::default()),
        None => {
            let (upright, notes) = develop(&mut source, &head, budget.max_edge, turn, limits, progress)?;
            let fitted = fit(&upright, &Target::photo(budget), &step)?;
            let small = upright.shrunk(THUMBNAIL_EDGE).ok_or(PhotoError::Unreadable)?;
            let edge = fitted.width.max(fitted.height);
            let made = Made {
                jpeg: fitted.jpeg,
                width: fitted.width,
                height: fitted.height,
                quality: fitted.quality,
                encodes: fitted.encodes,
                warning: (fitted.edge == Edge::Shrunk).then_some(Warning::EdgeShrunk { edge }),
            };
            (made, small, notes)
        }
    };
    let thumbnail = fit(&small, &Target::thumbnail(budget), &step)?;
    Ok(Ingested {
        jpeg: made.jpeg,
        width: made.width,
        height: made.height,
        quality: made.quality,
        encodes: made.encodes,
        thumbnail: thumbnail.jpeg,
        metadata,
        original: Original {
            kind: head.kind,
            width: head.width,
            height: head.height,
            bytes: head.bytes,
        },
        warnings: damage(notes).into_iter().chain(made.warning).collect(),
    })
}

/// The photo itself, before it is joined with what is known about it.
struct Made {
    jpeg: Vec<u8>,
    width: u32,
    height: u32,
    quality: f32,
    encodes: u32,
    warning: Option<Warning>,
}

/// A file that ends early says no more of what is wrong after that.
fn damage(notes: Notes) -> Option<Warning> {
    match notes {
        Notes { truncated: true, .. } => Some(Warning::Truncated),
        Notes { damaged: true, .. } => Some(Warning::Damaged),
        _ => None,
    }
}

/// File to a picture with a long edge of at most `edge`, upright, in sRGB.
fn develop(
    source: &mut (impl BufRead + Seek),
    head: &Head,
    edge: u32,
    turn: Orientation,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<(Picture, Notes), PhotoError> {
    if edge == 0 {
        return Err(PhotoError::ImpossibleBudget { max_bytes: 0 });
    }
    source.rewind()?;
    let plan = Plan {
        stored: size_of(head),
        edge,
        turn,
    };
    let (reduced, icc, notes) = match head.kind {
        Kind::Jpeg => {
            let (reduced, seen) = reduce::jpeg(source, plan, limits, progress)?;
            let truncated = seen.truncated || head.ending == Ending::Truncated;
            (reduced, head.icc.clone(), Notes { truncated, ..seen })
        }
        _ => {
            let (reduced, icc) = pixels::reduce(source, head, plan, limits, progress)?;
            (reduced, icc, Notes::default())
        }
    };
    let picture = shielded(|| stored(reduced, ToSrgb::of(icc.as_deref()).as_ref()))?;
    Ok((picture, notes))
}

fn size_of(head: &Head) -> Size {
    Size {
        width: head.width,
        height: head.height,
    }
}

/// The lossless way, for an upright JPEG within the budget, whole, and in colours that need no change: the file without
/// its metadata, and a small picture for the thumbnail.
fn keep(
    source: &mut (impl BufRead + Seek),
    head: &Head,
    budget: &PhotoBudget,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<Option<(Made, Picture)>, PhotoError> {
    let small_enough = head.kind == Kind::Jpeg
        && head.width.max(head.height) <= budget.max_edge
        && worth_reading(head.bytes, budget.max_bytes, limits);
    if !small_enough || head.ending == Ending::Truncated || changes_colours(head) {
        return Ok(None);
    }
    source.rewind()?;
    let mut file = Vec::new();
    source.by_ref().take(head.bytes).read_to_end(&mut file)?;
    let Some(Stripped { jpeg, quality }) = strip(&file, budget.max_bytes as usize) else {
        return Ok(None);
    };
    drop(file);
    // What is kept is what was looked at: the decoder reads the stripped file, to its end.
    let mut bytes = jpeg.as_slice();
    let plan = Plan {
        stored: size_of(head),
        edge: THUMBNAIL_EDGE,
        turn: Orientation::Upright,
    };
    let decoded = reduce::jpeg(&mut bytes, plan, limits, progress);
    let (reduced, notes) = match decoded {
        Ok(decoded) => decoded,
        Err(PhotoError::Cancelled) => return Err(PhotoError::Cancelled),
        Err(_) => return Ok(None),
    };
    if notes != Notes::default() || !matches!(reduced.model, Model::Gray | Model::YCbCr) {
        return Ok(None);
    }
    let made = Made {
        jpeg,
        width: head.width,
        height: head.height,
        quality,
        encodes: 0,
        warning: None,
    };
    Ok(Some((made, stored(reduced, None)?)))
}

fn changes_colours(head: &Head) -> bool {
    shielded(|| Ok(ToSrgb::of(head.icc.as_deref()).is_some())).unwrap_or(true)
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
