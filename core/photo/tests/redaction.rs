//! What must not be seen is not there: areas are filled before anything is encoded, in the photo and its thumbnail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use phananh_photo::{
    Ingest, Ingested, Limits, MAX_REDACTIONS, PhotoBudget, PhotoError, Profile, Rect, Unwatched,
};
use proptest::prelude::*;
use support::containers::{jpeg_with_exif, png_with_exif};
use support::exif::Exif;
use support::{encoded, jpeg, pixels, scene, seeded};

fn redacted(file: &[u8], budget: &PhotoBudget, areas: &[Rect]) -> Result<Ingested, PhotoError> {
    Ingest::new(budget, &Limits::default(), &Unwatched)
        .redact(areas)
        .photo(Cursor::new(file))
}

fn png(picture: &RgbImage) -> Vec<u8> {
    encoded(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::Png)
}

fn inside(area: &Rect, x: u32, y: u32) -> bool {
    let within =
        |at: u32, from: u32, length: u32| at >= from && u64::from(at) < u64::from(from) + u64::from(length);
    within(x, area.left, area.width) && within(y, area.top, area.height)
}

/// The picture with something else in those areas.
fn changed(picture: &RgbImage, areas: &[Rect]) -> RgbImage {
    let mut other = picture.clone();
    for (x, y, pixel) in other.enumerate_pixels_mut() {
        if areas.iter().any(|area| inside(area, x, y)) {
            *pixel = Rgb([255 - pixel.0[0], (x * 91 + y * 57) as u8, pixel.0[2] ^ 0xFF]);
        }
    }
    other
}

proptest! {
    #![proptest_config(seeded(48))]

    /// Two photos that differ in those areas alone become the same bytes: nothing of what was there is left.
    #[test]
    fn nothing_is_left_of_what_was_covered(
        width in 30u32..300, height in 30u32..300, max_edge in 20u32..300, seed in 1u64..,
        corners in proptest::collection::vec((0u32..300, 0u32..300, 1u32..80, 1u32..80), 1..4),
    ) {
        let picture = scene(width, height, 60, seed);
        let areas: Vec<Rect> = corners
            .into_iter()
            .map(|(left, top, wide, high)| Rect { left: left % width, top: top % height, width: wide, height: high })
            .collect();
        let budget = PhotoBudget { max_edge, max_bytes: 200_000, profile: Profile::Fast };
        let one = redacted(&png(&picture), &budget, &areas).unwrap();
        let other = redacted(&png(&changed(&picture, &areas)), &budget, &areas).unwrap();
        prop_assert!(one.jpeg == other.jpeg && one.thumbnail == other.thumbnail);
        // The middle of each is black.
        let shown = pixels(&one.jpeg);
        for area in &areas {
            let middle = |from: u32, length: u32, full: u32, small: u32| {
                let end = (from + length).min(full);
                ((from + end) * small / (2 * full)).min(small - 1)
            };
            let x = middle(area.left, area.width, width, shown.width());
            let y = middle(area.top, area.height, height, shown.height());
            prop_assert!(shown.get_pixel(x, y).0.iter().all(|level| *level < 40), "{:?}", shown.get_pixel(x, y));
        }
    }
}

#[test]
fn areas_are_those_of_the_upright_photo() {
    let area = Rect {
        left: 10,
        top: 20,
        width: 40,
        height: 60,
    };
    let white = RgbImage::from_pixel(200, 120, Rgb([255; 3]));
    for orientation in 1..=8 {
        let (width, height) = if orientation < 5 { (200, 120) } else { (120, 200) };
        let block = Exif::with_orientation(orientation).bytes();
        let file = png_with_exif(&png(&white), &block);
        let photo = redacted(&file, &PhotoBudget::NORMAL, &[area]).unwrap();
        let shown = pixels(&photo.jpeg);
        assert_eq!(shown.dimensions(), (width, height));
        for (x, y, pixel) in shown.enumerate_pixels() {
            let near = inside(
                &Rect {
                    left: 0,
                    top: 4,
                    width: 66,
                    height: 92,
                },
                x,
                y,
            );
            if inside(&area, x, y) {
                assert!(
                    pixel.0.iter().all(|level| *level < 40),
                    "{orientation}: {x}, {y} is {pixel:?}"
                );
            } else if !near {
                assert!(
                    pixel.0.iter().all(|level| *level > 215),
                    "{orientation}: {x}, {y} is {pixel:?}"
                );
            }
        }
    }
}

#[test]
fn an_original_that_would_be_kept_is_not() {
    let file = jpeg_with_exif(&jpeg(&scene(200, 120, 30, 3)), &Exif::hue());
    let kept = redacted(&file, &PhotoBudget::NORMAL, &[]).unwrap();
    assert_eq!(kept.encodes, 0);
    let area = Rect {
        left: 50,
        top: 30,
        width: 60,
        height: 40,
    };
    let photo = redacted(&file, &PhotoBudget::NORMAL, &[area]).unwrap();
    assert!(photo.encodes > 0);
    for picture in [&photo.jpeg, &photo.thumbnail] {
        let shown = pixels(picture);
        assert!(shown.get_pixel(80, 50).0.iter().all(|level| *level < 20));
    }
    // Its metadata are read all the same.
    assert_eq!(photo.metadata, kept.metadata);
}

#[test]
fn an_area_that_covers_nothing_is_a_mistake_and_one_that_reaches_beyond_is_none() {
    let file = jpeg(&scene(200, 120, 30, 3));
    let area = |left, top, width, height| Rect {
        left,
        top,
        width,
        height,
    };
    let fine = area(0, 0, 10, 10);
    let bad = [
        area(200, 0, 10, 10),
        area(0, 120, 10, 10),
        area(10, 10, 0, 5),
        area(10, 10, 5, 0),
        area(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
    ];
    for bad in bad {
        let refused = redacted(&file, &PhotoBudget::NORMAL, &[fine, bad]);
        assert!(
            matches!(refused, Err(PhotoError::BadRedaction { index: 1 })),
            "{bad:?}"
        );
    }
    let many = vec![fine; MAX_REDACTIONS + 1];
    assert!(matches!(
        redacted(&file, &PhotoBudget::NORMAL, &many),
        Err(PhotoError::BadRedaction {
            index: MAX_REDACTIONS
        })
    ));
    assert!(redacted(&file, &PhotoBudget::NORMAL, &many[1..]).is_ok());
    for whole in [area(0, 0, u32::MAX, u32::MAX), area(0, 0, 200, 120)] {
        let shown = pixels(&redacted(&file, &PhotoBudget::NORMAL, &[whole]).unwrap().jpeg);
        assert!(
            shown
                .pixels()
                .all(|pixel| pixel.0.iter().all(|level| *level < 10))
        );
    }
    let corner = area(199, 119, u32::MAX, u32::MAX);
    assert!(redacted(&file, &PhotoBudget::NORMAL, &[corner]).is_ok());
}
