//! A city that keeps a timeline: changes since a cursor, then the new events of what changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use georeport::read::{self, WireEvent, WireMedia};
use phananh_domain::case::{Actor, ActorType, CaseEvent, CaseFile, CaseState, CaseStatus, step};
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::report::Phase;
use phananh_domain::time::Timestamp;
use rusqlite::Transaction;

use super::numbered;
use crate::city::Facts;
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::sealed::owner_secret;
use crate::store::{CaseRow, cases, cities, reports};
use crate::world::World;

/// Ids in one question.
const BATCH: usize = 100;
/// Pages of one question at most: a hostile city cannot keep us reading.
const PAGES: usize = 100;

/// Brings the timelines of our cases up to date. Gives the reports whose case changed.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let ours = numbered(world, &facts.row.id).await?;
    if ours.is_empty() {
        return Ok(Vec::new());
    }
    let due = changed(world, facts, &ours, traffic).await?;
    let mut changed = Vec::new();
    for case in ours {
        let number = case.number.as_ref().map(CaseNumber::as_str).unwrap_or_default();
        // A case that was never read may have changed before the cursor was taken.
        if (case.synced_at.is_none() || due.contains(number)) && follow(world, facts, &case, traffic).await? {
            changed.push(case.report);
        }
    }
    Ok(changed)
}

/// Numbers of our cases that changed since the last time; every one where the city keeps no changes.
async fn changed(
    world: &Arc<World>,
    facts: &Facts,
    ours: &[CaseRow],
    traffic: &mut Traffic,
) -> Result<BTreeSet<String>> {
    let ids: Vec<String> = ours
        .iter()
        .filter_map(|c| Some(c.number.as_ref()?.as_str().to_owned()))
        .collect();
    if !facts.extensions.as_ref().is_some_and(|e| e.changes) {
        return Ok(ids.into_iter().collect());
    }
    let endpoint = facts.endpoint()?;
    let since = facts.row.changes_cursor.clone().unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut newest: Option<String> = None;
    for batch in ids.chunks(BATCH) {
        let mut cursor = since.clone();
        for _ in 0..PAGES {
            let request = endpoint.changes(&cursor, batch);
            let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
            let answer = answered.answer().map_err(|_| Error::Network {
                code: "error.network",
            })?;
            if answer.status == 410 && !cursor.is_empty() {
                cursor = String::new();
                continue;
            }
            let zone = facts.zone_offset(world.now());
            let page = read::changes(&answer, zone).map_err(|_| Error::Network { code: "error.city" })?;
            found.extend(page.changes.into_iter().map(|c| c.id));
            let stuck = page.cursor == cursor;
            cursor = page.cursor;
            if !page.more || stuck {
                break;
            }
        }
        // Batches are asked one after the other: only the first one's cursor is old enough for all of them.
        newest.get_or_insert(cursor);
    }
    if let Some(cursor) = newest {
        let id = facts.row.id.clone();
        // Written before the events are read would lose them on a kill; a case whose events could not be read keeps
        // its place by its own number of events, so the cursor may go on only with the last of them: see `follow`.
        world
            .blocking(move |w| {
                w.store.write(|tx| {
                    let mut row = cities::get(tx, &id)?;
                    row.changes_cursor = Some(cursor);
                    cities::update(tx, &row)?;
                    // What changed is owed until it is read.
                    for number in &found {
                        if let Some(mut case) = cases::by_number(tx, &id, &CaseNumber::new(number.clone()))? {
                            case.synced_at = None;
                            cases::put(tx, &case)?;
                        }
                    }
                    Ok(found)
                })
            })
            .await
    } else {
        Ok(found)
    }
}

/// Reads the new events of one case. Tells whether there were any.
async fn follow(world: &Arc<World>, facts: &Facts, case: &CaseRow, traffic: &mut Traffic) -> Result<bool> {
    let Some(number) = case.number.clone() else {
        return Ok(false);
    };
    let endpoint = facts.endpoint()?;
    let report = case.report;
    let secret = if facts.extensions.as_ref().is_some_and(|e| e.owner) {
        world
            .blocking(move |w| {
                w.store.read(|conn| match reports::get(conn, report)?.phase {
                    // Somebody else's: a secret of ours would be refused.
                    Phase::Followed => Ok(None),
                    Phase::Draft | Phase::Submitted => owner_secret(w, conn, report).map(Some),
                })
            })
            .await?
    } else {
        None
    };
    let mut after = u64::try_from(case.events_seq).unwrap_or(0);
    let mut any = false;
    for _ in 0..PAGES {
        let Ok(request) = endpoint.events(number.as_str(), after, secret.as_deref()) else {
            return Ok(any);
        };
        let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
        let answer = answered.answer().map_err(|_| Error::Network {
            code: "error.network",
        })?;
        let now = world.now();
        let page = match read::events(&answer, facts.zone_offset(now)) {
            Ok(page) => page,
            Err(_) if matches!(answer.status, 404 | 410) => {
                world
                    .blocking(move |w| w.store.write(|tx| mark_gone(tx, report, now)))
                    .await?;
                return Ok(any);
            }
            Err(_) => return Err(Error::Network { code: "error.city" }),
        };
        let events: Vec<CaseEvent> = page.events.into_iter().map(|e| event(e, now)).collect();
        let last = page.last_seq;
        any |= world
            .blocking(move |w| w.store.write(|tx| append(tx, report, &events, last, now)))
            .await?;
        match last {
            Some(seq) if page.more && seq > after => after = seq,
            _ => break,
        }
    }
    Ok(any)
}

fn mark_gone(tx: &Transaction<'_>, report: ReportId, now: Timestamp) -> Result<()> {
    let mut case = cases::require(tx, report)?;
    case.gone = true;
    case.synced_at = Some(now);
    cases::put(tx, &case)
}

/// Appends events and folds them into the case. Tells whether any was new.
fn append(
    tx: &Transaction<'_>,
    report: ReportId,
    events: &[CaseEvent],
    last: Option<u64>,
    now: Timestamp,
) -> Result<bool> {
    let mut case = cases::require(tx, report)?;
    let mut any = false;
    let mut state = CaseState {
        status: case.status.clone().unwrap_or(CaseStatus::Submitted),
        seq: case.events_seq,
    };
    for event in events {
        if !cases::append_event(tx, report, event)? {
            continue;
        }
        any = true;
        let newer = event.seq > state.seq;
        state = step(&state, event);
        if newer {
            fold(&mut case, event);
        }
    }
    case.status = Some(state.status);
    case.events_seq = state
        .seq
        .max(last.and_then(|s| i64::try_from(s).ok()).unwrap_or(0));
    case.gone = false;
    case.synced_at = Some(now);
    cases::put(tx, &case)?;
    Ok(any)
}

/// What an event says beside the status.
fn fold(case: &mut CaseRow, event: &CaseEvent) {
    if event.outcome.is_some() {
        case.outcome.clone_from(&event.outcome);
    }
    if event.due_at.is_some() {
        case.due_at = event.due_at;
    }
    if event.kind == "reopened" {
        case.outcome = None;
    }
    match event.kind.as_str() {
        // docs/extensions.md: the text of these two names the agency.
        "assigned" | "transferred" if event.text.is_some() => case.agency.clone_from(&event.text),
        _ => {
            let by_agency = event.actor.as_ref().filter(|a| a.kind == Some(ActorType::Agency));
            if let Some(unit) = by_agency.and_then(|a| a.unit.clone()) {
                case.agency = Some(unit);
            }
        }
    }
}

fn event(wire: WireEvent, now: Timestamp) -> CaseEvent {
    let time = |t: Option<georeport::WireTime>| t.and_then(|t| t.unix_ms).map(Timestamp::from_millis);
    let kind = wire.actor.kind.as_deref().and_then(|k| k.parse().ok());
    CaseEvent {
        id: wire.id,
        seq: i64::try_from(wire.seq).unwrap_or(i64::MAX),
        at: time(wire.at).unwrap_or(now),
        kind: wire.kind,
        actor: (kind.is_some() || wire.actor.unit.is_some()).then_some(Actor {
            kind,
            unit: wire.actor.unit,
        }),
        reason_code: wire.reason_code,
        text: wire.text,
        due_at: time(wire.due_at),
        outcome: wire.outcome,
        duplicate_of: wire.duplicate_of.map(CaseNumber::new),
        attachments: wire.attachments.into_iter().map(file).collect(),
    }
}

/// A file of the city, as told.
pub(super) fn file(wire: WireMedia) -> CaseFile {
    CaseFile {
        url: wire.url,
        kind: wire.kind.unwrap_or_else(|| "photo".to_owned()),
        sha256: wire.sha256,
        bytes: wire.bytes,
    }
}
