//! Photos made to measure: no two of a scenario alike, and none that compresses to nothing.

use std::path::{Path, PathBuf};

use crate::format::Size;
use crate::trouble::Trouble;

/// A JPEG with gradients and grain, drawn from its number.
pub(crate) fn make(folder: &Path, number: u32, size: Size) -> Result<PathBuf, Trouble> {
    let path = folder.join(format!("IMG_{number:04}.jpg"));
    let shade = |value: u32, of: u32| u8::try_from(value * 255 / of.max(1)).unwrap_or(u8::MAX);
    let picture = image::RgbImage::from_fn(size.width, size.height, |x, y| {
        // A multiplicative hash (Knuth, TAOCP 6.4): grain that is the same at every run.
        let grain = (x * 31 + y * 17 + number * 101).wrapping_mul(2_654_435_761) >> 26;
        image::Rgb([
            shade(x, size.width),
            shade(y, size.height),
            u8::try_from(grain).unwrap_or(0),
        ])
    });
    picture.save(&path)?;
    Ok(path)
}
