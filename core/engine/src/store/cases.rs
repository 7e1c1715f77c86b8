//! Rows of cases and their timelines: what the city says. Only sync writes here (and the receipt that opens a case).

use phananh_domain::case::{Actor, CaseEvent, CaseFile, CaseStatus};
use phananh_domain::id::{CaseNumber, CityId, ReportId, Token};
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{int, ms, time, time_opt, word, word_opt};
use crate::error::{Error, Result};

/// A case of ours at a city.
#[derive(Debug, Clone)]
pub(crate) struct CaseRow {
    pub(crate) report: ReportId,
    pub(crate) city: CityId,
    pub(crate) number: Option<CaseNumber>,
    pub(crate) token: Option<Token>,
    pub(crate) status: Option<CaseStatus>,
    /// The city's own words for the state: tells a bare city's changes.
    pub(crate) status_raw: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) agency: Option<String>,
    pub(crate) media_url: Option<String>,
    /// Number of the newest event that is stored.
    pub(crate) events_seq: i64,
    /// The city no longer shows it.
    pub(crate) gone: bool,
    pub(crate) synced_at: Option<Timestamp>,
    pub(crate) next_poll_at: Option<Timestamp>,
}

impl CaseRow {
    /// A case that a receipt opened.
    pub(crate) fn opened(report: ReportId, city: CityId) -> Self {
        Self {
            report,
            city,
            number: None,
            token: None,
            status: None,
            status_raw: None,
            outcome: None,
            due_at: None,
            agency: None,
            media_url: None,
            events_seq: 0,
            gone: false,
            synced_at: None,
            next_poll_at: None,
        }
    }
}

/// Writes a case, new or known.
pub(crate) fn put(tx: &Transaction<'_>, case: &CaseRow) -> Result<()> {
    let value = match &case.status {
        Some(CaseStatus::Duplicate(lead)) => Some(lead.as_str()),
        Some(CaseStatus::Other(raw)) => Some(raw.as_str()),
        _ => None,
    };
    let word = case.status.as_ref().map(|s| {
        if matches!(s, CaseStatus::Other(_)) {
            "other"
        } else {
            s.as_str()
        }
    });
    tx.prepare_cached(
        "INSERT INTO city_case (report_id, city_id, number, token, status, status_value, status_raw, outcome, due_at, agency,
            media_url, events_seq, gone, synced_at, next_poll_at)
         VALUES (:report, :city, :number, :token, :status, :value, :raw, :outcome, :due, :agency, :media, :seq, :gone,
            :synced, :poll)
         ON CONFLICT (report_id) DO UPDATE SET number = excluded.number, token = excluded.token, status = excluded.status,
            status_value = excluded.status_value, status_raw = excluded.status_raw, outcome = excluded.outcome,
            due_at = excluded.due_at, agency = excluded.agency, media_url = excluded.media_url,
            events_seq = excluded.events_seq, gone = excluded.gone, synced_at = excluded.synced_at,
            next_poll_at = excluded.next_poll_at",
    )?
    .execute(named_params! {
        ":report": case.report.to_string(), ":city": case.city.as_str(),
        ":number": case.number.as_ref().map(CaseNumber::as_str), ":token": case.token.as_ref().map(Token::as_str),
        ":status": word, ":value": value, ":raw": case.status_raw, ":outcome": case.outcome, ":due": ms(case.due_at),
        ":agency": case.agency, ":media": case.media_url, ":seq": case.events_seq, ":gone": case.gone,
        ":synced": ms(case.synced_at), ":poll": ms(case.next_poll_at),
    })?;
    Ok(())
}

pub(crate) fn of_report(conn: &Connection, report: ReportId) -> Result<Option<CaseRow>> {
    Ok(conn
        .prepare_cached("SELECT * FROM city_case WHERE report_id = ?1")?
        .query_row([report.to_string()], full)
        .optional()?)
}

/// The report whose case has this number.
pub(crate) fn by_number(conn: &Connection, city: &CityId, number: &CaseNumber) -> Result<Option<CaseRow>> {
    Ok(conn
        .prepare_cached("SELECT * FROM city_case WHERE city_id = ?1 AND number = ?2")?
        .query_row([city.as_str(), number.as_str()], full)
        .optional()?)
}

/// Every case of ours in a city that can still be followed.
pub(crate) fn of_city(conn: &Connection, city: &CityId) -> Result<Vec<CaseRow>> {
    let rows = conn
        .prepare_cached("SELECT * FROM city_case WHERE city_id = ?1 ORDER BY report_id")?
        .query_map([city.as_str()], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// Appends an event; one that is there already is left as it is. Tells whether it was new.
pub(crate) fn append_event(tx: &Transaction<'_>, report: ReportId, event: &CaseEvent) -> Result<bool> {
    let (kind, unit) = match &event.actor {
        Some(Actor { kind, unit }) => (kind.map(phananh_domain::case::ActorType::as_str), unit.as_deref()),
        None => (None, None),
    };
    let added = tx
        .prepare_cached(
            "INSERT INTO event (report_id, seq, id, at, kind, actor_type, actor_unit, reason_code, text, due_at, outcome,
                duplicate_of)
             VALUES (:report, :seq, :id, :at, :kind, :actor, :unit, :reason, :text, :due, :outcome, :duplicate)
             ON CONFLICT (report_id, seq) DO NOTHING",
        )?
        .execute(named_params! {
            ":report": report.to_string(), ":seq": event.seq, ":id": event.id, ":at": event.at.as_millis(),
            ":kind": event.kind, ":actor": kind, ":unit": unit, ":reason": event.reason_code, ":text": event.text,
            ":due": ms(event.due_at), ":outcome": event.outcome,
            ":duplicate": event.duplicate_of.as_ref().map(CaseNumber::as_str),
        })?;
    if added == 0 {
        return Ok(false);
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO event_file (report_id, seq, position, url, kind, sha256, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (position, file) in (0_i64..).zip(&event.attachments) {
        let bytes = file.bytes.map(int);
        insert.execute((
            report.to_string(),
            event.seq,
            position,
            &file.url,
            &file.kind,
            &file.sha256,
            bytes,
        ))?;
    }
    Ok(true)
}

/// The timeline, oldest first.
pub(crate) fn events(conn: &Connection, report: ReportId) -> Result<Vec<CaseEvent>> {
    let id = report.to_string();
    let mut events = conn
        .prepare_cached("SELECT * FROM event WHERE report_id = ?1 ORDER BY seq")?
        .query_map([&id], event)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut files = conn.prepare_cached(
        "SELECT url, kind, sha256, bytes FROM event_file WHERE report_id = ?1 AND seq = ?2 ORDER BY position",
    )?;
    for event in &mut events {
        event.attachments = files
            .query_map((&id, event.seq), |row| {
                Ok(CaseFile {
                    url: row.get(0)?,
                    kind: row.get(1)?,
                    sha256: row.get(2)?,
                    bytes: row.get::<_, Option<i64>>(3)?.and_then(|n| u64::try_from(n).ok()),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> rusqlite::Result<CaseEvent> {
    let (kind, unit) = (
        word_opt(row, "actor_type")?,
        row.get::<_, Option<String>>("actor_unit")?,
    );
    Ok(CaseEvent {
        id: row.get("id")?,
        seq: row.get("seq")?,
        at: time(row, "at")?,
        kind: row.get("kind")?,
        actor: (kind.is_some() || unit.is_some()).then_some(Actor { kind, unit }),
        reason_code: row.get("reason_code")?,
        text: row.get("text")?,
        due_at: time_opt(row, "due_at")?,
        outcome: row.get("outcome")?,
        duplicate_of: row.get::<_, Option<String>>("duplicate_of")?.map(CaseNumber::new),
        attachments: Vec::new(),
    })
}

fn full(row: &Row<'_>) -> rusqlite::Result<CaseRow> {
    let value: Option<String> = row.get("status_value")?;
    let status = row
        .get::<_, Option<String>>("status")?
        .map(|text| status_of(&text, value));
    Ok(CaseRow {
        report: word(row, "report_id")?,
        city: CityId::new(row.get::<_, String>("city_id")?),
        number: row.get::<_, Option<String>>("number")?.map(CaseNumber::new),
        token: row.get::<_, Option<String>>("token")?.map(Token::new),
        status,
        status_raw: row.get("status_raw")?,
        outcome: row.get("outcome")?,
        due_at: time_opt(row, "due_at")?,
        agency: row.get("agency")?,
        media_url: row.get("media_url")?,
        events_seq: row.get("events_seq")?,
        gone: row.get("gone")?,
        synced_at: time_opt(row, "synced_at")?,
        next_poll_at: time_opt(row, "next_poll_at")?,
    })
}

fn status_of(text: &str, value: Option<String>) -> CaseStatus {
    use CaseStatus as S;
    match (text, value) {
        ("duplicate", Some(lead)) => S::Duplicate(CaseNumber::new(lead)),
        ("other", Some(raw)) => S::Other(raw),
        ("submitted", _) => S::Submitted,
        ("received", _) => S::Received,
        ("verifying", _) => S::Verifying,
        ("assigned", _) => S::Assigned,
        ("in_progress", _) => S::InProgress,
        ("extended", _) => S::Extended,
        ("transferred", _) => S::Transferred,
        ("waiting_citizen", _) => S::WaitingCitizen,
        ("resolved", _) => S::Resolved,
        ("closed", _) => S::Closed,
        ("closed_unresolved", _) => S::ClosedUnresolved,
        ("rejected", _) => S::Rejected,
        ("reopened", _) => S::Reopened,
        ("withdrawn", _) => S::Withdrawn,
        ("open", _) => S::Open,
        (other, _) => S::Other(other.to_owned()),
    }
}

/// A report that has a case, or an error.
pub(crate) fn require(conn: &Connection, report: ReportId) -> Result<CaseRow> {
    of_report(conn, report)?.ok_or(Error::NotNow {
        code: "error.not_delivered",
    })
}
