//! Lists of reports: filters, full-text search, keyset pages.
//!
//! The index is brought up to date before a search and never while somebody types: a change of a report only marks it
//! (`report.index_owed`). What the index holds of a report is kept beside it (`report.indexed`), since a contentless
//! index must be told what to take out.

use phananh_domain::id::ReportId;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::report::{Phase, Report};
use phananh_domain::search::{ListState, Machine, Question, index_text};
use rusqlite::{Connection, Transaction, named_params};

use super::reports;
use super::row::word;
use crate::error::{Error, Result};

/// Reports that are indexed in one transaction.
const BATCH: u32 = 200;

/// What a list is to show.
#[derive(Debug, Clone)]
pub(crate) struct ListFilter {
    /// Words that must be in it.
    pub(crate) question: Question,
    /// Only older than this row.
    pub(crate) before: Option<i64>,
    /// Only those that stand so.
    pub(crate) state: Option<ListState>,
}

/// Whether the index lacks something.
pub(crate) fn is_owed(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM report WHERE index_owed = 1 LIMIT 1")?
        .exists([])?)
}

/// Indexes some of what changed. Tells whether more is left.
pub(crate) fn catch_up(tx: &Transaction<'_>) -> Result<bool> {
    let mut owed = tx.prepare_cached(
        "SELECT report.number, report.reference_code, title, text, place_words, service, indexed,
            city_case.number AS case_number
         FROM report LEFT JOIN city_case ON city_case.report_id = report.id
         WHERE index_owed = 1 ORDER BY report.number DESC LIMIT ?1",
    )?;
    let mut rows = owed.query([BATCH])?;
    let mut take_out =
        tx.prepare_cached("INSERT INTO report_words (report_words, rowid, words) VALUES ('delete', ?1, ?2)")?;
    let mut put_in = tx.prepare_cached("INSERT INTO report_words (rowid, words) VALUES (?1, ?2)")?;
    let mut keep = tx.prepare_cached("UPDATE report SET indexed = ?2, index_owed = 0 WHERE number = ?1")?;
    let mut done = 0;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get("number")?;
        let code: ReferenceCode = word(row, "reference_code")?;
        let texts: [Option<String>; 4] = [
            row.get("title")?,
            row.get("text")?,
            row.get("place_words")?,
            row.get("service")?,
        ];
        let case: Option<String> = row.get("case_number")?;
        let words = index_text(texts.iter().flatten().map(String::as_str), code, case.as_deref());
        if let Some(old) = row.get::<_, Option<String>>("indexed")? {
            take_out.execute((number, old))?;
        }
        put_in.execute((number, &words))?;
        keep.execute((number, words))?;
        done += 1;
    }
    Ok(done == BATCH)
}

/// Empties the index and owes all of it: for rows that came from another file.
pub(crate) fn begin_anew(tx: &Transaction<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO report_words (report_words) VALUES ('delete-all')",
        [],
    )?;
    tx.execute("UPDATE report SET indexed = NULL, index_owed = 1", [])?;
    Ok(())
}

/// A page of reports, newest first, each with the number of its row.
pub(crate) fn list(conn: &Connection, filter: &ListFilter, limit: u32) -> Result<Vec<(i64, Report)>> {
    let (phase, job, case) = match filter.state {
        None => (None, None, None),
        Some(ListState::Draft) => (Some(Phase::Draft), None, None),
        Some(ListState::Followed) => (Some(Phase::Followed), None, None),
        Some(state) => match state.machine() {
            Machine::Delivery => (Some(Phase::Submitted), delivered_by(state), None),
            Machine::Case => (None, None, Some(state.as_str())),
        },
    };
    let words = match &filter.question {
        Question::NoWord => return Ok(Vec::new()),
        Question::Anything => None,
        // Folded letters and digits, quoted: nothing of a word is an operator. A blank between two of them is "and".
        Question::Words(words) => Some(
            words
                .iter()
                .map(|word| format!("\"{word}\"*"))
                .collect::<Vec<_>>()
                .join(" "),
        ),
    };
    let mut statement = conn.prepare_cached(if words.is_some() { SEARCHED } else { PLAIN })?;
    let rows = statement.query_map(
        named_params! {
            ":before": filter.before.unwrap_or(i64::MAX), ":phase": phase.map(Phase::as_str), ":job": job,
            ":case": case, ":words": words, ":limit": limit,
        },
        |row| Ok((row.get("number")?, reports::head(row)?)),
    )?;
    let heads = rows.collect::<rusqlite::Result<Vec<(i64, Report)>>>()?;
    heads
        .into_iter()
        .map(|(number, head)| Ok((number, reports::complete(conn, head)?)))
        .collect()
}

/// The state of the job of the words that stands for a word of delivery (`domain::delivery::derive`).
const fn delivered_by(state: ListState) -> Option<&'static str> {
    match state {
        ListState::Delivered => Some("done"),
        other => Some(other.as_str()),
    }
}

macro_rules! page {
    ($from:literal, $number:literal, $words:literal) => {
        concat!(
            "SELECT report.* FROM ",
            $from,
            " WHERE ",
            $words,
            $number,
            " < :before
                AND (:phase IS NULL OR report.phase = :phase)
                AND (:job IS NULL OR :job = coalesce(
                    (SELECT state FROM job WHERE job.report_id = report.id AND job.kind = 'report'
                        ORDER BY job.number LIMIT 1), 'queued'))
                AND (:case IS NULL OR :case =
                    (SELECT status FROM city_case WHERE city_case.report_id = report.id))
             ORDER BY ",
            $number,
            " DESC LIMIT :limit"
        )
    };
}
const PLAIN: &str = page!("report", "report.number", ":words IS NULL AND ");
const SEARCHED: &str = page!(
    "report_words JOIN report ON report.number = report_words.rowid",
    "report_words.rowid",
    "report_words MATCH :words AND "
);

/// Finds the one report that a person means: local id, reference code (any unique run of four digits or more of it),
/// or the city's number.
pub(crate) fn resolve(conn: &Connection, name: &str) -> Result<ReportId> {
    if let Ok(id) = name.parse::<ReportId>() {
        return reports::get(conn, id).map(|r| r.id);
    }
    let digits: String = name.chars().filter(|c| !matches!(c, '-' | ' ' | '.')).collect();
    let is_code = digits.len() >= 4 && digits.len() <= 12 && digits.chars().all(|c| c.is_ascii_digit());
    let mut statement = conn.prepare_cached(
        "SELECT id, 0 AS exact FROM report WHERE :code IS NOT NULL AND instr(reference_code, :code) > 0
         UNION SELECT report_id, 1 FROM city_case WHERE number = :name
         UNION SELECT id, 1 FROM report WHERE reference_code = :code
         ORDER BY exact DESC",
    )?;
    let code = is_code.then_some(digits);
    let hits = statement
        .query_map(named_params! { ":code": code, ":name": name }, |row| {
            Ok((word::<ReportId>(row, "id")?, row.get::<_, bool>("exact")?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let exact: std::collections::BTreeSet<_> = hits
        .iter()
        .filter(|(_, exact)| *exact)
        .map(|(id, _)| *id)
        .collect();
    let all: std::collections::BTreeSet<_> = hits.iter().map(|(id, _)| *id).collect();
    let pool = if exact.is_empty() { all } else { exact };
    let mut pool = pool.into_iter();
    match (pool.next(), pool.next()) {
        (None, _) => Err(Error::NotFound { what: "report" }),
        (Some(id), None) => Ok(id),
        (Some(_), Some(_)) => Err(Error::Ambiguous),
    }
}
