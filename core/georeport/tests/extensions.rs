//! Discovery and what a willing city adds (docs/extensions.md).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use georeport::read::{self, Discovery, Extensions, KeyLifetime, Visibility};
use georeport::{ReadError, ZoneOffset};
use support::{answer, golden};

const UTC: ZoneOffset = ZoneOffset(0);

fn discovery(name: &str) -> Discovery {
    read::discovery(&answer(200, &golden(name))).unwrap()
}

fn extensions(json: &str) -> Extensions {
    let body = format!(r#"{{"extensions": {json}}}"#);
    read::discovery(&answer(200, body.as_bytes())).unwrap().extensions
}

#[test]
fn discovery_in_each_of_its_shapes() {
    let spec = discovery("spec/discovery.json");
    assert_eq!(spec.endpoints.len(), 2);
    assert_eq!(spec.endpoints[0].formats, ["text/xml", "application/json"]);
    assert_eq!(spec.endpoints[1].kind.as_deref(), Some("test"));
    assert_eq!(spec.extensions, Extensions::default());

    let giessen = discovery("giessen/discovery.json");
    assert_eq!(giessen.endpoints.len(), 1, "an object in place of the list");
    assert_eq!(giessen.endpoints[0].formats, ["text/xml", "application/json"]);

    let wrapped = discovery("fixmystreet/discovery.json");
    assert_eq!(wrapped.contact.as_deref(), Some("help@streets.example"));
    assert_eq!(
        wrapped.endpoints[0].url.as_deref(),
        Some("https://streets.example/open311/v2/")
    );
    assert_eq!(wrapped.endpoints[0].formats.len(), 3);

    let other = read::discovery(&answer(200, br#"{"name":"router"}"#));
    assert!(matches!(other, Err(ReadError::Malformed { .. })));
}

#[test]
fn a_rich_city_advertises_and_an_entry_speaks_for_its_endpoint() {
    let city = discovery("rich/discovery.json");
    let all = &city.extensions;
    assert_eq!(all.idempotency, Some(KeyLifetime::Forever));
    assert!(all.owner && all.changes && all.events);
    let messages = all.messages.as_ref().unwrap();
    assert!(messages.attachments && messages.kinds.contains("rating"));
    assert!(all.fields.contains("urgency"));

    let here = city.extensions_at(&"https://hue.example/open311/v2".parse().unwrap());
    assert_eq!(here.idempotency, Some(KeyLifetime::Seconds(86_400)));
    assert!(!here.events);
    assert_eq!(
        city.extensions_at(&"http://127.0.0.1:8311/".parse().unwrap()),
        all
    );
}

#[test]
fn only_a_stated_lifetime_is_a_promise_to_repost_on() {
    let lifetime = |json: &str| extensions(&format!(r#"{{"idempotency": {json}}}"#)).idempotency;
    assert_eq!(
        lifetime(r#"{"key_lifetime_s": null}"#),
        Some(KeyLifetime::Forever)
    );
    assert_eq!(
        lifetime(r#"{"key_lifetime_s": "60"}"#),
        Some(KeyLifetime::Seconds(60))
    );
    for silent in [
        "{}",
        "null",
        "false",
        "true",
        r#"{"key_lifetime_s": "long"}"#,
        r#"{"key_lifetime_s": -1}"#,
    ] {
        assert_eq!(lifetime(silent), None, "{silent}");
    }
    assert!(!extensions(r#"{"owner": false, "events": null}"#).owner);
}

#[test]
fn extensions_are_kept_as_they_were_read() {
    let all = discovery("rich/discovery.json").extensions;
    let kept = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<Extensions>(&kept).unwrap(), all);
}

#[test]
fn a_rich_row_has_all_its_fields() {
    let body = golden("rich/case.json");
    let list = read::cases(&answer(200, &body), UTC).unwrap();
    let case = &list.cases[0];
    let words = [
        (&case.detailed_status, "resolved"),
        (&case.outcome, "fixed"),
        (&case.outcome_text, "Đã vá"),
        (&case.reference_code, "123456789012"),
        (&case.title, "Ổ gà"),
        (&case.urgency, "urgent"),
        (&case.rating, "satisfied"),
        (&case.fixed, "yes"),
        (&case.client_request_id, "k"),
    ];
    for (read, expected) in words {
        assert_eq!(read.as_deref(), Some(expected));
    }
    assert_eq!((case.events_seq, case.duplicate_of.clone()), (Some(6), None));
    // date -u -d 2026-07-03T10:00:00Z +%s
    assert_eq!(case.due_at.as_ref().unwrap().unix_ms, Some(1_783_072_800_000));
    assert_eq!(case.media.len(), 1, "media_url is the first of media");
    assert_eq!(
        (case.media[0].bytes, case.media[0].sha256.as_deref()),
        (Some(48_211), Some("ab12"))
    );
    assert!(case.raw.is_empty());
}

#[test]
fn events_leave_out_what_is_internal_and_still_move_on() {
    let body = golden("rich/events.json");
    let page = read::events(&answer(200, &body), UTC).unwrap();
    let kinds: Vec<&str> = page.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["submitted", "assigned"]);
    assert_eq!((page.last_seq, page.more), (Some(3), true));
    let assigned = &page.events[1];
    assert_eq!(assigned.actor.unit.as_deref(), Some("Trung tâm IOC"));
    assert_eq!(
        (page.events[0].visibility, assigned.visibility),
        (Visibility::Owner, Visibility::Public)
    );
    assert_eq!(assigned.attachments[0].url, "/m/1");
    assert!(assigned.due_at.is_some());
}

#[test]
fn changes_carry_a_cursor_and_a_lost_one_is_told() {
    let body = golden("rich/changes.json");
    let page = read::changes(&answer(200, &body), UTC).unwrap();
    assert_eq!((page.cursor.as_str(), page.more), ("c-0009", false));
    assert_eq!(
        (page.changes[0].id.as_str(), page.changes[0].events_seq),
        ("1", Some(4))
    );
    let gone = br#"[{"code":410,"description":"gone","reason":"cursor_gone"}]"#;
    let Err(ReadError::Status { status: 410, errors }) = read::changes(&answer(410, gone), UTC) else {
        panic!("a status")
    };
    assert_eq!(errors[0].reason.as_deref(), Some("cursor_gone"));
    let no_cursor = read::changes(&answer(200, br#"{"changes":[]}"#), UTC);
    assert!(matches!(no_cursor, Err(ReadError::Malformed { .. })));
}
