//! What a stored photo is: within its budget, upright, private, the same for the same input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba};
use phananh_photo::{
    Kind, Limits, Original, PhotoBudget, PhotoError, Profile, THUMBNAIL_EDGE, Unwatched, Warning, audit,
    ingest_rendition,
};
use proptest::prelude::*;
use support::containers::{heic_with_exif, jpeg_with_exif, jpeg_with_segment};
use support::exif::Exif;
use support::markers::assert_private;
use support::{difference, encoded, ingest_bytes, jpeg, pixels, scene, seeded};

proptest! {
    #![proptest_config(seeded(48))]

    #[test]
    fn never_over_never_enlarged(
        width in 1u32..700, height in 1u32..700, grain: u8, seed: u64,
        max_edge in 1u32..900, max_bytes in 3_000u32..120_000, fast: bool,
    ) {
        let profile = if fast { Profile::Fast } else { Profile::Small };
        let budget = PhotoBudget { max_edge, max_bytes, profile };
        let photo = ingest_bytes(&jpeg(&scene(width, height, grain, seed)), &budget).unwrap();
        prop_assert!(photo.jpeg.len() <= max_bytes as usize);
        prop_assert!(photo.width <= width && photo.height <= height);
        prop_assert!(photo.width.max(photo.height) <= max_edge);
        prop_assert_eq!(pixels(&photo.jpeg).dimensions(), (photo.width, photo.height));
        let thumbnail = pixels(&photo.thumbnail);
        prop_assert!(thumbnail.width() <= width && thumbnail.height() <= height);
        prop_assert!(thumbnail.width().max(thumbnail.height()) <= THUMBNAIL_EDGE);
        let shrunk = photo.warnings.contains(&Warning::EdgeShrunk { edge: photo.width.max(photo.height) });
        prop_assert_eq!(shrunk, photo.width.max(photo.height) < max_edge.min(width.max(height)));
        // Proportions hold to the pixel that rounding costs.
        let edge = f64::from(photo.width.max(photo.height)) / f64::from(width.max(height));
        prop_assert!((f64::from(width) * edge - f64::from(photo.width)).abs() <= 1.0);
        prop_assert!((f64::from(height) * edge - f64::from(photo.height)).abs() <= 1.0);
    }
}

#[test]
fn presets_hold_for_a_grainy_picture_and_are_well_filled() {
    let bytes = jpeg(&scene(2000, 1500, 70, 7));
    for (budget, kb) in [
        (PhotoBudget::NORMAL, 300),
        (PhotoBudget::POOR, 150),
        (PhotoBudget::WORST, 60),
    ] {
        let photo = ingest_bytes(&bytes, &budget).unwrap();
        assert!(
            photo.jpeg.len() <= kb * 1000 && photo.jpeg.len() > kb * 850,
            "{} of {kb} KB",
            photo.jpeg.len()
        );
        let thumbnail = pixels(&photo.thumbnail);
        assert_eq!(thumbnail.dimensions(), (320, 240));
        assert!(photo.thumbnail.len() <= 30_000);
    }
}

#[test]
fn noise_that_no_quality_fits_becomes_shorter_and_says_so() {
    let photo = ingest_bytes(&jpeg(&scene(1000, 800, 255, 7)), &PhotoBudget::WORST).unwrap();
    assert!(photo.jpeg.len() <= 60_000);
    let edge = photo.width;
    assert!(edge < 800);
    assert_eq!(photo.warnings, [Warning::EdgeShrunk { edge }]);
}

#[test]
fn a_budget_without_room_for_any_picture_is_typed() {
    let bytes = jpeg(&scene(100, 100, 0, 1));
    for (max_edge, max_bytes) in [(1600, 0), (1600, 300), (0, 300_000)] {
        let budget = PhotoBudget {
            max_edge,
            max_bytes,
            profile: Profile::Small,
        };
        assert!(matches!(
            ingest_bytes(&bytes, &budget),
            Err(PhotoError::ImpossibleBudget { .. })
        ));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bytes = jpeg(&scene(900, 700, 80, 9));
    let [first, second] = [(); 2].map(|()| ingest_bytes(&bytes, &PhotoBudget::POOR).unwrap());
    assert_eq!(first, second);
    assert_eq!(
        first.original,
        Original {
            kind: Kind::Jpeg,
            width: 900,
            height: 700,
            bytes: bytes.len() as u64
        }
    );
}

/// Four unlike corners: no turn or mirror of it equals another.
fn corners(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([220, 30, 30]),
        (false, true) => Rgb([30, 200, 30]),
        (true, false) => Rgb([30, 30, 220]),
        (false, false) => Rgb([230, 230, 30]),
    })
}

/// Where a stored pixel is seen, by the EXIF definition of tag 0x0112: which side of the scene row 0 and column 0 are.
fn seen_at(orientation: u16, x: u32, y: u32, width: u32, height: u32) -> (u32, u32) {
    match orientation {
        1 => (x, y),                          // row 0 top, column 0 left
        2 => (width - 1 - x, y),              // top, right
        3 => (width - 1 - x, height - 1 - y), // bottom, right
        4 => (x, height - 1 - y),             // bottom, left
        5 => (y, x),                          // left, top
        6 => (width - 1 - y, x),              // right, top
        7 => (width - 1 - y, height - 1 - x), // right, bottom
        _ => (y, height - 1 - x),             // left, bottom
    }
}

#[test]
fn every_orientation_comes_out_upright() {
    let upright = corners(128, 96);
    for orientation in 1..=8 {
        let (width, height) = if orientation < 5 { (128, 96) } else { (96, 128) };
        let stored = RgbImage::from_fn(width, height, |x, y| {
            let (x, y) = seen_at(orientation, x, y, 128, 96);
            *upright.get_pixel(x, y)
        });
        let file = jpeg_with_exif(&jpeg(&stored), &Exif::with_orientation(orientation));
        let photo = ingest_bytes(&file, &PhotoBudget::NORMAL).unwrap();
        assert_eq!(
            (photo.width, photo.height),
            (128, 96),
            "orientation {orientation}"
        );
        assert_eq!((photo.original.width, photo.original.height), (width, height));
        assert_eq!(u16::from(photo.metadata.orientation.exif()), orientation);
        for jpeg in [&photo.jpeg, &photo.thumbnail] {
            let off = difference(&pixels(jpeg), &upright);
            assert!(off < 6.0, "orientation {orientation}: {off} levels off");
        }
    }
}

#[test]
fn an_orientation_outside_1_to_8_is_upright() {
    for orientation in [0, 9, 255] {
        let file = jpeg_with_exif(&jpeg(&corners(32, 16)), &Exif::with_orientation(orientation));
        let photo = ingest_bytes(&file, &PhotoBudget::NORMAL).unwrap();
        assert_eq!((photo.width, photo.metadata.orientation.exif()), (32, 1));
    }
}

#[test]
fn nothing_but_pixels_leaves() {
    let picture = scene(500, 300, 50, 4);
    let mut file = jpeg_with_exif(&jpeg(&picture), &Exif::hue());
    file = jpeg_with_segment(&file, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>");
    file = jpeg_with_segment(&file, 0xE2, b"MPF\0MM\0\x2a\0\0\0\x08");
    file = jpeg_with_segment(&file, 0xED, b"Photoshop 3.0\08BIM");
    file = jpeg_with_segment(&file, 0xFE, b"comment of the owner");
    file.extend(jpeg(&scene(64, 64, 9, 1)));
    let png = support::containers::png_with_exif(
        &encoded(&DynamicImage::ImageRgb8(picture), ImageFormat::Png),
        &Exif::hue().bytes(),
    );
    assert_eq!(
        parts(&file),
        ["comment", "iptc", "mpf", "xmp", "exif", "trailing"]
    );
    assert_eq!(parts(&png), ["exif"]);
    for file in [file, png] {
        let photo = ingest_bytes(&file, &PhotoBudget::NORMAL).unwrap();
        assert!(photo.metadata.position.is_ok(), "read before it was dropped");
        assert_private(&photo.jpeg);
        assert_private(&photo.thumbnail);
        assert_eq!(parts(&photo.jpeg), [""; 0]);
        assert_eq!(parts(&photo.thumbnail), [""; 0]);
    }
}

/// What the audit names, by code.
fn parts(file: &[u8]) -> Vec<&'static str> {
    let findings = audit(Cursor::new(file), &Limits::default()).unwrap();
    findings.into_iter().map(|finding| finding.part.code()).collect()
}

#[test]
fn transparent_parts_become_white_and_gray_stays_gray() {
    let rgba = DynamicImage::ImageRgba8(image::RgbaImage::from_fn(32, 32, |x, _| {
        if x < 16 {
            Rgba([200, 0, 0, 0])
        } else {
            Rgba([200, 0, 0, 255])
        }
    }));
    let gray_alpha = DynamicImage::ImageLumaA8(image::ImageBuffer::from_fn(32, 32, |x, _| {
        if x < 16 { LumaA([0, 0]) } else { LumaA([90, 255]) }
    }));
    let cases = [
        (&rgba, ImageFormat::Png, [200, 0, 0]),
        (&rgba, ImageFormat::WebP, [200, 0, 0]),
        (&gray_alpha, ImageFormat::Png, [90; 3]),
    ];
    for (picture, format, opaque) in cases {
        let photo = ingest_bytes(&encoded(picture, format), &PhotoBudget::NORMAL).unwrap();
        let shown = pixels(&photo.jpeg);
        for (x, expected) in [(4, [255; 3]), (27, opaque)] {
            let pixel = shown.get_pixel(x, 16).0;
            assert!(
                pixel
                    .iter()
                    .zip(expected)
                    .all(|(got, wanted)| got.abs_diff(wanted) <= 6),
                "{pixel:?}"
            );
        }
    }
    let gray = DynamicImage::ImageLuma8(image::GrayImage::from_fn(64, 48, |x, _| Luma([(x * 4) as u8])));
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let photo = ingest_bytes(&encoded(&gray, format), &PhotoBudget::NORMAL).unwrap();
        let color = image::load_from_memory(&photo.jpeg).unwrap().color();
        assert_eq!(color, image::ColorType::L8, "one component");
    }
    let deep = DynamicImage::ImageRgb16(image::ImageBuffer::from_pixel(20, 20, Rgb([0x8000, 0xFFFF, 0])));
    let photo = ingest_bytes(&encoded(&deep, ImageFormat::Png), &PhotoBudget::NORMAL).unwrap();
    let pixel = pixels(&photo.jpeg).get_pixel(10, 10).0;
    assert!(
        pixel
            .iter()
            .zip([128u8, 255, 0])
            .all(|(got, wanted)| got.abs_diff(wanted) <= 6),
        "{pixel:?}"
    );
}

#[test]
fn display_p3_becomes_srgb() {
    let picture = RgbImage::from_pixel(32, 32, Rgb([200, 80, 60]));
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let tagged = jpeg_with_segment(
        &jpeg(&picture),
        0xE2,
        &[b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat(),
    );
    let photo = ingest_bytes(&tagged, &PhotoBudget::NORMAL).unwrap();
    let pixel = pixels(&photo.jpeg).get_pixel(16, 16).0;
    assert!(
        pixel
            .iter()
            .zip(P3_RED_IN_SRGB)
            .all(|(got, wanted)| got.abs_diff(wanted) <= 4),
        "{pixel:?}"
    );
    assert_private(&photo.jpeg);
}

/// Display P3 to sRGB by the standards of both: one curve, primaries as matrices, what lies outside cut off.
fn p3_by_hand(levels: [u8; 3]) -> [f64; 3] {
    let linear = levels.map(|level| {
        let x = f64::from(level) / 255.0;
        if x <= 0.04045 {
            x / 12.92
        } else {
            ((x + 0.055) / 1.055).powf(2.4)
        }
    });
    // XYZ of Display P3 times the inverse of XYZ of sRGB, white D65.
    let rows = [
        [1.224_940, -0.224_940, 0.0],
        [-0.042_057, 1.042_057, 0.0],
        [-0.019_638, -0.078_636, 1.098_274],
    ];
    rows.map(|row: [f64; 3]| {
        let x: f64 = row.iter().zip(linear).map(|(weight, value)| weight * value).sum();
        let x = x.clamp(0.0, 1.0);
        255.0
            * if x <= 0.003_130_8 {
                12.92 * x
            } else {
                1.055 * x.powf(1.0 / 2.4) - 0.055
            }
    })
}

#[test]
fn a_wide_gamut_is_brought_to_srgb_all_over_it() {
    // Patches of 32 x 32, each of one colour; 6 x 6 of them.
    let patch = |index: u32| {
        let levels = [20_u8, 110, 230];
        [index / 9, index / 3, index].map(|at| levels[(at % 3) as usize])
    };
    let picture = RgbImage::from_fn(192, 160, |x, y| Rgb(patch((y / 32 * 6 + x / 32) % 27)));
    let mut file = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, 100)
        .encode_image(&picture)
        .unwrap();
    let with_profile = |profile: moxcms::ColorProfile| {
        let icc = profile.encode().unwrap();
        jpeg_with_segment(&file, 0xE2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat())
    };
    let wide = ingest_bytes(
        &with_profile(moxcms::ColorProfile::new_display_p3()),
        &PhotoBudget::NORMAL,
    )
    .unwrap();
    let shown = pixels(&wide.jpeg);
    let (mut sum, mut worst) = (0.0, 0.0_f64);
    for index in 0..27 {
        let pixel = shown.get_pixel(index % 6 * 32 + 16, index / 6 * 32 + 16).0;
        for (got, wanted) in pixel.into_iter().zip(p3_by_hand(patch(index))) {
            let off = (f64::from(got) - wanted).abs();
            sum += off;
            worst = worst.max(off);
        }
    }
    assert!(
        sum / 81.0 < 1.5 && worst < 8.0,
        "{} levels off on average, {worst} at most",
        sum / 81.0
    );
    // sRGB by name changes nothing: the pixels are kept.
    let named = ingest_bytes(
        &with_profile(moxcms::ColorProfile::new_srgb()),
        &PhotoBudget::NORMAL,
    )
    .unwrap();
    assert_eq!(named.encodes, 0);
    assert_private(&named.jpeg);
}

/// (200, 80, 60) of Display P3 in sRGB, a sum by hand over the primaries of both (SMPTE EG 432-1, ITU-R BT.709), white
/// D65 and the sRGB curve (IEC 61966-2-1): (216.4, 68.9, 50.1).
const P3_RED_IN_SRGB: [u8; 3] = [216, 69, 50];

#[test]
fn a_rendition_gives_the_pixels_and_the_original_the_metadata() {
    let block = Exif {
        main: Exif::with_orientation(6).main,
        ..Exif::hue()
    };
    let heic = heic_with_exif(&block.bytes());
    let ingest = |rendition: &[u8]| {
        let (original, rendition) = (Cursor::new(&heic), Cursor::new(rendition));
        ingest_rendition(
            original,
            rendition,
            &PhotoBudget::NORMAL,
            &Limits::default(),
            &Unwatched,
        )
    };
    // The platform turned the pixels and wrote no EXIF: nothing is turned twice.
    let turned = ingest(&jpeg(&corners(96, 128))).unwrap();
    assert_eq!((turned.width, turned.height), (96, 128));
    let position = turned.metadata.position.unwrap();
    assert!((position.lat - 16.4637).abs() < 1e-9 && (position.lon - 107.5909).abs() < 1e-9);
    assert_eq!(
        turned.original,
        Original {
            kind: Kind::Heic,
            width: 96,
            height: 128,
            bytes: heic.len() as u64
        }
    );
    // The platform left them as stored and says so.
    let stored = jpeg_with_exif(&jpeg(&corners(128, 96)), &Exif::with_orientation(6));
    let photo = ingest(&stored).unwrap();
    assert_eq!((photo.width, photo.height), (96, 128));
    assert!(matches!(ingest(b"no picture"), Err(PhotoError::NotAPhoto)));
}
