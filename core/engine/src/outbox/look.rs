//! Look-up: is the report whose answer was lost at the city already?
//!
//! One look reads the city's list since the first attempt to its end, matches it, and keeps as evidence that a whole
//! list was read. On the way it measures how the city lists new reports of ours, on which the proof of absence rests.

use std::collections::BTreeSet;
use std::sync::Arc;

use georeport::{Answer, ListQuery, Pager, Step, read};
use phananh_domain::id::{CaseNumber, ReportId, ServiceCode, Token};
use phananh_domain::job::{Exposure, JobKind, JobState};
use phananh_domain::lookup::{AskedBy, Match, Wanted, find, verdict, verdict_by_key};
use phananh_domain::outcome::{Attempt, Change, Observation, Sent, may_revise, rule, settle};
use phananh_domain::place::Point;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::time::{DAY, MINUTE};

use super::Tally;
use super::observe::Observed;
use super::pick::Outcome;
use super::settle::{Learnt, Over, apply, standing};
use crate::city::Facts;
use crate::contact::{failed, unreadable};
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::listing::{Looked, candidate, measure};
use crate::sealed::owner_secret;
use crate::store::{JobRow, SubmissionRow, jobs, receipts, reports, submissions};
use crate::world::World;

/// Pages of one look at most.
const PAGES: u32 = 40;

/// Looks once and settles what it shows.
pub(super) async fn look(
    world: &Arc<World>,
    job: JobRow,
    submission: SubmissionRow,
    facts: Facts,
    tally: &mut Tally,
) -> Result<Outcome> {
    let looked = match read_list(world, &job, &submission, &facts, &mut tally.traffic).await? {
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
        let wanted = wanted(conn, &job, &submission, &facts)?;
        let matched = find(&wanted, &looked.rows);
        let evidence = facts.evidence(conn, &submission)?;
        let verdict = match looked.by_key {
            true => verdict_by_key(&matched, &evidence, looked.at),
            false => verdict(&matched, &evidence),
        };
        Ok((matched, verdict))
    })?;
    let ruling = settle(job.question, &verdict);
    let tracking = match matched {
        Match::One(found) => Some(found.tracking()),
        Match::None | Match::Several => None,
    };
    let delivered = tracking.is_some();
    // Where photos ride with the words, they were in the request that was stored.
    let riding = submission
        .payload
        .attachments
        .iter()
        .take(facts.photos_with_words())
        .copied()
        .collect();
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

/// What is looked for.
fn wanted(
    conn: &rusqlite::Connection,
    job: &JobRow,
    submission: &SubmissionRow,
    facts: &Facts,
) -> Result<Wanted> {
    let report = reports::get(conn, job.report)?;
    let known = receipts::known_ids(conn, &job.city)?;
    let (first_attempt_at, skew_ms) = facts.first_attempt_there(submission);
    let code: ReferenceCode = report.reference_code;
    let number = |name: &str| submission.payload.get(name).and_then(|v| v.parse::<f64>().ok());
    Ok(Wanted {
        key: job.key,
        reference_code: code,
        description_sent: submission
            .payload
            .get("description")
            .unwrap_or_default()
            .to_owned(),
        service: submission.payload.get("service_code").map(ServiceCode::new),
        point: number("lat")
            .zip(number("long"))
            .and_then(|(lat, lon)| Point::new(lat, lon).ok()),
        first_attempt_at,
        skew_ms,
        known_numbers: known.iter().map(|id| CaseNumber::new(id.clone())).collect(),
        known_tokens: known.into_iter().map(Token::new).collect::<BTreeSet<_>>(),
    })
}

/// Reads the city's list since the first attempt, all pages; what a single page cannot tell makes it incomplete.
async fn read_list(
    world: &Arc<World>,
    job: &JobRow,
    submission: &SubmissionRow,
    facts: &Facts,
    traffic: &mut Traffic,
) -> Result<std::result::Result<Looked, Observation>> {
    let endpoint = facts.endpoint()?;
    let at = world.now();
    let first = submission.first_attempt_at.unwrap_or(submission.created_at);
    let (first_there, doubt) = facts.first_attempt_there(submission);
    let start = first_there.plus(-doubt).plus(-MINUTE);
    let service = submission.payload.get("service_code").map(str::to_owned);
    let zone = facts.zone_offset(at);
    let mut rows = Vec::new();
    if facts.extensions.as_ref().is_some_and(|e| e.idempotency.is_some()) {
        let (report, key) = (job.report, job.key.to_string());
        let secret = world
            .blocking(move |w| w.store.read(|conn| owner_secret(w, conn, report)))
            .await?;
        let query = ListQuery {
            client_request_id: Some(&key),
            ..ListQuery::default()
        };
        let request = endpoint.list(&query, Some(&secret));
        let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
        let answer = match answered.answer() {
            Ok(answer) => answer,
            Err(failure) => return Ok(Err(failed(failure))),
        };
        match read::cases(&answer, zone) {
            Ok(list) => rows.extend(list.cases.iter().map(|c| candidate(c, AskedBy::Key))),
            Err(_) => return Ok(Err(unreadable(&answer, at))),
        }
        // While the promise holds the city knows every key it stored; afterwards only its lists may tell.
        if facts.key_promise(first).holds(at) {
            return Ok(Ok(Looked {
                rows,
                at,
                complete: true,
                by_key: true,
            }));
        }
    }
    let mut pager = Pager::new(&facts.dialect, PAGES);
    let mut page = 0;
    loop {
        let query = ListQuery {
            service_code: service.as_deref(),
            start_ms: Some(start.as_millis()),
            page,
            ..ListQuery::default()
        };
        let answered = line::ask(
            world,
            &endpoint.list(&query, None),
            facts.total_timeout_ms(),
            traffic,
        )
        .await;
        let answer: Answer<'_> = match answered.answer() {
            Ok(answer) => answer,
            Err(failure) => return Ok(Err(failed(failure))),
        };
        let step = match read::cases(&answer, zone) {
            Ok(list) => {
                rows.extend(list.cases.iter().map(|c| candidate(c, AskedBy::List)));
                pager.feed(list.cases.iter().map(|c| c.id.as_str()), list.skipped)
            }
            Err(_) if answer.status == 404 && page > 0 => pager.not_found(),
            // A list that cannot be read proves nothing, and is no reason to hold back the city.
            Err(_) if answer.is_success() || answer.status == 400 || answer.status == 404 => {
                return Ok(Ok(Looked {
                    rows,
                    at,
                    complete: false,
                    by_key: false,
                }));
            }
            Err(_) => return Ok(Err(unreadable(&answer, at))),
        };
        match step {
            Step::Next(next) => page = next,
            Step::Done(completeness) => {
                // A window that reaches back further than lists are said to may have been cut.
                let within = at.plus(facts.row.skew_ms).since(start) < 90 * DAY;
                let complete = within && completeness == georeport::Completeness::Complete;
                return Ok(Ok(Looked {
                    rows,
                    at,
                    complete,
                    by_key: false,
                }));
            }
        }
    }
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
/// Some servers store and refuse; others show a report only after they reviewed it.
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
                let past = facts.past(conn, &submission, w.now())?;
                let needed = match submission.exposure {
                    Exposure::Refused => may_revise(&past) == Change::LookFirst,
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
    let looked = read_list(world, &job, &submission, &facts, &mut traffic)
        .await?
        .map_err(|_| Error::Network {
            code: "error.look_first",
        })?;
    world
        .blocking(move |w| {
            let (wanted, city) = (
                w.store.read(|conn| wanted(conn, &job, &submission, &facts))?,
                facts,
            );
            match find(&wanted, &looked.rows) {
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
                Match::One(_) => conclude(w, job, submission, city, &looked).map(|_| Glance::ItIsThere),
            }
        })
        .await
}
