//! Signing in: a code, a session that lasts, and reports that wait for nothing but sending.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod support;

use phananh_city::SignIn;
use phananh_domain::id::{AccountId, CityId};
use phananh_domain::job::JobState;
use phananh_domain::profile::CityProfile;
use phananh_domain::reason::Reason;
use phananh_domain::time::{DAY, HOUR};
use phananh_engine::ClientError;
use phananh_engine::client::{DraftChanges, NewDraft, OwedAtSignOut, Verified};
use phananh_faults::{Answer, AnswerBody, Forward, RequestAction, RequestMatch, Script, Turn};
use serde_json::{Value, json};
use support::phone::Phone;
use support::story::draft;
use support::{CITY, Town};

const NUMBER: &str = "0905 123 567";

fn city() -> CityId {
    CityId::new(CITY)
}

fn me() -> AccountId {
    AccountId::new("default")
}

/// The newest code that the city sent.
fn code(town: &Town) -> String {
    let all = std::fs::read_to_string(town.dir.path().join("codes.jsonl")).unwrap();
    let last: Value = serde_json::from_str(all.lines().last().unwrap()).unwrap();
    last["code"].as_str().unwrap().to_owned()
}

async fn sign_in_as(town: &Town, phone: &Phone, account: &AccountId, address: &str) {
    let client = phone.client();
    client
        .start_sign_in(city(), account.clone(), address)
        .await
        .unwrap();
    let verified = client
        .verify_sign_in(city(), account.clone(), &code(town))
        .await
        .unwrap();
    let Verified::SignedIn { account: view } = verified else {
        panic!("{verified:?}");
    };
    assert_eq!(view.pause, None);
}

async fn sign_in(town: &Town, phone: &Phone) {
    sign_in_as(town, phone, &me(), NUMBER).await;
}

async fn strict() -> Town {
    Town::with(|config| config.sign_in = SignIn::Required).await
}

fn code_of(error: ClientError) -> String {
    match error {
        ClientError::NotNow { code } | ClientError::BadInput { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

/// What the keeper of secrets has of the session.
fn session(phone: &Phone) -> Value {
    let kept = phone.secrets.values();
    kept.iter()
        .filter_map(|secret| serde_json::from_slice::<Value>(secret).ok())
        .find(|value| value["access_token"].is_string())
        .unwrap()
}

/// What the store's files hold.
fn on_disk(phone: &Phone) -> Vec<u8> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(phone.store()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

#[tokio::test]
async fn only_sending_waits_for_a_sign_in_and_goes_on_by_itself_after_it() {
    let town = strict().await;
    let phone = Phone::of(&town).await;
    let (id, _) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!((report.delivered, report.owed), (0, 2));
    assert_eq!(phone.why(id).await, Some(Reason::SignedOut));
    assert!(town.cases().is_empty());
    assert_eq!(
        town.city.counts().unwrap().report_posts,
        0,
        "the report was not even sent to be refused"
    );

    sign_in(&town, &phone).await;
    let report = phone.settle().await.unwrap();
    assert_eq!((report.delivered, report.owed), (1, 0));
    let case = town.only_case();
    let account = phone.client().account(city(), me()).await.unwrap();
    let signed_in = account.signed_in.unwrap();
    assert_eq!(signed_in.by.as_deref(), Some("phone"));
    assert_eq!(signed_in.masked.as_deref(), Some("09xx xxx 567"));
    assert_eq!(case.photos.len(), 1);
}

#[tokio::test]
async fn tokens_are_in_the_keeper_of_secrets_and_nowhere_else() {
    let town = strict().await;
    let mut phone = Phone::of(&town).await;
    sign_in(&town, &phone).await;
    phone.submitted().await;
    phone.settle().await.unwrap();
    phone.take().shut_down().await.unwrap();
    let session = session(&phone);
    let disk = on_disk(&phone);
    for token in ["access_token", "refresh_token"] {
        let token = session[token].as_str().unwrap().as_bytes();
        assert!(!disk.windows(token.len()).any(|run| run == token));
    }
}

#[tokio::test]
async fn a_wrong_code_can_be_tried_again_until_the_city_has_enough() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let client = phone.client();
    let none = client.verify_sign_in(city(), me(), "123456").await.unwrap_err();
    assert_eq!(code_of(none), "error.no_code_asked");
    let bad = client.start_sign_in(city(), me(), "someone").await.unwrap_err();
    assert_eq!(code_of(bad), "error.bad_contact");
    let sent = client
        .start_sign_in(city(), me(), "b.tran@example.vn")
        .await
        .unwrap();
    assert_eq!(sent.digits, Some(6));
    let right = code(&town);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for left in [4, 3, 2, 1, 0] {
        let verified = client.verify_sign_in(city(), me(), wrong).await.unwrap();
        assert_eq!(
            verified,
            Verified::WrongCode {
                attempts_left: Some(left)
            }
        );
    }
    let gone = client.verify_sign_in(city(), me(), &right).await.unwrap_err();
    assert_eq!(code_of(gone), "error.code_gone");
    assert_eq!(client.account(city(), me()).await.unwrap().signed_in, None);
    // The code may be typed as people type it.
    client
        .start_sign_in(city(), me(), "b.tran@example.vn")
        .await
        .unwrap();
    let fresh = code(&town);
    let typed = format!(" {} {} ", &fresh[..3], &fresh[3..]);
    let verified = client.verify_sign_in(city(), me(), &typed).await.unwrap();
    assert!(matches!(verified, Verified::SignedIn { .. }), "{verified:?}");
    for _ in 0..3 {
        client
            .start_sign_in(city(), me(), "b.tran@example.vn")
            .await
            .unwrap();
    }
    let many = client
        .start_sign_in(city(), me(), "b.tran@example.vn")
        .await
        .unwrap_err();
    assert_eq!(code_of(many), "error.too_many_codes");
}

#[tokio::test]
async fn a_session_that_ended_between_two_sends_is_renewed_before_the_next() {
    let town = strict().await;
    let phone = Phone::of(&town).await;
    sign_in(&town, &phone).await;
    town.clock.advance(2 * HOUR);
    phone.submitted().await;
    let report = phone.drain().await;
    assert_eq!((report.delivered, report.owed), (1, 0));
    assert_eq!(town.city.counts().unwrap().report_posts, 1);
}

/// The phone's clock is an hour behind by now, so it finds out in the middle of a send.
#[tokio::test]
async fn a_session_that_the_city_refuses_in_the_middle_of_a_send_is_renewed_once_and_nothing_is_sent_twice() {
    let town = strict().await;
    let phone = Phone::of(&town).await;
    sign_in(&town, &phone).await;
    let (id, hash) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    let refused = RequestMatch::any()
        .method("POST")
        .path("/requests.json")
        .turn(Turn::nth(1));
    let over = r#"[{"code": 401, "description": "The session is over.", "reason": "session_over"}]"#;
    let over = Answer::new(401, Forward::No)
        .header("Content-Type", "application/json")
        .body(AnswerBody::Text(over.to_owned()));
    town.line
        .set_script(Script::new().on_request(refused, RequestAction::Answer(over)));
    let report = phone.drain().await;
    assert_eq!((report.delivered, report.owed), (1, 0), "in one drain");
    let case = town.only_case();
    assert_eq!(case.photos[0].sha256, hash);
}

#[tokio::test]
async fn a_lost_answer_and_then_an_expired_session_still_make_one_case() {
    let town = strict().await;
    let phone = Phone::of(&town).await;
    sign_in(&town, &phone).await;
    let id = phone.submitted().await;
    let first = RequestMatch::any()
        .method("POST")
        .path("/requests.json")
        .turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(first, RequestAction::lose_answer()));
    phone.drain().await;
    assert_eq!(town.cases().len(), 1);
    town.clock.advance(91 * DAY);
    let report = phone.settle().await.unwrap();
    // The session is over for good: it waits with the reason, unconfirmed, and is never sent under another key.
    assert_eq!(report.owed, 1);
    let queue = phone.client().queue().await.unwrap();
    assert!(
        matches!(queue[0].state, JobState::Unconfirmed { .. }),
        "{queue:?}"
    );
    assert_eq!(phone.why(id).await, Some(Reason::SignedOut));
    assert_eq!(
        phone.client().account(city(), me()).await.unwrap().signed_in,
        None
    );
    sign_in(&town, &phone).await;
    let report = phone.settle().await.unwrap();
    assert_eq!((report.delivered, report.owed), (1, 0));
    assert_eq!(town.cases().len(), 1);
}

#[tokio::test]
async fn a_locked_account_keeps_everything_says_why_and_goes_on_once_it_is_not() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    sign_in(&town, &phone).await;
    phone.submitted().await;
    phone.settle().await.unwrap();
    let account = session(&phone)["account_id"].clone();
    town.desk(
        "accounts/lock.json",
        json!({"account_id": account, "text": "Gửi quá nhiều"}),
    )
    .await;
    let id = phone.submitted().await;
    // Another account of the same phone is not held back by it.
    let other = AccountId::new("mẹ");
    let new = NewDraft {
        account: other.as_str().to_owned(),
        ..draft()
    };
    let mothers = phone.client().create_draft(new).await.unwrap().id;
    phone
        .client()
        .set_pin(mothers, 16.4637, 107.5909, None)
        .await
        .unwrap();
    phone.client().submit(mothers).await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!((report.delivered, report.owed), (1, 1));
    assert_eq!(phone.why(id).await, Some(Reason::Locked));
    let view = phone.client().account(city(), me()).await.unwrap();
    assert_eq!(view.locked_text.as_deref(), Some("Gửi quá nhiều"));
    phone.client().sync().await.unwrap();
    assert_eq!(phone.why(id).await, Some(Reason::Locked), "still");
    town.desk("accounts/unlock.json", json!({"account_id": account}))
        .await;
    phone.client().sync().await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!((report.delivered, report.owed), (1, 0));
    assert_eq!(town.cases().len(), 3);
}

#[tokio::test]
async fn signing_out_asks_while_something_is_owed_and_never_loses_it() {
    let town = strict().await;
    let phone = Phone::of(&town).await;
    sign_in(&town, &phone).await;
    town.line.off().await.unwrap();
    let id = phone.submitted().await;
    let client = phone.client();
    let asked = client
        .sign_out(city(), me(), OwedAtSignOut::Ask)
        .await
        .unwrap_err();
    assert_eq!(code_of(asked), "error.owed_reports");
    client.sign_out(city(), me(), OwedAtSignOut::Keep).await.unwrap();
    assert_eq!(client.account(city(), me()).await.unwrap().signed_in, None);
    town.line.on().await.unwrap();
    phone.settle().await.unwrap();
    assert_eq!(phone.why(id).await, Some(Reason::SignedOut));
    sign_in(&town, &phone).await;
    assert_eq!(phone.settle().await.unwrap().delivered, 1);
    client.refresh_sign_in(city(), me()).await.unwrap();
    client.sign_out(city(), me(), OwedAtSignOut::Ask).await.unwrap();
    let over = client.refresh_sign_in(city(), me()).await.unwrap_err();
    assert_eq!(code_of(over), "error.signed_out");
    assert_eq!(client.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_city_without_accounts_says_so() {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    let error = phone
        .client()
        .start_sign_in(city(), me(), NUMBER)
        .await
        .unwrap_err();
    assert_eq!(code_of(error), "error.no_sign_in");
}

#[tokio::test]
async fn one_store_holds_several_cities_and_jurisdictions_and_a_draft_moves_until_it_is_sent_off() {
    let (town, other) = (Town::rich().await, Town::rich().await);
    let phone = Phone::of(&town).await;
    let client = phone.client();
    let there = CityProfile::parse(
        r#"{"name": "other", "zone": "Asia/Ho_Chi_Minh", "languages": ["vi"], "jurisdiction_id": "north"}"#,
    )
    .unwrap();
    client.set_city(there.clone(), Some(other.url())).await.unwrap();
    let other_id = CityId::new("other");
    assert!(!client.fetch_services(other_id.clone()).await.unwrap().is_empty());
    // Another jurisdiction of the same server has a list of its own, not asked for yet.
    let south = CityProfile {
        jurisdiction_id: Some("south".to_owned()),
        ..there.clone()
    };
    client.set_city(south, Some(other.url())).await.unwrap();
    assert!(client.services(other_id.clone()).await.unwrap().is_empty());
    client.set_city(there, Some(other.url())).await.unwrap();
    assert!(!client.services(other_id).await.unwrap().is_empty());

    let id = phone.drafted().await;
    let to = |city: &str| DraftChanges {
        city: Some(city.to_owned()),
        ..DraftChanges::default()
    };
    let unknown = client.edit_draft(id, to("atlantis")).await.unwrap_err();
    assert!(matches!(unknown, ClientError::NotFound { .. }), "{unknown:?}");
    client.edit_draft(id, to("other")).await.unwrap();
    client.submit(id).await.unwrap();
    phone.settle().await.unwrap();
    assert_eq!((town.cases().len(), other.cases().len()), (0, 1));
    let late = client.edit_draft(id, to(CITY)).await.unwrap_err();
    assert_eq!(code_of(late), "error.not_a_draft");
}
