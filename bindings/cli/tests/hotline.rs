//! An operator files while listening: two commands, and one to find it again.
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
use serde_json::json;
use support::{Phone, Town};

#[test]
fn a_callers_report_is_filed_read_back_and_found_by_code_part_or_number() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    let new = [
        "draft",
        "new",
        "--service",
        "cay-xanh",
        "--text",
        "Cây đổ trước kiệt 48 Ngô Quyền",
        "--for",
        "Trần Thị Bưởi",
        "--phone",
        "0905 123 567",
    ];
    let draft = phone.json(&new);
    let code = draft["reference_code"].as_str().unwrap();
    let groups: Vec<_> = code.split('-').map(str::len).collect();
    assert_eq!(groups, [4, 4, 4], "as it is read back");
    phone.json(&["place", "set", code, "--lat", "16.4637", "--lon", "107.5909"]);
    phone.json(&["submit", code]);
    phone.json(&["send", "--now"]);
    let number = town.city.cases().unwrap()[0].id.clone();
    // Who called is nowhere but sealed.
    for file in std::fs::read_dir(phone.data()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in ["Bưởi", "0905"] {
                assert!(
                    !bytes.windows(secret.len()).any(|run| run == secret.as_bytes()),
                    "{}",
                    path.display()
                );
            }
        }
    }
    for text in [code, &code[..4], number.as_str(), "0905123567"] {
        let found = town.desk(&["find", text]).ends(0).json();
        assert_eq!(found["cases"][0]["case"], json!(number), "{text}");
        assert_eq!(found["cases"][0]["channel"], json!("hotline"), "{text}");
    }
    let similar = [
        "similar",
        "--service",
        "cay-xanh",
        "--lat",
        "16.4637",
        "--lon",
        "107.5910",
        "--text",
        "cây đổ ngô quyền",
    ];
    let similar = town.desk(&similar).ends(0).json();
    assert_eq!(similar["cases"][0]["case"], json!(number));
    assert!(similar["cases"][0]["score"].is_number(), "{similar}");
    assert_eq!(
        town.desk(&["similar", "--lat", "10.0", "--lon", "100.0"])
            .ends(0)
            .json()["cases"],
        json!([])
    );
}
