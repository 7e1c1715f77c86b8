//! Pictures that another decoder hands over row by row, as it decodes them: 8-bit gray or RGB, with alpha or without.

use std::io::Read;

use crate::codec::Model;
use crate::error::PhotoError;
use crate::metadata::Metadata;
use crate::reduce::{Plan, Reduced, Reducer};

/// What stands in a row, 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pixels {
    /// One channel.
    Gray,
    /// Gray, alpha.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha (not multiplied).
    Rgba,
}

impl Pixels {
    /// Bytes a pixel.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A picture on its way from another decoder: see [`Ingest::rows`](crate::Ingest::rows).
#[derive(Debug)]
pub struct Rows<R> {
    /// Pixels as the rows have them, before turning.
    pub width: u32,
    /// Pixels as the rows have them, before turning.
    pub height: u32,
    /// What stands in a row.
    pub pixels: Pixels,
    /// The ICC profile of the colours; sRGB where there is none.
    pub profile: Option<Vec<u8>>,
    /// What is known of the photo. Its orientation says how the rows are to be turned.
    pub metadata: Metadata,
    /// `height` rows from top to bottom, `width` pixels each, nothing in between.
    pub rows: R,
}

/// Makes a small picture of rows.
pub(crate) struct RowReducer {
    reducer: Reducer,
    pixels: Pixels,
    part: Vec<u8>,
}

impl RowReducer {
    pub(crate) fn new(pixels: Pixels, plan: Plan) -> Self {
        let (model, parts) = match pixels {
            Pixels::Gray | Pixels::GrayAlpha => (Model::Gray, 1),
            Pixels::Rgb | Pixels::Rgba => (Model::Rgb, 3),
        };
        let shape = ([plan.stored.width, plan.stored.height], [1.0, 1.0]);
        Self {
            reducer: Reducer::new(model, plan, std::iter::repeat_n(shape, parts)),
            pixels,
            part: Vec::with_capacity(plan.stored.width as usize),
        }
    }

    /// The next row. JPEG has no alpha: transparent parts become white, as on paper.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let channels = self.pixels.channels();
        let (parts, alpha) = match self.pixels {
            Pixels::Gray | Pixels::Rgb => (channels, None),
            Pixels::GrayAlpha | Pixels::Rgba => (channels - 1, Some(channels - 1)),
        };
        for part in 0..parts {
            self.part.clear();
            let values = row.iter().skip(part).step_by(channels);
            match alpha {
                None => self.part.extend(values),
                Some(alpha) => {
                    let alphas = row.iter().skip(alpha).step_by(channels);
                    self.part
                        .extend(values.zip(alphas).map(|(value, alpha)| on_white(*value, *alpha)));
                }
            }
            self.reducer.push(part, &self.part);
        }
    }

    pub(crate) fn finish(self) -> Result<Reduced, PhotoError> {
        self.reducer.finish()
    }
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Reads the next row; how many of its bytes came before the end.
pub(crate) fn read_row(rows: &mut impl Read, row: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = row.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match rows.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
