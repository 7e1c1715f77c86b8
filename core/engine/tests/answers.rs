//! Answers to a POST that are no receipt, and look-ups that find, prove or cannot tell: never a second case.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use phananh_domain::delivery::Delivery;
use phananh_domain::id::ReportId;
use phananh_domain::reason::Reason;
use phananh_domain::time::DAY;
use phananh_engine::client::{Decided, Decision, DraftChanges};
use phananh_faults::{
    Answer, AnswerBody, Forward, RequestAction, RequestMatch, RequestPosition, Script, Turn,
};
use serde_json::json;
use support::Town;
use support::phone::Phone;

fn first_post(action: RequestAction) -> Script {
    Script::new().on_request(RequestMatch::any().method("POST").turn(Turn::nth(1)), action)
}

/// What may come back in place of a receipt, whether or not the city stored the report.
fn no_receipts(forward: Forward) -> Vec<(&'static str, RequestAction)> {
    let answer = |status, body| RequestAction::Answer(Answer::new(status, forward).body(body));
    let text = |text: &str| AnswerBody::Text(text.to_owned());
    let row = json!({"service_request_id": "77", "service_code": "den-duong", "description": "Đèn hỏng", "status": "open"});
    vec![
        (
            "a page",
            answer(200, text("<!doctype html><html>Xin chào</html>")),
        ),
        ("nothing", answer(200, text(""))),
        ("torn JSON", answer(201, text(r#"[{"service_request_id": "#))),
        ("a search list", answer(200, AnswerBody::Json(json!([row, row])))),
        ("a stranger's case", answer(200, AnswerBody::Json(json!([row])))),
        ("an empty list", answer(200, AnswerBody::Json(json!([])))),
        (
            "endless JSON",
            RequestAction::Answer(Answer::new(200, forward).endless()),
        ),
        (
            "500",
            answer(
                500,
                AnswerBody::Json(json!([{"code": 500, "description": "Lỗi"}])),
            ),
        ),
        ("408", answer(408, text(""))),
    ]
}

#[tokio::test]
async fn what_is_no_receipt_never_makes_a_second_case() {
    for forward in [Forward::Yes, Forward::No] {
        for (name, action) in no_receipts(forward) {
            let town = Town::rich().await;
            let phone = Phone::of(&town).await;
            town.line.set_script(first_post(action.clone()));
            let (id, hash) = phone.drafted_with_photo().await;
            phone.client().submit(id).await.unwrap();
            assert_eq!(phone.settle().await.unwrap().owed, 0, "rich, {name}, {forward:?}");
            assert_eq!(
                town.only_case().photos[0].sha256,
                hash,
                "rich, {name}, {forward:?}"
            );

            let town = Town::bare().await;
            let phone = Phone::of(&town).await;
            town.line.set_script(first_post(action));
            let id = phone.submitted().await;
            let report = phone.settle().await.unwrap();
            let expected = match forward {
                Forward::Yes => (1, 0),
                // A city that never showed us a report of ours: its silence proves nothing.
                Forward::No => (0, 1),
            };
            assert_eq!(
                (town.cases().len(), report.needs_citizen),
                expected,
                "bare, {name}"
            );
            if forward == Forward::No {
                assert_eq!(phone.why(id).await, Some(Reason::CannotTell));
                phone.client().decide(id, Decision::Again).await.unwrap();
                assert_eq!(phone.settle().await.unwrap().owed, 0);
                assert_eq!(town.cases().len(), 1, "bare, {name}, sent again");
            }
        }
    }
}

#[tokio::test]
async fn a_city_that_hangs_is_asked_whether_it_has_it() {
    for town in [Town::rich().await, Town::bare().await] {
        let phone = Phone::of(&town).await;
        town.line
            .set_script(first_post(RequestAction::stall(RequestPosition::AfterRequest)));
        phone.submitted().await;
        assert_eq!(phone.settle().await.unwrap().owed, 0);
        assert_eq!(town.cases().len(), 1);
    }
}

#[tokio::test]
async fn a_key_that_is_refused_or_a_base_that_moved_pauses_the_city_and_keeps_the_report() {
    for status in [403, 301] {
        for town in [Town::rich().await, Town::bare().await] {
            let phone = Phone::of(&town).await;
            let answer = Answer::new(status, Forward::No).header("Location", "http://127.0.0.1:9/");
            town.line.set_script(first_post(RequestAction::Answer(answer)));
            let id = phone.submitted().await;
            let report = phone.drain().await;
            assert_eq!((report.owed, report.needs_citizen), (1, 0), "{status}");
            let reason = phone.why(id).await;
            assert!(
                matches!(reason, Some(Reason::CitySetup | Reason::Checking)),
                "{status}: {reason:?}"
            );
            let report = phone.settle().await.unwrap();
            assert!(town.cases().len() as u32 + report.needs_citizen == 1, "{status}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_shown_and_a_changed_report_goes_out_once() {
    for (town, forward) in [
        (Town::rich().await, Forward::No),
        (Town::rich().await, Forward::Yes),
        (Town::bare().await, Forward::No),
        (Town::bare().await, Forward::Yes),
    ] {
        let phone = Phone::of(&town).await;
        let errors = json!([{"code": 400, "description": "Nội dung không hợp lệ"}]);
        let answer = Answer::new(400, forward).body(AnswerBody::Json(errors));
        town.line.set_script(first_post(RequestAction::Answer(answer)));
        let id = phone.submitted().await;
        let report = phone.settle().await.unwrap();
        assert_eq!(report.needs_citizen, 1);
        let status = phone.client().status(id).await.unwrap();
        let refused = Delivery::Blocked {
            reason: Reason::Refused,
        };
        assert_eq!(status.delivery, refused);
        assert!(status.refusal.unwrap().text.contains("Nội dung không hợp lệ"));
        match phone.client().decide(id, Decision::Edit).await.unwrap() {
            Decided::Done => {
                assert_eq!(forward, Forward::No);
                let text = Some("Cây đổ, đã rõ hơn".to_owned());
                let changes = DraftChanges {
                    text,
                    ..DraftChanges::default()
                };
                phone.client().edit_draft(id, changes).await.unwrap();
                phone.client().submit(id).await.unwrap();
                phone.settle().await.unwrap();
            }
            // The look before the new revision found it: delivered as it was.
            Decided::AlreadyThere => assert_eq!(forward, Forward::Yes),
            Decided::MessageTakenBack => panic!("there is no message"),
        }
        assert_eq!(phone.client().queue().await.unwrap(), []);
        assert_eq!(town.cases().len(), 1, "{forward:?}");
    }
}

#[tokio::test]
async fn silence_proves_absence_only_at_a_city_that_has_shown_ours() {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    phone.submitted().await;
    phone.settle().await.unwrap();
    phone.client().sync().await.unwrap();
    town.line
        .set_script(first_post(RequestAction::cut(RequestPosition::InBody)));
    let id = phone.submitted().await;
    let report = phone.settle().await.unwrap();
    assert_eq!((report.owed, report.needs_citizen), (0, 0));
    assert_eq!(town.cases().len(), 2);
    let status = phone.client().status(id).await.unwrap();
    assert!(!status.receipt.unwrap().found, "sent again after the proof");
}

#[tokio::test]
async fn a_city_that_hides_new_reports_gets_one_post_and_the_citizen_is_asked() {
    let hidden = Duration::from_secs(u64::try_from(2 * DAY / 1_000).unwrap());
    let town = Town::with(|config| {
        config.extensions = phananh_city::Extensions::none();
        config.list_lag = hidden;
    })
    .await;
    let phone = Phone::of(&town).await;
    // One that went well, watched: this city lists late, so its silence never proves anything.
    phone.submitted().await;
    phone.settle().await.unwrap();
    phone.clock.advance(phananh_domain::time::HOUR);
    phone.client().sync().await.unwrap();
    town.line.set_script(first_post(RequestAction::lose_answer()));
    let id = phone.submitted().await;
    let report = phone.settle().await.unwrap();
    assert_eq!((report.owed, report.needs_citizen), (1, 1));
    assert_eq!(phone.why(id).await, Some(Reason::CannotTell));
    assert_eq!(town.city.counts().unwrap().report_posts, 2);
    // The citizen waits; two days later the city shows it.
    phone.client().decide(id, Decision::Wait).await.unwrap();
    phone.clock.advance(2 * DAY);
    phone.settle().await.unwrap();
    assert_eq!(phone.client().queue().await.unwrap(), []);
    assert_eq!(town.city.counts().unwrap().report_posts, 2);
}

/// A phone whose one report waits for the citizen.
async fn asked(answer: RequestAction, photo: Photo) -> (Town, Phone, ReportId) {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    town.line.set_script(first_post(answer));
    let id = match photo {
        Photo::None => phone.submitted().await,
        Photo::One => {
            let (id, _) = phone.drafted_with_photo().await;
            phone.client().submit(id).await.unwrap();
            id
        }
    };
    assert_eq!(phone.settle().await.unwrap().needs_citizen, 1);
    (town, phone, id)
}

#[derive(Clone, Copy)]
enum Photo {
    None,
    One,
}

#[tokio::test]
async fn every_choice_that_is_offered_can_be_made_and_files_nothing_twice() {
    let refusal = |status, words: &str| {
        let errors = json!([{"code": status, "description": words}]);
        RequestAction::Answer(Answer::new(status, Forward::No).body(AnswerBody::Json(errors)))
    };
    let cases = [
        (
            refusal(400, "base is a duplicate"),
            Photo::None,
            Reason::AlreadyKnown,
        ),
        (
            refusal(400, "description is too short"),
            Photo::None,
            Reason::Refused,
        ),
        (refusal(413, "media too large"), Photo::One, Reason::PhotoTooLarge),
        (
            RequestAction::cut(RequestPosition::InBody),
            Photo::None,
            Reason::CannotTell,
        ),
    ];
    for (answer, photo, reason) in cases {
        let (_town, phone, id) = asked(answer.clone(), photo).await;
        assert_eq!(phone.why(id).await, Some(reason));
        let choices = phone.client().why(id).await.unwrap().choices;
        assert_eq!(phone.client().queue().await.unwrap()[0].choices, choices);
        assert!(!choices.is_empty(), "{reason}");
        for choice in choices {
            let (town, phone, id) = asked(answer.clone(), photo).await;
            phone.client().decide(id, choice).await.unwrap();
            phone.settle().await.unwrap();
            assert!(town.cases().len() <= 1, "{reason} {choice}");
        }
    }
}
