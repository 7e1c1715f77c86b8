//! The examples of docs/extensions.md are exchanges with this city, recorded here and compared at each run.
//!
//! `PHANANH_RECORD=1 cargo test -p phananh-city --test adoption` writes them anew; the difference is for eyes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use support::recorder::{As, Body, Recorder, put_into};
use support::{PARKS, TestCity, city, owner, sha256};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/extensions.md");
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What a reader needs to see of a case.
const SHOWN: &[&str] = &[
    "service_request_id",
    "case",
    "status",
    "detailed_status",
    "service_code",
    "description",
    "agency",
    "co_agencies",
    "track",
    "due_at",
    "asked_at",
    "outcome",
    "duplicate_of",
    "reference_code",
    "channel",
    "call_id",
    "filed_by",
    "contact",
    "lat",
    "long",
    "rounded",
    "followers",
    "events_seq",
    "score",
    "reasons",
    "requested_datetime",
];

fn get(path: &str) -> (Method, &str) {
    (Method::GET, path)
}

fn post(path: &str) -> (Method, &str) {
    (Method::POST, path)
}

#[tokio::test]
async fn the_examples_of_the_page_are_what_goes_over_the_line() {
    let city = city(|_| {}).await;
    let mut told = Recorder::new(&city, SHOWN);
    filing(&mut told).await;
    desk(&city, &mut told).await;
    hotline(&mut told).await;
    account(&city, &mut told).await;
    following(&city, &mut told).await;
    public(&mut told).await;

    let page = std::fs::read_to_string(PAGE).unwrap();
    let (now, unmatched) = put_into(&page, &told.recorded);
    assert_eq!(
        unmatched,
        Vec::<String>::new(),
        "marks without a recording, or recordings without a mark"
    );
    if std::env::var_os("PHANANH_RECORD").is_some() {
        std::fs::write(PAGE, now).unwrap();
    } else {
        let differs = page
            .lines()
            .zip(now.lines())
            .find(|(written, told)| written != told);
        assert_eq!(
            differs, None,
            "docs/extensions.md (left) tells of another city than this one (right)"
        );
        assert_eq!(page.lines().count(), now.lines().count());
    }
}

async fn filing(told: &mut Recorder<'_>) {
    let (secret, hash) = owner(1);
    told.exchange("discovery", get("discovery.json"), As::Anybody, Body::Nothing)
        .await;
    let key = "0198f2a0-0000-7000-8000-000000000001";
    let content = sha256("the canonical payload");
    let report = [
        ("service_code", "cay-xanh"),
        ("lat", "16.46370"),
        ("long", "107.59090"),
        ("description", "Cây đổ chắn đường"),
        ("client_request_id", key),
        ("owner_hash", &hash),
        ("reference_code", "123412341234"),
        ("content_sha256", &content),
        ("urgency", "urgent"),
        ("publication", "public"),
        ("identity", "confidential"),
        ("phone", "0905 123 567"),
    ];
    told.exchange("report", post("requests.json"), As::Anybody, Body::Form(&report))
        .await;
    told.exchange(
        "report-again",
        post("requests.json"),
        As::Anybody,
        Body::Form(&report),
    )
    .await;
    let other = sha256("another payload");
    let changed = [
        report[0],
        report[1],
        report[2],
        report[4],
        ("content_sha256", other.as_str()),
    ];
    told.exchange(
        "key-reused",
        post("requests.json"),
        As::Anybody,
        Body::Form(&changed),
    )
    .await;
    told.exchange(
        "report-by-key",
        get("requests.json?client_request_id=0198f2a0-0000-7000-8000-000000000001"),
        As::Owner(&secret),
        Body::Nothing,
    )
    .await;
}

async fn act(told: &mut Recorder<'_>, name: &str, id: &str, action: Value) -> Value {
    let path = format!("desk/cases/{id}/actions.json");
    told.exchange(name, post(&path), As::Centre, Body::Json(action))
        .await
}

async fn desk(city: &TestCity, told: &mut Recorder<'_>) {
    let (secret, _) = owner(1);
    let ward = json!({"name": "UBND phường Thuận Hóa", "kind": "ward", "valid_from": "2025-07-01"});
    told.exchange(
        "agency-begun",
        post("desk/agencies.json"),
        As::Centre,
        Body::Json(ward),
    )
    .await;
    told.exchange(
        "desk-list",
        get("desk/cases.json?state=submitted"),
        As::Centre,
        Body::Nothing,
    )
    .await;
    act(told, "receive", "1", json!({"action": "receive", "seen_seq": 1})).await;
    act(
        told,
        "moved-on",
        "1",
        json!({"action": "reject", "reason": "out_of_scope", "seen_seq": 1}),
    )
    .await;
    act(told, "verify", "1", json!({"action": "verify"})).await;
    act(
        told,
        "classify",
        "1",
        json!({"action": "classify", "service": "ha-tang-giao-thong"}),
    )
    .await;
    let assign =
        json!({"action": "assign", "agency": PARKS, "co": ["UBND phường Thuận Hóa"], "track": "timed"});
    act(told, "assign", "1", assign).await;
    told.exchange(
        "wrong-role",
        post("desk/cases/1/actions.json"),
        As::Agency,
        Body::Json(json!({"action": "reject", "reason": "out_of_scope"})),
    )
    .await;
    act(
        told,
        "ask",
        "1",
        json!({"action": "ask", "text": "Cây nằm phía nào?"}),
    )
    .await;
    city.clock.advance(24 * HOUR);
    let answer = [
        ("kind", "answer"),
        ("text", "Phía bờ sông"),
        ("client_request_id", "0198f2a0-0000-7000-8000-000000000002"),
    ];
    told.exchange(
        "answer",
        post("requests/1/messages.json"),
        As::Owner(&secret),
        Body::Form(&answer),
    )
    .await;
    let extend = json!({"action": "extend", "due": "2026-12-11T16:59:59Z", "reason": "chờ cấp điện"});
    act(told, "extend", "1", extend).await;
    act(
        told,
        "transfer",
        "1",
        json!({"action": "transfer", "agency": "UBND phường Thuận Hóa"}),
    )
    .await;
    told.exchange(
        "agency-ended",
        post("desk/agencies/2/end.json"),
        As::Centre,
        Body::Json(json!({"valid_to": "2026-11-25"})),
    )
    .await;
    act(
        told,
        "agency-not-valid",
        "1",
        json!({"action": "assign", "agency": PARKS}),
    )
    .await;
    told.exchange("agencies", get("agencies.json"), As::Anybody, Body::Nothing)
        .await;
    act(
        told,
        "resolve",
        "1",
        json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn cây"}),
    )
    .await;
    told.exchange("due", get("requests/1/due.json"), As::Anybody, Body::Nothing)
        .await;
    told.exchange(
        "events",
        get("requests/1/events.json?after=6"),
        As::Anybody,
        Body::Nothing,
    )
    .await;
    let rating = [
        ("kind", "rating"),
        ("rating", "satisfied"),
        ("fixed", "yes"),
        ("client_request_id", "0198f2a0-0000-7000-8000-000000000003"),
    ];
    told.exchange(
        "rating",
        post("requests/1/messages.json"),
        As::Owner(&secret),
        Body::Form(&rating),
    )
    .await;
    told.exchange(
        "changes",
        get("requests/changes.json?since=&service_request_id=1"),
        As::Owner(&secret),
        Body::Nothing,
    )
    .await;
}

async fn hotline(told: &mut Recorder<'_>) {
    let call = [
        ("service_code", "cay-xanh"),
        ("lat", "16.46375"),
        ("long", "107.59092"),
        ("description", "cây đổ ngang đường"),
        ("channel", "hotline"),
        ("call_id", "2026-11-26-017"),
        ("on_behalf_of", "Bà Tư, kiệt 48"),
        ("phone", "0905 123 568"),
        ("reference_code", "567856785671"),
    ];
    told.exchange("call", post("requests.json"), As::Centre, Body::Form(&call))
        .await;
    told.exchange(
        "find-code",
        get("desk/find.json?q=6785"),
        As::Centre,
        Body::Nothing,
    )
    .await;
    told.exchange(
        "find-phone",
        get("desk/find.json?q=%2B84905123568"),
        As::Centre,
        Body::Nothing,
    )
    .await;
    told.exchange(
        "find-check-digit",
        get("desk/find.json?q=5678-5678-5617"),
        As::Centre,
        Body::Nothing,
    )
    .await;
    let similar = "desk/similar.json?service_code=cay-xanh&lat=16.46374&long=107.59091&text=cay+do";
    told.exchange("similar", get(similar), As::Centre, Body::Nothing)
        .await;
    act(told, "merge", "2", json!({"action": "merge", "into": "1"})).await;
    told.exchange("audit", get("desk/cases/2/audit.json"), As::Centre, Body::Nothing)
        .await;
}

async fn account(city: &TestCity, told: &mut Recorder<'_>) {
    let phone = [("phone", "0905 123 567")];
    let started = told
        .exchange(
            "start",
            post("account/start.json"),
            As::Anybody,
            Body::Form(&phone),
        )
        .await;
    let outbox = std::fs::read_to_string(city.dir.path().join("codes.jsonl")).unwrap();
    let line: Value = serde_json::from_str(outbox.lines().last().unwrap()).unwrap();
    let (challenge, code) = (
        started["challenge"].as_str().unwrap(),
        line["code"].as_str().unwrap(),
    );
    let wrong = if code == "000000" { "000001" } else { "000000" };
    told.tell_as(&format!("code={code}"), "code=482913");
    told.tell_as(&format!("code={wrong}"), "code=482931");
    let guess = [("challenge", challenge), ("code", wrong)];
    told.exchange(
        "wrong-code",
        post("account/verify.json"),
        As::Anybody,
        Body::Form(&guess),
    )
    .await;
    let right = [("challenge", challenge), ("code", code)];
    let session = told
        .exchange(
            "code-verified",
            post("account/verify.json"),
            As::Anybody,
            Body::Form(&right),
        )
        .await;
    told.exchange(
        "challenge-gone",
        post("account/verify.json"),
        As::Anybody,
        Body::Form(&right),
    )
    .await;
    let refresh = [("refresh_token", session["refresh_token"].as_str().unwrap())];
    let renewed = told
        .exchange(
            "refresh",
            post("account/refresh.json"),
            As::Anybody,
            Body::Form(&refresh),
        )
        .await;
    let access = renewed["access_token"].as_str().unwrap();
    let report = [
        ("service_code", "chieu-sang"),
        ("address_string", "48 Ngô Quyền"),
        ("publication", "never"),
    ];
    told.exchange(
        "report-signed-in",
        post("requests.json"),
        As::Session(access),
        Body::Form(&report),
    )
    .await;
    told.exchange(
        "account-requests",
        get("account/requests.json"),
        As::Session(access),
        Body::Nothing,
    )
    .await;
    let lock = json!({"account_id": renewed["account_id"], "text": "Lời lẽ xúc phạm; liên hệ 19001075."});
    told.exchange(
        "lock",
        post("desk/accounts/lock.json"),
        As::Centre,
        Body::Json(lock),
    )
    .await;
    told.exchange(
        "account-locked",
        post("requests.json"),
        As::Session(access),
        Body::Form(&report),
    )
    .await;
    told.exchange("account", get("account.json"), As::Session(access), Body::Nothing)
        .await;
    let unlock = json!({"account_id": renewed["account_id"]});
    told.exchange(
        "unlock",
        post("desk/accounts/unlock.json"),
        As::Centre,
        Body::Json(unlock),
    )
    .await;
    told.exchange(
        "sign-out",
        post("account/sign-out.json"),
        As::Session(access),
        Body::Nothing,
    )
    .await;
    told.exchange(
        "session-over",
        get("account.json"),
        As::Session(access),
        Body::Nothing,
    )
    .await;
}

async fn following(city: &TestCity, told: &mut Recorder<'_>) {
    let (secret, hash) = owner(1);
    let follow = [
        ("kind", "follow"),
        ("follower", hash.as_str()),
        ("client_request_id", "0198f2a0-0000-7000-8000-000000000004"),
    ];
    told.exchange(
        "follow",
        post("requests/1/messages.json"),
        As::Anybody,
        Body::Form(&follow),
    )
    .await;
    let registration = [
        ("provider", "fcm"),
        ("endpoint", "d3adb33f:APA91b"),
        ("service_request_id", "1"),
    ];
    let made = told
        .exchange(
            "push",
            post("push/registrations.json"),
            As::Owner(&secret),
            Body::Form(&registration),
        )
        .await;
    city.act("1", json!({"action": "close"})).await;
    told.exchange("push-hints", get("desk/push.json"), As::Centre, Body::Nothing)
        .await;
    let path = format!(
        "push/registrations/{}.json",
        made["registration_id"].as_str().unwrap()
    );
    told.exchange("push-end", (Method::DELETE, &path), As::Anybody, Body::Nothing)
        .await;
}

async fn public(told: &mut Recorder<'_>) {
    let flood = json!({
        "kind": "warning",
        "title": {"vi": "Mưa lớn", "en": "Heavy rain"},
        "text": {"vi": "Tối nay mưa lớn, có nơi ngập.", "en": "Heavy rain tonight, floods in places."},
        "until": "2026-11-27T00:00:00Z",
    });
    told.exchange(
        "announce",
        post("desk/announcements.json"),
        As::Centre,
        Body::Json(flood),
    )
    .await;
    told.exchange(
        "announcements",
        get("announcements.json?limit=20"),
        As::Anybody,
        Body::Nothing,
    )
    .await;
    let withdraw = post("desk/announcements/1/withdraw.json");
    told.exchange("announcement-withdrawn", withdraw, As::Centre, Body::Nothing)
        .await;
    let noise = [
        ("service_code", "trat-tu-do-thi"),
        ("lat", "16.46374"),
        ("long", "107.59086"),
        ("description", "Loa kẹo kéo"),
    ];
    told.exchange(
        "report-near-homes",
        post("requests.json"),
        As::Anybody,
        Body::Form(&noise),
    )
    .await;
    told.exchange("feed", get("feed.json?limit=2"), As::Anybody, Body::Nothing)
        .await;
    told.exchange(
        "feed-events",
        get("feed/events.json?after=9&limit=2"),
        As::Anybody,
        Body::Nothing,
    )
    .await;
    told.exchange(
        "statistics",
        get("statistics.json?from=2026-11-01&to=2026-11-30"),
        As::Anybody,
        Body::Nothing,
    )
    .await;
}
