//! One request on the line: files opened, bytes counted, the answer as `georeport` reads it.

use std::sync::Arc;

use georeport::{Answer, Request};
use phananh_domain::attachment::Sha256;
use phananh_domain::outcome::Sent;
use phananh_domain::time::{Millis, Timestamp};

use crate::error::Result;
use crate::files::FileError;
use crate::remote::{BytesSent, Exchange, Failure, Outgoing};
use crate::world::World;

/// Requests and bytes of one piece of work.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Traffic {
    pub(crate) requests: u32,
    /// HTTP headers and bodies.
    pub(crate) bytes_sent: u64,
    /// HTTP headers and bodies.
    pub(crate) bytes_received: u64,
}

/// What became of a request.
pub(crate) struct Answered {
    exchange: Exchange,
    headers: Vec<(String, String)>,
}

impl Answered {
    fn of(exchange: Exchange) -> Self {
        let headers = match &exchange.result {
            Ok(reply) | Err(Failure::TooLong(reply)) => reply
                .headers
                .iter()
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect(),
            Err(_) => Vec::new(),
        };
        Self { exchange, headers }
    }

    /// The answer, or why there is none.
    pub(crate) fn answer(&self) -> std::result::Result<Answer<'_>, &Failure> {
        let reply = self.exchange.result.as_ref()?;
        Ok(Answer {
            status: reply.status,
            headers: &self.headers,
            body: &reply.body,
        })
    }

    /// Whether a byte may have left.
    pub(crate) fn sent(&self) -> Sent {
        match self.exchange.sent {
            BytesSent::None => Sent::Nothing,
            BytesSent::MayBe => Sent::MayBe,
        }
    }

    /// Server clock minus phone clock at `now`, where the answer told.
    pub(crate) fn skew_ms(&self, now: Timestamp) -> Option<Millis> {
        let theirs = georeport::date_header(&self.answer().ok()?)?;
        Some(theirs.saturating_sub(now.as_millis()))
    }
}

/// Sends a request and waits for its answer, `total_ms` at most. Its files are named by the hash of their bytes.
pub(crate) async fn ask(
    world: &Arc<World>,
    request: &Request,
    total_ms: Millis,
    traffic: &mut Traffic,
) -> Answered {
    let opened: Result<Outgoing> = {
        let request = request.clone();
        world
            .blocking(move |w| {
                Ok(Outgoing::new(&request, |source, bytes| {
                    let hash = Sha256::parse(source).ok_or(FileError::Gone)?;
                    w.files.open_for_upload(&hash, bytes)
                })?)
            })
            .await
    };
    let exchange = match opened {
        Ok(outgoing) => {
            traffic.requests = traffic.requests.saturating_add(1);
            world.remote.send(outgoing.within(total_ms.unsigned_abs())).await
        }
        // Gone or changed between the check and the opening: nothing has left.
        Err(_) => Exchange {
            sent: BytesSent::None,
            result: Err(Failure::File),
            bytes_up: 0,
            bytes_down: 0,
        },
    };
    traffic.bytes_sent = traffic.bytes_sent.saturating_add(exchange.bytes_up);
    traffic.bytes_received = traffic.bytes_received.saturating_add(exchange.bytes_down);
    Answered::of(exchange)
}
