//! Following somebody else's case, and hints that something is new.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use support::{DESK, PARKS_DESK, TREE, TestCity, city, file_owned, kinds_seen, read, say, sha256};
use tokio::sync::mpsc;

#[tokio::test]
async fn a_public_case_is_followed_once_a_phone_and_leaves_no_trace() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(&city, 1, &[]).await;
    let (hidden, _) = file_owned(&city, 2, &[("publication", "never")]).await;
    let phone = sha256("phone");
    let path = format!("requests/{id}/messages.json");
    let wish = |kind: &'static str, key: &'static str| {
        let phone = phone.clone();
        let (city, path) = (&city, &path);
        async move {
            let fields = [
                ("kind", kind),
                ("follower", phone.as_str()),
                ("client_request_id", key),
            ];
            city.post(path, &fields).await
        }
    };
    let followers = async || city.get(&format!("requests/{id}.json")).await.1[0]["followers"].clone();
    let first = "0198f2a0-6666-7000-8000-000000000001";
    let (status, receipt) = wish("follow", first).await;
    assert_eq!(status, 201);
    assert_eq!(
        (&receipt[0]["service_request_id"], &receipt[0]["media"]),
        (&json!(id), &json!([]))
    );
    assert_eq!(wish("follow", first).await, (200, receipt));
    assert_eq!(
        wish("follow", "0198f2a0-6666-7000-8000-000000000002").await.0,
        201
    );
    let other = sha256("another phone");
    assert_eq!(
        city.post(&path, &[("kind", "follow"), ("follower", &other)])
            .await
            .0,
        201
    );
    assert_eq!(followers().await, 2);
    assert_eq!(
        wish("unfollow", "0198f2a0-6666-7000-8000-000000000003").await.0,
        201
    );
    assert_eq!(followers().await, 1);
    // The repeat of the first wish is told what it was told, and does nothing again.
    assert_eq!(wish("follow", first).await.0, 200);
    assert_eq!(followers().await, 1);
    assert_eq!(kinds_seen(&city, &id, Some(&secret)).await, ["submitted"]);
    let (_, desk) = city.desk_get(DESK, &format!("desk/cases/{id}.json")).await;
    assert_eq!(
        (desk["timeline"].as_array().unwrap().len(), &desk["followers"]),
        (1, &json!(1))
    );

    assert_eq!(
        city.post(&path, &[("kind", "follow")]).await.1[0]["field"],
        "follower"
    );
    assert_eq!(
        city.post(&path, &[("kind", "follow"), ("follower", "0905123567")])
            .await
            .1[0]["field"],
        "follower"
    );
    let hidden = format!("requests/{hidden}/messages.json");
    assert_eq!(
        city.post(&hidden, &[("kind", "follow"), ("follower", &phone)])
            .await
            .0,
        404
    );

    let quiet = support::city(|config| config.extensions = "follow".parse().unwrap()).await;
    quiet.file(&TREE).await;
    let follow = [("kind", "follow"), ("follower", phone.as_str())];
    assert_eq!(quiet.post("requests/1/messages.json", &follow).await.0, 201);
    assert_eq!(
        quiet
            .post("requests/1/messages.json", &[("kind", "comment"), ("text", "x")])
            .await
            .0,
        400
    );
}

/// A push server on loopback that tells what it gets.
async fn push_server(answer: StatusCode) -> (String, mpsc::UnboundedReceiver<String>) {
    let (told, hints) = mpsc::unbounded_channel();
    let told = Arc::new(told);
    let take = move |body: String| async move {
        let _ = told.send(body);
        answer
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/up/abc", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/up/abc", post(take))).await });
    (url, hints)
}

async fn register(city: &TestCity, secrets: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let request = city
        .http
        .post(city.url("push/registrations.json"))
        .header("Owner-Secret", secrets);
    read(request.form(fields).send().await.unwrap()).await
}

#[tokio::test]
async fn a_hint_says_look_and_nothing_else() {
    let city = city(|_| {}).await;
    let (url, mut hints) = push_server(StatusCode::OK).await;
    let (one, first) = file_owned(&city, 1, &[]).await;
    let (two, second) = file_owned(&city, 2, &[("publication", "never")]).await;
    let ids = format!("{one},{two}");
    let fields = [
        ("provider", "unifiedpush"),
        ("endpoint", url.as_str()),
        ("service_request_id", ids.as_str()),
    ];
    assert_eq!(
        register(&city, &first, &fields).await.1[0]["reason"],
        "not_owner",
        "one secret opens one case"
    );
    let (status, receipt) = register(&city, &format!("{first},{second}"), &fields).await;
    assert_eq!(status, 201, "{receipt}");

    city.act(&one, json!({"action": "receive"})).await;
    assert_eq!(hints.recv().await.unwrap(), r#"{"sync":1}"#);
    // What stays inside is no news; what the owner sees is, of either case; within 30 seconds all of it is one hint.
    city.act(&one, json!({"action": "note", "text": "nội bộ"})).await;
    city.clock.advance(Duration::from_secs(29));
    city.act(&two, json!({"action": "receive"})).await;
    city.act(&two, json!({"action": "ask", "text": "Phía nào?"}))
        .await;
    city.clock.advance(Duration::from_secs(1));
    city.get("services.json").await;
    assert_eq!(hints.recv().await.unwrap(), r#"{"sync":1}"#);
    city.clock.advance(Duration::from_secs(60));
    city.act(&one, json!({"action": "note", "text": "nội bộ"})).await;

    // The same endpoint again replaces the list of its cases.
    let narrowed = [fields[0], fields[1], ("service_request_id", two.as_str())];
    assert_eq!(register(&city, &second, &narrowed).await, (200, receipt.clone()));
    city.act(&one, json!({"action": "verify"})).await;
    let id = receipt["registration_id"].as_str().unwrap();
    for _ in 0..2 {
        let gone = city
            .http
            .delete(city.url(&format!("push/registrations/{id}.json")));
        assert_eq!(gone.send().await.unwrap().status(), 204);
    }
    city.act(&two, json!({"action": "assign", "agency": "A"})).await;
    // The desk's list is made after all that was due went out.
    assert_eq!(
        city.desk_get(DESK, "desk/push.json").await.1,
        json!({"hints": []})
    );
    city.running.stop().await;
    assert!(hints.try_recv().is_err(), "two hints, no third");
}

#[tokio::test]
async fn other_providers_are_listed_and_a_gone_endpoint_is_forgotten() {
    let city = city(|_| {}).await;
    let (one, secret) = file_owned(&city, 1, &[]).await;
    let (lead, _) = file_owned(&city, 2, &[]).await;
    let token = [
        ("provider", "fcm"),
        ("endpoint", "fcm-token-1"),
        ("service_request_id", one.as_str()),
    ];
    assert_eq!(register(&city, &secret, &token).await.0, 201);
    let (url, mut hints) = push_server(StatusCode::GONE).await;
    let gone = [
        ("provider", "unifiedpush"),
        ("endpoint", url.as_str()),
        ("service_request_id", one.as_str()),
    ];
    let (_, receipt) = register(&city, &secret, &gone).await;

    city.act(&one, json!({"action": "merge", "into": lead})).await;
    hints.recv().await.unwrap();
    city.clock.advance(Duration::from_secs(30));
    // The lead's public news are those of whoever reported the twin; its questions are not.
    city.act(&lead, json!({"action": "receive"})).await;
    let listed = async || city.desk_get(DESK, "desk/push.json").await.1["hints"].clone();
    let hint = |at: &str| json!({"at": at, "provider": "fcm", "endpoint_sha256": sha256("fcm-token-1")});
    assert_eq!(
        listed().await,
        json!([hint(support::START), hint("2026-11-25T03:00:30Z")])
    );
    city.clock.advance(Duration::from_secs(30));
    city.act(&lead, json!({"action": "ask", "text": "?"})).await;
    assert_eq!(listed().await.as_array().unwrap().len(), 2);
    // The endpoint said 410: it is a new registration when it comes again.
    let (status, again) = register(&city, &secret, &gone).await;
    assert_eq!(status, 201);
    assert_ne!(again, receipt);

    for (wrong, field) in [
        (vec![("provider", "mail"), ("endpoint", "x")], "provider"),
        (
            vec![("provider", "unifiedpush"), ("endpoint", "http://push.example/x")],
            "endpoint",
        ),
        (
            vec![("provider", "unifiedpush"), ("endpoint", "file:///etc/passwd")],
            "endpoint",
        ),
        (vec![("provider", "apns"), ("endpoint", "a b")], "endpoint"),
        (
            vec![("provider", "apns"), ("endpoint", "ab")],
            "service_request_id",
        ),
    ] {
        let answer = register(&city, &secret, &wrong).await;
        assert_eq!(
            (answer.0, &answer.1[0]["field"]),
            (400, &json!(field)),
            "{answer:?}"
        );
    }
    let long = "x".repeat(1001);
    let long = [
        ("provider", "fcm"),
        ("endpoint", long.as_str()),
        ("service_request_id", one.as_str()),
    ];
    assert_eq!(register(&city, &secret, &long).await.0, 400);
    assert_eq!(city.desk_get(PARKS_DESK, "desk/push.json").await.0, 403);
}

#[tokio::test]
async fn a_session_is_hinted_of_all_its_cases() {
    let city = city(|_| {}).await;
    let (_, challenge) = city.post("account/start.json", &[("phone", "0905123567")]).await;
    let outbox = std::fs::read_to_string(city.dir.path().join("codes.jsonl")).unwrap();
    let line: Value = serde_json::from_str(&outbox).unwrap();
    let fields = [
        ("challenge", challenge["challenge"].as_str().unwrap()),
        ("code", line["code"].as_str().unwrap()),
    ];
    let (_, session) = city.post("account/verify.json", &fields).await;
    let token = session["access_token"].as_str().unwrap();
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let request = city.http.post(city.url(path)).bearer_auth(token).form(fields);
        read(request.send().await.unwrap()).await
    };
    let registered = send(
        "push/registrations.json",
        &[("provider", "apns"), ("endpoint", "t")],
    )
    .await;
    assert_eq!(registered.0, 201, "{registered:?}");
    city.file(&TREE).await;
    assert_eq!(city.desk_get(DESK, "desk/push.json").await.1["hints"], json!([]));
    send("requests.json", &TREE).await;
    assert_eq!(
        city.desk_get(DESK, "desk/push.json").await.1["hints"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // Who only says something to a case without being its owner registers nothing.
    let answer = say(
        &city,
        "1",
        &support::owner(1).0,
        &[("kind", "comment"), ("text", "x")],
    )
    .await;
    assert_eq!(answer.0, 201);
}
