//! `shrink` and `audit`: the photo pipeline alone, as scripts use it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use serde_json::json;
use support::{Phone, jpeg};

/// With a position, a comment, and something behind its end.
fn telling() -> Vec<u8> {
    let plain = jpeg(2400, 1800);
    let exif = b"\xFF\xE1\x00\x16Exif\0\0II\x2a\0\x08\0\0\0\0\0\0\0\0\0";
    let comment = b"\xFF\xFE\x00\x07Lan's";
    [&plain[..2], exif, comment, &plain[2..], b"a film"].concat()
}

#[test]
fn shrink_keeps_its_bounds_and_audit_finds_nothing_left() {
    let phone = Phone::new();
    let from = phone.file("in.jpg", &telling());
    let found = phone.json(&["audit", &from]);
    let kinds: Vec<_> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["kind"])
        .collect();
    assert_eq!(json!(kinds), json!(["exif", "comment", "trailing"]));
    for (preset, edge, bytes) in [("small", "1600", "300KB"), ("fast", "800", "60000")] {
        let to = phone.home.path().join("out.jpg").to_str().unwrap().to_owned();
        let thumbnail = phone.home.path().join("small.jpg").to_str().unwrap().to_owned();
        let made = phone.json(&[
            "shrink",
            &from,
            &to,
            "--preset",
            preset,
            "--max-edge",
            edge,
            "--max-bytes",
            bytes,
            "--thumbnail",
            &thumbnail,
        ]);
        let written = std::fs::read(&to).unwrap();
        assert_eq!(made["bytes"], json!(written.len()));
        assert!(written.len() <= 300_000);
        let picture = image::load_from_memory(&written).unwrap();
        assert_eq!(
            json!([picture.width(), picture.height()]),
            json!([made["width"], made["height"]])
        );
        assert_eq!(picture.width().to_string(), edge);
        let small = image::load_from_memory(&std::fs::read(&thumbnail).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (320, 240));
        for file in [&to, &thumbnail] {
            assert_eq!(phone.json(&["audit", file])["findings"], json!([]));
        }
    }
    assert!(!phone.data().exists(), "no store is opened");
}

#[test]
fn what_is_no_picture_is_told_and_nothing_is_written() {
    let phone = Phone::new();
    let to = phone.home.path().join("out.jpg");
    let cases = [
        (phone.file("text.jpg", b"this is a text"), "error.not_photo"),
        (
            phone.file("head.jpg", &jpeg(640, 480)[..200]),
            "error.photo_unreadable",
        ),
        (
            phone.home.path().join("gone.jpg").to_str().unwrap().to_owned(),
            "error.photo_gone",
        ),
    ];
    for (from, error) in cases {
        let refused = phone
            .run(&["shrink", &from, to.to_str().unwrap(), "--json"])
            .ends(4)
            .json();
        assert_eq!(refused["error"], json!(error));
        assert!(!to.exists());
    }
    phone.run(&["shrink", "only-one"]).ends(2);
}

/// Hills without grain, in three colours, as pictures are; nowhere the same when turned.
fn hills() -> Vec<u8> {
    let wave = |at: u32, length: f32| (f32::sin(at as f32 / length) * 60.0 + 120.0) as u8;
    let picture = image::RgbImage::from_fn(1200, 900, |x, y| {
        image::Rgb([wave(x + y / 2, 31.0), wave(y, 47.0), wave(x * 2, 90.0)])
    });
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95);
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

/// An original that says, in its EXIF, that it lies on its side.
fn lying() -> Vec<u8> {
    let plain = hills();
    let exif = b"\xFF\xE1\x00\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    [&plain[..2], exif, &plain[2..]].concat()
}

#[test]
fn a_score_tells_how_near_a_picture_is_to_its_upright_original() {
    let phone = Phone::new();
    let path = |name: &str| phone.home.path().join(name).to_str().unwrap().to_owned();
    let from = phone.file("lying.jpg", &lying());
    let (good, poor) = (path("good.jpg"), path("poor.jpg"));
    let shrunk = |to: &str, bytes: &str| {
        let made = phone.json(&[
            "shrink",
            &from,
            to,
            "--max-edge",
            "600",
            "--max-bytes",
            bytes,
            "--score",
        ]);
        assert_eq!((&made["width"], &made["height"]), (&json!(450), &json!(600)));
        made["score"].as_f64().unwrap()
    };
    let (near, far) = (shrunk(&good, "90KB"), shrunk(&poor, "20KB"));
    // High quality, as the metric's authors have it: the reference stands as upright as the picture.
    assert!(near > 70.0 && near <= 100.0, "{near}");
    assert!(far < near, "{far} of fewer bytes, {near} of more");
    let side_by_side = phone.json(&["score", &from, &good, &poor, &from]);
    let scores: Vec<_> = side_by_side["scores"].as_array().unwrap().iter().collect();
    assert_eq!(
        [&scores[0]["score"], &scores[1]["score"]],
        [&json!(near), &json!(far)]
    );
    assert_eq!(scores[2]["score"], json!(100.0), "no difference");
    let whole = hills();
    let cut = phone.file("cut.jpg", &whole[..whole.len() * 3 / 5]);
    let made = phone.json(&["shrink", &cut, &good, "--score"]);
    assert_eq!(
        (&made["score"], &made["warnings"]),
        (&json!(null), &json!(["truncated"]))
    );
    let unread = phone.file("text.jpg", b"this is a text");
    phone.run(&["score", &from, &unread]).ends(4);
    phone.run(&["score", &from]).ends(2);
}
