//! From a file to small planes, without ever holding the large picture (of a JPEG; PNG and WebP cannot be had so).
//!
//! Each component is resized on its own, at the pitch its file stores it, straight to the pitch it will be stored at:
//! chroma is never scaled up and down again in between.

use std::cell::Cell;
use std::io::Read;

use crate::codec::{Component, Decoder, Model, Notes, Scale};
use crate::error::PhotoError;
use crate::limits::Limits;
use crate::orientation::Orientation;
use crate::picture::Size;
use crate::plane::Plane;
use crate::progress::{Progress, tell};
use crate::resize::{Begin, Line, Resizer};

/// A picture within the wanted edge, upright, in the colour model of its file.
pub(crate) struct Reduced {
    pub(crate) model: Model,
    /// One for each component. Colour of [`Model::YCbCr`] has half the size, rounded up; all others have the whole.
    pub(crate) planes: Vec<Plane>,
    pub(crate) size: Size,
}

/// What is to be made of a stored picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// As stored.
    pub(crate) stored: Size,
    /// Of the result, the long one.
    pub(crate) edge: u32,
    pub(crate) turn: Orientation,
}

impl Plan {
    /// Of the result, before it is turned.
    fn size(&self) -> Size {
        self.stored.within(self.edge)
    }

    /// Samples of component `index` of the result, before it is turned, and picture pixels from one to the next.
    fn samples(&self, model: Model, index: usize) -> ([u32; 2], u32) {
        let Size { width, height } = self.size();
        match (model, index) {
            (Model::YCbCr, 1..) => ([width.div_ceil(2), height.div_ceil(2)], 2),
            _ => ([width, height], 1),
        }
    }

    /// Resizers for component `index` of `model`: from samples so many, so many stored pixels apart.
    fn resizer(&self, model: Model, index: usize, samples: [u32; 2], pitch: [f64; 2]) -> Resizer {
        let size = self.size();
        let (wanted, apart) = self.samples(model, index);
        let turn = self.turn.steps();
        // The grid of the result begins where the turned picture does.
        let begin = if turn.swap {
            [turn.down, turn.across]
        } else {
            [turn.across, turn.down]
        };
        let line = |input, output, stored, pixels, pitch, far| Line {
            input,
            output,
            step: f64::from(apart) * f64::from(stored) / f64::from(pixels) / pitch,
            begin: if far { Begin::Far } else { Begin::Near },
        };
        let Size { width, height } = self.stored;
        let ([across, down], [wide, high]) = (samples, wanted);
        let ([pitch_across, pitch_down], [far_across, far_down]) = (pitch, begin);
        Resizer::new(
            line(across, wide, width, size.width, pitch_across, far_across),
            line(down, high, height, size.height, pitch_down, far_down),
            self.turn,
        )
    }
}

/// Resizes the rows of all components side by side.
pub(crate) struct Reducer {
    model: Model,
    plan: Plan,
    resizers: Vec<Resizer>,
}

impl Reducer {
    /// `parts`: of each component its samples, and the stored pixels from one sample to the next.
    pub(crate) fn new(
        model: Model,
        plan: Plan,
        parts: impl IntoIterator<Item = ([u32; 2], [f64; 2])>,
    ) -> Self {
        let resizers = parts
            .into_iter()
            .enumerate()
            .map(|(index, (samples, pitch))| plan.resizer(model, index, samples, pitch));
        Self {
            model,
            plan,
            resizers: resizers.collect(),
        }
    }

    /// The next row of component `index`.
    pub(crate) fn push(&mut self, index: usize, row: &[u8]) {
        if let Some(resizer) = self.resizers.get_mut(index) {
            resizer.push(row);
        }
    }

    pub(crate) fn finish(self) -> Result<Reduced, PhotoError> {
        let planes: Option<Vec<Plane>> = self.resizers.into_iter().map(Resizer::finish).collect();
        Ok(Reduced {
            model: self.model,
            planes: planes.ok_or(PhotoError::Unreadable)?,
            size: self.plan.size().turned(self.plan.turn),
        })
    }
}

/// Decodes the JPEG in `source`, whose header said `plan.stored`.
pub(crate) fn jpeg(
    source: &mut dyn Read,
    plan: Plan,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<(Reduced, Notes), PhotoError> {
    let stored = plan.stored;
    let rows = Cell::new(0);
    let watch = || tell(progress, rows.get(), stored.height);
    let mut decoder = Decoder::open(source, &watch, limits)?;
    // The caps were checked on our reading of the header: a decoder that reads another size does not start.
    if decoder.size() != (stored.width, stored.height) {
        return Err(PhotoError::Unreadable);
    }
    let model = decoder.model()?;
    let scales: Vec<Scale> = decoder
        .samplings()
        .enumerate()
        .map(|(index, [(across, most_across), (down, most_down)])| {
            let samples = [
                (stored.width * across).div_ceil(most_across),
                (stored.height * down).div_ceil(most_down),
            ];
            Scale::keeping(samples, plan.samples(model, index).0)
        })
        .collect();
    let parts = decoder.start(&scales, plan.turn)?;
    let shapes = parts.iter().map(|part| ([part.width, part.height], part.pitch));
    let mut reducer = Reducer::new(model, plan, shapes);
    let mut buffers: [Vec<u8>; 4] = Default::default();
    let bands = decoder.bands();
    for band in 0..bands {
        decoder.band(&mut buffers)?;
        for (index, (part, buffer)) in parts.iter().zip(&buffers).enumerate() {
            take_band(&mut reducer, index, part, buffer, band);
        }
        let done = u64::from(stored.height) * u64::from(band + 1) / u64::from(bands);
        rows.set(u32::try_from(done).unwrap_or(stored.height));
    }
    let notes = decoder.finish()?;
    Ok((reducer.finish()?, notes))
}

/// The rows of a band that are part of the picture: the last one is filled up.
fn take_band(reducer: &mut Reducer, index: usize, part: &Component, buffer: &[u8], band: u32) {
    let before = band as usize * part.rows;
    let real = (part.height as usize).saturating_sub(before).min(part.rows);
    for row in buffer.chunks_exact(part.stride.max(1)).take(real) {
        reducer.push(index, row);
    }
}
