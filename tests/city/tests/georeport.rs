//! The standard, as a client meets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::time::Duration;

use phananh_city::{Extensions, Transport};
use serde_json::{Value, json};
use support::{TREE, city, column, form, jpeg, photo, read, sha256};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn discovery_names_the_endpoint_and_a_bare_city_adds_nothing() {
    let rich = city(|_| {}).await;
    let (status, document) = rich.get("discovery.json").await;
    assert_eq!(status, 200);
    assert_eq!(document["endpoints"][0]["url"], rich.running.url());
    assert_eq!(
        document["endpoints"][0]["specification"],
        "http://wiki.open311.org/GeoReport_v2"
    );
    assert_eq!(document["endpoints"][0]["formats"], json!(["application/json"]));
    assert_eq!(
        document["extensions"]["idempotency"],
        json!({"key_lifetime_s": null})
    );
    assert_eq!(document["extensions"], document["endpoints"][0]["extensions"]);
    assert_eq!(column(&json!([document]), "changeset").len(), 1);

    let bare = city(|config| config.extensions = Extensions::none()).await;
    let (_, document) = bare.get("discovery.json").await;
    assert!(document.get("extensions").is_none() && document["endpoints"][0].get("extensions").is_none());
    bare.file(&TREE).await;
    let (_, rows) = bare.get("requests.json").await;
    let mut names: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "address",
            "address_id",
            "agency_responsible",
            "description",
            "expected_datetime",
            "lat",
            "long",
            "media_url",
            "requested_datetime",
            "service_code",
            "service_name",
            "service_notice",
            "service_request_id",
            "status",
            "status_notes",
            "updated_datetime",
            "zipcode",
        ]
    );
    let (_, errors) = bare.post("requests.json", &[]).await;
    assert!(
        errors
            .as_array()
            .unwrap()
            .iter()
            .all(|error| error.as_object().unwrap().len() == 2),
        "{errors}"
    );
    assert_eq!(bare.get("requests/changes.json").await.0, 404);
    assert_eq!(bare.get("requests/1/events.json").await.0, 404);
}

#[tokio::test]
async fn services_and_their_questions() {
    let city = city(|_| {}).await;
    let (_, services) = city.get("services.json").await;
    let services = services.as_array().unwrap();
    assert!(services.len() >= 8);
    for service in services {
        for name in [
            "service_code",
            "service_name",
            "description",
            "type",
            "keywords",
            "group",
        ] {
            assert!(service[name].is_string(), "{name}");
        }
        let code = service["service_code"].as_str().unwrap();
        let (status, definition) = city
            .get(&format!("services/{code}.json?jurisdiction_id=hue"))
            .await;
        assert_eq!(
            (status, &definition["service_code"]),
            (200, &service["service_code"])
        );
        assert_eq!(
            service["metadata"],
            json!(!definition["attributes"].as_array().unwrap().is_empty())
        );
    }
    let (status, error) = city.get("services/khong-co.json").await;
    assert_eq!((status, &error[0]["code"]), (404, &json!(404)));
    assert_eq!(city.get("services/cay-xanh.xml").await.0, 404);
    assert_eq!(city.get("nowhere.json").await.0, 404);
    let (status, error) = read(city.http.delete(city.url("services.json")).send().await.unwrap()).await;
    assert_eq!((status, &error[0]["code"]), (405, &json!(405)));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let city = city(|_| {}).await;
    let long_text = "đ".repeat(4001);
    let (status, errors) = city
        .post(
            "requests.json",
            &[
                ("service_code", "khong-co"),
                ("lat", "95"),
                ("description", &long_text),
            ],
        )
        .await;
    assert_eq!(status, 400);
    assert_eq!(
        column(&errors, "field"),
        ["service_code", "lat", "long", "description"]
    );
    let (_, errors) = city.post("requests.json", &[]).await;
    assert_eq!(column(&errors, "field"), ["service_code", "location"]);
    let flood = [
        ("service_code", "ngap-ung"),
        ("address_string", "kiệt 48 Ngô Quyền"),
        ("attribute[bat-dau]", "hôm qua"),
        ("attribute[anh-huong][]", "nha"),
        ("attribute[anh-huong][]", "bien"),
        ("attribute[so-ho]", "mười"),
        ("attribute[ten-duong]", "hai\ndòng"),
    ];
    let (_, errors) = city.post("requests.json", &flood).await;
    let expected =
        ["muc-nuoc", "bat-dau", "anh-huong", "so-ho", "ten-duong"].map(|code| format!("attribute[{code}]"));
    assert_eq!(column(&errors, "field"), expected);
    let (status, _) = city
        .post("requests.json", &[TREE[0], ("lat", "NaN"), ("long", "inf")])
        .await;
    assert_eq!(status, 400);
    assert!(
        city.running.cases().unwrap().is_empty(),
        "a refused report leaves nothing"
    );
    let exactly = "đ".repeat(4000);
    city.file(&[TREE[0], ("address_id", "7"), ("description", &exactly)])
        .await;
}

#[tokio::test]
async fn answers_in_both_spellings_are_kept() {
    let city = city(|_| {}).await;
    let flood = [
        ("service_code", "ngap-ung"),
        ("lat", "16.4637"),
        ("long", "107.5909"),
        ("attribute[muc-nuoc]", "dau-goi"),
        ("attribute[bat-dau]", "2026-11-25T07:30:00+07:00"),
        ("attribute[anh-huong][]", "duong"),
        ("attribute[anh-huong]", "nha"),
        ("attribute[luu-y]", "a notice is never stored"),
        ("unknown", "ignored"),
    ];
    city.file(&flood).await;
    let stored = &city.running.cases().unwrap()[0].attributes;
    let expected = [
        ("muc-nuoc", "dau-goi"),
        ("bat-dau", "2026-11-25T07:30:00+07:00"),
        ("anh-huong", "duong"),
        ("anh-huong", "nha"),
    ];
    assert_eq!(
        stored,
        &expected.map(|(code, value)| (code.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn words_come_back_as_they_were_sent() {
    let city = city(|_| {}).await;
    // NFC, NFD (o + horn + dot below), emoji outside the first plane, line ends, leading blanks.
    let text = "  Nước ngập\r\nnươ\u{323}c 🌊👨‍👩‍👧 \u{0}\t& = + %  ";
    let by_form = city
        .file(&[TREE[0], TREE[1], TREE[2], ("description", text)])
        .await;
    let fields = [TREE[0], TREE[1], TREE[2], ("description", text)];
    let (status, answer) = read(
        city.http
            .post(city.url("requests.json"))
            .multipart(form(&fields))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 201);
    for id in [
        by_form.as_str(),
        answer[0]["service_request_id"].as_str().unwrap(),
    ] {
        let (_, row) = city.get(&format!("requests/{id}.json")).await;
        assert_eq!(row[0]["description"], text);
        assert_eq!(
            (&row[0]["lat"], &row[0]["long"]),
            (&json!(16.4637), &json!(107.5909))
        );
    }
}

#[tokio::test]
async fn pictures_are_served_byte_for_byte_and_names_never() {
    let city = city(|config| config.extensions = Extensions::none()).await;
    let (first, second) = (jpeg(1, 300_000), jpeg(2, 10));
    let who = [
        ("first_name", "Văn A"),
        ("last_name", "Nguyễn"),
        ("phone", "0900000001"),
        ("email", "a@example.vn"),
    ];
    let fields: Vec<_> = TREE.into_iter().chain(who).collect();
    let body = form(&fields)
        .part("media", photo(first.clone()))
        .part("media", photo(second.clone()));
    let (status, answer) = read(
        city.http
            .post(city.url("requests.json"))
            .multipart(body)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 201, "{answer}");
    let (_, rows) = city.get("requests.json").await;
    let text = rows.to_string();
    assert!(who.iter().all(|(_, value)| !text.contains(value)), "{text}");
    let response = city
        .http
        .get(rows[0]["media_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["content-length"], "300004");
    assert!(response.bytes().await.unwrap() == first);
    let photos = &city.running.cases().unwrap()[0].photos;
    assert_eq!(
        photos
            .iter()
            .map(|photo| photo.sha256.clone())
            .collect::<Vec<_>>(),
        [sha256(&first), sha256(&second)]
    );
    assert!(std::fs::read(&photos[1].path).unwrap() == second);
    assert_eq!(city.get("media/0123").await.0, 404);
}

#[tokio::test]
async fn a_picture_over_20_mb_is_413_and_leaves_nothing() {
    let city = city(|_| {}).await;
    let body = form(&TREE).part("media", photo(jpeg(1, 20 * 1024 * 1024)));
    let (status, errors) = read(
        city.http
            .post(city.url("requests.json"))
            .multipart(body)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((status, &errors[0]["code"]), (413, &json!(413)));
    assert!(city.running.cases().unwrap().is_empty());
    let incoming = city.dir.path().join("media/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn a_chunked_body_is_read_like_any_other() {
    let city = city(|_| {}).await;
    let body = "service_code=cay-xanh&address_string=%C4%90%E1%BA%ADp%20%C4%90%C3%A1&description=c%C3%A2y";
    let mut stream = tokio::net::TcpStream::connect(city.running.address())
        .await
        .unwrap();
    let (head, tail) = body.split_at(20);
    let request = format!(
        "POST /requests.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\r\n{:x}\r\n{head}\r\n{:x}\r\n{tail}\r\n0\r\n\r\n",
        head.len(),
        tail.len()
    );
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(
        city.running.cases().unwrap()[0].address.as_deref(),
        Some("Đập Đá")
    );
    // The city's time, not the machine's.
    assert!(
        answer
            .to_lowercase()
            .contains("date: wed, 25 nov 2026 03:00:00 gmt"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_key_is_asked_for_where_one_is_set() {
    let city = city(|config| config.api_key = Some("k1".into())).await;
    assert_eq!(city.post("requests.json", &TREE).await.0, 403);
    let with = |key| [TREE[0], TREE[1], TREE[2], ("api_key", key)];
    assert_eq!(city.post("requests.json", &with("k2")).await.0, 403);
    assert_eq!(city.post("requests.json", &with("k1")).await.0, 201);
    assert_eq!(city.get("requests.json").await.0, 200);
}

#[tokio::test]
async fn bodies_that_are_no_form_are_refused() {
    let city = city(|_| {}).await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = city
            .http
            .post(city.url("requests.json"))
            .header("Content-Type", kind)
            .body(body);
        async { read(request.send().await.unwrap()).await.0 }
    };
    assert_eq!(send("application/json", b"{}".to_vec()).await, 415);
    assert_eq!(
        send("application/x-www-form-urlencoded", b"service_code=%ff".to_vec()).await,
        400
    );
    assert_eq!(send("multipart/form-data", b"x".to_vec()).await, 400);
    assert_eq!(
        send("multipart/form-data; boundary=b", b"--b\r\nContent-Dis".to_vec()).await,
        400
    );
    assert_eq!(
        send("application/x-www-form-urlencoded", vec![b'a'; 1024 * 1024]).await,
        413
    );
    assert_eq!(city.get("requests.json?service_code=%ff").await.0, 400);
    assert!(city.running.cases().unwrap().is_empty());
}

#[tokio::test]
async fn lists_filter_as_the_standard_says() {
    let city = city(|_| {}).await;
    let tree = city.file(&TREE).await; // 25 November 2026, 03:00 UTC
    city.clock.advance(10 * DAY);
    let lamp = city
        .file(&[("service_code", "chieu-sang"), ("address_string", "Lê Lợi")])
        .await; // 5 December
    city.act(
        &lamp,
        json!({"action": "reject", "reason": "Không có cột đèn ở đây"}),
    )
    .await;
    city.clock.advance(85 * DAY);
    let waste = city
        .file(&[("service_code", "ve-sinh-moi-truong"), ("address_string", "x")])
        .await; // 28 February
    let (tree, lamp, waste) = (tree.as_str(), lamp.as_str(), waste.as_str());

    for (query, expected) in [
        ("", vec![waste, lamp]), // the last 90 days
        ("jurisdiction_id=hue&nonsense=1", vec![waste, lamp]),
        (
            "service_code=cay-xanh,chieu-sang&start_date=2026-11-01T00:00:00Z",
            vec![lamp, tree],
        ),
        ("service_code=khong-co", vec![]),
        ("status=open", vec![waste]),
        ("status=closed", vec![lamp]),
        ("status=open,closed", vec![waste, lamp]),
        (
            "start_date=2026-11-25T03:00:00Z&end_date=2026-11-25T03:00:00Z",
            vec![tree],
        ), // the very second
        (
            "start_date=2026-11-25T10:00:00%2B07:00&end_date=2026-12-01T00:00:00Z",
            vec![tree],
        ),
        (
            "start_date=2026-11-25T10:00:00+07:00&end_date=2026-12-01T00:00:00Z",
            vec![tree],
        ), // `+` not escaped
        ("start_date=2026-11-01T00:00:00Z", vec![lamp, tree]), // 90 days from there
        ("end_date=2026-11-30T00:00:00Z", vec![tree]),
        ("end_date=2026-11-25T02:59:59Z", vec![]),
        (
            "service_request_id=1,3,99,abc&status=closed&start_date=x",
            vec![waste, tree],
        ), // overrides the rest
        ("updated_after=2026-12-05T03:00:00Z", vec![waste, lamp]),
        (
            "updated_after=2026-11-01T00:00:00Z&updated_before=2026-12-05T02:59:59Z",
            vec![tree],
        ),
    ] {
        assert_eq!(city.listed(query).await, expected, "{query}");
    }
    for query in [
        "start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z",
        "status=fixed",
        "start_date=yesterday",
        "updated_after=1",
    ] {
        let (status, errors) = city.get(&format!("requests.json?{query}")).await;
        assert_eq!((status, &errors[0]["code"]), (400, &json!(400)), "{query}");
    }
    let (status, row) = city.get(&format!("requests/{lamp}.json")).await;
    assert_eq!(status, 200);
    assert_eq!(row.as_array().unwrap().len(), 1);
    assert_eq!(row[0]["requested_datetime"], "2026-12-05T03:00:00Z");
    assert_eq!(row[0]["status_notes"], "Không có cột đèn ở đây");
    let (status, errors) = city.get("requests/99.json").await;
    assert_eq!((status, &errors[0]["code"]), (404, &json!(404)));
    assert_eq!(city.get("requests/abc.json").await.0, 404);
}

#[tokio::test]
async fn every_page_together_is_the_list() {
    let city = city(|_| {}).await;
    for _ in 0..7 {
        city.clock.advance(Duration::from_secs(1));
        city.file(&TREE).await;
    }
    let all = city.listed("").await;
    assert_eq!(all, ["7", "6", "5", "4", "3", "2", "1"]);
    let mut paged = Vec::new();
    for page in 1.. {
        let rows = city.listed(&format!("page={page}&page_size=3")).await;
        if rows.is_empty() {
            break;
        }
        paged.extend(rows);
    }
    assert_eq!(paged, all);
    assert_eq!(
        city.listed("page=0&page_size=2").await,
        city.listed("page=1&page_size=2").await
    );
    assert_eq!(city.get("requests.json?page=x").await.0, 400);
    assert!(city.listed("page=4000000000&page_size=1000").await.is_empty());
}

#[tokio::test]
async fn the_same_over_tls() {
    let city = city(|config| config.transport = Transport::Tls).await;
    assert!(city.running.url().starts_with("https://127.0.0.1:"));
    let body = form(&TREE).part("media", photo(jpeg(1, 100)));
    let (status, _) = read(
        city.http
            .post(city.url("requests.json"))
            .multipart(body)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(status, 201);
    let (_, rows): (u16, Value) = city.get("requests.json").await;
    assert!(
        rows[0]["media_url"]
            .as_str()
            .unwrap()
            .starts_with(city.running.url())
    );
    let stranger = support::client(None).get(city.url("requests.json")).send().await;
    assert!(stranger.is_err(), "an unknown authority is not trusted");
}
