//! Announcements: in two languages, while they last, and by whom.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{DESK, PARKS_DESK, city, column, read};

#[tokio::test]
async fn an_announcement_is_there_from_its_beginning_to_its_end() {
    let city = city(|_| {}).await;
    let water = json!({
        "kind": "warning",
        "title": {"vi": "Cắt nước", "en": "Water off"},
        "text": {"vi": "Từ 8 giờ đến 17 giờ.", "en": "From 8 to 17."},
        "until": "2026-11-25T10:00:00Z",
        "url": "https://hue.example/nuoc",
        "area": "phường Thuận Hóa",
    });
    let (status, made) = city.desk_post("desk/announcements.json", water).await;
    assert_eq!(status, 201, "{made}");
    let shown = json!({
        "id": "1",
        "at": support::START,
        "until": "2026-11-25T10:00:00Z",
        "kind": "warning",
        "title": {"vi": "Cắt nước", "en": "Water off"},
        "text": {"vi": "Từ 8 giờ đến 17 giờ.", "en": "From 8 to 17."},
        "url": "https://hue.example/nuoc",
        "area": "phường Thuận Hóa",
    });
    assert_eq!(
        city.get("announcements.json").await,
        (200, json!({"announcements": [shown], "next": null}))
    );
    let plain = |at: Option<&str>| json!({"title": {"vi": "Họp"}, "text": {"vi": "Họp dân."}, "at": at});
    let (_, tomorrow) = city
        .desk_post("desk/announcements.json", plain(Some("2026-11-26T03:00:00Z")))
        .await;
    assert_eq!(
        (&tomorrow["kind"], &tomorrow["title"]),
        (&json!("info"), &json!({"vi": "Họp"}))
    );
    city.desk_post("desk/announcements.json", plain(None)).await;
    let ids = async || column(&city.get("announcements.json").await.1["announcements"], "id");
    assert_eq!(ids().await, ["3", "1"]);
    city.clock.advance(Duration::from_secs(7 * 60 * 60));
    assert_eq!(ids().await, ["3"]);
    city.clock.advance(Duration::from_secs(17 * 60 * 60));
    assert_eq!(ids().await, ["2", "3"]);
    let gone = city
        .http
        .post(city.url("desk/announcements/3/withdraw.json"))
        .bearer_auth(DESK);
    let (status, answer) = read(gone.send().await.unwrap()).await;
    assert_eq!(
        (status, &answer["withdrawn_at"]),
        (200, &json!("2026-11-26T03:00:00Z"))
    );
    assert_eq!(ids().await, ["2"]);
    let (_, desk) = city.desk_get(DESK, "desk/announcements.json").await;
    assert_eq!(column(&desk["announcements"], "id"), ["2", "3", "1"]);
    assert_eq!(desk["announcements"][0]["withdrawn_at"], Value::Null);
}

#[tokio::test]
async fn only_the_centre_announces_and_only_what_is_whole() {
    let city = city(|_| {}).await;
    let whole = json!({"title": {"vi": "a"}, "text": {"vi": "b"}});
    assert_eq!(
        city.desk_post_as(PARKS_DESK, "desk/announcements.json", whole.clone())
            .await
            .1[0]["reason"],
        "wrong_role"
    );
    assert_eq!(
        city.desk_post_as("x", "desk/announcements.json", whole.clone())
            .await
            .0,
        401
    );
    assert_eq!(city.get("desk/announcements.json").await.0, 401);
    let with = |name: &str, value: Value| {
        let mut other = whole.clone();
        other[name] = value;
        other
    };
    for (wrong, field) in [
        (with("title", json!({"vi": " "})), json!("title")),
        (with("text", json!({"vi": "b", "en": ""})), json!("text")),
        (with("text", json!({"vi": "b".repeat(4001)})), json!("text")),
        (with("title", json!({"en": "only English"})), Value::Null),
        (with("kind", json!("news")), json!("kind")),
        (with("until", json!("2026-11-25T03:00:00Z")), json!("until")),
        (with("at", json!("soon")), json!("at")),
        (with("url", json!("javascript:alert(1)")), json!("url")),
        (json!("x"), Value::Null),
    ] {
        let (status, errors) = city.desk_post("desk/announcements.json", wrong.clone()).await;
        assert_eq!(
            (status, errors[0].get("field").unwrap_or(&Value::Null)),
            (400, &field),
            "{wrong}"
        );
    }
    assert_eq!(city.get("announcements.json").await.1["announcements"], json!([]));
    let unknown = city
        .http
        .post(city.url("desk/announcements/9/withdraw.json"))
        .bearer_auth(DESK);
    assert_eq!(unknown.send().await.unwrap().status(), 404);
    assert_eq!(
        city.get("announcements.json?after=x").await.1[0]["field"],
        "after"
    );
}
