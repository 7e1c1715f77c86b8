//! Plain questions over HTTP for what is not the citizen's side: the desk and the doctor.
//!
//! TLS is given ready-made with the bundled roots, as the engine does: the default would ask the platform's verifier.
//! Every step has its limit, so that a silent server is told of and never waited for without end. What went wrong is
//! a [`Trouble`], told apart as far as a person would do something else about it.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::exit::{Exit, Failure};

/// An answer longer than this is none of ours, bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// How long a server is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a connection, for the head of an answer, and between two pieces of its body.
    silence: Duration,
    /// For a question and its answer as a whole, files included.
    whole: Duration,
}

impl Patience {
    /// A server that says nothing for so many milliseconds is given up; one that goes on talking, after six times as
    /// long.
    pub(crate) fn of_silence(ms: i64) -> Self {
        let silence = Duration::from_millis(u64::try_from(ms).unwrap_or(0).max(1));
        Self {
            silence,
            whole: silence.saturating_mul(6),
        }
    }

    /// The limit of silence, as people read it.
    pub(crate) fn seconds(self) -> String {
        let seconds = (self.silence.as_secs_f64() * 10.0).round() / 10.0;
        seconds.to_string()
    }
}

/// What kept a server from answering.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No such name, or no name server can be asked.
    NoSuchName,
    /// The machine is there and takes no connections at this port.
    Refused,
    /// No way to the machine.
    Unreachable,
    /// It said nothing for as long as it was given.
    Silent,
    /// The certificate is not yet or no longer valid, by this machine's clock.
    CertificateTime,
    /// The certificate is another server's.
    CertificateName,
    /// The certificate is by somebody that nobody here knows.
    CertificateIssuer,
    /// Other trouble with TLS; a server that speaks plain HTTP is one.
    Tls,
    /// The answer broke off, is no HTTP, or never ends.
    Broken,
    /// TLS itself could not be set up here.
    NoTls,
}

impl Trouble {
    fn of(error: &reqwest::Error) -> Self {
        if let Some(tls) = chain(error).find_map(|e| e.downcast_ref::<rustls::Error>()) {
            return Self::of_tls(tls);
        }
        if error.is_timeout() {
            return Self::Silent;
        }
        if !error.is_connect() {
            return Self::Broken;
        }
        if error.is_dns() {
            return Self::NoSuchName;
        }
        let kind = chain(error).filter_map(|e| e.downcast_ref::<io::Error>()).last();
        match kind.map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Self::Refused,
            Some(io::ErrorKind::TimedOut) => Self::Silent,
            Some(
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe,
            ) => Self::Broken,
            _ => Self::Unreachable,
        }
    }

    fn of_tls(error: &rustls::Error) -> Self {
        use rustls::CertificateError as C;
        match error {
            rustls::Error::InvalidCertificate(
                C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. },
            ) => Self::CertificateTime,
            rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
                Self::CertificateName
            }
            rustls::Error::InvalidCertificate(_) => Self::CertificateIssuer,
            _ => Self::Tls,
        }
    }

    /// The failure of a command that needed the answer.
    pub(crate) fn failure(&self, base: &Url, patience: Patience) -> Failure {
        let code = match self {
            Self::NoSuchName => "error.name_unknown",
            Self::Refused | Self::Unreachable => "error.unreachable",
            Self::Silent => "error.silent",
            Self::CertificateTime | Self::CertificateName | Self::CertificateIssuer | Self::Tls => {
                "error.tls"
            }
            Self::Broken => "error.city",
            Self::NoTls => {
                return Failure::new(Exit::Network, "error.internal").with("id", "tls");
            }
        };
        Failure::new(Exit::Network, code)
            .with("name", host(base))
            .with("n", patience.seconds())
    }
}

/// Host and port as a person may compare them.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

type Any = dyn StdError + 'static;

/// The error and what lies behind it, outermost first.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &Any> {
    std::iter::successors(Some(error as &Any), behind)
}

/// An `io::Error` hides its content from `source`.
fn behind<'a>(&error: &&'a Any) -> Option<&'a Any> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(hidden) => Some(hidden),
        None => error.source(),
    }
}

/// A client that follows no redirect and uses no proxy.
pub(crate) fn client(patience: Patience) -> Result<reqwest::Client, Trouble> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Trouble::NoTls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .http1_only()
        .connect_timeout(patience.silence)
        .timeout(patience.whole)
        .build()
        .map_err(|_| Trouble::NoTls)
}

/// The base URL of a city: https, or http to this machine.
pub(crate) fn base(text: &str) -> Result<Url, Failure> {
    let bad = |code: &str| Failure::bad_input("city", code).with("field", text);
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
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What is sent along with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// Words: the head of the answer is due at once.
    Words,
    /// Files, which may take long on a slow line: only the whole is bounded.
    Files,
}

/// Asks, and reads the answer up to a bound.
pub(crate) async fn ask(
    request: reqwest::RequestBuilder,
    load: Load,
    patience: Patience,
) -> Result<Reply, Trouble> {
    let due = match load {
        Load::Words => patience.silence,
        Load::Files => patience.whole,
    };
    let silent = |_| Trouble::Silent;
    let answer = tokio::time::timeout(due, request.send()).await.map_err(silent)?;
    let mut answer = answer.map_err(|error| Trouble::of(&error))?;
    let header = |name: &str| answer.headers().get(name)?.to_str().ok().map(str::to_owned);
    let (date, location) = (header("date"), header("location"));
    let mut body = Vec::new();
    loop {
        let next = tokio::time::timeout(patience.silence, answer.chunk()).await;
        match next.map_err(silent)?.map_err(|error| Trouble::of(&error))? {
            Some(chunk) if body.len().saturating_add(chunk.len()) <= MAX_BODY => {
                body.extend_from_slice(&chunk)
            }
            Some(_) => return Err(Trouble::Broken),
            None => break,
        }
    }
    Ok(Reply {
        status: answer.status().as_u16(),
        date,
        location,
        body,
    })
}
