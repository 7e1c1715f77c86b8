//! Who sees what: events, publication, names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use serde_json::{Value, json};
use support::{DESK, PARKS, PARKS_DESK, city, column, file_owned, kinds_seen, owner, say};

#[tokio::test]
async fn who_sees_which_event() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(&city, 1, &[]).await;
    city.act(&id, json!({"action": "receive"})).await;
    city.act(&id, json!({"action": "note", "text": "nội bộ"})).await;
    city.act(&id, json!({"action": "ask", "text": "Cây nằm phía nào?"}))
        .await;
    assert_eq!(
        say(
            &city,
            &id,
            &secret,
            &[("kind", "answer"), ("text", "Phía bờ sông")]
        )
        .await
        .0,
        201
    );
    let public = kinds_seen(&city, &id, None).await;
    let owned = kinds_seen(&city, &id, Some(&secret)).await;
    assert_eq!(public, ["submitted", "received", "received"]);
    assert_eq!(
        owned,
        ["submitted", "received", "waiting_citizen", "answer", "received"]
    );
    let (_, case) = city.desk_get(DESK, &format!("desk/cases/{id}.json")).await;
    assert_eq!(
        column(&case["timeline"], "kind"),
        [
            "submitted",
            "received",
            "note",
            "waiting_citizen",
            "answer",
            "received"
        ]
    );
    let (status, errors) = city
        .get_as(&format!("requests/{id}/events.json"), &owner(2).0)
        .await;
    assert_eq!((status, &errors[0]["reason"]), (403, &json!("not_owner")));
    assert_eq!(city.get_as(&format!("requests/{id}.json"), "short").await.0, 403);
    // The state is back where the question was asked: a second answer has no question.
    assert_eq!(
        say(&city, &id, &secret, &[("kind", "answer"), ("text", "nữa")])
            .await
            .1[0]["reason"],
        "not_now"
    );
}

#[tokio::test]
async fn publication_decides_who_sees_a_report() {
    let city = city(|_| {}).await;
    let mut ids = Vec::new();
    for (seed, publication) in [(1, "public"), (2, "after_review"), (3, "never")] {
        ids.push(file_owned(&city, seed, &[("publication", publication)]).await);
    }
    let visible = async || {
        let mut seen = Vec::new();
        for (id, secret) in &ids {
            let path = format!("requests/{id}.json");
            assert_eq!(city.get_as(&path, secret).await.0, 200, "an owner always sees it");
            let is_listed = city.listed("").await.contains(id);
            assert_eq!(
                is_listed,
                city.listed(&format!("service_request_id={id}"))
                    .await
                    .contains(id)
            );
            assert_eq!(is_listed, city.get(&path).await.0 == 200);
            assert_eq!(
                is_listed,
                city.get(&format!("requests/{id}/events.json")).await.0 == 200
            );
            let (_, changes) = city.get("requests/changes.json").await;
            assert_eq!(
                is_listed,
                column(&changes["changes"], "service_request_id").contains(id)
            );
            seen.push(is_listed);
        }
        seen
    };
    assert_eq!(visible().await, [true, false, false]);
    for (id, _) in &ids {
        city.act(id, json!({"action": "receive"})).await;
    }
    assert_eq!(visible().await, [true, false, false]);
    for (id, _) in &ids {
        city.act(id, json!({"action": "verify"})).await;
    }
    assert_eq!(visible().await, [true, true, false]);
    // Asked for by number, a change says that it moved and nothing of what it says.
    let (_, changes) = city
        .get(&format!("requests/changes.json?service_request_id={}", ids[2].0))
        .await;
    let change = changes["changes"][0].as_object().unwrap();
    let names: Vec<&str> = change.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "detailed_status",
            "events_seq",
            "service_request_id",
            "status",
            "updated_datetime"
        ]
    );
}

#[tokio::test]
async fn names_stay_at_the_desk_and_each_look_is_recorded() {
    let city = city(|_| {}).await;
    let who = [
        ("first_name", "Thị B"),
        ("last_name", "Trần"),
        ("phone", "0900000002"),
        ("email", "b@example.vn"),
    ];
    let mut cases = Vec::new();
    for identity in ["named", "confidential", "none"] {
        let more: Vec<_> = who.into_iter().chain([("identity", identity)]).collect();
        let (id, secret) = file_owned(&city, 1, &more).await;
        city.act(&id, json!({"action": "receive"})).await;
        city.act(&id, json!({"action": "assign", "agency": PARKS})).await;
        for answer in [
            city.get_as(&format!("requests/{id}.json"), &secret).await,
            city.get_as(&format!("requests/{id}/events.json"), &secret).await,
            city.get("requests.json").await,
        ] {
            assert!(
                who.iter().all(|(_, value)| !answer.1.to_string().contains(value)),
                "{}",
                answer.1
            );
        }
        let path = format!("desk/cases/{id}.json");
        let phone = |case: Value| case["contact"]["phone"].as_str().map(str::to_owned);
        cases.push((
            phone(city.desk_get(DESK, &path).await.1).is_some(),
            phone(city.desk_get(PARKS_DESK, &path).await.1).is_some(),
        ));
        let (_, audit) = city.desk_get(DESK, &format!("desk/cases/{id}/audit.json")).await;
        let looks = column(&audit["audit"], "action")
            .iter()
            .filter(|action| *action == "view_contact")
            .count();
        assert!(identity == "none" || looks >= 1, "{audit}");
        assert_eq!(looks == 0, identity == "none");
        assert!(!audit.to_string().contains("0900000002"));
    }
    // (intake centre, agency)
    assert_eq!(cases, [(true, true), (true, false), (false, false)]);
}
