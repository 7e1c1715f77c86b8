//! Colours to what is stored: YCbCr 4:2:0 of sRGB, or gray.
//!
//! Phones write Display P3; the stored photo carries no profile, so its numbers must be sRGB. Work is done on the small
//! planes, two rows at a time, since two rows share one row of colour. What is stored as YCbCr without a profile passes
//! untouched.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

use crate::codec::Model;
use crate::error::PhotoError;
use crate::picture::Picture;
use crate::plane::Plane;
use crate::reduce::Reduced;

/// No camera's profile is larger; a table of megabytes is not worth the memory.
pub(crate) const MAX_PROFILE_BYTES: usize = 1_000_000;

/// From the RGB of a profile to sRGB, for profiles that are not sRGB by another name.
pub(crate) struct ToSrgb(Arc<dyn TransformExecutor<u8> + Send + Sync>);

impl ToSrgb {
    /// `None` where numbers are to stay as they are: no profile, one of another colour model or unreadable (that is how
    /// such a picture is shown everywhere), or one that changes nothing.
    pub(crate) fn of(icc: Option<&[u8]>) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc?).ok()?;
        if profile.color_space != DataColorSpace::Rgb {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        let transform = profile
            .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default())
            .ok()?;
        let levels = [0_u8, 64, 128, 192, 255];
        let probe: Vec<u8> = (0..125)
            .flat_map(|index: usize| [index / 25, index / 5, index])
            .filter_map(|level| levels.get(level % 5).copied())
            .collect();
        let mut seen = vec![0; probe.len()];
        transform.transform(&probe, &mut seen).ok()?;
        let changes = probe.iter().zip(&seen).any(|(from, to)| from.abs_diff(*to) > 2);
        changes.then_some(Self(transform))
    }

    fn row(&self, rgb: &mut [u8]) {
        let from = rgb.to_vec();
        if self.0.transform(&from, rgb).is_err() {
            rgb.copy_from_slice(&from);
        }
    }
}

/// The picture in what is stored.
pub(crate) fn stored(reduced: Reduced, to_srgb: Option<&ToSrgb>) -> Result<Picture, PhotoError> {
    let Reduced { model, planes, size } = reduced;
    let mut planes = planes.into_iter();
    let mut next = || planes.next().ok_or(PhotoError::Unreadable);
    let luma = next()?;
    match (model, to_srgb) {
        (Model::Gray, _) => Ok(Picture { luma, chroma: None }),
        (Model::YCbCr, None) => Ok(Picture {
            luma,
            chroma: Some([next()?, next()?]),
        }),
        (Model::YCbCr, Some(to_srgb)) => {
            let mut target = [luma, next()?, next()?];
            for pair in 0..size.height.div_ceil(2) {
                // Both rows are read before either is written.
                let rows = [0, 1].map(|row| {
                    let [luma, blue, red] = &target;
                    let mut rgb = rgb_of_ycbcr(luma.row(pair * 2 + row), blue.row(pair), red.row(pair));
                    to_srgb.row(&mut rgb);
                    rgb
                });
                write_pair(&mut target, pair, &rows);
            }
            Ok(of_three(target))
        }
        (_, to_srgb) => {
            let source = [Some(luma), planes.next(), planes.next(), planes.next()];
            let halves = || Plane::new(size.width.div_ceil(2), size.height.div_ceil(2));
            let mut target = [Plane::new(size.width, size.height), halves(), halves()];
            for pair in 0..size.height.div_ceil(2) {
                let rows = [0, 1].map(|row| {
                    let parts = source
                        .each_ref()
                        .map(|plane| plane.as_ref().map_or(&[][..], |plane| plane.row(pair * 2 + row)));
                    let mut rgb = rgb_of(model, parts);
                    // A profile of RGB says nothing of inks.
                    if let (Model::Rgb, Some(to_srgb)) = (model, to_srgb) {
                        to_srgb.row(&mut rgb);
                    }
                    rgb
                });
                write_pair(&mut target, pair, &rows);
            }
            Ok(of_three(target))
        }
    }
}

fn of_three([luma, blue, red]: [Plane; 3]) -> Picture {
    Picture {
        luma,
        chroma: Some([blue, red]),
    }
}

/// ITU-R BT.601 at full range (JFIF 1.02), 16 fractional bits.
fn rgb_pixel(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let level = |value: i32| ((value + 32_768) >> 16).clamp(0, 255) as u8;
    [
        level((y << 16) + 91_881 * cr),
        level((y << 16) - 22_554 * cb - 46_802 * cr),
        level((y << 16) + 116_130 * cb),
    ]
}

fn rgb_of_ycbcr(luma: &[u8], blue: &[u8], red: &[u8]) -> Vec<u8> {
    let chroma = blue.iter().zip(red).flat_map(|both| [both, both]);
    luma.iter()
        .zip(chroma)
        .flat_map(|(y, (cb, cr))| rgb_pixel(*y, *cb, *cr))
        .collect()
}

/// A row of full-size components. Inks without a profile: what is left of the light after each of them.
fn rgb_of(model: Model, [a, b, c, d]: [&[u8]; 4]) -> Vec<u8> {
    let left = |light: u8, key: u8| ((u32::from(light) * u32::from(key) + 127) / 255) as u8;
    let three = a.iter().zip(b).zip(c).map(|((a, b), c)| [*a, *b, *c]);
    match model {
        Model::Cmyk => three
            .zip(d)
            .flat_map(|(inks, key)| inks.map(|ink| left(255 - ink, 255 - key)))
            .collect(),
        Model::InvertedCmyk => three
            .zip(d)
            .flat_map(|(inks, key)| inks.map(|ink| left(ink, *key)))
            .collect(),
        Model::Ycck => three
            .zip(d)
            .flat_map(|([y, cb, cr], key)| rgb_pixel(y, cb, cr).map(|light| left(255 - light, *key)))
            .collect(),
        Model::Gray | Model::YCbCr | Model::Rgb => three.flatten().collect(),
    }
}

/// Writes rows `2 * pair` and the next (empty at the bottom of an odd height) and the colour of both.
fn write_pair([luma, blue, red]: &mut [Plane; 3], pair: u32, rows: &[Vec<u8>; 2]) {
    for (y, rgb) in (pair * 2..).zip(rows) {
        for (to, pixel) in luma.row_mut(y).iter_mut().zip(rgb.as_chunks::<3>().0) {
            let [r, g, b] = pixel.map(i32::from);
            *to = ((19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16) as u8;
        }
    }
    let [upper, lower] = rows;
    let lower = if lower.is_empty() { upper } else { lower };
    let pairs = upper.chunks(6).zip(lower.chunks(6));
    let targets = blue.row_mut(pair).iter_mut().zip(red.row_mut(pair));
    for ((upper, lower), (cb, cr)) in pairs.zip(targets) {
        let mut sum = [0; 3];
        let mut count = 0;
        for pixel in upper.as_chunks::<3>().0.iter().chain(lower.as_chunks::<3>().0) {
            sum.iter_mut()
                .zip(pixel)
                .for_each(|(sum, level)| *sum += i32::from(*level));
            count += 1;
        }
        let [r, g, b] = sum;
        // 14 fractional bits: four pixels of 8 bits and 128 on top of them stay within 32.
        let unit = count << 14;
        let level = |weighted: i32| ((weighted + 128 * unit + unit / 2) / unit.max(1)).clamp(0, 255) as u8;
        *cb = level(-2_765 * r - 5_427 * g + 8_192 * b);
        *cr = level(8_192 * r - 6_860 * g - 1_332 * b);
    }
}
