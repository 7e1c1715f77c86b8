//! The timeline of a case and the changes of many (extensions `events` and `changes`).

use super::media::{WireMedia, media_of};
use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{boolean, count, text, time};
use crate::time::{WireTime, ZoneOffset};
use crate::tree::{Tree, list, member, success};

/// One page of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventsPage {
    /// Events in the order of the answer; internal ones are left out, should a city send them.
    pub events: Vec<WireEvent>,
    /// Largest `seq` of the page, left-out events included: where to go on.
    pub last_seq: Option<u64>,
    /// There are more.
    pub more: bool,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireEvent {
    /// Opaque id; the number where the city gives none.
    pub id: String,
    /// Number in the case, growing, never used again.
    pub seq: u64,
    /// When.
    pub at: Option<WireTime>,
    /// Kind, as written.
    pub kind: String,
    /// Who.
    pub actor: WireActor,
    /// Who may see it.
    pub visibility: Visibility,
    /// Code of the reason.
    pub reason_code: Option<String>,
    /// Words.
    pub text: Option<String>,
    /// Photos and files.
    pub attachments: Vec<WireMedia>,
    /// New deadline.
    pub due_at: Option<WireTime>,
    /// Result.
    pub outcome: Option<String>,
    /// Lead case.
    pub duplicate_of: Option<String>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireActor {
    /// `citizen`, `operator`, `agency`, `system`, as written.
    pub kind: Option<String>,
    /// Office.
    pub unit: Option<String>,
}

/// Who may see an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Whoever filed the case; any word that is not known is taken as this, the narrower one.
    Owner,
}

/// One page of changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangesPage {
    /// Changed cases, each once.
    pub changes: Vec<WireChange>,
    /// Opaque cursor to go on from.
    pub cursor: String,
    /// There are more.
    pub more: bool,
}

/// One changed case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireChange {
    /// Case.
    pub id: String,
    /// When.
    pub updated: Option<WireTime>,
    /// Word of the events.
    pub detailed_status: Option<String>,
    /// The standard's status.
    pub status: Option<String>,
    /// Number of its newest event.
    pub events_seq: Option<u64>,
}

/// Reads a page of events.
///
/// # Errors
/// Any [`ReadError`]; 403 where the owner secret is wrong.
pub fn events(answer: &Answer<'_>, zone: ZoneOffset) -> Result<EventsPage, ReadError> {
    let tree = success(answer)?;
    let listed = member(&tree, "events").ok_or(ReadError::Malformed {
        what: "a list of events",
    })?;
    let mut page = EventsPage {
        more: boolean(&tree, "more").unwrap_or(false),
        ..EventsPage::default()
    };
    for row in list(listed, &[])? {
        let Some(event) = event(row, zone) else { continue };
        page.last_seq = page.last_seq.max(Some(event.seq));
        if text(row, "visibility").as_deref() != Some("internal") {
            page.events.push(event);
        }
    }
    Ok(page)
}

fn event(row: &Tree, zone: ZoneOffset) -> Option<WireEvent> {
    let seq = count(row, "seq")?;
    let actor = member(row, "actor");
    let actor = |name: &str| actor.and_then(|actor| text(actor, name));
    Some(WireEvent {
        id: text(row, "id").unwrap_or_else(|| seq.to_string()),
        seq,
        at: time(row, "at", zone),
        kind: text(row, "kind")?,
        actor: WireActor {
            kind: actor("type"),
            unit: actor("unit"),
        },
        visibility: match text(row, "visibility").as_deref() {
            Some("public") => Visibility::Public,
            _ => Visibility::Owner,
        },
        reason_code: text(row, "reason_code"),
        text: text(row, "text"),
        attachments: media_of(row, "attachments"),
        due_at: time(row, "due_at", zone),
        outcome: text(row, "outcome"),
        duplicate_of: text(row, "duplicate_of"),
    })
}

/// Reads a page of changes.
///
/// # Errors
/// Any [`ReadError`]; status 410 means that the cursor is gone: start from the beginning.
pub fn changes(answer: &Answer<'_>, zone: ZoneOffset) -> Result<ChangesPage, ReadError> {
    let tree = success(answer)?;
    let listed = member(&tree, "changes").ok_or(ReadError::Malformed {
        what: "a list of changes",
    })?;
    let cursor = text(&tree, "cursor").ok_or(ReadError::Malformed { what: "a cursor" })?;
    let change = |row: &Tree| {
        Some(WireChange {
            id: text(row, "service_request_id")?,
            updated: time(row, "updated_datetime", zone),
            detailed_status: text(row, "detailed_status"),
            status: text(row, "status"),
            events_seq: count(row, "events_seq"),
        })
    };
    let changes = list(listed, &[])?.into_iter().filter_map(change).collect();
    Ok(ChangesPage {
        changes,
        cursor,
        more: boolean(&tree, "more").unwrap_or(false),
    })
}
