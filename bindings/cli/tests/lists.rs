//! My reports found again, as a script asks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod support;

use phananh_faults::Script;
use support::{Phone, Town};

#[test]
fn reports_are_found_by_words_by_code_by_number_and_by_how_they_stand() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    let tree = phone.json(&["draft", "new", "--text", "Cây đổ đường Hùng Vương"]);
    let tree = tree["reference_code"].as_str().unwrap();
    let lamp = phone.lamp();
    phone.json(&["submit", &lamp]);
    phone.json(&["send", "--now"]);
    let number = town.city.cases().unwrap()[0].id.clone();

    let codes = |arguments: &[&str]| -> Vec<String> {
        let found = phone.json(&[&["list"], arguments].concat());
        let rows = found["reports"].as_array().unwrap();
        rows.iter()
            .map(|row| row["reference_code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes(&["--query", "duong hung vuong"]), [tree]);
    assert_eq!(codes(&["--query", "den duong"]), [lamp.as_str()]);
    assert_eq!(codes(&["--query", &lamp[..4]]), [lamp.as_str()]);
    assert!(codes(&["--query", &number]).contains(&lamp));
    assert_eq!(codes(&["--state", "draft"]), [tree]);
    assert_eq!(
        codes(&["--state", "delivered", "--query", "den"]),
        [lamp.as_str()]
    );
    assert_eq!(codes(&["--state", "waiting-citizen"]), [""; 0]);
    assert_eq!(codes(&["--query", "--"]), [""; 0]);

    let first = phone.json(&["list", "--limit", "1"]);
    let next = first["next"].as_str().unwrap();
    assert_eq!(codes(&["--limit", "1", "--after", next]), [tree]);
    phone.run(&["list", "--after", "x", "--json"]).ends(4);
    let refused = phone.run(&["list", "--state", "lost"]).ends(2);
    assert!(refused.err.contains("waiting_citizen"), "{}", refused.err);
}
