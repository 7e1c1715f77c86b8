//! Colours to sRGB. Phones write Display P3; the stored photo carries no profile, so its numbers must be sRGB.

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// No camera's profile is larger; a table of megabytes is not worth the memory.
const MAX_PROFILE_BYTES: usize = 1_000_000;

/// Converts a colour picture from the RGB profile `icc` to sRGB. A profile that is missing, of another colour model
/// or unreadable leaves the numbers as they are: that is how a picture without a profile is shown.
pub(crate) fn to_srgb(picture: DynamicImage, icc: Option<&[u8]>) -> DynamicImage {
    match (picture, icc) {
        (DynamicImage::ImageRgb8(pixels), Some(icc)) if icc.len() <= MAX_PROFILE_BYTES => {
            let mut converted = pixels.clone();
            match convert(icc, &pixels, &mut converted) {
                Some(()) => DynamicImage::ImageRgb8(converted),
                None => DynamicImage::ImageRgb8(pixels),
            }
        }
        (picture, _) => picture,
    }
}

fn convert(icc: &[u8], from: &[u8], to: &mut [u8]) -> Option<()> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default())
        .ok()?;
    transform.transform(from, to).ok()
}
