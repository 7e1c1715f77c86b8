//! Every kind of JPEG shows what it was made of, through a resize. Pictures to compare with are made here from the
//! formula of the original, or by another decoder; none comes from the pipeline itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use image::imageops::{FilterType, resize};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use phananh_photo::{Ingested, PhotoBudget, Profile};
use support::containers::jpeg_with_exif;
use support::exif::Exif;
use support::{difference, golden, ingest_bytes, pixels, scene};

/// Small enough that nothing is kept as it is.
fn to_edge(bytes: &[u8], max_edge: u32) -> Ingested {
    with_profile(bytes, max_edge, Profile::Small)
}

fn with_profile(bytes: &[u8], max_edge: u32, profile: Profile) -> Ingested {
    let budget = PhotoBudget {
        max_edge,
        max_bytes: 100_000,
        profile,
    };
    ingest_bytes(bytes, &budget).unwrap()
}

#[test]
fn every_way_of_sampling_colour_shows_the_picture() {
    let meant = golden::picture();
    for edge in [63, 40, 24] {
        let expected = resize(&meant, edge, (edge * 48 + 32) / 64, FilterType::Lanczos3);
        for (name, file) in golden::COLOUR {
            let photo = to_edge(file, edge);
            assert_eq!(photo.warnings, [], "{name}");
            // Colours are stored at half the size: at this one of the picture, the disc's edge shows it.
            let shown = pixels(&photo.jpeg);
            let off = difference(&shown, &expected);
            assert!(off < 9.0, "{name} at {edge}: {off} levels off");
            let off = difference(&brightness(&shown), &brightness(&expected));
            assert!(off < 2.5, "{name} at {edge}: brightness {off} levels off");
        }
    }
}

/// The Y of JPEG (ITU-R BT.601) in all three channels.
fn brightness(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [r, g, b] = picture.get_pixel(x, y).0.map(f64::from);
        Rgb([(0.299 * r + 0.587 * g + 0.114 * b).round() as u8; 3])
    })
}

#[test]
fn the_order_of_scans_changes_nothing() {
    // One picture, the same coefficients: interleaved in progressive scans, and one baseline scan a component.
    let [progressive, separate] =
        [golden::PROGRESSIVE, golden::NON_INTERLEAVED].map(|file| to_edge(file, 30));
    assert_eq!(progressive.jpeg, separate.jpeg);
    assert_eq!(progressive.thumbnail, separate.thumbnail);
}

#[test]
fn chroma_sampled_above_luma_is_shown() {
    // The flat lower half tells a wrong size of any plane.
    for edge in [31, 16] {
        let photo = to_edge(golden::CHROMA_ABOVE_LUMA, edge);
        let shown = pixels(&photo.jpeg);
        let pixel = shown.get_pixel(shown.width() / 2, shown.height() * 3 / 4).0;
        let near = pixel
            .iter()
            .zip([200_u8, 40, 40])
            .all(|(got, made_of)| got.abs_diff(made_of) <= 10);
        assert!(near, "{pixel:?}");
    }
}

#[test]
fn a_gray_jpeg_stays_gray() {
    let photo = to_edge(golden::GRAY, 40);
    let shown = image::load_from_memory(&photo.jpeg).unwrap();
    assert_eq!(shown.color(), image::ColorType::L8);
    let expected = resize(&golden::picture(), 40, 30, FilterType::Lanczos3);
    let off = difference(&shown.into_rgb8(), &brightness(&expected));
    assert!(off < 2.5, "{off} levels off");
}

#[test]
fn inks_turned_into_brightness_and_colour_are_turned_back() {
    // The CMYK file with another transform in its Adobe segment: its numbers are then Y, Cb, Cr and key. Inks of 128
    // each are gray of 127 left by the first three, times what the key leaves of it.
    let flat = flat_cmyk_as_ycck();
    let shown = pixels(&to_edge(&flat, 63).jpeg);
    let meant = pixels(&to_edge(golden::CMYK, 63).jpeg);
    assert_eq!(shown.dimensions(), meant.dimensions());
    let pixel = shown.get_pixel(5, 40).0;
    let made_of = by_hand([200, 120, 40]);
    let near = pixel
        .iter()
        .zip(made_of)
        .all(|(got, wanted)| got.abs_diff(wanted) <= 6);
    assert!(near, "{pixel:?} for {made_of:?}");
}

fn flat_cmyk_as_ycck() -> Vec<u8> {
    let mut file = golden::CMYK.to_vec();
    let adobe = file.windows(5).position(|name| name == b"Adobe").unwrap();
    assert_eq!(file[adobe + 11], 0, "no transform");
    file[adobe + 11] = 2;
    file
}

/// Stored numbers (y, cb, cr) with a key of 255 (no black) seen as Adobe's YCCK: T.872, 6.1.
fn by_hand([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|level| (255.0 - level).clamp(0.0, 255.0) as u8)
}

/// A large picture takes the scaled decode; its result is that of a full decode and a good filter.
#[test]
fn a_scaled_decode_is_as_good_as_a_full_one() {
    let large = smooth(1203, 899);
    let file = support::jpeg(&large);
    let full = pixels(&file);
    for edge in [800, 450, 220, 100] {
        let photo = to_edge(&file, edge);
        let expected = resize(&full, photo.width, photo.height, FilterType::Lanczos3);
        let off = difference(&pixels(&photo.jpeg), &expected);
        // A sample's shift by half its size would be over 3.
        assert!(off < 1.2, "at {edge}: {off} levels off");
    }
}

/// Waves of several lengths in each channel.
fn smooth(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave =
            |a: f64, b: f64| (127.0 + 90.0 * (f64::from(x) / a).sin() * (f64::from(y) / b).cos()) as u8;
        Rgb([wave(91.0, 147.0), wave(153.0, 73.0), wave(297.0, 171.0)])
    })
}

#[test]
fn a_tag_turns_what_a_lossless_turn_turns() {
    // Stored so that each orientation stands upright; JPEG codes them unlike, by a little.
    let upright = scene(320, 240, 4, 3);
    let mut outputs = Vec::new();
    for orientation in 1..=8 {
        let turn = image::metadata::Orientation::from_exif(match orientation {
            6 => 8,
            8 => 6,
            other => other,
        });
        let mut stored = DynamicImage::ImageRgb8(upright.clone());
        stored.apply_orientation(turn.unwrap());
        let mut png = std::io::Cursor::new(Vec::new());
        stored.write_to(&mut png, ImageFormat::Png).unwrap();
        let file = support::containers::png_with_exif(
            png.get_ref(),
            &Exif::with_orientation(orientation.into()).bytes(),
        );
        // A turn that swaps rows and columns changes about one sample in a hundred by a level (libjpeg's IDCT and the
        // resizer round rows and columns unlike). In a grainy picture quantisation makes more of that: 0.3 to 0.5.
        outputs.push(pixels(&with_profile(&file, 160, Profile::Fast).jpeg));
    }
    for (index, output) in outputs.iter().enumerate() {
        let off = difference(output, &outputs[0]);
        assert!(off < 0.2, "orientation {}: {off} levels off", index + 1);
    }
    // And from JPEG, where the file itself is another.
    let tagged = jpeg_with_exif(&support::jpeg(&upright), &Exif::with_orientation(3));
    let turned = image::imageops::rotate180(&pixels(&to_edge(&support::jpeg(&upright), 160).jpeg));
    assert!(difference(&pixels(&to_edge(&tagged, 160).jpeg), &turned) < 0.4);
}

#[test]
fn an_original_that_fits_keeps_its_pixels() {
    let exif = Exif::hue();
    for file in [
        support::jpeg(&smooth(300, 200)),
        golden::GRAY.to_vec(),
        golden::PROGRESSIVE.to_vec(),
    ] {
        let photo = ingest_bytes(&jpeg_with_exif(&file, &exif), &PhotoBudget::NORMAL).unwrap();
        assert_eq!(photo.encodes, 0);
        assert_eq!(pixels(&photo.jpeg), pixels(&file));
        support::markers::assert_private(&photo.jpeg);
        support::markers::assert_private(&photo.thumbnail);
    }
    // Not where it has to be turned, is too large, or holds other colours.
    let turned = jpeg_with_exif(golden::PROGRESSIVE, &Exif::with_orientation(6));
    assert!(ingest_bytes(&turned, &PhotoBudget::NORMAL).unwrap().encodes > 0);
    assert!(to_edge(golden::PROGRESSIVE, 31).encodes > 0);
    assert!(ingest_bytes(golden::RGB, &PhotoBudget::NORMAL).unwrap().encodes > 0);
    assert!(ingest_bytes(golden::CMYK, &PhotoBudget::NORMAL).unwrap().encodes > 0);
    // The quality is that of its tables: the files were written at 60.
    let photo = ingest_bytes(golden::PROGRESSIVE, &PhotoBudget::NORMAL).unwrap();
    assert!((photo.quality - 60.0).abs() < 1.0, "{}", photo.quality);
}
