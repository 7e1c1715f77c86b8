//! Look-up for a job whose turn it is: is the report whose answer was lost at the city already?
//!
//! One look ([`crate::lookup`]) reads the city's list since the first attempt to its end and matches it; here it becomes
//! a verdict, and what follows is written. Kept as evidence: that a whole list was read. On the way it measures how the
//! city lists new reports of ours, on which the proof of absence rests.

use std::sync::Arc;

use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobKind, JobState};
use phananh_domain::lookup::{Match, verdict, verdict_by_key};
use phananh_domain::outcome::{Attempt, Change, Observation, Question, Sent, may_revise, rule, settle};

use super::Tally;
use super::observe::Observed;
use super::pick::Outcome;
use super::settle::{Learnt, Over, apply, standing};
use crate::arrival::travelled;
use crate::city::Facts;
use crate::error::{Error, Result};
use crate::line::Traffic;
use crate::listing::{Looked, measure};
use crate::lookup::{self, find_ours};
use crate::store::{JobRow, SubmissionRow, jobs, submissions};
use crate::world::World;

/// Looks once and settles what it shows.
pub(super) async fn look(
    world: &Arc<World>,
    job: JobRow,
    submission: SubmissionRow,
    facts: Facts,
    tally: &mut Tally,
) -> Result<Outcome> {
    let looked = match lookup::ask(world, &job, &submission, &facts, &mut tally.traffic).await? {
        Ok(looked) => looked,
        Err(observation) => {
            // The question failed, not the report: it stays as unconfirmed as it was.
            let before = submission.exposure;
            let attempt = Attempt {
                kind: job.kind,
                honours_keys: facts.key_promise(submission.first_attempt_at.unwrap_or(world.now())),
                now: world.now(),
                before,
                stood: standing(job.state),
                sent: Sent::Nothing,
            };
            let ruling = rule(observation, &attempt);
            let observed = Observed::before_sending(observation);
            let over = Over {
                learnt: Learnt::ByAttempt,
                job,
                submission: Some(submission),
                before,
                facts,
                riding: Vec::new(),
                observed,
                skew_ms: None,
            };
            return world.blocking(move |w| apply(w, over, &ruling)).await;
        }
    };
    let outcome = world
        .blocking(move |w| conclude(w, job, submission, facts, &looked))
        .await?;
    if outcome.delivered {
        tally.delivered += 1;
    }
    Ok(outcome.outcome)
}

/// What a look came to.
struct Concluded {
    outcome: Outcome,
    delivered: bool,
}

fn conclude(
    world: &World,
    job: JobRow,
    mut submission: SubmissionRow,
    mut facts: Facts,
    looked: &Looked,
) -> Result<Concluded> {
    world.store.write(|tx| {
        if submission.last_attempt_at.is_some_and(|at| looked.at < at) {
            // The clock was set back: count from now, nothing is lost but time.
            submission.last_attempt_at = Some(looked.at);
            submissions::update(tx, &submission)?;
        }
        submissions::record_lookup(tx, submission.id, looked.at, looked.complete)?;
        measure(tx, &mut facts, looked)
    })?;
    let (matched, verdict) = world.store.read(|conn| {
        let matched = find_ours(conn, &job, &submission, &facts, &looked.rows)?;
        let evidence = facts.evidence(conn, &submission)?;
        let verdict = match looked.by_key {
            true => verdict_by_key(&matched, &evidence, looked.at),
            false => verdict(&matched, &evidence),
        };
        Ok((matched, verdict))
    })?;
    let question = match submission.exposure {
        Exposure::Refused => Question::Refused,
        Exposure::None | Exposure::Unknown | Exposure::Accepted => job.question,
    };
    let ruling = settle(question, &verdict);
    let tracking = match matched {
        Match::One(found) => Some(found.tracking()),
        Match::None | Match::Several => None,
    };
    let delivered = tracking.is_some();
    let riding = travelled(&submission, &facts);
    let before = submission.exposure;
    let observed = Observed {
        tracking,
        ..Observed::before_sending(Observation::AnswerLost)
    };
    let over = Over {
        learnt: Learnt::ByLook,
        job,
        submission: Some(submission),
        before,
        facts,
        riding,
        observed,
        skew_ms: None,
    };
    Ok(Concluded {
        outcome: apply(world, over, &ruling)?,
        delivered,
    })
}

/// What a look before a decision showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glance {
    /// The city has it: it is delivered, and there is nothing to decide any more.
    ItIsThere,
    /// It was not seen, or no look was needed.
    Nothing,
}

/// Before a payload that a byte may have left of is sent again or taken back: one look whether the city has it by now.
/// Some servers store and refuse, by the key or without; others show a report only after they reviewed it.
pub(crate) async fn look_before_decision(world: &Arc<World>, id: ReportId) -> Result<Glance> {
    let found = world
        .blocking(move |w| {
            w.store.read(|conn| {
                let Some(job) = jobs::of_report(conn, id)?
                    .into_iter()
                    .find(|j| j.kind == JobKind::Report)
                else {
                    return Ok(None);
                };
                let Some(submission) = submissions::newest(conn, id)? else {
                    return Ok(None);
                };
                let facts = Facts::load(conn, &job.city)?;
                let past = facts.past(conn, &submission)?;
                let needed = match submission.exposure {
                    Exposure::Refused => matches!(may_revise(&past), Change::LookFirst | Change::Ask),
                    Exposure::Unknown => true,
                    Exposure::None | Exposure::Accepted => false,
                };
                Ok(needed.then_some((job, submission, facts)))
            })
        })
        .await?;
    let Some((job, submission, facts)) = found else {
        return Ok(Glance::Nothing);
    };
    if !matches!(job.state, JobState::Blocked { .. }) {
        return Ok(Glance::Nothing);
    }
    let mut traffic = Traffic::default();
    let looked = lookup::ask(world, &job, &submission, &facts, &mut traffic)
        .await?
        .map_err(|_| Error::Network {
            code: "error.look_needs_network",
        })?;
    world
        .blocking(move |w| {
            let matched = w
                .store
                .read(|conn| find_ours(conn, &job, &submission, &facts, &looked.rows))?;
            match matched {
                Match::None => {
                    w.store.write(|tx| {
                        submissions::record_lookup(tx, submission.id, looked.at, looked.complete)
                    })?;
                    Ok(Glance::Nothing)
                }
                // Nobody can tell which is ours: that is what the citizen was asked about.
                Match::Several if submission.exposure == Exposure::Unknown => Ok(Glance::Nothing),
                Match::Several => Err(Error::NotNow {
                    code: "error.too_late",
                }),
                Match::One(_) => conclude(w, job, submission, facts, &looked).map(|_| Glance::ItIsThere),
            }
        })
        .await
}
