//! The operator's side, through HTTP.

use std::sync::Arc;

use serde_json::Value;

use super::{DESK, Town};

impl Town {
    /// An action of the intake centre that must succeed.
    pub(crate) async fn act(&self, id: &str, action: Value) {
        self.desk(&format!("cases/{id}/actions.json"), action).await;
    }

    /// A POST at the desk that must succeed.
    pub(crate) async fn desk(&self, path: &str, action: Value) {
        let url = format!("{}/desk/{path}", self.city.url());
        let answer = client()
            .post(url)
            .bearer_auth(DESK)
            .header("Content-Type", "application/json")
            .body(action.to_string())
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert!(matches!(status, 200 | 201), "{status} {action}: {text}");
    }
    /// How many follow a case, as its public row says.
    pub(crate) async fn followers(&self, id: &str) -> u64 {
        let url = format!("{}/requests/{id}.json", self.city.url());
        let answer = client().get(url).send().await.unwrap();
        let rows: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        rows[0]["followers"].as_u64().unwrap()
    }
}

/// Trusts nobody: the desk of the tests speaks in the clear over loopback.
fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap()
}
