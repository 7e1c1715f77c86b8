//! The public side: the feed, points near homes, and figures that anybody can take again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::process::Command;
use std::time::Duration;

use phananh_city::{Family, MadeYear};
use serde_json::{Value, json};
use support::{TREE, TestCity, city, column, file_owned, say};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn events_of(city: &TestCity) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let (status, answer) = city.get(&format!("feed/events.json?after={after}&limit=3")).await;
        assert_eq!(status, 200, "{answer}");
        let page = answer["events"].as_array().unwrap().clone();
        after = answer["next"].as_i64().unwrap();
        if page.is_empty() {
            return all;
        }
        assert!(page.len() <= 3);
        all.extend(page);
    }
}

fn told(events: &[Value]) -> Vec<(String, String)> {
    let word = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    events
        .iter()
        .map(|event| (word(event, "service_request_id"), word(event, "kind")))
        .collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(id, kind)| ((*id).to_owned(), (*kind).to_owned()))
        .collect()
}

#[tokio::test]
async fn the_feed_shows_what_is_public_in_the_order_in_which_it_became_so() {
    let city = city(|_| {}).await;
    let (open, secret) = file_owned(&city, 1, &[]).await;
    let (reviewed, _) = file_owned(&city, 2, &[("publication", "after_review")]).await;
    let (closed, _) = file_owned(&city, 3, &[("publication", "never"), ("description", "kín đáo")]).await;
    for id in [&open, &reviewed, &closed] {
        city.act(id, json!({"action": "receive"})).await;
    }
    city.act(&open, json!({"action": "note", "text": "nội bộ"})).await;
    city.act(&open, json!({"action": "ask", "text": "hỏi riêng"}))
        .await;
    say(
        &city,
        &open,
        &secret,
        &[("kind", "answer"), ("text", "trả lời riêng")],
    )
    .await;
    let before = pairs(&[("1", "submitted"), ("1", "received"), ("1", "received")]);
    assert_eq!(told(&events_of(&city).await), before);
    for id in [&reviewed, &closed] {
        city.act(id, json!({"action": "verify"})).await;
    }
    city.act(
        &open,
        json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn"}),
    )
    .await;
    let rating = [
        ("kind", "rating"),
        ("rating", "acceptable"),
        ("fixed", "partly"),
        ("text", "lời riêng"),
    ];
    assert_eq!(say(&city, &open, &secret, &rating).await.0, 201);

    // The reviewed case brings what happened before it was public, under new numbers.
    let events = events_of(&city).await;
    let after = pairs(&[
        ("2", "submitted"),
        ("2", "received"),
        ("2", "verifying"),
        ("1", "resolved"),
        ("1", "rating"),
    ]);
    assert_eq!(told(&events), [before, after].concat());
    let numbers: Vec<i64> = events.iter().map(|event| event["n"].as_i64().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    let last = events.last().unwrap();
    assert_eq!(
        (&last["rating"], &last["fixed"], &last["text"]),
        (&json!("acceptable"), &json!("partly"), &Value::Null)
    );
    assert_eq!(last["service_code"], "cay-xanh");
    assert_eq!(last["requested_datetime"], support::START);
    let all = Value::from(events).to_string();
    for private in ["riêng", "nội bộ", "kín"] {
        assert!(!all.contains(private), "{private}");
    }
    let (_, owned) = city
        .get_as(&format!("requests/{open}/events.json"), &secret)
        .await;
    assert_eq!(
        owned["events"].as_array().unwrap().last().unwrap()["text"],
        "lời riêng"
    );
    assert_eq!(city.get("feed/events.json?after=x").await.1[0]["field"], "after");
}

#[tokio::test]
async fn the_feed_of_cases_is_read_page_by_page_while_new_ones_come() {
    let city = city(|_| {}).await;
    for number in 0..7 {
        city.clock
            .advance(Duration::from_secs(u64::from(number % 2 == 0)));
        city.file(&TREE).await;
    }
    city.file(&[("service_code", "chieu-sang"), TREE[1], TREE[2]])
        .await;
    city.act("3", json!({"action": "receive"})).await;
    let mut seen = Vec::new();
    let mut query = "limit=3".to_owned();
    loop {
        let (_, answer) = city.get(&format!("feed.json?{query}")).await;
        seen.extend(column(&answer["cases"], "service_request_id"));
        city.file(&TREE).await;
        match answer["next"].as_str() {
            Some(next) => query = format!("limit=3&after={next}"),
            None => break,
        }
    }
    // Filed in the same second as the newest one, the comers stand before what was read already.
    assert_eq!(seen, ["8", "7", "6", "5", "4", "3", "2", "1"]);
    let (_, answer) = city.get("feed.json?service_code=chieu-sang").await;
    assert_eq!(column(&answer["cases"], "service_request_id"), ["8"]);
    let (_, answer) = city.get("feed.json?state=received").await;
    assert_eq!(
        (column(&answer["cases"], "service_request_id"), &answer["next"]),
        (vec!["3".to_owned()], &Value::Null)
    );
    for (wrong, field) in [
        ("state=fixed", "state"),
        ("after=8", "after"),
        ("limit=x", "limit"),
    ] {
        assert_eq!(city.get(&format!("feed.json?{wrong}")).await.1[0]["field"], field);
    }
    assert_eq!(
        city.get("feed.json?limit=0").await.1["cases"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn near_homes_the_public_sees_a_rounded_point() {
    let city = city(|_| {}).await;
    let home = [
        ("service_code", "trat-tu-do-thi"),
        ("lat", "16.46374"),
        ("long", "107.59086"),
        ("address_string", "48 Ngô Quyền"),
    ];
    let (_, hash) = support::owner(1);
    let fields: Vec<_> = home.into_iter().chain([("owner_hash", hash.as_str())]).collect();
    let id = city.file(&fields).await;
    let single = format!("requests/{id}.json");
    let rows = [
        city.get(&single).await.1[0].clone(),
        city.get("requests.json").await.1[0].clone(),
        city.get(&format!("requests.json?service_request_id={id}"))
            .await
            .1[0]
            .clone(),
        city.get("feed.json").await.1["cases"][0].clone(),
    ];
    for row in rows {
        assert_eq!(
            (&row["lat"], &row["long"], &row["rounded"], &row["address"]),
            (&json!(16.464), &json!(107.591), &json!(true), &Value::Null)
        );
    }
    for exact in [
        city.get_as(&single, &support::owner(1).0).await.1[0].clone(),
        city.desk_get(support::DESK, &format!("desk/cases/{id}.json"))
            .await
            .1,
    ] {
        assert_eq!(
            (&exact["lat"], &exact["address"]),
            (&json!(16.46374), &json!("48 Ngô Quyền"))
        );
        assert!(exact.get("rounded").is_none());
    }
    city.file(&TREE).await;
    assert!(
        city.get("requests/2.json").await.1[0].get("rounded").is_none(),
        "a tree stands in the street"
    );
}

fn figures(answer: &Value) -> Vec<(String, u64, Option<u64>)> {
    let figure = |figure: &Value| {
        let metric = figure["metric"].as_str().unwrap().to_owned();
        (
            metric,
            figure["numerator"].as_u64().unwrap(),
            figure["denominator"].as_u64(),
        )
    };
    answer["figures"].as_array().unwrap().iter().map(figure).collect()
}

/// Counted by hand from the story below.
#[tokio::test]
async fn figures_are_what_a_reader_of_the_timelines_counts() {
    let city = city(|_| {}).await;
    let resolve = |outcome: &str| json!({"action": "resolve", "outcome": outcome, "text": "x"});
    // 1: fixed in time, rated twice, the last word counts. 2: resolved a day too late, after an extension.
    let (one, first) = file_owned(&city, 1, &[]).await;
    let (two, second) = file_owned(&city, 2, &[]).await;
    // 3: fixed, reopened, still open. 4: rejected at once. 5: not public. 6: withdrawn by the citizen alone.
    let (three, third) = file_owned(&city, 3, &[]).await;
    let (four, _) = file_owned(&city, 4, &[]).await;
    let (five, _) = file_owned(&city, 5, &[("publication", "never")]).await;
    let (six, sixth) = file_owned(&city, 6, &[]).await;
    city.act(&four, json!({"action": "reject", "reason": "x"})).await;
    assert_eq!(say(&city, &six, &sixth, &[("kind", "withdraw")]).await.0, 201);
    for id in [&one, &two, &three, &five] {
        city.act(id, json!({"action": "receive"})).await;
    }
    city.act(&one, resolve("fixed")).await;
    for rating in ["dissatisfied", "acceptable"] {
        say(&city, &one, &first, &[("kind", "rating"), ("rating", rating)]).await;
    }
    city.act(&five, resolve("fixed")).await;
    city.act(&three, resolve("fixed")).await;
    say(&city, &three, &third, &[("kind", "reopen")]).await;
    city.act(&two, json!({"action": "assign", "agency": "A"})).await;
    city.act(
        &two,
        json!({"action": "extend", "due": "2026-11-27T03:00:00Z", "reason": "x"}),
    )
    .await;
    city.clock.advance(3 * DAY);
    city.act(&two, resolve("partly")).await;
    say(&city, &two, &second, &[("kind", "rating"), ("fixed", "no")]).await;
    // 7: filed after midnight in Huế on the 28th, so outside a period that ends with the 27th.
    city.file(&TREE).await;
    let (status, answer) = city.get("statistics.json?from=2026-11-25&to=2026-11-27").await;
    assert_eq!(status, 200, "{answer}");
    let expected = [
        ("received", 5, None),
        ("taken_in", 3, Some(5)),
        ("resolved", 2, Some(5)),
        ("fixed", 1, Some(2)),
        ("on_time", 1, Some(2)),
        ("extended", 1, Some(5)),
        ("rejected", 1, Some(5)),
        ("reopened", 1, Some(3)),
        ("rated", 1, Some(3)),
        ("satisfied", 1, Some(1)),
    ]
    .map(|(metric, numerator, denominator)| (metric.to_owned(), numerator, denominator));
    assert_eq!(figures(&answer), expected);
    assert_eq!(
        (
            &answer["as_of"],
            &answer["from"],
            &answer["to"],
            &answer["definition_version"]
        ),
        (
            &json!("2026-11-28T03:00:00Z"),
            &json!("2026-11-25"),
            &json!("2026-11-27"),
            &json!(1)
        )
    );
    let newest = events_of(&city).await.last().unwrap()["n"].clone();
    assert_eq!(answer["events_n"], newest);
    // Unless said: up to today, thirty days, both days counted.
    let (_, usual) = city.get("statistics.json").await;
    assert_eq!(
        (&usual["from"], &usual["to"]),
        (&json!("2026-10-30"), &json!("2026-11-28"))
    );
    assert_eq!(figures(&usual)[0].1, 6);
    for (query, status) in [
        ("from=2025-10-26&to=2026-11-29", 200),
        ("from=2025-10-25&to=2026-11-29", 400),
        ("from=2026-11-02&to=2026-11-01", 400),
        ("from=x", 400),
    ] {
        assert_eq!(
            city.get(&format!("statistics.json?{query}")).await.0,
            status,
            "{query}"
        );
    }
}

/// The script knows the text of the definitions and the public feed, nothing of the city's code or database.
#[tokio::test(flavor = "multi_thread")]
async fn a_made_year_of_5000_cases_is_counted_again_by_anyone() {
    let year = MadeYear {
        cases: 5000,
        announcements: 10_000,
        seed: 20_261_125,
    };
    let city = city(|config| config.made_year = Some(year)).await;
    let url = city.running.url().to_owned();
    let recompute = async |period: &[&str]| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/statistics/recompute.py");
        let mut python = Command::new("python3");
        python.arg(script).arg(&url).args(period);
        let run = tokio::task::spawn_blocking(move || python.output())
            .await
            .unwrap();
        let run = run.expect("python3 is needed, see `cargo xtask doctor`");
        let text = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
        assert!(run.status.success(), "{text}");
        text
    };
    let whole = recompute(&["--from", "2025-11-25", "--to", "2026-11-25"]).await;
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 11, "{whole}");
    recompute(&["--from", "2026-02-01", "--to", "2026-02-28"]).await;

    // The year has something to count under every metric, and no figure is the whole.
    let (_, told) = city.get("statistics.json?from=2025-11-25&to=2026-11-25").await;
    let all = figures(&told);
    assert!(all[0].1 > 4000 && all[0].1 < 5000, "{all:?}");
    for (metric, numerator, denominator) in &all[1..] {
        assert!(
            *numerator > 0 && *numerator < denominator.unwrap(),
            "{metric}: {all:?}"
        );
    }

    // 10,000 announcements, every page of them, each once.
    let mut seen = Vec::new();
    let mut query = "limit=100".to_owned();
    loop {
        let (status, answer) = city.get(&format!("announcements.json?{query}")).await;
        assert_eq!(status, 200);
        seen.extend(column(&answer["announcements"], "id"));
        match answer["next"].as_str() {
            Some(next) => query = format!("limit=100&after={next}"),
            None => break,
        }
    }
    let (_, desk) = city
        .desk_get(support::DESK, "desk/announcements.json?limit=1")
        .await;
    assert_eq!(desk["announcements"][0]["id"], "10000");
    // Every tenth ends by itself; most of those are over by now.
    assert!(seen.len() >= 9000 && seen.len() < 10_000, "{}", seen.len());
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
}

#[tokio::test]
async fn the_same_seed_makes_the_same_year_and_a_city_with_cases_stays_as_it_is() {
    let year = MadeYear {
        cases: 60,
        announcements: 3,
        seed: 1,
    };
    let story = async |seed: u64| {
        let city = city(|config| config.made_year = Some(MadeYear { seed, ..year })).await;
        told(&events_of(&city).await)
    };
    let first = story(1).await;
    assert_eq!(first, story(1).await);
    assert_ne!(first, story(2).await);

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    let start = async |made_year| {
        let path = path.clone();
        city(move |config| {
            config.data_dir = path;
            config.made_year = made_year;
        })
        .await
    };
    let lived_in = start(None).await;
    lived_in.file(&TREE).await;
    lived_in.running.stop().await;
    assert_eq!(start(Some(year)).await.running.counts().unwrap().cases, 1);
}

/// Families are chosen at each start: what a moderated city hides is in no feed and no figure, and numbers stay.
#[tokio::test]
async fn another_family_shows_another_feed_over_the_same_data() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    let start = async |family| {
        let path = path.clone();
        city(move |config| {
            config.data_dir = path;
            config.family = family;
        })
        .await
    };
    let moderated = start(Family::Moderated).await;
    moderated.file(&TREE).await;
    moderated.file(&TREE).await;
    moderated.act("2", json!({"action": "verify"})).await;
    assert_eq!(
        told(&events_of(&moderated).await),
        pairs(&[("2", "submitted"), ("2", "verifying")])
    );
    moderated.running.stop().await;
    let open = start(Family::Spec).await;
    let events = events_of(&open).await;
    assert_eq!(
        told(&events),
        pairs(&[("2", "submitted"), ("2", "verifying"), ("1", "submitted")])
    );
    assert_eq!(events[2]["n"], 3);
}
