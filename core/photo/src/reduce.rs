//! From a file to small planes, without ever holding the large picture (of a JPEG; PNG and WebP cannot be had so).
//!
//! Each component is resized on its own, at the pitch its file stores it, straight to the pitch it will be stored at:
//! chroma is never scaled up and down again in between.

use std::cell::Cell;
use std::io::Read;

use crate::codec::{Component, Decoder, Model, Notes, Scale};
use crate::error::PhotoError;
use crate::limits::Limits;
use crate::picture::Size;
use crate::plane::Plane;
use crate::progress::{Progress, tell};
use crate::resize::Resizer;

/// A picture within the wanted edge, in the colour model of its file, not yet turned.
pub(crate) struct Reduced {
    pub(crate) model: Model,
    /// One for each component. Chroma of [`Model::YCbCr`] has half the size, rounded up; all others have the whole.
    pub(crate) planes: Vec<Plane>,
    pub(crate) size: Size,
}

/// Resizes the rows of all components side by side.
pub(crate) struct Reducer {
    model: Model,
    size: Size,
    resizers: Vec<Resizer>,
}

impl Reducer {
    /// `parts`: of each component its samples, and the stored pixels from one sample to the next.
    pub(crate) fn new(
        model: Model,
        stored: Size,
        edge: u32,
        parts: impl IntoIterator<Item = ([u32; 2], [f64; 2])>,
    ) -> Self {
        let size = stored.within(edge);
        let ratio = [
            f64::from(stored.width) / f64::from(size.width),
            f64::from(stored.height) / f64::from(size.height),
        ];
        let resizers = parts.into_iter().enumerate().map(|(index, (samples, pitch))| {
            let halved = model == Model::YCbCr && index > 0;
            let out = if halved { 2 } else { 1 };
            let [across, down] = ratio;
            let [pitch_across, pitch_down] = pitch;
            Resizer::new(
                samples,
                [size.width.div_ceil(out), size.height.div_ceil(out)],
                [
                    f64::from(out) * across / pitch_across,
                    f64::from(out) * down / pitch_down,
                ],
            )
        });
        Self {
            model,
            size,
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
            size: self.size,
        })
    }
}

/// Decodes the JPEG in `source`, whose header said `stored`, to a long edge of at most `edge`.
pub(crate) fn jpeg(
    source: &mut dyn Read,
    stored: Size,
    edge: u32,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<(Reduced, Notes), PhotoError> {
    let rows = Cell::new(0);
    let watch = || tell(progress, rows.get(), stored.height);
    let mut decoder = Decoder::open(source, &watch, limits)?;
    // The caps were checked on our reading of the header: a decoder that reads another size does not start.
    if decoder.size() != (stored.width, stored.height) {
        return Err(PhotoError::Unreadable);
    }
    let model = decoder.model()?;
    let scale = Scale::for_edge(stored.width.max(stored.height), edge);
    let parts = decoder.start(scale)?;
    let shapes = parts.iter().map(|part| ([part.width, part.height], part.pitch));
    let mut reducer = Reducer::new(model, stored, edge, shapes);
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
