//! Files of this machine that are damaged, and a store that cannot be had: what can be read is read, and what cannot says
//! so, once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, Config};
use serde_json::{Value, json};
use support::Phone;

fn secrets_of(phone: &Phone) -> PathBuf {
    let folders = phone.home.path().join(".local/state/phananh/secrets");
    fs::read_dir(folders)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
        .join("secrets.json")
}

#[test]
fn damaged_secrets_are_put_aside_and_everything_else_goes_on() {
    let phone = Phone::new();
    let code = phone.lamp();
    phone.json(&["me", "set", "--name", "Nguyễn Văn An", "--phone", "0905123456"]);
    phone.json(&["submit", &code]);
    let secrets = secrets_of(&phone);
    fs::write(&secrets, [0xa5; 300]).unwrap();

    let told = phone.run(&["--lang", "en", "list", "--json"]).ends(0);
    let aside = format!("{}.damaged.1", secrets.display());
    assert!(told.err.contains(&aside), "{}", told.err);
    let list = told.json();
    assert_eq!(list["reports"].as_array().unwrap().len(), 1);
    assert_eq!(list["warnings"][0]["code"], "warn.secrets_set_aside");
    assert_eq!(fs::read(&aside).unwrap(), [0xa5; 300]);
    assert_eq!(phone.json(&["list"])["warnings"], Value::Null, "told once");
    // It may be another phone's store as well: nothing is sent before the city was asked.
    assert_eq!(phone.json(&["status", &code])["delivery"], "unconfirmed");
    // Who the reporter is was kept with the keys, and has to be entered again.
    assert_eq!(phone.json(&["me", "show"])["name"], Value::Null);
    phone.json(&["me", "set", "--name", "An", "--phone", "0905123456"]);
    assert_eq!(phone.json(&["me", "show"])["name"], "An");
    phone.lamp();
}

#[test]
fn numbers_to_call_in_danger_need_no_store() {
    let phone = Phone::new();
    let code = phone.lamp();
    let known = phone.json(&["emergency"])["numbers"].clone();
    let holder = Client::open(Config::new(phone.data(), Arc::new(MemorySecrets::default()))).unwrap();
    let held = phone.run(&["emergency", "--json"]).ends(0).json();
    assert_eq!(
        json!([held["numbers"], held["warnings"][0]["code"]]),
        json!([known, "error.store_held"])
    );
    // The place to read aloud was asked for, and is not there.
    let place = phone.run(&["emergency", &code, "--json"]).ends(7).json();
    assert_eq!(json!([place["numbers"], place["place"]]), json!([known, null]));
    drop(holder);
    let people = phone.run(&["emergency"]).ends(0);
    assert!(people.out.contains("112") && people.err.is_empty());
}

#[test]
fn a_damaged_store_says_once_what_came_back_and_where_the_rest_is() {
    for (language, told) in [
        ("vi", "Đã khôi phục 1 bản nháp"),
        ("en", "Drafts brought back: 1"),
    ] {
        let phone = Phone::new();
        let (draft, sent) = (phone.lamp(), phone.lamp());
        phone.json(&["submit", &sent]);
        let file = phone.data().join("reports.sqlite");
        let mut bytes = fs::read(&file).unwrap();
        bytes[..100].fill(0xa5);
        fs::write(&file, &bytes).unwrap();

        let run = phone
            .run(&["--lang", language, "draft", "list", "--json"])
            .ends(0);
        let list = run.json();
        assert_eq!(list["drafts"][0]["reference_code"], draft.as_str());
        assert_eq!(list["warnings"][0]["code"], "warn.rescued");
        let message = list["warnings"][0]["message"].as_str().unwrap();
        assert!(message.contains(told) && run.err.contains(message), "{}", run.err);
        let folder = fs::read_dir(phone.data())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| message.contains(path.to_str().unwrap()) && path.is_dir())
            .unwrap();
        let kept = fs::read_to_string(folder.join("reports.json")).unwrap();
        assert!(kept.contains(&sent) && kept.contains("may_have_left"), "{kept}");
        assert_eq!(fs::read(folder.join("reports.sqlite")).unwrap(), bytes);

        let again = phone.run(&["draft", "list", "--json"]).ends(0);
        assert!(again.err.is_empty(), "told once: {}", again.err);
        assert_eq!(
            phone.json(&["queue"])["jobs"],
            json!([]),
            "nothing is sent by itself"
        );
        assert_eq!(phone.json(&["draft", "show", &draft])["text"], "Đèn đường hỏng");
    }
}
