//! An answer that is not the server's: captive portals, strangers' ids, search lists, endless bodies.

use serde::Deserialize;

/// Whether the server sees the request that the line answers in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forward {
    /// The request goes no further than the line.
    No,
    /// The server gets the request and its whole answer is waited for and dropped: "400 although stored".
    Yes,
}

/// The body of a canned answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerBody {
    /// These bytes, as `text/plain` unless a header says otherwise.
    Text(String),
    /// This value, as `application/json`.
    Json(serde_json::Value),
    /// `start`, then `repeat` again and again until the client closes its side; no length is announced.
    Endless(Endless),
}

/// A body without an end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Endless {
    /// What it begins with.
    pub start: String,
    /// What follows without end; where it is empty, the answer ends after the start.
    pub repeat: String,
}

impl Default for Endless {
    fn default() -> Self {
        Self {
            start: "[".to_owned(),
            repeat: r#"{"service_request_id":"1"},"#.to_owned(),
        }
    }
}

/// A canned answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: AnswerBody,
    pub(crate) forward: Forward,
}

/// An answer as it goes on the wire.
pub(crate) struct OnTheWire {
    /// Head and, where it has an end, body.
    pub(crate) bytes: Vec<u8>,
    /// Sent again and again after `bytes` until the client closes.
    pub(crate) endlessly: Option<Vec<u8>>,
    /// Whether the connection can carry another request afterwards.
    pub(crate) then: After,
}

/// What follows a canned answer on its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    NextRequest,
    Close,
}

impl Answer {
    /// An answer with this status (200 to 599) and an empty body.
    pub const fn new(status: u16, forward: Forward) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: AnswerBody::Text(String::new()),
            forward,
        }
    }

    /// Adds a header, written as given. A `Content-Length` or `Content-Type` given here replaces the line's
    /// own, so that an answer can lie about its length; the connection is closed after such an answer.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: AnswerBody) -> Self {
        self.body = body;
        self
    }

    /// Sets a JSON array that begins like a list of service requests and never ends.
    pub fn endless(self) -> Self {
        self.body(AnswerBody::Endless(Endless::default()))
    }

    /// The status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    fn has(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(given, _)| given.eq_ignore_ascii_case(name))
    }

    /// The bytes that answer a request of this method.
    pub(crate) fn on_the_wire(&self, method: &str) -> OnTheWire {
        let (content_type, body, endlessly) = match &self.body {
            AnswerBody::Text(text) => ("text/plain; charset=utf-8", text.clone().into_bytes(), None),
            AnswerBody::Json(value) => ("application/json", value.to_string().into_bytes(), None),
            AnswerBody::Endless(Endless { start, repeat }) => {
                // Whole items in pieces of some size: one item a write would make the endless body slow.
                let times = 16_384_usize.checked_div(repeat.len()).unwrap_or(0).max(1);
                (
                    "application/json",
                    start.clone().into_bytes(),
                    Some(repeat.repeat(times).into_bytes()),
                )
            }
        };
        // RFC 9110: no body for HEAD, 204 and 304, whatever the head says.
        let bodiless = method == "HEAD" || self.status == 204 || self.status == 304;
        let own_length = self.has("content-length") || self.has("transfer-encoding");
        let then = match (own_length && !bodiless, &endlessly) {
            (false, None) => After::NextRequest,
            (false, Some(_)) if bodiless => After::NextRequest,
            _ => After::Close,
        };

        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.has("content-type") && (endlessly.is_some() || !body.is_empty()) {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        if !own_length && endlessly.is_none() && self.status != 204 && self.status != 304 {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        if then == After::Close && !self.has("connection") {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");

        let mut bytes = head.into_bytes();
        if bodiless {
            return OnTheWire {
                bytes,
                endlessly: None,
                then,
            };
        }
        bytes.extend_from_slice(&body);
        OnTheWire {
            bytes,
            endlessly: endlessly.filter(|piece| !piece.is_empty()),
            then,
        }
    }
}

/// Reason phrases of the statuses that scripts use (RFC 9110 section 15); clients do not read them.
const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        425 => "Too Early",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
