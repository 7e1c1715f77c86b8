//! Writes the files that fuzzing starts from: `seeds DIR`, one of every kind that is told apart, and of each way to say
//! where and when. The same ones on every run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::PathBuf;

use image::{DynamicImage, ImageFormat};
use support::containers::{
    forged_frame, heic_with_exif, jpeg_with_exif, jpeg_with_segment, png_with_exif, webp_with_exif,
};
use support::exif::Exif;
use support::{encoded, golden, jpeg, scene};

fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("seeds DIR");
    fs::create_dir_all(&folder).expect("a folder to write to");
    for (name, bytes) in seeds() {
        fs::write(folder.join(name), bytes).expect("a file that can be written");
    }
}

fn seeds() -> Vec<(String, Vec<u8>)> {
    let tiny = scene(40, 24, 60, 3);
    let colours = DynamicImage::ImageRgb8(tiny.clone());
    let shapes = DynamicImage::ImageRgba8(colours.to_rgba8());
    let deep = DynamicImage::ImageRgb16(colours.to_rgb16());
    let (plain, png, webp) = (
        jpeg(&tiny),
        encoded(&colours, ImageFormat::Png),
        encoded(&colours, ImageFormat::WebP),
    );
    let mut seeds = vec![
        ("jpeg".to_owned(), plain.clone()),
        (
            "gray".to_owned(),
            encoded(&DynamicImage::ImageLuma8(colours.to_luma8()), ImageFormat::Jpeg),
        ),
        ("png".to_owned(), png.clone()),
        ("png-alpha".to_owned(), encoded(&shapes, ImageFormat::Png)),
        ("png-deep".to_owned(), encoded(&deep, ImageFormat::Png)),
        ("webp".to_owned(), webp.clone()),
        ("webp-alpha".to_owned(), encoded(&shapes, ImageFormat::WebP)),
        ("bomb".to_owned(), forged_frame(&plain, 0xC0, 65_500, 65_500)),
        (
            "bomb-progressive".to_owned(),
            forged_frame(&plain, 0xC2, 65_500, 65_500),
        ),
        ("comment".to_owned(), jpeg_with_segment(&plain, 0xFE, b"words")),
        ("p3".to_owned(), golden::P3.to_vec()),
    ];
    for (index, file) in golden::ALL.iter().enumerate() {
        seeds.push((format!("golden-{index}"), file.to_vec()));
    }
    for (index, file) in golden::TURNED
        .iter()
        .flatten()
        .enumerate()
        .filter(|(index, _)| index % 5 == 0)
    {
        let tagged = jpeg_with_exif(file, &Exif::with_orientation(1 + index as u16 % 8));
        seeds.push((format!("turned-{index}"), tagged));
    }
    for (name, exif) in [("hue", Exif::hue()), ("turned", Exif::with_orientation(6))] {
        let block = exif.bytes();
        seeds.push((format!("jpeg-{name}"), jpeg_with_exif(&plain, &exif)));
        seeds.push((format!("png-{name}"), png_with_exif(&png, &block)));
        seeds.push((format!("webp-{name}"), webp_with_exif(&webp, 40, 24, &block)));
        seeds.push((format!("heic-{name}"), heic_with_exif(&block)));
    }
    seeds
}
