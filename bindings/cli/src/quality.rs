//! How near a picture is to the photo it was made of: SSIMULACRA2, judged apart from the pipeline that made it.
//!
//! The *reference* is the original decoded whole by another decoder (the `image` crate), brought to sRGB and upright, and
//! resized with Lanczos3 to the size of the picture judged: the best that this size can show. So the score tells what
//! the pipeline's short cuts (decoding at a part of the size, colour at half the size) and its encode cost together.
//! 100 is no difference; about 90 cannot be told apart side by side, 70 is high quality, 50 middling, 30 low, and it may be
//! negative. A point is about what a careful eye can just rank.
//!
//! It costs what the pipeline does not: a whole decode, in memory by the megapixels. No phone has it.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::Path;

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Rgb, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use phananh_engine::photo::{Limits, PhotoError, read_metadata};

/// Whole pictures of up to [`Limits::max_pixels`] pixels, four bytes each.
const MAX_BYTES: u64 = 1_000_000_000;

/// What pictures are compared with.
pub(crate) struct Original {
    pixels: DynamicImage,
    /// The reference of the last size asked for: pictures of one photo mostly have one size.
    reference: Option<(u32, u32, Ssimulacra2Reference)>,
}

/// A picture and how near it is.
pub(crate) struct Judged {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// SSIMULACRA2: 100 for no difference, and down below 0.
    pub(crate) score: f64,
}

impl Original {
    /// Decodes the original whole.
    ///
    /// # Errors
    /// When it is no picture, beyond the limits of the pipeline, or unreadable for the other decoder.
    pub(crate) fn open(path: &Path) -> Result<Self, PhotoError> {
        Ok(Self {
            pixels: DynamicImage::ImageRgb8(upright(path)?),
            reference: None,
        })
    }

    /// Judges the picture in `path`, at its own size.
    ///
    /// # Errors
    /// As [`Original::open`], of the picture.
    pub(crate) fn judge(&mut self, path: &Path) -> Result<Judged, PhotoError> {
        let picture = upright(path)?;
        let (width, height) = picture.dimensions();
        let score = self.reference(width, height)?.compare(&view(&picture)?);
        let score = score.map_err(|_| PhotoError::Unreadable)?;
        Ok(Judged { width, height, score })
    }

    fn reference(&mut self, width: u32, height: u32) -> Result<&Ssimulacra2Reference, PhotoError> {
        let known = matches!(&self.reference, Some((w, h, _)) if (*w, *h) == (width, height));
        if !known {
            let resized = self
                .pixels
                .resize_exact(width, height, FilterType::Lanczos3)
                .into_rgb8();
            let made = Ssimulacra2Reference::new(&view(&resized)?).map_err(|_| PhotoError::Unreadable)?;
            self.reference = Some((width, height, made));
        }
        let found = self.reference.as_ref().map(|(_, _, reference)| reference);
        found.ok_or(PhotoError::Unreadable)
    }
}

/// As numbers of a script: two decimals are more than a score means.
pub(crate) fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

fn view(picture: &RgbImage) -> Result<PixelSlice<'_>, PhotoError> {
    let (width, height) = picture.dimensions();
    PixelSlice::new(
        picture.as_raw(),
        width,
        height,
        width as usize * 3,
        PixelDescriptor::RGB8_SRGB,
    )
    .map_err(|_| PhotoError::Unreadable)
}

/// The pixels of a file in sRGB, upright, on white.
fn upright(path: &Path) -> Result<RgbImage, PhotoError> {
    let limits = Limits::default();
    let mut file = BufReader::new(File::open(path)?);
    // The pipeline's reader knows every place where files keep their orientation; `image` knows some.
    let turn = read_metadata(&mut file, &limits)?.orientation.exif();
    file.rewind()?;
    let mut reader = ImageReader::new(file).with_guessed_format()?;
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(MAX_BYTES);
    reader.limits(bounds);
    let unreadable = |_| PhotoError::Unreadable;
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(PhotoError::TooLarge { width, height });
    }
    let profile = decoder.icc_profile().ok().flatten();
    let decoded = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    let mut picture = DynamicImage::ImageRgb8(to_srgb(on_white(decoded), profile.as_deref()));
    picture.apply_orientation(Orientation::from_exif(turn).unwrap_or(Orientation::NoTransforms));
    Ok(picture.into_rgb8())
}

fn on_white(decoded: DynamicImage) -> RgbImage {
    if !decoded.color().has_alpha() {
        return decoded.into_rgb8();
    }
    let pixels = decoded.into_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        let over = |level: u8| {
            let sum = u32::from(level) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

/// Through the profile, where it is one of RGB that can be read; else numbers are taken as sRGB, as they are shown everywhere.
fn to_srgb(picture: RgbImage, profile: Option<&[u8]>) -> RgbImage {
    let profile = profile.and_then(|bytes| ColorProfile::new_from_slice(bytes).ok());
    let transform = profile
        .filter(|profile| profile.color_space == DataColorSpace::Rgb)
        .and_then(|profile| {
            let srgb = ColorProfile::new_srgb();
            let options = TransformOptions::default();
            profile
                .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options)
                .ok()
        });
    let Some(transform) = transform else {
        return picture;
    };
    let mut converted = RgbImage::new(picture.width(), picture.height());
    match transform.transform(picture.as_raw(), &mut converted) {
        Ok(()) => converted,
        Err(_) => picture,
    }
}
