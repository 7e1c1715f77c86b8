//! Rows of receipts: the city's answers, stored in the transaction that marks the job done.

use phananh_domain::attachment::Sha256;
use phananh_domain::id::{CaseNumber, CityId, ReportId, SubmissionId, Token};
use phananh_domain::receipt::{Receipt, Tracking};
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{hash, time, word};
use crate::error::Result;

/// A receipt and the revision it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct ReceiptRow {
    pub(crate) submission: SubmissionId,
    pub(crate) receipt: Receipt,
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    submission: SubmissionId,
    report: ReportId,
    city: &CityId,
    receipt: &Receipt,
) -> Result<()> {
    let (tracking, value) = match &receipt.tracking {
        Tracking::Number(n) => ("number", Some(n.as_str())),
        Tracking::Token(t) => ("token", Some(t.as_str())),
        Tracking::Untracked => ("untracked", None),
    };
    tx.prepare_cached(
        "INSERT INTO receipt (submission_id, report_id, city_id, tracking, value, at, payload_sha256, notice, found)
         VALUES (:submission, :report, :city, :tracking, :value, :at, :sha, :notice, :found)
         ON CONFLICT (submission_id) DO NOTHING",
    )?
    .execute(named_params! {
        ":submission": submission.to_string(), ":report": report.to_string(), ":city": city.as_str(),
        ":tracking": tracking, ":value": value, ":at": receipt.at.as_millis(),
        ":sha": receipt.payload_sha256.as_str(), ":notice": receipt.notice, ":found": receipt.found,
    })?;
    Ok(())
}

/// The receipt of a report, if it was delivered.
pub(crate) fn of_report(conn: &Connection, report: ReportId) -> Result<Option<ReceiptRow>> {
    Ok(conn
        .prepare_cached("SELECT * FROM receipt WHERE report_id = ?1 ORDER BY at DESC LIMIT 1")?
        .query_row([report.to_string()], full)
        .optional()?)
}

/// Numbers and tokens that are ours already: a look-up never adopts one of them.
pub(crate) fn known_ids(conn: &Connection, city: &CityId) -> Result<Vec<String>> {
    let rows = conn
        .prepare_cached(
            "SELECT value FROM receipt WHERE city_id = ?1 AND value IS NOT NULL
             UNION SELECT number FROM city_case WHERE city_id = ?1 AND number IS NOT NULL",
        )?
        .query_map([city.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// Whether another report of this phone is followed by this number or token already.
pub(crate) fn is_anothers(
    conn: &Connection,
    city: &CityId,
    report: ReportId,
    tracking: &Tracking,
) -> Result<bool> {
    let (word, value) = match tracking {
        Tracking::Number(number) => ("number", number.as_str()),
        Tracking::Token(token) => ("token", token.as_str()),
        Tracking::Untracked => return Ok(false),
    };
    let found = conn
        .prepare_cached(
            "SELECT EXISTS (
                SELECT 1 FROM receipt
                    WHERE city_id = ?1 AND report_id <> ?2 AND tracking = ?3 AND value = ?4
                UNION ALL
                SELECT 1 FROM city_case
                    WHERE city_id = ?1 AND report_id <> ?2 AND iif(?3 = 'number', number, token) = ?4)",
        )?
        .query_row((city.as_str(), report.to_string(), word, value), |row| row.get(0))?;
    Ok(found)
}

/// Receipts of our own POSTs that no plain list of the city has shown yet.
pub(crate) fn not_listed(conn: &Connection, city: &CityId, since: Timestamp) -> Result<Vec<ReceiptRow>> {
    let rows = conn
        .prepare_cached(
            "SELECT * FROM receipt WHERE city_id = ?1 AND listed_at IS NULL AND found = 0 AND tracking = 'number'
                AND at >= ?2 ORDER BY at",
        )?
        .query_map((city.as_str(), since.as_millis()), full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// A plain list of the city shows it.
pub(crate) fn set_listed(tx: &Transaction<'_>, submission: SubmissionId, at: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE receipt SET listed_at = coalesce(listed_at, ?2) WHERE submission_id = ?1")?
        .execute((submission.to_string(), at.as_millis()))?;
    Ok(())
}

fn full(row: &Row<'_>) -> rusqlite::Result<ReceiptRow> {
    let value: Option<String> = row.get("value")?;
    let tracking = match (row.get::<_, String>("tracking")?.as_str(), value) {
        ("number", Some(v)) => Tracking::Number(CaseNumber::new(v)),
        ("token", Some(v)) => Tracking::Token(Token::new(v)),
        _ => Tracking::Untracked,
    };
    let payload_sha256: Sha256 = hash(row, "payload_sha256")?;
    Ok(ReceiptRow {
        submission: word(row, "submission_id")?,
        receipt: Receipt {
            tracking,
            at: time(row, "at")?,
            payload_sha256,
            notice: row.get("notice")?,
            found: row.get("found")?,
        },
    })
}
