//! Reading reqwest's errors: what went wrong, and whether a byte can have left.

use std::error::Error as StdError;
use std::io;

use rustls::pki_types::InvalidDnsNameError;

use super::{BytesSent, Failure, NoConnection};

/// Whether a request that failed with `error` can have put a byte on the line. reqwest says `connect` for names, TCP
/// and TLS alone, before it hands the request to the connection.
pub(super) fn sent(error: &reqwest::Error) -> BytesSent {
    if error.is_connect() || error.is_builder() {
        BytesSent::None
    } else {
        BytesSent::MayBe
    }
}

/// What went wrong.
pub(super) fn failure(error: &reqwest::Error) -> Failure {
    if chain(error).any(|e| e.is::<rustls::Error>()) {
        return Failure::Tls;
    }
    if !error.is_connect() {
        return if error.is_timeout() {
            Failure::Timeout
        } else {
            Failure::Broken
        };
    }
    // A name that cannot be one on a certificate is not even looked up.
    if error.is_dns() || chain(error).any(|e| e.is::<InvalidDnsNameError>()) {
        return Failure::NotConnected(NoConnection::Dns);
    }
    if error.is_timeout() {
        return Failure::NotConnected(NoConnection::Timeout);
    }
    match chain(error)
        .filter_map(|e| e.downcast_ref::<io::Error>())
        .last()
        .map(io::Error::kind)
    {
        Some(io::ErrorKind::ConnectionRefused) => Failure::NotConnected(NoConnection::Refused),
        Some(io::ErrorKind::TimedOut) => Failure::NotConnected(NoConnection::Timeout),
        // The line was there and broke under the handshake.
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            Failure::Broken
        }
        _ => Failure::NotConnected(NoConnection::Unreachable),
    }
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
