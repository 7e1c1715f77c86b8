//! Rows of submissions: frozen revisions on their way, and what look-ups saw of them.

use phananh_domain::attachment::Sha256;
use phananh_domain::id::{AttachmentId, Key, ReportId, SubmissionId};
use phananh_domain::job::Exposure;
use phananh_domain::lookup::{Completeness, ListSeen};
use phananh_domain::payload::Payload;
use phananh_domain::time::{Millis, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{hash, time, time_opt, word};
use crate::error::{Error, Result};

/// A frozen revision.
#[derive(Debug, Clone)]
pub(crate) struct SubmissionRow {
    pub(crate) id: SubmissionId,
    pub(crate) payload: Payload,
    pub(crate) payload_sha256: Sha256,
    pub(crate) exposure: Exposure,
    pub(crate) created_at: Timestamp,
    pub(crate) first_attempt_at: Option<Timestamp>,
    pub(crate) last_attempt_at: Option<Timestamp>,
    /// City clock minus phone clock at the first attempt: the phone's may be set right later.
    pub(crate) skew_ms: Millis,
}

/// Freezes a payload under a new key as the next revision of its report.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    id: SubmissionId,
    report: ReportId,
    key: Key,
    payload: &Payload,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO submission (id, report_id, revision, key, wire_version, payload_sha256, exposure, created_at)
         VALUES (:id, :report, (SELECT coalesce(max(revision), 0) + 1 FROM submission WHERE report_id = :report), :key,
            :version, :sha, 'none', :now)",
    )?
    .execute(named_params! {
        ":id": id.to_string(), ":report": report.to_string(), ":key": key.to_string(),
        ":version": payload.wire_version, ":sha": payload.sha256().as_str(), ":now": now.as_millis(),
    })?;
    let mut pair = tx.prepare_cached(
        "INSERT INTO submission_pair (submission_id, position, name, value) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (position, (name, value)) in (0_i64..).zip(&payload.pairs) {
        pair.execute((id.to_string(), position, name, value))?;
    }
    let mut attachment = tx.prepare_cached(
        "INSERT INTO submission_attachment (submission_id, position, attachment_id) VALUES (?1, ?2, ?3)",
    )?;
    for (position, part) in (0_i64..).zip(&payload.attachments) {
        attachment.execute((id.to_string(), position, part.to_string()))?;
    }
    Ok(())
}

/// Freezes the payload of a revision anew, for the wire of a city that is now known. Only before its first attempt:
/// no byte of it has left and nobody was told its hash.
pub(crate) fn refreeze(tx: &Transaction<'_>, row: &SubmissionRow) -> Result<()> {
    let id = row.id.to_string();
    tx.prepare_cached("DELETE FROM submission_pair WHERE submission_id = ?1")?
        .execute([&id])?;
    let mut pair = tx.prepare_cached(
        "INSERT INTO submission_pair (submission_id, position, name, value) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (position, (name, value)) in (0_i64..).zip(&row.payload.pairs) {
        pair.execute((&id, position, name, value))?;
    }
    tx.prepare_cached(
        "UPDATE submission SET payload_sha256 = ?2 WHERE id = ?1 AND first_attempt_at IS NULL",
    )?
    .execute([&id, row.payload.sha256().as_str()])?;
    Ok(())
}

/// Writes exposure and attempt times.
pub(crate) fn update(tx: &Transaction<'_>, row: &SubmissionRow) -> Result<()> {
    tx.prepare_cached(
        "UPDATE submission SET exposure = :exposure, first_attempt_at = :first, last_attempt_at = :last,
            skew_ms = :skew WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": row.id.to_string(), ":exposure": row.exposure.as_str(),
        ":first": row.first_attempt_at.map(Timestamp::as_millis), ":last": row.last_attempt_at.map(Timestamp::as_millis), ":skew": row.skew_ms,
    })?;
    Ok(())
}

pub(crate) fn get(conn: &Connection, id: SubmissionId) -> Result<SubmissionRow> {
    let row = conn
        .prepare_cached("SELECT * FROM submission WHERE id = ?1")?
        .query_row([id.to_string()], head)
        .optional()?
        .ok_or(Error::NotFound { what: "submission" })?;
    complete(conn, row)
}

/// The newest revision of a report.
pub(crate) fn newest(conn: &Connection, report: ReportId) -> Result<Option<SubmissionRow>> {
    conn.prepare_cached("SELECT * FROM submission WHERE report_id = ?1 ORDER BY revision DESC LIMIT 1")?
        .query_row([report.to_string()], head)
        .optional()?
        .map(|row| complete(conn, row))
        .transpose()
}

fn complete(conn: &Connection, mut row: SubmissionRow) -> Result<SubmissionRow> {
    let id = row.id.to_string();
    row.payload.pairs = conn
        .prepare_cached("SELECT name, value FROM submission_pair WHERE submission_id = ?1 ORDER BY position")?
        .query_map([&id], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    row.payload.attachments = conn
        .prepare_cached(
            "SELECT attachment_id FROM submission_attachment WHERE submission_id = ?1 ORDER BY position",
        )?
        .query_map([&id], |r| word::<AttachmentId>(r, "attachment_id"))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(row)
}

fn head(row: &Row<'_>) -> rusqlite::Result<SubmissionRow> {
    Ok(SubmissionRow {
        id: word(row, "id")?,
        payload: Payload {
            wire_version: row.get("wire_version")?,
            pairs: Vec::new(),
            attachments: Vec::new(),
        },
        payload_sha256: hash(row, "payload_sha256")?,
        exposure: word(row, "exposure")?,
        created_at: time(row, "created_at")?,
        first_attempt_at: time_opt(row, "first_attempt_at")?,
        last_attempt_at: time_opt(row, "last_attempt_at")?,
        skew_ms: row.get("skew_ms")?,
    })
}

/// A list of the city was read in search of a submission.
pub(crate) fn record_lookup(
    tx: &Transaction<'_>,
    id: SubmissionId,
    at: Timestamp,
    complete: bool,
) -> Result<()> {
    tx.prepare_cached("INSERT INTO lookup (submission_id, at, complete) VALUES (?1, ?2, ?3)")?
        .execute((id.to_string(), at.as_millis(), complete))?;
    Ok(())
}

/// What lists showed before a decision of the citizen says nothing about what is sent after it.
pub(crate) fn forget_lookups(tx: &Transaction<'_>, id: SubmissionId) -> Result<()> {
    tx.prepare_cached("DELETE FROM lookup WHERE submission_id = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

/// Lists that were read in search of a submission, oldest first.
pub(crate) fn lookups(conn: &Connection, id: SubmissionId) -> Result<Vec<ListSeen>> {
    let rows = conn
        .prepare_cached("SELECT at, complete FROM lookup WHERE submission_id = ?1 ORDER BY at")?
        .query_map([id.to_string()], |row| {
            let completeness = match row.get("complete")? {
                true => Completeness::Complete,
                false => Completeness::Partial,
            };
            Ok(ListSeen {
                at: time(row, "at")?,
                completeness,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}
