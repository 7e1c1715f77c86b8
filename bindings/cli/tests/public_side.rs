//! The city's public side on the command line, with a network and without.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_faults::Script;
use serde_json::json;
use support::{Phone, Town};

#[test]
fn feed_announcements_and_numbers_are_read_and_stay_readable() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    let lamp = phone.lamp();
    phone.json(&["draft", "edit", &lamp, "--publication", "public"]);
    phone.json(&["submit", &lamp]);
    phone.json(&["send", "--now"]);
    let number = town.city.cases().unwrap()[0].id.clone();
    assert_eq!(phone.json(&["announcements"])["announcements"], json!([]));
    let feed = phone.json(&["feed"]);
    assert_eq!(
        json!([feed["cases"][0]["id"], feed["cases"][0]["text"], feed["source"]]),
        json!([number, "Đèn đường hỏng", "city"])
    );
    let numbers = phone.json(&["numbers"]);
    assert_eq!(
        numbers["figures"][0],
        json!({"metric": "received", "numerator": 1, "denominator": null})
    );
    phone.run(&["numbers", "--from", "yesterday", "--json"]).ends(4);
    town.off();
    let kept = phone.json(&["feed"]);
    assert_eq!((&kept["cases"], &kept["as_of"]), (&feed["cases"], &feed["as_of"]));
    assert_eq!(kept["source"], json!("known"));
    phone.run(&["feed", "--state", "resolved", "--json"]).ends(6);
}
