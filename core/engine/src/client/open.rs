//! Opening a store: lock, schema, files swept, what was under way put right.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use phananh_domain::id::ReportId;
use phananh_domain::time::{DAY, Millis};
use phananh_domain::why::{Network, SendPolicy};
use phananh_domain::words::Language;

use super::{Client, Runtime, lease};
use crate::clock::{Clock, SystemClock};
use crate::effects::Effects;
use crate::error::{ClientError, Error, Result};
use crate::files::Files;
use crate::folders;
use crate::outbox;
use crate::random::Random;
use crate::remote::{Remote, RemoteConfig, Roots};
use crate::secrets::SecureStore;
use crate::store::Store;
use crate::world::{Conditions, Presence, World};

/// Full-size photos stay on the phone this long after the city acknowledged them; thumbnails stay for ever.
const KEEP_SENT_PHOTOS: Millis = 30 * DAY;

/// How to open a store.
pub struct Config {
    /// Folder of the store; made if absent.
    pub folder: PathBuf,
    /// The phone's keeper of secrets.
    pub secrets: Arc<dyn SecureStore>,
    /// Clock; the phone's own unless a test says otherwise.
    pub clock: Arc<dyn Clock>,
    /// Certificate roots to trust.
    pub roots: Roots,
    /// Language of services and texts.
    pub language: Language,
    /// How long to wait for another process that holds the store, milliseconds; 0 = not at all.
    pub wait_ms: u64,
    /// Hook for tests; does nothing in a shipped library.
    pub effects: Effects,
    /// Seed of ids and jitter in tests.
    #[cfg(any(test, feature = "harness"))]
    pub seed: Option<u64>,
}

impl Config {
    /// The usual way: system clock, bundled roots, Vietnamese, no waiting.
    #[must_use]
    pub fn new(folder: PathBuf, secrets: Arc<dyn SecureStore>) -> Self {
        Self {
            folder,
            secrets,
            clock: Arc::new(SystemClock),
            roots: Roots::Bundled,
            language: Language::Vi,
            wait_ms: 0,
            effects: Effects::default(),
            #[cfg(any(test, feature = "harness"))]
            seed: None,
        }
    }

    fn random(&self) -> Random {
        #[cfg(any(test, feature = "harness"))]
        if let Some(seed) = self.seed {
            return Random::Seeded(std::sync::atomic::AtomicU64::new(0), seed);
        }
        Random::System
    }
}

impl Client {
    /// Opens the store in a folder, or makes one.
    ///
    /// # Errors
    /// `StoreHeld` where another process has it or a newer program wrote it; `Storage` where the disk fails. A damaged
    /// store opens: [`Client::rescued`] says what was saved of it.
    pub fn open(config: Config) -> std::result::Result<Self, ClientError> {
        Self::try_open(config).map_err(ClientError::from)
    }

    fn try_open(config: Config) -> Result<Self> {
        folders::make(&config.folder)?;
        let remote = Remote::new(
            RemoteConfig {
                roots: config.roots.clone(),
                ..RemoteConfig::default()
            },
            config.effects.clone(),
        )?;
        let random = config.random();
        let world = World {
            store: Store::new(config.effects.clone()),
            files: Files::of(&config.folder, config.effects.clone()),
            presence: Presence::new(config.folder, config.wait_ms, config.effects, put_right),
            remote,
            secrets: config.secrets,
            clock: config.clock,
            random,
            events: crate::events::Events::default(),
            wake: tokio::sync::Notify::new(),
            gate: tokio::sync::Mutex::new(()),
            sign_in: tokio::sync::Mutex::new(()),
            conditions: Mutex::new(Conditions {
                network: Network::Unmetered,
                policy: SendPolicy::default(),
            }),
        };
        world.open()?;
        // Last of what can fail: a runtime must not be dropped where an async caller waits.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("phananh")
            .enable_all()
            .build()?;
        let world = Arc::new(world);
        Ok(Self {
            screens: Arc::new(lease::Screens::default()),
            world,
            runtime: Runtime(Some(runtime)),
            language: config.language,
            hinted: Arc::default(),
            telling: Box::default(),
        })
    }
}

/// Puts right what is owed; orphaned files go. Reading must work where the disk takes nothing: what cannot be put right
/// now is put right before anything of it is sent, recalled or decided.
fn put_right(world: &World) -> Result<()> {
    match outbox::put_right(world) {
        Err(error) if error.is_disk_full() || matches!(error, Error::Secret(_)) => {}
        other => other?,
    }
    let known = world.store.read(crate::store::attachments::known_files)?;
    world.files.sweep(&known)?;
    let old = world.now().plus(-KEEP_SENT_PHOTOS);
    for photo in world
        .store
        .read(|conn| crate::store::attachments::long_delivered(conn, old))?
    {
        world.files.prune(&photo)?;
    }
    Ok(())
}

/// A report that a person means by its local id, any unique four digits of its code, or the city's number.
impl Client {
    /// Finds it.
    ///
    /// # Errors
    /// `NotFound`, `Ambiguous`.
    pub async fn resolve(&self, name: &str) -> std::result::Result<ReportId, ClientError> {
        let name = name.trim().to_owned();
        self.on_disk(move |world| {
            world
                .store
                .read(|conn| crate::store::search::resolve(conn, &name))
        })
        .await
    }
}
