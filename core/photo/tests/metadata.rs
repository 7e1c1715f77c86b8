//! Position, direction and time of a photo: every validity rule of the EXIF tags, in every container.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use phananh_photo::{Limits, Metadata, NoPosition, North, Orientation, PhotoError, Zone, read_metadata};
use proptest::prelude::*;
use support::containers::{heic_with_exif, jpeg_with_exif, jpeg_with_segment, png_with_exif, webp_with_exif};
use support::exif::{Exif, ascii, byte, rationals, raw_ascii, short, undefined};
use support::{encoded, jpeg, scene, seeded};

fn read(bytes: &[u8]) -> Metadata {
    read_metadata(Cursor::new(bytes), &Limits::default()).unwrap()
}

fn of(exif: &Exif) -> Metadata {
    read(&jpeg_with_exif(&jpeg(&scene(8, 8, 0, 1)), exif))
}

fn reason(exif: &Exif) -> NoPosition {
    of(exif).position.unwrap_err()
}

#[test]
fn every_container_gives_the_same() {
    let exif = Exif {
        main: vec![short(0x0112, 6)],
        ..Exif::hue()
    };
    let block = exif.bytes();
    let prefixed = [b"Exif\0\0".as_slice(), &block].concat();
    let picture = DynamicImage::ImageRgb8(scene(20, 10, 30, 1));
    let png = encoded(&picture, ImageFormat::Png);
    let webp = encoded(&picture, ImageFormat::WebP);
    let files = [
        jpeg_with_exif(&encoded(&picture, ImageFormat::Jpeg), &exif),
        png_with_exif(&png, &block),
        png_with_exif(&png, &prefixed),
        webp_with_exif(&webp, 20, 10, &block),
        webp_with_exif(&webp, 20, 10, &prefixed),
        heic_with_exif(&block),
    ];
    for (index, file) in files.iter().enumerate() {
        let metadata = read(file);
        let position = metadata.position.unwrap();
        assert!(
            (position.lat - 16.4637).abs() < 1e-9,
            "file {index}: {}",
            position.lat
        );
        assert!(
            (position.lon - 107.5909).abs() < 1e-9,
            "file {index}: {}",
            position.lon
        );
        let taken_at = metadata.taken_at.unwrap();
        assert_eq!(taken_at.local, "2026-03-04T05:06:07.0887");
        // A HEIC is turned by its container; the EXIF tag beside it must not turn it again.
        let heic = index == 5;
        let expected = if heic {
            Orientation::Upright
        } else {
            Orientation::Rotate90
        };
        assert_eq!(metadata.orientation, expected, "file {index}");
    }
}

#[test]
fn references_give_the_sign() {
    let position = of(&Exif::hue().gps(ascii(0x01, "S")).gps(ascii(0x03, "W")))
        .position
        .unwrap();
    assert!((position.lat + 16.4637).abs() < 1e-9 && (position.lon + 107.5909).abs() < 1e-9);
}

#[test]
fn a_position_is_whole_or_not_at_all() {
    for tag in 0x01..=0x04 {
        assert_eq!(
            reason(&Exif::hue().without_gps(tag)),
            NoPosition::Incomplete,
            "without tag {tag}"
        );
    }
    assert_eq!(
        reason(&Exif {
            gps: vec![],
            ..Exif::hue()
        }),
        NoPosition::NoGps
    );
    assert_eq!(
        reason(&Exif {
            gps: vec![ascii(0x1D, "2026:03:04")],
            ..Exif::hue()
        }),
        NoPosition::NoGps
    );
    assert_eq!(
        read(&jpeg(&scene(8, 8, 0, 1))).position,
        Err(NoPosition::NoMetadata)
    );

    for bad in ["", "X", "n", "NS"] {
        assert_eq!(
            reason(&Exif::hue().gps(ascii(0x01, bad))),
            NoPosition::BadReference,
            "reference {bad:?}"
        );
    }
    assert_eq!(
        reason(&Exif::hue().gps(ascii(0x03, "N"))),
        NoPosition::BadReference
    );
    assert_eq!(
        reason(&Exif::hue().gps(short(0x01, 78))),
        NoPosition::BadReference
    );

    let bad_coordinates: [&[(u32, u32)]; 5] = [
        &[(0, 0), (0, 0), (0, 0)],
        &[(16, 1), (27, 0), (0, 1)],
        &[(16, 1), (27, 1)],
        &[],
        &[(16, 1); 4],
    ];
    for bad in bad_coordinates {
        assert_eq!(
            reason(&Exif::hue().gps(rationals(0x02, bad))),
            NoPosition::BadCoordinate,
            "{bad:?}"
        );
    }
    assert_eq!(
        reason(&Exif::hue().gps(ascii(0x02, "16.46"))),
        NoPosition::BadCoordinate
    );

    let out_of_range: [(u16, [(u32, u32); 3]); 6] = [
        (0x02, [(16, 1), (60, 1), (0, 1)]),
        (0x02, [(16, 1), (0, 1), (60, 1)]),
        (0x02, [(90, 1), (0, 1), (1, 100)]),
        (0x02, [(u32::MAX, 1), (0, 1), (0, 1)]),
        (0x04, [(180, 1), (0, 1), (1, 100)]),
        (0x04, [(181, 1), (0, 1), (0, 1)]),
    ];
    for (tag, bad) in out_of_range {
        assert_eq!(
            reason(&Exif::hue().gps(rationals(tag, &bad))),
            NoPosition::OutOfRange,
            "{bad:?}"
        );
    }
    let edge = Exif::hue().gps(rationals(0x02, &[(90, 1), (0, 1), (0, 1)]));
    assert_eq!(of(&edge).position.unwrap().lat, 90.0);

    let zero = [(0, 1), (0, 1), (0, 1)];
    let equator = Exif::hue().gps(rationals(0x02, &zero));
    assert_eq!(of(&equator).position.unwrap().lat, 0.0);
    assert_eq!(
        reason(&equator.gps(rationals(0x04, &zero))),
        NoPosition::NullIsland
    );
}

proptest! {
    #![proptest_config(seeded(512))]

    #[test]
    fn any_position_that_is_read_is_a_place_on_earth(
        lat in proptest::array::uniform3((0u32..200, 0u32..4)),
        lon in proptest::array::uniform3((0u32..400, 0u32..4)),
    ) {
        let exif = Exif::hue().gps(rationals(0x02, &lat)).gps(rationals(0x04, &lon));
        let valid = |[(d, dd), (m, md), (s, sd)]: [(u32, u32); 3], most: f64| {
            let parts = [(d, dd), (m, md), (s, sd)].map(|(n, d)| f64::from(n) / f64::from(d));
            dd > 0 && md > 0 && sd > 0 && parts[1] < 60.0 && parts[2] < 60.0
                && parts[0] + parts[1] / 60.0 + parts[2] / 3600.0 <= most
        };
        let origin = lat.iter().chain(&lon).all(|(numerator, _)| *numerator == 0);
        let position = of(&exif).position;
        prop_assert_eq!(position.is_ok(), valid(lat, 90.0) && valid(lon, 180.0) && !origin);
        if let Ok(position) = position {
            prop_assert!(position.lat.abs() <= 90.0 && position.lon.abs() <= 180.0);
        }
    }

    #[test]
    fn damaged_blocks_are_read_without_harm(at in 0usize..400, value: u8, cut in 0usize..400) {
        let mut block = Exif::hue().bytes();
        let length = block.len();
        block[at % length] = value;
        block.truncate(length.saturating_sub(cut % 40));
        let metadata = read(&jpeg_with_segment(&jpeg(&scene(8, 8, 0, 1)), 0xE1, &[b"Exif\0\0".as_slice(), &block].concat()));
        if let Ok(position) = metadata.position {
            prop_assert!(position.lat.abs() <= 90.0 && position.lon.abs() <= 180.0);
        }
    }
}

#[test]
fn accuracy_and_altitude_are_metres_or_nothing() {
    let with = |field| of(&Exif::hue().gps(field)).position.unwrap();
    assert_eq!(with(rationals(0x1F, &[(65, 10)])).accuracy_m, Some(6.5));
    assert_eq!(with(rationals(0x1F, &[(0, 1)])).accuracy_m, None);
    assert_eq!(with(rationals(0x1F, &[(5, 0)])).accuracy_m, None);
    assert_eq!(
        with(rationals(0x0B, &[(18, 1)])).accuracy_m,
        None,
        "dilution of precision is not metres"
    );
    let altitude = |reference, metres| {
        let exif = Exif::hue()
            .gps(byte(0x05, reference))
            .gps(rationals(0x06, &[metres]));
        of(&exif).position.unwrap().altitude_m
    };
    assert_eq!(altitude(0, (252, 1)), Some(252.0));
    assert_eq!(altitude(1, (166, 1)), Some(-166.0));
    assert_eq!(
        altitude(1, (0, 1)).map(f64::to_bits),
        Some(0.0f64.to_bits()),
        "0, not -0"
    );
    assert_eq!(altitude(0, (252, 0)), None);
}

#[test]
fn the_direction_needs_its_north() {
    let with = |degrees, north: &str| {
        of(&Exif::hue()
            .gps(rationals(0x11, &[degrees]))
            .gps(ascii(0x10, north)))
        .direction
    };
    let direction = with((3599, 10), "M").unwrap();
    assert_eq!((direction.degrees, direction.north), (359.9, North::Magnetic));
    assert_eq!(with((0, 1), "T").unwrap().north, North::True);
    assert_eq!(with((360, 1), "T"), None);
    assert_eq!(with((1, 0), "T"), None);
    assert_eq!(with((90, 1), "?"), None);
}

#[test]
fn the_method_is_text_whatever_its_type() {
    let with = |field| of(&Exif::hue().gps(field)).position.unwrap().method;
    assert_eq!(
        with(undefined(0x1B, b"ASCII\0\0\0fused")).as_deref(),
        Some("fused")
    );
    assert_eq!(
        with(raw_ascii(0x1B, b"ASCII\0\0\0NETWORK\0")).as_deref(),
        Some("NETWORK")
    );
    assert_eq!(
        with(undefined(0x1B, b"\0\0\0\0\0\0\0\0GPS\0\0")).as_deref(),
        Some("GPS")
    );
    assert_eq!(with(undefined(0x1B, b"UNICODE\0G\0P\0S\0")), None);
    assert_eq!(with(undefined(0x1B, b"ASCII\0\0\0")), None);
    assert_eq!(
        with(undefined(
            0x1B,
            &[b"ASCII\0\0\0".as_slice(), &[b'x'; 33]].concat()
        )),
        None
    );
    assert_eq!(
        with(undefined(0x1B, b"ASCII\0\0\0\x1b[31m")),
        None,
        "no control characters"
    );
}

#[test]
fn an_instant_needs_date_and_time() {
    let date = ascii(0x1D, "2018:07:25");
    let time = rationals(0x07, &[(14, 1), (34, 1), (2350, 100)]);
    let instant = |exif: Exif| of(&exif).position.unwrap().at_unix_ms;
    // 2018-07-25 is day 17,737 since 1970; 14:34:23.5 is 52,463.5 s.
    assert_eq!(
        instant(Exif::hue().gps(date.clone()).gps(time.clone())),
        Some(17_737 * 86_400_000 + 52_463_500)
    );
    assert_eq!(instant(Exif::hue().gps(date.clone())), None);
    assert_eq!(instant(Exif::hue().gps(time.clone())), None);
    for bad in ["2014:09:259", "2014:02:30", "2014-09-25", "0000:00:00", ""] {
        assert_eq!(
            instant(Exif::hue().gps(ascii(0x1D, bad)).gps(time.clone())),
            None,
            "date {bad:?}"
        );
    }
    let bad_times = [
        [(24, 1), (0, 1), (0, 1)],
        [(1, 1), (60, 1), (0, 1)],
        [(1, 1), (0, 1), (60, 1)],
        [(0, 0); 3],
    ];
    for bad in bad_times {
        assert_eq!(
            instant(Exif::hue().gps(date.clone()).gps(rationals(0x07, &bad))),
            None,
            "time {bad:?}"
        );
    }
}

#[test]
fn the_camera_clock_is_local_and_says_whose() {
    // 2026-03-04 is day 20,516 since 1970; 05:06:07 is 18,367 s.
    let local_ms = 20_516 * 86_400_000 + 18_367_000;
    let stated = of(&Exif::hue()).taken_at.unwrap();
    assert_eq!(stated.local, "2026-03-04T05:06:07.0887");
    assert_eq!(stated.zone, Zone::Stated { offset_minutes: 420 });
    assert_eq!(
        stated.unix_ms(0),
        local_ms + 88 - 7 * 3_600_000,
        "0887 is 0.0887 s"
    );

    let plain = of(&Exif::hue().without_exif(0x9011).without_exif(0x9291))
        .taken_at
        .unwrap();
    assert_eq!(
        (plain.local.as_str(), plain.zone),
        ("2026-03-04T05:06:07", Zone::Assumed)
    );
    assert_eq!(plain.unix_ms(420), local_ms - 7 * 3_600_000);

    for (text, minutes) in [
        ("-04:00", -240),
        ("+05:45", 345),
        ("+00:00", 0),
        ("+14:00", 840),
        ("-12:00", -720),
    ] {
        let zone = of(&Exif::hue().exif(ascii(0x9011, text))).taken_at.unwrap().zone;
        assert_eq!(
            zone,
            Zone::Stated {
                offset_minutes: minutes
            }
        );
    }
    for bad in ["", "Z", "+7:00", "07:00", "+07:60", "+15:00", "-12:01", "+07-00"] {
        assert_eq!(
            of(&Exif::hue().exif(ascii(0x9011, bad))).taken_at.unwrap().zone,
            Zone::Assumed,
            "{bad:?}"
        );
    }
    for bad in ["12x", "", "1234567890", "-1"] {
        let taken_at = of(&Exif::hue().exif(ascii(0x9291, bad))).taken_at.unwrap();
        assert_eq!(taken_at.local, "2026-03-04T05:06:07", "fraction {bad:?}");
    }
    let padded = of(&Exif::hue().exif(raw_ascii(0x9291, b"9  \0")))
        .taken_at
        .unwrap();
    assert_eq!(padded.unix_ms(0), local_ms + 900 - 7 * 3_600_000);
    for bad in [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2026:13:01 00:00:00",
        "2026:02:29 00:00:00",
        "2026:03:04 24:00:00",
        "2026-03-04T05:06:07",
        "2026:03:04",
        "",
    ] {
        assert_eq!(
            of(&Exif::hue().exif(ascii(0x9003, bad))).taken_at,
            None,
            "{bad:?}"
        );
    }
}

#[test]
fn a_block_beyond_the_cap_is_left_unread() {
    let file = jpeg_with_exif(&jpeg(&scene(8, 8, 0, 1)), &Exif::hue());
    let limits = Limits {
        max_metadata_bytes: 50,
        ..Limits::default()
    };
    assert_eq!(
        read_metadata(Cursor::new(&file), &limits).unwrap().position,
        Err(NoPosition::NoMetadata)
    );
    let png = encoded(&DynamicImage::ImageRgb8(scene(8, 8, 0, 1)), ImageFormat::Png);
    let png = png_with_exif(&png, &Exif::hue().bytes());
    assert_eq!(
        read_metadata(Cursor::new(&png), &limits).unwrap().position,
        Err(NoPosition::NoMetadata)
    );
}

#[test]
fn a_directory_that_points_at_itself_ends() {
    let mut block = Exif::hue().bytes();
    // The link to the next directory follows the three entries of the first (orientation and two pointers).
    block[8 + 2 + 36..8 + 2 + 40].copy_from_slice(&8u32.to_be_bytes());
    let file = jpeg_with_segment(
        &jpeg(&scene(8, 8, 0, 1)),
        0xE1,
        &[b"Exif\0\0".as_slice(), &block].concat(),
    );
    assert!(read(&file).position.is_ok());
    let garbage = jpeg_with_segment(&jpeg(&scene(8, 8, 0, 1)), 0xE1, b"Exif\0\0garbage!");
    assert_eq!(read(&garbage).position, Err(NoPosition::Malformed));
}

#[test]
fn text_has_no_metadata_but_a_reason() {
    let read = read_metadata(Cursor::new(b"a text"), &Limits::default());
    assert!(matches!(read, Err(PhotoError::NotAPhoto)));
}
