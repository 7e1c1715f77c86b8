//! PNG and WebP, on the `image` crate, within the memory that the limits allow; then through the same resizer.

use std::io::{BufRead, Seek};

use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, RgbImage};

use crate::codec::Model;
use crate::error::PhotoError;
use crate::head::Head;
use crate::limits::Limits;
use crate::progress::{Progress, tell};
use crate::reduce::{Plan, Reduced, Reducer};
use crate::shield::shielded;
use crate::sniff::Kind;

/// A decoded picture: 8-bit gray or RGB, as stored, and the profile of its colours.
struct Decoded {
    picture: DynamicImage,
    icc: Option<Vec<u8>>,
}

/// Rows between two questions whether to go on.
const ROWS_A_STEP: u32 = 16;

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
            PngDecoder::with_limits(source, image_limits(head, limits)).map_err(refusal(head))?,
            head,
            limits,
        ),
        Kind::WebP => pixels(WebPDecoder::new(source).map_err(refusal(head))?, head, limits),
        _ => Err(PhotoError::Unsupported {
            what: head.kind.name(),
        }),
    })?;
    let stored = plan.stored;
    let (model, channels) = match picture {
        DynamicImage::ImageLuma8(_) => (Model::Gray, 1),
        _ => (Model::Rgb, 3),
    };
    let shape = ([stored.width, stored.height], [1.0, 1.0]);
    let mut reducer = Reducer::new(model, plan, std::iter::repeat_n(shape, channels));
    let mut part = Vec::with_capacity(stored.width as usize);
    let rows = picture.as_bytes().chunks_exact(channels * stored.width as usize);
    for (y, row) in (0..stored.height).zip(rows) {
        if y % ROWS_A_STEP == 0 {
            tell(progress, y, stored.height)?;
        }
        for channel in 0..channels {
            part.clear();
            part.extend(row.iter().skip(channel).step_by(channels));
            reducer.push(channel, &part);
        }
    }
    Ok((reducer.finish()?, icc))
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
    let picture = DynamicImage::from_decoder(decoder).map_err(refusal(head))?;
    Ok(Decoded {
        picture: opaque_8_bit(picture),
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

/// Gray stays gray; everything else becomes RGB. JPEG has no alpha: transparent parts become white, as on paper.
fn opaque_8_bit(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        DynamicImage::ImageLumaA8(_) | DynamicImage::ImageLumaA16(_) => {
            let with_alpha = picture.into_luma_alpha8();
            let mut flat = GrayImage::new(with_alpha.width(), with_alpha.height());
            for (to, from) in flat.pixels_mut().zip(with_alpha.pixels()) {
                let [gray, alpha] = from.0;
                to.0 = [on_white(gray, alpha)];
            }
            DynamicImage::ImageLuma8(flat)
        }
        _ if picture.color().has_alpha() => {
            let with_alpha = picture.into_rgba8();
            let mut flat = RgbImage::new(with_alpha.width(), with_alpha.height());
            for (to, from) in flat.pixels_mut().zip(with_alpha.pixels()) {
                let [red, green, blue, alpha] = from.0;
                to.0 = [red, green, blue].map(|value| on_white(value, alpha));
            }
            DynamicImage::ImageRgb8(flat)
        }
        _ => DynamicImage::ImageRgb8(picture.into_rgb8()),
    }
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
