//! One connection: requests one after the other, or bytes without meaning.

use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::{
    closing,
    exchange::{Exchange, Next},
    gate::{Gate, Lane, Stop},
    http_boundaries::{Reading, RequestHead},
    line::Shared,
    plan::{ConnectionPlan, Planned},
    script::{Direction, How},
    stats::{Entry, Outcome},
    wire::{closed_by_peer, half_close, read_some},
};

/// Carries one accepted connection to its end, or to the moment when the line goes down.
pub(crate) async fn carry(client: TcpStream, shared: Shared) {
    let entry = shared.ledger.open();
    let Planned {
        plan,
        rule,
        arrival: _until_the_end,
    } = shared.book().connection();
    entry.rule(rule);
    let (up, down) = match plan {
        ConnectionPlan::Refuse(how) => {
            entry.end(Outcome::Refused);
            return closing::end_one(client, how).await;
        }
        ConnectionPlan::Pass => (Lane::default(), Lane::default()),
        ConnectionPlan::Mark {
            direction: Direction::Up,
            mark,
        } => (Lane::new(Some(mark), None), Lane::default()),
        ConnectionPlan::Mark {
            direction: Direction::Down,
            mark,
        } => (Lane::default(), Lane::new(Some(mark), None)),
        ConnectionPlan::Throttle(rates) => (Lane::new(None, rates.up), Lane::new(None, rates.down)),
    };

    let mut going_down = shared.going_down.subscribe();
    let upstream = tokio::select! {
        connected = connect(shared.target()) => connected,
        _ = going_down.changed() => {
            entry.end(Outcome::LineDown);
            return closing::reset(client);
        }
    };
    let Ok(upstream) = upstream else {
        entry.end(Outcome::Unreachable);
        return closing::reset(client);
    };
    // Small pieces must leave at once: a position is a position on the wire.
    let _ = client.set_nodelay(true);

    let mut connection = Connection {
        client: &client,
        upstream: &upstream,
        up: Gate::up(&upstream, &client, entry.clone(), up),
        down: Gate::down(&client, entry.clone(), down),
        entry: &entry,
        shared: &shared,
        from_client: Vec::new(),
        from_upstream: Vec::new(),
    };
    let end = tokio::select! {
        end = connection.run() => end,
        _ = going_down.changed() => {
            entry.end(Outcome::LineDown);
            closing::reset(client);
            return closing::reset(upstream);
        }
    };
    let (outcome, how) = match end {
        Ok(how) => (Outcome::Passed, how),
        Err(Stop::Cut(how)) => (Outcome::Cut, how),
        Err(Stop::Refused(how)) => (Outcome::Refused, how),
        Err(Stop::Stalled) => (Outcome::Stalled, How::Close),
        Err(Stop::ClientGone) => (Outcome::ClientGone, How::Close),
        Err(Stop::UpstreamGone(how)) => (Outcome::UpstreamGone, how),
    };
    // First the books, then the sockets: whoever has seen the end of a connection finds its outcome.
    entry.end(outcome);
    let closing = closing::end(client, upstream, how);
    tokio::select! {
        () = closing => {}
        _ = going_down.changed() => {}
    }
}

async fn connect(target: SocketAddr) -> std::io::Result<TcpStream> {
    let upstream = TcpStream::connect(target).await?;
    upstream.set_nodelay(true)?;
    Ok(upstream)
}

/// The two sockets, what was read from them and not passed on yet, and the gates between them.
pub(crate) struct Connection<'a> {
    pub(crate) client: &'a TcpStream,
    pub(crate) upstream: &'a TcpStream,
    pub(crate) up: Gate<'a>,
    pub(crate) down: Gate<'a>,
    pub(crate) entry: &'a Entry,
    pub(crate) shared: &'a Shared,
    pub(crate) from_client: Vec<u8>,
    pub(crate) from_upstream: Vec<u8>,
}

impl Connection<'_> {
    async fn run(&mut self) -> Result<How, Stop> {
        match self.requests().await {
            Err(Stop::Stalled) => {
                closed_by_peer(self.client).await;
                Err(Stop::Stalled)
            }
            end => end,
        }
    }

    async fn requests(&mut self) -> Result<How, Stop> {
        loop {
            let head = match RequestHead::read(&self.from_client) {
                Reading::Head(head) => head,
                Reading::Opaque => return self.tunnel().await,
                Reading::Partial => {
                    if let Some(end) = self.wait_for_bytes().await? {
                        return Ok(end);
                    }
                    continue;
                }
            };
            let Planned {
                plan,
                rule,
                arrival: _until_the_end,
            } = self.shared.book().request(&head.method, &head.target);
            self.entry.request(&head.method, &head.target, rule);
            match Exchange::new(self, head).run(plan).await? {
                Next::Request => {}
                Next::Close => return Ok(How::Close),
                Next::Tunnel => return self.tunnel().await,
            }
        }
    }

    /// Between two requests: more of the next head, or something unasked from the server, which passes.
    async fn wait_for_bytes(&mut self) -> Result<Option<How>, Stop> {
        tokio::select! {
            biased;
            read = read_some(self.client, &mut self.from_client) => match read {
                Ok(1..) => Ok(None),
                Ok(0) => {
                    // Half a head came: it passes like anything else that was sent.
                    let torn = std::mem::take(&mut self.from_client);
                    self.up.pass(&torn).await?;
                    Ok(Some(How::Close))
                }
                Err(_) => Ok(Some(How::Reset)),
            },
            read = read_some(self.upstream, &mut self.from_upstream) => match read {
                Ok(1..) => {
                    let unasked = std::mem::take(&mut self.from_upstream);
                    self.down.pass(&unasked).await?;
                    Ok(None)
                }
                Ok(0) => Ok(Some(How::Close)),
                Err(_) => Ok(Some(How::Reset)),
            },
        }
    }

    /// Bytes without meaning, both ways, until both sides have ended.
    async fn tunnel(&mut self) -> Result<How, Stop> {
        let up = one_way(self.client, self.upstream, &mut self.from_client, &mut self.up);
        let down = one_way(
            self.upstream,
            self.client,
            &mut self.from_upstream,
            &mut self.down,
        );
        let (up, down) = tokio::try_join!(up, down)?;
        Ok(if up == How::Reset || down == How::Reset {
            How::Reset
        } else {
            How::Close
        })
    }
}

async fn one_way(
    from: &TcpStream,
    to: &TcpStream,
    waiting: &mut Vec<u8>,
    gate: &mut Gate<'_>,
) -> Result<How, Stop> {
    loop {
        gate.pass(waiting).await?;
        waiting.clear();
        match read_some(from, waiting).await {
            Ok(1..) => {}
            Ok(0) => {
                half_close(to);
                return Ok(How::Close);
            }
            Err(_) => {
                // The other direction sees the end too, and both sockets are reset then.
                half_close(to);
                return Ok(How::Reset);
            }
        }
    }
}
