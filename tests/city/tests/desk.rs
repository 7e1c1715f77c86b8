//! The operators' side: who may enter, what each role may do, finding a case.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use serde_json::{Value, json};
use support::{DESK, PARKS, PARKS_DESK, TREE, city, column};

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
