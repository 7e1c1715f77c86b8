//! What became of a request.

use std::fmt;

use bytes::Bytes;
use reqwest::header::HeaderMap;

/// Whether the city can have got something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BytesSent {
    /// Surely not a byte of the request.
    None,
    /// Perhaps all of it.
    MayBe,
}

/// An answer, whatever its status.
#[derive(Clone)]
pub(crate) struct Reply {
    /// HTTP status, 100–999.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body, as it came.
    pub(crate) body: Bytes,
}

// Headers and bodies name people: neither is shown.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// Why there was no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoConnection {
    /// The name could not be resolved.
    Dns,
    /// The other side refused.
    Refused,
    /// No way there.
    Unreachable,
    /// Nobody answered in time.
    Timeout,
}

/// Why a URL is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAllowed {
    /// Neither `https` nor `http` to this machine.
    NotHttps,
    /// It names a user or a password.
    Credentials,
    /// It is no URL, or names no host.
    NoHost,
    /// Part of the request cannot stand in an HTTP header.
    Header,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "the finer reason is for whoever reads a `Debug` of it")]
pub(crate) enum Failure {
    /// No connection came to be.
    NotConnected(NoConnection),
    /// A connection came to be, but no trust: wrong certificate, wrong clock, a portal in between.
    Tls,
    /// The time for the whole request, or for a silence in it, is over.
    Timeout,
    /// The connection broke, or what came is no HTTP.
    Broken,
    /// The answer's body is longer than allowed; the reply holds as much as is.
    TooLong(Reply),
    /// The URL is none that may be asked.
    NotAllowed(NotAllowed),
    /// A file of the request could not be read to its end.
    File,
}

/// What became of a request.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Whether the city can have got something.
    pub(crate) sent: BytesSent,
    /// The answer.
    pub(crate) result: Result<Reply, Failure>,
    /// Bytes of HTTP headers and body that went out, at most.
    pub(crate) bytes_up: u64,
    /// Bytes of HTTP headers and body that came in; a chunked body counts without its framing.
    pub(crate) bytes_down: u64,
}

impl Exchange {
    /// A request that never left.
    pub(super) fn unsent(failure: Failure) -> Self {
        Self {
            sent: BytesSent::None,
            result: Err(failure),
            bytes_up: 0,
            bytes_down: 0,
        }
    }
}
