//! Departures from the standard: moderation, tokens, services without a number, lists that lag.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use phananh_city::{Extensions, Family};
use serde_json::json;
use support::{TREE, city, owner};

#[tokio::test]
async fn a_moderated_city_hides_a_report_until_an_operator_verified_it() {
    let city = city(|config| {
        config.family = Family::Moderated;
        config.extensions = Extensions::none();
    })
    .await;
    let id = city.file(&TREE).await;
    let single = format!("requests/{id}.json");
    for action in [json!({"action": "receive"}), json!({"action": "verify"})] {
        assert!(city.listed("").await.is_empty());
        assert!(city.listed(&format!("service_request_id={id}")).await.is_empty());
        assert_eq!(city.get(&single).await.0, 404);
        city.act(&id, action).await;
    }
    assert_eq!(city.listed("").await, [id.as_str()]);
    assert_eq!(city.get(&single).await.0, 200);
}

#[tokio::test]
async fn a_token_gets_its_number_after_some_polls() {
    let city = city(|config| config.family = Family::Tokens).await;
    let (status, answer) = city.post("requests.json", &TREE).await;
    assert_eq!(status, 201);
    assert!(answer[0].get("service_request_id").is_none());
    let token = answer[0]["token"].as_str().unwrap();
    let path = format!("tokens/{token}.json");
    for _ in 0..2 {
        assert_eq!(city.get(&path).await, (200, json!([{"token": token}])));
        assert!(city.listed("").await.is_empty());
    }
    let numbered = (200, json!([{"service_request_id": "1", "token": token}]));
    assert_eq!(city.get(&path).await, numbered);
    assert_eq!(city.get(&path).await, numbered);
    assert_eq!(city.listed("").await, ["1"]);
    assert_eq!(city.get("tokens/nothing.json").await.0, 404);
}

#[tokio::test]
async fn a_token_gets_its_number_once_the_case_is_received() {
    let city = city(|config| {
        config.family = Family::Tokens;
        config.token_polls = u32::MAX;
    })
    .await;
    let (_, answer) = city.post("requests.json", &TREE).await;
    let path = format!("tokens/{}.json", answer[0]["token"].as_str().unwrap());
    assert!(city.get(&path).await.1[0].get("service_request_id").is_none());
    city.act("1", json!({"action": "receive"})).await;
    assert_eq!(city.get(&path).await.1[0]["service_request_id"], "1");
}

#[tokio::test]
async fn a_blackbox_service_answers_with_neither() {
    let city = city(|_| {}).await;
    let key = "0198f2a0-0000-7000-8000-000000000001";
    let fields = [
        ("service_code", "gop-y"),
        ("address_string", "Huế"),
        ("client_request_id", key),
    ];
    let (status, answer) = city.post("requests.json", &fields).await;
    assert_eq!(status, 201);
    let entry = answer[0].as_object().unwrap();
    assert!(
        !entry.contains_key("service_request_id") && !entry.contains_key("token"),
        "{answer}"
    );
    assert!(entry["service_notice"].is_string());
    assert_eq!(city.post("requests.json", &fields).await, (200, answer));
    assert!(city.listed("").await.is_empty());
    assert_eq!(city.running.cases().unwrap().len(), 1);
}

#[tokio::test]
async fn lists_lag_and_the_changes_cursor_does_not_run_ahead() {
    let city = city(|config| config.list_lag = Duration::from_secs(600)).await;
    let (secret, hash) = owner(1);
    let key = "0198f2a0-0000-7000-8000-000000000002";
    let fields = [
        TREE[0],
        TREE[1],
        TREE[2],
        ("owner_hash", &hash),
        ("client_request_id", key),
    ];
    let id = city.file(&fields).await;
    assert!(city.listed("").await.is_empty());
    let (_, before) = city.get("requests/changes.json").await;
    assert_eq!(before["changes"], json!([]));
    // By number and by key it is there at once: only lists lag.
    assert_eq!(city.get(&format!("requests/{id}.json")).await.0, 200);
    let (_, by_key) = city
        .get_as(&format!("requests.json?client_request_id={key}"), &secret)
        .await;
    assert_eq!(by_key[0]["service_request_id"], id.as_str());
    city.clock.advance(Duration::from_secs(599));
    assert!(city.listed("").await.is_empty());
    city.clock.advance(Duration::from_secs(1));
    assert_eq!(city.listed("").await, [id.as_str()]);
    let cursor = before["cursor"].as_str().unwrap();
    let (_, after) = city.get(&format!("requests/changes.json?since={cursor}")).await;
    assert_eq!(after["changes"][0]["service_request_id"], id.as_str());
}
