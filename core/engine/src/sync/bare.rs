//! A city that shows cases and keeps no timeline: ours are asked for in batches, and changes become events.

use std::sync::Arc;

use georeport::{ListQuery, read};
use phananh_domain::case::{CaseEvent, CaseStatus};
use phananh_domain::case_words::implied_outcome;
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::time::Timestamp;
use rusqlite::Transaction;

use super::numbered;
use super::rich::file;
use crate::city::Facts;
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::listing;
use crate::store::{CaseRow, cases};
use crate::world::World;

/// Looks at our cases and keeps what changed. Gives the reports whose case changed.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let ours = numbered(world, &facts.row.id).await?;
    let endpoint = facts.endpoint()?;
    let ids: Vec<String> = ours
        .iter()
        .filter_map(|c| Some(c.number.as_ref()?.as_str().to_owned()))
        .collect();
    let mut changed = Vec::new();
    for batch in facts.dialect.id_batches(&ids) {
        let query = ListQuery {
            ids: batch,
            ..ListQuery::default()
        };
        let answered = line::ask(
            world,
            &endpoint.list(&query, None),
            facts.total_timeout_ms(),
            traffic,
        )
        .await;
        let answer = answered.answer().map_err(|_| Error::Network {
            code: "error.network",
        })?;
        let zone = facts.zone_offset(world.now());
        // Some servers fail on a list of ids, or leave some out: each of those is asked for by itself.
        let mut shown = read::cases(&answer, zone)
            .map(|list| list.cases)
            .unwrap_or_default();
        for id in batch {
            if shown.iter().any(|c| c.id == *id) {
                continue;
            }
            let Ok(request) = endpoint.single(id, None) else {
                continue;
            };
            let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
            let Ok(answer) = answered.answer() else { continue };
            if let Ok(list) = read::cases(&answer, zone) {
                shown.extend(list.cases.into_iter().filter(|c| c.id == *id));
            }
        }
        for case in ours.iter().filter(|c| {
            c.number
                .as_ref()
                .is_some_and(|n| batch.iter().any(|id| id == n.as_str()))
        }) {
            let row = shown
                .iter()
                .find(|c| case.number.as_ref().is_some_and(|n| n.as_str() == c.id))
                .cloned();
            let (report, facts, now) = (case.report, facts.clone(), world.now());
            let new = world
                .blocking(move |w| w.store.write(|tx| keep(tx, &facts, report, row.as_ref(), now)))
                .await?;
            if new {
                changed.push(case.report);
            }
        }
    }
    listing::watch(world, facts, traffic).await?;
    Ok(changed)
}

/// Keeps what the city shows of one case. Tells whether it changed.
fn keep(
    tx: &Transaction<'_>,
    facts: &Facts,
    report: ReportId,
    row: Option<&read::Case>,
    now: Timestamp,
) -> Result<bool> {
    let mut case = cases::require(tx, report)?;
    let Some(row) = row else {
        // Right after filing that is moderation or a cache; later the city no longer shows it. Never a deletion here.
        let was_shown = case.synced_at.is_some();
        let changed = was_shown && !case.gone;
        case.gone = was_shown;
        cases::put(tx, &case)?;
        return Ok(changed);
    };
    let lead = row.duplicate_of.clone().map(CaseNumber::new);
    let status = facts.row.profile.map_status(
        row.detailed_status.as_deref(),
        row.status.as_deref(),
        lead.as_ref(),
    );
    let raw = [&row.detailed_status, &row.status, &row.status_notes]
        .into_iter()
        .map(|part| part.as_deref().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\u{1f}");
    let changed = case.status_raw.as_deref() != Some(raw.as_str());
    let told =
        |t: &Option<georeport::WireTime>| t.as_ref().and_then(|t| t.unix_ms).map(Timestamp::from_millis);
    if changed {
        let first = case.status_raw.is_none();
        let at = if first {
            told(&row.requested)
        } else {
            told(&row.updated)
        };
        derive(tx, &mut case, row, status.as_ref(), lead, at.unwrap_or(now))?;
        case.status_raw = Some(raw);
    }
    if let Some(status) = status {
        case.status = Some(status);
    }
    if let Some(due) = told(&row.due_at).or_else(|| told(&row.expected)) {
        case.due_at = Some(due);
    }
    let implied = row
        .status
        .as_deref()
        .and_then(implied_outcome)
        .map(|o| o.as_str().to_owned());
    if let Some(outcome) = row.outcome.clone().or(implied) {
        case.outcome = Some(outcome);
    }
    case.agency = row.agency_responsible.clone().or(case.agency);
    case.media_url = row.media.first().map(|m| m.url.clone()).or(case.media_url);
    case.gone = false;
    case.synced_at = Some(now);
    cases::put(tx, &case)?;
    Ok(changed)
}

/// An event made of what changed, for a city that tells none.
fn derive(
    tx: &Transaction<'_>,
    case: &mut CaseRow,
    row: &read::Case,
    status: Option<&CaseStatus>,
    lead: Option<CaseNumber>,
    at: Timestamp,
) -> Result<()> {
    let seq = case.events_seq.saturating_add(1);
    let kind = status.map_or_else(
        || row.status.clone().unwrap_or_default(),
        |s| s.as_str().to_owned(),
    );
    let event = CaseEvent {
        id: format!("derived-{seq}"),
        seq,
        at,
        kind,
        actor: None,
        reason_code: None,
        text: row.status_notes.clone().or_else(|| row.outcome_text.clone()),
        due_at: None,
        outcome: row.outcome.clone(),
        duplicate_of: lead,
        attachments: if seq == 1 {
            Vec::new()
        } else {
            row.media.iter().cloned().map(file).collect()
        },
    };
    cases::append_event(tx, case.report, &event)?;
    case.events_seq = seq;
    Ok(())
}
