//! Decisions about the words of a report.

use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobEvent, JobKind, step};
use phananh_domain::outcome::Question;
use phananh_domain::report::Phase;

use super::super::submit::back_to_draft;
use super::{Decided, NOTHING_TO_DO, Step, ask_first, keep_asking, may_go};
use crate::error::Result;
use crate::store::{JobRow, SubmissionRow, jobs, reports, submissions};
use crate::world::World;

/// The job of the words and its submission.
pub(super) fn words_of(conn: &rusqlite::Connection, id: ReportId) -> Result<(JobRow, SubmissionRow)> {
    let job = jobs::of_report(conn, id)?
        .into_iter()
        .find(|j| j.kind == JobKind::Report)
        .ok_or(NOTHING_TO_DO)?;
    let submission = submissions::newest(conn, id)?.ok_or(NOTHING_TO_DO)?;
    Ok((job, submission))
}

/// The same payload under the same key.
pub(super) fn send_again(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let (mut job, submission) = words_of(tx, id)?;
        if submission.exposure == Exposure::Refused && !may_go(tx, &job)? {
            return ask_first(tx, job);
        }
        job.state = step(job.state, JobEvent::SendAgain).map_err(|_| NOTHING_TO_DO)?;
        job.attempts = 0;
        job.question = Question::LostAnswer;
        job.must_look = false;
        jobs::update(tx, &job)?;
        // What lists showed so far led to the question; the answer asks for new evidence.
        submissions::forget_lookups(tx, submission.id)?;
        Ok(Step::Came(Decided::Done))
    })
}

/// Keep looking.
pub(super) fn wait(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let (mut job, submission) = words_of(tx, id)?;
        job.question = Question::LostAnswer;
        job.must_look = false;
        keep_asking(&mut job);
        jobs::update(tx, &job)?;
        submissions::forget_lookups(tx, submission.id)?;
        Ok(Step::Came(Decided::Done))
    })
}

/// Back to a draft, under the rules of a new revision.
pub(super) fn edit(world: &World, id: ReportId) -> Result<Step> {
    world.store.write(|tx| {
        let report = reports::get(tx, id)?;
        let (job, _) = words_of(tx, id)?;
        if report.phase == Phase::Draft || !job.state.is_owed() {
            return Err(NOTHING_TO_DO);
        }
        if !may_go(tx, &job)? {
            return ask_first(tx, job);
        }
        back_to_draft(world, tx, report)?;
        Ok(Step::Came(Decided::Done))
    })
}
