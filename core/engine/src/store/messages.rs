//! Rows of messages about a case.

use phananh_domain::id::{MessageId, ReportId};
use phananh_domain::message::{MessageBody, MessageKind, Satisfaction, StillThere};
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{time, word, word_opt};
use crate::error::{Error, Result};

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct MessageRow {
    pub(crate) id: MessageId,
    pub(crate) report: ReportId,
    pub(crate) body: MessageBody,
    pub(crate) created_at: Timestamp,
    /// The city's id of it, once delivered.
    pub(crate) city_id: Option<String>,
}

pub(crate) fn insert(tx: &Transaction<'_>, message: &MessageRow) -> Result<()> {
    let (satisfaction, fixed) = match &message.body {
        MessageBody::Rating {
            satisfaction, fixed, ..
        } => (*satisfaction, *fixed),
        _ => (None, None),
    };
    tx.prepare_cached(
        "INSERT INTO message (id, report_id, kind, text, satisfaction, fixed, created_at)
         VALUES (:id, :report, :kind, :text, :satisfaction, :fixed, :created)",
    )?
    .execute(named_params! {
        ":id": message.id.to_string(), ":report": message.report.to_string(), ":kind": message.body.kind().as_str(),
        ":text": message.body.text(), ":satisfaction": satisfaction.map(Satisfaction::as_str),
        ":fixed": fixed.map(StillThere::as_str), ":created": message.created_at.as_millis(),
    })?;
    Ok(())
}

pub(crate) fn set_delivered(tx: &Transaction<'_>, id: MessageId, city_id: &str) -> Result<()> {
    tx.prepare_cached("UPDATE message SET city_id_of = ?2 WHERE id = ?1")?
        .execute((id.to_string(), city_id))?;
    Ok(())
}

pub(crate) fn get(conn: &Connection, id: MessageId) -> Result<MessageRow> {
    conn.prepare_cached("SELECT * FROM message WHERE id = ?1")?
        .query_row([id.to_string()], full)
        .optional()?
        .ok_or(Error::NotFound { what: "message" })
}

pub(crate) fn of_report(conn: &Connection, report: ReportId) -> Result<Vec<MessageRow>> {
    let rows = conn
        .prepare_cached("SELECT * FROM message WHERE report_id = ?1 ORDER BY number")?
        .query_map([report.to_string()], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

fn full(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    let text: Option<String> = row.get("text")?;
    let words = text.clone().unwrap_or_default();
    let body = match word(row, "kind")? {
        MessageKind::Answer => MessageBody::Answer { text: words },
        MessageKind::Rating => MessageBody::Rating {
            satisfaction: word_opt(row, "satisfaction")?,
            fixed: word_opt(row, "fixed")?,
            text,
        },
        MessageKind::Reopen => MessageBody::Reopen { text: words },
        MessageKind::Withdraw => MessageBody::Withdraw { text },
        MessageKind::Remind => MessageBody::Remind { text },
        MessageKind::Comment => MessageBody::Comment { text: words },
        MessageKind::Follow => MessageBody::Follow,
        MessageKind::Unfollow => MessageBody::Unfollow,
    };
    Ok(MessageRow {
        id: word(row, "id")?,
        report: word(row, "report_id")?,
        body,
        created_at: time(row, "created_at")?,
        city_id: row.get("city_id_of")?,
    })
}

/// Takes back a message that was never promised to anybody: with its job, of which nothing was ever sent, and its photos.
pub(crate) fn delete(tx: &Transaction<'_>, id: MessageId) -> Result<()> {
    for sql in [
        "DELETE FROM refusal WHERE job_id IN (SELECT id FROM job WHERE message_id = ?1)",
        "DELETE FROM job WHERE message_id = ?1",
        "DELETE FROM attachment WHERE message_id = ?1",
        "DELETE FROM message WHERE id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([id.to_string()])?;
    }
    Ok(())
}
