//! Agencies as rows with validity, due dates with their history, and the clock that stands still for a question.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use support::{DESK, PARKS, PARKS_DESK, TREE, city, column, file_owned, kinds_seen, say};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// Seven working days after Wednesday 25 November 2026, to the last second in Huế.
const DUE: &str = "2026-12-04T16:59:59Z";

#[tokio::test]
async fn a_reform_ends_rows_and_begins_others_and_an_old_case_keeps_its_name() {
    let city = city(|_| {}).await;
    let old = "UBND phường Phú Hội";
    let (status, ward) = city
        .desk_post(
            "desk/agencies.json",
            json!({"name": old, "kind": "ward", "valid_from": "2020-01-01"}),
        )
        .await;
    assert_eq!(status, 201, "{ward}");
    assert_eq!(
        ward,
        json!({"id": "1", "name": old, "kind": "ward", "parent": null, "valid_from": "2020-01-01", "valid_to": null})
    );
    let id = city.file(&TREE).await;
    city.act(&id, json!({"action": "receive"})).await;
    city.act(&id, json!({"action": "assign", "agency": old, "co": PARKS}))
        .await;

    // The last day is a day of work still: the 25th, in Huế.
    let end = json!({"valid_to": "2026-11-25"});
    assert_eq!(
        city.desk_post("desk/agencies/1/end.json", end).await.1["valid_to"],
        "2026-11-25"
    );
    city.act(&id, json!({"action": "assign", "agency": old})).await;
    city.clock.set("2026-11-25T17:00:00Z".parse().unwrap());
    for action in [
        json!({"action": "assign", "agency": old}),
        json!({"action": "transfer", "agency": old}),
        json!({"action": "assign", "agency": PARKS, "co": [old]}),
    ] {
        let (status, errors) = city.act_as(DESK, &id, action).await;
        assert_eq!((status, &errors[0]["reason"]), (409, &json!("agency_not_valid")));
    }
    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    assert_eq!(
        (&rows[0]["agency"], &rows[0]["co_agencies"]),
        (&json!(old), &json!([PARKS]))
    );

    // The name comes again under another parent: another row, and from its first day on it may be given cases.
    let reborn = json!({"name": old, "parent": "2", "valid_from": "2026-12-01", "valid_to": "2026-12-31"});
    assert_eq!(city.desk_post("desk/agencies.json", reborn.clone()).await.0, 201);
    assert_eq!(
        city.desk_post("desk/agencies.json", reborn).await.1[0]["field"],
        "name"
    );
    city.clock.set("2026-12-01T03:00:00Z".parse().unwrap());
    city.act(&id, json!({"action": "transfer", "agency": old})).await;
    let (_, answer) = city.get("agencies.json").await;
    let agencies = &answer["agencies"];
    assert_eq!(column(agencies, "name"), [old, PARKS, old]);
    assert_eq!(
        column(agencies, "valid_from"),
        ["2020-01-01", "2026-11-25", "2026-12-01"]
    );
    assert_eq!(column(agencies, "kind"), ["ward", "department", "department"]);
    assert_eq!(city.desk_get(DESK, "desk/agencies.json").await.1, answer);
    assert_eq!(city.get("desk/agencies.json").await.0, 401);

    for (wrong, field) in [
        (json!({"name": " "}), "name"),
        (json!({"name": "a", "kind": "club"}), "kind"),
        (json!({"name": "a", "parent": "77"}), "parent"),
        (json!({"name": "a", "valid_from": "today"}), "valid_from"),
        (
            json!({"name": "a", "valid_from": "2026-02-02", "valid_to": "2026-02-01"}),
            "valid_to",
        ),
    ] {
        let (status, errors) = city.desk_post("desk/agencies.json", wrong).await;
        assert_eq!((status, &errors[0]["field"]), (400, &json!(field)));
    }
    assert_eq!(
        city.desk_post("desk/agencies/77/end.json", json!({"valid_to": "2027-01-01"}))
            .await
            .0,
        404
    );
    let (status, errors) = city
        .desk_post_as(PARKS_DESK, "desk/agencies.json", json!({"name": "b"}))
        .await;
    assert_eq!((status, &errors[0]["reason"]), (403, &json!("wrong_role")));
}

#[tokio::test]
async fn the_clock_stands_still_from_a_question_to_its_answer() {
    let city = city(|_| {}).await;
    let (id, secret) = file_owned(&city, 1, &[]).await;
    let due = async || city.get(&format!("requests/{id}/due.json")).await.1;
    let first = json!({"at": support::START, "due_at": DUE, "reason": null});
    assert_eq!(due().await, json!({"due": [first], "pauses": []}));
    city.act(&id, json!({"action": "receive"})).await;
    city.clock.advance(HOUR);
    city.act(&id, json!({"action": "ask", "text": "Phía nào?"})).await;
    let asked = "2026-11-25T04:00:00Z";
    assert_eq!(due().await["pauses"], json!([{"from": asked, "to": null}]));

    // Past the printed date: not late, since the city waits for the citizen.
    city.clock.set("2026-12-05T04:00:00Z".parse().unwrap());
    let (status, errors) = say(&city, &id, &secret, &[("kind", "remind")]).await;
    assert_eq!((status, &errors[0]["reason"]), (400, &json!("not_now")));
    city.act(&id, json!({"action": "note", "text": "chờ"})).await;
    assert_eq!(
        say(&city, &id, &secret, &[("kind", "answer"), ("text", "Bờ sông")])
            .await
            .0,
        201
    );
    // Ten days of waiting are added.
    let moved = "2026-12-14T16:59:59Z";
    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    assert_eq!(
        (&rows[0]["due_at"], &rows[0]["detailed_status"]),
        (&json!(moved), &json!("received"))
    );

    city.clock.set("2026-12-06T04:00:00Z".parse().unwrap());
    city.act(&id, json!({"action": "assign", "agency": PARKS})).await;
    let extended = "2026-12-20T10:00:00Z";
    city.act(
        &id,
        json!({"action": "extend", "due": extended, "reason": "chờ cấp điện"}),
    )
    .await;
    let (_, events) = city.get(&format!("requests/{id}/events.json")).await;
    assert_eq!(events["events"][3]["text"], PARKS);
    // The desk takes the case up again without an answer: that ends the pause, too.
    city.act(&id, json!({"action": "ask", "text": "Còn không?"}))
        .await;
    city.clock.advance(2 * HOUR);
    city.act(&id, json!({"action": "start"})).await;
    assert_eq!(
        due().await,
        json!({
            "due": [
                first,
                {"at": "2026-12-05T04:00:00Z", "due_at": moved, "reason": null},
                {"at": "2026-12-06T04:00:00Z", "due_at": extended, "reason": "chờ cấp điện"},
                {"at": "2026-12-06T06:00:00Z", "due_at": "2026-12-20T12:00:00Z", "reason": null},
            ],
            "pauses": [
                {"from": asked, "to": "2026-12-05T04:00:00Z"},
                {"from": "2026-12-06T04:00:00Z", "to": "2026-12-06T06:00:00Z"},
            ],
        })
    );
    assert_eq!(
        kinds_seen(&city, &id, None).await,
        [
            "submitted",
            "received",
            "received",
            "assigned",
            "extended",
            "extended",
            "in_progress"
        ]
    );
}

#[tokio::test]
async fn who_reported_a_twin_follows_the_lead_also_where_the_lead_is_not_public() {
    let city = city(|_| {}).await;
    let (twin, secret) = file_owned(&city, 1, &[]).await;
    let (second, _) = file_owned(&city, 2, &[]).await;
    let (lead, _) = file_owned(
        &city,
        3,
        &[("publication", "never"), ("description", "Nhà ông Ba")],
    )
    .await;
    city.act(&twin, json!({"action": "merge", "into": second})).await;
    city.act(&second, json!({"action": "merge", "into": lead})).await;
    city.act(&lead, json!({"action": "receive"})).await;
    city.act(&lead, json!({"action": "ask", "text": "hỏi riêng"}))
        .await;
    let path = format!("requests/{lead}/events.json");
    assert_eq!(city.get(&path).await.0, 404);
    assert_eq!(
        kinds_seen(&city, &lead, Some(&secret)).await,
        ["submitted", "received"]
    );
    assert_eq!(
        city.get_as(&format!("requests/{lead}/due.json"), &secret).await.0,
        200
    );
    assert_eq!(
        city.get_as(&format!("requests/{lead}.json"), &secret).await.0,
        403,
        "its content stays closed"
    );
    assert_eq!(city.get_as(&path, &support::owner(9).0).await.0, 403);
    assert_eq!(say(&city, &lead, &secret, &[("kind", "withdraw")]).await.0, 403);
}

/// A database as the first version left it: what it holds is all there afterwards, under the new rules.
#[tokio::test]
async fn a_database_of_the_first_version_is_carried_over() {
    let dir = tempfile::tempdir().unwrap();
    {
        let old = Connection::open(dir.path().join("city.sqlite3")).unwrap();
        old.execute_batch(include_str!("../src/store/migrations/1-cases.sql"))
            .unwrap();
        old.execute_batch(
            "PRAGMA foreign_keys = ON;
             INSERT INTO city VALUES (1, 'abc');
             INSERT INTO agencies VALUES (7, 'Phòng Quản lý đô thị'), (9, 'Đội Trật tự');
             INSERT INTO cases (id, numbered, service_code, state, asked_in, requested, updated, change, due, agency_id,
                                publication, identity, owner_hash, address)
               VALUES (41, 1, 'cay-xanh', 'waiting_citizen', 'assigned', 1767200400, 1767200400, 5, 1767900000, 7,
                       'public', 'named', NULL, 'Huế');
             INSERT INTO co_agencies VALUES (41, 9);
             INSERT INTO contacts (case_id, phone) VALUES (41, '+84 (0) 905 123 567');
             INSERT INTO events (id, case_id, seq, at, kind, actor_type, visibility)
               VALUES ('e1', 41, 1, 1767200400, 'submitted', 'citizen', 'public'),
                      ('e2', 41, 2, 1767300000, 'waiting_citizen', 'operator', 'owner');
             INSERT INTO keys VALUES ('0198f2a0-0000-7000-8000-000000000001', 'report', 41, 'e1', NULL);
             PRAGMA user_version = 1;",
        )
        .unwrap();
    }
    let path = dir.path().to_owned();
    let city = city(|config| config.data_dir = path).await;
    let (_, answer) = city.get("agencies.json").await;
    // 1767200400 is 17:00 UTC on the last day of 2025: New Year in Huế.
    assert_eq!(
        answer["agencies"],
        json!([
            {"id": "7", "name": "Phòng Quản lý đô thị", "kind": "department", "parent": null, "valid_from": "2026-01-01", "valid_to": null},
            {"id": "9", "name": "Đội Trật tự", "kind": "department", "parent": null, "valid_from": "2026-01-01", "valid_to": null},
        ])
    );
    let (_, rows) = city.get("requests/41.json").await;
    assert_eq!(
        (&rows[0]["agency"], &rows[0]["co_agencies"]),
        (&json!("Phòng Quản lý đô thị"), &json!(["Đội Trật tự"]))
    );
    let (_, found) = city.desk_get(DESK, "desk/find.json?q=0905123567").await;
    assert_eq!(column(&found["cases"], "case"), ["41"]);
    let again = [
        TREE[0],
        TREE[1],
        TREE[2],
        ("client_request_id", "0198f2a0-0000-7000-8000-000000000001"),
    ];
    assert_eq!(
        city.post("requests.json", &again).await.1[0]["service_request_id"],
        "41"
    );
    let (_, due) = city.get("requests/41/due.json").await;
    assert_eq!(
        (&due["due"][0]["due_at"], &due["pauses"][0]["to"]),
        (&json!("2026-01-08T19:20:00Z"), &Value::Null)
    );
    drop(city);
    let newer = Connection::open(dir.path().join("city.sqlite3")).unwrap();
    let version: u32 = newer
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 2);
}
