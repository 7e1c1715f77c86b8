//! One request and its answer on their way through the gates.
//!
//! Both directions run at the same time, because a server may answer before it has the whole request and a
//! client may wait for "100 Continue". The exchange ends when both messages have.

use tokio::net::TcpStream;

use crate::{
    answer::{After, Answer, Forward},
    connection::Connection,
    gate::{Gate, Lane, Stop},
    http_boundaries::{AnswerHead, Body, Reading, RequestHead},
    plan::{Event, Place, Rates, RequestPlan, Target},
    script::How,
    stats::{Entry, Outcome},
    wire::{closed_by_peer, half_close, read_some},
};

/// What the connection carries after an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Request,
    Tunnel,
    Close,
}

/// How the request went up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Whole,
    /// The client ended its stream inside the request.
    Torn,
    /// The server takes no more; an answer may have come before.
    Unwanted,
}

/// What becomes of the server's answer.
enum AnswerFate {
    /// It passes, under this mark and pace.
    Passes {
        mark: Option<(Place, Event)>,
        bytes_per_s: Option<u64>,
    },
    /// It is read to its end and dropped.
    Dropped,
}

pub(crate) struct Exchange<'c, 'a> {
    on: &'c mut Connection<'a>,
    head: RequestHead,
}

impl<'c, 'a> Exchange<'c, 'a> {
    pub(crate) fn new(on: &'c mut Connection<'a>, head: RequestHead) -> Self {
        Self { on, head }
    }

    pub(crate) async fn run(mut self, plan: RequestPlan) -> Result<Next, Stop> {
        let end = self.follow(plan).await;
        self.on.up.begin(Lane::default());
        self.on.down.begin(Lane::default());
        let (outcome, next) = end?;
        self.on.entry.end_request(outcome);
        Ok(next)
    }

    async fn follow(&mut self, plan: RequestPlan) -> Result<(Outcome, Next), Stop> {
        match plan {
            RequestPlan::Pass => self.pass(None, Rates::default()).await,
            RequestPlan::Throttle(rates) => self.pass(None, rates).await,
            RequestPlan::Mark { place, event } if place.target() == Target::AfterRequest => {
                self.on.up.begin(Lane::default());
                self.let_the_server_work().await?;
                self.on.up.act(event).await?;
                // A stall that is over: the answer is lost all the same, and with it the connection.
                Ok((Outcome::Stalled, Next::Close))
            }
            RequestPlan::Mark { place, event } => self.pass(Some((place, event)), Rates::default()).await,
            RequestPlan::Answer(answer) => self.answer(&answer).await,
        }
    }

    async fn pass(&mut self, mark: Option<(Place, Event)>, rates: Rates) -> Result<(Outcome, Next), Stop> {
        let (up, down) = match mark {
            Some((place, event)) if place.target() == Target::Request => {
                (place.mark(self.head.length, &self.head.body, event), None)
            }
            down => (None, down),
        };
        self.on.up.begin(Lane::new(up, rates.up));
        let next = self
            .move_both(AnswerFate::Passes {
                mark: down,
                bytes_per_s: rates.down,
            })
            .await?;
        Ok((Outcome::Passed, next))
    }

    /// Gives an answer that is not the server's.
    async fn answer(&mut self, answer: &Answer) -> Result<(Outcome, Next), Stop> {
        let before = match answer.forward {
            Forward::Yes => self.let_the_server_work().await?,
            Forward::No => self.swallow_request().await?,
        };
        let wire = answer.on_the_wire(&self.head.method);
        let mut next = if wire.then == After::Close {
            Next::Close
        } else {
            before
        };
        let told = async {
            self.on.down.pass(&wire.bytes).await?;
            while let Some(piece) = &wire.endlessly {
                self.on.down.pass(piece).await?;
            }
            Ok(())
        };
        match (told.await, &wire.endlessly) {
            // The only end of an endless answer.
            (Err(Stop::ClientGone), Some(_)) => next = Next::Close,
            (told, _) => told?,
        }
        Ok((Outcome::Answered, next))
    }

    /// Forwards the request whole and drops the server's answer.
    async fn let_the_server_work(&mut self) -> Result<Next, Stop> {
        match self.move_both(AnswerFate::Dropped).await {
            // A server that ends instead of answering changes nothing: its answer was not to pass.
            Err(Stop::UpstreamGone(_)) | Ok(Next::Tunnel) => Ok(Next::Close),
            moved => moved,
        }
    }

    async fn swallow_request(&mut self) -> Result<Next, Stop> {
        if self.head.expects_continue {
            self.on.down.pass(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        self.on
            .from_client
            .drain(..self.head.length.min(self.on.from_client.len()));
        let mut body = self.head.body.clone();
        while !body.is_done() {
            if self.on.from_client.is_empty() && !more(self.on.client, &mut self.on.from_client).await {
                return Err(Stop::ClientGone);
            }
            let taken = body.take(&self.on.from_client);
            self.on.from_client.drain(..taken);
        }
        Ok(Next::Request)
    }

    /// Moves the request up and the answer down, each to its end.
    async fn move_both(&mut self, fate: AnswerFate) -> Result<Next, Stop> {
        let on = &mut *self.on;
        let (client, upstream) = (on.client, on.upstream);
        // Whoever drops the answer wants the server to do its work, whether the client waits for it or not.
        let mut tell_end = matches!(fate, AnswerFate::Passes { .. });
        let up = send(client, &mut on.from_client, &mut on.up, &self.head);
        let down = receive(
            upstream,
            &mut on.from_upstream,
            &mut on.down,
            on.entry,
            &self.head.method,
            fate,
        );
        let (mut up, mut down) = (std::pin::pin!(up), std::pin::pin!(down));
        let (mut sent, mut received) = (None, None);
        while sent.is_none() || received.is_none() {
            tokio::select! {
                biased;
                end = &mut up, if sent.is_none() => {
                    sent = Some(end?);
                    if sent == Some(Sent::Torn) {
                        half_close(upstream);
                        tell_end = false;
                    }
                }
                end = &mut down, if received.is_none() => received = Some(end?),
                () = closed_by_peer(client), if tell_end && sent == Some(Sent::Whole) => {
                    half_close(upstream);
                    tell_end = false;
                }
            }
        }
        Ok(match (sent, received) {
            (Some(Sent::Whole), Some(next)) => next,
            _ => Next::Close,
        })
    }
}

async fn send(
    client: &TcpStream,
    waiting: &mut Vec<u8>,
    gate: &mut Gate<'_>,
    head: &RequestHead,
) -> Result<Sent, Stop> {
    let mut body = head.body.clone();
    let mut ready = head.length;
    loop {
        let piece: Vec<u8> = waiting.drain(..ready.min(waiting.len())).collect();
        let passed = if body.is_done() {
            gate.pass_last(&piece).await
        } else {
            gate.pass(&piece).await
        };
        match passed {
            Err(Stop::UpstreamGone(_)) => return Ok(Sent::Unwanted),
            passed => passed?,
        }
        if body.is_done() {
            return Ok(Sent::Whole);
        }
        if waiting.is_empty() && !more(client, waiting).await {
            return Ok(Sent::Torn);
        }
        ready = body.take(waiting);
    }
}

async fn receive(
    upstream: &TcpStream,
    waiting: &mut Vec<u8>,
    gate: &mut Gate<'_>,
    entry: &Entry,
    method: &str,
    fate: AnswerFate,
) -> Result<Next, Stop> {
    // Interim answers first: they pass whatever becomes of the answer, or the request would not come.
    let head = loop {
        match AnswerHead::read(waiting, method) {
            Reading::Head(head) if head.is_interim() => {
                let interim: Vec<u8> = waiting.drain(..head.length.min(waiting.len())).collect();
                gate.pass(&interim).await?;
            }
            Reading::Head(head) => {
                entry.status(head.status);
                break head;
            }
            // No HTTP: all of it is body.
            Reading::Opaque => {
                break AnswerHead {
                    status: 0,
                    length: 0,
                    body: Body::UntilClose,
                };
            }
            Reading::Partial => {
                let read = read_some(upstream, waiting).await;
                let Ok(1..) = read else {
                    if let AnswerFate::Passes { .. } = fate {
                        gate.pass(waiting).await?;
                    }
                    return Err(Stop::UpstreamGone(if read.is_ok() {
                        How::Close
                    } else {
                        How::Reset
                    }));
                };
            }
        }
    };
    let mut body = head.body.clone();
    let passes = match fate {
        AnswerFate::Passes { mark, bytes_per_s } => {
            let mark = mark.and_then(|(place, event)| place.mark(head.length, &body, event));
            gate.begin(Lane::new(mark, bytes_per_s));
            true
        }
        AnswerFate::Dropped => false,
    };
    let mut ready = head.length;
    loop {
        let piece: Vec<u8> = waiting.drain(..ready.min(waiting.len())).collect();
        if passes && body.is_done() {
            gate.pass_last(&piece).await?;
        } else if passes {
            gate.pass(&piece).await?;
        }
        if head.switches_protocols() {
            return Ok(Next::Tunnel);
        }
        if body.is_done() {
            return Ok(Next::Request);
        }
        if waiting.is_empty() {
            match (read_some(upstream, waiting).await, &body) {
                (Ok(1..), _) => {}
                (Ok(0), Body::UntilClose) => {
                    if passes {
                        gate.stream_ended().await?;
                    }
                    return Ok(Next::Close);
                }
                (Ok(0), _) => return Err(Stop::UpstreamGone(How::Close)),
                (Err(_), _) => return Err(Stop::UpstreamGone(How::Reset)),
            }
        }
        ready = body.take(waiting);
    }
}

/// Reads more of a stream; an error is an end.
async fn more(stream: &TcpStream, into: &mut Vec<u8>) -> bool {
    matches!(read_some(stream, into).await, Ok(1..))
}
