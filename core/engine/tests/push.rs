//! Hints: registered with the city, sent to an address, answered by a sync.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::case::CaseStatus;
use phananh_engine::ClientError;
use serde_json::json;
use support::Town;
use support::phone::Phone;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// The next hint that arrives, head and body.
async fn hint(listener: &TcpListener) -> String {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut all = Vec::new();
    while !all.ends_with(b"}") {
        let mut part = [0_u8; 1024];
        let n = socket.read(&mut part).await.unwrap();
        assert_ne!(n, 0, "{}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&part[..n]);
    }
    socket
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    String::from_utf8(all).unwrap()
}

/// Requests that the line saw with this in their paths.
fn asked(town: &Town, part: &str) -> usize {
    let stats = town.line.stats();
    let all = stats
        .connections
        .iter()
        .flat_map(|connection| &connection.requests);
    all.filter(|request| request.path.contains(part)).count()
}

#[tokio::test]
async fn a_hint_names_nothing_and_brings_the_news() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/up?token=abc", listener.local_addr().unwrap());
    phone
        .client()
        .register_push("unifiedpush".to_owned(), address.clone())
        .await
        .unwrap();
    let id = phone.submitted().await;
    phone.settle().await.unwrap();
    phone.client().sync().await.unwrap();
    let told = || asked(&town, "push/registrations");
    assert_eq!(told(), 1);
    phone.client().sync().await.unwrap();
    assert_eq!(told(), 1, "told once");

    let case = town.only_case().id;
    town.act(&case, json!({"action": "receive"})).await;
    let hint = hint(&listener).await;
    let (_, body) = hint.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"sync":1}"#);
    phone.client().push_received().await.unwrap();
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(status.case_status, Some(CaseStatus::Received));

    phone.client().unregister_push().await.unwrap();
    phone.client().sync().await.unwrap();
    assert_eq!(told(), 2, "taken back");
    phone.client().sync().await.unwrap();
    assert_eq!(told(), 2);
    for bad in [String::new(), "x".repeat(1_001), "a\nb".to_owned()] {
        let error = phone
            .client()
            .register_push("fcm".to_owned(), bad)
            .await
            .unwrap_err();
        assert!(matches!(error, ClientError::BadInput { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn many_hints_are_two_syncs_at_most() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    phone.submitted().await;
    phone.settle().await.unwrap();
    phone.client().sync().await.unwrap();
    let before = asked(&town, "changes.json");
    let client = phone.client();
    let done = tokio::join!(
        client.push_received(),
        client.push_received(),
        client.push_received(),
        client.push_received(),
        client.push_received(),
    );
    assert!([done.0, done.1, done.2, done.3, done.4].iter().all(Result::is_ok));
    let asked = asked(&town, "changes.json") - before;
    assert!((1..=2).contains(&asked), "{asked}");
}
