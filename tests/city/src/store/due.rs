//! Due dates and the pauses between them, told by the timeline alone: no second book that could disagree with it.
//!
//! The clock of a case stands still from a question to the citizen until the question is no longer open. What that
//! took is added to the due date, and the event that ends the pause carries the new one.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::Db;
use super::cases::{self, Case};
use super::events::{self, Event, NewEvent, Reader};
use crate::cases::calendar::format_time;
use crate::cases::state::State;
use crate::cases::vocabulary::{ActorType, Visibility};
use crate::http::refusal::Refusal;
use crate::words::Word as _;

/// Most events of a case that are looked through.
const EVENTS: u32 = 100_000;

/// The due date as it stands now: a running pause counts already.
pub(crate) fn now_due(case: &Case, now: i64) -> Option<i64> {
    let paused = case.asked_at.map_or(0, |asked| now.saturating_sub(asked).max(0));
    case.due.map(|due| due.saturating_add(paused))
}

/// Ends the pause: the case is back where the question was asked, and due later by what the pause took.
pub(crate) fn resume(db: &Db<'_>, case: &Case, now: i64) -> Result<(), Refusal> {
    let back = case.asked_in.unwrap_or(State::Received);
    let due = now_due(case, now);
    cases::set(db, case.id, "state", &back)?;
    cases::set(db, case.id, "due", &due)?;
    cases::set(db, case.id, "asked_in", &rusqlite::types::Null)?;
    cases::set(db, case.id, "asked_at", &rusqlite::types::Null)?;
    let mut resumed = NewEvent::new(back.as_str(), ActorType::System, Visibility::Public);
    resumed.due = due;
    if matches!(back, State::Assigned | State::Transferred) {
        resumed.text.clone_from(&case.agency);
    }
    events::append(db, case.id, now, &resumed, &[])?;
    Ok(())
}

/// `requests/{id}/due.json`: every due date that the case had, and every pause, oldest first.
pub(crate) fn history(connection: &Connection, case: &Case) -> rusqlite::Result<Value> {
    let timeline = events::list(connection, case.id, Reader::Owner, 0, EVENTS)?;
    let mut dues: Vec<Value> = timeline.iter().filter_map(due_of).collect();
    if let (true, Some(due)) = (dues.is_empty(), case.due) {
        // Filed before timelines carried the first due date.
        dues.push(json!({"at": format_time(case.requested), "due_at": format_time(due), "reason": null}));
    }
    let mut pauses = Vec::new();
    let mut since = None;
    for event in timeline
        .iter()
        .filter(|event| State::parse(&event.kind).is_some())
    {
        if event.kind == State::WaitingCitizen.as_str() {
            since.get_or_insert(event.at);
        } else if let Some(from) = since.take() {
            pauses.push(json!({"from": format_time(from), "to": format_time(event.at)}));
        }
    }
    if let Some(from) = since {
        pauses.push(json!({"from": format_time(from), "to": null}));
    }
    Ok(json!({"due": dues, "pauses": pauses}))
}

fn due_of(event: &Event) -> Option<Value> {
    let due = event.due?;
    let extended = event.kind == State::Extended.as_str();
    let reason = event
        .reason_code
        .as_ref()
        .or(event.text.as_ref())
        .filter(|_| extended);
    Some(json!({"at": format_time(event.at), "due_at": format_time(due), "reason": reason}))
}
