//! What changed since a cursor.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_city::Extensions;
use serde_json::json;
use support::{TREE, city, column, kinds_seen, owner, say};

#[tokio::test]
async fn changes_tell_each_case_once_and_cursors_are_of_one_database() {
    let city = city(|_| {}).await;
    for _ in 0..3 {
        city.file(&TREE).await;
    }
    let ask = async |since: &str, ids: &str| {
        let (status, answer) = city
            .get(&format!(
                "requests/changes.json?since={since}&service_request_id={ids}"
            ))
            .await;
        assert_eq!(status, 200, "{answer}");
        (
            column(&answer["changes"], "service_request_id"),
            answer["cursor"].as_str().unwrap().to_owned(),
        )
    };
    let (all, cursor) = ask("", "").await;
    assert_eq!(all, ["1", "2", "3"]);
    assert!(ask(&cursor, "").await.0.is_empty());
    city.act("1", json!({"action": "receive"})).await;
    city.act("3", json!({"action": "receive"})).await;
    city.act("1", json!({"action": "verify"})).await;
    city.act("2", json!({"action": "note", "text": "nội bộ"})).await;
    let (changed, newer) = ask(&cursor, "").await;
    assert_eq!(changed, ["3", "1"]);
    assert_eq!(ask(&cursor, "1,2,99,x").await.0, ["1"]);
    assert!(ask(&newer, "1,2,3").await.0.is_empty());
    let elsewhere = support::city(|_| {}).await;
    for cursor in [cursor.as_str(), "rubbish", "a.b"] {
        let (status, errors) = elsewhere
            .get(&format!("requests/changes.json?since={cursor}"))
            .await;
        assert_eq!((status, &errors[0]["reason"]), (410, &json!("cursor_gone")));
    }
    let many: Vec<String> = (0..101).map(|id| id.to_string()).collect();
    assert_eq!(
        city.get(&format!(
            "requests/changes.json?service_request_id={}",
            many.join(",")
        ))
        .await
        .0,
        400
    );
}

#[tokio::test]
async fn more_changes_than_one_answer_holds_come_one_after_another() {
    let city = city(|_| {}).await;
    for _ in 0..203 {
        city.file(&TREE).await;
    }
    let mut cursor = String::new();
    let mut seen = Vec::new();
    loop {
        let (_, answer) = city.get(&format!("requests/changes.json?since={cursor}")).await;
        seen.extend(column(&answer["changes"], "service_request_id"));
        cursor = answer["cursor"].as_str().unwrap().to_owned();
        if answer["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, (1..=203).map(|id| id.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_addition_that_is_off_is_not_there() {
    let city = city(|config| config.extensions = "messages,events".parse::<Extensions>().unwrap()).await;
    let (secret, hash) = owner(1);
    let fields = [
        TREE[0],
        TREE[1],
        TREE[2],
        ("owner_hash", &hash),
        ("publication", "never"),
        ("urgency", "loud"),
    ];
    let id = city.file(&fields).await;
    assert_eq!(
        city.listed("").await,
        [id.as_str()],
        "fields is off: publication is an unknown parameter"
    );
    assert_eq!(city.get_as(&format!("requests/{id}.json"), &secret).await.0, 200);
    assert_eq!(
        say(&city, &id, &secret, &[("kind", "withdraw")]).await.0,
        403,
        "owner is off: nobody can prove it"
    );
    assert_eq!(city.get("requests/changes.json").await.0, 404);
    assert_eq!(kinds_seen(&city, &id, None).await, ["submitted"]);
}
