//! The one exception that joins both machines: a report that is still owed and appears at the city under our key, by
//! whatever channel it came there, is delivered without a send of ours.
//!
//! Asked only of cities that honour keys and know owners, a few reports a sync, and never while the outbox is at work:
//! it finds out by itself.

use std::sync::Arc;

use georeport::{ListQuery, read};
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::job::{Exposed, JobEvent, JobKind, JobState, step};
use phananh_domain::receipt::Tracking;

use crate::arrival::{Arrival, arrive};
use crate::city::Facts;
use crate::error::Result;
use crate::events::Event;
use crate::line::{self, Traffic};
use crate::sealed::owner_secret;
use crate::store::{JobRow, jobs, submissions};
use crate::world::World;

/// Reports that one sync asks for.
const A_FEW: usize = 20;

/// Looks for owed reports at the city. Gives those that are there.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let able = facts
        .extensions
        .as_ref()
        .is_some_and(|e| e.idempotency.is_some() && e.owner);
    let Ok(_gate) = world.gate.try_lock() else {
        return Ok(Vec::new());
    };
    if !able {
        return Ok(Vec::new());
    }
    let city = facts.row.id.clone();
    let owed = world.blocking(|w| w.store.read(jobs::owed)).await?;
    let words = owed
        .into_iter()
        .filter(|j| j.kind == JobKind::Report && j.city == city);
    let mut seen = Vec::new();
    for job in words.filter(|j| j.state != JobState::Sending).take(A_FEW) {
        let Some(number) = find(world, facts, &job, traffic).await? else {
            continue;
        };
        let (report, facts) = (job.report, facts.clone());
        world.blocking(move |w| deliver(w, &facts, job, number)).await?;
        world.events.tell(Event::Delivery { report });
        seen.push(report);
    }
    Ok(seen)
}

/// Asks for our key; a row counts only if it names it.
async fn find(
    world: &Arc<World>,
    facts: &Facts,
    job: &JobRow,
    traffic: &mut Traffic,
) -> Result<Option<CaseNumber>> {
    let (report, key) = (job.report, job.key.to_string());
    let secret = world
        .blocking(move |w| w.store.read(|conn| owner_secret(w, conn, report)))
        .await?;
    let query = ListQuery {
        client_request_id: Some(&key),
        ..ListQuery::default()
    };
    let request = facts.endpoint()?.list(&query, Some(&secret));
    let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
    let Ok(answer) = answered.answer() else {
        return Ok(None);
    };
    let Ok(list) = read::cases(&answer, facts.zone_offset(world.now())) else {
        return Ok(None);
    };
    let mut ours = list
        .cases
        .into_iter()
        .filter(|c| c.client_request_id.as_deref() == Some(key.as_str()));
    match (ours.next(), ours.next()) {
        (Some(case), None) => Ok(Some(CaseNumber::new(case.id))),
        _ => Ok(None),
    }
}

fn deliver(world: &World, facts: &Facts, job: JobRow, number: CaseNumber) -> Result<()> {
    let now = world.now();
    world.store.write(|tx| {
        let mut job = JobRow {
            state: jobs::get(tx, job.id)?.state,
            ..job
        };
        let (Ok(state), Some(id)) = (step(job.state, JobEvent::Accepted), job.submission) else {
            return Ok(());
        };
        let mut submission = submissions::get(tx, id)?;
        job.state = state;
        job.exposure = job.exposure.step(Exposed::Acceptance, job.exposure);
        submission.exposure = job.exposure;
        jobs::update(tx, &job)?;
        submissions::update(tx, &submission)?;
        let arrival = Arrival {
            job: &job,
            submission: &submission,
            facts,
            tracking: Tracking::Number(number),
            notice: None,
            found: true,
            riding: &[],
        };
        arrive(tx, &arrival, now)
    })
}
