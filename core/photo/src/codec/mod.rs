//! The JPEG codec: mozjpeg (libjpeg-turbo with a trellis encoder) behind a C shim. The only unsafe code of the crate.
//!
//! Three rules keep it small and sound:
//!
//! - Errors stay in C. `shim.c` holds every `setjmp`; what it calls back here ([`fill`], [`keep_going`]) returns a
//!   number, also when a reader or a listener panics, so nothing ever unwinds or jumps through a foreign frame.
//! - C writes only into buffers whose sizes it told itself, allocated here before it is asked to write.
//! - A size found in a file reaches this module only after the caps of [`Limits`](crate::Limits) were checked on it,
//!   and libjpeg's own allocations are bounded by `max_alloc`.
//!
//! Samples are raw planes, `n/8` of the size stored: what the resizer wants, and the least work there is.

#![allow(unsafe_code)]

mod ffi;

use std::any::Any;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::NonNull;

use crate::error::PhotoError;
use crate::limits::Limits;
use crate::orientation::{Orientation, Steps};
use crate::plane::Plane;

// The C library is linked through this crate.
use mozjpeg_sys as _;

/// What the components of a picture mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    Gray,
    YCbCr,
    Rgb,
    /// Ink, 0 for none.
    Cmyk,
    /// Ink the other way round, as Adobe writes it: 255 for none.
    InvertedCmyk,
    /// [`Model::InvertedCmyk`] whose first three components are turned into brightness and colour.
    Ycck,
}

/// Whether data were missing or wrong in a picture that came out all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) truncated: bool,
    pub(crate) damaged: bool,
    pub(crate) extraneous: bool,
}

/// Share of the stored size at which a picture is decoded. Only these four have vector code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Eighth,
    Quarter,
    Half,
    Full,
}

impl Scale {
    /// Eighths of the stored size.
    pub(crate) fn eighths(self) -> u32 {
        match self {
            Self::Eighth => 1,
            Self::Quarter => 2,
            Self::Half => 4,
            Self::Full => 8,
        }
    }

    /// The smallest scale at which `stored` samples leave [`KEPT`] times `wanted`, across and down.
    pub(crate) fn keeping(stored: [u32; 2], wanted: [u32; 2]) -> Self {
        let (tenths, whole) = KEPT;
        let enough = |scale: &Self| {
            stored.iter().zip(wanted).all(|(stored, wanted)| {
                u64::from(*stored) * u64::from(scale.eighths()) * whole >= u64::from(wanted) * 8 * tenths
            })
        };
        [Self::Eighth, Self::Quarter, Self::Half]
            .into_iter()
            .find(enough)
            .unwrap_or(Self::Full)
    }
}

/// 1.3: below that the resize costs sharpness that bytes would have to buy back (measured: 3.5 % of them at equal
/// SSIMULACRA2).
const KEPT: (u64, u64) = (13, 10);

/// What C calls back with: who reads, who watches, and what went wrong there.
struct Context<'a> {
    source: Option<&'a mut dyn Read>,
    /// `Err` ends the work.
    watch: &'a dyn Fn() -> Result<(), PhotoError>,
    trouble: Trouble,
}

enum Trouble {
    None,
    Error(PhotoError),
    Panic(Box<dyn Any + Send>),
}

impl<'a> Context<'a> {
    fn new(source: Option<&'a mut dyn Read>, watch: &'a dyn Fn() -> Result<(), PhotoError>) -> Self {
        Self {
            source,
            watch,
            trouble: Trouble::None,
        }
    }

    /// What C returned, or what the callback behind it met.
    fn outcome(&mut self, status: i32) -> Result<(), PhotoError> {
        match std::mem::replace(&mut self.trouble, Trouble::None) {
            Trouble::Error(error) => return Err(error),
            Trouble::Panic(panic) => resume_unwind(panic),
            Trouble::None => {}
        }
        Err(match status {
            ffi::DONE => return Ok(()),
            ffi::STOPPED => PhotoError::Cancelled,
            ffi::UNSUPPORTED => PhotoError::Unsupported {
                what: "JPEG of an unusual kind",
            },
            ffi::TOO_MANY_SCANS => PhotoError::Unsupported {
                what: "JPEG with too many scans",
            },
            ffi::NO_MEMORY => PhotoError::Io(io::ErrorKind::OutOfMemory.into()),
            _ => PhotoError::Unreadable,
        })
    }

    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, PhotoError>) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(value)) => Some(value),
            Ok(Err(error)) => {
                self.trouble = Trouble::Error(error);
                None
            }
            Err(panic) => {
                self.trouble = Trouble::Panic(panic);
                None
            }
        }
    }
}

/// Reads for C: how many bytes, 0 at the end, -1 on trouble.
unsafe extern "C" fn fill(context: *mut ffi::Opaque, buffer: *mut u8, capacity: usize) -> isize {
    // SAFETY: C hands back the pointer it was opened with, to a context that its owner keeps in place for as long and
    // does not touch while C runs; `buffer` is C's own, initialised, `capacity` bytes long and used by nobody else.
    let (context, buffer) = unsafe {
        (
            &mut *context.cast::<Context<'_>>(),
            std::slice::from_raw_parts_mut(buffer, capacity),
        )
    };
    let read = context.guarded(|context| match &mut context.source {
        Some(source) => loop {
            match source.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(PhotoError::Io),
            }
        },
        None => Ok(0),
    });
    read.and_then(|read| isize::try_from(read).ok()).unwrap_or(-1)
}

/// Asks for C whether to go on: 1 yes, 0 no.
unsafe extern "C" fn keep_going(context: *mut ffi::Opaque) -> i32 {
    // SAFETY: as in `fill`.
    let context = unsafe { &mut *context.cast::<Context<'_>>() };
    i32::from(context.guarded(|context| (context.watch)()).is_some())
}

/// A JPEG being decoded, one row of MCUs at a time.
pub(crate) struct Decoder<'a> {
    raw: NonNull<ffi::Decoder>,
    /// Boxed and held by pointer: C keeps this address, and no reference of ours may be alive while C uses it.
    context: NonNull<Context<'a>>,
    picture: ffi::Picture,
}

/// What libjpeg needs beside coefficients: tables, rows, state. The caps on a picture itself are checked before.
const OWN_BYTES: usize = 8_000_000;

/// A component of a [`Decoder`] at the scale it was started with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Component {
    /// Samples of the component.
    pub(crate) width: u32,
    /// Samples of the component.
    pub(crate) height: u32,
    /// Bytes from row to row of a band.
    pub(crate) stride: usize,
    /// Rows of a band.
    pub(crate) rows: usize,
    /// Stored pixels of the picture from sample to sample, across and down.
    pub(crate) pitch: [f64; 2],
}

impl<'a> Decoder<'a> {
    /// Reads the header of the JPEG in `source`; `watch` is asked during long work whether to go on.
    pub(crate) fn open(
        source: &'a mut dyn Read,
        watch: &'a dyn Fn() -> Result<(), PhotoError>,
        limits: &Limits,
    ) -> Result<Self, PhotoError> {
        let context = NonNull::from(Box::leak(Box::new(Context::new(Some(source), watch))));
        let memory = usize::try_from(limits.max_alloc)
            .unwrap_or(usize::MAX)
            .saturating_add(OWN_BYTES);
        // SAFETY: the callbacks match the types that C declares, and `context` lives until `drop`, after `raw`.
        let raw = unsafe {
            ffi::photo_decoder_open(
                fill,
                keep_going,
                context.as_ptr().cast(),
                memory,
                limits.max_scans,
            )
        };
        let Some(raw) = NonNull::new(raw) else {
            // SAFETY: from `Box::leak` above, and C keeps nothing of it.
            drop(unsafe { Box::from_raw(context.as_ptr()) });
            return Err(PhotoError::Io(io::ErrorKind::OutOfMemory.into()));
        };
        let mut decoder = Self {
            raw,
            context,
            picture: ffi::Picture::default(),
        };
        // SAFETY: `raw` is open, and `picture` is a struct of the layout that C declares.
        let status = unsafe { ffi::photo_decoder_head(raw.as_ptr(), &raw mut decoder.picture) };
        decoder.outcome(status)?;
        Ok(decoder)
    }

    fn outcome(&mut self, status: i32) -> Result<(), PhotoError> {
        // SAFETY: from `Box::leak`, freed in `drop` only; C is not running, so this is the only reference.
        let outcome = unsafe { self.context.as_mut() }.outcome(status);
        match status {
            ffi::NO_MEMORY => Err(PhotoError::TooLarge {
                width: self.picture.width,
                height: self.picture.height,
            }),
            _ => outcome,
        }
    }

    /// Pixels as stored.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.picture.width, self.picture.height)
    }

    pub(crate) fn model(&self) -> Result<Model, PhotoError> {
        match (self.picture.colour, self.picture.components, self.picture.adobe) {
            (ffi::GRAYSCALE, 1, _) => Ok(Model::Gray),
            (ffi::YCBCR, 3, _) => Ok(Model::YCbCr),
            (ffi::RGB, 3, _) => Ok(Model::Rgb),
            (ffi::CMYK, 4, 0) => Ok(Model::Cmyk),
            (ffi::CMYK, 4, _) => Ok(Model::InvertedCmyk),
            (ffi::YCCK, 4, _) => Ok(Model::Ycck),
            _ => Err(PhotoError::Unsupported {
                what: "JPEG of an unknown colour model",
            }),
        }
    }

    /// Of each component, how many of its samples cover as many of the finest one's, across and down: (1, 2) for half.
    pub(crate) fn samplings(&self) -> impl Iterator<Item = [(u32, u32); 2]> {
        let picture = self.picture;
        picture
            .component
            .into_iter()
            .take(picture.components as usize)
            .map(move |part| [(part.across, picture.across), (part.down, picture.down)])
    }

    /// Gets ready to decode, each component at its scale. Reads the whole file where its scans are several.
    ///
    /// Samples stay where they are stored, but their values are those of the picture turned to stand upright, to the last
    /// bit: see `turned_idct` in `shim.c`.
    pub(crate) fn start(
        &mut self,
        scales: &[Scale],
        turn: Orientation,
    ) -> Result<Vec<Component>, PhotoError> {
        let mut eighths = [8; 4];
        eighths
            .iter_mut()
            .zip(scales)
            .for_each(|(eighths, scale)| *eighths = scale.eighths());
        let Steps { swap, across, down } = turn.steps();
        let turn = [(swap, ffi::SWAP), (across, ffi::ACROSS), (down, ffi::DOWN)];
        let turn = turn.into_iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
        // SAFETY: `raw` is open; `picture` as in `open`, `eighths` has the four that C may read. C fills at most its four
        // components.
        let status = unsafe {
            ffi::photo_decoder_start(self.raw.as_ptr(), eighths.as_ptr(), turn, &raw mut self.picture)
        };
        self.outcome(status)?;
        let picture = &self.picture;
        let parts = picture.component.iter().zip(self.samplings()).zip(eighths);
        Ok(parts
            .map(|((part, samplings), eighths)| Component {
                width: part.width,
                height: part.height,
                stride: part.stride as usize,
                rows: part.rows as usize,
                pitch: samplings.map(|(own, most)| f64::from(most * 8) / f64::from(own * eighths)),
            })
            .collect())
    }

    /// How many times [`Decoder::band`] is to be called.
    pub(crate) fn bands(&self) -> u32 {
        self.picture.bands
    }

    /// Decodes the next row of MCUs; each buffer becomes as long as its component's band.
    pub(crate) fn band(&mut self, buffers: &mut [Vec<u8>; 4]) -> Result<(), PhotoError> {
        let mut planes = [std::ptr::null_mut(); 4];
        for ((buffer, plane), part) in buffers.iter_mut().zip(&mut planes).zip(&self.picture.component) {
            buffer.resize(part.stride as usize * part.rows as usize, 0);
            *plane = buffer.as_mut_ptr();
        }
        // SAFETY: `raw` is open and started (a decoder that is not has no rows, and C refuses). Each of the planes that
        // C was told to be there holds `stride * rows` bytes, as C told and as it was allocated just above.
        let status =
            unsafe { ffi::photo_decoder_band(self.raw.as_ptr(), &raw const self.picture, planes.as_ptr()) };
        self.outcome(status)
    }

    /// Reads on to the end of the image. An error there changes nothing of a picture that is already whole.
    pub(crate) fn finish(mut self) -> Result<Notes, PhotoError> {
        // SAFETY: `raw` is open.
        let status = unsafe { ffi::photo_decoder_finish(self.raw.as_ptr()) };
        let outcome = self.outcome(status);
        // SAFETY: `raw` is open; C reads one number.
        let notes = unsafe { ffi::photo_decoder_notes(self.raw.as_ptr()) };
        let damaged = match outcome {
            Ok(()) => false,
            Err(PhotoError::Unreadable) => true,
            Err(other) => return Err(other),
        };
        Ok(Notes {
            truncated: notes & ffi::NOTE_TRUNCATED != 0,
            damaged: damaged || notes & ffi::NOTE_DAMAGED != 0,
            extraneous: notes & ffi::NOTE_EXTRANEOUS != 0,
        })
    }
}

impl Drop for Decoder<'_> {
    fn drop(&mut self) {
        // SAFETY: both were made in `open`, are freed here only, and C, which keeps `context`, goes first.
        unsafe {
            ffi::photo_decoder_close(self.raw.as_ptr());
            drop(Box::from_raw(self.context.as_ptr()));
        }
    }
}

/// How a JPEG is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// One pass, baseline, with the codes of T.81 annex K.
    OnePass,
    /// Trellis quantisation and progressive scans: about a fifth fewer bytes for twenty times the work.
    Trellis,
}

/// An encode: its bytes where they fit, and how many they are in any case.
pub(crate) struct Encoded {
    pub(crate) jpeg: Option<Vec<u8>>,
    pub(crate) bytes: usize,
}

/// Encodes gray (one plane) or YCbCr (three, chroma of half the size rounded up) at `scale` percent of the
/// quantisation tables, into at most `capacity` bytes.
pub(crate) fn encode(
    planes: &[&Plane],
    scale: f32,
    effort: Effort,
    capacity: usize,
    watch: &dyn Fn() -> Result<(), PhotoError>,
) -> Result<Encoded, PhotoError> {
    let mut job = ffi::Job::default();
    let luma = planes.first().ok_or(PhotoError::Unreadable)?;
    let halves = (luma.width().div_ceil(2), luma.height().div_ceil(2));
    let fitting = match planes {
        [_] => true,
        [_, chroma @ ..] => {
            chroma.len() == 2
                && chroma
                    .iter()
                    .all(|plane| (plane.width(), plane.height()) == halves)
        }
        [] => false,
    };
    if !fitting || luma.width() == 0 || luma.height() == 0 {
        return Err(PhotoError::Unreadable);
    }
    for (index, plane) in planes.iter().enumerate().take(3) {
        let slots = (
            job.planes.get_mut(index),
            job.widths.get_mut(index),
            job.heights.get_mut(index),
        );
        if let (Some(samples), Some(width), Some(height)) = slots {
            *samples = plane.samples().as_ptr();
            *width = plane.width();
            *height = plane.height();
        }
    }
    let mut context = Context::new(None, watch);
    let mut out = vec![0; capacity];
    job.components = planes.len() as u32;
    job.thorough = u32::from(effort == Effort::Trellis);
    job.scale = scale;
    job.out = out.as_mut_ptr();
    job.capacity = capacity;
    job.watch = Some(keep_going);
    let held = &raw mut context;
    job.context = held.cast();
    // SAFETY: a plane holds `width * height` samples (its own invariant), chroma of the size that C derives from luma's,
    // checked above; `out` holds `capacity` bytes; planes, `out` and `context` outlive the call, and `context` is touched
    // through `held` alone until it returns.
    let status = unsafe { ffi::photo_encode(&raw mut job) };
    context.outcome(status)?;
    let jpeg = (job.size <= capacity).then(|| {
        out.truncate(job.size);
        out.shrink_to_fit();
        out
    });
    Ok(Encoded {
        jpeg,
        bytes: job.size,
    })
}

/// Whether the codec runs on the vector units of this processor.
#[cfg(all(test, feature = "vector-code"))]
pub(crate) fn has_simd() -> bool {
    // SAFETY: asks the processor, and takes nothing.
    unsafe { ffi::photo_codec_simd() != 0 }
}

#[cfg(test)]
mod tests;
