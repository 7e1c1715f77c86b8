//! A ring over genuine phone photos, whose values were read by other programs (exiftool, Pillow). The photos are not
//! part of the project: they are read from the folder that `PHANANH_SHARED` names (default: `shared` beside the
//! checkout). Without them each test counts as skipped, with the reason; where `CI=true` that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![allow(clippy::print_stdout)]

mod support;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use phananh_photo::{
    Ingested, Limits, Metadata, NoPosition, PhotoBudget, PhotoError, Unwatched, Warning, Zone, ingest,
    read_metadata,
};
use support::markers::assert_private;

fn folder() -> PathBuf {
    let shared = match std::env::var_os("PHANANH_SHARED") {
        Some(shared) => PathBuf::from(shared),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    shared.join("fixtures/photos")
}

fn open(name: &str) -> File {
    File::open(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn metadata(name: &str) -> Metadata {
    read_metadata(open(name), &Limits::default()).unwrap()
}

fn shrunk(name: &str) -> Result<Ingested, PhotoError> {
    ingest(open(name), &PhotoBudget::NORMAL, &Limits::default(), &Unwatched)
}

/// A row of the table of expected values.
struct Expected {
    file: &'static str,
    orientation: u8,
    position: Result<[f64; 2], NoPosition>,
    accuracy_m: Option<f64>,
    altitude_m: Option<f64>,
    method: Option<&'static str>,
    gps_instant: Option<&'static str>,
    taken_at: Option<(&'static str, Option<i16>)>,
}

const NOTHING: Expected = Expected {
    file: "",
    orientation: 1,
    position: Err(NoPosition::NoGps),
    accuracy_m: None,
    altitude_m: None,
    method: None,
    gps_instant: None,
    taken_at: None,
};

const PIXEL: Expected = Expected {
    position: Ok([50.2996028, 14.8202944]),
    altitude_m: Some(252.0),
    method: Some("fused"),
    gps_instant: Some("2018-07-25T14:34:23Z"),
    taken_at: Some(("2018-07-25T16:34:23.935476", None)),
    ..NOTHING
};

fn expectations() -> Vec<Expected> {
    vec![
        Expected {
            file: "google-pixel-fused-small.jpg",
            ..PIXEL
        },
        Expected {
            file: "truncated-pixel.jpg",
            ..PIXEL
        },
        Expected {
            file: "png-exif-gps.png",
            ..PIXEL
        },
        Expected {
            file: "large/google-pixel-12mp-fused.jpg",
            ..PIXEL
        },
        Expected {
            file: "apple-iphone-4-gps-no-date.jpg",
            position: Ok([41.853, 12.4888333]),
            taken_at: Some(("2011-01-13T14:33:39", None)),
            ..NOTHING
        },
        Expected {
            file: "apple-iphone-4s-orient6-small.jpg",
            orientation: 6,
            taken_at: Some(("2012-08-26T15:53:03", None)),
            ..NOTHING
        },
        Expected {
            file: "apple-iphone-6-bad-datestamp-small.jpg",
            position: Ok([51.7624083, -0.3178917]),
            altitude_m: Some(111.26),
            taken_at: Some(("2014-09-16T14:05:12.133", None)),
            ..NOTHING
        },
        Expected {
            file: "samsung-galaxy-s-null-island.jpg",
            orientation: 6,
            position: Err(NoPosition::NullIsland),
            taken_at: Some(("2011-04-02T18:30:10", None)),
            ..NOTHING
        },
        Expected {
            file: "samsung-s7-edge-altref1.jpg",
            position: Ok([48.8925, 2.2363889]),
            altitude_m: Some(0.0),
            gps_instant: Some("2017-02-09T18:51:28Z"),
            taken_at: Some(("2017-02-09T19:51:38.0887", None)),
            ..NOTHING
        },
        Expected {
            file: "made-empty-gps.jpg",
            position: Err(NoPosition::BadReference),
            taken_at: Some(("2025-06-01T16:59:26.023460", None)),
            ..NOTHING
        },
        Expected {
            file: "apple-iphone-xr-1px-hpe.jpg",
            position: Ok([43.8594694, 15.5032833]),
            accuracy_m: Some(4.7927),
            altitude_m: Some(0.9),
            taken_at: Some(("2020-09-02T18:52:42.892", None)),
            ..NOTHING
        },
        Expected {
            file: "apple-iphone-7.heic",
            position: Ok([38.0466417, 12.9944111]),
            accuracy_m: Some(6.0009),
            altitude_m: Some(1.40),
            taken_at: Some(("2019-10-20T18:34:30.130", Some(120))),
            ..NOTHING
        },
        Expected {
            file: "apple-iphone-11-pro-exif-at-eof.heic",
            position: Ok([47.2071241, 106.2431051]),
            taken_at: Some(("2020-05-04T18:39:11.644", Some(-240))),
            ..NOTHING
        },
        Expected {
            file: "apple-iphone-x-orient6.webp",
            orientation: 6,
            position: Ok([37.3926778, -122.0409694]),
            accuracy_m: Some(65.0),
            altitude_m: Some(16.06),
            gps_instant: Some("2018-08-27T19:20:20Z"),
            taken_at: Some(("2018-08-27T12:20:23.738", None)),
            ..NOTHING
        },
        Expected {
            file: "htc-desire-gps.webp",
            position: Ok([45.5006667, 9.1103333]),
            altitude_m: Some(217.0),
            gps_instant: Some("2011-05-06T07:59:48Z"),
            taken_at: Some(("2011-05-06T09:59:48", None)),
            ..NOTHING
        },
        Expected {
            file: "no-exif.jpg",
            position: Err(NoPosition::NoMetadata),
            ..NOTHING
        },
        Expected {
            file: "made-broken-exif-offsets.jpg",
            orientation: 6,
            ..NOTHING
        },
        Expected {
            file: "large/oppo-r7-plus-13mp-no-orientation.jpg",
            position: Ok([60.2674637, 8.7711324]),
            altitude_m: Some(0.0),
            method: Some("NETWORK"),
            gps_instant: Some("2018-07-16T15:52:22Z"),
            taken_at: Some(("2018-07-16T17:52:22", None)),
            ..NOTHING
        },
        Expected {
            file: "large/apple-iphone-5-8mp-orient3.jpg",
            orientation: 3,
            position: Ok([47.6271667, -122.3373333]),
            altitude_m: Some(3.98),
            taken_at: Some(("2012-09-29T16:11:25", None)),
            ..NOTHING
        },
        Expected {
            file: "large/samsung-s9plus-12mp-no-gps.jpg",
            taken_at: Some(("2020-10-27T13:23:33.860627", None)),
            ..NOTHING
        },
    ]
}

fn metadata_is_what_other_programs_read() {
    let mut wrong = Vec::new();
    for expected in expectations() {
        let outcome = catch_unwind(AssertUnwindSafe(|| check_metadata(&expected)));
        if outcome.is_err() {
            wrong.push(expected.file);
        }
    }
    assert!(wrong.is_empty(), "not as expected: {wrong:?}");
}

fn check_metadata(expected: &Expected) {
    let read = metadata(expected.file);
    assert_eq!(read.orientation.exif(), expected.orientation, "{}", expected.file);
    let taken_at = read.taken_at.as_ref().map(|taken_at| {
        let offset = match taken_at.zone {
            Zone::Stated { offset_minutes } => Some(offset_minutes),
            Zone::Assumed => None,
        };
        (taken_at.local.as_str(), offset)
    });
    assert_eq!(taken_at, expected.taken_at, "{}", expected.file);
    match (read.position, expected.position) {
        (Ok(position), Ok([lat, lon])) => {
            assert!(
                (position.lat - lat).abs() < 1e-7,
                "{}: {}",
                expected.file,
                position.lat
            );
            assert!(
                (position.lon - lon).abs() < 1e-7,
                "{}: {}",
                expected.file,
                position.lon
            );
            let near = |read: Option<f64>, expected: Option<f64>| match (read, expected) {
                (Some(read), Some(expected)) => (read - expected).abs() < 0.01,
                (None, None) => true,
                _ => false,
            };
            assert!(
                near(position.accuracy_m, expected.accuracy_m),
                "{}: {position:?}",
                expected.file
            );
            // The table names no altitude for every file; where it does, it holds.
            assert!(expected.altitude_m.is_none() || near(position.altitude_m, expected.altitude_m));
            if expected.method.is_some() {
                assert_eq!(position.method.as_deref(), expected.method, "{}", expected.file);
            }
            let instant = position
                .at_unix_ms
                .map(|ms| jiff::Timestamp::from_millisecond(ms).unwrap().to_string());
            assert_eq!(instant.as_deref(), expected.gps_instant, "{}", expected.file);
        }
        (read, expected_position) => {
            assert_eq!(
                read.map(|position| [position.lat, position.lon]),
                expected_position,
                "{}",
                expected.file
            );
        }
    }
}

/// All eight are the same letter: black and white after a threshold in the middle.
fn the_eight_orientations_show_one_letter() {
    let letter = |name: &str| {
        let photo = shrunk(name).unwrap();
        assert_eq!((photo.width, photo.height), (48, 80), "{name}");
        let gray = image::load_from_memory(&photo.jpeg).unwrap().into_luma8();
        gray.into_raw()
            .into_iter()
            .map(|level| level >= 128)
            .collect::<Vec<_>>()
    };
    let first = letter("orientation/f1.jpg");
    for orientation in 1..=8 {
        let name = format!("orientation/f{orientation}.jpg");
        assert_eq!(metadata(&name).orientation.exif(), orientation);
        let wrong = letter(&name).iter().zip(&first).filter(|(a, b)| a != b).count();
        assert_eq!(wrong, 0, "{name}: {wrong} pixels differ");
    }
}

fn every_photo_becomes_small_and_private() {
    let files = [
        ("google-pixel-fused-small.jpg", 1012, 759),
        ("apple-iphone-4-gps-no-date.jpg", 1296, 968),
        ("apple-iphone-4s-orient6-small.jpg", 360, 480),
        ("apple-iphone-6-bad-datestamp-small.jpg", 480, 360),
        ("samsung-galaxy-s-null-island.jpg", 480, 640),
        ("samsung-s7-edge-altref1.jpg", 480, 360),
        ("made-empty-gps.jpg", 320, 240),
        ("apple-iphone-xr-1px-hpe.jpg", 1, 1),
        ("no-exif.jpg", 250, 188),
        ("made-broken-exif-offsets.jpg", 64, 100),
        ("png-exif-gps.png", 40, 30),
        ("apple-iphone-x-orient6.webp", 240, 320),
        ("htc-desire-gps.webp", 776, 909),
        ("large/google-pixel-12mp-fused.jpg", 1600, 1200),
        ("large/oppo-r7-plus-13mp-no-orientation.jpg", 1200, 1600),
        ("large/apple-iphone-5-8mp-orient3.jpg", 1600, 1200),
        ("large/samsung-s9plus-12mp-no-gps.jpg", 1600, 1200),
    ];
    for (name, width, height) in files {
        let photo = shrunk(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((photo.width, photo.height), (width, height), "{name}");
        assert!(photo.jpeg.len() <= 300_000, "{name}");
        assert_eq!(photo.warnings, [], "{name}");
        assert_private(&photo.jpeg);
        assert_private(&photo.thumbnail);
    }
}

fn a_cut_transfer_gives_a_picture_and_says_so() {
    let photo = shrunk("truncated-pixel.jpg").unwrap();
    assert_eq!((photo.width, photo.height), (1012, 759));
    assert_eq!(photo.warnings, [Warning::Truncated]);
}

fn heic_is_named_and_broken_boxes_do_no_harm() {
    for name in [
        "apple-iphone-7.heic",
        "apple-iphone-11-pro-exif-at-eof.heic",
        "broken-boxes.heif",
    ] {
        assert!(
            matches!(shrunk(name), Err(PhotoError::Unsupported { what: "HEIC" })),
            "{name}"
        );
    }
    assert!(metadata("broken-boxes.heif").position.is_err());
}

const TESTS: &[(&str, fn())] = &[
    (
        "metadata_is_what_other_programs_read",
        metadata_is_what_other_programs_read,
    ),
    (
        "the_eight_orientations_show_one_letter",
        the_eight_orientations_show_one_letter,
    ),
    (
        "every_photo_becomes_small_and_private",
        every_photo_becomes_small_and_private,
    ),
    (
        "a_cut_transfer_gives_a_picture_and_says_so",
        a_cut_transfer_gives_a_picture_and_says_so,
    ),
    (
        "heic_is_named_and_broken_boxes_do_no_harm",
        heic_is_named_and_broken_boxes_do_no_harm,
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    // As libtest does: words that are not options select tests by a part of their name.
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let chosen = TESTS
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|part| name.contains(*part)));
    let present = folder().is_dir();
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, test) in chosen {
        let outcome = match (present, in_ci) {
            (true, _) if catch_unwind(test).is_ok() => {
                passed += 1;
                "ok"
            }
            (true, _) => {
                failed += 1;
                "FAILED"
            }
            (false, true) => {
                failed += 1;
                "FAILED: the shared photos are not there, and CI must have them (set PHANANH_SHARED)"
            }
            (false, false) => {
                skipped += 1;
                "skipped: the shared photos are not there (set PHANANH_SHARED)"
            }
        };
        println!("test {name} ... {outcome}");
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
