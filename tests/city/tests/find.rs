//! The hotline: finding the case that a caller names, and those that may be the same.
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

/// Check digits by Damm's table, by hand: 572 -> 4 is the published example, the zeros before it change nothing.
const CODE: &str = "000000005724";

#[tokio::test]
async fn a_case_is_found_by_what_a_caller_can_say() {
    let city = city(|_| {}).await;
    let caller = [
        ("reference_code", CODE),
        ("channel", "hotline"),
        ("phone", "0905 123 567"),
        ("first_name", "Thị B"),
        ("on_behalf_of", "Bà Nguyễn Thị C, mẹ"),
        ("filed_by", "Bàn 3"),
        ("call_id", "call-2026-17"),
        ("identity", "confidential"),
    ];
    let id = city
        .file(&TREE.into_iter().chain(caller).collect::<Vec<_>>())
        .await;
    let hidden = [
        TREE[0],
        TREE[1],
        TREE[2],
        ("phone", "+84905123567"),
        ("identity", "none"),
    ];
    city.file(&hidden).await;
    city.file(&TREE).await;

    for (said, expected) in [
        (CODE, vec!["1"]),
        ("0000-0000-5724", vec!["1"]),
        ("0000 0000 5724", vec!["1"]),
        ("5724", vec!["1"]),
        ("0572", vec!["1"]),
        ("3", vec!["3"]),
        ("572", vec![]),
        ("0905123567", vec!["1"]),
        ("%2B84 905.123.567", vec!["1"]),
        ("84-905-123-567", vec!["1"]),
        ("0905123568", vec![]),
        ("99999", vec![]),
    ] {
        let (status, answer) = city
            .desk_get(DESK, &format!("desk/find.json?q={}", said.replace(' ', "+")))
            .await;
        assert_eq!(status, 200, "{said}: {answer}");
        assert_eq!(column(&answer["cases"], "case"), expected, "{said}");
        assert!(!answer.to_string().contains("0905"), "{answer}");
    }
    let (status, errors) = city.desk_get(DESK, "desk/find.json?q=0000-0000-5742").await;
    assert_eq!((status, &errors[0]["reason"]), (400, &json!("check_digit")));
    for nothing in ["", "Nguyễn", "+"] {
        assert_eq!(
            city.desk_get(DESK, &format!("desk/find.json?q={nothing}"))
                .await
                .0,
            400
        );
    }
    let (_, audit) = city.desk_get(DESK, &format!("desk/cases/{id}/audit.json")).await;
    let lines = column(&audit["audit"], "action");
    assert_eq!(lines.iter().filter(|line| *line == "find_by_phone").count(), 3);
    assert!(!audit.to_string().contains("905"));

    // What was said of the call is the desk's to see, the person only where contact data is.
    let (_, case) = city.desk_get(DESK, &format!("desk/cases/{id}.json")).await;
    for (name, value) in [
        ("channel", "hotline"),
        ("filed_by", "Bàn 3"),
        ("call_id", "call-2026-17"),
    ] {
        assert_eq!(case[name], value);
    }
    assert_eq!(case["contact"]["on_behalf_of"], "Bà Nguyễn Thị C, mẹ");
    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    for personal in ["Nguyễn", "Bàn 3", "call-2026", "hotline"] {
        assert!(!rows.to_string().contains(personal), "{rows}");
    }

    // An agency finds its own cases, and nobody's phone.
    let ask = async |said: &str| {
        let (_, answer) = city
            .desk_get(PARKS_DESK, &format!("desk/find.json?q={said}"))
            .await;
        column(&answer["cases"], "case")
    };
    assert_eq!(ask("5724").await, Vec::<String>::new());
    city.act(&id, json!({"action": "receive"})).await;
    city.act(&id, json!({"action": "assign", "agency": PARKS})).await;
    assert_eq!(ask("5724").await, ["1"]);
    assert_eq!(ask("0905123567").await, Vec::<String>::new());
    assert_eq!(city.get("desk/find.json?q=1").await.0, 401);
}

#[tokio::test]
async fn similar_open_cases_come_best_first_while_an_operator_types() {
    let city = city(|_| {}).await;
    let file = async |service: &str, lat: &str, text: &str| {
        city.file(&[
            ("service_code", service),
            ("lat", lat),
            ("long", "107.59"),
            ("description", text),
        ])
        .await
    };
    // 0.00027 degrees of latitude are 30 m, 0.0009 are 100 m, 0.009 are a kilometre.
    let same = file("cay-xanh", "16.46027", "Cây đổ chắn đường Hùng Vương").await;
    let near = file("chieu-sang", "16.46090", "Đèn hỏng").await;
    file("cay-xanh", "16.46900", "Cây đổ chắn đường Hùng Vương").await;
    let ended = file("cay-xanh", "16.46000", "Cây đổ").await;
    city.act(&ended, json!({"action": "reject", "reason": "x"})).await;
    let worded = city
        .file(&[
            ("service_code", "ha-tang-giao-thong"),
            ("address_string", "Hùng Vương"),
            ("description", "cay do chan duong"),
        ])
        .await;
    let ask = async |query: &str| {
        let (status, answer) = city.desk_get(DESK, &format!("desk/similar.json?{query}")).await;
        assert_eq!(status, 200, "{answer}");
        let told = |case: &Value| (case["case"].as_str().unwrap().to_owned(), case["reasons"].clone());
        answer["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(told)
            .collect::<Vec<_>>()
    };
    let place = "lat=16.46&long=107.59";
    assert_eq!(
        ask(place).await,
        [
            (same.clone(), json!(["within_50_m"])),
            (near, json!(["within_300_m"]))
        ]
    );
    let all = ask(&format!("{place}&service_code=cay-xanh&text=CAY+DO+hung+vuong")).await;
    assert_eq!(
        all[0],
        (same, json!(["same_service", "within_50_m", "same_words"]))
    );
    let words: Vec<_> = ask("text=cây+đổ").await.into_iter().map(|(id, _)| id).collect();
    assert!(words.contains(&worded) && !words.contains(&ended), "{words:?}");
    assert!(ask("").await.is_empty());
    assert_eq!(city.desk_get(DESK, "desk/similar.json?lat=16").await.0, 400);
    assert_eq!(
        city.desk_get(DESK, "desk/similar.json?lat=x&long=1").await.1[0]["field"],
        "lat"
    );
    assert_eq!(
        city.desk_get(PARKS_DESK, &format!("desk/similar.json?{place}"))
            .await
            .1["cases"],
        json!([])
    );
}

#[tokio::test]
async fn the_second_of_two_operators_is_told() {
    let city = city(|_| {}).await;
    let id = city
        .file(
            &TREE
                .into_iter()
                .chain([("phone", "0905123567")])
                .collect::<Vec<_>>(),
        )
        .await;
    let (_, seen) = city.desk_get(DESK, &format!("desk/cases/{id}.json")).await;
    let seq = &seen["events_seq"];
    city.act(&id, json!({"action": "receive", "seen_seq": seq})).await;
    let (status, errors) = city
        .act_as(
            DESK,
            &id,
            json!({"action": "reject", "reason": "trùng", "seen_seq": seq}),
        )
        .await;
    assert_eq!((status, &errors[0]["reason"]), (409, &json!("moved_on")));
    let now = &errors[0]["case"];
    assert_eq!(
        (&now["detailed_status"], &now["timeline"][1]["kind"]),
        (&json!("received"), &json!("received"))
    );
    // A note that nobody outside sees is news, too; and who looked again goes on.
    city.act(
        &id,
        json!({"action": "note", "text": "gọi lại", "seen_seq": now["events_seq"]}),
    )
    .await;
    let action = |seen: i64| json!({"action": "verify", "seen_seq": seen});
    assert_eq!(city.act_as(DESK, &id, action(2)).await.0, 409);
    city.act(&id, action(3)).await;
    city.act(&id, json!({"action": "classify", "service": "chieu-sang"}))
        .await;
    let (_, rows) = city.get(&format!("requests/{id}.json")).await;
    assert_eq!(rows[0]["service_code"], "chieu-sang");
    let (_, events) = city.get(&format!("requests/{id}/events.json")).await;
    assert_eq!(
        column(&events["events"], "kind"),
        ["submitted", "received", "verifying"],
        "classifying is inside"
    );
    assert_eq!(
        city.act_as(DESK, &id, json!({"action": "classify", "service": "x"}))
            .await
            .0,
        400
    );
    let (_, audit) = city.desk_get(DESK, &format!("desk/cases/{id}/audit.json")).await;
    let looks = column(&audit["audit"], "action");
    // One look at the case, four answers that showed it, and two refusals that did.
    assert_eq!(
        looks.iter().filter(|line| *line == "view_contact").count(),
        7,
        "{looks:?}"
    );
}

#[tokio::test]
async fn refusals_at_the_desk_say_why() {
    let city = city(|config| config.extensions = phananh_city::Extensions::none()).await;
    let id = city.file(&TREE).await;
    let reason = async |token: &str| {
        let (_, errors) = city.act_as(token, &id, json!({"action": "receive"})).await;
        errors[0]["reason"].as_str().unwrap_or("").to_owned()
    };
    assert_eq!(reason("nobody").await, "not_operator");
    assert_eq!(reason(PARKS_DESK).await, "wrong_role");
    let closed = support::city(|config| {
        config.operator_token = None;
        config.agency_tokens.clear();
    })
    .await;
    assert_eq!(
        closed.desk_get(DESK, "desk/cases.json").await.1[0]["reason"],
        "desk_closed"
    );
}
