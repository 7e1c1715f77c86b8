//! Plain questions over HTTP for what is not the citizen's side: the desk and the doctor.
//!
//! TLS is given ready-made with the bundled roots, as the engine does: the default would ask the platform's verifier.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::exit::{Exit, Failure};

/// An answer longer than this is none of ours, bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(15);
const TOTAL: Duration = Duration::from_secs(120);

/// A client that follows no redirect and uses no proxy.
pub(crate) fn client() -> Result<reqwest::Client, Failure> {
    let broken = || Failure::new(Exit::Network, "error.internal").with("id", "tls");
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| broken())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .http1_only()
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .build()
        .map_err(|_| broken())
}

/// The base URL of a city: https, or http to this machine.
pub(crate) fn base(text: &str) -> Result<Url, Failure> {
    let bad = |code: &str| Failure::bad_input("city", code);
    let mut url = Url::parse(text).map_err(|_| bad("profile.bad_url"))?;
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        "http" => return Err(bad("profile.not_https")),
        _ => return Err(bad("profile.bad_url")),
    }
    url.path_segments_mut()
        .map_err(|()| bad("profile.bad_url"))?
        .pop_if_empty();
    Ok(url)
}

/// A resource below the base.
pub(crate) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(segments);
    }
    url
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) date: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Asks, and reads the answer up to a bound.
pub(crate) async fn ask(request: reqwest::RequestBuilder) -> Result<Reply, Failure> {
    let failed = |error: &reqwest::Error| {
        let code = if error.is_timeout() || error.is_connect() {
            "error.network"
        } else {
            "error.city"
        };
        Failure::new(Exit::Network, code)
    };
    let mut answer = request.send().await.map_err(|error| failed(&error))?;
    let date = answer
        .headers()
        .get("date")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&error))? {
        if body.len().saturating_add(chunk.len()) > MAX_BODY {
            return Err(Failure::new(Exit::Network, "error.city"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply {
        status: answer.status().as_u16(),
        date,
        body,
    })
}
