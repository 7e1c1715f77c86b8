//! Answers to a POST, one fact each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use georeport::receipt::{
    Account, Duplicate, NotOurs, PostAnswer, ReportReceipt, Sent, Tracking, attachment_receipt,
    message_receipt, receipt,
};
use georeport::{Answer, Format, RetryAfter, WireError, date_header, read, retry_after};
use support::{answer, golden};

const KEYLESS: Sent<'static> = Sent {
    service_code: Some("001"),
    description: Some("Ổ gà"),
    client_request_id: None,
};
const KEYED: Sent<'static> = Sent {
    client_request_id: Some("k"),
    ..KEYLESS
};

fn post(status: u16, body: &[u8], sent: &Sent<'_>) -> PostAnswer<ReportReceipt> {
    receipt(&answer(status, body), sent)
}

fn tracking(answer: PostAnswer<ReportReceipt>) -> Tracking {
    match answer {
        PostAnswer::Receipt(receipt) => receipt.tracking,
        other => panic!("{other:?}"),
    }
}

fn id(id: &str) -> Tracking {
    Tracking::Id(id.to_owned())
}

fn why(answer: PostAnswer<ReportReceipt>) -> NotOurs {
    match answer {
        PostAnswer::NotOurs { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_receipt_in_each_of_its_shapes() {
    for (name, number) in [
        ("spec", "0293944"),
        ("adapter", "0"),
        ("sixaika", "tdxlya7l"),
        ("markaspot", "47-2026"),
        ("tampere", "1a2b3c"),
        ("libre311", "91"),
        ("codefornl", "1"),
    ] {
        let body = golden(&format!("{name}/receipt.json"));
        for status in [200, 201, 202] {
            assert_eq!(tracking(post(status, &body, &KEYLESS)), id(number), "{name}");
        }
    }
    let uninterested = Sent {
        description: Some("Vỉa hè vỡ"),
        ..Sent::default()
    };
    let body = golden("ureport/receipt.json");
    assert_eq!(
        tracking(post(200, &body, &uninterested)),
        id("5521"),
        "the whole request"
    );
    let body = golden("markaspot/old_receipt.json");
    assert_eq!(tracking(post(201, &body, &KEYLESS)), id("A-173480"));
    let body = golden("connectedbits/receipt_token.json");
    let token = Tracking::Token("5151aaaa1f2b3c4d5e6f7081".to_owned());
    assert_eq!(tracking(post(201, &body, &KEYLESS)), token);
    let PostAnswer::Receipt(full) = post(200, &golden("spec/receipt.json"), &KEYLESS) else {
        panic!()
    };
    assert_eq!(full.notice.as_deref(), Some("Thành phố sẽ xem xét trong 48 giờ."));
    assert_eq!(full.account_id, None);
}

#[test]
fn a_success_without_a_number_is_untracked() {
    for body in [&b""[..], b"  ", br#"[{"service_request_id":"","token":null}]"#] {
        assert_eq!(post(201, body, &KEYLESS), PostAnswer::Untracked { notice: None });
    }
    let told = PostAnswer::Untracked {
        notice: Some("Cảm ơn".to_owned()),
    };
    assert_eq!(
        post(200, br#"[{"service_notice":"C\u1ea3m \u01a1n"}]"#, &KEYLESS),
        told
    );
}

#[test]
fn a_success_that_is_not_our_receipt_is_never_taken_for_one() {
    let search = golden("fixmystreet/search_as_receipt.json");
    assert_eq!(why(post(200, &search, &KEYLESS)), NotOurs::ManyEntries);
    assert_eq!(
        why(post(200, &golden("fixmystreet/empty.json"), &KEYLESS)),
        NotOurs::NoEntry
    );
    assert_eq!(
        why(post(200, &golden("fixmystreet/page.html"), &KEYLESS)),
        NotOurs::Format(Format::Html)
    );
    assert_eq!(why(post(200, b"OK", &KEYLESS)), NotOurs::Format(Format::Text));
    assert_eq!(
        why(post(200, br#"[{"service_request_id":"1""#, &KEYLESS)),
        NotOurs::Format(Format::Json)
    );
    let error = PostAnswer::NotOurs {
        why: NotOurs::SaysError,
        errors: vec![WireError {
            code: Some("400".into()),
            description: Some("no".into()),
            ..WireError::default()
        }],
    };
    assert_eq!(
        post(200, br#"{"errors":[{"code":400,"description":"no"}]}"#, &KEYLESS),
        error
    );
}

#[test]
fn a_single_strangers_case_contradicts() {
    let one = |fields: &str| format!(r#"[{{"service_request_id":"9",{fields}}}]"#).into_bytes();
    let contradicts = |fields: &str, sent| why(post(200, &one(fields), sent));
    assert_eq!(
        contradicts(r#""service_code":"002""#, &KEYLESS),
        NotOurs::Contradicts("service_code")
    );
    assert_eq!(
        contradicts(r#""description":"Cây đổ""#, &KEYLESS),
        NotOurs::Contradicts("description")
    );
    assert_eq!(
        contradicts(r#""client_request_id":"z""#, &KEYED),
        NotOurs::Contradicts("client_request_id")
    );

    // What servers do to words is no contradiction.
    let sent = Sent {
        description: Some("Ổ gà & nước\nsâu 🔥"),
        ..Sent::default()
    };
    for stored in [
        "Đường: Ổ gà & nước\\r\\nsâu",
        "Ổ gà &amp; nước",
        "ổ gà  & nước sâu ",
        "",
    ] {
        let body = one(&format!(r#""description":"{stored}""#));
        assert_eq!(tracking(post(200, &body, &sent)), id("9"), "{stored}");
    }
    // Our key is proof, whatever became of the words.
    let ours = one(r#""client_request_id":"k","description":"***","service_code":"7""#);
    assert_eq!(tracking(post(200, &ours, &KEYED)), id("9"));
}

#[test]
fn a_case_filed_long_ago_is_no_receipt_for_a_new_report() {
    let headers = [("date".to_owned(), "Tue, 24 Nov 2026 01:34:45 GMT".to_owned())];
    let filed = |at: &str, sent: &Sent<'_>| {
        let body = format!(r#"[{{"service_request_id":"9","requested_datetime":"{at}"}}]"#);
        receipt(
            &Answer {
                status: 200,
                headers: &headers,
                body: body.as_bytes(),
            },
            sent,
        )
    };
    assert_eq!(tracking(filed("2026-11-24T08:34:44+07:00", &KEYLESS)), id("9"));
    assert_eq!(
        why(filed("2026-11-01T08:34:44+07:00", &KEYLESS)),
        NotOurs::Contradicts("requested_datetime")
    );
    assert_eq!(
        tracking(filed("2026-11-01T08:34:44+07:00", &KEYED)),
        id("9"),
        "a replay of an old receipt"
    );
    assert_eq!(
        tracking(filed("2026-11-01", &KEYLESS)),
        id("9"),
        "nothing is decided on an assumed zone"
    );
}

#[test]
fn refusals_keep_what_was_said_and_whether_it_was_a_duplicate() {
    let refused = |status, name: &str| match post(status, &golden(name), &KEYED) {
        PostAnswer::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    };
    for (status, name) in [(400, "boston/duplicate.json"), (400, "markaspot/duplicate.json")] {
        assert_eq!(refused(status, name).duplicate, Duplicate::Said, "{name}");
    }
    let reused = refused(422, "rich/key_reused.json");
    assert_eq!(reused.duplicate, Duplicate::NotSaid);
    assert_eq!(reused.errors[0].reason.as_deref(), Some("key_reused"));
    assert_eq!(reused.errors[0].field.as_deref(), Some("client_request_id"));
    assert_eq!(refused(400, "adapter/errors.json").errors.len(), 3);
    assert_eq!(refused(404, "fixmystreet/page.html").format, Format::Html);
    for status in [413, 415] {
        assert_eq!(refused(status, "sixaika/errors_list.json").status, status);
    }
    let plain = post(400, b"duplicate", &KEYLESS);
    assert!(matches!(plain, PostAnswer::Refused(refusal) if refusal.duplicate == Duplicate::Said));
}

#[test]
fn every_other_status_is_a_fact_of_its_own() {
    let no = br#"[{"code":1,"description":"no"}]"#;
    assert!(matches!(
        post(401, no, &KEYED),
        PostAnswer::Unauthorized {
            account: Account::SignIn,
            ..
        }
    ));
    let locked = br#"[{"code":403,"description":"x","reason":"account_locked"}]"#;
    assert!(matches!(
        post(403, locked, &KEYED),
        PostAnswer::Unauthorized {
            account: Account::Locked,
            ..
        }
    ));
    assert!(matches!(post(403, no, &KEYED), PostAnswer::Forbidden { errors } if errors.len() == 1));
    for status in [301, 302, 307, 308] {
        assert_eq!(post(status, b"", &KEYED), PostAnswer::Redirect { status });
    }
    assert_eq!(post(409, no, &KEYED), PostAnswer::KeyInProgress);
    assert!(matches!(
        post(409, no, &KEYLESS),
        PostAnswer::Other { status: 409, .. }
    ));
    let running = br#"[{"code":409,"description":"x","reason":"in_progress"}]"#;
    assert_eq!(post(409, running, &KEYLESS), PostAnswer::KeyInProgress);
    for status in [408, 500, 502, 503, 504] {
        assert!(matches!(post(status, no, &KEYED), PostAnswer::ServerError { status: s, .. } if s == status));
    }
    let general = br#"[{"code":400,"description":"General service error"}]"#;
    assert!(matches!(
        post(400, general, &KEYED),
        PostAnswer::ServerError { status: 400, .. }
    ));
    for status in [102, 402, 405, 406, 410, 600] {
        assert!(matches!(post(status, no, &KEYED), PostAnswer::Other { status: s, .. } if s == status));
    }
}

#[test]
fn a_busy_city_says_when() {
    let busy = |status, value: &str| {
        let headers = [
            ("Date".to_owned(), "Tue, 24 Nov 2026 01:34:45 GMT".to_owned()),
            ("retry-after".to_owned(), value.to_owned()),
        ];
        let answer = Answer {
            status,
            headers: &headers,
            body: b"",
        };
        assert_eq!(date_header(&answer), Some(1_795_484_085_000));
        match receipt(&answer, &KEYED) {
            PostAnswer::Busy { retry_after, .. } => retry_after,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(busy(429, " 60 "), Some(RetryAfter::Seconds(60)));
    assert_eq!(
        busy(503, "99999999999999999999999"),
        Some(RetryAfter::Seconds(u64::MAX))
    );
    for date in [
        "Tue, 24 Nov 2026 01:35:45 GMT",
        "Tuesday, 24-Nov-26 01:35:45 GMT",
        "Tue Nov 24 01:35:45 2026",
    ] {
        let at = RetryAfter::At {
            unix_s: 1_795_484_145,
            answer_date_unix_s: Some(1_795_484_085),
        };
        assert_eq!(busy(425, date), Some(at), "{date}");
    }
    for nonsense in ["", "soon", "-1", "1.5"] {
        assert_eq!(busy(429, nonsense), None, "{nonsense}");
    }
    assert_eq!(retry_after(&answer(429, b"")), None);
}

#[test]
fn messages_and_attachments_have_receipts_of_their_own() {
    let sent = Sent {
        client_request_id: Some("k2"),
        ..Sent::default()
    };
    let body = golden("rich/message.json");
    let PostAnswer::Receipt(message) = message_receipt(&answer(201, &body), &sent) else {
        panic!()
    };
    assert_eq!((message.message_id.as_str(), message.media.len()), ("m1", 1));
    let body = golden("rich/attachment.json");
    let PostAnswer::Receipt(attachment) = attachment_receipt(&answer(201, &body), &sent) else {
        panic!()
    };
    assert_eq!(
        (attachment.attachment_id.as_str(), attachment.bytes),
        ("a1", Some(5))
    );
    assert_eq!(attachment.sha256.as_deref(), Some("ef00"));
    let mismatch = br#"[{"code":422,"description":"x","reason":"hash_mismatch"}]"#;
    let refused = attachment_receipt(&answer(422, mismatch), &sent);
    assert!(
        matches!(refused, PostAnswer::Refused(r) if r.errors[0].reason.as_deref() == Some("hash_mismatch"))
    );
}

#[test]
fn errors_in_each_of_their_shapes() {
    let said = |body: &[u8]| -> Vec<(String, String, String)> {
        let text = |text: Option<String>| text.unwrap_or_default();
        let errors = read::errors(&answer(400, body)).into_iter();
        errors
            .map(|e| (text(e.code), text(e.field), text(e.description)))
            .collect()
    };
    let row = |code: &str, field: &str, text: &str| (code.to_owned(), field.to_owned(), text.to_owned());
    let file = |name: &str| said(&golden(name));
    assert_eq!(
        file("spec/errors.json"),
        [row(
            "403",
            "",
            "Invalid api_key received -- can't proceed with create_request."
        )]
    );
    assert_eq!(
        file("sixaika/errors_list.json"),
        [row("400", "", "Invalid API key")]
    );
    let mut by_field = file("sixaika/errors_map.json");
    by_field.sort();
    let expected = [
        row("400", "", "Service code NOPE is invalid"),
        row("400", "service_code", "This field is required."),
    ];
    assert_eq!(by_field, expected);
    assert_eq!(
        file("markaspot/error.json"),
        [row("400", "", "103 - service_code: must be set")]
    );
    let expected = [
        row("", "", "Bad Request"),
        row("", "", "Location outside the boundary"),
    ];
    assert_eq!(file("libre311/errors_hal.json"), expected);
    assert_eq!(
        file("codefornl/error_key.json"),
        [row("middleware_26", "", "Invalid API key")]
    );
    assert_eq!(
        file("codefornl/not_there.json"),
        [row("", "", "GET endpoint not available")]
    );
    let map = br#"{"errors":{"email":["Please enter your email"]}}"#;
    assert_eq!(said(map), [row("", "email", "Please enter your email")]);
    assert_eq!(said(br#"{"error":"no"}"#), [row("", "", "no")]);
    assert_eq!(said(b"Bad key\n"), [row("", "", "Bad key")]);
    assert_eq!(said(b""), []);
}

#[test]
fn no_more_than_two_kilobytes_of_a_refusal_are_kept() {
    let kept = |body: &[u8]| -> usize {
        read::errors(&answer(400, body))
            .iter()
            .flat_map(|e| [&e.code, &e.description, &e.field, &e.reason])
            .flatten()
            .map(String::len)
            .sum()
    };
    let long = "ổ".repeat(5_000);
    assert!((2_000..=2_048).contains(&kept(long.as_bytes())));
    let json = format!(r#"[{{"code":400,"description":"{long}"}},{{"code":401,"description":"{long}"}}]"#);
    assert!((2_000..=2_048).contains(&kept(json.as_bytes())));
}
