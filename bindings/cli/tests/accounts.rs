//! Signing in on the command line, against a city that takes reports of signed-in people only.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_city::SignIn;
use phananh_faults::Script;
use serde_json::{Value, json};
use support::{Phone, Town};

fn code(town: &Town) -> String {
    let all = std::fs::read_to_string(town.folder().join("codes.jsonl")).unwrap();
    let last: Value = serde_json::from_str(all.lines().last().unwrap()).unwrap();
    last["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_report_waits_for_a_sign_in_and_signing_out_asks_first() {
    let town = Town::with(Script::new(), |config| config.sign_in = SignIn::Required);
    let phone = Phone::of(&town.url());
    let lamp = phone.lamp();
    phone.json(&["submit", &lamp]);
    phone.run(&["send", "--now", "--json"]).ends(3);
    let why = phone.json(&["why", &lamp]);
    assert_eq!(
        (why["reason"].as_str(), why["next"]["kind"].as_str()),
        (Some("signed_out"), Some("citizen"))
    );
    phone.run(&["me", "verify", "123456", "--json"]).ends(4);
    phone.run(&["me", "sign-in", "nobody", "--json"]).ends(4);
    let sent = phone.json(&["me", "sign-in", "0905 123 567"]);
    assert_eq!(sent["digits"], json!(6));
    let right = code(&town);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    let refused = phone.run(&["--lang", "en", "me", "verify", wrong]).ends(4);
    assert!(refused.err.contains("Tries left: 4"), "{}", refused.err);

    phone.run(&["me", "sign-out", "--json"]).ends(3);
    phone.json(&["me", "verify", &right]);
    let account = &phone.json(&["me", "show"])["account"];
    assert_eq!(account["signed_in"]["masked"], json!("09xx xxx 567"));
    let sent = phone.json(&["send", "--now"]);
    assert_eq!(
        (sent["delivered"].as_u64(), sent["owed"].as_u64()),
        (Some(1), Some(0))
    );
    phone.json(&["me", "sign-out"]);
    assert_eq!(phone.json(&["me", "show"])["account"]["signed_in"], Value::Null);
    assert_eq!(phone.json(&["status", &lamp])["delivery"], json!("delivered"));
}
