//! What is owed, why it waits, and sending now.

use std::sync::{Arc, PoisonError};

use phananh_domain::decision::Decision;
use phananh_domain::id::ReportId;
use phananh_domain::job::{JobKind, JobState};
use phananh_domain::retry::priority;
use phananh_domain::why::{Network, SendPolicy, Why};

use super::Client;
use super::decide::choices;
use crate::error::{ClientError, Result};
use crate::outbox::{self, DrainLimits, DrainReport, waiting};
use crate::store::{JobRow, jobs};
use crate::sync::SyncReport;
use crate::world::World;

/// One effect that is still owed.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedJob {
    /// Of which report.
    pub report: ReportId,
    /// What it delivers.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// Why it waits; absent while an attempt is under way.
    pub why: Option<Why>,
    /// What the citizen can decide about it; empty where nothing waits for them.
    pub choices: Vec<Decision>,
}

/// Why a report waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyView {
    /// The one reason and what comes next; absent where nothing is owed.
    pub why: Option<Why>,
    /// What the citizen can decide about it; empty where nothing waits for them.
    pub choices: Vec<Decision>,
}

impl Client {
    /// Everything that is owed, in the order of sending.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn queue(&self) -> std::result::Result<Vec<QueuedJob>, ClientError> {
        self.on_disk(|world| {
            let mut owed = world.store.read(jobs::owed)?;
            owed.sort_by_key(|j| priority(j.urgency, j.kind, j.created_at, j.id));
            owed.into_iter()
                .map(|job| {
                    let why = waiting::why_job(world, &job)?;
                    Ok(QueuedJob {
                        report: job.report,
                        kind: job.kind,
                        state: job.state,
                        why,
                        choices: world.store.read(|conn| choices(conn, &job))?.to_vec(),
                    })
                })
                .collect()
        })
        .await
    }

    /// Why a report waits.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn why(&self, id: ReportId) -> std::result::Result<WhyView, ClientError> {
        self.on_disk(move |world| {
            let all = world.store.read(|conn| jobs::of_report(conn, id))?;
            Ok(WhyView {
                why: why_of(world, id, &all)?,
                choices: match asking(&all) {
                    Some(job) => world.store.read(|conn| choices(conn, job))?.to_vec(),
                    None => Vec::new(),
                },
            })
        })
        .await
    }

    /// Sends what is owed, as far as waits, conditions and limits allow.
    ///
    /// # Errors
    /// `Storage`: everything else is an outcome of a job.
    pub async fn drain(&self, limits: DrainLimits) -> std::result::Result<DrainReport, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move { outbox::drain(&world, &limits).await })
            .await
    }

    /// Asks the cities what changed.
    ///
    /// # Errors
    /// `Network` where none could be asked; `Storage`.
    pub async fn sync(&self) -> std::result::Result<SyncReport, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move { crate::sync::sync(&world).await }).await
    }

    /// The line as the platform tells it. What waited for it goes on by itself.
    pub async fn set_connectivity(&self, network: Network) -> std::result::Result<(), ClientError> {
        let before = {
            let mut conditions = self
                .world
                .conditions
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut conditions.network, network)
        };
        let is_up = |n: Network| matches!(n, Network::Metered | Network::Unmetered);
        if is_up(network) && before != network {
            self.on_disk(outbox::network_is_back).await?;
        }
        self.world.wake.notify_one();
        Ok(())
    }

    /// What the citizen and the battery allow; read at send time.
    pub fn set_policy(&self, policy: SendPolicy) {
        self.world
            .conditions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .policy = policy;
        self.world.wake.notify_one();
    }
}

/// The one reason of a report: of its words, its photos, its messages.
pub(super) fn why(world: &World, id: ReportId) -> Result<Option<Why>> {
    let all = world.store.read(|conn| jobs::of_report(conn, id))?;
    why_of(world, id, &all)
}

fn why_of(world: &World, id: ReportId, all: &[JobRow]) -> Result<Option<Why>> {
    waiting::with_number(world, id, waiting::why_jobs(world, all)?)
}

/// Of the jobs of a report the one that its reason speaks of, where that is the citizen's.
pub(super) fn asking(all: &[JobRow]) -> Option<&JobRow> {
    all.iter()
        .filter_map(|job| match job.state {
            JobState::Blocked { reason } => Some((reason.rank(), reason, job)),
            _ => None,
        })
        .min_by_key(|(rank, reason, _)| (*rank, *reason))
        .map(|(.., job)| job)
}
