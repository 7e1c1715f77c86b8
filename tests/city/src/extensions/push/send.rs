//! Sending hints by UnifiedPush: a POST of `{"sync":1}` to the endpoint.
//!
//! Https, or http to this machine; no redirect, no proxy, ten seconds, and what is answered counts only where it says
//! that the endpoint is gone (RFC 8030, 7.3): then the registration is removed.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url, redirect};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::app::App;
use crate::http::refusal::Refusal;
use crate::server::CityError;
use crate::store::push::{self, HINTS_APART_S, Hint};

/// All that a hint says.
const HINT: &str = r#"{"sync":1}"#;
/// How long one endpoint may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Hints on their way at once.
const AT_ONCE: usize = 16;

/// Whether a UnifiedPush endpoint is one that this city would send to.
pub(super) fn is_reachable(endpoint: &str) -> bool {
    let Ok(url) = Url::parse(endpoint) else {
        return false;
    };
    let is_loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback()),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

/// What sends hints.
pub(crate) struct Pusher {
    http: reqwest::Client,
    bell: Notify,
}

impl Pusher {
    /// A client that trusts the bundled roots.
    pub(crate) fn new() -> Result<Self, CityError> {
        let broken = |what: &dyn std::fmt::Display| CityError::Tls(what.to_string());
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Self {
            http,
            bell: Notify::new(),
        })
    }

    /// Says that something may be owed now.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Sends what is owed whenever the bell rings or the next hint is due; until dropped.
    pub(crate) async fn run(&self, app: &Arc<App>) {
        loop {
            // Trouble with the database shows in the answers of the city, too; hints wait.
            let _ = self.turn(app).await;
            let apart = Duration::from_secs(HINTS_APART_S.unsigned_abs());
            // A rung bell is remembered; the pause is for hints that were owed too early for one more.
            let _ = tokio::time::timeout(apart, self.bell.notified()).await;
        }
    }

    /// Sends all that is due by the city's clock.
    pub(crate) async fn turn(&self, app: &Arc<App>) -> Result<(), Refusal> {
        let now = app.now();
        let due = app.store.transact(move |db| push::take_due(db, now)).await?;
        let mut sending = JoinSet::new();
        for hint in due {
            if sending.len() >= AT_ONCE {
                forget_gone(app, sending.join_next().await).await?;
            }
            let request = self
                .http
                .post(&hint.endpoint)
                .header("content-type", "application/json");
            sending.spawn(async move {
                (
                    request.body(HINT).send().await.map(|answer| answer.status()).ok(),
                    hint,
                )
            });
        }
        while let Some(sent) = sending.join_next().await {
            forget_gone(app, Some(sent)).await?;
        }
        Ok(())
    }
}

type Sent = Result<(Option<StatusCode>, Hint), tokio::task::JoinError>;

async fn forget_gone(app: &Arc<App>, sent: Option<Sent>) -> Result<(), Refusal> {
    if let Some(Ok((Some(StatusCode::NOT_FOUND | StatusCode::GONE), hint))) = sent {
        app.store
            .transact(move |db| push::remove(db, &hint.registration))
            .await?;
    }
    Ok(())
}
