//! A phone, a city and the line between them, all in this process, all on one clock that the test moves.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

pub(crate) mod desk;
pub(crate) mod phone;
pub(crate) mod story;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use phananh_city::{CaseView, City, CityConfig, Extensions, RunningCity};
use phananh_domain::profile::CityProfile;
use phananh_domain::time::Timestamp;
use phananh_engine::clock::{Clock as _, ManualClock};
use phananh_faults::{FaultLine, RunningLine, Script};
use tempfile::TempDir;

/// Wednesday 2026-11-25, 10:00 in Huế.
pub(crate) const START: i64 = 1_795_575_600_000;
pub(crate) const DESK: &str = "desk-token";
pub(crate) const CITY: &str = "test-city";

/// The city reads the phone's clock: skew is a matter of its own test.
struct SameClock(ManualClock);

impl phananh_city::Clock for SameClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0.now().as_millis()).unwrap()
    }
}

/// A city behind a line.
pub(crate) struct Town {
    pub(crate) city: RunningCity,
    pub(crate) line: RunningLine,
    pub(crate) clock: ManualClock,
    pub(crate) dir: TempDir,
}

impl Town {
    pub(crate) async fn rich() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn bare() -> Self {
        Self::with(|config| config.extensions = Extensions::none()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut CityConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = ManualClock::new(Timestamp::from_millis(START));
        let mut config = CityConfig::new(dir.path());
        config.clock = Arc::new(SameClock(clock.clone()));
        config.operator_token = Some(DESK.to_owned());
        change(&mut config);
        // Its future is a large one, and each test holds several.
        let city = Box::pin(City::start(config)).await.unwrap();
        let line = FaultLine::start(([127, 0, 0, 1], 0).into(), city.address(), Script::new(), 7)
            .await
            .unwrap();
        Self {
            city,
            line,
            clock,
            dir,
        }
    }

    /// Where the phone finds it: at the near end of the line.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.line.addr())
    }

    pub(crate) fn cases(&self) -> Vec<CaseView> {
        self.city.cases().unwrap()
    }

    /// The one case of the city.
    pub(crate) fn only_case(&self) -> CaseView {
        let mut cases = self.cases();
        assert_eq!(cases.len(), 1, "{cases:#?}");
        cases.remove(0)
    }
}

/// A profile as a city would publish it; lists show a report within a minute.
pub(crate) fn profile() -> CityProfile {
    CityProfile::parse(&format!(
        r#"{{"name": "{CITY}", "zone": "Asia/Ho_Chi_Minh", "languages": ["vi", "en"], "total_timeout_s": 5,
            "visibility_lag_s": 60, "identity": "confidential"}}"#
    ))
    .unwrap()
}

/// A picture of 320 by 240 that no other seed makes.
pub(crate) fn picture(folder: &Path, seed: u32) -> PathBuf {
    let path = folder.join(format!("IMG_{seed}.jpg"));
    image::RgbImage::from_fn(320, 240, |x, y| {
        let noise = (x * 31 + y * 17 + seed * 101).wrapping_mul(2_654_435_761) >> 24;
        image::Rgb([(x / 2) as u8, (y / 2) as u8, noise as u8])
    })
    .save(&path)
    .unwrap();
    path
}
