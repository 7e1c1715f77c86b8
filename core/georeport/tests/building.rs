//! The bytes of each request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use georeport::{
    ApiKeyIn, Body, BuildError, Characters, Chunk, DateFilter, DateForm, Dialect, Endpoint, FilePart,
    JurisdictionIn, LimitOffset, ListQuery, MediaPerPost, Method, MultiValue, PageSize, Paging,
    PostAttachment, PostMessage, PostReport, Request, UpdatedFilter, zulu,
};
use proptest::prelude::*;
use serde_json::json;

/// 2026-11-24T01:34:45Z, by `date -u -d 2026-11-24T01:34:45Z +%s`.
const FILED_MS: i64 = 1_795_484_085_000;
const BASE: &str = "https://city.example/open311/v2";

fn endpoint(dialect: Dialect) -> Endpoint {
    Endpoint {
        base: BASE.parse().unwrap(),
        jurisdiction_id: Some("city.example".to_owned()),
        api_key: Some("k 1".to_owned()),
        dialect,
    }
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

fn url(request: &Request) -> &str {
    request.url.strip_prefix(BASE).unwrap()
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request
        .headers
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.as_str())
}

fn form(request: &Request) -> &str {
    let Body::Form(bytes) = &request.body else {
        panic!("a form")
    };
    std::str::from_utf8(bytes).unwrap()
}

fn photo(name: &str) -> FilePart {
    FilePart {
        source: format!("id of {name}"),
        file_name: name.to_owned(),
        content_type: "image/jpeg".to_owned(),
        bytes: 5,
    }
}

#[test]
fn a_get_holds_the_jurisdiction_and_never_the_key() {
    let city = endpoint(Dialect::default());
    for request in [city.discovery(), city.services(), city.token("t0").unwrap()] {
        assert_eq!(request.method, Method::Get);
        assert_eq!(request.headers, pairs(&[("Accept", "*/*")]));
        assert!(request.body == Body::Empty);
        assert!(
            request.url.ends_with("?jurisdiction_id=city.example"),
            "{}",
            request.url
        );
    }
    assert_eq!(
        url(&city.services()),
        "/services.json?jurisdiction_id=city.example"
    );

    let public_key = Dialect {
        api_key_in: ApiKeyIn::QueryToo,
        ..Dialect::default()
    };
    assert_eq!(
        url(&endpoint(public_key).services()),
        "/services.json?jurisdiction_id=city.example&api_key=k%201"
    );
    let silent = Dialect {
        jurisdiction: JurisdictionIn::None,
        ..Dialect::default()
    };
    assert_eq!(url(&endpoint(silent).services()), "/services.json");
}

#[test]
fn codes_and_ids_are_one_segment_of_the_path() {
    let mut city = endpoint(Dialect::default());
    city.jurisdiction_id = Some(String::new());
    let code = "Mayor's 24 Hour: Ổ gà/100%";
    assert_eq!(
        url(&city.service_definition(code).unwrap()),
        "/services/Mayor%27s%2024%20Hour%3A%20%E1%BB%94%20g%C3%A0%2F100%25.json"
    );
    assert_eq!(url(&city.single("0", None).unwrap()), "/requests/0.json");
    assert_eq!(
        url(&city.events("A-1", 7, None).unwrap()),
        "/requests/A-1/events.json?after=7"
    );
    for id in ["", ".", ".."] {
        assert_eq!(city.events(id, 0, None).unwrap_err(), BuildError::UnusableId);
    }
    city.base = "https://city.example/open311/v2/?debug=1#top".parse().unwrap();
    assert_eq!(url(&city.services()), "/services.json");
}

#[test]
fn a_list_sends_what_the_dialect_knows_and_nothing_else() {
    let ids = ["001".to_owned(), "2".to_owned()];
    let query = ListQuery {
        ids: &ids,
        service_code: Some("Ổ gà"),
        start_ms: Some(FILED_MS),
        end_ms: Some(FILED_MS + 999),
        status: Some("open,closed"),
        client_request_id: Some("key"),
        updated_after_ms: Some(FILED_MS),
        page: 2,
    };
    let at = |dialect| {
        let mut city = endpoint(dialect);
        city.jurisdiction_id = None;
        city.list(&query, Some("5ec7e7"))
    };
    let plain = at(Dialect::default());
    assert_eq!(
        url(&plain),
        "/requests.json?service_request_id=001%2C2&service_code=%E1%BB%94%20g%C3%A0&start_date=2026-11-24T01%3A34%3A45Z\
         &end_date=2026-11-24T01%3A34%3A45Z&status=open%2Cclosed&client_request_id=key"
    );
    assert_eq!(header(&plain, "Owner-Secret"), Some("5ec7e7"));
    assert!(!format!("{plain:?}").contains("5ec7e7"));

    let chicago = at(Dialect {
        dates: DateForm::NoZone,
        updated_filter: UpdatedFilter::UpdatedAfter,
        paging: Paging::PageSize(PageSize::default()),
        extensions_param: Some("true".to_owned()),
        ..Dialect::default()
    });
    let sent = url(&chicago);
    assert!(sent.contains("&start_date=2026-11-24T01%3A34%3A45&"), "{sent}");
    assert!(sent.ends_with("&updated_after=2026-11-24T01%3A34%3A45&page=3&page_size=50&extensions=true"));

    let other = at(Dialect {
        date_filter: DateFilter::None,
        updated_filter: UpdatedFilter::Updated,
        paging: Paging::LimitOffset(LimitOffset::default()),
        ..Dialect::default()
    });
    assert!(url(&other).ends_with("&updated=2026-11-24T01%3A34%3A45Z&limit=100&offset=200"));
    assert!(!url(&other).contains("_date="));
}

#[test]
fn swapped_dates_are_sent_swapped() {
    let city = Endpoint {
        jurisdiction_id: None,
        ..endpoint(Dialect {
            date_filter: DateFilter::Swapped,
            ..Dialect::default()
        })
    };
    let since = ListQuery {
        start_ms: Some(0),
        ..ListQuery::default()
    };
    assert_eq!(
        url(&city.list(&since, None)),
        "/requests.json?end_date=1970-01-01T00%3A00%3A00Z"
    );
}

#[test]
fn a_report_without_photos_is_a_form() {
    let city = endpoint(Dialect::default());
    let payload = pairs(&[
        ("service_code", "001"),
        ("lat", "16.463713"),
        ("description", "Ổ gà + nước\r\n& 100%=đầy"),
        ("attribute[SIZE][]", "a"),
        ("attribute[SIZE][]", "b"),
    ]);
    let extras = pairs(&[("client_request_id", "0193-uuid")]);
    let report = PostReport {
        pairs: &payload,
        extras: &extras,
        idempotency_key: Some("0193-uuid"),
        media: &[],
        boundary: "",
    };
    let request = city.post_report(&report).unwrap();
    assert_eq!((request.method, url(&request)), (Method::Post, "/requests.json"));
    assert_eq!(
        request.headers,
        pairs(&[
            ("Accept", "*/*"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Idempotency-Key", "\"0193-uuid\""),
        ])
    );
    assert_eq!(
        form(&request),
        "api_key=k+1&jurisdiction_id=city.example&service_code=001&lat=16.463713\
         &description=%E1%BB%94+g%C3%A0+%2B+n%C6%B0%E1%BB%9Bc%0D%0A%26+100%25%3D%C4%91%E1%BA%A7y\
         &attribute%5BSIZE%5D%5B%5D=a&attribute%5BSIZE%5D%5B%5D=b&client_request_id=0193-uuid"
    );
    assert_eq!(request.body.content_length(), form(&request).len() as u64);

    let libre311 = endpoint(Dialect {
        jurisdiction: JurisdictionIn::QueryAlways,
        ..Dialect::default()
    });
    let request = libre311.post_report(&report).unwrap();
    assert_eq!(url(&request), "/requests.json?jurisdiction_id=city.example");
    assert!(form(&request).starts_with("api_key=k+1&service_code=001"));
}

#[test]
fn a_report_with_a_photo_is_multipart_of_known_length() {
    let mut city = endpoint(Dialect {
        media_field: "photo\"1".to_owned(),
        ..Dialect::default()
    });
    city.api_key = None;
    city.jurisdiction_id = None;
    let payload = pairs(&[("description", "hố\r\n--b--")]);
    let media = [photo("a\r\n.jpg")];
    let report = PostReport {
        pairs: &payload,
        extras: &[],
        idempotency_key: None,
        media: &media,
        boundary: "b/7 9-x",
    };
    let request = city.post_report(&report).unwrap();
    assert_eq!(
        header(&request, "Content-Type"),
        Some("multipart/form-data; boundary=b79-x")
    );
    assert_eq!(header(&request, "Idempotency-Key"), None);
    let Body::Multipart(multipart) = &request.body else {
        panic!("multipart")
    };
    let chunks: Vec<Chunk> = multipart.chunks().collect();
    let body: Vec<u8> = chunks
        .iter()
        .flat_map(|chunk| match chunk {
            Chunk::Bytes(bytes) => bytes.clone(),
            Chunk::File { source, bytes } => {
                assert_eq!((source.as_str(), *bytes), ("id of a\r\n.jpg", 5));
                b"JPEG!".to_vec()
            }
        })
        .collect();
    let expected = "--b79-x\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\nhố\r\n--b--\r\n\
        --b79-x\r\nContent-Disposition: form-data; name=\"photo%221\"; filename=\"a%0D%0A.jpg\"\r\n\
        Content-Type: image/jpeg\r\n\r\nJPEG!\r\n--b79-x--\r\n";
    assert_eq!(String::from_utf8(body).unwrap(), expected);
    assert_eq!(request.body.content_length(), expected.len() as u64);
}

#[test]
fn more_photos_than_the_server_takes_are_refused_before_the_first_byte() {
    let media = [photo("a"), photo("b")];
    let report = PostReport {
        pairs: &[],
        extras: &[],
        idempotency_key: None,
        media: &media,
        boundary: "b",
    };
    let post = |media| {
        endpoint(Dialect {
            media,
            ..Dialect::default()
        })
        .post_report(&report)
    };
    assert_eq!(
        post(MediaPerPost::One).unwrap_err(),
        BuildError::TooManyMedia { given: 2, allowed: 1 }
    );
    assert_eq!(
        post(MediaPerPost::None).unwrap_err(),
        BuildError::TooManyMedia { given: 2, allowed: 0 }
    );
    assert!(post(MediaPerPost::Many).is_ok());
}

#[test]
fn messages_and_attachments_carry_key_and_owner_secret() {
    let mut city = endpoint(Dialect::default());
    city.api_key = None;
    city.jurisdiction_id = None;
    let rating = pairs(&[
        ("kind", "rating"),
        ("rating", "satisfied"),
        ("client_request_id", "k1"),
    ]);
    let message = PostMessage {
        id: "7",
        pairs: &rating,
        idempotency_key: Some("k1"),
        media: &[],
        boundary: "",
    };
    let request = city.message(&message, Some("5ec7e7")).unwrap();
    assert_eq!(url(&request), "/requests/7/messages.json");
    assert_eq!(header(&request, "Idempotency-Key"), Some("\"k1\""));
    assert_eq!(header(&request, "Owner-Secret"), Some("5ec7e7"));
    assert_eq!(
        form(&request),
        "kind=rating&rating=satisfied&client_request_id=k1"
    );

    let file = photo("p.jpg");
    let attachment = PostAttachment {
        id: "7",
        client_request_id: "k2",
        content_sha256: "ab",
        kind: "photo",
        file: &file,
        boundary: "b",
    };
    let request = city.attachment(&attachment, Some("5ec7e7")).unwrap();
    assert_eq!(url(&request), "/requests/7/attachments.json");
    let Body::Multipart(multipart) = &request.body else {
        panic!("multipart")
    };
    assert_eq!(multipart.parts().len(), 4);
    assert_eq!(header(&request, "Idempotency-Key"), Some("\"k2\""));
}

#[test]
fn changes_ask_by_cursor_and_ids() {
    let city = Endpoint {
        jurisdiction_id: None,
        ..endpoint(Dialect::default())
    };
    assert_eq!(url(&city.changes("", &[])), "/requests/changes.json?since=");
    let ids = ["1".to_owned(), "b c".to_owned()];
    assert_eq!(
        url(&city.changes("a+/=", &ids)),
        "/requests/changes.json?since=a%2B%2F%3D&service_request_id=1%2Cb%20c"
    );
}

#[test]
fn a_dialect_is_read_from_flags_and_a_misspelt_flag_is_noticed() {
    let flags = json!({
        "media": "many", "multi_value": "repeated", "jurisdiction": "query_always", "characters": "bmp",
        "paging": {"page_size": {"size": "per_page", "rows": 100}}, "ids_per_list": 20
    });
    let dialect: Dialect = serde_json::from_value(flags).unwrap();
    assert_eq!(
        (dialect.media, dialect.multi_value),
        (MediaPerPost::Many, MultiValue::Repeated)
    );
    let size = PageSize {
        size: "per_page".to_owned(),
        rows: 100,
        ..PageSize::default()
    };
    assert_eq!(dialect.paging, Paging::PageSize(size));
    assert_eq!(dialect.text("cháy 🔥 nhà"), "cháy  nhà");

    let plain: Dialect = serde_json::from_value(json!({})).unwrap();
    assert_eq!(plain, Dialect::default());
    assert_eq!(
        (plain.multi_value, plain.characters),
        (MultiValue::Brackets, Characters::All)
    );
    assert_eq!(plain.text("🔥"), "🔥");
    assert!(serde_json::from_value::<Dialect>(json!({"medai": "one"})).is_err());
    assert!(serde_json::from_value::<Dialect>(json!({"paging": {"page_size": {"rowz": 1}}})).is_err());
}

#[test]
fn ids_travel_in_groups() {
    let ids: Vec<String> = (0..120).map(|n| n.to_string()).collect();
    let lens: Vec<usize> = Dialect::default().id_batches(&ids).map(<[String]>::len).collect();
    assert_eq!(lens, [50, 50, 20]);
    let never_zero = Dialect {
        ids_per_list: 0,
        ..Dialect::default()
    };
    assert_eq!(never_zero.id_batches(&ids).count(), 120);
}

#[test]
fn times_have_the_form_that_strict_servers_take() {
    assert_eq!(zulu(FILED_MS + 641), "2026-11-24T01:34:45Z");
    assert_eq!(zulu(-1), "1969-12-31T23:59:59Z");
    for extreme in [i64::MIN, i64::MAX] {
        assert!(zulu(extreme).ends_with('Z'));
    }
}

proptest! {
    #[test]
    fn what_goes_into_a_form_comes_out_of_it(values in prop::collection::vec((".{0,20}", ".{0,40}"), 0..8)) {
        let mut city = endpoint(Dialect::default());
        city.api_key = None;
        city.jurisdiction_id = None;
        let report =
            PostReport { pairs: &values, extras: &[], idempotency_key: None, media: &[], boundary: "" };
        let request = city.post_report(&report).unwrap();
        let back: Vec<(String, String)> =
            url::form_urlencoded::parse(form(&request).as_bytes()).into_owned().collect();
        prop_assert_eq!(back, values);
    }

    #[test]
    fn an_id_never_leaves_its_segment(id in ".{1,30}") {
        prop_assume!(id != "." && id != "..");
        let city = Endpoint { jurisdiction_id: None, ..endpoint(Dialect::default()) };
        let request = city.events(&id, 0, None).unwrap();
        let parsed: url::Url = request.url.parse().unwrap();
        let segments: Vec<&str> = parsed.path_segments().unwrap().collect();
        prop_assert_eq!(segments.len(), 5);
        prop_assert_eq!(segments[4], "events.json");
        let decoded: Vec<(String, String)> =
            url::form_urlencoded::parse(format!("v={}", segments[3]).as_bytes()).into_owned().collect();
        prop_assert_eq!(&decoded[0].1, &id);
    }
}
