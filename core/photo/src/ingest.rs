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
use crate::redact::{self, Rect};
use crate::reduce::{Plan, Reduced};
use crate::rows::{RowReducer, Rows, read_row};
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

/// How photos are taken in: what bounds the result and the input, who listens, and what must not be seen.
#[derive(Clone, Copy)]
pub struct Ingest<'a> {
    budget: &'a PhotoBudget,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    redactions: &'a [Rect],
}

impl<'a> Ingest<'a> {
    /// With nothing to hide.
    #[must_use]
    pub fn new(budget: &'a PhotoBudget, limits: &'a Limits, progress: &'a dyn Progress) -> Self {
        Self {
            budget,
            limits,
            progress,
            redactions: &[],
        }
    }

    /// Fills these areas (faces, number plates) and a few pixels around them, in the photo and its thumbnail, before they
    /// are encoded. At most [`MAX_REDACTIONS`](crate::MAX_REDACTIONS).
    #[must_use]
    pub fn redact(self, redactions: &'a [Rect]) -> Self {
        Self { redactions, ..self }
    }

    /// Makes a stored photo of the JPEG, PNG or WebP file `source`. The same input, budget and limits give the same bytes.
    ///
    /// # Errors
    /// Every [`PhotoError`]; HEIC and AVIF are [`PhotoError::Unsupported`]: see [`Ingest::rendition`].
    pub fn photo(&self, source: impl Read + Seek) -> Result<Ingested, PhotoError> {
        let mut source = BufReader::new(source);
        let head = head::read(&mut source, self.limits)?;
        tell(self.progress, 0, head.height)?;
        let metadata = read_metadata(&mut source, self.limits)?;
        let turn = metadata.orientation;
        self.check_redactions(size_of(&head), turn)?;
        let original = Original {
            kind: head.kind,
            width: head.width,
            height: head.height,
            bytes: head.bytes,
        };
        if turn == Orientation::Upright
            && self.redactions.is_empty()
            && let Some((made, small)) = keep(&mut source, &head, self.budget, self.limits, self.progress)?
        {
            return self.ingested(made, &small, Notes::default(), metadata, original);
        }
        let (picture, notes) = self.develop(&mut source, &head, turn)?;
        self.fitted(picture, notes, metadata, original)
    }

    /// Makes a stored photo of `rendition`, a JPEG (PNG, WebP) that the platform made of `original` (HEIC, or any photo).
    /// Metadata are the original's; the pixels are turned as the rendition's own EXIF says, for platforms differ in
    /// whether they turn them.
    ///
    /// # Errors
    /// Every [`PhotoError`], of either file.
    pub fn rendition(
        &self,
        original: impl Read + Seek,
        rendition: impl Read + Seek,
    ) -> Result<Ingested, PhotoError> {
        let mut original = BufReader::new(original);
        let metadata = read_metadata(&mut original, self.limits)?;
        let (kind, bytes) = head::kind_of(&mut original, self.limits)?;
        let photo = self.photo(rendition)?;
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

    /// Makes a stored photo of what another decoder gives, one row after the other. Rows that do not come are gray, and
    /// said to be missing. [`Original`] tells no kind, and the bytes that were read.
    ///
    /// # Errors
    /// Every [`PhotoError`]; [`PhotoError::Unreadable`] where no row came at all.
    pub fn rows(&self, picture: Rows<impl Read>) -> Result<Ingested, PhotoError> {
        let Rows {
            width,
            height,
            pixels,
            profile,
            metadata,
            mut rows,
        } = picture;
        self.limits.check(width, height, self.limits.max_pixels)?;
        let stored = Size { width, height };
        let turn = metadata.orientation;
        self.check_redactions(stored, turn)?;
        let mut reducer = RowReducer::new(pixels, self.plan(stored, turn)?);
        let mut row = vec![128; pixels.channels() * width as usize];
        let (mut bytes, mut notes) = (0, Notes::default());
        for y in 0..height {
            if y % pixels::ROWS_A_STEP == 0 {
                tell(self.progress, y, height)?;
            }
            if !notes.truncated {
                let read = read_row(&mut rows, &mut row)?;
                bytes += read as u64;
                if read < row.len() {
                    notes.truncated = true;
                    row.fill(128);
                }
            }
            reducer.push(&row);
        }
        if bytes == 0 {
            return Err(PhotoError::Unreadable);
        }
        let picture = self.finished(reducer.finish()?, profile.as_deref(), stored.turned(turn))?;
        let original = Original {
            kind: Kind::Unknown,
            width,
            height,
            bytes,
        };
        self.fitted(picture, notes, metadata, original)
    }

    fn check_redactions(&self, stored: Size, turn: Orientation) -> Result<(), PhotoError> {
        redact::check(self.redactions, stored.turned(turn))
    }

    fn plan(&self, stored: Size, turn: Orientation) -> Result<Plan, PhotoError> {
        let edge = self.budget.max_edge;
        if edge == 0 {
            return Err(PhotoError::ImpossibleBudget { max_bytes: 0 });
        }
        Ok(Plan { stored, edge, turn })
    }

    /// File to a picture within the wanted edge, upright, in sRGB, with nothing left to hide.
    fn develop(
        &self,
        source: &mut (impl BufRead + Seek),
        head: &Head,
        turn: Orientation,
    ) -> Result<(Picture, Notes), PhotoError> {
        let stored = size_of(head);
        let plan = self.plan(stored, turn)?;
        source.rewind()?;
        let (reduced, icc, notes) = match head.kind {
            Kind::Jpeg => {
                let (reduced, seen) = reduce::jpeg(source, plan, self.limits, self.progress)?;
                let truncated = seen.truncated || head.ending == Ending::Truncated;
                (reduced, head.icc.clone(), Notes { truncated, ..seen })
            }
            _ => {
                let (reduced, icc) = pixels::reduce(source, head, plan, self.limits, self.progress)?;
                (reduced, icc, Notes::default())
            }
        };
        let picture = self.finished(reduced, icc.as_deref(), stored.turned(turn))?;
        Ok((picture, notes))
    }

    /// `full`: the whole photo, upright.
    fn finished(&self, reduced: Reduced, icc: Option<&[u8]>, full: Size) -> Result<Picture, PhotoError> {
        let mut picture = shielded(|| stored(reduced, ToSrgb::of(icc).as_ref()))?;
        redact::fill(&mut picture, self.redactions, full);
        Ok(picture)
    }

    /// A picture to a photo within the budget.
    fn fitted(
        &self,
        picture: Picture,
        notes: Notes,
        metadata: Metadata,
        original: Original,
    ) -> Result<Ingested, PhotoError> {
        let step = || tell(self.progress, original.height, original.height);
        let fitted = fit(&picture, &Target::photo(self.budget), &step)?;
        let small = picture.shrunk(THUMBNAIL_EDGE).ok_or(PhotoError::Unreadable)?;
        let edge = fitted.width.max(fitted.height);
        let made = Made {
            jpeg: fitted.jpeg,
            width: fitted.width,
            height: fitted.height,
            quality: fitted.quality,
            encodes: fitted.encodes,
            warning: (fitted.edge == Edge::Shrunk).then_some(Warning::EdgeShrunk { edge }),
        };
        drop(picture);
        self.ingested(made, &small, notes, metadata, original)
    }

    fn ingested(
        &self,
        made: Made,
        small: &Picture,
        notes: Notes,
        metadata: Metadata,
        original: Original,
    ) -> Result<Ingested, PhotoError> {
        let step = || tell(self.progress, original.height, original.height);
        let thumbnail = fit(small, &Target::thumbnail(self.budget), &step)?;
        Ok(Ingested {
            jpeg: made.jpeg,
            width: made.width,
            height: made.height,
            quality: made.quality,
            encodes: made.encodes,
            thumbnail: thumbnail.jpeg,
            metadata,
            original,
            warnings: damage(notes).into_iter().chain(made.warning).collect(),
        })
    }
}

/// [`Ingest::photo`] with nothing to hide.
///
/// # Errors
/// As there.
pub fn ingest(
    source: impl Read + Seek,
    budget: &PhotoBudget,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<Ingested, PhotoError> {
    Ingest::new(budget, limits, progress).photo(source)
}

/// [`Ingest::rendition`] with nothing to hide.
///
/// # Errors
/// As there.
pub fn ingest_rendition(
    original: impl Read + Seek,
    rendition: impl Read + Seek,
    budget: &PhotoBudget,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<Ingested, PhotoError> {
    Ingest::new(budget, limits, progress).rendition(original, rendition)
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
