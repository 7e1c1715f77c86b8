//! Rows of the timeline. Append-only: triggers in the schema refuse anything else.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::cases::{self, CaseId};
use super::files::Upload;
use super::media::{self, Media};
use super::{Db, public_events, push, random_id};
use crate::cases::calendar::format_time;
use crate::cases::state::Step;
use crate::cases::vocabulary::{ActorType, Fixed, Outcome, Rating, Visibility};
use crate::http::refusal::Refusal;
use crate::words::Word as _;

/// What happened; the case, its number and its id come when it is appended.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) kind: &'static str,
    pub(crate) actor: ActorType,
    pub(crate) unit: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) reason_code: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) due: Option<i64>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) duplicate_of: Option<CaseId>,
    pub(crate) rating: Option<Rating>,
    pub(crate) fixed: Option<Fixed>,
}

impl NewEvent {
    /// An event with nothing but its kind, its actor and who may see it.
    pub(crate) fn new(kind: &'static str, actor: ActorType, visibility: Visibility) -> Self {
        Self {
            kind,
            actor,
            unit: None,
            visibility,
            reason_code: None,
            text: None,
            due: None,
            outcome: None,
            duplicate_of: None,
            rating: None,
            fixed: None,
        }
    }
}

/// One event as stored.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) actor: ActorType,
    pub(crate) unit: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) reason_code: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) due: Option<i64>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) duplicate_of: Option<CaseId>,
    pub(crate) rating: Option<Rating>,
    pub(crate) fixed: Option<Fixed>,
    pub(crate) attachments: Vec<Media>,
}

impl Event {
    /// Reads a row of `events`, without its pictures.
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            seq: row.get("seq")?,
            at: row.get("at")?,
            kind: row.get("kind")?,
            actor: row.get("actor_type")?,
            unit: row.get("actor_unit")?,
            visibility: row.get("visibility")?,
            reason_code: row.get("reason_code")?,
            text: row.get("text")?,
            due: row.get("due")?,
            outcome: row.get("outcome")?,
            duplicate_of: row.get("duplicate_of")?,
            rating: row.get("rating")?,
            fixed: row.get("fixed")?,
            attachments: Vec::new(),
        })
    }

    /// Finds the pictures that came with it.
    pub(crate) fn find_attachments(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.attachments = media::of_event(connection, &self.id)?;
        Ok(())
    }

    /// The event as `docs/extensions.md` has it. That a case was rated is public, the words and pictures beside the
    /// rating are between the citizen and the city.
    pub(crate) fn to_json(&self, reader: Reader, base: &str) -> Value {
        let is_rating = self.kind == Step::Rate.as_str();
        let open = !is_rating || reader != Reader::Public;
        let attachments = self.attachments.iter().filter(|_| open);
        let mut entry = json!({
            "id": self.id,
            "seq": self.seq,
            "at": format_time(self.at),
            "kind": self.kind,
            "actor": {"type": self.actor.as_str(), "unit": self.unit},
            "visibility": self.visibility.as_str(),
            "reason_code": self.reason_code,
            "text": self.text.as_ref().filter(|_| open),
            "attachments": attachments.map(|media| media.to_json(base)).collect::<Vec<_>>(),
            "due_at": self.due.map(format_time),
            "outcome": self.outcome.map(|outcome| outcome.as_str()),
            "duplicate_of": self.duplicate_of.map(|id| id.to_string()),
        });
        if let Some(members) = entry.as_object_mut().filter(|_| is_rating) {
            members.insert("rating".into(), json!(self.rating.map(|rating| rating.as_str())));
            members.insert("fixed".into(), json!(self.fixed.map(|fixed| fixed.as_str())));
        }
        entry
    }
}

/// Appends an event with its pictures (kept already) and returns its id. What anybody outside may see also moves
/// the case's `updated_datetime` and its place in the order of changes; an internal note does not. What is public gets its
/// number in the feed, and who asked for hints is owed one.
pub(crate) fn append(
    db: &Db<'_>,
    case_id: CaseId,
    now: i64,
    event: &NewEvent,
    uploads: &[Upload],
) -> Result<String, Refusal> {
    let id = random_id()?;
    db.execute(
        "INSERT INTO events (id, case_id, seq, at, kind, actor_type, actor_unit, visibility, reason_code, text, due,
                             outcome, duplicate_of, rating, fixed)
         VALUES (?1, ?2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM events WHERE case_id = ?2),
                 ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            id,
            case_id,
            now,
            event.kind,
            event.actor,
            event.unit,
            event.visibility,
            event.reason_code,
            event.text,
            event.due,
            event.outcome,
            event.duplicate_of,
            event.rating,
            event.fixed
        ],
    )?;
    media::insert(db, &id, uploads)?;
    if event.visibility != Visibility::Internal {
        cases::touch(db, case_id, now)?;
    }
    public_events::publish(db, case_id)?;
    push::owe(db, case_id, event.visibility)?;
    Ok(id)
}

/// Which events a reader may see, as a SQL list of visibilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Public,
    Owner,
    Desk,
}

impl Reader {
    fn sees(self) -> &'static str {
        match self {
            Self::Public => "('public')",
            Self::Owner => "('public', 'owner')",
            Self::Desk => "('public', 'owner', 'internal')",
        }
    }
}

/// Events of a case after `after`, oldest first, at most `limit`.
pub(crate) fn list(
    connection: &Connection,
    case_id: CaseId,
    reader: Reader,
    after: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Event>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT * FROM events WHERE case_id = ?1 AND seq > ?2 AND visibility IN {} ORDER BY seq LIMIT ?3",
        reader.sees()
    ))?;
    let mut events: Vec<Event> = statement
        .query_map(params![case_id, after, limit], Event::read)?
        .collect::<Result<_, _>>()?;
    for event in &mut events {
        event.find_attachments(connection)?;
    }
    Ok(events)
}

/// Number of the newest event that the reader may see; 0 when there is none.
pub(crate) fn newest_seq(connection: &Connection, case_id: CaseId, reader: Reader) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(&format!(
            "SELECT COALESCE(MAX(seq), 0) FROM events WHERE case_id = ?1 AND visibility IN {}",
            reader.sees()
        ))?
        .query_row([case_id], |row| row.get(0))
}
