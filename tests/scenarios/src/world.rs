//! The world of one scenario: a city, a line to it, a phone, and a clock for each of the two.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use phananh_city::{CaseView, City, CityConfig, RunningCity};
use phananh_domain::id::ReportId;
use phananh_domain::profile::CityProfile;
use phananh_domain::time::Timestamp;
use phananh_engine::client::DrainReport;
use phananh_engine::clock::ManualClock;
use phananh_engine::effects::{Effects, Plan};
use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, Config};
use phananh_faults::{FaultLine, RunningLine, Script};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::format::{Name, Scenario};
use crate::trouble::Trouble;
use crate::wire::DESK;

/// Wednesday 2026-11-25, 03:00 UTC, 10:00 in Huế.
const START: &str = "2026-11-25T03:00:00Z";

/// The city's name on the phone.
pub(crate) const CITY: &str = "scenario-city";

/// What a scenario's profile is laid over.
fn base_profile() -> Value {
    json!({
        "name": CITY, "zone": "Asia/Ho_Chi_Minh", "languages": ["vi", "en"], "total_timeout_s": 30, "visibility_lag_s": 60,
    })
}

pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) city: RunningCity,
    pub(crate) city_clock: Arc<phananh_city::ManualClock>,
    pub(crate) line: RunningLine,
    pub(crate) phone: Phone,
    pub(crate) reports: BTreeMap<Name, ReportId>,
    pub(crate) last_drain: Option<DrainReport>,
    pub(crate) strangers: usize,
    pub(crate) pictures: u32,
}

/// A store in a folder, and the client that is open on it, if one is.
pub(crate) struct Phone {
    store: PathBuf,
    secrets: MemorySecrets,
    seed: u64,
    opened: u64,
    pub(crate) clock: ManualClock,
    pub(crate) effects: Effects,
    client: Option<Client>,
}

impl Phone {
    pub(crate) fn client(&self) -> Result<&Client, Trouble> {
        self.client
            .as_ref()
            .ok_or_else(|| Trouble::new("the process is dead: the next step must be `reopen`"))
    }

    /// The process is gone, without a word.
    pub(crate) fn die(&mut self) {
        self.client = None;
    }

    /// Starts a process on the store.
    pub(crate) fn open(&mut self) -> Result<(), Trouble> {
        self.client = None;
        self.effects = Effects::scripted(Plan::Count);
        let mut config = Config::new(self.store.clone(), Arc::new(self.secrets.clone()));
        config.clock = Arc::new(self.clock.clone());
        config.effects = self.effects.clone();
        // Another seed for each start: a process does not draw the ids of the one before it again.
        config.seed = Some(self.seed.wrapping_add(self.opened.wrapping_mul(0x9E37_79B9)));
        self.opened += 1;
        self.client = Some(Client::open(config)?);
        Ok(())
    }
}

impl World {
    pub(crate) async fn new(scenario: &Scenario) -> Result<Self, Trouble> {
        let dir = tempfile::tempdir()?;
        let city_clock = Arc::new(phananh_city::ManualClock::at(START.parse()?));
        let mut config = CityConfig::new(dir.path().join("city"));
        config.family = scenario.city.family.parse()?;
        config.extensions = scenario.city.extensions.parse()?;
        config.list_lag = Duration::from_secs(scenario.city.list_lag_s);
        config.token_polls = scenario.city.token_polls;
        config.operator_token = Some(DESK.to_owned());
        config.clock = city_clock.clone();
        let city = City::start(config).await?;
        let loopback = ([127, 0, 0, 1], 0).into();
        let line = FaultLine::start(loopback, city.address(), Script::new(), scenario.seed).await?;
        let mut phone = Phone {
            store: dir.path().join("phone"),
            secrets: MemorySecrets::default(),
            seed: scenario.seed,
            opened: 0,
            clock: ManualClock::new(START.parse::<Timestamp>()?),
            effects: Effects::default(),
            client: None,
        };
        phone.open()?;
        let mut profile = base_profile();
        if let Some(members) = profile.as_object_mut() {
            members.extend(scenario.profile.clone());
        }
        let profile = CityProfile::parse(&profile.to_string())?;
        let url = format!("http://{}", line.addr());
        phone.client()?.set_city(profile, Some(url)).await?;
        Ok(Self {
            dir,
            city,
            city_clock,
            line,
            phone,
            reports: BTreeMap::new(),
            last_drain: None,
            strangers: 0,
            pictures: 0,
        })
    }

    /// Time passes, for everybody alike.
    pub(crate) fn advance(&self, ms: i64) {
        self.phone.clock.advance(ms);
        self.city_clock
            .advance(Duration::from_millis(ms.max(0).unsigned_abs()));
    }

    pub(crate) fn id(&self, name: &Name) -> Result<ReportId, Trouble> {
        let id = self.reports.get(name).copied();
        id.ok_or_else(|| Trouble::new(format!("no report is called {:?}", name.0)))
    }

    /// The city's case that carries the words of a report, whatever the phone thinks of it.
    pub(crate) async fn case_of(&self, name: &Name) -> Result<CaseView, Trouble> {
        let report = self.phone.client()?.report(self.id(name)?).await?;
        let ours = |case: &CaseView| {
            case.description
                .as_deref()
                .is_some_and(|d| d.starts_with(&report.content.text))
        };
        let mut cases = self.city.cases()?.into_iter().filter(ours);
        match (cases.next(), cases.next()) {
            (Some(case), None) => Ok(case),
            (None, _) => Err(Trouble::new(format!("the city has no case of {:?}", name.0))),
            (Some(a), Some(b)) => Err(Trouble::new(format!(
                "{:?} was filed twice: {} and {}",
                name.0, a.id, b.id
            ))),
        }
    }

    /// What is owed, for the message about a step that did not hold.
    pub(crate) async fn owed(&self) -> String {
        match self.phone.client() {
            Err(trouble) => trouble.to_string(),
            Ok(client) => match client.queue().await {
                Ok(jobs) => jobs
                    .iter()
                    .map(|j| format!("{} {:?}; ", j.kind, j.state))
                    .collect(),
                Err(error) => error.to_string(),
            },
        }
    }
}
