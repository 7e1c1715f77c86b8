//! What the citizen decides where the core must not guess.

use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobEvent, JobKind, JobState, step};
use phananh_domain::outcome::{Change, Question, may_revise};
use phananh_domain::reason::Reason;
use phananh_domain::report::Phase;
use rusqlite::Transaction;

use super::Client;
use super::follow::follow_the_known;
use super::submit::{back_to_draft, freeze};
use crate::city;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::ingest;
use crate::outbox::{self, Glance};
use crate::store::{JobRow, SubmissionRow, attachments, cities, jobs, reports, submissions};
use crate::world::World;

/// A decision of the citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send the same payload under the same key again.
    Again,
    /// Wait and keep looking.
    Wait,
    /// The city's known case is mine too: follow it.
    Follow,
    /// The city knows it, and still: send.
    Anyway,
    /// Take it back to change it.
    Edit,
    /// Make the photos smaller and send.
    Smaller,
    /// Send without the photos that are still owed.
    WithoutPhoto,
}

/// Smallest photo that is still worth sending, bytes.
const SMALLEST_PHOTO: u64 = 20_000;

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It was carried out.
    Done,
    /// The city has the report by now: it is delivered as it was, and there is nothing to decide any more.
    AlreadyThere,
}

/// What stands between a decision and what it asks for.
enum Step {
    Taken,
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
                    return Ok((Step::Taken, Decided::AlreadyThere));
                }
                let step = world.blocking(move |w| decide(w, id, decision)).await?;
                drop(gate);
                Ok((step, Decided::Done))
            })
            .await;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        match decided? {
            (Step::Taken, decided) => Ok(decided),
            (Step::Asking, _) => Err(ClientError::NotNow {
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
                world.blocking(move |w| retry(w, id)).await?;
                drop(gate);
                Ok(Decided::Done)
            })
            .await?;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        Ok(decided)
    }
}

fn retry(world: &World, id: ReportId) -> Result<()> {
    world.store.write(|tx| {
        let owed: Vec<_> = jobs::of_report(tx, id)?
            .into_iter()
            .filter(|j| j.state.is_owed())
            .collect();
        if owed.is_empty() {
            return Err(NOTHING_TO_DO);
        }
        for mut job in owed {
            match job.state {
                // What the city asked for and what a proof needs is waited for.
                JobState::Queued {
                    reason: Some(Reason::Busy),
                    ..
                }
                | JobState::Unconfirmed { .. }
                | JobState::Sending
                | JobState::Done => {}
                JobState::Queued { .. } => {
                    job.state = JobState::Queued {
                        next_at: None,
                        reason: None,
                    };
                }
                JobState::Blocked { reason } => {
                    let known = job.exposure != Exposure::Unknown && reason != Reason::CannotTell;
                    if known && may_go(tx, &job)? {
                        job.state = step(job.state, JobEvent::SendAgain).unwrap_or(job.state);
                    } else {
                        keep_asking(&mut job);
                    }
                }
            }
            jobs::update(tx, &job)?;
            // Signed in or unlocked elsewhere in the meantime: the city says so if not.
            cities::set_account_pause(tx, &job.city, &job.account, None)?;
            let mut city = cities::get(tx, &job.city)?;
            if city.pause.is_some_and(|p| p.reason != Reason::Busy) {
                city.pause = None;
                cities::update(tx, &city)?;
            }
        }
        Ok(())
    })
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

fn decide(world: &World, id: ReportId, decision: Decision) -> Result<Step> {
    match decision {
        Decision::Again => send_again(
            world,
            id,
            &[Reason::CannotTell, Reason::Refused, Reason::IdentityLost],
        ),
        Decision::Anyway => send_again(world, id, &[Reason::AlreadyKnown]),
        Decision::Wait => wait(world, id),
        Decision::Follow => follow_the_known(world, id).map(|()| Step::Taken),
        Decision::Edit => edit(world, id),
        Decision::Smaller => smaller(world, id),
        Decision::WithoutPhoto => without_photo(world, id),
    }
}

/// The job of the words and its submission.
fn words_of(conn: &rusqlite::Connection, id: ReportId) -> Result<(JobRow, SubmissionRow)> {
    let job = jobs::of_report(conn, id)?
        .into_iter()
        .find(|j| j.kind == JobKind::Report)
        .ok_or(NOTHING_TO_DO)?;
    let submission = submissions::newest(conn, id)?.ok_or(NOTHING_TO_DO)?;
    Ok((job, submission))
}

/// The same, if they stand blocked for one of these reasons.
fn words_blocked(
    conn: &rusqlite::Connection,
    id: ReportId,
    reasons: &[Reason],
) -> Result<(JobRow, SubmissionRow)> {
    let (job, submission) = words_of(conn, id)?;
    match job.state {
        JobState::Blocked { reason } if reasons.contains(&reason) => Ok((job, submission)),
        _ => Err(NOTHING_TO_DO),
    }
}

/// The same payload under the same key.
fn send_again(world: &World, id: ReportId, from: &[Reason]) -> Result<Step> {
    world.store.write(|tx| {
        let (mut job, submission) = words_blocked(tx, id, from)?;
        if submission.exposure == Exposure::Refused && !may_go(tx, &job)? {
            return ask_first(tx, job);
        }
        job.state = step(job.state, JobEvent::SendAgain).map_err(|_| NOTHING_TO_DO)?;
        job.attempts = 0;
        job.question = Question::LostAnswer;
        job.must_look = false;
        jobs::update(tx, &job)?;
        // What lists showed so far led to the question; the answer asks for new evidence.
        submissions::forget_lookups(tx, submission.id)?;
        Ok(Step::Taken)
    })
}

fn wait(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let (mut job, submission) = words_blocked(tx, id, &[Reason::CannotTell, Reason::AlreadyKnown])?;
        job.question = Question::LostAnswer;
        job.must_look = false;
        keep_asking(&mut job);
        jobs::update(tx, &job)?;
        submissions::forget_lookups(tx, submission.id)?;
        Ok(Step::Taken)
    })
}

fn edit(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let report = reports::get(tx, id)?;
        let (job, _) = words_of(tx, id)?;
        if report.phase == Phase::Draft || !job.state.is_owed() {
            return Err(NOTHING_TO_DO);
        }
        if !may_go(tx, &job)? {
            return ask_first(tx, job);
        }
        back_to_draft(world, tx, report)?;
        Ok(Step::Taken)
    })
}

/// Halves the limit of every photo that is still owed and makes them again.
fn smaller(world: &World, id: ReportId) -> Result<Step> {
    let owed = world.store.write(|tx| {
        let mut owed = Vec::new();
        for mut job in jobs::of_report(tx, id)?.into_iter().filter(|j| j.state.is_owed()) {
            if job.exposure == Exposure::Refused && !may_go(tx, &job)? {
                return ask_first(tx, job).map(Err);
            }
            if let (
                JobState::Blocked {
                    reason: Reason::PhotoTooLarge,
                },
                _,
            ) = (job.state, job.kind)
            {
                job.state = step(job.state, JobEvent::SendAgain).unwrap_or(job.state);
                job.attempts = 0;
                jobs::update(tx, &job)?;
            }
            if let Some(attachment) = job.attachment {
                let row = attachments::get(tx, attachment)?;
                let now = row.file.as_ref().map_or(300_000, |f| f.bytes);
                attachments::set_smaller(tx, attachment, (now / 2).max(SMALLEST_PHOTO))?;
                owed.push(attachment);
            }
        }
        if owed.is_empty() {
            return Err(NOTHING_TO_DO);
        }
        Ok(Ok(owed))
    })?;
    let owed: Vec<_> = match owed {
        Ok(owed) => owed,
        Err(asking) => return Ok(asking),
    };
    for attachment in owed {
        ingest::ingest(world, attachment)?;
    }
    Ok(Step::Taken)
}

/// Drops the photos that are still owed. Where they were part of a payload that is not delivered, that is a new
/// revision, under the rules of one.
fn without_photo(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let (words, submission) = words_of(tx, id)?;
        let owed: Vec<_> = jobs::of_report(tx, id)?
            .into_iter()
            .filter(|j| j.kind == JobKind::Attachment && j.state.is_owed())
            .collect();
        if owed.is_empty() {
            return Err(NOTHING_TO_DO);
        }
        if words.state.is_owed() && !may_go(tx, &words)? {
            return ask_first(tx, words);
        }
        let now = world.now();
        for job in &owed {
            jobs::delete(tx, job.id)?;
            if let Some(attachment) = job.attachment {
                attachments::detach(tx, attachment, now)?;
            }
        }
        if words.state.is_owed() {
            jobs::delete(tx, words.id)?;
            let payload = phananh_domain::payload::Payload {
                attachments: Vec::new(),
                ..submission.payload
            };
            freeze(world, tx, &reports::get(tx, id)?, &payload)?;
        }
        Ok(Step::Taken)
    })
}
