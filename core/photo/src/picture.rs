//! A picture as JPEG likes it: brightness, and colour at half the size; gray has no colour.

use crate::orientation::Orientation;
use crate::plane::Plane;
use crate::resize::resized;

/// 8-bit gray or YCbCr 4:2:0 in sRGB (full range, ITU-R BT.601, as JFIF has it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) luma: Plane,
    /// Cb and Cr, half the size of `luma` both ways, rounded up.
    pub(crate) chroma: Option<[Plane; 2]>,
}

impl Picture {
    pub(crate) fn edge(&self) -> u32 {
        self.luma.width().max(self.luma.height())
    }

    pub(crate) fn planes(&self) -> Vec<&Plane> {
        std::iter::once(&self.luma)
            .chain(self.chroma.iter().flatten())
            .collect()
    }

    /// The picture with a long edge of at most `edge`.
    pub(crate) fn shrunk(&self, edge: u32) -> Option<Self> {
        let Size { width, height } = Size::of(&self.luma).within(edge);
        let step = [
            f64::from(self.luma.width()) / f64::from(width),
            f64::from(self.luma.height()) / f64::from(height),
        ];
        let chroma = match &self.chroma {
            Some([blue, red]) => {
                let halves = [width.div_ceil(2), height.div_ceil(2)];
                Some([resized(blue, halves, step)?, resized(red, halves, step)?])
            }
            None => None,
        };
        Some(Self {
            luma: resized(&self.luma, [width, height], step)?,
            chroma,
        })
    }
}

/// Pixels across and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    fn of(plane: &Plane) -> Self {
        Self {
            width: plane.width(),
            height: plane.height(),
        }
    }

    /// Of the picture turned to stand upright.
    pub(crate) fn turned(self, turn: Orientation) -> Self {
        match turn.steps().swap {
            true => Self {
                width: self.height,
                height: self.width,
            },
            false => self,
        }
    }

    /// The same proportions with a long edge of at most `edge`; never larger, and never without a pixel.
    pub(crate) fn within(self, edge: u32) -> Self {
        let long = self.width.max(self.height);
        if long <= edge {
            return self;
        }
        let scaled = |side: u32| {
            let rounded = (u64::from(side) * u64::from(edge) + u64::from(long) / 2) / u64::from(long);
            u32::try_from(rounded).unwrap_or(edge).max(1)
        };
        Self {
            width: scaled(self.width),
            height: scaled(self.height),
        }
    }
}
