//! One component of a picture: samples, row by row, nothing between the rows.

/// 8-bit samples. There are always exactly `width * height` of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    width: u32,
    height: u32,
    samples: Vec<u8>,
}

impl Plane {
    /// A plane of zeros.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            samples: vec![0; width as usize * height as usize],
        }
    }

    /// A plane of these samples; `None` where they are not as many as its size asks for.
    pub(crate) fn of(width: u32, height: u32, samples: Vec<u8>) -> Option<Self> {
        (samples.len() == width as usize * height as usize).then_some(Self {
            width,
            height,
            samples,
        })
    }

    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    pub(crate) fn height(&self) -> u32 {
        self.height
    }

    pub(crate) fn samples(&self) -> &[u8] {
        &self.samples
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.width.max(1) as usize)
    }

    /// Row `y`; empty outside the plane.
    pub(crate) fn row(&self, y: u32) -> &[u8] {
        let (width, y) = (self.width as usize, y as usize);
        self.samples.get(y * width..(y + 1) * width).unwrap_or_default()
    }

    /// Row `y` for writing; empty outside the plane.
    pub(crate) fn row_mut(&mut self, y: u32) -> &mut [u8] {
        let (width, y) = (self.width as usize, y as usize);
        self.samples
            .get_mut(y * width..(y + 1) * width)
            .unwrap_or_default()
    }
}
