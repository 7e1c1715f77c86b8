//! The operator's desk through the real program: every command says a finished sentence in both languages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_faults::{RequestAction, RequestMatch, RequestPosition, Script};
use support::{Phone, Town, jpeg};

/// A desk whose answers are read by a person.
struct Desk<'a> {
    phone: &'a Phone,
    url: String,
    lang: &'static str,
}

impl Desk<'_> {
    /// What is said, on both streams, of a command that ends as told.
    #[track_caller]
    fn says(&self, exit: i32, arguments: &[&str]) -> String {
        let output = self
            .phone
            .program()
            .args([
                "--lang",
                self.lang,
                "desk",
                "--city",
                &self.url,
                "--token",
                support::TOKEN,
            ])
            .args(arguments)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{arguments:?} {said}");
        assert!(
            !said.trim().is_empty() && !said.contains('{') && !said.contains('}'),
            "{arguments:?} {said}"
        );
        said
    }
}

#[test]
fn every_step_is_told_whole_in_both_languages() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    phone.json(&["me", "set", "--name", "Nguyễn Văn An", "--phone", "0905123456"]);
    let codes: Vec<_> = (0..8).map(|_| phone.lamp()).collect();
    for code in &codes {
        phone.json(&["submit", code]);
    }
    phone.json(&["send"]);
    let photo = phone.file("after.jpg", &jpeg(320, 240));
    for (lang, first, said) in [
        (
            "vi",
            1,
            [
                "Hồ sơ 1: Đã tiếp nhận\n",
                "Hồ sơ 1: Đang xác minh\n",
                "Hồ sơ 1: Đã chuyển cơ quan xử lý: Điện lực\n",
                "Hồ sơ 1: Đang xử lý\n",
                "Hồ sơ 1: Chờ người dân bổ sung\n",
                "Hồ sơ 1: Gia hạn đến 17:00 15/12/2099\n",
                "Hồ sơ 1: Đã chuyển cơ quan khác: Cây xanh\n",
                "Hồ sơ 1: Đã thêm ghi chú nội bộ\n",
                "Hồ sơ 1: Đã có kết quả: Đã khắc phục\n",
                "Hồ sơ 1: Đã đóng, đã có kết quả\n",
                "Hồ sơ 2: Đã gộp với 1\n",
                "Hồ sơ 3: Không tiếp nhận: Ngoài phạm vi\n",
            ],
        ),
        (
            "en",
            5,
            [
                "Case 5: Accepted\n",
                "Case 5: Being verified\n",
                "Case 5: Sent to agency: Điện lực\n",
                "Case 5: In progress\n",
                "Case 5: Waiting for the citizen\n",
                "Case 5: Extended to 17:00 15/12/2099\n",
                "Case 5: Transferred: Cây xanh\n",
                "Case 5: Internal note added\n",
                "Case 5: Result available: Fixed\n",
                "Case 5: Closed, result given\n",
                "Case 6: Merged with 5\n",
                "Case 7: Not accepted: Ngoài phạm vi\n",
            ],
        ),
    ] {
        let desk = Desk {
            phone: &phone,
            url: town.url(),
            lang,
        };
        let [a, b, c] = [first, first + 1, first + 2].map(|n| n.to_string());
        let due = "2099-12-15T17:00:00+07:00";
        let done = [
            desk.says(0, &["receive", &a]),
            desk.says(0, &["verify", &a, "--service", "cay-xanh"]),
            desk.says(
                0,
                &[
                    "assign",
                    &a,
                    "--agency",
                    "Điện lực",
                    "--co",
                    "Phường",
                    "--track",
                    "timed",
                ],
            ),
            desk.says(0, &["start", &a]),
            desk.says(0, &["ask", &a, "--text", "Trụ số mấy?"]),
            {
                desk.says(0, &["start", &a]);
                desk.says(0, &["extend", &a, "--due", due, "--reason", "Chờ vật tư"])
            },
            desk.says(0, &["transfer", &a, "--agency", "Cây xanh"]),
            desk.says(0, &["note", &a, "--text", "Gọi lại chiều nay"]),
            desk.says(
                0,
                &[
                    "resolve",
                    &a,
                    "--outcome",
                    "fixed",
                    "--text",
                    "Đã thay",
                    "--photo",
                    &photo,
                ],
            ),
            desk.says(0, &["close", &a]),
            desk.says(0, &["merge", &b, "--into", &a]),
            desk.says(0, &["reject", &c, "--reason", "Ngoài phạm vi"]),
        ];
        assert_eq!(done, said);

        let [merged, refused, waits] = match lang {
            "vi" => ["Đã gộp với 1", "Không tiếp nhận: Ngoài phạm vi", "Chờ tiếp nhận"],
            _ => ["Merged with 5", "Not accepted: Ngoài phạm vi", "Awaiting intake"],
        };
        let list = desk.says(0, &["list"]);
        assert!(
            [merged, refused, waits].iter().all(|word| list.contains(word)),
            "{list}"
        );
        assert!(desk.says(0, &["show", &b]).contains(merged));
        assert!(desk.says(0, &["show", &c]).contains(refused));
        assert!(desk.says(0, &["list", "--state", "duplicate"]).contains(merged));
        assert!(desk.says(0, &["find", &codes[first]]).contains(merged));
        let whole = desk.says(0, &["show", &a]);
        assert!(
            whole.contains("17:00 15/12/2099") && whole.contains("Phường"),
            "{whole}"
        );
        let audit = desk.says(0, &["audit", &a]);
        for word in match lang {
            "vi" => ["Tiếp nhận", "Gia hạn", "Xem thông tin liên hệ", "Đã khắc phục"],
            _ => ["Accept", "Extend", "Look at contact details", "Fixed"],
        } {
            assert!(audit.contains(word), "{word}: {audit}");
        }
        // What is refused names the field as the screens do.
        for (arguments, field) in [
            (
                ["extend", "4", "--due", "yesterday", "--reason", "x"].as_slice(),
                ["Hạn xử lý", "Due"],
            ),
            (&["list", "--state", "nope"], ["Tình trạng xử lý", "Case status"]),
        ] {
            if arguments[0] == "extend" {
                for step in ["receive", "verify"] {
                    let _ = town.desk(&[step, "4"]);
                }
                let _ = town.desk(&["assign", "4", "--agency", "A"]);
            }
            let told = desk.says(4, arguments);
            assert!(told.contains(field[usize::from(lang == "en")]), "{told}");
        }
        desk.says(4, &["receive", &c]);
        desk.says(4, &["show", "999"]);
        desk.says(4, &["find", "zzzz"]);
    }
}

#[test]
fn a_silent_city_is_given_up_and_told_of() {
    let mute = RequestAction::stall(RequestPosition::AfterRequest);
    let town = Town::start(Script::new().on_request(RequestMatch::any(), mute));
    let phone = Phone::new();
    for (lang, told) in [
        (
            "vi",
            "Máy chủ thành phố không trả lời trong 0.2 giây. Thử lại sau\n",
        ),
        (
            "en",
            "The city's server said nothing for 0.2 seconds. Try again later\n",
        ),
    ] {
        let desk = Desk {
            phone: &phone,
            url: town.url(),
            lang,
        };
        assert_eq!(desk.says(6, &["list", "--timeout", "0.2"]), told);
        assert_eq!(desk.says(6, &["--timeout", "0.2", "receive", "1"]), told);
    }
}
