//! A case from filing to its rating: the desk works it, the citizen follows it, everyone else sees what is public.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use phananh_city::Extensions;
use reqwest::multipart::Form;
use serde_json::{Value, json};
use support::{
    DESK, PARKS, PARKS_DESK, TREE, TestCity, city, column, form, jpeg, owner, photo, read, sha256,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A report of an owner, with further fields.
async fn file_owned(city: &TestCity, seed: u8, more: &[(&str, &str)]) -> (String, String) {
    let (secret, hash) = owner(seed);
    let fields: Vec<_> = TREE
        .into_iter()
        .chain([("owner_hash", hash.as_str())])
        .chain(more.iter().copied())
        .collect();
    (city.file(&fields).await, secret)
}

async fn say(city: &TestCity, id: &str, secret: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    city.post_as(&format!("requests/{id}/messages.json"), secret, form(fields))
        .await
}

async fn kinds_seen(city: &TestCity, id: &str, secret: Option<&str>) -> Vec<String> {
    let path = format!("requests/{id}/events.json");
    let (status, answer) = match secret {
        Some(secret) => city.get_as(&path, secret).await,
        None => city.get(&path).await,
    };
    assert_eq!(status, 200, "{answer}");
    column(&answer["events"], "kind")
}

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

#[tokio::test]
async fn the_desk_opens_to_its_tokens_and_each_role_has_its_steps() {
    let city = city(|_| {}).await;
    let id = city.file(&TREE).await;
    assert_eq!(city.get("desk/cases.json").await.0, 401);
    assert_eq!(city.desk_get("wrong", "desk/cases.json").await.0, 401);
    assert_eq!(
        city.act_as(PARKS_DESK, &id, json!({"action": "receive"})).await.0,
        403
    );
    assert_eq!(
        city.desk_get(PARKS_DESK, "desk/cases.json").await.1["cases"],
        json!([])
    );
    let (status, errors) = city
        .act_as(
            DESK,
            &id,
            json!({"action": "resolve", "outcome": "fixed", "text": "x"}),
        )
        .await;
    assert_eq!((status, &errors[0]["reason"]), (409, &json!("not_now")));
    city.act(&id, json!({"action": "receive"})).await;
    city.act(&id, json!({"action": "assign", "agency": PARKS})).await;
    assert_eq!(
        city.act_as(PARKS_DESK, &id, json!({"action": "reject", "reason": "x"}))
            .await
            .0,
        403
    );
    assert_eq!(
        city.desk_get(PARKS_DESK, &format!("desk/cases/{id}/audit.json"))
            .await
            .0,
        403
    );
    for wrong in [
        json!({"action": "dance"}),
        json!({"action": "resolve", "outcome": "done", "text": "x"}),
        json!({"action": "resolve", "outcome": "fixed", "text": " "}),
        json!({"action": "extend", "due": "2020-01-01T00:00:00Z", "reason": "x"}),
        json!({"action": "merge", "into": id}),
        json!({"action": "merge", "into": "99"}),
    ] {
        assert_eq!(city.act_as(DESK, &id, wrong.clone()).await.0, 400, "{wrong}");
    }
    assert_eq!(
        city.running.cases().unwrap()[0].status,
        "assigned",
        "a refused action changes nothing"
    );
    assert_eq!(city.running.cases().unwrap()[0].events.len(), 3);

    let closed = support::city(|config| {
        config.operator_token = None;
        config.agency_tokens.clear();
    })
    .await;
    assert_eq!(closed.desk_get("any", "desk/cases.json").await.0, 403);
}

#[tokio::test]
async fn the_desk_finds_cases() {
    let city = city(|_| {}).await;
    city.file(&[
        TREE[0],
        TREE[1],
        TREE[2],
        ("reference_code", "123456789012"),
        ("phone", "0911222333"),
    ])
    .await;
    city.file(&[TREE[0], TREE[1], TREE[2], ("description", "100% ngập _ \\ đường")])
        .await;
    city.file(&TREE).await;
    city.act("3", json!({"action": "receive"})).await;
    for (query, expected) in [
        ("", vec!["1", "2", "3"]),
        ("state=received", vec!["3"]),
        ("q=5678", vec!["1"]),
        ("q=1234-5678-9012", vec!["1"]),
        ("q=0911222", vec!["1"]),
        ("q=2", vec!["1", "2"]), // a case number, or digits of a phone
        ("q=%25+ng", vec!["2"]),
        ("q=_+%5C", vec!["2"]),
        ("q=Cây", vec!["3"]),
        ("after=1&limit=1", vec!["2"]),
    ] {
        let (status, answer) = city.desk_get(DESK, &format!("desk/cases.json?{query}")).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(column(&answer["cases"], "case"), expected, "{query}");
        assert!(
            !answer.to_string().contains("0911222333"),
            "lists hold no contact data"
        );
    }
    let (_, first) = city.desk_get(DESK, "desk/cases.json?limit=2").await;
    assert_eq!(first["next"], "2");
    assert_eq!(
        city.desk_get(DESK, "desk/cases.json?after=2").await.1["next"],
        Value::Null
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
async fn a_merged_case_names_its_lead() {
    let city = city(|_| {}).await;
    let (lead, twin) = (city.file(&TREE).await, city.file(&TREE).await);
    city.act(&twin, json!({"action": "merge", "into": lead})).await;
    let (_, rows) = city.get(&format!("requests/{twin}.json")).await;
    assert_eq!(
        (&rows[0]["detailed_status"], &rows[0]["duplicate_of"]),
        (&json!("duplicate"), &json!(lead))
    );
    let (_, answer) = city.get(&format!("requests/{twin}/events.json")).await;
    assert_eq!(answer["events"][1]["duplicate_of"], lead.as_str());
    let (status, _) = city
        .act_as(DESK, &lead, json!({"action": "merge", "into": twin}))
        .await;
    assert_eq!(status, 400, "no circle");
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
