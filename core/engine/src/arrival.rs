//! The city has a report: what follows, whoever found out.
//!
//! An answer to our POST, a look-up, or a case of ours that sync sees at the city (whatever channel carried it there)
//! all end here, in the transaction that marks the job done: receipt, case, and the photos that travelled along.

use phananh_domain::case::CaseStatus;
use phananh_domain::id::{AttachmentId, CaseNumber};
use phananh_domain::job::{Exposed, Exposure, JobEvent, JobKind, step};
use phananh_domain::reason::Reason;
use phananh_domain::receipt::{Receipt, Tracking};
use phananh_domain::time::Timestamp;
use rusqlite::Transaction;

use crate::city::Facts;
use crate::error::{Error, Result};
use crate::store::{CaseRow, JobRow, SubmissionRow, attachments, cases, jobs, receipts, submissions};

/// A report that has arrived.
pub(crate) struct Arrival<'a> {
    /// The job of its words.
    pub(crate) job: &'a JobRow,
    /// The revision that arrived.
    pub(crate) submission: &'a SubmissionRow,
    pub(crate) facts: &'a Facts,
    /// What to follow it by.
    pub(crate) tracking: Tracking,
    /// The city's words beside the receipt.
    pub(crate) notice: Option<String>,
    /// Found at the city, rather than answered to a POST of ours.
    pub(crate) found: bool,
    /// Photos that travelled in the same request.
    pub(crate) riding: &'a [AttachmentId],
}

/// Photos that were in the request which the city stored: where photos ride with the words, the first of the payload.
/// Nothing rode with a payload that never left this phone.
pub(crate) fn travelled(submission: &SubmissionRow, facts: &Facts) -> Vec<AttachmentId> {
    let rode = match submission.first_attempt_at {
        Some(_) => facts.photos_with_words(),
        None => 0,
    };
    submission
        .payload
        .attachments
        .iter()
        .take(rode)
        .copied()
        .collect()
}

/// A report that is still owed was seen at the city: delivered, without a send of ours.
pub(crate) fn seen(
    tx: &Transaction<'_>,
    mut job: JobRow,
    mut submission: SubmissionRow,
    facts: &Facts,
    number: CaseNumber,
    now: Timestamp,
) -> Result<()> {
    // What is true in every state cannot fail; if it ever did, the job stays owed and nothing is claimed.
    job.state = step(job.state, JobEvent::Accepted).map_err(|_| Error::Internal)?;
    job.exposure = job.exposure.step(Exposed::Acceptance, job.exposure);
    submission.exposure = job.exposure;
    jobs::update(tx, &job)?;
    submissions::update(tx, &submission)?;
    let arrival = Arrival {
        job: &job,
        submission: &submission,
        facts,
        tracking: Tracking::Number(number),
        notice: None,
        found: true,
        riding: &travelled(&submission, facts),
    };
    arrive(tx, &arrival, now)
}

/// Writes what follows.
pub(crate) fn arrive(tx: &Transaction<'_>, arrival: &Arrival<'_>, now: Timestamp) -> Result<()> {
    let job = arrival.job;
    let receipt = Receipt {
        tracking: arrival.tracking.clone(),
        at: now,
        payload_sha256: arrival.submission.payload_sha256.clone(),
        notice: arrival.notice.clone(),
        found: arrival.found,
    };
    receipts::insert(tx, arrival.submission.id, job.report, &job.city, &receipt)?;
    open_case(tx, arrival)?;
    photos(tx, arrival, now)
}

/// The case begins with its receipt; what is known already stays.
fn open_case(tx: &Transaction<'_>, arrival: &Arrival<'_>) -> Result<()> {
    let job = arrival.job;
    let mut case =
        cases::of_report(tx, job.report)?.unwrap_or_else(|| CaseRow::opened(job.report, job.city.clone()));
    match &arrival.tracking {
        Tracking::Number(number) => case.number = Some(number.clone()),
        Tracking::Token(token) => case.token = Some(token.clone()),
        Tracking::Untracked => {}
    }
    if case.status.is_none() && arrival.tracking != Tracking::Untracked {
        case.status = Some(CaseStatus::Submitted);
    }
    cases::put(tx, &case)
}

/// Photos that rode with the words have arrived with them. Where photos cannot go by themselves, the others never can:
/// they are shown to the citizen instead of waiting for ever.
fn photos(tx: &Transaction<'_>, arrival: &Arrival<'_>, now: Timestamp) -> Result<()> {
    for mut job in jobs::of_report(tx, arrival.job.report)?
        .into_iter()
        .filter(|j| j.kind == JobKind::Attachment)
    {
        let rode = job.attachment.is_some_and(|id| arrival.riding.contains(&id));
        let event = if rode {
            JobEvent::Accepted
        } else if arrival.facts.takes_attachments() {
            continue;
        } else {
            JobEvent::Stop {
                reason: Reason::PhotoNotTaken,
            }
        };
        if let Ok(state) = step(job.state, event) {
            job.state = state;
            if rode {
                job.exposure = Exposure::Accepted;
            }
            jobs::update(tx, &job)?;
        }
        if let (true, Some(id)) = (rode, job.attachment) {
            attachments::acknowledge(tx, id, now)?;
        }
    }
    Ok(())
}
