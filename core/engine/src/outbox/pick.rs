//! Whose turn is it?
//!
//! Every owed job gives one answer: it may go, it may go at an instant, or something else must happen first (the
//! citizen, the words before the photo, a number before the message, a photo still being made). The first that may go
//! in the order of the domain goes; if none, the earliest instant is told.

use std::collections::{BTreeMap, HashSet};

use phananh_domain::attachment::IngestState;
use phananh_domain::id::{CityId, JobId};
use phananh_domain::job::{JobKind, JobState};
use phananh_domain::reason::Reason;
use phananh_domain::retry::{Budget, due, priority};
use phananh_domain::time::Timestamp;
use phananh_domain::why::{Address, may_send_now};
use rusqlite::Connection;

use super::Pace;
use crate::city::Facts;
use crate::error::Result;
use crate::store::{CaseRow, JobRow, attachments, cases, cities, jobs};
use crate::tokens;
use crate::world::{Conditions, Keeper, World};

/// What to do next.
pub(super) enum Choice {
    /// Attempt this one.
    Job(Box<JobRow>),
    /// Nothing now; something then.
    At(Timestamp),
    /// Nothing that comes by itself.
    Nothing,
}

/// What is left alone for the rest of a drain: it was tried, and trying again at once would tell nothing new.
#[derive(Debug, Clone, Default)]
pub(super) struct Resting {
    jobs: HashSet<JobId>,
    cities: HashSet<CityId>,
}

impl Resting {
    /// Notes what an attempt came to.
    pub(super) fn note(&mut self, job: &JobRow, outcome: Outcome) {
        match outcome {
            // A job that went on may have a next step at once (the same key again, a look-up).
            Outcome::WentOn => {}
            Outcome::Waits => {
                self.jobs.insert(job.id);
            }
            Outcome::CityUnreachable => {
                self.cities.insert(job.city.clone());
            }
        }
    }
}

/// What an attempt came to, for the rest of a drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Done, or ready for its next step.
    WentOn,
    /// It waits for an instant or an event.
    Waits,
    /// The city cannot be reached: nothing of it is tried now.
    CityUnreachable,
}

/// Whether one job may go.
enum Turn {
    Now,
    At(Timestamp),
    Later,
}

/// Chooses.
pub(super) fn next(world: &World, pace: Pace, resting: &Resting) -> Result<Choice> {
    let owed = world.store.read(jobs::owed)?;
    let mut order: Vec<&JobRow> = owed.iter().collect();
    order.sort_by_key(|j| priority(j.urgency, j.kind, j.created_at, j.id));
    let mut soonest: Option<Timestamp> = None;
    let mut known = Known::new(world);
    for job in order {
        if resting.jobs.contains(&job.id) || resting.cities.contains(&job.city) {
            if let Turn::At(at) = known.turn(job, Pace::Waits)? {
                soonest = Some(soonest.map_or(at, |s| s.min(at)));
            }
            continue;
        }
        match known.turn(job, pace)? {
            Turn::Now => return Ok(Choice::Job(Box::new(job.clone()))),
            Turn::At(at) => soonest = Some(soonest.map_or(at, |s| s.min(at))),
            Turn::Later => {}
        }
    }
    Ok(soonest.map_or(Choice::Nothing, Choice::At))
}

/// When the next of these comes due by itself; now, where one may go already.
pub(super) fn next_due(world: &World, pace: Pace, owed: &[JobRow]) -> Result<Option<Timestamp>> {
    let mut known = Known::new(world);
    let mut soonest: Option<Timestamp> = None;
    for job in owed {
        let at = match known.turn(job, pace)? {
            Turn::Now => Some(world.now()),
            Turn::At(at) => Some(at),
            Turn::Later => None,
        };
        soonest = match (soonest, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Ok(soonest)
}

/// Facts read once a choice.
struct Known<'a> {
    world: &'a World,
    now: Timestamp,
    conditions: Conditions,
    keeper: Keeper,
    facts: BTreeMap<CityId, Facts>,
}

impl<'a> Known<'a> {
    fn new(world: &'a World) -> Self {
        Self {
            world,
            now: world.now(),
            conditions: world.conditions(),
            keeper: world.keeper(),
            facts: BTreeMap::new(),
        }
    }

    fn facts(&mut self, conn: &Connection, city: &CityId) -> Result<Facts> {
        if let Some(facts) = self.facts.get(city) {
            return Ok(facts.clone());
        }
        let facts = Facts::load(conn, city)?;
        self.facts.insert(city.clone(), facts.clone());
        Ok(facts)
    }

    fn turn(&mut self, job: &JobRow, pace: Pace) -> Result<Turn> {
        let world = self.world;
        world.store.read(|conn| self.turn_of(conn, job, pace))
    }

    fn turn_of(&mut self, conn: &Connection, job: &JobRow, pace: Pace) -> Result<Turn> {
        let (next_at, must_wait) = match job.state {
            JobState::Queued { next_at, reason } => (next_at, reason == Some(Reason::Busy)),
            JobState::Unconfirmed { next_at } => (next_at, self.looks_up(conn, job)?),
            JobState::Sending | JobState::Done | JobState::Blocked { .. } => return Ok(Turn::Later),
        };
        if self.keeper == Keeper::Locked {
            return Ok(Turn::Later);
        }
        let facts = self.facts(conn, &job.city)?;
        if job.practice {
            // Nothing of the line, the city or the account holds back what stays on the phone.
            return Ok(ready(conn, job, &facts)?.map_or(Turn::Later, |_| Turn::Now));
        }
        if facts.address() == Address::Missing
            || cities::account_pause(conn, &job.city, &job.account)?.is_some()
        {
            return Ok(Turn::Later);
        }
        let mut waits: Vec<Timestamp> = Vec::new();
        let (kind, bytes) = match (ready(conn, job, &facts)?, awaits_number(conn, job)?) {
            (Some(bytes), _) => (job.kind, bytes),
            // What comes first is the number: a question as small as a message, asked no sooner than its gap allows.
            (None, Some(case)) => {
                waits.extend(case.next_poll_at);
                (JobKind::Message, 0)
            }
            (None, None) => return Ok(Turn::Later),
        };
        if may_send_now(kind, bytes, self.conditions.network, &self.conditions.policy).is_err() {
            return Ok(Turn::Later);
        }
        let ignores_backoff = pace == Pace::Now;
        if let Some(at) = next_at.filter(|_| must_wait || !ignores_backoff) {
            waits.push(at);
        }
        if let Some(pause) = facts.row.pause
            && (pause.reason == Reason::Busy || !ignores_backoff)
        {
            waits.extend(pause.until);
        }
        if let (Err(spent), false) = (budget(job).check(self.now), ignores_backoff) {
            waits.push(spent.until);
        }
        let pending = waits.into_iter().filter(|at| !due(Some(*at), self.now)).max();
        Ok(pending.map_or(Turn::Now, Turn::At))
    }

    /// The next step of an unconfirmed job is a look-up, whose waits are part of the proof.
    fn looks_up(&mut self, conn: &Connection, job: &JobRow) -> Result<bool> {
        let facts = self.facts(conn, &job.city)?;
        let first = job.last_sent_at.unwrap_or(job.created_at);
        Ok(job.kind == JobKind::Report && (job.must_look || !facts.key_promise(first).holds(self.now)))
    }
}

/// How many of these wait for the citizen: a decision, a sign-in, the city's address.
pub(super) fn needs_citizen(world: &World, owed: &[JobRow]) -> Result<usize> {
    let mut known = Known::new(world);
    let mut count = 0;
    for job in owed {
        let needs = match job.state {
            JobState::Blocked { .. } => true,
            _ if job.practice => false,
            _ => world.store.read(|conn| {
                Ok(known.facts(conn, &job.city)?.address() == Address::Missing
                    || cities::account_pause(conn, &job.city, &job.account)?.is_some())
            })?,
        };
        count += usize::from(needs);
    }
    Ok(count)
}

/// The case without a number that a photo or a message of a delivered report waits for.
pub(super) fn awaits_number(conn: &Connection, job: &JobRow) -> Result<Option<CaseRow>> {
    match job.kind {
        JobKind::Report => Ok(None),
        JobKind::Attachment | JobKind::Message => tokens::awaited(conn, job.report),
    }
}

/// The day's budget of a job.
pub(super) fn budget(job: &JobRow) -> Budget {
    let since = (job.day_attempts > 0).then_some(job.day_started);
    Budget {
        since,
        used: job.day_attempts,
    }
}

/// Bytes that a job would send, or `None` while something else must happen first.
pub(super) fn ready(conn: &Connection, job: &JobRow, facts: &Facts) -> Result<Option<u64>> {
    match job.kind {
        JobKind::Report => {
            if facts.photos_with_words() == 0 {
                return Ok(Some(0));
            }
            let mut bytes = 0_u64;
            for attachment in attachments::of_report(conn, job.report)? {
                match (attachment.ingest, attachment.file) {
                    (IngestState::Pending, _) => return Ok(None),
                    (_, Some(file)) => bytes = bytes.saturating_add(file.bytes),
                    (_, None) => {}
                }
            }
            // An unknown city may take them apart: the words are judged by their own size.
            Ok(Some(if facts.extensions.is_none() { 0 } else { bytes }))
        }
        JobKind::Attachment => {
            let Some(id) = job.attachment else { return Ok(None) };
            let row = attachments::get(conn, id)?;
            let words_done = jobs::of_report(conn, job.report)?
                .iter()
                .any(|j| j.kind == JobKind::Report && j.state == JobState::Done);
            let numbered = cases::of_report(conn, job.report)?.is_some_and(|c| c.number.is_some());
            let may = words_done && numbered && facts.takes_attachments() && row.ingest == IngestState::Ready;
            Ok(row.file.filter(|_| may).map(|f| f.bytes))
        }
        JobKind::Message => {
            let numbered = cases::of_report(conn, job.report)?.is_some_and(|c| c.number.is_some());
            let Some(id) = job.message else { return Ok(None) };
            if jobs::is_behind_another(conn, job)? {
                return Ok(None);
            }
            let mut bytes = 0_u64;
            for row in attachments::of_message(conn, id)? {
                match (row.ingest, row.file) {
                    (IngestState::Ready, Some(file)) => bytes = bytes.saturating_add(file.bytes),
                    _ => return Ok(None),
                }
            }
            Ok(numbered.then_some(bytes))
        }
    }
}
