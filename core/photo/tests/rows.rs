//! Rows from any decoder become what the same pixels become by way of a file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;

use image::{DynamicImage, ImageFormat, RgbaImage};
use phananh_photo::{
    Ingest, Ingested, Kind, Limits, Metadata, PhotoBudget, PhotoError, Pixels, Profile, Rows, Unwatched,
    Warning, read_metadata,
};
use support::containers::{jpeg_with_exif, png_with_exif};
use support::exif::Exif;
use support::{encoded, ingest_bytes, jpeg, pixels, scene};

const BUDGET: PhotoBudget = PhotoBudget {
    max_edge: 90,
    max_bytes: 60_000,
    profile: Profile::Fast,
};

fn metadata(exif: &Exif) -> Metadata {
    read_metadata(
        Cursor::new(jpeg_with_exif(&jpeg(&scene(8, 8, 0, 1)), exif)),
        &Limits::default(),
    )
    .unwrap()
}

fn rows<R>(size: (u32, u32), pixels: Pixels, rows: R) -> Rows<R> {
    Rows {
        width: size.0,
        height: size.1,
        pixels,
        profile: None,
        metadata: metadata(&Exif::with_orientation(1)),
        rows,
    }
}

fn ingested(picture: Rows<impl Read>) -> Result<Ingested, PhotoError> {
    Ingest::new(&BUDGET, &Limits::default(), &Unwatched).rows(picture)
}

#[test]
fn they_become_what_a_file_of_them_becomes() {
    let colours = DynamicImage::ImageRgb8(scene(200, 121, 60, 5));
    let shapes = RgbaImage::from_fn(200, 121, |x, y| {
        image::Rgba([x as u8, y as u8, 90, (x * 3 + y) as u8])
    });
    let shapes = DynamicImage::ImageRgba8(shapes);
    let cases = [
        (Pixels::Rgb, colours.clone()),
        (Pixels::Gray, DynamicImage::ImageLuma8(colours.to_luma8())),
        (Pixels::Rgba, shapes.clone()),
        (
            Pixels::GrayAlpha,
            DynamicImage::ImageLumaA8(shapes.to_luma_alpha8()),
        ),
    ];
    for (pixels, picture) in cases {
        for orientation in [1, 6] {
            let exif = Exif {
                main: Exif::with_orientation(orientation).main,
                ..Exif::hue()
            };
            let png = png_with_exif(&encoded(&picture, ImageFormat::Png), &exif.bytes());
            let by_file = ingest_bytes(&png, &BUDGET).unwrap();
            let by_rows = ingested(Rows {
                metadata: metadata(&exif),
                ..rows((200, 121), pixels, picture.as_bytes())
            })
            .unwrap();
            assert_eq!(by_rows.original.kind, Kind::Unknown);
            assert_eq!(by_rows.original.bytes, picture.as_bytes().len() as u64);
            let original = by_file.original;
            assert_eq!(
                Ingested { original, ..by_rows },
                by_file,
                "{pixels:?}, {orientation}"
            );
        }
    }
}

#[test]
fn rows_that_do_not_come_are_gray_and_said_to_be_missing() {
    let picture = scene(200, 120, 0, 5);
    let half = &picture.as_raw()[..200 * 3 * 60 + 17];
    let photo = ingested(rows((200, 120), Pixels::Rgb, half)).unwrap();
    assert_eq!(photo.warnings, [Warning::Truncated]);
    let shown = pixels(&photo.jpeg);
    assert!(
        shown
            .get_pixel(45, 45)
            .0
            .iter()
            .all(|level| level.abs_diff(128) < 6)
    );
    let whole = pixels(
        &ingested(rows((200, 120), Pixels::Rgb, picture.as_raw().as_slice()))
            .unwrap()
            .jpeg,
    );
    let (top, wanted) = (shown.get_pixel(45, 12).0, whole.get_pixel(45, 12).0);
    assert!(
        top.iter()
            .zip(wanted)
            .all(|(got, wanted)| got.abs_diff(wanted) < 8)
    );
    assert!(matches!(
        ingested(rows((200, 120), Pixels::Rgb, io::empty())),
        Err(PhotoError::Unreadable)
    ));
}

#[test]
fn sizes_are_held_against_the_limits_before_a_row_is_read() {
    struct Unread;
    impl Read for Unread {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("nothing of it is wanted")
        }
    }
    for size in [(65_536, 1), (1, 65_536), (20_000, 20_000), (u32::MAX, u32::MAX)] {
        let refused = ingested(rows(size, Pixels::Rgba, Unread));
        assert!(matches!(refused, Err(PhotoError::TooLarge { .. })), "{size:?}");
    }
    assert!(matches!(
        ingested(rows((0, 7), Pixels::Rgb, Unread)),
        Err(PhotoError::Unreadable)
    ));
}

#[test]
fn a_decoder_that_fails_and_a_citizen_who_leaves_end_it() {
    struct Failing(u32);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(buffer.len())
        }
    }
    let failed = ingested(rows((200, 120), Pixels::Rgb, Failing(60)));
    assert!(matches!(failed, Err(PhotoError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe));
    // Cancelled within a few rows: those that would fail are never asked for.
    let stop = |done: u32, _: u32| match done {
        48.. => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let cancelled =
        Ingest::new(&BUDGET, &Limits::default(), &stop).rows(rows((200, 120), Pixels::Rgb, Failing(60)));
    assert!(matches!(cancelled, Err(PhotoError::Cancelled)));
}
