//! What the citizen decides where the core must not guess.
//!
//! What can be decided about a job that waits for the citizen is one table of the domain ([`offered`]); shells show it,
//! and a decision is about the first job of the report that offers it: the words before photos before messages.
//! Whatever sends or changes what the city may already have is preceded by a look ([`outbox::look_before_decision`]).

pub(super) mod messages;
mod photos;
mod retry;
mod words;

use phananh_domain::decision::{Decision, KnownCase, offered};
use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobEvent, JobKind, JobState, step};
use phananh_domain::outcome::{Change, may_revise};
use phananh_domain::reason::Reason;
use rusqlite::{Connection, Transaction};

use super::Client;
use super::follow::follow_the_known;
use crate::city;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::outbox::{self, Glance};
use crate::store::{JobRow, cases, cities, jobs, submissions};
use crate::world::World;

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It was carried out.
    Done,
    /// The city has the report by now: it is delivered as it was, and there is nothing to decide any more.
    AlreadyThere,
    /// A message was taken back: it is not sent, and its words stay in the timeline to be written anew.
    MessageTakenBack,
}

/// What stands between a decision and what it asks for.
enum Step {
    Came(Decided),
    /// The city is asked first, by the outbox and its rules of proof; the decision can be made again after that.
    Asking,
}

const NOTHING_TO_DO: Error = Error::NotNow {
    code: "error.nothing_to_do",
};

impl Client {
    /// Carries out a decision about a report that waits for the citizen.
    ///
    /// # Errors
    /// `NotNow` where the decision has no meaning now (`error.nothing_to_do`, `error.too_late`), and with
    /// `error.look_first` where the city must be asked before: that goes on by itself, and the decision can be made
    /// once it has ended. `Network` where it must be asked and cannot be.
    pub async fn decide(
        &self,
        id: ReportId,
        decision: Decision,
    ) -> std::result::Result<Decided, ClientError> {
        let world = std::sync::Arc::clone(&self.world);
        let decided = self
            .run(async move {
                let gate = world.gate.lock().await;
                world.blocking(outbox::put_right).await?;
                let sends_or_changes = matches!(
                    decision,
                    Decision::Again
                        | Decision::Anyway
                        | Decision::Edit
                        | Decision::Smaller
                        | Decision::WithoutPhoto
                );
                // The city may show by now what it did not when the citizen was asked.
                if sends_or_changes && outbox::look_before_decision(&world, id).await? == Glance::ItIsThere {
                    return Ok(Step::Came(Decided::AlreadyThere));
                }
                let step = world.blocking(move |w| decide(w, id, decision)).await?;
                drop(gate);
                Ok(step)
            })
            .await;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        match decided? {
            Step::Came(decided) => Ok(decided),
            Step::Asking => Err(ClientError::NotNow {
                code: "error.look_first".to_owned(),
            }),
        }
    }

    /// Tries again now; where a byte may have left, that means looking first.
    ///
    /// # Errors
    /// `NotNow` where nothing is owed.
    pub async fn retry(&self, id: ReportId) -> std::result::Result<Decided, ClientError> {
        let world = std::sync::Arc::clone(&self.world);
        let decided = self
            .run(async move {
                let gate = world.gate.lock().await;
                world.blocking(outbox::put_right).await?;
                match outbox::look_before_decision(&world, id).await {
                    Ok(Glance::ItIsThere) => return Ok(Decided::AlreadyThere),
                    // Without an answer it goes on being checked.
                    Ok(Glance::Nothing) | Err(Error::Network { .. }) => {}
                    Err(other) => return Err(other),
                }
                world.blocking(move |w| retry::retry(w, id)).await?;
                drop(gate);
                Ok(Decided::Done)
            })
            .await?;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        Ok(decided)
    }
}

/// Whether what a job would send may go again, or be changed, at this moment. What was refused obeys the rules of a new
/// revision: some servers store and refuse. Where looks cannot tell, it may only by the citizen's word, given once asked.
fn may_go(tx: &Transaction<'_>, job: &JobRow) -> Result<bool> {
    let (JobKind::Report, Some(id)) = (job.kind, job.submission) else {
        return Ok(true);
    };
    let submission = submissions::get(tx, id)?;
    let facts = city::Facts::of(cities::get(tx, &job.city)?)?;
    let asked = job.state
        == JobState::Blocked {
            reason: Reason::CannotTell,
        };
    match may_revise(&facts.past(tx, &submission)?) {
        Change::Free => Ok(true),
        Change::Ask => Ok(asked),
        Change::LookFirst => Ok(false),
        Change::No => Err(Error::NotNow {
            code: "error.too_late",
        }),
    }
}

/// The outbox finds out whether the city has it, and asks the citizen where it cannot.
fn keep_asking(job: &mut JobRow) {
    job.state = step(job.state, JobEvent::KeepChecking { next_at: None }).unwrap_or(job.state);
    // The same key again would be refused again, or be taken: what was refused is only looked for.
    job.must_look |= job.exposure == Exposure::Refused;
    job.attempts = 0;
}

fn ask_first(tx: &Transaction<'_>, mut job: JobRow) -> Result<Step> {
    keep_asking(&mut job);
    jobs::update(tx, &job)?;
    Ok(Step::Asking)
}

/// What the citizen can decide about a job.
pub(super) fn choices(conn: &Connection, job: &JobRow) -> Result<&'static [Decision]> {
    let JobState::Blocked { reason } = job.state else {
        return Ok(&[]);
    };
    let known = match jobs::named_case(conn, job.id)? {
        Some(number) if cases::by_number(conn, &job.city, &number)?.is_none() => KnownCase::Named,
        Some(_) | None => KnownCase::Unnamed,
    };
    Ok(offered(job.kind, reason, job.exposure, known))
}

/// The job that a decision is about.
fn asked(conn: &Connection, id: ReportId, decision: Decision) -> Result<Option<JobRow>> {
    let mut all = jobs::of_report(conn, id)?;
    all.sort_by_key(|job| match job.kind {
        JobKind::Report => 0,
        JobKind::Attachment => 1,
        JobKind::Message => 2,
    });
    for job in all {
        if choices(conn, &job)?.contains(&decision) {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

fn decide(world: &World, id: ReportId, decision: Decision) -> Result<Step> {
    let asked = world.store.read(|conn| asked(conn, id, decision))?;
    let Some(job) = asked else {
        return match decision {
            // Not offered, and perhaps possible all the same; if not, each says why.
            Decision::Follow => follow(world, id),
            Decision::Edit => words::edit(world, id),
            Decision::Smaller => photos::smaller(world, id),
            Decision::WithoutPhoto => photos::without(world, id),
            Decision::Again | Decision::Anyway | Decision::Wait => Err(NOTHING_TO_DO),
        };
    };
    match (job.kind, decision) {
        (JobKind::Report, Decision::Again | Decision::Anyway) => words::send_again(world, id),
        (JobKind::Report, Decision::Edit) => words::edit(world, id),
        (JobKind::Attachment | JobKind::Message, Decision::Again) => send_again(world, &job),
        (JobKind::Report | JobKind::Attachment, Decision::Smaller) => photos::smaller(world, id),
        (JobKind::Report | JobKind::Attachment, Decision::WithoutPhoto) => photos::without(world, id),
        (JobKind::Message, Decision::Edit) => messages::take_back(world, &job),
        (JobKind::Message, Decision::Smaller) => messages::smaller(world, &job),
        (JobKind::Message, Decision::WithoutPhoto) => messages::without_photo(world, &job),
        (_, Decision::Wait) => words::wait(world, id),
        (_, Decision::Follow) => follow(world, id),
        (_, Decision::Edit | Decision::Anyway) => Err(NOTHING_TO_DO),
    }
}

fn follow(world: &World, id: ReportId) -> Result<Step> {
    follow_the_known(world, id).map(|()| Step::Came(Decided::Done))
}

/// A photo or a message under its own key again: where they go, a key is taken once.
fn send_again(world: &World, job: &JobRow) -> Result<Step> {
    world.store.write(|tx| {
        queue_again(tx, jobs::get(tx, job.id)?)?;
        Ok(Step::Came(Decided::Done))
    })
}

fn queue_again(tx: &Transaction<'_>, mut job: JobRow) -> Result<()> {
    job.state = step(job.state, JobEvent::SendAgain).map_err(|_| NOTHING_TO_DO)?;
    job.attempts = 0;
    jobs::update(tx, &job)
}
