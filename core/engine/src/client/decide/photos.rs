//! Decisions about the photos of a report.

use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobEvent, JobKind, JobState, step};
use phananh_domain::reason::Reason;
use rusqlite::Transaction;

use super::super::submit::freeze;
use super::words::words_of;
use super::{Decided, NOTHING_TO_DO, Step, ask_first, may_go};
use crate::error::Result;
use crate::ingest;
use crate::store::{AttachmentRow, attachments, jobs, reports};
use crate::world::World;

/// Smallest photo that is still worth sending, bytes.
const SMALLEST_PHOTO: u64 = 20_000;

/// To be made again, with half the bytes.
pub(super) fn halve(tx: &Transaction<'_>, photo: &AttachmentRow) -> Result<()> {
    let now = photo.file.as_ref().map_or(300_000, |f| f.bytes);
    attachments::set_smaller(tx, photo.id, (now / 2).max(SMALLEST_PHOTO))
}

/// Halves the limit of every photo that is still owed and makes them again.
pub(super) fn smaller(world: &World, id: ReportId) -> Result<Step> {
    let owed = world.store.write(|tx| {
        let mut owed = Vec::new();
        for mut job in jobs::of_report(tx, id)?.into_iter().filter(|j| j.state.is_owed()) {
            if job.exposure == Exposure::Refused && !may_go(tx, &job)? {
                return ask_first(tx, job).map(Err);
            }
            if job.kind == JobKind::Message {
                continue;
            }
            let too_large = JobState::Blocked {
                reason: Reason::PhotoTooLarge,
            };
            if job.state == too_large {
                job.state = step(job.state, JobEvent::SendAgain).unwrap_or(job.state);
                job.attempts = 0;
                jobs::update(tx, &job)?;
            }
            if let Some(attachment) = job.attachment {
                halve(tx, &attachments::get(tx, attachment)?)?;
                owed.push(attachment);
            }
        }
        if owed.is_empty() {
            return Err(NOTHING_TO_DO);
        }
        Ok(Ok(owed))
    })?;
    let owed: Vec<_> = match owed {
        Ok(owed) => owed,
        Err(asking) => return Ok(asking),
    };
    for attachment in owed {
        ingest::ingest(world, attachment)?;
    }
    Ok(Step::Came(Decided::Done))
}

/// Drops the photos that are still owed. Where they were part of a payload that is not delivered, that is a new
/// revision, under the rules of one.
pub(super) fn without(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let (words, submission) = words_of(tx, id)?;
        let owed: Vec<_> = jobs::of_report(tx, id)?
            .into_iter()
            .filter(|j| j.kind == JobKind::Attachment && j.state.is_owed())
            .collect();
        if owed.is_empty() {
            return Err(NOTHING_TO_DO);
        }
        if words.state.is_owed() && !may_go(tx, &words)? {
            return ask_first(tx, words);
        }
        let now = world.now();
        for job in &owed {
            jobs::delete(tx, job.id)?;
            if let Some(attachment) = job.attachment {
                attachments::detach(tx, attachment, now)?;
            }
        }
        if words.state.is_owed() {
            jobs::delete(tx, words.id)?;
            let payload = phananh_domain::payload::Payload {
                attachments: Vec::new(),
                ..submission.payload
            };
            freeze(world, tx, &reports::get(tx, id)?, &payload)?;
        }
        Ok(Step::Came(Decided::Done))
    })
}
