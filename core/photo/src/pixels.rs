//! PNG and WebP, on the `image` crate, within the memory that the limits allow; then through the same resizer.

use std::io::{BufRead, Seek};

use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageError};

use crate::colour::MAX_PROFILE_BYTES;
use crate::error::PhotoError;
use crate::head::Head;
use crate::limits::Limits;
use crate::progress::{Progress, tell};
use crate::reduce::{Plan, Reduced};
use crate::rows::{Pixels, RowReducer};
use crate::shield::shielded;
use crate::sniff::Kind;

/// A decoded picture in 8 bits a channel, as stored, and the profile of its colours.
struct Decoded {
    picture: DynamicImage,
    icc: Option<Vec<u8>>,
}

/// Rows between two questions whether to go on.
pub(crate) const ROWS_A_STEP: u32 = 16;

/// Decodes the picture in `source`, whose header said `plan.stored`; also gives the profile of its colours.
pub(crate) fn reduce(
    source: &mut (impl BufRead + Seek),
    head: &Head,
    plan: Plan,
    limits: &Limits,
    progress: &dyn Progress,
) -> Result<(Reduced, Option<Vec<u8>>), PhotoError> {
    source.rewind()?;
    let Decoded { picture, icc } = shielded(|| match head.kind {
        Kind::Png => pixels(
            PngDecoder::with_limits(source, beside_pixels(head)).map_err(refusal(head))?,
            head,
            limits,
        ),
        Kind::WebP => pixels(WebPDecoder::new(source).map_err(refusal(head))?, head, limits),
        _ => Err(PhotoError::Unsupported {
            what: head.kind.name(),
        }),
    })?;
    let height = plan.stored.height;
    let (pixels, bytes) = match &picture {
        DynamicImage::ImageLuma8(gray) => (Pixels::Gray, gray.as_raw()),
        DynamicImage::ImageLumaA8(gray) => (Pixels::GrayAlpha, gray.as_raw()),
        DynamicImage::ImageRgba8(colours) => (Pixels::Rgba, colours.as_raw()),
        DynamicImage::ImageRgb8(colours) => (Pixels::Rgb, colours.as_raw()),
        _ => return Err(PhotoError::Unreadable),
    };
    let mut reducer = RowReducer::new(pixels, plan);
    let rows = bytes.chunks_exact(pixels.channels() * plan.stored.width as usize);
    for (y, row) in (0..height).zip(rows) {
        if y % ROWS_A_STEP == 0 {
            tell(progress, y, height)?;
        }
        reducer.push(row);
    }
    Ok((reducer.finish()?, icc))
}

/// What a PNG decoder may hold beside pixels: rows, chunks as they stand in the file, and a profile, which is packed and
/// may be a bomb of its own. A larger one is left out.
fn beside_pixels(head: &Head) -> image::Limits {
    const MOST_BYTES_PER_PIXEL: u64 = 8;
    const ROWS: u64 = 4;
    let mut caps = image::Limits::default();
    let rows = ROWS * MOST_BYTES_PER_PIXEL * u64::from(head.width);
    // Room for a chunk grows by doubling.
    caps.max_alloc = Some(2 * head.bytes + MAX_PROFILE_BYTES as u64 + rows);
    caps
}

fn image_limits(head: &Head, limits: &Limits) -> image::Limits {
    let mut caps = image::Limits::default();
    caps.max_image_width = Some(head.width);
    caps.max_image_height = Some(head.height);
    caps.max_alloc = Some(limits.max_alloc);
    caps
}

fn pixels(mut decoder: impl ImageDecoder, head: &Head, limits: &Limits) -> Result<Decoded, PhotoError> {
    // The caps were checked on our reading of the header: a decoder that reads another size does not start.
    if decoder.dimensions() != (head.width, head.height) {
        return Err(PhotoError::Unreadable);
    }
    let working = head.working_bytes_per_pixel * u64::from(head.width) * u64::from(head.height);
    let planned = decoder
        .total_bytes()
        .saturating_add(working)
        .saturating_add(head.bytes);
    if planned > limits.max_alloc {
        return Err(PhotoError::TooLarge {
            width: head.width,
            height: head.height,
        });
    }
    decoder
        .set_limits(image_limits(head, limits))
        .map_err(refusal(head))?;
    let icc = decoder.icc_profile().ok().flatten();
    let icc = icc.filter(|profile| profile.len() <= MAX_PROFILE_BYTES);
    let picture = DynamicImage::from_decoder(decoder).map_err(refusal(head))?;
    Ok(Decoded {
        picture: in_8_bits(picture),
        icc,
    })
}

fn refusal(head: &Head) -> impl Fn(ImageError) -> PhotoError {
    let Head {
        kind, width, height, ..
    } = *head;
    move |error| match error {
        ImageError::Limits(_) => PhotoError::TooLarge { width, height },
        ImageError::Unsupported(_) => PhotoError::Unsupported { what: kind.name() },
        ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            PhotoError::Io(error)
        }
        _ => PhotoError::Unreadable,
    }
}

/// In 8 bits a channel; gray stays gray.
fn in_8_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_)
        | DynamicImage::ImageLumaA8(_)
        | DynamicImage::ImageRgb8(_)
        | DynamicImage::ImageRgba8(_) => picture,
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
        _ if picture.color().has_alpha() => DynamicImage::ImageRgba8(picture.into_rgba8()),
        _ => DynamicImage::ImageRgb8(picture.into_rgb8()),
    }
}
