//! A case from filing to its rating, and what a citizen may say when.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use reqwest::multipart::Form;
use serde_json::{Value, json};
use support::{
    PARKS, PARKS_DESK, TREE, city, column, file_owned, form, jpeg, kinds_seen, photo, read, say, sha256,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn from_filing_to_a_rated_result() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(
        &city,
        1,
        &[
            ("urgency", "urgent"),
            ("title", "Cây đổ"),
            ("reference_code", "123456789012"),
        ],
    )
    .await;
    city.act(&id, json!({"action": "receive"})).await;
    city.act(&id, json!({"action": "verify"})).await;
    let co = "Công an phường";
    let due = "2026-11-27T10:00:00Z";
    city.act(
        &id,
        json!({"action": "assign", "agency": PARKS, "co": [co], "track": "instant", "due": due}),
    )
    .await;
    city.act(&id, json!({"action": "note", "text": "gọi lại cho người báo"}))
        .await;
    city.clock.advance(DAY);
    let (status, _) = city.act_as(PARKS_DESK, &id, json!({"action": "start"})).await;
    assert_eq!(status, 200);
    let result = jpeg(9, 5000);
    let action = json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn cây"}).to_string();
    let body = Form::new()
        .text("action", action)
        .part("media", photo(result.clone()));
    let url = city.url(&format!("desk/cases/{id}/actions.json"));
    let (status, case) = read(
        city.http
            .post(url)
            .bearer_auth(PARKS_DESK)
            .multipart(body)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 200, "{case}");

    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    let row = &rows[0];
    for (name, expected) in [
        ("status", json!("closed")),
        ("detailed_status", json!("resolved")),
        ("outcome", json!("fixed")),
        ("outcome_text", json!("Đã dọn cây")),
        ("agency_responsible", json!(PARKS)),
        ("expected_datetime", json!(due)),
        ("due_at", json!(due)),
        ("updated_datetime", json!("2026-11-26T03:00:00Z")),
        ("urgency", json!("urgent")),
        ("title", json!("Cây đổ")),
        ("reference_code", json!("123456789012")),
        ("media", json!([])),
    ] {
        assert_eq!(row[name], expected, "{name}");
    }
    let (_, answer) = city.get(&format!("requests/{id}/events.json")).await;
    let events = &answer["events"];
    assert_eq!(
        column(events, "kind"),
        [
            "submitted",
            "received",
            "verifying",
            "assigned",
            "in_progress",
            "resolved"
        ],
        "the note is inside"
    );
    assert_eq!(events[4]["actor"], json!({"type": "agency", "unit": PARKS}));
    let picture = &events[5]["attachments"][0];
    assert_eq!(picture["sha256"], sha256(&result).as_str());
    let served = city
        .http
        .get(picture["url"].as_str().unwrap())
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(served == result);
    let (_, later) = city
        .get(&format!("requests/{id}/events.json?after={}", events[3]["seq"]))
        .await;
    assert_eq!(column(&later["events"], "kind"), ["in_progress", "resolved"]);

    for (rating, fixed) in [("dissatisfied", "no"), ("satisfied", "yes")] {
        let (status, answer) = say(
            &city,
            &id,
            &secret,
            &[("kind", "rating"), ("rating", rating), ("fixed", fixed)],
        )
        .await;
        assert_eq!(status, 201, "{answer}");
    }
    assert_eq!(
        say(
            &city,
            &id,
            &secret,
            &[("kind", "rating"), ("rating", "acceptable")]
        )
        .await
        .0,
        201
    );
    city.act(&id, json!({"action": "close"})).await;
    let (status, errors) = say(
        &city,
        &id,
        &secret,
        &[("kind", "rating"), ("rating", "dissatisfied")],
    )
    .await;
    assert_eq!((status, &errors[0]["reason"]), (400, &json!("not_now")));
    let stored = &city.running.cases().unwrap()[0];
    assert_eq!(
        (stored.rating.as_deref(), stored.fixed.as_deref()),
        (Some("acceptable"), Some("yes"))
    );
    assert_eq!(
        (stored.status.as_str(), stored.outcome.as_deref()),
        ("closed", Some("fixed"))
    );
}

#[tokio::test]
async fn each_message_has_its_time() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(&city, 1, &[]).await;
    let refused = async |kind: &str| {
        let fields = [("kind", kind), ("text", "x"), ("rating", "satisfied")];
        let (status, errors) = say(&city, &id, &secret, &fields).await;
        assert_eq!((status, &errors[0]["reason"]), (400, &json!("not_now")), "{kind}");
    };
    for kind in ["answer", "rating", "reopen", "remind"] {
        refused(kind).await;
    }
    // Filed on Wednesday 25 November: seven working days end with 4 December in Huế.
    city.clock.set("2026-12-04T16:59:59Z".parse().unwrap());
    refused("remind").await;
    city.clock.advance(Duration::from_secs(1));
    assert_eq!(say(&city, &id, &secret, &[("kind", "remind")]).await.0, 201);
    city.act(&id, json!({"action": "receive"})).await;
    city.act(
        &id,
        json!({"action": "resolve", "outcome": "explained", "text": "Cây đã có lịch"}),
    )
    .await;
    refused("withdraw").await;
    assert_eq!(
        say(&city, &id, &secret, &[("kind", "rating"), ("fixed", "no")])
            .await
            .0,
        201
    );
    assert_eq!(
        say(&city, &id, &secret, &[("kind", "reopen"), ("text", "Vẫn còn")])
            .await
            .0,
        201
    );
    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    assert_eq!(
        (&rows[0]["detailed_status"], &rows[0]["status"]),
        (&json!("reopened"), &json!("open"))
    );
    assert_eq!(
        (&rows[0]["outcome"], &rows[0]["fixed"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(say(&city, &id, &secret, &[("kind", "withdraw")]).await.0, 201);
    refused("withdraw").await;
    assert_eq!(say(&city, &id, &secret, &[("kind", "rating")]).await.0, 400);
    assert_eq!(
        say(&city, &id, &secret, &[("kind", "shout")]).await.1[0]["field"],
        "kind"
    );
}

#[tokio::test]
async fn a_message_is_said_once_and_only_by_its_owner() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(&city, 1, &[]).await;
    let (other, other_secret) = file_owned(&city, 2, &[]).await;
    let key = "0198f2a0-2222-7000-8000-000000000001";
    let fields = [
        ("kind", "comment"),
        ("text", "Thêm ảnh"),
        ("client_request_id", key),
    ];
    let body = || form(&fields).part("media", photo(jpeg(3, 100)));
    let path = format!("requests/{id}/messages.json");
    let (status, receipt) = city.post_as(&path, &secret, body()).await;
    assert_eq!(status, 201);
    assert_eq!(receipt[0]["media"][0]["sha256"], sha256(jpeg(3, 100)).as_str());
    assert_eq!(receipt[0]["client_request_id"], key);
    assert_eq!(city.post_as(&path, &secret, body()).await, (200, receipt));
    let elsewhere = format!("requests/{other}/messages.json");
    assert_eq!(city.post_as(&elsewhere, &other_secret, body()).await.0, 422);
    let as_report: Vec<_> = TREE.into_iter().chain([("client_request_id", key)]).collect();
    assert_eq!(
        city.post("requests.json", &as_report).await.0,
        422,
        "one key, one purpose"
    );
    // A comment on a public case is anyone's, the rest is not.
    assert_eq!(
        city.post(&path, &[("kind", "comment"), ("text", "Tôi cũng thấy")])
            .await
            .0,
        201
    );
    assert_eq!(
        city.post(&path, &[("kind", "withdraw")]).await.1[0]["reason"],
        "not_owner"
    );
    assert_eq!(
        say(&city, &id, &other_secret, &[("kind", "comment"), ("text", "x")])
            .await
            .0,
        403
    );
    assert_eq!(
        kinds_seen(&city, &id, None).await,
        ["submitted", "comment", "comment"]
    );
    assert_eq!(city.running.cases().unwrap().len(), 2);
}

#[tokio::test]
async fn a_late_picture_joins_its_report_and_its_hash_is_checked() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(&city, 1, &[]).await;
    let path = format!("requests/{id}/attachments.json");
    let bytes = jpeg(5, 70_000);
    let hash = sha256(&bytes);
    let key = "0198f2a0-3333-7000-8000-000000000001";
    let body = |hash: &str| {
        let fields = [
            ("client_request_id", key),
            ("content_sha256", hash),
            ("kind", "photo"),
        ];
        form(&fields).part("media", photo(bytes.clone()))
    };
    let (status, errors) = city.post_as(&path, &secret, body(&sha256("another"))).await;
    assert_eq!((status, &errors[0]["reason"]), (422, &json!("hash_mismatch")));
    let anonymous = read(
        city.http
            .post(city.url(&path))
            .multipart(body(&hash))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(anonymous.0, 403);
    let (status, receipt) = city.post_as(&path, &secret, body(&hash)).await;
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(
        (&receipt[0]["sha256"], &receipt[0]["bytes"]),
        (&json!(hash), &json!(bytes.len()))
    );
    assert_eq!(
        city.post_as(&path, &secret, body(&hash)).await,
        (200, receipt.clone())
    );
    assert_eq!(
        city.post_as(&path, &secret, body(&sha256("x"))).await.1[0]["reason"],
        "key_reused"
    );
    let served = city
        .http
        .get(receipt[0]["url"].as_str().unwrap())
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(served == bytes);
    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    assert_eq!(rows[0]["media"][0]["sha256"], hash.as_str());
    assert_eq!(rows[0]["media_url"], receipt[0]["url"]);
    let files = std::fs::read_dir(city.dir.path().join("media")).unwrap().count();
    assert_eq!(
        files, 2,
        "the one picture and the folder of arrivals: refused bytes are gone"
    );
}
