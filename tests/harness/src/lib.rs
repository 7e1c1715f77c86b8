//! The library that the bindings of each language are tested with: all of `phananh-ffi` as other languages see it, and
//! beside it one object, [`Harness`], that holds what a test needs around the core: a city behind a fault line, both
//! clocks, faults of the phone.
//!
//! A scenario (tests/scenarios) is run by the language itself: it reads the file, and calls the client for every step
//! that is the citizen's or the phone's. What is no business of the phone, and what is counted at the city, it hands
//! to [`Harness::perform`]: the same code that stands behind Rust's own runner.

// The scaffolding that the macros below write is FFI; nothing in this crate writes unsafe code by hand.
#![allow(unsafe_code)]

use std::future::Future;
use std::io::ErrorKind;
use std::sync::Arc;

use phananh_domain::time::Timestamp;
use phananh_engine::clock::Clock as _;
use phananh_engine::effects::{Effect, Fault, Plan};
use phananh_ffi::{ReportClient, SecureStore, keeper};
use phananh_scenarios::{Killed, Scenario, Size, Starts, Step, Trouble, World};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

uniffi::setup_scaffolding!();
phananh_ffi::uniffi_reexport_scaffolding!();

/// Why a step could not be done, or did not hold.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum HarnessError {
    /// For people.
    #[error("{reason}")]
    Trouble {
        /// A sentence.
        reason: String,
    },
}

impl From<Trouble> for HarnessError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble {
            reason: trouble.to_string(),
        }
    }
}

fn trouble(error: impl std::fmt::Display) -> HarnessError {
    HarnessError::Trouble {
        reason: error.to_string(),
    }
}

/// What the phone holds of the report that a step names.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Seen {
    /// Its words.
    pub text: String,
    /// The number that the phone follows it by, if it has one.
    pub number: Option<String>,
    /// Hashes of its finished pictures.
    pub photos: Vec<String>,
}

/// What goes wrong on the phone, from its next step outside memory of that sort on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PhoneFault {
    /// The disk is full.
    DiskFull,
    /// The disk fails.
    DiskBroken,
    /// The core panics, once.
    Panic,
    /// Nothing any more.
    Nothing,
}

struct Held {
    world: World,
    starts: Starts,
    phone: Option<Arc<ReportClient>>,
    killed: Option<Killed>,
}

/// The world around one phone. Thread-safe; one a test.
#[derive(uniffi::Object)]
pub struct Harness {
    /// Gone only in `drop`: a runtime may not end inside another.
    runtime: Option<Runtime>,
    held: Arc<Mutex<Held>>,
    says: String,
    url: String,
    profile: String,
    folder: String,
}

#[uniffi::export]
impl Harness {
    /// Starts the city and the line that a scenario file asks for; its steps are checked to the last field.
    ///
    /// # Errors
    /// A text that is no scenario; a world that cannot be had.
    #[uniffi::constructor]
    pub fn start(scenario: String) -> Result<Self, HarnessError> {
        let scenario = Scenario::parse(&scenario)?;
        let runtime = Runtime::new().map_err(trouble)?;
        let world = runtime.block_on(World::start(&scenario))?;
        let starts = Starts::new(world.store(), world.phone_clock().clone(), scenario.seed);
        Ok(Self {
            says: scenario.says,
            url: world.url(),
            profile: world.profile().to_owned(),
            folder: world.store().to_string_lossy().into_owned(),
            held: Arc::new(Mutex::new(Held {
                world,
                starts,
                phone: None,
                killed: None,
            })),
            runtime: Some(runtime),
        })
    }

    /// What the scenario shows.
    pub fn says(&self) -> String {
        self.says.clone()
    }

    /// The phone's only way to the city.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The profile that the phone has of the city.
    pub fn profile(&self) -> String {
        self.profile.clone()
    }

    /// The folder of the phone's store.
    pub fn folder(&self) -> String {
        self.folder.clone()
    }

    /// Starts a process on the store, on the world's clock. The one before it, if it still lives, is killed.
    ///
    /// # Errors
    /// The store does not open.
    pub async fn open(&self, secrets: Arc<dyn SecureStore>) -> Result<Arc<ReportClient>, HarnessError> {
        self.on(|mut held| async move {
            if let Some(before) = held.phone.take() {
                before.die().await;
            }
            let config = held.starts.next(keeper(secrets));
            let phone = Arc::new(ReportClient::open_with(config).await.map_err(trouble)?);
            held.phone = Some(Arc::clone(&phone));
            Ok(phone)
        })
        .await
    }

    /// Does a step that is no business of the phone: `line`, `advance_s`, `phone_clock_by_s`, `reboot`, `stranger`,
    /// `desk`, `expect_city`. `seen` tells of the report that the step names, where the phone knows it.
    ///
    /// # Errors
    /// It cannot be done, or what must hold does not.
    pub async fn perform(&self, step: String, seen: Option<Seen>) -> Result<(), HarnessError> {
        let step: Step = serde_json::from_str(&step).map_err(trouble)?;
        let seen = seen.map(|seen| phananh_scenarios::Seen {
            text: seen.text,
            number: seen.number,
            photos: seen.photos,
        });
        self.on(|mut held| async move { Ok(held.world.perform(&step, seen.as_ref()).await?) })
            .await
    }

    /// A new picture on the phone, by its size (`WIDTHxHEIGHT`): its path.
    ///
    /// # Errors
    /// No size; a disk that fails.
    pub async fn picture(&self, size: String) -> Result<String, HarnessError> {
        let size: Size = serde_json::from_value(size.into()).map_err(trouble)?;
        self.on(move |mut held| async move { Ok(held.world.picture(size)?.to_string_lossy().into_owned()) })
            .await
    }

    /// The process is going to die as `killed_at` of a `drain` step says.
    ///
    /// # Errors
    /// A text that is no `killed_at`.
    pub async fn plan_kill(&self, killed_at: String) -> Result<(), HarnessError> {
        let killed: Killed = serde_json::from_str(&killed_at).map_err(trouble)?;
        self.on(|mut held| async move {
            held.starts.plan(&killed)?;
            held.killed = Some(killed);
            Ok(())
        })
        .await
    }

    /// After the drain in which the process died: it is gone, and what it had sent has arrived.
    ///
    /// # Errors
    /// It lived through it: a mistake in the scenario.
    pub async fn bury(&self) -> Result<(), HarnessError> {
        self.on(|mut held| async move {
            let killed = held.killed.take();
            let killed = killed.ok_or_else(|| trouble("nothing was to kill it"))?;
            held.starts.reached(&killed)?;
            if let Some(dead) = held.phone.take() {
                dead.die().await;
            }
            held.world.line_settled().await;
            Ok(())
        })
        .await
    }

    /// Something goes wrong on the phone from now on.
    pub async fn plan_fault(&self, fault: PhoneFault) -> Result<(), HarnessError> {
        self.on(move |held| async move {
            held.starts.effects().plan(match fault {
                PhoneFault::DiskFull => full(Fault::FailFrom(ErrorKind::StorageFull)),
                PhoneFault::DiskBroken => full(Fault::FailFrom(ErrorKind::Other)),
                PhoneFault::Panic => full(Fault::Panic),
                PhoneFault::Nothing => Plan::Count,
            });
            Ok(())
        })
        .await
    }

    /// The phone's wall clock, milliseconds since 1970 UTC.
    pub async fn now_ms(&self) -> Result<i64, HarnessError> {
        self.on(|held| async move { Ok(held.world.phone_clock().now().as_millis()) })
            .await
    }

    /// Time passes for everybody until the phone's clock shows this, and by a second at least.
    pub async fn advance_to(&self, at_ms: i64) -> Result<(), HarnessError> {
        self.on(move |held| async move {
            held.world.advance_to(Timestamp::from_millis(at_ms));
            Ok(())
        })
        .await
    }
}

fn full(fault: Fault) -> Plan {
    Plan::AtSort(Effect::StoreCommit, 0, fault)
}

impl Harness {
    /// Work on the world, on its own runtime: callers come with executors that know no sockets.
    async fn on<T, W>(
        &self,
        work: impl FnOnce(tokio::sync::OwnedMutexGuard<Held>) -> W + Send + 'static,
    ) -> Result<T, HarnessError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, HarnessError>> + Send,
    {
        let held = Arc::clone(&self.held);
        let runtime = self.runtime.as_ref().ok_or_else(|| trouble("ended"))?;
        let done = runtime.spawn(async move { work(held.lock_owned().await).await });
        done.await.map_err(trouble)?
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
