//! One key, one case, for ever, whatever happens between.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_city::{City, CityConfig, Extension, Extensions};
use serde_json::{Value, json};
use support::{TREE, TestCity, city, form, jpeg, owner, photo, read, sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const KEY: &str = "0198f2a0-1111-7000-8000-00000000000a";
const OTHER: &str = "0198f2a0-1111-7000-8000-00000000000b";

fn keyed<'f>(key: &'f str, hash: &'f str) -> Vec<(&'f str, &'f str)> {
    TREE.into_iter()
        .chain([("client_request_id", key), ("content_sha256", hash)])
        .collect()
}

async fn post_with_header(city: &TestCity, header: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let request = city
        .http
        .post(city.url("requests.json"))
        .header("Idempotency-Key", header)
        .form(fields);
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_repeat_gets_the_first_receipt_and_another_content_is_refused() {
    let city = city(|_| {}).await;
    let (first, second) = (sha256("one"), sha256("two"));
    let (status, receipt) = city.post("requests.json", &keyed(KEY, &first)).await;
    assert_eq!(status, 201);
    let entry = json!([{"service_request_id": "1", "client_request_id": KEY, "content_sha256": first}]);
    assert_eq!(receipt, entry);
    let upper = KEY.to_uppercase();
    for again in [
        keyed(KEY, &first),
        keyed(KEY, ""),
        keyed(&upper, &first.to_uppercase()),
    ] {
        assert_eq!(city.post("requests.json", &again).await, (200, receipt.clone()));
    }
    assert_eq!(
        post_with_header(&city, &format!("\"{KEY}\""), &TREE).await,
        (200, receipt.clone())
    );
    let (status, errors) = city.post("requests.json", &keyed(KEY, &second)).await;
    assert_eq!((status, &errors[0]["reason"]), (422, &json!("key_reused")));
    // A key answers before the rules do: what was filed is filed.
    let rest = [("client_request_id", KEY), ("content_sha256", first.as_str())];
    assert_eq!(city.post("requests.json", &rest).await, (200, receipt));
    let cases = city.running.cases().unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].client_request_id.as_deref(), Some(KEY));
    assert_eq!(city.running.counts().unwrap().replays, 5);
}

#[tokio::test]
async fn header_and_field_must_agree_and_be_keys() {
    let city = city(|_| {}).await;
    let (status, errors) = post_with_header(&city, &format!("\"{OTHER}\""), &keyed(KEY, "")).await;
    assert_eq!((status, &errors[0]["field"]), (400, &json!("client_request_id")));
    assert_eq!(
        post_with_header(&city, KEY, &TREE).await.0,
        400,
        "quotes are part of the header"
    );
    assert_eq!(city.post("requests.json", &keyed("not-a-uuid", "")).await.0, 400);
    assert_eq!(city.post("requests.json", &keyed(KEY, "abc")).await.0, 400);
    assert!(city.running.cases().unwrap().is_empty());
    // A refused report does not use its key up.
    assert_eq!(
        city.post("requests.json", &[("client_request_id", KEY)]).await.0,
        400
    );
    assert_eq!(city.post("requests.json", &keyed(KEY, "")).await.0, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_file_one_case() {
    let city = std::sync::Arc::new(city(|_| {}).await);
    let mut posts = tokio::task::JoinSet::new();
    for n in 0..24_u8 {
        let city = city.clone();
        posts.spawn(async move {
            let body = form(&keyed(KEY, &sha256("one"))).part("media", photo(jpeg(7, 50_000)));
            let mut request = city.http.post(city.url("requests.json")).multipart(body);
            if n % 2 == 0 {
                request = request.header("Idempotency-Key", format!("\"{KEY}\""));
            }
            read(request.send().await.unwrap()).await
        });
    }
    let answers = posts.join_all().await;
    let created: Vec<_> = answers.iter().filter(|(status, _)| *status == 201).collect();
    assert_eq!(created.len(), 1);
    for (status, answer) in &answers {
        match status {
            200 | 201 => assert_eq!(answer, &created[0].1),
            409 => assert_eq!(answer[0]["reason"], "in_progress"),
            other => panic!("{other}: {answer}"),
        }
    }
    let cases = city.running.cases().unwrap();
    assert_eq!((cases.len(), cases[0].photos.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_whose_first_use_still_uploads_is_409_and_free_when_that_connection_dies() {
    let city = city(|_| {}).await;
    let mut slow = tokio::net::TcpStream::connect(city.running.address())
        .await
        .unwrap();
    let head = format!(
        "POST /requests.json HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: \"{KEY}\"\r\nContent-Length: 1000\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\nservice_code=cay"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // An invalid report tells which of the two it is without filing anything.
    let probe = [("client_request_id", KEY)];
    let status_becomes = async |wanted: u16| {
        while city.post("requests.json", &probe).await.0 != wanted {
            tokio::task::yield_now().await;
        }
    };
    status_becomes(409).await;
    slow.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest).await;
    drop(slow);
    status_becomes(400).await;
    assert_eq!(city.post("requests.json", &keyed(KEY, "")).await.0, 201);
}

#[tokio::test]
async fn a_bare_city_files_each_post() {
    let city = city(|config| config.extensions = Extensions::none()).await;
    for expected in ["1", "2"] {
        let (status, answer) =
            post_with_header(&city, &format!("\"{KEY}\""), &keyed(KEY, &sha256("one"))).await;
        assert_eq!((status, answer), (201, json!([{"service_request_id": expected}])));
    }
    assert_eq!(
        city.listed(&format!("client_request_id={KEY}")).await.len(),
        2,
        "an unknown parameter is ignored"
    );
}

#[tokio::test]
async fn a_report_is_found_by_its_key_by_its_owner_or_by_anyone_once_public() {
    let city = city(|_| {}).await;
    let (secret, hash) = owner(1);
    let mut fields = keyed(KEY, "");
    fields.extend([("publication", "after_review"), ("owner_hash", &hash)]);
    let id = city.file(&fields).await;
    let path = format!("requests.json?client_request_id={KEY}");
    assert_eq!(city.get(&path).await, (200, json!([])));
    let (status, rows) = city.get_as(&path, &secret).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&rows[0]["client_request_id"], &rows[0]["service_request_id"]),
        (&json!(KEY), &json!(id))
    );
    let (status, errors) = city.get_as(&path, &owner(2).0).await;
    assert_eq!((status, &errors[0]["reason"]), (403, &json!("not_owner")));
    city.act(&id, json!({"action": "verify"})).await;
    assert_eq!(city.get(&path).await.1[0]["service_request_id"], id.as_str());
    let nothing = format!("requests.json?client_request_id={OTHER}");
    assert_eq!(city.get_as(&nothing, &secret).await, (200, json!([])));
    assert!(
        city.get("requests.json").await.1[0]
            .get("client_request_id")
            .is_none(),
        "a list never tells keys"
    );
}

#[tokio::test]
async fn keys_outlive_a_restart_on_the_same_port_with_other_flags_between() {
    let first = city(|_| {}).await;
    let (_, receipt) = first.post("requests.json", &keyed(KEY, &sha256("one"))).await;
    let TestCity {
        running, http, dir, ..
    } = first;
    let address = running.address();
    running.stop().await;
    let start = async |extensions| {
        let config = CityConfig {
            listen: address,
            extensions,
            ..CityConfig::new(dir.path())
        };
        City::start(config).await.unwrap()
    };
    let bare = start(Extensions::none()).await;
    assert_eq!(bare.cases().unwrap().len(), 1);
    bare.stop().await;
    let rich = start(Extensions::only([Extension::Idempotency])).await;
    let url = format!("{}/requests.json", rich.url());
    let again = read(
        http.post(url)
            .form(&keyed(KEY, &sha256("one")))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(again, (200, receipt));
}
