//! What every command about one's own reports starts from: the open store, its city, the language.
//!
//! Which city: `--profile` and `--city` say so and are remembered; without them the store's only city, else that of
//! the newest report, else the bundled profile `hue`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::AppStrategy;
use phananh_domain::attachment::Sha256;
use phananh_domain::id::{AccountId, CityId, ReportId};
use phananh_domain::profile::{CityProfile, Examination, MAX_PROFILE_BYTES, ProfileProblem};
use phananh_domain::refcode::{NotAReferenceCode, ReferenceCode};
use phananh_domain::report::Report;
use phananh_domain::validate::{Problem, Severity};
use phananh_engine::client::{CityView, ListQuery, Saved};
use phananh_engine::secrets::FileSecrets;
use phananh_engine::{Client, ClientError, Config};

use crate::args::Globals;
use crate::exit::{Exit, Failure, Warning};
use crate::http;
use crate::output::{Output, Words, words};

/// How long `--wait` waits, milliseconds.
const WAIT_MS: u64 = 60_000;
/// Profile of a store that never heard of a city.
pub(crate) const FIRST_CITY: &str = "hue";
/// Profile of a bare address.
const ANY_CITY: &str = "generic";

/// An open store.
pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) output: Output,
    pub(crate) account: String,
    /// What was put right or lost while the store was opened.
    pub(crate) warnings: Vec<Warning>,
    /// What the command line said of the city, once it is in the store.
    chosen: Option<CityId>,
}

/// Folders of a run.
#[derive(Debug)]
pub(crate) struct Folders {
    pub(crate) data: PathBuf,
    pub(crate) secrets: PathBuf,
}

impl Folders {
    /// As told, else by the convention of the platform. Makes the data folder: its real path names its secrets.
    pub(crate) fn of(globals: &Globals) -> Result<Self, Failure> {
        let data = match &globals.data {
            Some(data) => data.clone(),
            None => platform()?.data_dir(),
        };
        let storage = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::StorageFull => Failure::new(Exit::Storage, "error.disk_full"),
            _ => Failure::new(Exit::Storage, "error.storage").saying(format!("{}: {error}", data.display())),
        };
        phananh_engine::folders::make(&data).map_err(storage)?;
        let data = std::fs::canonicalize(&data).map_err(storage)?;
        let secrets = match &globals.secrets {
            Some(secrets) => secrets.clone(),
            None => default_secrets(&data)?,
        };
        Ok(Self { data, secrets })
    }
}

/// One folder of secrets for each data folder, outside of it: a copied data folder takes no key along.
fn default_secrets(data: &Path) -> Result<PathBuf, Failure> {
    let platform = platform()?;
    let state = platform.state_dir().unwrap_or_else(|| platform.data_dir());
    let name: String = Sha256::of(data.as_os_str().as_encoded_bytes())
        .as_str()
        .chars()
        .take(16)
        .collect();
    Ok(state.join("secrets").join(name))
}

fn platform() -> Result<impl AppStrategy, Failure> {
    etcetera::app_strategy::choose_native_strategy(etcetera::AppStrategyArgs {
        top_level_domain: "vn".to_owned(),
        author: "Phan Anh".to_owned(),
        app_name: "phananh".to_owned(),
    })
    .map_err(|_| Failure::new(Exit::Storage, "error.storage").saying("--data DIR --secrets DIR"))
}

impl Context {
    /// Opens the store and takes in what the command line says of the city.
    pub(crate) async fn open(globals: &Globals, output: Output) -> Result<Self, Failure> {
        let folders = Folders::of(globals)?;
        let secrets = FileSecrets::open(&folders.secrets)
            .map_err(|error| Failure::new(Exit::Storage, "error.secrets_failed").saying(error))?;
        let damaged_secrets = secrets.set_aside().map(|file| file.display().to_string());
        let mut config = Config::new(folders.data, Arc::new(secrets));
        config.language = output.words.0;
        config.wait_ms = if globals.wait { WAIT_MS } else { 0 };
        // Opening may wait for another process: not on the thread of the runtime.
        let opened = tokio::task::spawn_blocking(move || Client::open(config)).await;
        let client =
            opened.map_err(|_| Failure::new(Exit::Storage, "error.internal").with("id", "open"))??;
        let account = globals.account.clone().unwrap_or_default();
        let mut context = Self {
            client,
            output,
            account,
            warnings: Vec::new(),
            chosen: None,
        };
        if let Some(rescued) = context.client.rescued() {
            let name = rescued.folder.display().to_string();
            match rescued.saved {
                Saved::Everything => context.warn("warn.mended", &[("name", &name)]),
                Saved::Parts { drafts, .. } => {
                    context.warn("warn.rescued", &[("n", &drafts.to_string()), ("name", &name)]);
                }
            }
        }
        if let Some(name) = damaged_secrets {
            context.warn("warn.secrets_set_aside", &[("name", &name)]);
        }
        context.chosen = context.choose(globals).await?;
        Ok(context)
    }

    fn warn(&mut self, code: &'static str, values: &[(&str, &str)]) {
        let message = self.words().with(code, values);
        let warning = Warning {
            code: code.into(),
            message,
        };
        Output::warning(&warning);
        self.warnings.push(warning);
    }

    /// Takes up photos that a kill left unfinished. Where that fails now, for a full disk perhaps, reading goes on.
    pub(crate) async fn finish_photos(&mut self) -> Result<(), Failure> {
        for dropped in self.client.finish_photos().await.unwrap_or_default() {
            let report = self.client.report(dropped.report).await?;
            let (number, reason) = (report.reference_code.to_string(), self.words().of(dropped.code));
            self.warn("warn.photo_dropped", &[("number", &number), ("reason", &reason)]);
        }
        Ok(())
    }

    /// The account of this run, by its name on this machine.
    pub(crate) fn account(&self) -> AccountId {
        AccountId::new(if self.account.is_empty() {
            "default"
        } else {
            &self.account
        })
    }

    pub(crate) const fn words(&self) -> Words {
        self.output.words
    }

    async fn choose(&self, globals: &Globals) -> Result<Option<CityId>, Failure> {
        if let Some(address) = &globals.city {
            http::base(address)?;
        }
        let known = match (&globals.profile, &globals.city) {
            (None, None) => return Ok(None),
            _ => self.client.cities().await?,
        };
        let (profile, old) = match &globals.profile {
            Some(name) => match (
                known.iter().find(|city| city.id.as_str() == name),
                CityProfile::bundled(name),
            ) {
                // A city of this store by its name, refreshed where the program brings a newer profile of it.
                (Some(old), bundled) => (bundled.unwrap_or_else(|| old.profile.clone()), Some(old)),
                (None, _) => {
                    let profile = read_profile(name)?;
                    let old = known.iter().find(|city| city.id == profile.city_id());
                    (profile, old)
                }
            },
            None => {
                let same = known
                    .iter()
                    .find(|city| Some(&city.endpoint) == globals.city.as_ref());
                match (same, known.as_slice()) {
                    (Some(old), _) => (old.profile.clone(), Some(old)),
                    (None, []) => (read_profile(ANY_CITY)?, None),
                    (None, _) => {
                        let used = self.last_used(&known).await?;
                        let old = known.iter().find(|city| Some(&city.id) == used.as_ref());
                        (
                            old.map_or_else(|| read_profile(ANY_CITY), |city| Ok(city.profile.clone()))?,
                            old,
                        )
                    }
                }
            }
        };
        let endpoint = globals
            .city
            .clone()
            .or_else(|| profile.endpoint.clone())
            .or_else(|| old.map(|city| city.endpoint.clone()))
            .filter(|endpoint| !endpoint.is_empty());
        match old {
            Some(old) if old.profile == profile && Some(&old.endpoint) == endpoint.as_ref() => {
                Ok(Some(old.id.clone()))
            }
            _ => Ok(Some(self.client.set_city(profile, endpoint).await?)),
        }
    }

    /// The city of the newest report, else the first known.
    async fn last_used(&self, known: &[CityView]) -> Result<Option<CityId>, Failure> {
        let newest = self
            .client
            .list(ListQuery {
                limit: 1,
                ..ListQuery::default()
            })
            .await?;
        let of_report = newest.entries.into_iter().next().map(|entry| entry.report.city);
        Ok(of_report.or_else(|| known.first().map(|city| city.id.clone())))
    }

    /// The city that new drafts and questions are for.
    pub(crate) async fn city(&self) -> Result<CityView, Failure> {
        let id = match &self.chosen {
            Some(id) => id.clone(),
            None => match self.last_used(&self.client.cities().await?).await? {
                Some(id) => id,
                None => self.client.set_city(read_profile(FIRST_CITY)?, None).await?,
            },
        };
        Ok(self.client.city(id).await?)
    }

    /// The city of a report.
    pub(crate) async fn city_of(&self, report: &Report) -> Result<CityView, Failure> {
        Ok(self.client.city(report.city.clone()).await?)
    }

    /// The report that a person means.
    pub(crate) async fn report(&self, name: &str) -> Result<ReportId, Failure> {
        match self.client.resolve(name).await {
            Ok(id) => Ok(id),
            Err(ClientError::Ambiguous) => {
                let query = ListQuery {
                    query: Some(name.to_owned()),
                    ..ListQuery::default()
                };
                let n = self.client.list(query).await?.entries.len().max(2);
                Err(Failure::bad_input("report", "error.ambiguous")
                    .with("number", name)
                    .with("n", n.to_string()))
            }
            Err(ClientError::NotFound { .. }) => {
                let code = match ReferenceCode::parse(name) {
                    Err(NotAReferenceCode::WrongCheckDigit) => "error.bad_code",
                    _ => "error.not_found",
                };
                Err(Failure::bad_input("report", code).with("number", name))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The report that a person means, or the only one there is.
    pub(crate) async fn one_report(&self, name: Option<&str>) -> Result<ReportId, Failure> {
        let Some(name) = name else {
            let page = self
                .client
                .list(ListQuery {
                    limit: 2,
                    ..ListQuery::default()
                })
                .await?;
            return match page.entries.as_slice() {
                [] => Err(Failure::bad_input("report", "error.no_reports")),
                [only] => Ok(only.report.id),
                _ => Err(Failure::bad_input("report", "error.name_a_report")),
            };
        };
        self.report(name).await
    }

    /// A failure with what its problems need to be told in words.
    pub(crate) fn told(&self, error: ClientError, city: &CityView) -> Failure {
        let label = city.profile.label(self.words().0).to_owned();
        Failure::from(error)
            .with("city", label)
            .with("hotline", words::hotline(&city.profile))
    }

    /// The values that problems are told with.
    pub(crate) fn values(&self, city: &CityView) -> Vec<(&'static str, String)> {
        let label = city.profile.label(self.words().0).to_owned();
        vec![
            ("city", label),
            ("hotline", words::hotline(&city.profile).to_owned()),
        ]
    }

    /// Problems as lines.
    pub(crate) fn problem_lines(&self, problems: &[Problem], city: &CityView) -> Vec<String> {
        let values = self.values(city);
        problems
            .iter()
            .map(|problem| format!("  - {}", self.words().problem(problem, &values)))
            .collect()
    }

    /// Lets the folder go, in order.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        Ok(self.client.shut_down().await?)
    }
}

/// A profile by its bundled name or from a file; one with mistakes that block is refused.
pub(crate) fn read_profile(name: &str) -> Result<CityProfile, Failure> {
    if let Some(profile) = CityProfile::bundled(name) {
        return Ok(profile);
    }
    let examined = examine(Path::new(name))?;
    let blocks = |problem: &&ProfileProblem| problem.severity == Severity::Blocks;
    match (examined.profile, examined.problems.iter().find(blocks)) {
        (Some(profile), _) => Ok(profile),
        (None, mistake) => {
            let failure = Failure::bad_input("profile", "error.bad_profile").with("name", name);
            Err(match mistake {
                Some(mistake) => failure.mistaken(mistake),
                None => failure,
            })
        }
    }
}

/// A profile from a file, and every mistake in it.
pub(crate) fn examine(file: &Path) -> Result<Examination, Failure> {
    use std::io::Read;
    let unknown =
        || Failure::bad_input("profile", "error.unknown_profile").with("name", file.display().to_string());
    let opened = std::fs::File::open(file).map_err(|_| unknown())?;
    let mut text = Vec::new();
    // One byte more than a profile may have: a longer file is refused by the reader, and never read whole.
    let limit = u64::try_from(MAX_PROFILE_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    opened.take(limit).read_to_end(&mut text).map_err(|_| unknown())?;
    phananh_engine::profile::examine(&String::from_utf8_lossy(&text)).map_err(|error| {
        Failure::bad_input("profile", format!("profile.{}", error.code))
            .with("field", error.path.clone())
            .saying(error.detail)
    })
}
