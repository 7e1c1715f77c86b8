//! What the citizen decides where the core must not guess.

use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobEvent, JobKind, JobState, step};
use phananh_domain::outcome::{Change, may_revise};
use phananh_domain::reason::Reason;
use phananh_domain::report::Phase;

use super::Client;
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

impl Client {
    /// Carries out a decision about a report that waits for the citizen.
    ///
    /// # Errors
    /// `NotNow` where the decision has no meaning now (`error.nothing_to_do`, `error.too_late`, `error.look_first`).
    pub async fn decide(&self, id: ReportId, decision: Decision) -> std::result::Result<(), ClientError> {
        let world = std::sync::Arc::clone(&self.world);
        self.run(async move {
            let gate = world.gate.lock().await;
            world.blocking(outbox::put_right).await?;
            let sends_or_changes = matches!(
                decision,
                Decision::Again | Decision::Anyway | Decision::Edit | Decision::WithoutPhoto
            );
            // The city may show by now what it did not when the citizen was asked.
            if sends_or_changes && outbox::look_before_decision(&world, id).await? == Glance::ItIsThere {
                return match decision {
                    // The city has it as it is: there is no draft to go back to.
                    Decision::Edit => Err(Error::NotNow {
                        code: "error.nothing_to_do",
                    }),
                    _ => Ok(()),
                };
            }
            let done = world.blocking(move |w| decide(w, id, decision)).await;
            drop(gate);
            done
        })
        .await?;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        Ok(())
    }

    /// Tries again now; where a byte may have left, that means looking first.
    ///
    /// # Errors
    /// `NotNow` where nothing is owed, or (`error.look_first`) where a look is needed and the city cannot be asked.
    pub async fn retry(&self, id: ReportId) -> std::result::Result<(), ClientError> {
        let world = std::sync::Arc::clone(&self.world);
        self.run(async move {
            let gate = world.gate.lock().await;
            world.blocking(outbox::put_right).await?;
            match outbox::look_before_decision(&world, id).await {
                Ok(Glance::ItIsThere) => return Ok(()),
                // Without an answer it goes on being checked, or says that a look is needed.
                Ok(Glance::Nothing) | Err(Error::Network { .. }) => {}
                Err(other) => return Err(other),
            }
            let done = world.blocking(move |w| retry(w, id)).await;
            drop(gate);
            done
        })
        .await?;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        Ok(())
    }
}

fn retry(world: &World, id: ReportId) -> Result<()> {
    world.store.write(|tx| {
        let owed: Vec<_> = jobs::of_report(tx, id)?
            .into_iter()
            .filter(|j| j.state.is_owed())
            .collect();
        if owed.is_empty() {
            return Err(Error::NotNow {
                code: "error.nothing_to_do",
            });
        }
        for mut job in owed {
            job.state = match job.state {
                // What the city asked for and what a proof needs is waited for.
                JobState::Queued {
                    reason: Some(Reason::Busy),
                    ..
                }
                | JobState::Unconfirmed { .. }
                | JobState::Sending
                | JobState::Done => continue,
                JobState::Queued { .. } => JobState::Queued {
                    next_at: None,
                    reason: None,
                },
                JobState::Blocked { .. } if job.exposure == Exposure::Unknown => {
                    step(job.state, JobEvent::KeepChecking { next_at: None }).unwrap_or(job.state)
                }
                JobState::Blocked { .. } => {
                    may_send_again(world, tx, &job)?;
                    step(job.state, JobEvent::SendAgain).unwrap_or(job.state)
                }
            };
            jobs::update(tx, &job)?;
            let mut city = cities::get(tx, &job.city)?;
            if city.pause.is_some_and(|p| p.reason != Reason::Busy) {
                city.pause = None;
                cities::update(tx, &city)?;
            }
        }
        Ok(())
    })
}

/// A payload that was refused goes again only under the rules of a new revision: some servers store and refuse.
fn may_send_again(world: &World, tx: &rusqlite::Transaction<'_>, job: &JobRow) -> Result<()> {
    let (JobKind::Report, Some(submission)) = (job.kind, job.submission) else {
        return Ok(());
    };
    let facts = city::Facts::of(cities::get(tx, &job.city)?)?;
    match may_revise(&facts.past(tx, &submissions::get(tx, submission)?, world.now())?) {
        Change::Free => Ok(()),
        Change::LookFirst => Err(Error::NotNow {
            code: "error.look_first",
        }),
        Change::No => Err(Error::NotNow {
            code: "error.too_late",
        }),
    }
}

fn decide(world: &World, id: ReportId, decision: Decision) -> Result<()> {
    match decision {
        Decision::Again => move_words(
            world,
            id,
            JobEvent::SendAgain,
            &[Reason::CannotTell, Reason::Refused, Reason::IdentityLost],
        ),
        Decision::Anyway => move_words(world, id, JobEvent::SendAgain, &[Reason::AlreadyKnown]),
        Decision::Wait => move_words(
            world,
            id,
            JobEvent::KeepChecking { next_at: None },
            &[Reason::CannotTell, Reason::AlreadyKnown],
        ),
        Decision::Follow => Err(Error::NotNow {
            code: "error.nothing_to_follow",
        }),
        Decision::Edit => edit(world, id),
        Decision::Smaller => smaller(world, id),
        Decision::WithoutPhoto => without_photo(world, id),
    }
}

/// The job of the words and its submission.
fn words_of(conn: &rusqlite::Connection, id: ReportId) -> Result<(JobRow, SubmissionRow)> {
    let nothing = || Error::NotNow {
        code: "error.nothing_to_do",
    };
    let job = jobs::of_report(conn, id)?
        .into_iter()
        .find(|j| j.kind == JobKind::Report)
        .ok_or_else(nothing)?;
    let submission = submissions::newest(conn, id)?.ok_or_else(nothing)?;
    Ok((job, submission))
}

fn move_words(world: &World, id: ReportId, event: JobEvent, from: &[Reason]) -> Result<()> {
    world.store.write(|tx| {
        let (mut job, submission) = words_of(tx, id)?;
        match job.state {
            JobState::Blocked { reason } if from.contains(&reason) => {}
            _ => {
                return Err(Error::NotNow {
                    code: "error.nothing_to_do",
                });
            }
        }
        if event == JobEvent::SendAgain && submission.exposure == Exposure::Refused {
            may_send_again(world, tx, &job)?;
        }
        job.state = step(job.state, event).map_err(|_| Error::NotNow {
            code: "error.nothing_to_do",
        })?;
        job.attempts = 0;
        job.question = phananh_domain::outcome::Question::LostAnswer;
        job.must_look = false;
        jobs::update(tx, &job)?;
        // What lists showed so far led to the question; the answer asks for new evidence.
        submissions::forget_lookups(tx, submission.id)
    })
}

fn edit(world: &World, id: ReportId) -> Result<()> {
    world.store.write(|tx| {
        let report = reports::get(tx, id)?;
        let (job, submission) = words_of(tx, id)?;
        if report.phase == Phase::Draft || !job.state.is_owed() {
            return Err(Error::NotNow {
                code: "error.nothing_to_do",
            });
        }
        let facts = city::Facts::of(cities::get(tx, &report.city)?)?;
        match may_revise(&facts.past(tx, &submission, world.now())?) {
            Change::Free => back_to_draft(world, tx, report),
            Change::LookFirst => Err(Error::NotNow {
                code: "error.look_first",
            }),
            Change::No => Err(Error::NotNow {
                code: "error.too_late",
            }),
        }
    })
}

/// Halves the limit of every photo that is still owed and makes them again.
fn smaller(world: &World, id: ReportId) -> Result<()> {
    let owed = world.store.write(|tx| {
        let mut owed = Vec::new();
        for mut job in jobs::of_report(tx, id)?.into_iter().filter(|j| j.state.is_owed()) {
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
            Err(Error::NotNow {
                code: "error.nothing_to_do",
            })
        } else {
            Ok(owed)
        }
    })?;
    for attachment in owed {
        ingest::ingest(world, attachment)?;
    }
    Ok(())
}

/// Drops the photos that are still owed. Where they were part of a payload that is not delivered, that is a new
/// revision, under the rules of one.
fn without_photo(world: &World, id: ReportId) -> Result<()> {
    world.store.write(|tx| {
        let (words, submission) = words_of(tx, id)?;
        let owed: Vec<_> = jobs::of_report(tx, id)?
            .into_iter()
            .filter(|j| j.kind == JobKind::Attachment && j.state.is_owed())
            .collect();
        if owed.is_empty() {
            return Err(Error::NotNow {
                code: "error.nothing_to_do",
            });
        }
        let now = world.now();
        if words.state.is_owed() {
            let facts = city::Facts::of(cities::get(tx, &words.city)?)?;
            match may_revise(&facts.past(tx, &submission, now)?) {
                Change::Free => {}
                Change::LookFirst => {
                    return Err(Error::NotNow {
                        code: "error.look_first",
                    });
                }
                Change::No => {
                    return Err(Error::NotNow {
                        code: "error.too_late",
                    });
                }
            }
        }
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
        Ok(())
    })
}
