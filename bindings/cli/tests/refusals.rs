//! Bad input and trouble: typed, told with what to do next, and the draft as before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::sync::Arc;

use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, Config};
use phananh_faults::{Answer, AnswerBody, Forward, RequestAction, RequestMatch, Script, Turn};
use serde_json::{Value, json};
use support::{Phone, Town, claiming, jpeg};

#[test]
fn a_file_that_gives_no_picture_leaves_the_draft_as_it_was() {
    let phone = Phone::new();
    let code = phone.lamp();
    phone.json(&["photo", "add", &code, &phone.file("good.jpg", &jpeg(640, 480))]);
    let before = phone.json(&["draft", "show", &code]);
    let good = phone.file("another.jpg", &jpeg(320, 240));
    let cases = [
        (phone.file("text.jpg", b"this is a text"), "error.not_photo"),
        (
            phone.file("huge.jpg", &claiming(jpeg(64, 64), 65_500, 65_500)),
            "error.photo_too_large",
        ),
        (
            phone.file("head.jpg", &jpeg(640, 480)[..200]),
            "error.photo_unreadable",
        ),
        (
            phone.home.path().join("gone.jpg").to_str().unwrap().to_owned(),
            "error.photo_gone",
        ),
    ];
    for (file, error) in cases {
        for files in [vec![file.as_str()], vec![good.as_str(), file.as_str()]] {
            let arguments: Vec<_> = ["photo", "add", &code]
                .into_iter()
                .chain(files)
                .chain(["--json"])
                .collect();
            let refused = phone.run(&arguments).ends(4).json();
            assert_eq!(
                json!([refused["error"], refused["field"]]),
                json!([error, "photo"]),
                "{file}"
            );
            assert_eq!(
                phone.json(&["draft", "show", &code])["attachments"],
                before["attachments"],
                "{file}"
            );
        }
    }
}

#[test]
fn a_photo_that_ends_early_is_kept_as_far_as_it_goes_and_told() {
    let phone = Phone::new();
    let code = phone.lamp();
    let whole = jpeg(1200, 900);
    let added = phone.json(&[
        "photo",
        "add",
        &code,
        &phone.file("half.jpg", &whole[..whole.len() / 2]),
    ]);
    assert_eq!(added["photos"][0]["warnings"], json!(["error.photo_damaged"]));
    assert_eq!(
        phone.json(&["draft", "show", &code])["attachments"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(phone.json(&["photo", "remove", &code, "1"])["removed"], 1);
    let none = phone
        .run(&["photo", "remove", &code, "1", "--json"])
        .ends(4)
        .json();
    assert_eq!(none["error"], "error.no_such_photo");
}

#[test]
fn submit_names_every_problem_at_once() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    phone.json(&["services"]);
    phone.json(&["service", "ngap-ung"]);
    let draft = phone.json(&[
        "draft",
        "new",
        "--service",
        "ngap-ung",
        "--text",
        &"ạ".repeat(4_001),
    ]);
    let code = draft["reference_code"].as_str().unwrap();
    let refused = phone
        .run(&["--lang", "en", "submit", code, "--json"])
        .ends(4)
        .json();
    assert_eq!(refused["error"], "error.invalid");
    let told: Vec<_> = refused["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["field"].as_str().unwrap(), p["code"].as_str().unwrap()))
        .collect();
    for problem in [
        ("place", "required"),
        ("description", "too_long"),
        ("attribute[muc-nuoc]", "required"),
        ("attribute[bat-dau]", "required"),
    ] {
        assert!(told.contains(&problem), "{problem:?} in {told:?}");
    }
    assert!(
        refused["problems"]
            .as_array()
            .unwrap()
            .iter()
            .all(|p| p["severity"] == "blocks" && !p["message"].as_str().unwrap().contains('{'))
    );
    assert_eq!(phone.json(&["draft", "show", code])["delivery"], "draft");

    let unknown = phone.json(&["draft", "new", "--service", "khong-co", "--text", "?"]);
    let code = unknown["reference_code"].as_str().unwrap();
    phone.json(&["place", "set", code, "--words", "Chợ Đông Ba"]);
    let refused = phone.run(&["submit", code, "--json"]).ends(4).json();
    let problem = &refused["problems"][0];
    assert_eq!(
        json!([problem["field"], problem["code"]]),
        json!(["service_code", "unknown_service"])
    );
}

#[test]
fn without_a_network_any_category_of_the_profile_can_be_sent_off() {
    let town = Town::start(Script::new());
    town.off();
    let phone = Phone::of(&town.url());
    let services = phone.json(&["services", "--query", "chieu sang"]);
    assert_eq!(
        json!([services["source"], services["services"][0]["code"]]),
        json!(["known", "chieu-sang"])
    );
    let code = phone.lamp();
    assert_eq!(phone.json(&["submit", &code])["delivery"], "queued");
}

#[test]
fn a_place_outside_the_city_is_warned_of_and_not_blocked() {
    let phone = Phone::new();
    let code = phone.lamp();
    let place = phone.json(&["place", "set", &code, "--lat", "21.03", "--lon", "105.85"]);
    assert_eq!(
        json!([place["problems"][0]["code"], place["problems"][0]["severity"]]),
        json!(["outside", "warns"])
    );
    let warnings = &phone.json(&["submit", &code])["problems"];
    assert_eq!(warnings[0]["code"], "outside");
    let none = phone
        .run(&["place", "set", &code, "--lat", "91", "--lon", "0", "--json"])
        .ends(4)
        .json();
    assert_eq!(none["error"], "error.not_a_place");
}

#[test]
fn a_store_in_use_or_of_a_newer_program_is_refused_kindly() {
    let phone = Phone::new();
    phone.lamp();
    let holder = Client::open(Config::new(phone.data(), Arc::new(MemorySecrets::default()))).unwrap();
    let refused = phone.run(&["list", "--json"]).ends(7).json();
    assert_eq!(refused["error"], "error.store_held");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains(&std::process::id().to_string()),
        "{refused}"
    );
    // A second run that waits gets in as soon as the first lets go.
    let waiting = phone
        .program()
        .arg("--data")
        .arg(phone.data())
        .args(["--wait", "draft", "list", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(holder);
    let output = waiting.wait_with_output().unwrap();
    assert!(output.status.success());
    let drafts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(drafts["drafts"].as_array().unwrap().len(), 1);

    // The user version of an SQLite file is the big-endian number at offset 60 (file format, 1.3).
    let database = std::fs::read_dir(phone.data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"))
                && !path.to_string_lossy().contains("cache")
        });
    let database = database.unwrap();
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    std::fs::write(&database, bytes).unwrap();
    assert_eq!(
        phone.run(&["list", "--json"]).ends(7).json()["error"],
        "error.newer_store"
    );
}

#[test]
fn secrets_are_for_their_owner_alone_and_one_folder_for_each_data_folder() {
    use std::os::unix::fs::PermissionsExt;
    let phone = Phone::new();
    phone.json(&["me", "set", "--name", "Nguyễn Văn An", "--phone", "0905123456"]);
    let elsewhere = phone
        .program()
        .arg("--data")
        .arg(phone.home.path().join("other"))
        .args(["me", "show", "--json"])
        .output()
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&elsewhere.stdout).unwrap()["name"],
        json!(null)
    );
    let folders = phone.home.path().join(".local/state/phananh/secrets");
    let files: Vec<_> = std::fs::read_dir(&folders)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("secrets.json"))
        .filter(|path| path.exists())
        .collect();
    assert_eq!(files.len(), 2);
    for file in &files {
        assert_eq!(
            std::fs::metadata(file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    for entry in std::fs::read_dir(phone.data()).unwrap() {
        let path = entry.unwrap().path();
        let holds = |text: &str| {
            std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes()))
        };
        assert!(
            !holds("0905123456") && !holds("Nguyễn Văn An"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_desk_says_what_the_city_refuses() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    let code = phone.lamp();
    phone.json(&["submit", &code]);
    phone.json(&["send"]);
    assert_eq!(
        town.desk(&["close", "1"]).ends(4).json()["error"],
        "error.not_now"
    );
    assert_eq!(
        town.desk(&["show", "77"]).ends(4).json()["error"],
        "error.no_such_case"
    );
    let wrong = town.desk(&["--token", "wrong", "list"]).ends(6).json();
    assert_eq!(wrong["error"], "error.not_allowed");
    let field = town
        .desk(&["verify", "1", "--service", "khong-co"])
        .ends(4)
        .json();
    assert_eq!(
        json!([field["error"], field["field"]]),
        json!(["error.bad_input", "service"])
    );
    let nowhere = phone
        .program()
        .args([
            "desk",
            "--city",
            "http://127.0.0.1:9",
            "--token",
            "t",
            "list",
            "--json",
        ])
        .output()
        .unwrap();
    assert_eq!(nowhere.status.code(), Some(6));
}

#[test]
fn a_message_that_the_city_refuses_is_told_retried_and_taken_back() {
    let errors = json!([{"code": 400, "description": "comments are closed"}]);
    let answer = Answer::new(400, Forward::No).body(AnswerBody::Json(errors));
    let messages = RequestMatch::any().method("POST").path("/messages");
    let town = Town::start(Script::new().on_request(messages, RequestAction::Answer(answer)));
    let phone = Phone::of(&town.url());
    let code = phone.lamp();
    phone.json(&["submit", &code]);
    phone.json(&["send"]);
    phone.json(&["message", &code, "comment", "--text", "Cảm ơn"]);
    let sent = phone.run(&["send", "--json"]).ends(3).json();
    assert_eq!(json!([sent["owed"], sent["needs_citizen"]]), json!([1, 1]));
    let job = &phone.json(&["queue"])["jobs"][0];
    assert_eq!(
        json!([job["kind"], job["why"], job["choices"]]),
        json!(["message", "refused", ["again", "edit"]])
    );
    let status = phone.json(&["status", &code]);
    assert_eq!(
        json!([
            status["delivery"],
            status["why"]["reason"],
            status["refusal"]["status"]
        ]),
        json!(["delivered", "refused", 400])
    );
    phone.json(&["decide", &code, "again"]);
    phone.run(&["send", "--json"]).ends(3);
    phone.json(&["decide", &code, "edit"]);
    assert_eq!(phone.run(&["send", "--json"]).ends(0).json()["owed"], 0);
    let status = phone.json(&["status", &code]);
    let last = status["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        json!([last["state"], last["text"]]),
        json!(["taken_back", "Cảm ơn"])
    );
    let cases = town.city.cases().unwrap();
    assert!(cases[0].events.iter().all(|event| event.kind != "comment"));
}

#[test]
fn an_account_that_is_turned_away_needs_the_citizen_and_goes_on_after_retry() {
    let answer = Answer::new(401, Forward::No);
    let first = RequestMatch::any().method("POST").turn(Turn::nth(1));
    let town = Town::start(Script::new().on_request(first, RequestAction::Answer(answer)));
    let phone = Phone::of(&town.url());
    let code = phone.lamp();
    phone.json(&["submit", &code]);
    phone.run(&["send", "--json"]).ends(3);
    let why = phone.run(&["--lang", "en", "why", &code]).ends(0).out;
    assert!(why.contains(&format!("phananh retry {code}")), "{why}");
    phone.json(&["retry", &code]);
    phone.run(&["send", "--json"]).ends(0);
    assert_eq!(town.city.cases().unwrap().len(), 1);
}
