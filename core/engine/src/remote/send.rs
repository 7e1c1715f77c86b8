//! One request, one answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use georeport::Method;
use reqwest::header::{
    ACCEPT, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use tokio::time::timeout;
use url::Url;

use super::outgoing::{Outgoing, Progress};
use super::{BytesSent, Exchange, Failure, NotAllowed, Remote, Reply, address, failure, wire};
use crate::effects::Effect;

const AGENT: &str = concat!("phananh/", env!("CARGO_PKG_VERSION"));

/// What is known of an exchange that goes on.
struct Seen {
    sent: BytesSent,
    bytes_down: u64,
}

impl Remote {
    /// Sends one request and reads its answer. Never fails otherwise than the exchange says.
    ///
    /// Cancel-safe: dropping the future closes the connection; whether a byte had left is then not known.
    pub(crate) async fn send(&self, request: Outgoing) -> Exchange {
        let (url, headers) = match head(&request) {
            Ok(head) => head,
            Err(why) => return Exchange::unsent(Failure::NotAllowed(why)),
        };
        let total = request
            .total_ms
            .map_or(self.config.total(), Duration::from_millis);
        let up_head = wire::request_head(request.method.as_str(), &url, &headers);
        let progress = Arc::new(Progress::default());
        let mut seen = Seen {
            sent: BytesSent::None,
            bytes_down: 0,
        };
        let work = self.exchange(request, url, headers, &progress, &mut seen, total);
        let result = timeout(total, work).await.unwrap_or(Err(Failure::Timeout));
        let result = match result {
            Err(Failure::Broken) if progress.is_torn() => Err(Failure::File),
            other => other,
        };
        let bytes_up = match seen.sent {
            BytesSent::None => 0,
            BytesSent::MayBe => up_head.saturating_add(progress.taken()),
        };
        Exchange {
            sent: seen.sent,
            result,
            bytes_up,
            bytes_down: seen.bytes_down,
        }
    }

    async fn exchange(
        &self,
        request: Outgoing,
        url: Url,
        headers: HeaderMap,
        progress: &Arc<Progress>,
        seen: &mut Seen,
        total: Duration,
    ) -> Result<Reply, Failure> {
        let (client, method, patience) = match request.method {
            // A question is small: silence means that nobody is there.
            Method::Get => {
                let patience = self.config.connect().saturating_add(self.config.read_idle());
                (&self.questions, reqwest::Method::GET, patience)
            }
            // A photo on a slow line lies in the phone's own buffers for minutes, and looks like silence.
            Method::Post => (&self.filings, reqwest::Method::POST, total),
            Method::Delete => {
                let patience = self.config.connect().saturating_add(self.config.read_idle());
                (&self.filings, reqwest::Method::DELETE, patience)
            }
        };
        self.effects
            .pass(Effect::NetConnect)
            .map_err(|_| Failure::Broken)?;
        let mut built = client.request(method, url).headers(headers);
        if request.length.is_some() {
            built = built.body(request.into_body(progress));
        }
        self.effects.pass(Effect::NetSend).map_err(|_| Failure::Broken)?;
        // From here on only an error that says so can take it back.
        seen.sent = BytesSent::MayBe;
        let response = match timeout(patience, built.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                seen.sent = failure::sent(&error);
                return Err(failure::failure(&error));
            }
            Err(_) => return Err(Failure::Timeout),
        };
        seen.bytes_down = wire::answer_head(response.status(), response.headers());
        let reply = self.read(response, seen).await?;
        self.effects
            .pass(Effect::NetReceive)
            .map_err(|_| Failure::Broken)?;
        Ok(reply)
    }

    /// Reads the body, as far as it is allowed to go.
    async fn read(&self, mut response: reqwest::Response, seen: &mut Seen) -> Result<Reply, Failure> {
        let max = self.config.max_body;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let mut body = BytesMut::new();
        loop {
            let piece: Bytes = match timeout(self.config.read_idle(), response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => {
                    return Ok(Reply {
                        status,
                        headers,
                        body: body.freeze(),
                    });
                }
                Ok(Err(error)) => return Err(failure::failure(&error)),
                Err(_) => return Err(Failure::Timeout),
            };
            seen.bytes_down = seen.bytes_down.saturating_add(piece.len() as u64);
            let room = max.saturating_sub(body.len());
            body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if piece.len() > room {
                return Err(Failure::TooLong(Reply {
                    status,
                    headers,
                    body: body.freeze(),
                }));
            }
        }
    }
}

/// URL and headers as they go on the line. All headers are set here, none by the library: their bytes are counted.
fn head(request: &Outgoing) -> Result<(Url, HeaderMap), NotAllowed> {
    let url = address::check(&request.url)?;
    let mut headers = HeaderMap::new();
    headers.insert(HOST, wire::host(&url).ok_or(NotAllowed::NoHost)?);
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| NotAllowed::Header)?;
        let value = HeaderValue::from_str(value).map_err(|_| NotAllowed::Header)?;
        headers.insert(name, value);
    }
    // Last, so that no caller can turn a known length into another or into none.
    headers.remove(TRANSFER_ENCODING);
    if let Some(length) = request.length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Ok((url, headers))
}
