//! What is said about a case, offline, in order, once; and cases of others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::Delivery;
use phananh_domain::id::{AccountId, CaseNumber, CityId, ReportId};
use phananh_domain::identity::Publication;
use phananh_domain::message::{MessageBody, MessageKind, Satisfaction, StillThere};
use phananh_domain::reason::Reason;
use phananh_domain::search::ListState;
use phananh_domain::time::DAY;
use phananh_engine::ClientError;
use phananh_engine::client::{Decision, DraftChanges, ListQuery, NewMessage, TimelineEntry};
use phananh_faults::{Answer, AnswerBody, Forward, RequestAction, RequestMatch, Script, Turn};
use serde_json::{Value, json};
use support::phone::Phone;
use support::story::{WORDS, draft};
use support::{CITY, Town, picture};

fn city() -> CityId {
    CityId::new(CITY)
}

fn me() -> AccountId {
    AccountId::new("default")
}

fn plain(body: MessageBody) -> NewMessage {
    NewMessage {
        body,
        photos: Vec::new(),
    }
}

fn rated(satisfaction: Satisfaction, fixed: StillThere) -> NewMessage {
    plain(MessageBody::Rating {
        satisfaction: Some(satisfaction),
        fixed: Some(fixed),
        text: None,
    })
}

fn code(error: ClientError) -> String {
    match error {
        ClientError::NotNow { code } | ClientError::BadInput { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

/// A report of the phone that the city has, in public.
async fn delivered(phone: &Phone) -> ReportId {
    let mut new = draft();
    new.changes.publication = Some(Publication::Public);
    let id = phone.client().create_draft(new).await.unwrap().id;
    phone.client().set_pin(id, 16.4637, 107.5909, None).await.unwrap();
    phone.client().submit(id).await.unwrap();
    phone.settle().await.unwrap();
    id
}

async fn acts(town: &Town, case: &str, steps: &[Value]) {
    for step in steps {
        town.act(case, step.clone()).await;
    }
}

async fn refused(phone: &Phone, id: ReportId, body: MessageBody) -> String {
    code(phone.client().message(id, plain(body)).await.unwrap_err())
}

#[tokio::test]
async fn an_answer_with_photos_goes_once_though_it_was_written_offline() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = delivered(&phone).await;
    let case = town.only_case().id;
    let answer = || MessageBody::Answer {
        text: "Số 48".to_owned(),
    };
    assert_eq!(refused(&phone, id, answer()).await, "error.nothing_asked");
    acts(
        &town,
        &case,
        &[
            json!({"action": "receive"}),
            json!({"action": "ask", "text": "Số mấy?"}),
        ],
    )
    .await;
    phone.client().sync().await.unwrap();
    town.line.off().await.unwrap();
    let photo = picture(phone.dir.path(), 5).to_string_lossy().into_owned();
    let message = NewMessage {
        body: answer(),
        photos: vec![photo],
    };
    phone.client().message(id, message).await.unwrap();
    assert_eq!(phone.drain().await.owed, 1);
    town.line.on().await.unwrap();
    let first = RequestMatch::any()
        .method("POST")
        .path("/messages")
        .turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(first, RequestAction::lose_answer()));
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    let events = town.only_case().events;
    let answers: Vec<_> = events.iter().filter(|event| event.kind == "answer").collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].text.as_deref(), Some("Số 48"));
    assert_eq!(answers[0].photos.len(), 1);
}

#[tokio::test]
async fn the_last_answer_to_the_two_questions_wins_and_messages_keep_their_order() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = delivered(&phone).await;
    let case = town.only_case().id;
    assert_eq!(
        code(
            phone
                .client()
                .message(id, rated(Satisfaction::Satisfied, StillThere::Yes))
                .await
                .unwrap_err()
        ),
        "error.no_result"
    );
    acts(
        &town,
        &case,
        &[
            json!({"action": "receive"}),
            json!({"action": "verify"}),
            json!({"action": "assign", "agency": "Cây xanh"}),
            json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn"}),
        ],
    )
    .await;
    phone.client().sync().await.unwrap();
    // The first is on its way and its answer lost; the next two are written before it is known.
    phone
        .client()
        .message(id, rated(Satisfaction::Dissatisfied, StillThere::No))
        .await
        .unwrap();
    let first = RequestMatch::any()
        .method("POST")
        .path("/messages")
        .turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(first, RequestAction::lose_answer()));
    phone.drain().await;
    phone
        .client()
        .message(id, rated(Satisfaction::Acceptable, StillThere::Partly))
        .await
        .unwrap();
    phone
        .client()
        .message(id, rated(Satisfaction::Satisfied, StillThere::Yes))
        .await
        .unwrap();
    let comment = MessageBody::Comment {
        text: "Cảm ơn".to_owned(),
    };
    phone.client().message(id, plain(comment)).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    let now = town.only_case();
    assert_eq!(
        (now.rating.as_deref(), now.fixed.as_deref()),
        (Some("satisfied"), Some("yes"))
    );
    let said: Vec<_> = now
        .events
        .iter()
        .map(|event| event.kind.as_str())
        .filter(|kind| matches!(*kind, "rating" | "comment"))
        .collect();
    assert_eq!(
        said,
        ["rating", "rating", "comment"],
        "the one in the middle never had to go"
    );
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(
        (status.rating, status.fixed),
        (Some(Satisfaction::Satisfied), Some(StillThere::Yes))
    );
}

#[tokio::test]
async fn reminding_waits_for_the_deadline_and_withdrawing_ends_it() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = delivered(&phone).await;
    let case = town.only_case().id;
    acts(
        &town,
        &case,
        &[
            json!({"action": "receive"}),
            json!({"action": "assign", "agency": "Cây xanh"}),
        ],
    )
    .await;
    phone.client().sync().await.unwrap();
    let remind = || MessageBody::Remind { text: None };
    assert_eq!(refused(&phone, id, remind()).await, "error.not_overdue");
    town.clock.advance(90 * DAY);
    phone.client().message(id, plain(remind())).await.unwrap();
    phone
        .client()
        .message(id, plain(MessageBody::Withdraw { text: None }))
        .await
        .unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    phone.client().sync().await.unwrap();
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(status.case_status, Some(CaseStatus::Withdrawn));
    assert_eq!(refused(&phone, id, remind()).await, "error.case_ended");
    assert_eq!(
        refused(&phone, id, MessageBody::Withdraw { text: None }).await,
        "error.case_ended"
    );
}

#[tokio::test]
async fn a_message_that_the_city_refuses_by_now_is_told_and_can_be_dropped() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = delivered(&phone).await;
    let case = town.only_case().id;
    acts(
        &town,
        &case,
        &[
            json!({"action": "receive"}),
            json!({"action": "ask", "text": "Số mấy?"}),
        ],
    )
    .await;
    phone.client().sync().await.unwrap();
    // Closed behind the phone's back.
    acts(&town, &case, &[json!({"action": "close"})]).await;
    let answer = MessageBody::Answer {
        text: "Số 48".to_owned(),
    };
    phone.client().message(id, plain(answer)).await.unwrap();
    phone.settle().await.unwrap();
    assert_eq!(phone.why(id).await, Some(Reason::Refused));
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(status.refusal.unwrap().status, 400);
    assert_eq!(
        phone.client().drop_message(id).await.unwrap(),
        MessageKind::Answer
    );
    assert_eq!(phone.why(id).await, None);
    assert_eq!(
        code(phone.client().drop_message(id).await.unwrap_err()),
        "error.nothing_to_do"
    );
    assert_eq!(phone.drain().await.owed, 0);
}

#[tokio::test]
async fn somebody_elses_case_is_followed_offline_commented_and_left_again() {
    let town = Town::rich().await;
    let other = Phone::of(&town).await;
    delivered(&other).await;
    let case = town.only_case().id;
    let phone = Phone::of(&town).await;
    let client = phone.client();
    client.fetch_services(city()).await.unwrap();
    town.line.off().await.unwrap();
    let id = client
        .follow(city(), me(), CaseNumber::new(case.clone()))
        .await
        .unwrap();
    assert_eq!(
        client
            .follow(city(), me(), CaseNumber::new(case.clone()))
            .await
            .unwrap(),
        id
    );
    town.line.on().await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    client.sync().await.unwrap();
    let status = client.status(id).await.unwrap();
    assert_eq!(status.delivery, Delivery::Followed);
    assert_eq!(status.report.content.text, WORDS);
    assert_eq!(status.case_status, Some(CaseStatus::Submitted));
    assert_eq!(town.followers(&case).await, 1);

    acts(&town, &case, &[json!({"action": "receive"})]).await;
    client.sync().await.unwrap();
    let status = client.status(id).await.unwrap();
    assert_eq!(status.case_status, Some(CaseStatus::Received));
    assert!(status.timeline.len() >= 2);
    assert!(
        status
            .timeline
            .iter()
            .all(|entry| matches!(entry, TimelineEntry::City(_)))
    );
    let comment = MessageBody::Comment {
        text: "Tôi cũng thấy".to_owned(),
    };
    client.message(id, plain(comment)).await.unwrap();
    let withdraw = MessageBody::Withdraw { text: None };
    assert_eq!(refused(&phone, id, withdraw).await, "error.not_yours");
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert!(
        town.only_case()
            .events
            .iter()
            .any(|event| event.text.as_deref() == Some("Tôi cũng thấy"))
    );
    let followed = ListQuery {
        state: Some(ListState::Followed),
        query: Some("ngo quyen".to_owned()),
        ..ListQuery::default()
    };
    assert_eq!(client.list(followed.clone()).await.unwrap().entries.len(), 1);

    // The follower is told once, whatever becomes of the answer.
    client.unfollow(id).await.unwrap();
    let first = RequestMatch::any()
        .method("POST")
        .path("/messages")
        .turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(first, RequestAction::lose_answer()));
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert_eq!(town.followers(&case).await, 0);
    assert!(client.list(followed).await.unwrap().entries.is_empty());
    assert!(matches!(
        client.status(id).await,
        Err(ClientError::NotFound { .. })
    ));
    assert_eq!(town.cases().len(), 1);
}

#[tokio::test]
async fn ones_own_case_and_a_case_that_nobody_may_see_are_not_followed() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let own = delivered(&phone).await;
    let number = CaseNumber::new(town.only_case().id);
    let client = phone.client();
    assert_eq!(client.follow(city(), me(), number).await.unwrap(), own);
    assert_eq!(
        code(client.unfollow(own).await.unwrap_err()),
        "error.not_followed"
    );
    for text in ["", " ", "a\0b"] {
        let bad = client
            .follow(city(), me(), CaseNumber::new(text))
            .await
            .unwrap_err();
        assert!(matches!(bad, ClientError::BadInput { .. }), "{text:?}");
    }
    let gone = client
        .follow(city(), me(), CaseNumber::new("999999"))
        .await
        .unwrap();
    phone.settle().await.unwrap();
    client.sync().await.unwrap();
    let status = client.status(gone).await.unwrap();
    assert!(status.gone, "{status:?}");
    client.unfollow(gone).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
}

#[tokio::test]
async fn a_report_whose_matter_is_known_becomes_a_follower_of_the_case_that_the_city_names() {
    let town = Town::rich().await;
    let other = Phone::of(&town).await;
    delivered(&other).await;
    let case = town.only_case().id;
    let phone = Phone::of(&town).await;
    let id = phone.drafted().await;
    let own_words = "Cây nằm ngang đường, xe không qua được";
    let changes = DraftChanges {
        text: Some(own_words.to_owned()),
        ..DraftChanges::default()
    };
    phone.client().edit_draft(id, changes).await.unwrap();
    phone.client().submit(id).await.unwrap();
    let known = json!([{"code": 400, "description": "duplicate", "service_request_id": case}]).to_string();
    let known = Answer::new(400, Forward::No)
        .header("Content-Type", "application/json")
        .body(AnswerBody::Text(known));
    let post = RequestMatch::any().method("POST").path("/requests.json");
    town.line
        .set_script(Script::new().on_request(post, RequestAction::Answer(known)));
    phone.settle().await.unwrap();
    assert_eq!(phone.why(id).await, Some(Reason::AlreadyKnown));
    phone.client().decide(id, Decision::Follow).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    phone.client().sync().await.unwrap();
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(status.delivery, Delivery::Followed);
    assert_eq!(status.report.content.text, own_words, "one's own words stay");
    assert_eq!(status.service_request_id, Some(CaseNumber::new(case.clone())));
    assert_eq!(town.followers(&case).await, 1);
    assert_eq!(town.cases().len(), 1);
}
