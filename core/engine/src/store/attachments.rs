//! Rows of attachments. A row exists before the first byte of the original is read.

use phananh_domain::attachment::{Attachment, AttachmentKind, IngestState, ReadyFile, Sha256};
use phananh_domain::id::{AttachmentId, MessageId, ReportId};
use phananh_domain::place::Point;
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{count, hash, int, time_opt, word, word_opt};
use crate::error::{Error, Result};

/// A new attachment: named, not read yet.
pub(crate) struct NewAttachment<'a> {
    pub(crate) id: AttachmentId,
    pub(crate) report: ReportId,
    pub(crate) message: Option<MessageId>,
    pub(crate) kind: AttachmentKind,
    pub(crate) original_path: &'a str,
    pub(crate) rendition_path: Option<&'a str>,
    pub(crate) created_at: Timestamp,
}

/// What a photo told when it was taken in.
#[derive(Debug, Clone, Default)]
pub(crate) struct PhotoFacts {
    pub(crate) original_bytes: u64,
    pub(crate) taken_at: Option<String>,
    pub(crate) point: Option<Point>,
}

/// An attachment as the worker needs it.
#[derive(Debug, Clone)]
pub(crate) struct AttachmentRow {
    pub(crate) id: AttachmentId,
    pub(crate) report: ReportId,
    pub(crate) message: Option<MessageId>,
    pub(crate) kind: AttachmentKind,
    pub(crate) original_path: String,
    pub(crate) rendition_path: Option<String>,
    pub(crate) ingest: IngestState,
    pub(crate) file: Option<ReadyFile>,
    pub(crate) original_bytes: Option<u64>,
    /// Smaller limit that the citizen agreed to after the city refused the size.
    pub(crate) max_bytes: Option<u64>,
    pub(crate) acknowledged_at: Option<Timestamp>,
}

pub(crate) fn insert(tx: &Transaction<'_>, new: &NewAttachment<'_>) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO attachment (id, report_id, message_id, kind, original_path, rendition_path, ingest, created_at)
         VALUES (:id, :report, :message, :kind, :original, :rendition, 'pending', :created)",
    )?
    .execute(named_params! {
        ":id": new.id.to_string(), ":report": new.report.to_string(), ":message": new.message.map(|m| m.to_string()),
        ":kind": new.kind.as_str(), ":original": new.original_path, ":rendition": new.rendition_path,
        ":created": new.created_at.as_millis(),
    })?;
    Ok(())
}

/// The picture is on disk: its hash freezes here.
pub(crate) fn set_ready(
    tx: &Transaction<'_>,
    id: AttachmentId,
    file: &ReadyFile,
    facts: &PhotoFacts,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE attachment SET ingest = 'ready', failure = NULL, sha256 = :sha, bytes = :bytes, width = :width,
            height = :height, original_bytes = :original, taken_at = :taken, lat = :lat, lon = :lon WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id.to_string(), ":sha": file.sha256.as_str(), ":bytes": int(file.bytes), ":width": file.width,
        ":height": file.height, ":original": int(facts.original_bytes), ":taken": facts.taken_at,
        ":lat": facts.point.map(Point::lat), ":lon": facts.point.map(Point::lon),
    })?;
    Ok(())
}

/// The original cannot be used.
pub(crate) fn set_failed(tx: &Transaction<'_>, id: AttachmentId, code: &str) -> Result<()> {
    tx.prepare_cached("UPDATE attachment SET ingest = 'failed', failure = ?2 WHERE id = ?1")?
        .execute((id.to_string(), code))?;
    Ok(())
}

/// To be made again, smaller: the citizen agreed after the city refused the size.
pub(crate) fn set_smaller(tx: &Transaction<'_>, id: AttachmentId, max_bytes: u64) -> Result<()> {
    tx.prepare_cached("UPDATE attachment SET ingest = 'pending', max_bytes = ?2 WHERE id = ?1")?
        .execute((id.to_string(), int(max_bytes)))?;
    Ok(())
}

/// The city has it.
pub(crate) fn acknowledge(tx: &Transaction<'_>, id: AttachmentId, at: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE attachment SET acknowledged_at = coalesce(acknowledged_at, ?2) WHERE id = ?1")?
        .execute((id.to_string(), at.as_millis()))?;
    Ok(())
}

pub(crate) fn delete(tx: &Transaction<'_>, id: AttachmentId) -> Result<()> {
    tx.prepare_cached("DELETE FROM attachment WHERE id = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

/// Taken off by the citizen. The row stays: an earlier revision may name it.
pub(crate) fn detach(tx: &Transaction<'_>, id: AttachmentId, now: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE attachment SET dropped_at = ?2 WHERE id = ?1")?
        .execute((id.to_string(), now.as_millis()))?;
    Ok(())
}

pub(crate) fn get(conn: &Connection, id: AttachmentId) -> Result<AttachmentRow> {
    conn.prepare_cached("SELECT * FROM attachment WHERE id = ?1")?
        .query_row([id.to_string()], full)
        .optional()?
        .ok_or(Error::NotFound { what: "attachment" })
}

/// Attachments of the report itself (not of its messages), in the order added.
pub(crate) fn of_report(conn: &Connection, report: ReportId) -> Result<Vec<Attachment>> {
    let rows = conn
        .prepare_cached("SELECT * FROM attachment WHERE report_id = ?1 AND message_id IS NULL AND dropped_at IS NULL ORDER BY number")?
        .query_map([report.to_string()], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows
        .into_iter()
        .map(|r| Attachment {
            id: r.id,
            kind: r.kind,
            ingest: r.ingest,
            file: r.file,
        })
        .collect())
}

/// Attachments of a message that are still to go with it, in the order added.
pub(crate) fn of_message(conn: &Connection, message: MessageId) -> Result<Vec<AttachmentRow>> {
    let rows = conn
        .prepare_cached(
            "SELECT * FROM attachment WHERE message_id = ?1 AND dropped_at IS NULL ORDER BY number",
        )?
        .query_map([message.to_string()], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// Originals that still wait to be made into pictures, oldest first.
pub(crate) fn pending(conn: &Connection) -> Result<Vec<AttachmentRow>> {
    let rows = conn
        .prepare_cached(
            "SELECT * FROM attachment WHERE ingest = 'pending' AND dropped_at IS NULL ORDER BY number",
        )?
        .query_map([], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// Hashes of every picture that a row names: what a sweep keeps.
pub(crate) fn known_files(conn: &Connection) -> Result<std::collections::HashSet<Sha256>> {
    let rows = conn
        .prepare_cached("SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL")?
        .query_map([], |row| hash(row, "sha256"))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// Pictures that the city acknowledged before an instant and that nothing else still owes.
pub(crate) fn long_delivered(conn: &Connection, before: Timestamp) -> Result<Vec<Sha256>> {
    let rows = conn
        .prepare_cached(
            "SELECT DISTINCT sha256 FROM attachment AS sent
             WHERE acknowledged_at < ?1 AND sha256 IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM attachment AS other WHERE other.sha256 = sent.sha256
                    AND (other.acknowledged_at IS NULL OR other.acknowledged_at >= ?1) AND other.dropped_at IS NULL)",
        )?
        .query_map([before.as_millis()], |row| hash(row, "sha256"))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

fn full(row: &Row<'_>) -> rusqlite::Result<AttachmentRow> {
    let has_file = row.get::<_, Option<String>>("sha256")?.is_some();
    let file = if has_file {
        Some(ReadyFile {
            sha256: hash(row, "sha256")?,
            bytes: count(row, "bytes")?,
            width: row.get::<_, Option<u32>>("width")?.unwrap_or(0),
            height: row.get::<_, Option<u32>>("height")?.unwrap_or(0),
        })
    } else {
        None
    };
    let positive = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
    Ok(AttachmentRow {
        id: word(row, "id")?,
        report: word(row, "report_id")?,
        message: word_opt(row, "message_id")?,
        kind: word(row, "kind")?,
        original_path: row.get("original_path")?,
        rendition_path: row.get("rendition_path")?,
        ingest: word(row, "ingest")?,
        file,
        original_bytes: positive(row.get("original_bytes")?),
        max_bytes: positive(row.get("max_bytes")?),
        acknowledged_at: time_opt(row, "acknowledged_at")?,
    })
}
