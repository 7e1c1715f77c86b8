//! A request as bytes and words: what the engine puts on the line, as it stands.
//!
//! `Accept` is always `*/*`: on several servers a narrower one fights the suffix of the path (406, or an HTML page for
//! a JSON path). The length of a body is always known, because a chunked one reads as empty on others.

use std::fmt;

use crate::multipart::Multipart;

/// Method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reading: may be repeated freely, redirects may be followed.
    Get,
    /// Writing: never follow a redirect, never repeat without a key or a look-up.
    Post,
    /// Taking back: may be repeated freely.
    Delete,
}

impl Method {
    /// `GET`, `POST` or `DELETE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// One HTTP request. Beside `headers` the engine sends `Host` and, for a POST, `Content-Length` as
/// [`Body::content_length`] says; never `Transfer-Encoding`, never `Accept-Encoding` (some servers' deflate is broken).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute URL. Holds no secret; an `api_key` only where the dialect says so.
    pub url: String,
    /// Headers as name and value, names in their usual spelling. `Owner-Secret` and `Authorization` are secrets:
    /// never to be logged.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Body,
}

impl Request {
    /// The same request of somebody who is signed in (extension `account`; RFC 6750, section 2.1).
    #[must_use]
    pub fn bearing(mut self, access_token: &str) -> Self {
        self.headers
            .push(("Authorization".to_owned(), format!("Bearer {access_token}")));
        self
    }
}

impl fmt::Debug for Request {
    /// Method, path and sizes only: query, headers and body hold what no log may hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &url)
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Empty => "Empty",
            Self::Form(_) => "Form",
            Self::Multipart(_) => "Multipart",
        };
        write!(f, "{kind}({} bytes)", self.content_length())
    }
}

/// Body of a request.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// None (every GET).
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<u8>),
    /// `multipart/form-data`, files streamed by the engine.
    Multipart(Multipart),
}

impl Body {
    /// Exact number of bytes.
    #[must_use]
    pub fn content_length(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Form(bytes) => bytes.len() as u64,
            Self::Multipart(multipart) => multipart.content_length(),
        }
    }
}

/// A file to send: named by an opaque id of the caller, whose bytes the engine streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// Id by which the caller finds the bytes again; never travels.
    pub source: String,
    /// File name told to the city: no path, nothing personal.
    pub file_name: String,
    /// MIME type, as `image/jpeg`.
    pub content_type: String,
    /// Exact size in bytes: the promise of `Content-Length` rests on it.
    pub bytes: u64,
}
