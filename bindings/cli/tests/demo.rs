//! The demo holds what it says, at every kind of cut, and what it keeps can be looked at again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use serde_json::json;
use support::{Phone, decodes, jpeg};

#[test]
fn every_cut_ends_in_one_rated_case_that_is_kept() {
    let phone = Phone::new();
    let mut kinds = Vec::new();
    for seed in ["1", "2", "3"] {
        let keep = phone.home.path().join(seed);
        let output = phone
            .program()
            .args(["demo", "--json", "--seed", seed, "--keep"])
            .arg(&keep)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        kinds.push(told["cut"]["kind"].as_str().unwrap().to_owned());
        assert!(
            told["checks"]
                .as_array()
                .unwrap()
                .iter()
                .all(|check| check["ok"] == true),
            "{told}"
        );

        let cases = phananh_city_cases(&keep.join("city"));
        assert_eq!((cases.len(), cases[0].rating.as_deref()), (1, Some("satisfied")));
        assert_eq!(
            decodes(&cases[0].photos[0].path),
            (1200, 1600),
            "made of 3024 × 4032, upright"
        );
        let status = phone
            .program()
            .arg("--data")
            .arg(keep.join("phone"))
            .args(["status", "--json"])
            .output()
            .unwrap();
        let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
        assert_eq!(
            json!([
                status["service_request_id"],
                status["rating"],
                status["attachments"][0]["sha256"]
            ]),
            json!([cases[0].id, "satisfied", cases[0].photos[0].sha256])
        );
    }
    kinds.sort();
    assert_eq!(kinds, ["after_request", "in_answer_body", "in_answer_head"]);
}

#[test]
fn a_photo_of_ones_own_and_a_folder_that_is_used() {
    let phone = Phone::new();
    let own = phone.file("own.jpg", &jpeg(900, 700));
    let keep = phone.home.path().join("kept");
    let run = || {
        phone
            .program()
            .args(["--lang", "en", "demo", "--photo", &own, "--keep"])
            .arg(&keep)
            .output()
            .unwrap()
    };
    let told = String::from_utf8(run().stdout).unwrap();
    assert!(told.contains("Result rated") && !told.contains('✗'), "{told}");
    assert_eq!(
        run().status.code(),
        Some(4),
        "a second story would spoil the count of the first"
    );
}

fn phananh_city_cases(folder: &std::path::Path) -> Vec<phananh_city::CaseView> {
    phananh_city::cases_in(folder).unwrap()
}
