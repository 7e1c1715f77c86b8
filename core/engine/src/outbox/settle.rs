//! A ruling becomes rows: job, submission, receipt, case, city, photos, in one transaction; events after the commit.

use phananh_domain::id::AttachmentId;
use phananh_domain::job::{Exposed, Exposure, JobKind, JobState, step};
use phananh_domain::message::MessageBody;
use phananh_domain::outcome::{
    Attempt, AttemptCount, Cue, Next, Observation, Pause as PauseWhat, Ruling, Scope, Standing, rule,
};
use phananh_domain::reason::Reason;
use phananh_domain::receipt::Tracking;
use phananh_domain::retry::{self, Breaker, BreakerEvent, Progress, failures_after, gap};
use phananh_domain::time::{HOUR, Timestamp};
use rusqlite::Transaction;

use super::observe::Observed;
use super::pick::Outcome;
use crate::arrival::{Arrival, arrive};
use crate::city::Facts;
use crate::error::Result;
use crate::events::Event;
use crate::sealed::seal_refusal;
use crate::store::{JobRow, Pause, SubmissionRow, attachments, cities, jobs, messages, reports, submissions};
use crate::world::World;

/// What taught us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learnt {
    /// The attempt itself, its answer or its failure.
    ByAttempt,
    /// A look-up that the city answered: whatever it showed, the city works.
    ByLook,
    /// A practice run: it asked nobody, and teaches nothing about the city.
    Nothing,
}

/// One attempt that is over.
pub(super) struct Over {
    pub(super) learnt: Learnt,
    /// The job as it stood before.
    pub(super) job: JobRow,
    pub(super) submission: Option<SubmissionRow>,
    pub(super) before: Exposure,
    pub(super) facts: Facts,
    /// Photos that rode with the words.
    pub(super) riding: Vec<AttachmentId>,
    pub(super) observed: Observed,
    /// Server clock minus phone clock, where the answer told.
    pub(super) skew_ms: Option<i64>,
}

/// Rules on an attempt and writes what follows.
pub(super) fn settle(world: &World, over: Over) -> Result<Outcome> {
    let now = world.now();
    let first = over
        .submission
        .as_ref()
        .and_then(|s| s.first_attempt_at)
        .or(over.job.last_sent_at)
        .unwrap_or(now);
    let attempt = Attempt {
        kind: over.job.kind,
        honours_keys: over.facts.key_promise(first),
        now,
        before: over.before,
        stood: standing(over.job.state),
        sent: over.observed.sent,
    };
    let ruling = rule(over.observed.observation, &attempt);
    apply(world, over, &ruling)
}

/// Where a job stood before an attempt.
pub(super) fn standing(state: JobState) -> Standing {
    match state {
        JobState::Unconfirmed { .. } => Standing::Unconfirmed,
        _ => Standing::Queued,
    }
}

/// Writes a ruling.
pub(super) fn apply(world: &World, over: Over, ruling: &Ruling) -> Result<Outcome> {
    let now = world.now();
    let random = world.random.number()?;
    let report = over.job.report;
    let sealed = over
        .observed
        .refusal
        .as_ref()
        .map(|(status, text)| seal_refusal(world, over.job.id, text).map(|s| (*status, s)))
        .transpose()
        // A locked phone keeps no refusal text; the refusal itself stands in the job.
        .unwrap_or(None);
    let outcome = world.store.write(|tx| {
        let mut job = JobRow {
            state: jobs::get(tx, over.job.id)?.state,
            ..over.job.clone()
        };
        let next_at = next_at(ruling, &job, now, random);
        if ruling.counts == AttemptCount::Counted {
            job.attempts = failures_after(job.attempts, Progress::Stuck);
        } else if !matches!(ruling.next, Next::Deliver { .. })
            && matches!(ruling.next, Next::Retry | Next::WaitFor(_))
        {
            // Free of the day's budget, but the gap still grows: a dead line is not knocked at every second.
            job.attempts = failures_after(job.attempts, Progress::Stuck);
        }
        let exposure = ruling.exposed.map_or(over.before, |e| after(e, over.before));
        job.exposure = exposure;
        if ruling.next == Next::Duplicate {
            job.question = phananh_domain::outcome::Question::Duplicate;
        }
        match ruling.next {
            Next::LookUp { .. } | Next::Duplicate => job.must_look = true,
            Next::Deliver { .. } | Next::Retry | Next::Stop(_) => job.must_look = false,
            _ => {}
        }
        if ruling.exposed == Some(Exposed::ProvenAbsent) {
            job.attempts = 0;
        }
        job.state = match step(job.state, ruling.event(next_at)) {
            Ok(state) => state,
            // Decided otherwise in the meantime (withdrawn, seen at the city): that stands.
            Err(_) => job.state,
        };
        jobs::update(tx, &job)?;
        if let Some(mut submission) = over.submission.clone() {
            submission.exposure = exposure;
            submissions::update(tx, &submission)?;
        }
        if let Some((status, sealed)) = &sealed {
            jobs::record_refusal(tx, job.id, now, *status, sealed, over.observed.named.as_ref())?;
        }
        match over.learnt {
            Learnt::ByAttempt | Learnt::ByLook => write_city(tx, &over, ruling, now, random)?,
            Learnt::Nothing => {}
        }
        if let Next::Deliver { .. } = ruling.next {
            deliver(tx, &over, now)?;
        }
        Ok(outcome(ruling, &job))
    })?;
    world.events.tell(Event::Delivery { report });
    if let Next::Deliver { .. } = ruling.next {
        world.events.tell(Event::Case { report });
    }
    Ok(outcome)
}

/// Exposure after an attempt that began by saying `unknown`.
fn after(exposed: Exposed, before: Exposure) -> Exposure {
    Exposure::Unknown.step(exposed, before)
}

/// When the job comes due again.
fn next_at(ruling: &Ruling, job: &JobRow, now: Timestamp, random: u64) -> Option<Timestamp> {
    let by_schedule = now.plus(gap(job.attempts.saturating_add(1), random));
    match ruling.next {
        Next::Deliver { .. } | Next::Stop(_) => None,
        Next::Retry if ruling.exposed == Some(Exposed::ProvenAbsent) => None,
        Next::Retry => Some(by_schedule),
        Next::WaitFor(Cue::At(at)) => Some(at),
        // A net below the cue: the platform may never tell of it.
        Next::WaitFor(Cue::NetworkChange | Cue::Unlock | Cue::Space) => Some(by_schedule),
        Next::RepostSameKey { not_before } => Some(not_before.map_or(by_schedule, |at| at.max(by_schedule))),
        // A look-up's waits come from the rules of proof; the first look may be at once.
        Next::LookUp { not_before } => not_before,
        Next::RefreshSignIn | Next::Pause(_) | Next::Duplicate => None,
    }
}

fn outcome(ruling: &Ruling, job: &JobRow) -> Outcome {
    match (ruling.scope, ruling.next) {
        (_, Next::Deliver { .. } | Next::Duplicate) => Outcome::WentOn,
        (_, Next::Retry) if ruling.exposed == Some(Exposed::ProvenAbsent) => Outcome::WentOn,
        (Scope::City, _) | (_, Next::WaitFor(Cue::NetworkChange)) => Outcome::CityUnreachable,
        _ => match job.state {
            // The first look-up of a lost answer follows in the same drain.
            JobState::Unconfirmed { next_at: None } => Outcome::WentOn,
            _ => Outcome::Waits,
        },
    }
}

/// What the attempt taught about the city: clock, breaker, pause.
fn write_city(tx: &Transaction<'_>, over: &Over, ruling: &Ruling, now: Timestamp, random: u64) -> Result<()> {
    let mut city = cities::get(tx, &over.job.city)?;
    if let Some(skew) = over.skew_ms {
        city.skew_ms = skew;
    }
    let breaker = match city.pause.and_then(|p| p.until) {
        Some(until) => Breaker::Open {
            until,
            failures: city.failures,
        },
        None => Breaker::Closed {
            failures: city.failures,
        },
    };
    let is_city_trouble = ruling.scope == Scope::City
        || (over.learnt == Learnt::ByAttempt
            && matches!(
                over.observed.observation,
                Observation::AnswerLost | Observation::ServerError
            ));
    if let Next::Pause(PauseWhat::City) = ruling.next {
        // At least as long as an open breaker holds: probe gently.
        let failures = city.failures.max(retry::BREAK_AFTER);
        let open = Breaker::Closed { failures }.step(BreakerEvent::Failed, now, random);
        city.failures = failures.saturating_add(1);
        let until = match open {
            Breaker::Open { until, .. } => until,
            _ => now.plus(HOUR),
        };
        city.pause = Some(Pause {
            reason: ruling.reason.unwrap_or(Reason::Unreachable),
            until: Some(until),
        });
    } else if let (Some(Reason::Busy), Next::WaitFor(Cue::At(at))) = (ruling.reason, ruling.next) {
        city.pause = Some(Pause {
            reason: Reason::Busy,
            until: Some(at),
        });
    } else if is_city_trouble {
        match breaker.step(BreakerEvent::Failed, now, random) {
            Breaker::Open { until, failures } => {
                city.failures = failures;
                let reason = match over.observed.observation {
                    Observation::NotConnected => Reason::NoNetwork,
                    _ => Reason::Unreachable,
                };
                city.pause = Some(Pause {
                    reason,
                    until: Some(until),
                });
            }
            Breaker::Closed { failures } | Breaker::Probing { failures } => city.failures = failures,
        }
    } else if ruling.scope != Scope::Phone {
        city.failures = 0;
        city.pause = None;
    }
    cities::update(tx, &city)?;
    if let Next::Pause(PauseWhat::Account) = ruling.next {
        let reason = ruling.reason.unwrap_or(Reason::SignedOut);
        cities::set_account_pause(tx, &over.job.city, &over.job.account, Some(reason))?;
    }
    Ok(())
}

/// The city has it: receipt, case, and what rode along.
fn deliver(tx: &Transaction<'_>, over: &Over, now: Timestamp) -> Result<()> {
    match over.job.kind {
        JobKind::Report => {
            let Some(submission) = &over.submission else {
                return Ok(());
            };
            let arrival = Arrival {
                job: &over.job,
                submission,
                facts: &over.facts,
                tracking: over.observed.tracking.clone().unwrap_or(Tracking::Untracked),
                notice: over.observed.notice.clone(),
                found: over.learnt == Learnt::ByLook,
                riding: &over.riding,
            };
            arrive(tx, &arrival, now)
        }
        JobKind::Attachment => match over.job.attachment {
            Some(id) => attachments::acknowledge(tx, id, now),
            None => Ok(()),
        },
        JobKind::Message => match over.job.message {
            Some(id) => {
                for photo in attachments::of_message(tx, id)? {
                    attachments::acknowledge(tx, photo.id, now)?;
                }
                if messages::get(tx, id)?.body == MessageBody::Unfollow {
                    return reports::forget_followed(tx, over.job.report);
                }
                messages::set_delivered(tx, id, over.observed.city_id.as_deref().unwrap_or(""))
            }
            None => Ok(()),
        },
    }
}
