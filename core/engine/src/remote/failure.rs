//! Reading reqwest's errors: what went wrong, and whether a byte can have left.

use std::error::Error as StdError;
use std::io;

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
    if chain(error).any(is_tls) {
        return Failure::Tls;
    }
    if !error.is_connect() {
        return if error.is_timeout() {
            Failure::Timeout
        } else {
            Failure::Broken
        };
    }
    if error.is_dns() {
        return Failure::NotConnected(NoConnection::Dns);
    }
    if error.is_timeout() {
        return Failure::NotConnected(NoConnection::Timeout);
    }
    match chain(error)
        .find_map(|e| e.downcast_ref::<io::Error>())
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

fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    // An `io::Error` hides its content from `source`.
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || inside.is_some_and(|e| e.is::<rustls::Error>())
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(
        Some(error as &'a (dyn StdError + 'static)),
        |e: &&'a (dyn StdError + 'static)| (*e).source(),
    )
}
