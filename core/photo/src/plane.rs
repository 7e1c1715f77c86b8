//! One component of a picture: samples, row by row, nothing between the rows.

use crate::orientation::Orientation;

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

    /// The samples turned to stand upright. After the resize, when there is the least to turn.
    pub(crate) fn turned(self, orientation: Orientation) -> Self {
        let steps = orientation.steps();
        let mut plane = if steps.swap { self.transposed() } else { self };
        let width = plane.width.max(1) as usize;
        if steps.across && steps.down {
            plane.samples.reverse();
        } else if steps.across {
            plane.samples.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        } else if steps.down {
            let middle = plane.samples.len() / width / 2 * width;
            let (upper, lower) = plane.samples.split_at_mut(middle);
            upper
                .chunks_exact_mut(width)
                .zip(lower.chunks_exact_mut(width).rev())
                .for_each(|(upper, lower)| upper.swap_with_slice(lower));
        }
        plane
    }

    fn transposed(self) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut samples = Vec::with_capacity(self.samples.len());
        for x in 0..width {
            samples.extend(self.samples.iter().skip(x).step_by(width.max(1)).take(height));
        }
        Self {
            width: self.height,
            height: self.width,
            samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a stored sample is seen, by the EXIF definition of tag 0x0112.
    #[test]
    fn every_turn_is_the_one_that_exif_defines() {
        let stored = Plane::of(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let seen = [
            (1, 3, vec![1, 2, 3, 4, 5, 6]),
            (2, 3, vec![3, 2, 1, 6, 5, 4]),
            (3, 3, vec![6, 5, 4, 3, 2, 1]),
            (4, 3, vec![4, 5, 6, 1, 2, 3]),
            (5, 2, vec![1, 4, 2, 5, 3, 6]),
            (6, 2, vec![4, 1, 5, 2, 6, 3]),
            (7, 2, vec![6, 3, 5, 2, 4, 1]),
            (8, 2, vec![3, 6, 2, 5, 1, 4]),
        ];
        for (exif, width, samples) in seen {
            let turned = stored.clone().turned(Orientation::from_exif(exif));
            assert_eq!(
                turned,
                Plane::of(width, 6 / width, samples).unwrap(),
                "orientation {exif}"
            );
        }
    }
}
