//! What the line has seen and let through, counted where bytes are written.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use tokio::sync::Notify;

use crate::script::Direction;

/// How many connections, and how many requests of each, are remembered one by one; totals go on.
const REMEMBERED: usize = 10_000;

/// How a connection or a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not ended yet.
    #[default]
    Open,
    /// Went through whole; of a connection: ended by the orderly end of one side.
    Passed,
    /// Cut by a rule.
    Cut,
    /// Stalled by a rule until the client closed its side.
    Stalled,
    /// Refused by a rule.
    Refused,
    /// Answered by a rule in the server's place.
    Answered,
    /// The client went away before the end.
    ClientGone,
    /// The server ended the connection before the end.
    UpstreamGone,
    /// The server could not be reached.
    Unreachable,
    /// The whole line was switched off.
    LineDown,
}

/// One request, as far as the line could read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestStats {
    /// Method as sent.
    pub method: String,
    /// Target as sent: path and query.
    pub path: String,
    /// Name of the rule that acted.
    pub rule: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Status of the server's answer, passed on or not, once its head was whole.
    pub status: Option<u16>,
    /// Bytes of this request written to the server, heads included.
    pub bytes_up: u64,
    /// Bytes of answers, canned and interim ones too, written to the client.
    pub bytes_down: u64,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionStats {
    /// Its number since the line was started, from 1.
    pub number: u64,
    /// Name of the connection rule that acted.
    pub rule: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Bytes written to the server.
    pub bytes_up: u64,
    /// Bytes written to the client.
    pub bytes_down: u64,
    /// Requests read on it, in order; none on TLS.
    pub requests: Vec<RequestStats>,
}

/// Sums since the line was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Connections accepted.
    pub connections: u64,
    /// Requests read.
    pub requests: u64,
    /// Bytes written to the server.
    pub bytes_up: u64,
    /// Bytes written to clients.
    pub bytes_down: u64,
}

/// Everything counted: sums over all, and the latest 10,000 connections one by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// The sums.
    pub totals: Totals,
    /// The connections, oldest first.
    pub connections: Vec<ConnectionStats>,
}

impl ConnectionStats {
    fn open_request(&mut self) -> Option<&mut RequestStats> {
        self.requests
            .last_mut()
            .filter(|request| request.outcome == Outcome::Open)
    }
}

#[derive(Clone, Default)]
pub(crate) struct Ledger {
    pages: Arc<Mutex<Pages>>,
    settled: Arc<Notify>,
}

#[derive(Default)]
struct Pages {
    totals: Totals,
    /// Requests read and not ended.
    under_way: u64,
    connections: VecDeque<ConnectionStats>,
}

impl Pages {
    fn connection(&mut self, number: u64) -> Option<&mut ConnectionStats> {
        let oldest = self.connections.front()?.number;
        self.connections
            .get_mut(usize::try_from(number.checked_sub(oldest)?).ok()?)
    }
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Pages> {
        // Counters stay meaningful whatever a panicking thread was at.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> Stats {
        let pages = self.lock();
        Stats {
            totals: pages.totals,
            connections: pages.connections.iter().cloned().collect(),
        }
    }

    pub(crate) fn totals(&self) -> Totals {
        self.lock().totals
    }

    /// Returns once every request read has ended.
    pub(crate) async fn settled(&self) {
        loop {
            let notified = self.settled.notified();
            if self.lock().under_way == 0 {
                return;
            }
            notified.await;
        }
    }

    /// Enters a new connection.
    pub(crate) fn open(&self) -> Entry {
        let mut pages = self.lock();
        pages.totals.connections += 1;
        let number = pages.totals.connections;
        if pages.connections.len() == REMEMBERED {
            let forgotten = pages.connections.pop_front();
            if forgotten.is_some_and(|mut connection| connection.open_request().is_some()) {
                pages.under_way -= 1;
            }
        }
        pages.connections.push_back(ConnectionStats {
            number,
            rule: None,
            outcome: Outcome::Open,
            bytes_up: 0,
            bytes_down: 0,
            requests: Vec::new(),
        });
        Entry {
            ledger: self.clone(),
            number,
        }
    }
}

/// The page of one connection.
#[derive(Clone)]
pub(crate) struct Entry {
    ledger: Ledger,
    number: u64,
}

impl Entry {
    fn change(&self, change: impl FnOnce(&mut ConnectionStats)) {
        if let Some(connection) = self.ledger.lock().connection(self.number) {
            change(connection);
        }
    }

    pub(crate) fn rule(&self, rule: Option<String>) {
        self.change(|connection| connection.rule = rule);
    }

    pub(crate) fn request(&self, method: &str, path: &str, rule: Option<String>) {
        let mut pages = self.ledger.lock();
        pages.totals.requests += 1;
        if let Some(connection) = pages.connection(self.number) {
            if connection.requests.len() == REMEMBERED {
                connection.requests.remove(0);
            }
            connection.requests.push(RequestStats {
                method: method.to_owned(),
                path: path.to_owned(),
                rule,
                outcome: Outcome::Open,
                status: None,
                bytes_up: 0,
                bytes_down: 0,
            });
            pages.under_way += 1;
        }
    }

    pub(crate) fn status(&self, status: u16) {
        self.change(|connection| {
            if let Some(request) = connection.open_request() {
                request.status = Some(status);
            }
        });
    }

    /// Writes and counts as one step: whoever has received a byte finds it counted.
    pub(crate) fn passing(
        &self,
        direction: Direction,
        write: impl FnOnce() -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut pages = self.ledger.lock();
        let written = write()?;
        let bytes = u64::try_from(written).unwrap_or(u64::MAX);
        let add = |up: &mut u64, down: &mut u64| match direction {
            Direction::Up => *up += bytes,
            Direction::Down => *down += bytes,
        };
        let totals = &mut pages.totals;
        add(&mut totals.bytes_up, &mut totals.bytes_down);
        if let Some(connection) = pages.connection(self.number) {
            add(&mut connection.bytes_up, &mut connection.bytes_down);
            if let Some(request) = connection.open_request() {
                add(&mut request.bytes_up, &mut request.bytes_down);
            }
        }
        Ok(written)
    }

    /// Ends the request under way, if there is one.
    pub(crate) fn end_request(&self, outcome: Outcome) {
        let mut pages = self.ledger.lock();
        if let Some(request) = pages
            .connection(self.number)
            .and_then(ConnectionStats::open_request)
        {
            request.outcome = outcome;
            pages.under_way -= 1;
            self.ledger.settled.notify_waiters();
        }
    }

    /// Ends the connection, and with it the request under way.
    pub(crate) fn end(&self, outcome: Outcome) {
        self.end_request(outcome);
        self.change(|connection| connection.outcome = outcome);
    }
}
