//! A citizen's whole way through the program, as a script goes it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_faults::{RequestAction, RequestMatch, Script, Turn};
use serde_json::json;
use support::{Phone, Town, decodes, jpeg};

/// The answer to the first report is lost after the city stored it.
fn losing_the_first_answer() -> Script {
    let first = RequestMatch::any()
        .method("POST")
        .path("/requests.json")
        .turn(Turn::nth(1));
    Script::new().on_request(first, RequestAction::lose_answer())
}

#[test]
fn from_a_draft_without_network_to_a_rated_result() {
    let town = Town::start(losing_the_first_answer());
    town.off();
    let phone = Phone::of(&town.url());

    let draft = phone.json(&[
        "draft",
        "new",
        "--service",
        "ngap-ung",
        "--text",
        "Nước ngập kiệt 48",
        "--urgency",
        "urgent",
    ]);
    let code = draft["reference_code"].as_str().unwrap();
    assert_eq!(code.len(), "1234-5678-9012".len());
    let shown = &phone.json(&["draft", "list"])["drafts"][0];
    assert_eq!(
        json!([
            shown["report"],
            shown["reference_code"],
            shown["text"],
            shown["service"]
        ]),
        json!([draft["report"], code, "Nước ngập kiệt 48", "ngap-ung"])
    );
    let photo = phone.file("kiệt.jpg", &jpeg(2000, 1500));
    let added = phone.json(&["photo", "add", code, &photo]);
    assert!(added["photos"][0]["bytes"].as_u64().unwrap() <= 300_000);
    phone.json(&[
        "place",
        "set",
        code,
        "--words",
        "Kiệt 48 Ngô Quyền",
        "--lat",
        "16.4637",
        "--lon",
        "107.5909",
    ]);
    phone.json(&[
        "answer",
        code,
        "muc-nuoc=dau-goi",
        "bat-dau=2026-11-25T07:30:00+07:00",
        "anh-huong=nha",
        "anh-huong=duong",
    ]);
    phone.json(&["submit", code]);

    let waiting = phone.run(&["send", "--json"]).ends(6).json();
    assert_eq!(
        (waiting["delivered"].as_u64(), waiting["needs_citizen"].as_u64()),
        (Some(0), Some(0))
    );
    let owed = phone.json(&["queue"]);
    let kinds: Vec<_> = owed["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["report", "attachment"]);
    let why = phone.json(&["why", code]);
    assert!(
        why["reason"].is_string() && why["next"]["kind"].is_string(),
        "{why}"
    );
    let alarm = phone.run(&["--lang", "en", "status", code]).ends(0).out;
    assert!(
        alarm.contains("NOT SENT") && alarm.contains("112"),
        "an urgent report never looks calm: {alarm}"
    );

    town.on();
    let sent = phone
        .run(&["send", "--now", "--deadline", "60", "--json"])
        .ends(0)
        .json();
    assert_eq!(
        (sent["delivered"].as_u64(), sent["owed"].as_u64()),
        (Some(1), Some(0)),
        "{sent}"
    );
    let cases = town.city.cases().unwrap();
    assert_eq!(cases.len(), 1, "one tap is one case");
    let number = cases[0].id.as_str();

    let found = town.desk(&["find", code]).ends(0).json();
    assert_eq!(found["cases"][0]["case"], json!(number));
    town.desk(&["receive", number]).ends(0);
    town.desk(&["verify", number]).ends(0);
    town.desk(&[
        "assign",
        number,
        "--agency",
        "Trung tâm Hạ tầng",
        "--track",
        "timed",
    ])
    .ends(0);
    town.desk(&["note", number, "--text", "gọi lại sau"]).ends(0);
    let after = phone.file("sau.jpg", &jpeg(800, 600));
    town.desk(&[
        "resolve",
        number,
        "--outcome",
        "fixed",
        "--text",
        "Đã thông cống",
        "--photo",
        &after,
    ])
    .ends(0);
    let audit = town.desk(&["audit", number]).ends(0).json();
    assert!(
        audit["audit"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["action"] == "resolve")
    );

    phone.json(&["sync"]);
    phone.json(&[
        "message",
        code,
        "rate",
        "--rating",
        "satisfied",
        "--fixed",
        "yes",
        "--text",
        "Cảm ơn",
    ]);
    phone.json(&["send", "--now", "--deadline", "60"]);
    phone.json(&["sync"]);

    let case = &town.city.cases().unwrap()[0];
    assert_eq!(
        (case.rating.as_deref(), case.fixed.as_deref()),
        (Some("satisfied"), Some("yes"))
    );
    assert_eq!(case.description.as_deref(), Some("Nước ngập kiệt 48"));
    let status = phone.json(&["status", number]);
    assert_eq!(status["reference_code"], json!(code));
    assert_eq!(
        json!([
            status["delivery"],
            status["case_status"],
            status["outcome"],
            status["service_request_id"],
            status["why"]
        ]),
        json!(["delivered", "resolved", "fixed", number, null])
    );
    let attachment = &status["attachments"][0];
    assert_eq!(
        (attachment["kind"].as_str(), attachment["state"].as_str()),
        (Some("photo"), Some("delivered"))
    );
    assert_eq!(attachment["sha256"], json!(case.photos[0].sha256));
    assert_eq!(attachment["bytes"], json!(case.photos[0].bytes));
    assert_eq!(
        json!(decodes(&case.photos[0].path).0),
        added["photos"][0]["width"]
    );
    let kinds: Vec<_> = status["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "submitted",
        "received",
        "verifying",
        "assigned",
        "resolved",
        "rating",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert!(
        !status.to_string().contains("gọi lại sau"),
        "a note of the desk stays there"
    );
}

#[test]
fn a_report_for_a_caller_names_them_to_the_desk_alone() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    let new = [
        "draft",
        "new",
        "--service",
        "cay-xanh",
        "--text",
        "Cây đổ",
        "--for",
        "Trần Thị Bích",
        "--phone",
        "0905 123 456",
    ];
    let draft = phone.json(&new);
    let code = draft["reference_code"].as_str().unwrap();
    phone.json(&["place", "set", code, "--lat", "16.4637", "--lon", "107.5909"]);
    phone.json(&["submit", code]);
    phone.json(&["send"]);
    let shown = town.desk(&["show", "1"]).ends(0).json();
    assert!(shown["contact"].to_string().contains("0905 123 456"), "{shown}");
    assert_eq!(
        town.desk(&["list", "--state", "submitted"]).ends(0).json()["cases"][0]["contact"],
        json!(null)
    );
}

#[test]
fn what_was_sent_off_can_be_taken_back_while_nothing_left() {
    let town = Town::start(Script::new());
    town.off();
    let phone = Phone::of(&town.url());
    let code = phone.lamp();
    phone.json(&["submit", &code]);
    let refused = phone
        .run(&["draft", "edit", &code, "--text", "x", "--json"])
        .ends(4)
        .json();
    assert_eq!(refused["error"], "error.not_a_draft");
    assert_eq!(phone.json(&["recall", &code])["delivery"], "draft");
    phone.json(&["draft", "edit", &code, "--text", "Hai đèn hỏng"]);
    phone.json(&["submit", &code]);
    town.on();
    phone.json(&["retry", &code]);
    phone.json(&["send", "--now", "--deadline", "60"]);
    assert_eq!(
        town.city.cases().unwrap()[0].description.as_deref(),
        Some("Hai đèn hỏng")
    );
    let late = phone.run(&["recall", &code, "--json"]).ends(4).json();
    assert_eq!(late["error"], "error.too_late");
}

#[test]
fn readings_of_a_sensor_give_the_place_until_a_pin_does() {
    let phone = Phone::new();
    let code = phone.json(&["draft", "new", "--text", "Ổ gà"])["reference_code"]
        .as_str()
        .unwrap()
        .to_owned();
    let lines = "{\"t_ms\":1,\"lat\":16.40,\"lon\":107.50,\"accuracy_m\":80,\"provider\":\"network\",\"mock\":false}\n\n\
                 {\"t_ms\":2,\"lat\":16.41,\"lon\":107.51,\"accuracy_m\":8,\"provider\":\"gps\",\"mock\":false}\n";
    let place = phone.json(&[
        "place",
        "fix",
        &code,
        &phone.file("fixes.jsonl", lines.as_bytes()),
    ]);
    assert_eq!(
        json!([place["fixes"], place["place"]["lat"], place["place"]["source"]]),
        json!([2, 16.41, "device"])
    );
    phone.json(&["place", "set", &code, "--lat=-16.5", "--lon=107.6"]);
    let spoilt = format!("{lines}{{\"t_ms\":3,\"lat\":99,\"lon\":0}}\n");
    let refused = phone.run(&[
        "place",
        "fix",
        &code,
        &phone.file("spoilt.jsonl", spoilt.as_bytes()),
        "--json",
    ]);
    assert_eq!(refused.ends(4).json()["error"], "error.bad_line");
    let place = &phone.json(&["draft", "show", &code])["place"];
    assert_eq!(json!([place["lat"], place["source"]]), json!([-16.5, "pin"]));
    let emergency = phone.json(&["emergency", &code]);
    assert_eq!(
        json!([emergency["numbers"][0]["number"], emergency["place"]["lat"]]),
        json!(["112", -16.5])
    );
}
