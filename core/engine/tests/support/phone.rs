//! A phone: a folder, a keeper of secrets, and a client that can be killed and opened again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use phananh_domain::id::ReportId;
use phananh_domain::reason::Reason;
use phananh_domain::time::SECOND;
use phananh_engine::client::{DrainLimits, DrainReport, Pace};
use phananh_engine::clock::{Clock as _, ManualClock};
use phananh_engine::effects::{Effects, Plan};
use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, ClientError, Config, Roots};
use tempfile::TempDir;

use super::{Town, profile};

pub(crate) struct Phone {
    pub(crate) dir: TempDir,
    pub(crate) secrets: MemorySecrets,
    pub(crate) clock: ManualClock,
    pub(crate) roots: Roots,
    /// Of the client that is open.
    pub(crate) effects: Effects,
    client: Option<Client>,
}

impl Phone {
    pub(crate) fn new(clock: &ManualClock) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            secrets: MemorySecrets::default(),
            clock: clock.clone(),
            roots: Roots::Bundled,
            effects: Effects::default(),
            client: None,
        }
    }

    /// A phone that knows the city of a town.
    pub(crate) async fn of(town: &Town) -> Self {
        let mut phone = Self::new(&town.clock);
        phone.open().unwrap();
        phone
            .client()
            .set_city(profile(), Some(town.url()))
            .await
            .unwrap();
        phone
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    pub(crate) fn config(&self, folder: &Path) -> Config {
        let mut config = Config::new(folder.to_owned(), Arc::new(self.secrets.clone()));
        config.clock = Arc::new(self.clock.clone());
        config.roots = self.roots.clone();
        config.effects = self.effects.clone();
        config
    }

    /// Opens the store anew, whatever happened to the client before.
    pub(crate) fn open(&mut self) -> Result<(), ClientError> {
        self.open_with(Plan::Count)
    }

    pub(crate) fn open_with(&mut self, plan: Plan) -> Result<(), ClientError> {
        self.client = None;
        self.effects = Effects::scripted(plan);
        self.client = Some(Client::open(self.config(&self.store()))?);
        Ok(())
    }

    pub(crate) fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    /// The client itself, for what uses it up.
    pub(crate) fn take(&mut self) -> Client {
        self.client.take().unwrap()
    }

    pub(crate) fn close(&mut self) {
        self.client = None;
    }

    pub(crate) async fn drain(&self) -> DrainReport {
        self.client().drain(DrainLimits::default()).await.unwrap()
    }

    /// As a citizen who waits: time passes until nothing is owed that goes on by itself.
    pub(crate) async fn settle(&self) -> Result<DrainReport, ClientError> {
        let limits = DrainLimits {
            pace: Pace::Waits,
            ..DrainLimits::default()
        };
        for _ in 0..200 {
            let report = self.client().drain(limits).await?;
            let Some(at) = report.next_due_at else {
                return Ok(report);
            };
            self.clock.advance(at.since(self.clock.now()).max(SECOND));
        }
        panic!("never settles: {:#?}", self.client().queue().await);
    }

    /// The one reason of a report.
    pub(crate) async fn why(&self, id: ReportId) -> Option<Reason> {
        self.client().why(id).await.unwrap().why.map(|why| why.reason)
    }
}
