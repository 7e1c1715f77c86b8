//! The one exception that joins both machines: a report that is still owed and appears at the city, by whatever channel
//! it came there, is delivered without a send of ours.
//!
//! At a city that honours keys and knows owners every owed report is asked for by its key, and a row counts only if it
//! names that key. At any other city those that may have arrived are looked for in its lists, one list a service, by the
//! rules of the look-up ([`crate::lookup`]): so what the citizen was asked about ends well once the city shows it.
//!
//! A sync asks a few questions at most, and none while the outbox is at work: it finds out by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::job::{JobKind, JobState};
use phananh_domain::lookup::{Candidate, Match};

use crate::arrival;
use crate::city::Facts;
use crate::error::Result;
use crate::events::Event;
use crate::line::Traffic;
use crate::listing::measure;
use crate::lookup::{self, find_ours, may_be_there};
use crate::store::{JobRow, SubmissionRow, jobs, submissions};
use crate::world::World;

/// Questions that one sync asks, of each sort.
const A_FEW: usize = 20;

/// A report whose words are owed.
struct Owed {
    job: JobRow,
    submission: SubmissionRow,
}

/// Looks for owed reports at the city. Gives those that are there.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let Ok(_gate) = world.gate.try_lock() else {
        return Ok(Vec::new());
    };
    let city = facts.clone();
    let owed = world.blocking(move |w| owed(w, &city)).await?;
    let (keyed, listed): (Vec<_>, Vec<_>) = owed.into_iter().partition(|o| answers_for(world, facts, o));
    let mut seen = by_key(world, facts, keyed, traffic).await?;
    seen.extend(by_lists(world, facts, listed, traffic).await?);
    for report in &seen {
        world.events.tell(Event::Delivery { report: *report });
    }
    Ok(seen)
}

/// The reports of a city whose words are owed and are not on their way at this moment.
fn owed(world: &World, facts: &Facts) -> Result<Vec<Owed>> {
    world.store.read(|conn| {
        let mut owed = Vec::new();
        for job in jobs::owed(conn)? {
            let (JobKind::Report, Some(id)) = (job.kind, job.submission) else {
                continue;
            };
            // A practice run never leaves the phone, not even as a question.
            if job.city != facts.row.id || job.state == JobState::Sending || job.practice {
                continue;
            }
            let submission = submissions::get(conn, id)?;
            owed.push(Owed { job, submission });
        }
        Ok(owed)
    })
}

/// The city answers for our key and for it alone: it honours keys, knows owners, and this key is not too old.
fn answers_for(world: &World, facts: &Facts, owed: &Owed) -> bool {
    let now = world.now();
    let first = owed.submission.first_attempt_at.unwrap_or(now);
    facts.extensions.as_ref().is_some_and(|e| e.owner) && facts.key_promise(first).holds(now)
}

async fn by_key(
    world: &Arc<World>,
    facts: &Facts,
    owed: Vec<Owed>,
    traffic: &mut Traffic,
) -> Result<Vec<ReportId>> {
    let mut seen = Vec::new();
    for Owed { job, .. } in owed.into_iter().take(A_FEW) {
        let Ok(mut rows) = lookup::by_key(world, &job, facts, traffic).await? else {
            continue;
        };
        let key = job.key.to_string();
        rows.retain(|row| row.client_request_id.as_deref() == Some(key.as_str()));
        seen.extend(deliver(world, facts, job, rows).await?);
    }
    Ok(seen)
}

/// One list a service, from the oldest of its first attempts on.
async fn by_lists(
    world: &Arc<World>,
    facts: &Facts,
    owed: Vec<Owed>,
    traffic: &mut Traffic,
) -> Result<Vec<ReportId>> {
    let now = world.now();
    let mut services: BTreeMap<Option<String>, Vec<Owed>> = BTreeMap::new();
    for one in owed.into_iter().filter(|one| may_be_there(&one.submission)) {
        let reaches = now.since(lookup::since(facts, &one.submission)) < lookup::REACH;
        if reaches {
            let service = one.submission.payload.get("service_code").map(str::to_owned);
            services.entry(service).or_default().push(one);
        }
    }
    let mut seen = Vec::new();
    for (service, sought) in services.into_iter().take(A_FEW) {
        let Some(since) = sought.iter().map(|o| lookup::since(facts, &o.submission)).min() else {
            continue;
        };
        let Ok(looked) = lookup::list(world, facts, service.as_deref(), since, traffic).await? else {
            // The city is in trouble: the next list would fare no better.
            break;
        };
        let (mut learning, list) = (facts.clone(), looked);
        let looked = world
            .blocking(move |w| {
                w.store.write(|tx| measure(tx, &mut learning, &list))?;
                Ok(list)
            })
            .await?;
        for Owed { job, .. } in sought {
            seen.extend(deliver(world, facts, job, looked.rows.clone()).await?);
        }
    }
    Ok(seen)
}

/// If one of the rows is this report: delivered. Matched in the transaction that claims the row, so that two reports
/// never get one case.
async fn deliver(
    world: &Arc<World>,
    facts: &Facts,
    job: JobRow,
    rows: Vec<Candidate>,
) -> Result<Option<ReportId>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let facts = facts.clone();
    world
        .blocking(move |w| {
            let now = w.now();
            w.store.write(|tx| {
                let job = jobs::get(tx, job.id)?;
                let Some(id) = job.submission.filter(|_| job.state.is_owed()) else {
                    return Ok(None);
                };
                let submission = submissions::get(tx, id)?;
                let Match::One(found) = find_ours(tx, &job, &submission, &facts, &rows)? else {
                    return Ok(None);
                };
                let (report, number) = (job.report, CaseNumber::new(found.id.as_str()));
                arrival::seen(tx, job, submission, &facts, number, now)?;
                Ok(Some(report))
            })
        })
        .await
}
