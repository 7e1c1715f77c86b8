//! A city in this process, its clock in the test's hand, and an HTTP client that knows nothing of GeoReport.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

pub(crate) mod recorder;

use std::sync::Arc;

use phananh_city::{AgencyToken, City, CityConfig, ManualClock, RunningCity};
use reqwest::multipart::{Form, Part};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// Wednesday, 10:00 in Huế.
pub(crate) const START: &str = "2026-11-25T03:00:00Z";
pub(crate) const DESK: &str = "desk-token";
pub(crate) const PARKS_DESK: &str = "parks-token";
pub(crate) const PARKS: &str = "Trung tâm Công viên Cây xanh";

/// The smallest useful report.
pub(crate) const TREE: [(&str, &str); 4] = [
    ("service_code", "cay-xanh"),
    ("lat", "16.4637"),
    ("long", "107.5909"),
    ("description", "Cây đổ chắn đường"),
];

pub(crate) struct TestCity {
    pub(crate) running: RunningCity,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) http: reqwest::Client,
    pub(crate) dir: TempDir,
}

pub(crate) async fn city(change: impl FnOnce(&mut CityConfig)) -> TestCity {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(START.parse().unwrap()));
    let mut config = CityConfig::new(dir.path());
    config.clock = clock.clone();
    config.operator_token = Some(DESK.to_owned());
    config.agency_tokens = vec![AgencyToken {
        agency: PARKS.to_owned(),
        token: PARKS_DESK.to_owned(),
    }];
    change(&mut config);
    let running = City::start(config).await.unwrap();
    let http = client(running.ca_pem());
    TestCity {
        running,
        clock,
        http,
        dir,
    }
}

/// A client that trusts this authority alone.
pub(crate) fn client(ca_pem: Option<&str>) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(pem) = ca_pem {
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
    }
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap()
}

pub(crate) async fn read(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: not JSON: {text}")),
    )
}

pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes.as_ref())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// An owner secret and the hash that goes with the report.
pub(crate) fn owner(seed: u8) -> (String, String) {
    let secret = [seed; 32];
    (
        secret.iter().map(|byte| format!("{byte:02x}")).collect(),
        sha256(secret),
    )
}

/// Bytes that begin like a JPEG; the city does not look further.
pub(crate) fn jpeg(seed: u8, len: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend((0..len).map(|i| (i % 251) as u8 ^ seed));
    bytes
}

pub(crate) fn photo(bytes: Vec<u8>) -> Part {
    Part::bytes(bytes)
        .file_name("anh.jpg")
        .mime_str("image/jpeg")
        .unwrap()
}

pub(crate) fn form(fields: &[(&str, &str)]) -> Form {
    fields.iter().fold(Form::new(), |form, (name, value)| {
        form.text(name.to_string(), value.to_string())
    })
}

impl TestCity {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.running.url())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.http.get(self.url(path)).send().await.unwrap()).await
    }

    pub(crate) async fn get_as(&self, path: &str, secret: &str) -> (u16, Value) {
        read(
            self.http
                .get(self.url(path))
                .header("Owner-Secret", secret)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        read(self.http.post(self.url(path)).form(fields).send().await.unwrap()).await
    }

    pub(crate) async fn post_as(&self, path: &str, secret: &str, form: Form) -> (u16, Value) {
        let request = self
            .http
            .post(self.url(path))
            .header("Owner-Secret", secret)
            .multipart(form);
        read(request.send().await.unwrap()).await
    }

    /// Files a report that must be taken; returns its number.
    pub(crate) async fn file(&self, fields: &[(&str, &str)]) -> String {
        let (status, answer) = self.post("requests.json", fields).await;
        assert_eq!(status, 201, "{answer}");
        answer[0]["service_request_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn desk_get(&self, token: &str, path: &str) -> (u16, Value) {
        read(
            self.http
                .get(self.url(path))
                .bearer_auth(token)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn desk_post_as(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.post(self.url(path)).bearer_auth(token).json(&body);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn desk_post(&self, path: &str, body: Value) -> (u16, Value) {
        self.desk_post_as(DESK, path, body).await
    }

    /// Files a report with an operator's token.
    pub(crate) async fn desk_post_form(&self, token: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let request = self.http.post(self.url("requests.json")).bearer_auth(token);
        read(request.form(fields).send().await.unwrap()).await
    }

    pub(crate) async fn act_as(&self, token: &str, id: &str, action: Value) -> (u16, Value) {
        let url = self.url(&format!("desk/cases/{id}/actions.json"));
        read(
            self.http
                .post(url)
                .bearer_auth(token)
                .json(&action)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// An action of the intake centre that must succeed.
    pub(crate) async fn act(&self, id: &str, action: Value) -> Value {
        let (status, answer) = self.act_as(DESK, id, action.clone()).await;
        assert_eq!(status, 200, "{action}: {answer}");
        answer
    }

    /// Numbers in the answer of a list.
    pub(crate) async fn listed(&self, query: &str) -> Vec<String> {
        let (status, answer) = self.get(&format!("requests.json?{query}")).await;
        assert_eq!(status, 200, "{answer}");
        answer
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["service_request_id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Words of one member over a list.
pub(crate) fn column(list: &Value, name: &str) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|entry| entry[name].as_str().unwrap_or("").to_owned())
        .collect()
}

/// Files a report of the owner with this seed, with further fields.
pub(crate) async fn file_owned(city: &TestCity, seed: u8, more: &[(&str, &str)]) -> (String, String) {
    let (secret, hash) = owner(seed);
    let fields: Vec<_> = TREE
        .into_iter()
        .chain([("owner_hash", hash.as_str())])
        .chain(more.iter().copied())
        .collect();
    (city.file(&fields).await, secret)
}

pub(crate) async fn say(city: &TestCity, id: &str, secret: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    city.post_as(&format!("requests/{id}/messages.json"), secret, form(fields))
        .await
}

pub(crate) async fn kinds_seen(city: &TestCity, id: &str, secret: Option<&str>) -> Vec<String> {
    let path = format!("requests/{id}/events.json");
    let (status, answer) = match secret {
        Some(secret) => city.get_as(&path, secret).await,
        None => city.get(&path).await,
    };
    assert_eq!(status, 200, "{answer}");
    column(&answer["events"], "kind")
}
