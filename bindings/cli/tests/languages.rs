//! Two languages, one place for `--json`, and exit codes of command lines that are not understood.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use serde_json::{Value, json};
use support::Phone;

#[test]
fn vietnamese_unless_the_terminal_or_the_option_says_english() {
    let phone = Phone::new();
    let said = |environment: &[(&str, &str)], option: &[&str]| {
        let mut command = phone.program();
        command
            .envs(environment.iter().copied())
            .arg("--data")
            .arg(phone.data());
        let output = command.args(option).args(["draft", "list"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (vi, en) = ("Không có bản nháp\n", "No drafts\n");
    assert_eq!(said(&[], &[]), vi);
    assert_eq!(said(&[("LANG", "C.UTF-8")], &[]), vi);
    assert_eq!(said(&[("LANG", "en_US.UTF-8")], &[]), en);
    assert_eq!(
        said(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "vi_VN.UTF-8")], &[]),
        vi
    );
    assert_eq!(said(&[("LANG", "en_US.UTF-8")], &["--lang", "vi"]), vi);
    assert_eq!(said(&[], &["--lang", "en"]), en);
}

#[test]
fn a_failure_says_what_happened_and_what_to_do_in_both_languages() {
    let phone = Phone::new();
    let error = |lang| phone.run(&["--lang", lang, "status", "4711"]).ends(4).err;
    assert_eq!(error("vi"), "Không tìm thấy 4711 trên máy này. Kiểm tra lại mã\n");
    assert_eq!(error("en"), "4711 is not on this device. Check the code\n");
    // 4811-3241-8135 is a good code; its last digit changed is one that was misheard.
    assert_eq!(
        phone.run(&["status", "4811-3241-8136", "--json"]).ends(4).json()["error"],
        "error.bad_code"
    );
}

#[test]
fn saved_is_said_with_the_code_to_read_aloud() {
    let phone = Phone::new();
    let said = phone.run(&["draft", "new", "--text", "Ổ gà"]).ends(0).out;
    let code = phone.json(&["draft", "list"])["drafts"][0]["reference_code"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(said, format!("Đã lưu trên máy. Mã tra cứu {code}\n"));
    let digits = code.replace('-', "");
    let report = &phone.json(&["draft", "list"])["drafts"][0]["report"];
    for name in [
        &code,
        &digits,
        &digits.chars().skip(8).collect(),
        &report.as_str().unwrap().to_owned(),
    ] {
        assert_eq!(&phone.json(&["draft", "show", name])["report"], report, "{name}");
    }
}

#[test]
fn json_is_accepted_anywhere_and_prints_one_object() {
    let phone = Phone::new();
    for arguments in [
        ["--json", "draft", "list"],
        ["draft", "--json", "list"],
        ["draft", "list", "--json"],
    ] {
        assert_eq!(phone.run(&arguments).ends(0).json(), json!({"drafts": []}));
    }
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_two() {
    let phone = Phone::new();
    for arguments in [
        vec!["fly"],
        vec!["draft"],
        vec!["place", "set", "1234"],
        vec!["place", "set", "1", "--lat", "16"],
        vec!["answer", "1", "x"],
    ] {
        let plain = phone.run(&arguments).ends(2);
        assert!(plain.out.is_empty() && !plain.err.is_empty());
        let json: Value = phone
            .run(&[arguments.as_slice(), &["--json"]].concat())
            .ends(2)
            .json();
        assert_eq!(json["error"], "error.usage");
    }
    assert!(phone.run(&["--help"]).ends(0).out.contains("draft"));
}

#[test]
fn what_was_wrong_what_is_allowed_and_how_to_see_help_are_told_in_the_language_of_the_reader() {
    let phone = Phone::new();
    for (line, vi, en) in [
        (
            "draft new --urgency now",
            "--urgency <U> không nhận giá trị \"now\"\nĐược phép: normal, urgent, life\nXem thêm: phananh draft new --help\n",
            "--urgency <U> does not take the value \"now\"\nAllowed: normal, urgent, life\nSee also: phananh draft new --help\n",
        ),
        (
            "send --deadline soon",
            "--deadline <S> không nhận giá trị \"soon\"\nĐược phép: số giây, nhiều nhất một năm\nXem thêm: phananh send --help\n",
            "--deadline <S> does not take the value \"soon\"\nAllowed: a number of seconds, at most a year\nSee also: phananh send --help\n",
        ),
        (
            "photo",
            "Còn thiếu tên lệnh\nĐược phép: add, remove\nXem thêm: phananh photo --help\n",
            "The name of a command is missing\nAllowed: add, remove\nSee also: phananh photo --help\n",
        ),
        (
            "draft new --tex a",
            "Không có tùy chọn --tex\nCó phải --text?\nCách dùng: phananh draft new --text <T>\nXem thêm: phananh draft new --help\n",
            "There is no option --tex\nIs --text meant?\nUsage: phananh draft new --text <T>\nSee also: phananh draft new --help\n",
        ),
    ] {
        for (lang, told) in [("vi", vi), ("en", en)] {
            let arguments: Vec<_> = ["--lang", lang].into_iter().chain(line.split(' ')).collect();
            assert_eq!(phone.run(&arguments).ends(2).err, told);
        }
    }
}

#[test]
fn a_text_of_the_world_moves_no_cursor() {
    let phone = Phone::new();
    phone.json(&["draft", "new", "--text", "\u{1b}]0;tựa\u{7}\u{1b}[2JỔ gà"]);
    let shown = phone.run(&["list"]).ends(0).out;
    assert!(
        shown.contains("Ổ gà") && !shown.chars().any(|c| c.is_control() && c != '\n'),
        "{shown:?}"
    );
}

#[test]
fn profiles_are_checked_listed_and_remembered() {
    let phone = Phone::new();
    let profile = json!({"name": "bac-ninh", "zone": "Asia/Ho_Chi_Minh", "languages": ["vi"],
        "endpoint": "https://phananh.bacninh.example/open311", "service_required": false});
    let good = phone.file("good.json", profile.to_string().as_bytes());
    assert_eq!(phone.json(&["city", "profile", "check", &good])["usable"], true);
    let bad = json!({"name": "b n", "zone": "Asia/Hue", "languages": [], "endpoint": "http://x.example", "colour": 1});
    let bad = phone.file("bad.json", bad.to_string().as_bytes());
    let told = phone
        .run(&["city", "profile", "check", &bad, "--json"])
        .ends(4)
        .json();
    let codes: Vec<_> = told["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["bad_name", "not_https", "unknown_zone", "empty", "unknown_member"]
    );
    let refused = phone.run(&["--profile", &bad, "list", "--json"]).ends(4).json();
    assert_eq!(
        json!([refused["error"], refused["problems"][0]["field"]]),
        json!(["error.bad_profile", "name"])
    );
    // Another kind of value, and a misspelt flag: both named in one run, in the language of the reader.
    let typed = json!({"name": "spot", "zone": 7, "languages": ["vi"], "flags": {"medai": "many"}});
    let typed = phone.file("typed.json", typed.to_string().as_bytes());
    for (lang, lines) in [
        (
            "vi",
            [
                "- Mục zone đang ghi 7. Cần: chữ trong ngoặc kép",
                "- Không có mục flags.medai. Có phải media?",
            ],
        ),
        (
            "en",
            [
                "- zone is 7. Needed: a text in quotes",
                "- There is no flags.medai. Is media meant?",
            ],
        ),
    ] {
        let said = phone
            .run(&["--lang", lang, "city", "profile", "check", &typed])
            .ends(4)
            .out;
        assert!(
            lines.iter().all(|line| said.lines().any(|said| said == *line)),
            "{said}"
        );
    }
    let told = phone
        .run(&["city", "profile", "check", &typed, "--json"])
        .ends(4)
        .json();
    assert_eq!(
        json!([
            told["problems"][1]["nearest"],
            told["problems"][0]["found"],
            told["name"]
        ]),
        json!(["media", "7", "spot"])
    );
    assert_eq!(
        phone
            .run(&["--profile", "no-such", "list", "--json"])
            .ends(4)
            .json()["error"],
        "error.unknown_profile"
    );

    phone
        .run(&["--profile", &good, "draft", "new", "--text", "Một"])
        .ends(0);
    phone.run(&["draft", "new", "--text", "Hai"]).ends(0);
    let cities: Vec<_> = phone.json(&["list"])["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| phone.json(&["draft", "show", r["report"].as_str().unwrap()])["city"].clone())
        .collect();
    assert_eq!(cities, ["bac-ninh", "bac-ninh"]);
    let listed = phone.json(&["city", "list"]);
    assert_eq!(
        json!([listed["profiles"][0]["name"], listed["profiles"][0]["endpoint"]]),
        json!(["bac-ninh", "https://phananh.bacninh.example/open311"])
    );
}
