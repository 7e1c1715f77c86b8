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
use support::ciede2000::mean_ciede2000;
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
    for edge in [62, 40, 24] {
        let expected = resize(&meant, edge, (edge * 48 + 32) / 64, FilterType::Lanczos3);
        for (name, file) in golden::COLOUR {
            let photo = to_edge(file, edge);
            assert_eq!(photo.warnings, [], "{name}");
            let shown = pixels(&photo.jpeg);
            let off = difference(&brightness(&shown), &brightness(&expected));
            assert!(off < 1.0, "{name} at {edge}: brightness {off} levels off");
            // Colours are stored at half the size, and are compared there.
            let off = difference(&halved(&shown), &halved(&expected));
            // Of files that have a quarter of the colour, as many are made up by each decoder in its own way.
            let most = if name.starts_with("4:1") { 4.5 } else { 4.0 };
            assert!(off < most, "{name} at {edge}: {off} levels off");
        }
    }
}

/// Two by two pixels made one.
fn halved(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)]
            .map(|(right, down)| picture.get_pixel(2 * x + right, 2 * y + down).0);
        Rgb(std::array::from_fn(|channel| {
            (four.iter().map(|pixel| u32::from(pixel[channel])).sum::<u32>() / 4) as u8
        }))
    })
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
        assert!(off < 1.1, "at {edge}: {off} levels off");
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
fn a_tag_turns_what_a_lossless_turn_turned() {
    // Every scale of the decode, odd and even sizes, both profiles.
    for files in golden::TURNED {
        for edge in [95, 70, 37, 18, 9, 5] {
            for profile in [Profile::Fast, Profile::Small] {
                let outputs = (1..).zip(files).map(|(orientation, file)| {
                    let tagged = jpeg_with_exif(file, &Exif::with_orientation(orientation));
                    with_profile(&tagged, edge, profile)
                });
                let outputs: Vec<Ingested> = outputs.collect();
                for (orientation, output) in (1..).zip(&outputs) {
                    let same = output.jpeg == outputs[0].jpeg && output.thumbnail == outputs[0].thumbnail;
                    assert!(same, "orientation {orientation} at {edge}, {profile:?}");
                }
            }
        }
    }
}

#[test]
fn a_tag_turns_what_turned_pixels_show() {
    // Not a JPEG: the pixels are the same to the last bit, and so is what becomes of them. Sizes are odd and even.
    for (width, height) in [(241, 181), (240, 181), (241, 180)] {
        let upright = scene(width, height, 40, 3);
        let outputs = (1..=8).map(|orientation| {
            // 6 is stored turned to the left, and 8 to the right.
            let turn = image::metadata::Orientation::from_exif(match orientation {
                6 => 8,
                8 => 6,
                other => other,
            });
            let mut stored = DynamicImage::ImageRgb8(upright.clone());
            stored.apply_orientation(turn.unwrap());
            let mut png = std::io::Cursor::new(Vec::new());
            stored.write_to(&mut png, ImageFormat::Png).unwrap();
            let exif = Exif::with_orientation(orientation.into());
            let file = support::containers::png_with_exif(png.get_ref(), &exif.bytes());
            let photo = with_profile(&file, 127, Profile::Fast);
            (photo.jpeg, photo.thumbnail)
        });
        let outputs: Vec<_> = outputs.collect();
        for (orientation, output) in (1..).zip(&outputs) {
            assert!(
                *output == outputs[0],
                "orientation {orientation} of {width} x {height}"
            );
        }
    }
}

#[test]
fn display_p3_looks_as_another_program_shows_it() {
    let meant = image::load_from_memory(golden::P3_IN_SRGB).unwrap().into_rgb8();
    let off = mean_ciede2000(&pixels(&to_edge(golden::P3, 96).jpeg), &meant);
    assert!(off < 2.0, "{off} apart");
    // Its numbers left as they are would be further off than that.
    let as_stored = image::load_from_memory(golden::P3).unwrap().into_rgb8();
    assert!(mean_ciede2000(&as_stored, &meant) > 3.0 * off);
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
