//! One attempt for one job.

use std::sync::Arc;

use phananh_domain::job::{Exposed, Exposure, JobEvent, JobKind, JobState, step};
use phananh_domain::outcome::{Observation, Sent, SignIn, Tracked};
use phananh_domain::receipt::Tracking;
use phananh_domain::service::ServiceType;
use phananh_domain::time::Timestamp;

use super::build::{self, Prepared};
use super::observe::{self, Observed};
use super::pick::{self, Outcome};
use super::settle::{self, Learnt, Over};
use super::{Tally, look};
use crate::account::{self, Session};
use crate::city::{self, Facts};
use crate::contact::contact;
use crate::error::{Error, Result};
use crate::line;
use crate::services;
use crate::store::{JobRow, SubmissionRow, jobs, receipts, reports, submissions};
use crate::tokens::{self, Number};
use crate::world::World;

/// Attempts a job once: finds out about it, or sends it.
pub(super) async fn attempt(world: &Arc<World>, job: &JobRow, tally: &mut Tally) -> Result<Outcome> {
    let job = job.clone();
    let submission = {
        let id = job.submission;
        world
            .blocking(move |w| {
                w.store
                    .read(|conn| id.map(|id| submissions::get(conn, id)).transpose())
            })
            .await?
    };
    if job.practice {
        return practise(world, job, submission).await;
    }
    let city = job.city.clone();
    let facts = match contact(world, &city, &mut tally.traffic).await? {
        Ok(facts) => facts,
        Err((facts, observation)) => {
            let observed = Observed::before_sending(observation);
            return over(world, job, submission, facts, observed).await;
        }
    };
    if tally.is_spent() {
        return Ok(Outcome::Waits);
    }
    let awaited = {
        let job = job.clone();
        world
            .blocking(move |w| w.store.read(|conn| pick::awaits_number(conn, &job)))
            .await?
    };
    if let Some(case) = awaited {
        return Ok(
            match tokens::ask_one(world, &facts, case, &mut tally.traffic).await? {
                Number::Given => Outcome::WentOn,
                Number::NotYet => Outcome::Waits,
            },
        );
    }
    if must_look(&job, submission.as_ref(), &facts, world.now()) {
        return match submission {
            Some(submission) => look::look(world, job, submission, facts, tally).await,
            None => Err(Error::Damaged { table: "job" }),
        };
    }
    send(world, job, facts, tally).await
}

/// Whether the next step is to ask the city's lists rather than to send.
fn must_look(job: &JobRow, submission: Option<&SubmissionRow>, facts: &Facts, now: Timestamp) -> bool {
    let JobState::Unconfirmed { .. } = job.state else {
        return false;
    };
    if job.kind != JobKind::Report {
        // Files and messages go to endpoints that take a key once: the same key again is the way to find out.
        return false;
    }
    let first = submission.and_then(|s| s.first_attempt_at).unwrap_or(now);
    job.must_look || !facts.key_promise(first).holds(now)
}

async fn send(world: &Arc<World>, job: JobRow, facts: Facts, tally: &mut Tally) -> Result<Outcome> {
    let session = match signed_in(world, &job, &facts, tally).await? {
        Ok(session) => session,
        Err(observation) => return not_sent(world, job, facts, observation).await,
    };
    let prepared = {
        let (job, facts) = (job.clone(), facts.clone());
        world.blocking(move |w| build::prepare(w, &job, facts)).await?
    };
    let mut prepared = match prepared {
        Ok(prepared) => prepared,
        Err(observation) => return not_sent(world, job, facts, observation).await,
    };
    if let Some(session) = &session {
        prepared.request = session.sign(prepared.request);
    }
    if tally.is_spent() {
        return Ok(Outcome::Waits);
    }
    let before = build::before(&job, prepared.submission.as_ref());
    let service = known_type(world, &job).await?;
    let (started, prepared) = {
        let job = job.clone();
        world.blocking(move |w| start(w, job, prepared)).await?
    };
    let total = prepared.facts.total_timeout_ms();
    let answered = line::ask(world, &prepared.request, total, &mut tally.traffic).await;
    let now = world.now();
    let whose = (job.city.clone(), job.account.clone());
    let renewable = session.filter(|_| !tally.renewed.contains(&whose));
    let sign_in = match renewable {
        Some(_) => SignIn::MayRefresh,
        None => SignIn::Spent,
    };
    let service = match service {
        // Whether an answer without a number is a yes, the kind of the service tells; so the city's list is needed.
        None if observe::names_nothing(job.kind, &prepared, &answered) => {
            services::fetch_missing(world, &prepared.facts, &mut tally.traffic).await?;
            known_type(world, &job).await?
        }
        known => known,
    };
    let context = observe::Context {
        service_type: service,
        sign_in,
        now,
    };
    let observed = observe::post(job.kind, &prepared, &answered, &context);
    let observed = not_anothers(world, &job, observed).await?;
    let observation = observed.observation;
    if matches!(observation, Observation::Receipt { .. }) && job.kind != JobKind::Attachment {
        tally.delivered += 1;
    }
    if observation == Observation::AccountLocked {
        note_lock(world, &job, observed.said.clone()).await?;
    }
    let over = Over {
        learnt: Learnt::ByAttempt,
        // The machine's state is read again from the row (`sending`); what it stood before decides the ruling.
        job: JobRow {
            state: job.state,
            ..started
        },
        submission: prepared.submission,
        before,
        facts: prepared.facts.clone(),
        riding: prepared.riding,
        observed,
        skew_ms: answered.skew_ms(now),
    };
    let outcome = world.blocking(move |w| settle::settle(w, over)).await?;
    match (observation, renewable) {
        (
            Observation::Unauthorized {
                sign_in: SignIn::MayRefresh,
            },
            Some(session),
        ) => {
            tally.renewed.insert(whose);
            match account::renew(world, &prepared.facts, &job.account, &session, &mut tally.traffic).await? {
                Ok(_) => Ok(Outcome::WentOn),
                Err(observation) => {
                    let id = job.id;
                    let job = world
                        .blocking(move |w| w.store.read(|conn| jobs::get(conn, id)))
                        .await?;
                    not_sent(world, job, prepared.facts, observation).await
                }
            }
        }
        _ => Ok(outcome),
    }
}

/// The session that the request of a job goes with; an observation where it needs one and there is none.
async fn signed_in(
    world: &Arc<World>,
    job: &JobRow,
    facts: &Facts,
    tally: &mut Tally,
) -> Result<std::result::Result<Option<Session>, Observation>> {
    let Some(offer) = facts.extensions.as_ref().and_then(|e| e.account.as_ref()) else {
        return Ok(Ok(None));
    };
    let session = match account::pass(world, facts, &job.account, &mut tally.traffic).await {
        Ok(Ok(session)) => session,
        Ok(Err(observation)) => return Ok(Err(observation)),
        Err(error) => return build::observe_local(error).map(Err),
    };
    // The city would say so itself, after all bytes of the report.
    if session.is_none() && offer.required_to_file && job.kind == JobKind::Report {
        return Ok(Err(Observation::Unauthorized {
            sign_in: SignIn::Spent,
        }));
    }
    Ok(Ok(session))
}

/// Keeps the city's words for a lock beside the session.
async fn note_lock(world: &Arc<World>, job: &JobRow, said: Option<String>) -> Result<()> {
    let (city, id) = (job.city.clone(), job.account.clone());
    world
        .blocking(move |w| {
            let Some(mut session) = account::session(w, &city, &id)? else {
                return Ok(());
            };
            session.locked = Some(said.unwrap_or_default());
            account::keep(w, &city, &id, &session)
        })
        .await
}

/// Settles what kept a request from being made.
async fn not_sent(
    world: &Arc<World>,
    job: JobRow,
    facts: Facts,
    observation: Observation,
) -> Result<Outcome> {
    let submission = match job.submission {
        Some(s) => Some(
            world
                .blocking(move |w| w.store.read(|conn| submissions::get(conn, s)))
                .await?,
        ),
        None => None,
    };
    over(
        world,
        job,
        submission,
        facts,
        Observed::before_sending(observation),
    )
    .await
}

/// On disk before the first byte: the job is being sent, and the city may know of it from here on.
fn start(world: &World, mut job: JobRow, mut prepared: Prepared) -> Result<(JobRow, Prepared)> {
    let now = world.now();
    job.state = step(job.state, JobEvent::Start).map_err(|_| Error::Internal)?;
    job.exposure = job.exposure.step(Exposed::Leaving, job.exposure);
    job.last_sent_at = Some(job.last_sent_at.unwrap_or(now));
    // The choice of the job has checked the budget; `--now` may overdraw it, and then a new day is counted from here.
    match pick::budget(&job).take(now) {
        Ok(budget) => (job.day_started, job.day_attempts) = (budget.since.unwrap_or(now), budget.used),
        Err(_) => job.day_attempts = job.day_attempts.saturating_add(1),
    }
    world.store.write(|tx| {
        jobs::update(tx, &job)?;
        if let Some(submission) = &mut prepared.submission {
            if submission.first_attempt_at.is_none() {
                submissions::refreeze(tx, submission)?;
            }
            submission.exposure = Exposure::Unknown;
            if submission.first_attempt_at.is_none() {
                submission.skew_ms = prepared.facts.row.skew_ms;
            }
            submission.first_attempt_at.get_or_insert(now);
            submission.last_attempt_at = Some(now);
            submissions::update(tx, submission)?;
        }
        Ok(())
    })?;
    Ok((job, prepared))
}

/// Settles what was observed before any byte of the payload left.
async fn over(
    world: &Arc<World>,
    job: JobRow,
    submission: Option<SubmissionRow>,
    facts: Facts,
    observed: Observed,
) -> Result<Outcome> {
    let before = build::before(&job, submission.as_ref());
    let over = Over {
        learnt: Learnt::ByAttempt,
        job,
        submission,
        before,
        facts,
        riding: Vec::new(),
        observed,
        skew_ms: None,
    };
    world.blocking(move |w| settle::settle(w, over)).await
}

/// A number that another report of ours is followed by is no receipt of this one.
async fn not_anothers(world: &Arc<World>, job: &JobRow, observed: Observed) -> Result<Observed> {
    let Some(tracking) = observed.tracking.clone() else {
        return Ok(observed);
    };
    let (city, report) = (job.city.clone(), job.report);
    let anothers = world
        .blocking(move |w| {
            w.store
                .read(|conn| receipts::is_anothers(conn, &city, report, &tracking))
        })
        .await?;
    Ok(match anothers {
        false => observed,
        true => Observed {
            observation: Observation::NotOurReceipt,
            tracking: None,
            ..observed
        },
    })
}

/// A practice run goes all the way on the phone and never leaves it.
async fn practise(world: &Arc<World>, job: JobRow, submission: Option<SubmissionRow>) -> Result<Outcome> {
    world
        .blocking(move |w| {
            let facts = w.store.read(|conn| Facts::load(conn, &job.city))?;
            let riding = submission
                .as_ref()
                .map(|s| s.payload.attachments.clone())
                .unwrap_or_default();
            let before = build::before(&job, submission.as_ref());
            let observed = Observed {
                tracking: Some(Tracking::Untracked),
                sent: Sent::Nothing,
                ..Observed::before_sending(Observation::Receipt {
                    tracked: Tracked::Not,
                })
            };
            settle::settle(
                w,
                Over {
                    learnt: Learnt::Nothing,
                    job,
                    submission,
                    before,
                    facts,
                    riding,
                    observed,
                    skew_ms: None,
                },
            )
        })
        .await
}

/// Kind of the report's service, where the city's list is known.
async fn known_type(world: &Arc<World>, job: &JobRow) -> Result<Option<ServiceType>> {
    let (report, city) = (job.report, job.city.clone());
    world
        .blocking(move |w| {
            let code = w.store.read(|conn| reports::get(conn, report))?.content.service;
            let Some(code) = code else { return Ok(None) };
            for language in phananh_domain::words::Language::ALL {
                let known = city::services(w, &city, *language)?;
                if !known.fetched {
                    continue;
                }
                // The list of one language may be older than a service that the other's knows.
                if let Some(service) = known.list.iter().find(|s| s.code == code) {
                    return Ok(Some(service.service_type));
                }
            }
            Ok(None)
        })
        .await
}
