//! What answers at the city's address, and what that means: the city, another page, a sign-in, nobody.
//!
//! Two resources are asked: the discovery document, and where there is none the list of categories, which every
//! GeoReport v2 server has. A hotel's sign-in page and the city's own web site look alike from here; which one it is
//! shows in where the answer leads and what its page asks for.

use phananh_domain::profile::CityProfile;
use phananh_domain::time::{SECOND, Timestamp};
use phananh_engine::clock::{Clock, SystemClock};
use reqwest::Url;
use serde_json::Value;

use super::texts::{self, Bilingual};
use super::{Check, Finding};
use crate::exit::{Exit, Failure};
use crate::http::{self, Load, Patience, Reply, Trouble};
use crate::output::Words;

/// A difference of clocks that matters: times of reports would mislead, and TLS begins to fail.
const SKEW_MATTERS_S: i64 = 120;
/// This program was not there before: an earlier clock is wrong, whoever is asked. 2026-01-01.
const NOT_BEFORE: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// What came of asking.
pub(super) struct Asked {
    pub(super) findings: Vec<Finding>,
    /// The city's clock minus this one's, seconds.
    pub(super) skew_s: Option<i64>,
    /// An Open311 server answered.
    pub(super) is_city: bool,
}

pub(super) async fn look(
    words: Words,
    profile: &CityProfile,
    endpoint: Option<&str>,
    patience: Patience,
) -> Asked {
    let unasked = |address: Finding| Asked {
        findings: vec![address, clock(words, None)],
        skew_s: None,
        is_city: false,
    };
    let Some(endpoint) = endpoint else {
        let city = profile.label(words.0);
        let told = words.fill(texts::NO_ADDRESS, &[("city", city), ("name", &profile.name)]);
        return unasked(Finding::bad(Check::Address, Exit::Network, "no_endpoint", told));
    };
    let base = match http::base(endpoint) {
        Ok(base) => base,
        Err(failure) => {
            let failure = Failure {
                exit: Exit::Network,
                ..failure
            };
            return unasked(Finding::failed(Check::Address, words, &failure));
        }
    };
    let answers = ask(&base, patience).await;
    let skew_s = answers
        .as_ref()
        .ok()
        .and_then(|replies| replies.first().and_then(skew));
    let verdict = match &answers {
        Ok(replies) => judge(&base, replies),
        Err(trouble) => of_trouble(trouble),
    };
    let connection = tell(words, &base, patience, &verdict);
    Asked {
        findings: vec![
            Finding::good(Check::Address, endpoint),
            connection,
            clock(words, skew_s),
        ],
        skew_s,
        is_city: matches!(verdict, Verdict::City),
    }
}

/// The answers, up to the first that shows a city.
async fn ask(base: &Url, patience: Patience) -> Result<Vec<Reply>, Trouble> {
    let client = http::client(patience)?;
    let mut replies = Vec::new();
    for resource in ["discovery.json", "services.json"] {
        let request = client.get(http::below(base, &[resource]));
        let reply = http::ask(request, Load::Words, patience).await?;
        let is_enough = is_open311(&reply) || (300..400).contains(&reply.status);
        replies.push(reply);
        if is_enough {
            break;
        }
    }
    Ok(replies)
}

/// What the answers mean.
#[derive(Debug)]
enum Verdict {
    City,
    /// It leads to another address of the same server.
    Moved(String),
    /// It leads to another server, or shows a page to sign in.
    Captive(String),
    /// A page for people.
    WebPage,
    /// The server is there, and has nothing at this path.
    WrongPath,
    /// It wants a key or a sign-in.
    KeyWanted,
    /// It has no time or is broken.
    Busy(u16),
    /// Data, and none of ours.
    NotOpen311(u16),
    Trouble(Bilingual, &'static str),
}

fn judge(base: &Url, replies: &[Reply]) -> Verdict {
    let Some(last) = replies.last() else {
        return Verdict::NotOpen311(0);
    };
    if is_open311(last) {
        return Verdict::City;
    }
    if (300..400).contains(&last.status) {
        let to = last.location.as_deref().and_then(|to| base.join(to).ok());
        return match to {
            Some(to) if to.host_str() == base.host_str() && !is_sign_in(to.path().as_bytes()) => {
                Verdict::Moved(new_base(&to))
            }
            Some(to) => Verdict::Captive(http::host(&to)),
            None => Verdict::WebPage,
        };
    }
    let is_page = |reply: &Reply| starts_like(&reply.body, &["<!doctype html", "<html", "<head", "<body"]);
    match last.status {
        401 | 403 | 407 => Verdict::KeyWanted,
        404 | 405 | 410 => Verdict::WrongPath,
        // Network Authentication Required (RFC 6585, section 6).
        511 => Verdict::Captive(http::host(base)),
        408 | 425 | 429 | 500..=599 => Verdict::Busy(last.status),
        _ if is_page(last) && is_sign_in(&last.body) => Verdict::Captive(http::host(base)),
        _ if is_page(last) => Verdict::WebPage,
        status => Verdict::NotOpen311(status),
    }
}

fn of_trouble(trouble: &Trouble) -> Verdict {
    let (text, code) = match trouble {
        Trouble::NoSuchName => (texts::NO_SUCH_NAME, "name_unknown"),
        Trouble::Refused => (texts::REFUSED, "refused"),
        Trouble::Unreachable => (texts::UNREACHABLE, "unreachable"),
        Trouble::Silent => (texts::SILENT, "silent"),
        Trouble::CertificateTime => (texts::CERTIFICATE_TIME, "tls_time"),
        Trouble::CertificateName => (texts::CERTIFICATE_NAME, "tls_name"),
        Trouble::CertificateIssuer => (texts::CERTIFICATE_ISSUER, "tls_issuer"),
        Trouble::Tls => (texts::TLS, "tls"),
        Trouble::Broken => (texts::BROKEN, "broken"),
        Trouble::NoTls => (texts::NO_TLS, "tls_here"),
    };
    Verdict::Trouble(text, code)
}

fn tell(words: Words, base: &Url, patience: Patience, verdict: &Verdict) -> Finding {
    let host = http::host(base);
    let (code, text, more) = match verdict {
        Verdict::City => return Finding::good(Check::Connection, words.say(texts::SPEAKS_OPEN311)),
        Verdict::Moved(to) => ("moved", texts::MOVED, to.clone()),
        Verdict::Captive(to) => ("captive", texts::CAPTIVE, to.clone()),
        Verdict::WebPage => ("web_page", texts::WEB_PAGE, String::new()),
        Verdict::WrongPath => ("wrong_path", texts::WRONG_PATH, base.path().to_owned()),
        Verdict::KeyWanted => ("not_allowed", texts::KEY_WANTED, String::new()),
        Verdict::Busy(status) => ("city", texts::BUSY, status.to_string()),
        Verdict::NotOpen311(status) => ("not_open311", texts::NOT_OPEN311, status.to_string()),
        Verdict::Trouble(text, code) => (*code, *text, String::new()),
    };
    let now = SystemClock.now().to_people(&phananh_domain::time::Zone::UTC);
    let values = [
        ("host", host.as_str()),
        ("to", &more),
        ("n", &patience.seconds()),
        ("now", &now),
    ];
    Finding::bad(Check::Connection, Exit::Network, code, words.fill(text, &values))
}

fn clock(words: Words, skew_s: Option<i64>) -> Finding {
    match skew_s {
        _ if SystemClock.now() < NOT_BEFORE => {
            let now = SystemClock.now().to_people(&phananh_domain::time::Zone::UTC);
            let told = words.fill(texts::CLOCK_IMPOSSIBLE, &[("now", &now)]);
            Finding::bad(Check::Clock, Exit::Network, "clock_wrong", told)
        }
        None => Finding::warn(Check::Clock, "not_checked", words.say(texts::CLOCK_NOT_CHECKED)),
        Some(s) if s.abs() < SKEW_MATTERS_S => Finding::good(Check::Clock, words.say(texts::CLOCK_GOOD)),
        Some(s) => {
            let text = if s > 0 {
                texts::CLOCK_SLOW
            } else {
                texts::CLOCK_FAST
            };
            let told = words.fill(text, &[("off", &texts::span(words, s.unsigned_abs()))]);
            Finding::bad(Check::Clock, Exit::Network, "clock_wrong", told)
        }
    }
}

/// The clock of whoever answered minus this one's, seconds (RFC 9110, section 6.6.1).
fn skew(reply: &Reply) -> Option<i64> {
    let date = httpdate::parse_http_date(reply.date.as_deref()?).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    let there = Timestamp::from_millis(i64::try_from(since.as_millis()).ok()?);
    Some(there.since(SystemClock.now()) / SECOND)
}

/// A discovery document or a list of categories, in JSON or XML, bare or wrapped as servers do.
fn is_open311(reply: &Reply) -> bool {
    if !(200..300).contains(&reply.status) {
        return false;
    }
    if starts_like(&reply.body, &["<?xml", "<services", "<discovery"]) {
        let text = String::from_utf8_lossy(&reply.body);
        return text.contains("<service") || text.contains("<discovery");
    }
    match serde_json::from_slice::<Value>(&reply.body) {
        Ok(Value::Array(list)) => list.iter().all(|entry| entry.get("service_code").is_some()),
        Ok(Value::Object(object)) => ["endpoints", "changeset", "key_service", "services", "discovery"]
            .iter()
            .any(|name| object.contains_key(*name)),
        _ => false,
    }
}

fn starts_like(body: &[u8], starts: &[&str]) -> bool {
    let head = String::from_utf8_lossy(body.get(..body.len().min(1_000)).unwrap_or_default()).to_lowercase();
    let head = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    starts.iter().any(|start| head.starts_with(start))
}

/// Whether a page or a path asks people to sign in.
fn is_sign_in(text: &[u8]) -> bool {
    let text =
        String::from_utf8_lossy(text.get(..text.len().min(100_000)).unwrap_or_default()).to_lowercase();
    [
        "type=\"password\"",
        "type='password'",
        "type=password",
        "login",
        "log in",
        "signin",
        "sign in",
        "sign-in",
        "đăng nhập",
        "captive",
        "hotspot",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

/// The base that a redirect of one of its resources leads to.
fn new_base(to: &Url) -> String {
    let mut base = to.clone();
    base.set_query(None);
    base.set_fragment(None);
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty().pop();
    }
    base.to_string()
}
