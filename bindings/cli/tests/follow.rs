//! Somebody else's case on the command line.
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
fn a_public_case_is_followed_commented_and_left() {
    let town = Town::start(Script::new());
    let (mine, theirs) = (Phone::of(&town.url()), Phone::of(&town.url()));
    let lamp = theirs.lamp();
    theirs.json(&["draft", "edit", &lamp, "--publication", "public"]);
    theirs.json(&["submit", &lamp]);
    theirs.json(&["send", "--now"]);
    let number = town.city.cases().unwrap()[0].id.clone();

    let followed = mine.json(&["follow", &number]);
    let code = followed["reference_code"].as_str().unwrap();
    assert_eq!(followed["service_request_id"], json!(number));
    mine.json(&["sync"]);
    let status = mine.json(&["status", &number]);
    assert_eq!(
        json!([status["delivery"], status["case_status"], status["text"]]),
        json!(["followed", "submitted", "Đèn đường hỏng"])
    );
    mine.json(&["message", code, "comment", "--text", "Tối quá"]);
    mine.run(&["message", code, "withdraw", "--json"]).ends(4);
    mine.run(&["message", code, "drop", "--json"]).ends(4);
    assert_eq!(mine.json(&["send", "--now"])["owed"], json!(0));
    assert_eq!(
        mine.json(&["list", "--state", "followed"])["reports"][0]["reference_code"],
        json!(code)
    );
    mine.json(&["unfollow", code]);
    mine.json(&["send", "--now"]);
    assert_eq!(mine.json(&["list"])["reports"], json!([]));
    theirs.run(&["unfollow", &lamp, "--json"]).ends(4);
}
