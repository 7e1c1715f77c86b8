//! Trying again now: backoff, pauses and refusals are put aside, waits that protect somebody are not.

use phananh_domain::id::ReportId;
use phananh_domain::job::{Exposure, JobEvent, JobState, step};
use phananh_domain::reason::Reason;

use super::{NOTHING_TO_DO, keep_asking, may_go};
use crate::error::Result;
use crate::store::{cities, jobs};
use crate::world::World;

/// What is owed of a report goes as soon as it may.
pub(super) fn retry(world: &World, id: ReportId) -> Result<()> {
    world.store.write(|tx| {
        let owed: Vec<_> = jobs::of_report(tx, id)?
            .into_iter()
            .filter(|j| j.state.is_owed())
            .collect();
        if owed.is_empty() {
            return Err(NOTHING_TO_DO);
        }
        for mut job in owed {
            match job.state {
                // What the city asked for and what a proof needs is waited for.
                JobState::Queued {
                    reason: Some(Reason::Busy),
                    ..
                }
                | JobState::Unconfirmed { .. }
                | JobState::Sending
                | JobState::Done => {}
                JobState::Queued { .. } => {
                    job.state = JobState::Queued {
                        next_at: None,
                        reason: None,
                    };
                }
                JobState::Blocked { reason } => {
                    let known = job.exposure != Exposure::Unknown && reason != Reason::CannotTell;
                    if known && may_go(tx, &job)? {
                        job.state = step(job.state, JobEvent::SendAgain).unwrap_or(job.state);
                    } else {
                        keep_asking(&mut job);
                    }
                }
            }
            jobs::update(tx, &job)?;
            let mut city = cities::get(tx, &job.city)?;
            if city.pause.is_some_and(|p| p.reason != Reason::Busy) {
                city.pause = None;
                cities::update(tx, &city)?;
            }
            // The citizen signed in again, or settled with the city what locked the account: one attempt tells.
            cities::set_account_pause(tx, &job.city, &job.account, None)?;
        }
        Ok(())
    })
}
