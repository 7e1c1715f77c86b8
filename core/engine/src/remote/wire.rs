//! How many bytes the head of a message takes on the line (RFC 9112).

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};
use url::Url;

/// Bytes of a request's head: request line, headers (`Host` among them), empty line.
pub(super) fn request_head(method: &str, url: &Url, headers: &HeaderMap) -> u64 {
    let target = url.path().len() + url.query().map_or(0, |query| 1 + query.len());
    let line = method.len() + 1 + target + " HTTP/1.1\r\n".len();
    (line + fields(headers) + 2) as u64
}

/// The `Host` header: the port only where it is not the scheme's own (RFC 9110, section 7.2).
pub(super) fn host(url: &Url) -> Option<HeaderValue> {
    let host = url.host_str()?;
    let text = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    HeaderValue::from_str(&text).ok()
}

/// Bytes of an answer's head; a server's own words after the status count as the standard's.
pub(super) fn answer_head(status: StatusCode, headers: &HeaderMap) -> u64 {
    let reason = status.canonical_reason().map_or(0, str::len);
    ("HTTP/1.1 200 \r\n".len() + reason + fields(headers) + 2) as u64
}

fn fields(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| field(name.as_str().len(), value.len()))
        .sum()
}

fn field(name: usize, value: usize) -> usize {
    name + ": ".len() + value + "\r\n".len()
}
