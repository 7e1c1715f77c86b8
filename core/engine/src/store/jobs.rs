//! Rows of the outbox: network effects still owed.

use phananh_domain::id::{
    AccountId, AttachmentId, CaseNumber, CityId, JobId, Key, MessageId, ReportId, SubmissionId,
};
use phananh_domain::job::{Exposure, JobKind, JobState};
use phananh_domain::outcome::Question;
use phananh_domain::report::Urgency;
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{ms, time, time_opt, word, word_opt};
use crate::error::{Error, Result};

/// A job about to be owed.
pub(crate) struct NewJob {
    pub(crate) id: JobId,
    pub(crate) kind: JobKind,
    pub(crate) city: CityId,
    pub(crate) account: AccountId,
    pub(crate) report: ReportId,
    pub(crate) submission: Option<SubmissionId>,
    pub(crate) attachment: Option<AttachmentId>,
    pub(crate) message: Option<MessageId>,
    pub(crate) key: Key,
    pub(crate) created_at: Timestamp,
}

/// A job.
#[derive(Debug, Clone)]
pub(crate) struct JobRow {
    pub(crate) id: JobId,
    pub(crate) kind: JobKind,
    pub(crate) city: CityId,
    pub(crate) account: AccountId,
    pub(crate) report: ReportId,
    pub(crate) submission: Option<SubmissionId>,
    pub(crate) attachment: Option<AttachmentId>,
    pub(crate) message: Option<MessageId>,
    pub(crate) key: Key,
    pub(crate) state: JobState,
    pub(crate) exposure: Exposure,
    /// Attempts in a row without progress: sets the gap.
    pub(crate) attempts: u32,
    /// Start of the day that `day_attempts` counts.
    pub(crate) day_started: Timestamp,
    pub(crate) day_attempts: u32,
    /// When a byte of it last may have left.
    pub(crate) last_sent_at: Option<Timestamp>,
    /// What a look-up is to find out.
    pub(crate) question: Question,
    /// The same key again would tell nothing new (the city said so): look instead.
    pub(crate) must_look: bool,
    pub(crate) created_at: Timestamp,
    /// Of its report: decides the order.
    pub(crate) urgency: Urgency,
    /// Of its report: it is delivered on the phone, and never leaves it.
    pub(crate) practice: bool,
}

pub(crate) fn insert(tx: &Transaction<'_>, job: &NewJob) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO job (id, kind, city_id, account_id, report_id, submission_id, attachment_id, message_id, key, state,
            exposure, created_at)
         VALUES (:id, :kind, :city, :account, :report, :submission, :attachment, :message, :key, 'queued', 'none', :now)",
    )?
    .execute(named_params! {
        ":id": job.id.to_string(), ":kind": job.kind.as_str(), ":city": job.city.as_str(),
        ":account": job.account.as_str(), ":report": job.report.to_string(),
        ":submission": job.submission.map(|x| x.to_string()), ":attachment": job.attachment.map(|x| x.to_string()),
        ":message": job.message.map(|x| x.to_string()), ":key": job.key.to_string(), ":now": job.created_at.as_millis(),
    })?;
    Ok(())
}

/// Writes what an attempt changed.
pub(crate) fn update(tx: &Transaction<'_>, job: &JobRow) -> Result<()> {
    let (next_at, reason) = match job.state {
        JobState::Queued { next_at, reason } => (next_at, reason),
        JobState::Unconfirmed { next_at } => (next_at, None),
        JobState::Blocked { reason } => (None, Some(reason)),
        JobState::Sending | JobState::Done => (None, None),
    };
    tx.prepare_cached(
        "UPDATE job SET state = :state, next_at = :next, reason = :reason, exposure = :exposure, attempts = :attempts,
            day_started = :day, day_attempts = :day_attempts, last_sent_at = :sent, question = :question,
            must_look = :look WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": job.id.to_string(), ":state": job.state.as_str(), ":next": ms(next_at),
        ":reason": reason.map(phananh_domain::reason::Reason::as_str), ":exposure": job.exposure.as_str(),
        ":attempts": job.attempts, ":day": job.day_started.as_millis(), ":day_attempts": job.day_attempts,
        ":sent": ms(job.last_sent_at), ":question": job.question.as_str(), ":look": job.must_look,
    })?;
    Ok(())
}

const SELECT_OWED: &str =
    "SELECT job.*, report.urgency, report.practice FROM job JOIN report ON report.id = job.report_id
    WHERE job.state <> 'done' ORDER BY job.number";

/// Everything that is owed, in the order of birth.
pub(crate) fn owed(conn: &Connection) -> Result<Vec<JobRow>> {
    let rows = conn
        .prepare_cached(SELECT_OWED)?
        .query_map([], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

pub(crate) fn get(conn: &Connection, id: JobId) -> Result<JobRow> {
    conn.prepare_cached(
        "SELECT job.*, report.urgency, report.practice FROM job JOIN report ON report.id = job.report_id WHERE job.id = ?1",
    )?
    .query_row([id.to_string()], full)
    .optional()?
    .ok_or(Error::NotFound { what: "job" })
}

/// All jobs of a report, done ones too.
pub(crate) fn of_report(conn: &Connection, report: ReportId) -> Result<Vec<JobRow>> {
    let rows = conn
        .prepare_cached(
            "SELECT job.*, report.urgency, report.practice FROM job JOIN report ON report.id = job.report_id
             WHERE job.report_id = ?1 ORDER BY job.number",
        )?
        .query_map([report.to_string()], full)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// The job of an attachment, if one was made.
pub(crate) fn of_attachment(conn: &Connection, attachment: AttachmentId) -> Result<Option<JobRow>> {
    Ok(conn
        .prepare_cached(
            "SELECT job.*, report.urgency, report.practice FROM job JOIN report ON report.id = job.report_id
             WHERE job.attachment_id = ?1 ORDER BY job.number DESC LIMIT 1",
        )?
        .query_row([attachment.to_string()], full)
        .optional()?)
}

/// Takes back the jobs of a submission of which no byte left (and of its attachments).
pub(crate) fn delete_of_report(tx: &Transaction<'_>, report: ReportId) -> Result<()> {
    tx.prepare_cached(
        "DELETE FROM refusal WHERE job_id IN (SELECT id FROM job WHERE report_id = ?1 AND kind <> 'message')",
    )?
    .execute([report.to_string()])?;
    tx.prepare_cached("DELETE FROM job WHERE report_id = ?1 AND kind <> 'message'")?
        .execute([report.to_string()])?;
    Ok(())
}

/// The case that the city named when it said that a matter is known.
pub(crate) fn named_case(conn: &Connection, id: JobId) -> Result<Option<CaseNumber>> {
    Ok(conn
        .prepare_cached(
            "SELECT case_number FROM refusal WHERE job_id = ?1 AND case_number IS NOT NULL ORDER BY number DESC LIMIT 1",
        )?
        .query_row([id.to_string()], |row| Ok(CaseNumber::new(row.get::<_, String>(0)?)))
        .optional()?)
}

/// Whether an older message of the same report is still on its way: they arrive in the order in which they were written.
pub(crate) fn is_behind_another(conn: &Connection, job: &JobRow) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM job WHERE report_id = ?1 AND kind = 'message' AND state NOT IN ('done', 'blocked')
                AND number < (SELECT number FROM job WHERE id = ?2) LIMIT 1",
        )?
        .exists([job.report.to_string(), job.id.to_string()])?)
}

/// Takes back one job.
pub(crate) fn delete(tx: &Transaction<'_>, id: JobId) -> Result<()> {
    tx.prepare_cached("DELETE FROM refusal WHERE job_id = ?1")?
        .execute([id.to_string()])?;
    tx.prepare_cached("DELETE FROM job WHERE id = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

/// Keeps what a refusal said, sealed: servers echo names.
pub(crate) fn record_refusal(
    tx: &Transaction<'_>,
    id: JobId,
    at: Timestamp,
    status: u16,
    sealed: &[u8],
    named: Option<&CaseNumber>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO refusal (job_id, at, status, sealed, case_number) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        id.to_string(),
        at.as_millis(),
        status,
        sealed,
        named.map(CaseNumber::as_str),
    ))?;
    Ok(())
}

/// The newest refusal of a job: status and sealed text.
pub(crate) fn newest_refusal(conn: &Connection, id: JobId) -> Result<Option<(u16, Vec<u8>)>> {
    Ok(conn
        .prepare_cached("SELECT status, sealed FROM refusal WHERE job_id = ?1 ORDER BY number DESC LIMIT 1")?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

fn full(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let next_at = time_opt(row, "next_at")?;
    let reason = word_opt(row, "reason")?;
    let state = match row.get::<_, String>("state")?.as_str() {
        "sending" => JobState::Sending,
        "unconfirmed" => JobState::Unconfirmed { next_at },
        "done" => JobState::Done,
        "blocked" => JobState::Blocked {
            reason: reason.unwrap_or(phananh_domain::reason::Reason::CannotTell),
        },
        _ => JobState::Queued { next_at, reason },
    };
    Ok(JobRow {
        id: word(row, "id")?,
        kind: word(row, "kind")?,
        city: CityId::new(row.get::<_, String>("city_id")?),
        account: AccountId::new(row.get::<_, String>("account_id")?),
        report: word(row, "report_id")?,
        submission: word_opt(row, "submission_id")?,
        attachment: word_opt(row, "attachment_id")?,
        message: word_opt(row, "message_id")?,
        key: word(row, "key")?,
        state,
        exposure: word(row, "exposure")?,
        attempts: row.get("attempts")?,
        day_started: time(row, "day_started")?,
        day_attempts: row.get("day_attempts")?,
        last_sent_at: time_opt(row, "last_sent_at")?,
        question: word(row, "question")?,
        must_look: row.get("must_look")?,
        created_at: time(row, "created_at")?,
        urgency: word(row, "urgency")?,
        practice: row.get("practice")?,
    })
}
