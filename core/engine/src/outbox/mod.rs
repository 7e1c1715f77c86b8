//! The outbox: what is owed goes out, once, whatever the line does.
//!
//! One machine for every kind of effect: the words of a report, each photo, each message. A job is a durable row; an
//! attempt is one request made for it:
//!
//! 1. [`pick`] chooses the job whose turn it is (life, urgent, words before photos, oldest) among those that may go.
//! 2. `attempt` prepares the request. Before its first byte leaves, job and submission say so on disk: `sending`,
//!    exposure `unknown`. A kill from here on is an attempt whose outcome is unknown, never one that did not happen.
//! 3. `observe` turns what came back into one observation; `phananh_domain::outcome::rule` says what it means.
//! 4. `settle` writes the ruling: job, submission, receipt, case, city, photos, in one transaction. Events after.
//!
//! Where a byte may have left and the city does not honour keys, `look` asks its lists instead of sending again.
//! Nothing is ever given up: only the citizen ends a job, by a decision that `client::decide` offers.

mod attempt;
mod build;
mod look;
mod observe;
mod pick;
mod restart;
mod settle;
pub(crate) mod waiting;
mod worker;

use std::collections::HashSet;
use std::sync::Arc;

use phananh_domain::id::{AccountId, CityId};
use phananh_domain::time::{Millis, Timestamp};

pub(crate) use look::{Glance, look_before_decision};
pub(crate) use restart::put_right;
pub(crate) use worker::{network_is_back, work};

use crate::error::Result;
use crate::line::Traffic;
use crate::store::jobs;
use crate::world::World;

/// How a drain treats waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Obeys every wait.
    #[default]
    Waits,
    /// Ignores backoff; never the waits of a look-up or of Retry-After.
    Now,
}

/// Bounds of a drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrainLimits {
    /// Keeps waiting for what comes due within this time; absent: only what is due now, and what follows from it.
    pub deadline_ms: Option<Millis>,
    /// Starts no request once this many bytes were sent.
    pub max_bytes: Option<u64>,
    /// How to treat waits.
    pub pace: Pace,
}

/// What a drain came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrainReport {
    /// Reports and messages that the city took in this drain.
    pub delivered: u32,
    /// Jobs still owed, those that wait for the citizen among them.
    pub owed: u32,
    /// Jobs that wait for the citizen: for a decision, a sign-in, the city's address.
    pub needs_citizen: u32,
    /// When the next one comes due, if by itself.
    pub next_due_at: Option<Timestamp>,
    /// Bytes sent: HTTP headers and bodies.
    pub bytes_sent: u64,
    /// Bytes received: HTTP headers and bodies.
    pub bytes_received: u64,
    /// Requests made.
    pub requests: u32,
}

/// Counts of one drain.
#[derive(Debug, Default)]
struct Tally {
    traffic: Traffic,
    /// Accounts whose sign-in was renewed because the city refused it: another refusal is the last.
    renewed: HashSet<(CityId, AccountId)>,
    /// Reports and messages that arrived.
    delivered: u32,
    /// Bytes after which no request starts.
    max_bytes: Option<u64>,
}

impl Tally {
    /// The bytes that this drain may send are spent: nothing starts any more.
    fn is_spent(&self) -> bool {
        self.max_bytes.is_some_and(|max| self.traffic.bytes_sent >= max)
    }
}

/// Sends what is owed until nothing is due, the limits are reached, or (with a deadline) the time is over.
pub(crate) async fn drain(world: &Arc<World>, limits: &DrainLimits) -> Result<DrainReport> {
    let gate = world.gate.lock().await;
    let started = world.now();
    let mut tally = Tally {
        max_bytes: limits.max_bytes,
        ..Tally::default()
    };
    let mut resting = pick::Resting::default();
    world.blocking(put_right).await?;
    world.blocking(crate::ingest::ingest_pending).await?;
    loop {
        let over_bytes = tally.is_spent();
        let pace = limits.pace;
        let rest = resting.clone();
        let choice = world.blocking(move |w| pick::next(w, pace, &rest)).await?;
        match choice {
            pick::Choice::Job(job) if !over_bytes => {
                // Its future is a large one, and a drain waits in many places.
                let outcome = Box::pin(attempt::attempt(world, &job, &mut tally)).await?;
                resting.note(&job, outcome);
            }
            pick::Choice::Job(_) | pick::Choice::Nothing => break,
            pick::Choice::At(at) => {
                let Some(deadline) = limits.deadline_ms else { break };
                let left = deadline - world.now().since(started);
                let wait = at.since(world.now());
                if over_bytes || wait > left {
                    break;
                }
                resting = pick::Resting::default();
                tokio::select! {
                    () = world.clock.wait(wait.max(0)) => {}
                    () = world.wake.notified() => {}
                }
            }
        }
        if limits
            .deadline_ms
            .is_some_and(|d| world.now().since(started) >= d)
        {
            break;
        }
    }
    drop(gate);
    let pace = Pace::Waits;
    world
        .blocking(move |w| {
            let owed = w.store.read(jobs::owed)?;
            let needs_citizen = pick::needs_citizen(w, &owed)?;
            let next_due_at = pick::next_due(w, pace, &owed)?;
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            Ok(DrainReport {
                delivered: tally.delivered,
                owed: count(owed.len()),
                needs_citizen: count(needs_citizen),
                next_due_at,
                bytes_sent: tally.traffic.bytes_sent,
                bytes_received: tally.traffic.bytes_received,
                requests: tally.traffic.requests,
            })
        })
        .await
}
