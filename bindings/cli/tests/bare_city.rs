//! A city without keys that loses an answer: found in its lists, or the citizen is asked. Never filed twice by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use phananh_city::Extensions;
use phananh_faults::{RequestAction, RequestMatch, Script, Turn};
use serde_json::json;
use support::{Phone, Town, jpeg};

/// A bare city whose lists show a new case after so long, and a phone that knows it by a profile alone.
fn bare(list_lag: Duration) -> (Town, Phone) {
    let first = RequestMatch::any().method("POST").turn(Turn::nth(1));
    let losing = Script::new().on_request(first, RequestAction::lose_answer());
    let town = Town::with(losing, |config| {
        config.extensions = Extensions::none();
        config.list_lag = list_lag;
    });
    let phone = Phone::new();
    // Short times: what the phone waits for before it asks is twice the first and once the second.
    let profile = json!({"name": "bare", "endpoint": town.url(), "zone": "UTC", "languages": ["en"],
        "total_timeout_s": 1, "visibility_lag_s": 1});
    let profile = phone.file("bare.json", profile.to_string().as_bytes());
    phone.run(&["--profile", &profile, "city", "list"]).ends(0);
    (town, phone)
}

#[test]
fn a_lost_answer_is_found_in_the_lists() {
    let (town, phone) = bare(Duration::ZERO);
    let code = phone.lamp();
    phone.json(&["submit", &code]);
    phone.json(&["send", "--now", "--deadline", "60"]);
    assert_eq!(town.city.counts().unwrap().report_posts, 1);
    let status = phone.json(&["status", &code]);
    assert_eq!(
        json!([status["service_request_id"], status["receipt"]["found"]]),
        json!(["1", true])
    );
    let refused = phone
        .run(&["message", &code, "comment", "--text", "?", "--json"])
        .ends(4)
        .json();
    assert_eq!(refused["error"], "error.no_messages");
}

#[test]
fn where_the_lists_show_nothing_the_citizen_is_asked() {
    let (town, phone) = bare(Duration::from_secs(1_000_000));
    let code = phone.lamp();
    phone.json(&["submit", &code]);
    let asked = phone
        .run(&["send", "--now", "--deadline", "60", "--json"])
        .ends(3)
        .json();
    assert_eq!(asked["needs_citizen"], 1);
    assert_eq!(
        town.city.counts().unwrap().report_posts,
        1,
        "the core never guesses"
    );
    let job = &phone.json(&["queue"])["jobs"][0];
    assert_eq!(
        json!([job["state"], job["why"], job["next"]["kind"]]),
        json!(["blocked", "cannot_tell", "citizen"])
    );
    let shown = phone.run(&["--lang", "en", "why", &code]).ends(0).out;
    assert!(
        shown.contains(&format!("phananh decide {code} again|wait")),
        "{shown}"
    );
    // It was never known to be absent, so it cannot be changed; only the same can be sent again.
    assert_eq!(
        phone.run(&["decide", &code, "edit", "--json"]).ends(4).json()["error"],
        "error.too_late"
    );
    phone.json(&["decide", &code, "again"]);
    phone.json(&["send", "--now", "--deadline", "60"]);
    assert_eq!(phone.json(&["status", &code])["delivery"], "delivered");
    assert_eq!(
        town.city.counts().unwrap().report_posts,
        2,
        "one more, as the citizen decided"
    );
}

#[test]
fn photos_that_a_city_does_not_take_are_named_before_and_after() {
    let (town, phone) = bare(Duration::ZERO);
    phone.json(&["services"]);
    let code = phone.lamp();
    for (name, width) in [("a.jpg", 640), ("b.jpg", 650), ("c.jpg", 660)] {
        phone.json(&["photo", "add", &code, &phone.file(name, &jpeg(width, 480))]);
    }
    let problem = &phone.json(&["submit", &code])["problems"][0];
    assert_eq!(
        json!([problem["code"], problem["severity"]]),
        json!(["photos_stay", "warns"])
    );
    phone
        .run(&["send", "--now", "--deadline", "60", "--json"])
        .ends(3);
    let status = phone.json(&["status", &code]);
    let told: Vec<_> = status["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|photo| json!([photo["state"], photo["why"]]))
        .collect();
    let stays = json!(["blocked", "photo_not_taken"]);
    assert_eq!(told, [json!(["delivered", null]), stays.clone(), stays]);
    let shown = phone.run(&["--lang", "en", "why", &code]).ends(0).out;
    assert!(
        shown.contains(&format!("phananh decide {code} without-photo")),
        "{shown}"
    );
    phone.json(&["decide", &code, "without-photo"]);
    phone.run(&["send", "--json"]).ends(0);
    let cases = town.city.cases().unwrap();
    assert_eq!((cases.len(), cases[0].photos.len()), (1, 1));
}
