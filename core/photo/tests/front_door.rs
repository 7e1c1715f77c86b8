//! What comes in and what is refused, and that refusing costs nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use image::{DynamicImage, ImageFormat};
use phananh_photo::{Kind, Limits, PhotoBudget, PhotoError, Profile, Unwatched, Warning, ingest, sniff};
use support::containers::{forged_frame, heic_with_exif, jpeg_with_segment};
use support::golden::{ARITHMETIC, PROGRESSIVE};
use support::{difference, encoded, ingest_bytes, jpeg, pixels, scene};

fn refusal(bytes: &[u8]) -> PhotoError {
    ingest_bytes(bytes, &PhotoBudget::NORMAL).unwrap_err()
}

#[test]
fn kinds_are_told_by_content() {
    let picture = DynamicImage::ImageRgb8(scene(8, 8, 0, 1));
    assert_eq!(sniff(&encoded(&picture, ImageFormat::Jpeg)), Kind::Jpeg);
    assert_eq!(sniff(&encoded(&picture, ImageFormat::Png)), Kind::Png);
    assert_eq!(sniff(&encoded(&picture, ImageFormat::WebP)), Kind::WebP);
    assert_eq!(sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Kind::Heic);
    assert_eq!(sniff(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"), Kind::Heic);
    assert_eq!(sniff(b"\0\0\0\x1cftypavif\0\0\0\0mif1miafavif"), Kind::Avif);
    assert_eq!(sniff(b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif"), Kind::Avif);
    for other in [
        b"".as_slice(),
        b"GIF89a",
        b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
        b"\xFF\xD8",
        b"RIFF\0\0\0\0WAVE",
    ] {
        assert_eq!(sniff(other), Kind::Unknown);
    }
}

#[test]
fn files_that_are_no_photo_are_refused_by_name() {
    assert!(matches!(
        refusal("Ổ gà trước số 12".as_bytes()),
        PhotoError::NotAPhoto
    ));
    assert!(matches!(refusal(b""), PhotoError::NotAPhoto));
    assert!(matches!(
        refusal(b"\xFF\xD8\xFFnot really"),
        PhotoError::Unreadable
    ));
    assert!(matches!(refusal(b"\x89PNG\r\n\x1a\n"), PhotoError::Unreadable));
    assert!(matches!(refusal(b"RIFF\x04\0\0\0WEBP"), PhotoError::Unreadable));
    assert!(matches!(
        refusal(&heic_with_exif(b"")),
        PhotoError::Unsupported { what: "HEIC" }
    ));
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0mif1miafavif";
    assert!(matches!(refusal(avif), PhotoError::Unsupported { what: "AVIF" }));
}

#[test]
fn variants_that_are_not_decoded_are_refused_by_name() {
    assert!(matches!(
        refusal(ARITHMETIC),
        PhotoError::Unsupported {
            what: "arithmetic JPEG"
        }
    ));
    let mut twelve_bit = jpeg(&scene(16, 16, 0, 1));
    let frame = twelve_bit
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    twelve_bit[frame + 4] = 12;
    assert!(matches!(
        refusal(&twelve_bit),
        PhotoError::Unsupported { what: "12-bit JPEG" }
    ));
}

/// Counts what is read of it: a refusal from the header reads the header.
struct Counted<'a> {
    inner: Cursor<&'a [u8]>,
    read: &'a std::cell::Cell<usize>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.set(self.read.get() + read);
        Ok(read)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn bombs_are_refused_from_their_header_alone() {
    let harmless = jpeg(&scene(64, 64, 255, 3));
    for marker in [0xC0, 0xC1, 0xC2] {
        let mut bomb = forged_frame(&harmless, marker, 65_500, 65_500);
        bomb.resize(3_000_000, 0x55);
        let read = std::cell::Cell::new(0);
        let source = Counted {
            inner: Cursor::new(&bomb),
            read: &read,
        };
        let refused = ingest(source, &PhotoBudget::NORMAL, &Limits::default(), &Unwatched).unwrap_err();
        assert!(
            matches!(
                refused,
                PhotoError::TooLarge {
                    width: 65_500,
                    height: 65_500
                }
            ),
            "{marker:02X}: {refused}"
        );
        assert!(read.get() < 50_000, "{marker:02X}: read {} bytes", read.get());
    }
}

#[test]
fn each_cap_is_kept_to_the_pixel() {
    let harmless = jpeg(&scene(64, 64, 255, 3));
    let too_large = |marker, width, height, limits: &Limits| {
        let file = forged_frame(&harmless, marker, width, height);
        let refused = ingest(Cursor::new(&file), &PhotoBudget::NORMAL, limits, &Unwatched);
        matches!(refused, Err(PhotoError::TooLarge { .. }))
    };
    let limits = Limits {
        max_pixels: 20_000,
        max_pixels_progressive: 10_000,
        ..Limits::default()
    };
    assert!(!too_large(0xC0, 200, 100, &limits));
    assert!(too_large(0xC0, 201, 100, &limits));
    assert!(!too_large(0xC2, 100, 100, &limits));
    assert!(too_large(0xC2, 101, 100, &limits));
    assert!(too_large(
        0xC0,
        100,
        20,
        &Limits {
            max_edge: 99,
            ..Limits::default()
        }
    ));
    // 25 x 13 blocks of 128 bytes for each of three components: the coefficients of 200 x 100 pixels in several scans.
    let alloc = |max_alloc| Limits {
        max_alloc,
        ..Limits::default()
    };
    assert!(too_large(0xC2, 200, 100, &alloc(124_799)));
    assert!(!too_large(0xC2, 200, 100, &alloc(124_800)));
    // In one scan none of them is held.
    assert!(!too_large(0xC0, 200, 100, &alloc(124_799)));
}

#[test]
fn a_second_frame_header_is_no_way_around_the_caps() {
    let small = jpeg(&scene(64, 64, 0, 3));
    let frame = small.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let second = forged_frame(&small, 0xC0, 65_500, 65_500)[frame..frame + 19].to_vec();
    let doubled = [&small[..frame + 19], &second, &small[frame + 19..]].concat();
    assert!(matches!(refusal(&doubled), PhotoError::Unreadable));
    // The frame of a thumbnail inside a segment is not one of this picture.
    let with_thumbnail = jpeg_with_segment(&small, 0xE1, &second);
    assert_eq!(
        ingest_bytes(&with_thumbnail, &PhotoBudget::NORMAL).unwrap().width,
        64
    );
}

#[test]
fn png_and_webp_bombs_are_refused_too() {
    let mut png = encoded(&DynamicImage::ImageRgb8(scene(8, 8, 0, 1)), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xFF, 0xDC, 0, 0, 0xFF, 0xDC]);
    assert!(matches!(
        refusal(&png),
        PhotoError::TooLarge {
            width: 65_500,
            height: 65_500
        }
    ));
    let webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xDB\xFF\0\xDB\xFF\0VP8L\x04\0\0\0";
    assert!(matches!(
        refusal(webp),
        PhotoError::TooLarge {
            width: 65_500,
            height: 65_500
        }
    ));
}

#[test]
fn a_profile_larger_than_any_camera_writes_is_left_out() {
    // It is packed in a PNG: how large it is shows only while it is unpacked, and memory would be spent by then.
    let picture = DynamicImage::ImageRgb8(scene(64, 48, 0, 1));
    let plain = encoded(&picture, ImageFormat::Png);
    let with_profile = |bytes: usize| {
        let mut profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        profile.resize(bytes.max(profile.len()), 0);
        let file = support::containers::png_with_profile(&plain, &profile);
        ingest_bytes(&file, &PhotoBudget::NORMAL).unwrap().jpeg
    };
    let as_stored = ingest_bytes(&plain, &PhotoBudget::NORMAL).unwrap().jpeg;
    assert!(with_profile(0) != as_stored);
    assert!(with_profile(40_000_000) == as_stored);
}

#[test]
fn too_many_scans_and_too_many_bytes_are_refused() {
    let source = || Cursor::new(PROGRESSIVE);
    let with = |limits: Limits| ingest(source(), &PhotoBudget::NORMAL, &limits, &Unwatched);
    assert!(with(Limits::default()).is_ok());
    let few = with(Limits {
        max_scans: 3,
        ..Limits::default()
    });
    assert!(matches!(
        few,
        Err(PhotoError::Unsupported {
            what: "JPEG with too many scans"
        })
    ));
    let long = with(Limits {
        max_file_bytes: 618,
        ..Limits::default()
    });
    assert!(matches!(long, Err(PhotoError::FileTooLarge { bytes: 619 })));
}

#[test]
fn a_progressive_picture_is_decoded() {
    let photo = ingest_bytes(PROGRESSIVE, &PhotoBudget::NORMAL).unwrap();
    assert_eq!((photo.width, photo.height), (32, 24));
    let pixel = pixels(&photo.jpeg).get_pixel(16, 20).0;
    for (got, made_of) in pixel.into_iter().zip([200u8, 40, 40]) {
        assert!(got.abs_diff(made_of) <= 8, "{pixel:?}");
    }
}

#[test]
fn a_truncated_jpeg_gives_what_came_and_says_so() {
    let picture = scene(320, 240, 40, 5);
    let whole = jpeg(&picture);
    let cut = ingest_bytes(&whole[..whole.len() / 2], &PhotoBudget::NORMAL).unwrap();
    assert_eq!(cut.warnings, [Warning::Truncated]);
    assert_eq!((cut.width, cut.height), (320, 240));
    let top = |picture| image::imageops::crop_imm(picture, 0, 0, 320, 96).to_image();
    let (shown, meant) = (pixels(&cut.jpeg), pixels(&whole));
    assert!(difference(&top(&shown), &top(&meant)) < 4.0);
    // Cut before the first scan there is nothing to show; cut anywhere it is typed.
    for length in (3..whole.len().min(900)).step_by(5) {
        match ingest_bytes(&whole[..length], &PhotoBudget::NORMAL) {
            Ok(photo) => assert_eq!(photo.warnings, [Warning::Truncated]),
            Err(error) => assert!(matches!(error, PhotoError::Unreadable), "{length}: {error}"),
        }
    }
    // What follows the end is not part of the picture, and not missing either.
    let trailed = [whole.as_slice(), b"second picture"].concat();
    assert_eq!(ingest_bytes(&trailed, &PhotoBudget::NORMAL).unwrap().warnings, []);
}

#[test]
fn a_truncated_png_is_unreadable() {
    let png = encoded(&DynamicImage::ImageRgb8(scene(64, 64, 200, 1)), ImageFormat::Png);
    assert!(matches!(refusal(&png[..png.len() / 2]), PhotoError::Unreadable));
}

#[test]
fn damage_inside_the_data_is_told() {
    let mut file = jpeg(&scene(320, 240, 40, 5));
    let middle = file.len() / 2;
    file[middle..middle + 60].fill(0xA5);
    let photo = ingest_bytes(&file, &PhotoBudget::NORMAL).unwrap();
    assert_eq!((photo.width, photo.height), (320, 240));
    assert_eq!(photo.warnings, [Warning::Damaged]);
    assert!(photo.encodes > 0, "a damaged original is not kept as it is");
}

/// Every kind of file that the codec tells apart, mutated a few bytes at a time; heads are hit as often as data.
#[test]
fn thousands_of_damaged_files_give_a_picture_or_a_typed_error() {
    let picture = DynamicImage::ImageRgb8(scene(48, 48, 100, 11));
    let made =
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| encoded(&picture, format));
    let files = made
        .iter()
        .map(Vec::as_slice)
        .chain(support::golden::ALL.iter().copied());
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % below
    };
    let limits = Limits {
        max_pixels: 4_000_000,
        max_pixels_progressive: 1_000_000,
        ..Limits::default()
    };
    let mut outcomes = [0; 2];
    for file in files {
        for round in 0..250 {
            let mut damaged = file.to_vec();
            let reach = if round % 2 == 0 {
                damaged.len()
            } else {
                damaged.len().min(200)
            };
            for _ in 0..1 + random(6) {
                let at = random(reach);
                damaged[at] = random(256) as u8;
            }
            if round % 10 == 0 {
                damaged.truncate(random(file.len()));
            }
            let budget = PhotoBudget {
                max_edge: 1 + random(100) as u32,
                profile: if round % 4 == 0 {
                    Profile::Small
                } else {
                    Profile::Fast
                },
                ..PhotoBudget::WORST
            };
            match ingest(Cursor::new(&damaged), &budget, &limits, &Unwatched) {
                Ok(photo) => {
                    assert!(photo.jpeg.len() <= 60_000);
                    outcomes[0] += 1;
                }
                Err(PhotoError::Io(error)) => panic!("memory does not fail to be read: {error}"),
                Err(_) => outcomes[1] += 1,
            }
        }
    }
    assert!(
        outcomes.iter().all(|count| *count > 500),
        "shown, refused: {outcomes:?}"
    );
}

#[test]
fn an_ingest_can_be_cancelled_at_every_step() {
    let bytes = jpeg(&scene(400, 300, 60, 2));
    let steps = std::cell::Cell::new(0);
    let count = |_, _| {
        steps.set(steps.get() + 1);
        ControlFlow::Continue(())
    };
    ingest(
        Cursor::new(&bytes),
        &PhotoBudget::NORMAL,
        &Limits::default(),
        &count,
    )
    .unwrap();
    let all = steps.get();
    assert!(all >= 3, "told {all} times");
    // The first hundred, and then some: encoding asks often.
    for last in (1..=all.min(100)).chain((101..=all).step_by(37)) {
        let left = std::cell::Cell::new(last);
        let stop = |done: u32, total: u32| {
            assert!(done <= total && total == 300);
            left.set(left.get() - 1);
            if left.get() == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let stopped = ingest(
            Cursor::new(&bytes),
            &PhotoBudget::NORMAL,
            &Limits::default(),
            &stop,
        );
        assert!(matches!(stopped, Err(PhotoError::Cancelled)), "at step {last}");
    }
}

/// Of a reader: how far it was read when the ingest ended, in rows.
#[test]
fn progress_goes_by_a_few_rows_and_an_end_is_heard_within_them() {
    let picture = scene(640, 480, 200, 2);
    let files = [
        jpeg(&picture),
        encoded(&DynamicImage::ImageRgb8(picture), ImageFormat::Png),
    ];
    for file in files {
        let told = std::cell::RefCell::new(Vec::new());
        let listen = |done: u32, total: u32| {
            assert_eq!(total, 480);
            told.borrow_mut().push(done);
            ControlFlow::Continue(())
        };
        let budget = PhotoBudget {
            max_edge: 320,
            ..PhotoBudget::NORMAL
        };
        ingest(Cursor::new(&file), &budget, &Limits::default(), &listen).unwrap();
        let told = told.into_inner();
        assert!(told.is_sorted(), "never back");
        assert!(told.windows(2).all(|pair| pair[1] - pair[0] <= 16), "{told:?}");
        assert_eq!((told[0], told[told.len() - 1]), (0, 480));
    }
    // A JPEG of noise is read as it is decoded: what was read when the ingest was ended tells how far that was.
    let file = jpeg(&scene(640, 1600, 200, 2));
    let read = std::cell::Cell::new(0);
    let source = Counted {
        inner: Cursor::new(&file),
        read: &read,
    };
    let at = std::cell::Cell::new(0);
    let stop = |done: u32, _: u32| match done {
        400.. => {
            at.set(read.get());
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    };
    let ended = ingest(source, &PhotoBudget::POOR, &Limits::default(), &stop);
    assert!(matches!(ended, Err(PhotoError::Cancelled)));
    assert!(
        at.get() > 0 && at.get() < file.len() / 2,
        "{} of {}",
        at.get(),
        file.len()
    );
    assert_eq!(read.get(), at.get(), "nothing is read after the end");
}

/// What fuzzing has found, and what covers most of what it has seen.
#[test]
fn every_seed_of_the_fuzzer_gives_a_picture_or_a_typed_error() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds");
    let limits = Limits {
        max_pixels: 1_000_000,
        max_pixels_progressive: 250_000,
        ..Limits::default()
    };
    let mut tried = 0;
    for target in std::fs::read_dir(seeds).unwrap() {
        for seed in std::fs::read_dir(target.unwrap().path()).unwrap() {
            let path = seed.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let budget = PhotoBudget {
                max_edge: 1 + u32::from(bytes.last().copied().unwrap_or(0) & 0x3F),
                profile: Profile::Fast,
                ..PhotoBudget::WORST
            };
            let taken = ingest(Cursor::new(&bytes), &budget, &limits, &Unwatched);
            assert!(!matches!(taken, Err(PhotoError::Io(_))), "{}", path.display());
            let _ = phananh_photo::audit(Cursor::new(&bytes), &limits);
            let _ = phananh_photo::read_metadata(Cursor::new(&bytes), &limits);
            tried += 1;
        }
    }
    assert!(tried >= 100, "{tried} seeds");
}
