//! All input is hostile: nothing panics, nothing is found in what is no data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use georeport::receipt::{PostAnswer, Sent, attachment_receipt, message_receipt, receipt};
use georeport::{Answer, ZoneOffset, date_header, read, retry_after, sniff};
use proptest::prelude::*;

const ZONE: ZoneOffset = ZoneOffset(25_200);

fn read_all(answer: &Answer<'_>) {
    let _ = sniff(answer.body);
    let _ = read::services(answer);
    let _ = read::definition(answer);
    let _ = read::cases(answer, ZONE);
    let _ = read::token(answer, "t");
    let _ = read::discovery(answer);
    let _ = read::events(answer, ZONE);
    let _ = read::changes(answer, ZONE);
    let _ = read::errors(answer);
    let sent = Sent {
        service_code: Some("1"),
        description: Some("Ổ gà"),
        client_request_id: Some("k"),
    };
    let _ = receipt(answer, &sent);
    let _ = message_receipt(answer, &sent);
    let _ = attachment_receipt(answer, &sent);
    let _ = retry_after(answer);
    let _ = date_header(answer);
}

/// JSON of the words that readers look for, in any nesting.
fn wordy() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "service_request_id",
        "services",
        "service_requests",
        "request",
        "attributes",
        "values",
        "value",
        "code",
        "errors",
        "error",
        "detail",
        "media_url",
        "media",
        "extended_attributes",
        "notes",
        "lat",
        "long",
        "endpoints",
        "endpoint",
        "extensions",
        "idempotency",
        "key_lifetime_s",
        "events",
        "changes",
        "cursor",
        "seq",
        "token",
        "description",
        "requested_datetime",
        "order",
        "keywords",
        "_embedded",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"null\"".to_owned()),
        "-?[0-9]{1,30}(\\.[0-9]{0,30})?([eE][+-]?[0-9]{1,4})?",
        "\"[0-9TZ:+. -]{0,30}\"",
        "\"(\\\\u[0-9a-fA-F]{4}|[a-z,;&<>]|\\\\[a-z\"]){0,12}\"",
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| {
                let fields: Vec<String> = fields
                    .into_iter()
                    .map(|(name, value)| format!("\"{name}\":{value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        status in 0u16..700,
        body in prop::collection::vec(any::<u8>(), 0..300),
        value in ".{0,40}",
    ) {
        let headers = [("Retry-After".to_owned(), value.clone()), ("Date".to_owned(), value)];
        read_all(&Answer { status, headers: &headers, body: &body });
    }

    #[test]
    fn arbitrary_json_of_our_words_never_panics(status in 199u16..301, body in wordy()) {
        read_all(&Answer { status, headers: &[], body: body.as_bytes() });
    }

    #[test]
    fn a_torn_receipt_is_never_a_receipt(cut in 0usize..1000) {
        let whole = r#"[{"service_request_id":"12345","service_notice":"Cảm ơn","account_id":null}]"#;
        let cut = cut % whole.len();
        let torn = &whole.as_bytes()[..cut];
        let read = receipt(&Answer { status: 200, headers: &[], body: torn }, &Sent::default());
        prop_assert!(!matches!(read, PostAnswer::Receipt(_)));
    }

    #[test]
    fn digits_of_a_number_are_kept(digits in "[0-9]{1,60}") {
        let body = format!("[{{\"service_request_id\":{digits}}}]");
        let list = read::cases(&Answer { status: 200, headers: &[], body: body.as_bytes() }, ZONE).unwrap();
        prop_assert_eq!(&list.cases[0].id, &digits);
    }

    #[test]
    fn a_text_comes_through_as_json_says(text in "\\PC{0,40}") {
        prop_assume!(!text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("null"));
        let body = serde_json::json!([{"service_request_id": "1", "description": text}]).to_string();
        let list = read::cases(&Answer { status: 200, headers: &[], body: body.as_bytes() }, ZONE).unwrap();
        prop_assert_eq!(list.cases[0].description.as_deref(), Some(text.as_str()));
    }
}

#[test]
fn depth_is_bounded() {
    for open in ["[", "{\"services\":", "{\"errors\":["] {
        let body = open.repeat(200_000);
        read_all(&Answer {
            status: 200,
            headers: &[],
            body: body.as_bytes(),
        });
        read_all(&Answer {
            status: 400,
            headers: &[],
            body: body.as_bytes(),
        });
    }
}
