//! Why something waits: rows and conditions as the domain's rule wants them.

use phananh_domain::attachment::IngestState;
use phananh_domain::id::ReportId;
use phananh_domain::job::{JobKind, JobState};
use phananh_domain::reason::Reason;
use phananh_domain::retry::priority;
use phananh_domain::why::{
    AccountPause, Address, CityPause, Making, Network, SendPolicy, Storage, WaitingJob, Why, WhyInputs,
    number_pending, why,
};

use crate::city::Facts;
use crate::error::Result;
use crate::store::{JobRow, attachments, cities, jobs};
use crate::tokens;
use crate::world::{Keeper, World};

/// The reason of a report that is known at the city by a token: beside what holds it back on the phone, the number is.
/// `told` is why its jobs wait, where any is owed.
pub(crate) fn with_number(world: &World, report: ReportId, told: Option<Why>) -> Result<Option<Why>> {
    let Some(case) = world.store.read(|conn| tokens::awaited(conn, report))? else {
        return Ok(told);
    };
    Ok(Some(number_pending(told, case.next_poll_at, world.now())))
}

/// Why one job waits.
pub(crate) fn why_job(world: &World, job: &JobRow) -> Result<Option<Why>> {
    let told = why_jobs(world, std::slice::from_ref(job))?;
    match told {
        Some(_) => with_number(world, job.report, told),
        None => Ok(None),
    }
}

/// The one reason of several jobs that belong together; `None` where nothing of them is owed.
pub(crate) fn why_jobs(world: &World, group: &[JobRow]) -> Result<Option<Why>> {
    let Some(first) = group.iter().find(|j| j.state.is_owed()) else {
        return Ok(None);
    };
    let conditions = world.conditions();
    let now = world.now();
    let (waiting, address, account, city, ahead) = world.store.read(|conn| {
        let facts = Facts::load(conn, &first.city)?;
        let mut waiting = Vec::new();
        for job in group {
            let (bytes, making) = load(conn, job, &facts)?;
            waiting.push(WaitingJob {
                kind: job.kind,
                state: job.state,
                bytes,
                making,
            });
        }
        let account = cities::account_pause(conn, &first.city, &first.account)?.map(|reason| match reason {
            Reason::Locked => AccountPause::Locked,
            _ => AccountPause::SignedOut,
        });
        let city = facts.row.pause.and_then(|p| {
            Some(CityPause {
                reason: p.reason,
                until: p.until?,
            })
        });
        let address = facts.address();
        let mine = priority(first.urgency, first.kind, first.created_at, first.id);
        let ahead = jobs::owed(conn)?
            .iter()
            .filter(|j| j.report != first.report && !matches!(j.state, JobState::Blocked { .. }))
            .filter(|j| priority(j.urgency, j.kind, j.created_at, j.id) < mine)
            .count();
        Ok((
            waiting,
            address,
            account,
            city,
            u32::try_from(ahead).unwrap_or(u32::MAX),
        ))
    })?;
    let storage = match world.keeper() {
        Keeper::Locked => Storage::Locked,
        Keeper::Open => Storage::Ready,
    };
    let outside = WhyInputs {
        jobs: &waiting,
        address,
        account,
        storage,
        network: conditions.network,
        policy: conditions.policy,
        city,
        ahead,
        now,
    };
    Ok(why(&match first.practice {
        false => outside,
        // What stays on the phone waits for nothing outside of it.
        true => WhyInputs {
            address: Address::Known,
            account: None,
            network: Network::Unmetered,
            policy: SendPolicy::default(),
            city: None,
            ..outside
        },
    }))
}

/// Bytes a job would still send, and whether its files are made.
fn load(conn: &rusqlite::Connection, job: &JobRow, facts: &Facts) -> Result<(u64, Making)> {
    let mut bytes = 0_u64;
    let mut making = Making::Ready;
    let mut count = |ingest: IngestState, file: Option<u64>| {
        bytes = bytes.saturating_add(file.unwrap_or(0));
        if ingest == IngestState::Pending {
            making = Making::Preparing;
        }
    };
    match job.kind {
        JobKind::Report if facts.photos_with_words() > 0 && facts.extensions.is_some() => {
            for a in attachments::of_report(conn, job.report)? {
                count(a.ingest, a.file.map(|f| f.bytes));
            }
        }
        JobKind::Report => {}
        JobKind::Attachment => {
            if let Some(id) = job.attachment {
                let row = attachments::get(conn, id)?;
                count(row.ingest, row.file.map(|f| f.bytes));
            }
        }
        JobKind::Message => {
            if let Some(id) = job.message {
                for row in attachments::of_message(conn, id)? {
                    count(row.ingest, row.file.map(|f| f.bytes));
                }
            }
        }
    }
    Ok((bytes, making))
}
