//! Before a city's address is known: what waits says so, and a practice run needs none.
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
use support::{Phone, Town, jpeg};

#[test]
fn without_an_address_the_person_is_asked_for_one_and_nobody_else_is_blamed() {
    let phone = Phone::new();
    let code = phone.lamp();
    let told = phone.run(&["--lang", "en", "submit", &code]).ends(0).out;
    assert!(
        told.contains("is not known") && told.contains("phananh --profile hue --city URL send"),
        "{told}"
    );
    let why = phone.json(&["why", &code]);
    assert_eq!(
        json!([why["reason"], why["next"]]),
        json!(["no_endpoint", {"kind": "citizen", "at": null}])
    );
    let sent = phone.run(&["send", "--json"]).ends(3).json();
    assert_eq!(
        json!([
            sent["owed"],
            sent["needs_citizen"],
            sent["next_due_at"],
            sent["requests"]
        ]),
        json!([1, 1, null, 0])
    );
    for (lang, asked) in [("vi", "Nhập địa chỉ"), ("en", "Enter it")] {
        for command in [
            vec!["why", code.as_str()],
            vec!["queue"],
            vec!["status", code.as_str()],
        ] {
            let told = phone
                .run(&[&["--lang", lang], command.as_slice()].concat())
                .ends(0)
                .out;
            assert!(told.contains(asked) && !told.contains("operator"), "{told}");
        }
    }

    // The command that was told gives the address, and the report goes.
    let town = Town::start(Script::new());
    let sent = phone.json(&["--profile", "hue", "--city", &town.url(), "send"]);
    assert_eq!(json!([sent["delivered"], sent["owed"]]), json!([1, 0]));
    assert_eq!(town.city.cases().unwrap().len(), 1);
}

#[test]
fn a_practice_run_goes_to_its_end_without_a_city_and_claims_nothing_of_one() {
    let phone = Phone::new();
    let draft = phone.json(&[
        "draft",
        "new",
        "--practice",
        "--service",
        "chieu-sang",
        "--text",
        "Tập",
    ]);
    let code = draft["reference_code"].as_str().unwrap();
    phone.json(&["place", "set", code, "--words", "Chợ Đông Ba"]);
    phone.json(&["photo", "add", code, &phone.file("a.jpg", &jpeg(320, 240))]);
    let told = phone.run(&["submit", code]).ends(0).out;
    assert_eq!(told, "Đã bấm gửi thử. Phản ánh này không rời khỏi máy\n");
    let sent = phone.json(&["send"]);
    assert_eq!(
        json!([sent["delivered"], sent["owed"], sent["requests"]]),
        json!([0, 0, 0])
    );
    for (lang, true_word, untrue) in [
        (
            "vi",
            "Đã tập gửi xong, không rời khỏi máy",
            "thành phố không cấp mã",
        ),
        (
            "en",
            "Practised to the end, nothing left the phone",
            "the city gives no number",
        ),
    ] {
        for command in [["status", code], ["list", "--limit=5"]] {
            let told = phone.run(&[["--lang", lang], command].concat()).ends(0).out;
            assert!(told.contains(true_word) && !told.contains(untrue), "{told}");
        }
    }
    let status = phone.json(&["status", code]);
    assert_eq!(
        json!([status["practice"], status["service_request_id"]]),
        json!([true, null])
    );
}
