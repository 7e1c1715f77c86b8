//! Pictures, EXIF blocks and containers, written here from their specifications, for tests of the photo pipeline.

#![allow(dead_code, unreachable_pub)] // each test binary uses its own part

pub mod ciede2000;
pub mod containers;
pub mod exif;
pub mod golden;
pub mod markers;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use phananh_photo::{Ingested, Limits, PhotoBudget, PhotoError, Unwatched, ingest};

/// Ingests bytes with the default limits, unwatched.
pub fn ingest_bytes(bytes: &[u8], budget: &PhotoBudget) -> Result<Ingested, PhotoError> {
    ingest(Cursor::new(bytes), budget, &Limits::default(), &Unwatched)
}

/// Pixels of a JPEG.
pub fn pixels(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg)
        .unwrap()
        .into_rgb8()
}

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    encoded(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::Jpeg)
}

/// A picture with smooth parts and, from 0 to 255, that much grain: the more grain, the more bytes.
pub fn scene(width: u32, height: u32, grain: u8, seed: u64) -> RgbImage {
    let mut state = seed | 1;
    RgbImage::from_fn(width, height, |x, y| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let noise = (state >> 32) as u32 % (u32::from(grain) + 1);
        let (x, y) = (x * 255 / width, y * 255 / height);
        Rgb([x, y, (x + y) / 2].map(|value| ((value * (255 - u32::from(grain))) / 255 + noise) as u8))
    })
}

/// Mean absolute difference of two pictures of one size, levels of 255.
pub fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a
        .as_raw()
        .iter()
        .zip(b.as_raw())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / a.as_raw().len() as f64
}

/// Properties draw the same cases on every run: a failure shows again without a file that remembers it.
pub fn seeded(cases: u32) -> proptest::test_runner::Config {
    use proptest::test_runner::{Config, RngSeed};
    Config {
        cases,
        rng_seed: RngSeed::Fixed(0x000F_0705),
        failure_persistence: None,
        ..Config::default()
    }
}
