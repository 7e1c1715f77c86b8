//! The world of one scenario, all but the phone's program: a city, a line to it, a clock for each side, pictures.
//!
//! It does the steps that are no business of the phone, and counts at the city. What a step must know of a report is
//! told by whoever drives the phone ([`Seen`]): so the runner of any language can stand on the same world.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use phananh_city::{CaseView, City, CityConfig, RunningCity};
use phananh_domain::time::{SECOND, Timestamp};
use phananh_engine::clock::{Clock as _, ManualClock};
use phananh_faults::{FaultLine, RunningLine, Script};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::format::{Desk, ExpectCity, Line, Scenario, Size, Step, Switch};
use crate::picture;
use crate::trouble::{Trouble, same};
use crate::wire::{self, DESK};

/// Wednesday 2026-11-25, 03:00 UTC, 10:00 in Huế.
const START: &str = "2026-11-25T03:00:00Z";

/// The city's name on the phone.
pub const CITY: &str = "scenario-city";

/// What a scenario's profile is laid over.
fn base_profile() -> Value {
    json!({
        "name": CITY, "zone": "Asia/Ho_Chi_Minh", "languages": ["vi", "en"], "total_timeout_s": 30, "visibility_lag_s": 60,
    })
}

/// What the phone holds of a report.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its words.
    pub text: String,
    /// The number that the phone follows it by, if it has one.
    pub number: Option<String>,
    /// Hashes (SHA-256, lower-case hex) of its finished pictures.
    pub photos: Vec<String>,
}

/// A city, the line to it, both clocks, and a folder for everything.
pub struct World {
    dir: TempDir,
    city: RunningCity,
    city_clock: Arc<phananh_city::ManualClock>,
    phone_clock: ManualClock,
    line: RunningLine,
    profile: String,
    strangers: usize,
    pictures: u32,
}

impl World {
    /// Starts the city and the line that a scenario asks for.
    ///
    /// # Errors
    /// A word of the scenario that the city does not know; a port or folder that cannot be had.
    pub async fn start(scenario: &Scenario) -> Result<Self, Trouble> {
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
        let mut profile = base_profile();
        if let Some(members) = profile.as_object_mut() {
            members.extend(scenario.profile.clone());
        }
        Ok(Self {
            dir,
            city,
            city_clock,
            phone_clock: ManualClock::new(START.parse::<Timestamp>()?),
            line,
            profile: profile.to_string(),
            strangers: 0,
            pictures: 0,
        })
    }

    /// The folder of the phone's store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.dir.path().join("phone")
    }

    /// The profile that the phone has of the city, JSON.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The phone's only way to the city.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.line.addr())
    }

    /// The phone's clocks.
    #[must_use]
    pub fn phone_clock(&self) -> &ManualClock {
        &self.phone_clock
    }

    /// Time passes, for everybody alike.
    pub fn advance(&self, ms: i64) {
        self.phone_clock.advance(ms);
        self.city_clock
            .advance(Duration::from_millis(ms.max(0).unsigned_abs()));
    }

    /// Time passes until the phone's clock shows `due`, and by a second at least.
    pub fn advance_to(&self, due: Timestamp) {
        self.advance(due.since(self.phone_clock.now()).max(SECOND));
    }

    /// A new picture on the phone, no two alike.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn picture(&mut self, size: Size) -> Result<PathBuf, Trouble> {
        self.pictures += 1;
        picture::make(self.dir.path(), self.pictures, size)
    }

    /// Waits until all that the phone sent, before it died, arrived.
    pub async fn line_settled(&self) {
        self.line.settled().await;
    }

    /// Does a step that is no business of the phone. `seen` tells of the report that the step names, where the phone
    /// knows it.
    ///
    /// # Errors
    /// It cannot be done, or what must hold does not.
    pub async fn perform(&mut self, step: &Step, seen: Option<&Seen>) -> Result<(), Trouble> {
        match step {
            Step::Line(line) => self.line(line).await,
            Step::AdvanceS(seconds) => {
                self.advance(seconds * SECOND);
                Ok(())
            }
            Step::PhoneClockByS(seconds) => {
                let clock = &self.phone_clock;
                clock.set_wall(clock.now().plus(seconds * SECOND));
                Ok(())
            }
            Step::Reboot {} => {
                self.phone_clock.reboot();
                Ok(())
            }
            Step::Stranger(stranger) => {
                wire::file(self.city.address(), stranger).await?;
                self.strangers += 1;
                Ok(())
            }
            Step::Desk(desk) => self.desk(desk, seen).await,
            Step::ExpectCity(wanted) => self.holds(wanted, seen),
            other => Err(Trouble::new(format!("no step of the world: {other:?}"))),
        }
    }

    async fn line(&self, line: &Line) -> Result<(), Trouble> {
        match line {
            Line::Switch(Switch::Off) => self.line.off().await?,
            Line::Switch(Switch::On) => self.line.on().await?,
            Line::Script(script) => self.line.set_script(Script::from_json(&script.to_string())?),
        }
        Ok(())
    }

    async fn desk(&mut self, desk: &Desk, seen: Option<&Seen>) -> Result<(), Trouble> {
        let case = self.case_of(seen)?;
        let photo = desk.photo.map(|size| self.picture(size)).transpose()?;
        wire::act(
            self.city.address(),
            &case.id,
            &desk.action,
            photo.as_deref().map(Path::new),
        )
        .await
    }

    /// The city's case that carries the words of a report, whatever the phone thinks of it.
    fn case_of(&self, seen: Option<&Seen>) -> Result<CaseView, Trouble> {
        let seen = seen.ok_or_else(|| Trouble::new("the phone has no such report"))?;
        let ours = |case: &CaseView| {
            case.description
                .as_deref()
                .is_some_and(|d| d.starts_with(&seen.text))
        };
        let mut cases = self.city.cases()?.into_iter().filter(ours);
        match (cases.next(), cases.next()) {
            (Some(case), None) => Ok(case),
            (None, _) => Err(Trouble::new(format!("the city has no case of {:?}", seen.text))),
            (Some(a), Some(b)) => Err(Trouble::new(format!(
                "{:?} was filed twice: {} and {}",
                seen.text, a.id, b.id
            ))),
        }
    }

    /// What must hold at the city, read from its database.
    fn holds(&self, wanted: &ExpectCity, seen: Option<&Seen>) -> Result<(), Trouble> {
        let counts = self.city.counts()?;
        let cases = self.city.cases()?;
        same(
            "cases",
            wanted.cases.as_ref(),
            cases.len().saturating_sub(self.strangers),
        )?;
        let strangers = u64::try_from(self.strangers)?;
        same(
            "posts",
            wanted.posts.as_ref(),
            counts.report_posts.saturating_sub(strangers),
        )?;

        let asks_one = wanted.status.is_some()
            || wanted.rating.is_some()
            || wanted.fixed.is_some()
            || wanted.photos.is_some()
            || wanted.events.is_some();
        if !asks_one {
            return Ok(());
        }
        let case = self.case_of(seen)?;
        if let Some(number) = seen.and_then(|seen| seen.number.as_ref()) {
            same(
                "the number that the phone follows",
                Some(&case.id),
                number.clone(),
            )?;
        }
        same("status", wanted.status.as_ref(), case.status.clone())?;
        same(
            "rating",
            wanted.rating.clone().map(Some).as_ref(),
            case.rating.clone(),
        )?;
        same(
            "fixed",
            wanted.fixed.clone().map(Some).as_ref(),
            case.fixed.clone(),
        )?;
        if let Some(events) = &wanted.events {
            let found = case
                .events
                .iter()
                .filter(|event| event.kind == events.kind)
                .count();
            same(
                &format!("events of kind {}", events.kind),
                Some(&events.count),
                found,
            )?;
        }
        if let Some(wanted_photos) = wanted.photos {
            let there: Vec<_> = case.photos.iter().map(|photo| photo.sha256.clone()).collect();
            same("photos", Some(&wanted_photos), there.len())?;
            let here: BTreeSet<_> = seen.iter().flat_map(|seen| seen.photos.clone()).collect();
            let distinct: BTreeSet<_> = there.iter().cloned().collect();
            if distinct.len() != there.len() || !distinct.is_subset(&here) {
                return Err(Trouble::differs("photos by their hashes", &here, &there));
            }
        }
        Ok(())
    }
}
