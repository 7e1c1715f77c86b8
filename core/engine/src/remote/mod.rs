//! HTTP, and what can be known about bytes that may have left.
//!
//! One request in, one [`Exchange`] out, never an error on the side: the outbox decides by what the exchange says. The
//! promise that nothing is filed twice rests on [`BytesSent`]: `None` is said only where no byte of the request can
//! have reached the network; whatever is not sure is `MayBe`.
//!
//! * No redirect is followed, nothing is retried, no proxy and no cookie is used; HTTP/1.1 only.
//! * A request that files something takes a connection of its own: a server closes idle connections when it likes, and
//!   a request lost in that race could not be told from one that was filed. Questions share connections.
//! * `https` only, except to this machine. Names and answers are hostile: answers are bounded, and no error or `Debug`
//!   here shows an address, a header or a body.
//! * Dropping the future aborts the request. What a caller must know then (a byte may have left) it wrote down before.

mod address;
mod config;
mod exchange;
mod failure;
mod outgoing;
mod send;
mod tls;

mod wire;

use reqwest::redirect::Policy;

use crate::effects::Effects;
use crate::error::{Error, Result};

pub(crate) use address::check_base;
pub(crate) use config::RemoteConfig;
pub use config::Roots;
pub(crate) use exchange::{BytesSent, Exchange, Failure, NoConnection, NotAllowed, Reply};
pub(crate) use outgoing::Outgoing;

/// The way to cities. Cheap to keep, made once for a store.
#[derive(Debug)]
pub(crate) struct Remote {
    config: RemoteConfig,
    /// Shares connections: for what may be asked twice.
    questions: reqwest::Client,
    /// A connection for each request.
    filings: reqwest::Client,
    effects: Effects,
}

impl Remote {
    /// Reads the roots and prepares TLS; connects to nothing.
    ///
    /// # Errors
    /// `BadInput` in `roots` where the PEM text holds no certificate or a broken one.
    pub(crate) fn new(config: RemoteConfig, effects: Effects) -> Result<Self> {
        let tls = tls::client_config(&config.roots)?;
        let client = |idle_connections| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(address::Names)
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .http1_only()
                .tcp_nodelay(true)
                .connect_timeout(config.connect())
                .pool_max_idle_per_host(idle_connections)
                .pool_idle_timeout(config.pool_idle())
                .build()
                .map_err(|_| Error::Internal)
        };
        Ok(Self {
            questions: client(2)?,
            filings: client(0)?,
            config,
            effects,
        })
    }
}

#[cfg(test)]
mod tests;
