//! One direction of a connection: lets exactly the bytes pass that the rules allow, and counts them.
//!
//! Two lanes lie over each other, the connection's and the exchange's; each has a mark to stop at and a pace. A
//! mark acts as soon as the byte before it has passed (a mark at 0: when the first byte wants to pass), so that
//! what follows never depends on how the network slices the stream.

use std::time::Duration;

use tokio::{
    net::TcpStream,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    plan::{End, Event, Mark},
    script::{Direction, How},
    stats::Entry,
    wire::{closed_by_peer, write_some},
};

/// Why a connection does not go on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Cut(How),
    Refused(How),
    /// Nothing passes any more until the client closes.
    Stalled,
    ClientGone,
    /// The server ended it, this way.
    UpstreamGone(How),
}

/// A mark and a pace over the bytes of a connection or of one message.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    passed: u64,
    mark: Option<Mark>,
    pace: Option<Pace>,
}

impl Lane {
    pub(crate) fn new(mark: Option<Mark>, bytes_per_s: Option<u64>) -> Self {
        Self {
            passed: 0,
            mark,
            pace: bytes_per_s.map(Pace::new),
        }
    }

    /// How many of `wanted` bytes may pass in one go.
    fn room(&self, wanted: usize) -> usize {
        let to_mark = self
            .mark
            .as_ref()
            .map_or(u64::MAX, |mark| mark.at.saturating_sub(self.passed));
        let piece = self.pace.as_ref().map_or(u64::MAX, Pace::piece);
        usize::try_from(to_mark.min(piece))
            .unwrap_or(usize::MAX)
            .min(wanted)
    }

    fn take_due(&mut self) -> Option<Event> {
        self.mark
            .take_if(|mark| mark.at <= self.passed)
            .map(|mark| mark.event)
    }

    /// The message ends with the next `bytes`.
    fn last(&mut self, bytes: usize) {
        let end = self.passed.saturating_add(count(bytes));
        if let Some(mark) = self
            .mark
            .as_mut()
            .filter(|mark| mark.end == End::Pulled && mark.at >= end)
        {
            mark.at = end.saturating_sub(1);
        }
    }
}

/// One direction of a connection.
pub(crate) struct Gate<'a> {
    direction: Direction,
    to: &'a TcpStream,
    /// Watched while bytes are held.
    client: &'a TcpStream,
    entry: Entry,
    connection: Lane,
    exchange: Lane,
}

impl<'a> Gate<'a> {
    pub(crate) fn up(upstream: &'a TcpStream, client: &'a TcpStream, entry: Entry, lane: Lane) -> Self {
        let direction = Direction::Up;
        Self {
            direction,
            to: upstream,
            client,
            entry,
            connection: lane,
            exchange: Lane::default(),
        }
    }

    pub(crate) fn down(client: &'a TcpStream, entry: Entry, lane: Lane) -> Self {
        let direction = Direction::Down;
        Self {
            direction,
            to: client,
            client,
            entry,
            connection: lane,
            exchange: Lane::default(),
        }
    }

    /// Begins a message with its own lane.
    pub(crate) fn begin(&mut self, lane: Lane) {
        self.exchange = lane;
    }

    /// Lets bytes pass, as far as the rules allow.
    pub(crate) async fn pass(&mut self, mut bytes: &[u8]) -> Result<(), Stop> {
        loop {
            while let Some(event) = self.connection.take_due().or_else(|| self.exchange.take_due()) {
                self.act(event).await?;
            }
            if bytes.is_empty() {
                return Ok(());
            }
            let room = self.exchange.room(self.connection.room(bytes.len()));
            let (piece, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            for pace in [&mut self.connection.pace, &mut self.exchange.pace]
                .into_iter()
                .flatten()
            {
                pace.turn(piece.len()).await;
            }
            self.write(piece).await?;
            bytes = rest;
        }
    }

    /// Lets the last bytes of a message pass.
    pub(crate) async fn pass_last(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.exchange.last(bytes.len());
        self.pass(bytes).await
    }

    /// The message has ended with the stream; nobody could know that it would.
    pub(crate) async fn stream_ended(&mut self) -> Result<(), Stop> {
        match self.exchange.mark.take_if(|mark| mark.end == End::Pulled) {
            Some(mark) => self.act(mark.event).await,
            None => Ok(()),
        }
    }

    /// Does what happens at a mark.
    pub(crate) async fn act(&mut self, event: Event) -> Result<(), Stop> {
        let held = async {
            match event {
                Event::Cut(how) => Err(Stop::Cut(how)),
                Event::Refuse(how) => Err(Stop::Refused(how)),
                Event::StallUntilClientGoes => Err(Stop::Stalled),
                Event::StallFor(time) => {
                    sleep(time).await;
                    Ok(())
                }
                Event::WaitFor(others) => {
                    // An error: nobody is left to wait for.
                    let _ = others.await;
                    Ok(())
                }
            }
        };
        tokio::select! {
            biased;
            done = held => done,
            () = closed_by_peer(self.client) => Err(Stop::ClientGone),
        }
    }

    async fn write(&mut self, mut piece: &[u8]) -> Result<(), Stop> {
        while !piece.is_empty() {
            let written = write_some(self.to, piece, &self.entry, self.direction).await;
            let written = written.map_err(|_| match self.direction {
                Direction::Up => Stop::UpstreamGone(How::Reset),
                Direction::Down => Stop::ClientGone,
            })?;
            self.connection.passed += count(written);
            self.exchange.passed += count(written);
            piece = piece.get(written..).unwrap_or_default();
        }
        Ok(())
    }
}

/// A rate kept from the first byte on: `n` bytes never pass before `n` / rate seconds have.
#[derive(Debug)]
struct Pace {
    bytes_per_s: u64,
    began: Option<Instant>,
    passed: u64,
}

impl Pace {
    const fn new(bytes_per_s: u64) -> Self {
        Self {
            bytes_per_s,
            began: None,
            passed: 0,
        }
    }

    /// Pieces of a twentieth of a second, so that slow looks slow and not like bursts.
    fn piece(&self) -> u64 {
        (self.bytes_per_s / 20).clamp(1, 16_384)
    }

    async fn turn(&mut self, bytes: usize) {
        let began = *self.began.get_or_insert_with(Instant::now);
        self.passed = self.passed.saturating_add(count(bytes));
        // In microseconds; a stream for which this overflows would have taken longer than the machine stands.
        let due = u128::from(self.passed) * 1_000_000 / u128::from(self.bytes_per_s.max(1));
        sleep_until(began + Duration::from_micros(u64::try_from(due).unwrap_or(u64::MAX / 4))).await;
    }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pace_is_kept_to_the_byte() {
        let began = Instant::now();
        let mut pace = Pace::new(1_000);
        let mut passed = 0;
        while passed < 2_500 {
            let piece = usize::try_from(pace.piece()).unwrap();
            pace.turn(piece).await;
            passed += piece;
        }
        // 2,500 bytes at 1,000 bytes a second, on the paused clock (timers have a resolution of 1 ms).
        assert_eq!(passed, 2_500);
        assert_eq!(began.elapsed().as_millis(), 2_500);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_pace_lets_single_bytes_pass() {
        let began = Instant::now();
        let mut pace = Pace::new(2);
        assert_eq!(pace.piece(), 1);
        for _ in 0..7 {
            pace.turn(1).await;
        }
        assert_eq!(began.elapsed().as_millis(), 3_500);
    }
}
