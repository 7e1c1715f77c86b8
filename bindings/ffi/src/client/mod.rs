//! The one object: a store that is open.
//!
//! Each method names one call of the engine's facade and nothing else. [`ReportClient::shut_down`] cuts the calls that
//! are under way (they answer `Closed`; what they did is durable or did not happen) and returns once the folder is
//! free: a phone's system kills an app that keeps files locked while it sleeps.

mod accounts;
mod cases;
mod cities;
mod drafts;
mod life;
mod people;
mod public;
mod sending;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use phananh_domain::profile::BundledProfile;
use phananh_domain::words::Language;
use phananh_engine::{Client, ClientError, Config};
use tokio::sync::{RwLock, oneshot};
use tokio_util::sync::CancellationToken;

use crate::events::Subscription;
use crate::secrets::{Keeper, SecureStore};

/// How to open a store.
#[derive(Debug, Clone, uniffi::Record)]
pub struct OpenOptions {
    /// Folder of the store; made if absent.
    pub folder: String,
    /// Language of services and texts.
    pub language: Language,
    /// How long to wait for another process that holds the store, milliseconds; 0 = not at all.
    #[uniffi(default)]
    pub wait_ms: u64,
}

/// A language of the catalogue.
#[uniffi::remote(Enum)]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

/// The city profiles that come with the core.
#[uniffi::remote(Enum)]
pub enum BundledProfile {
    /// Huế. No public endpoint is known: the app asks for one.
    Hue,
    /// Any GeoReport v2 city.
    Generic,
}

/// The text (JSON) of a profile that comes with the core.
#[uniffi::export]
#[must_use]
pub fn bundled_profile(profile: BundledProfile) -> String {
    profile.json().to_owned()
}

/// A store that is open, and all that can be done with it. Thread-safe; keep one a folder.
#[derive(uniffi::Object)]
pub struct ReportClient {
    /// Empty after shut-down. Calls under way hold a read guard, shut-down waits for the write guard.
    client: RwLock<Option<Arc<Client>>>,
    ending: CancellationToken,
}

#[uniffi::export]
impl ReportClient {
    /// Opens the store in a folder, or makes one.
    ///
    /// # Errors
    /// `StoreHeld` where another process has it or a newer program wrote it; `Storage` where the disk fails; `Secrets`
    /// where the keeper fails.
    #[uniffi::constructor]
    pub async fn open(options: OpenOptions, secrets: Arc<dyn SecureStore>) -> Result<Self, ClientError> {
        let mut config = Config::new(PathBuf::from(options.folder), Arc::new(Keeper(secrets)));
        config.language = options.language;
        config.wait_ms = options.wait_ms;
        Self::start(config).await
    }

    /// Ends everything under way and lets the folder go; free for others when this returns. A second call does
    /// nothing.
    ///
    /// # Errors
    /// `Storage` where the last checkpoint fails; the client is shut down all the same.
    pub async fn shut_down(&self) -> Result<(), ClientError> {
        self.ending.cancel();
        // Every call gives its share back before its read guard.
        let client = self.client.write().await.take().and_then(Arc::into_inner);
        match client {
            Some(client) => client.shut_down().await,
            None => Ok(()),
        }
    }

    /// Listens to what changes from now on.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn subscribe(&self) -> Result<Arc<Subscription>, ClientError> {
        self.call(|client| async move { Ok(Arc::new(Subscription::new(client.subscribe()))) })
            .await
    }
}

impl ReportClient {
    async fn start(config: Config) -> Result<Self, ClientError> {
        // Opening reads and syncs files; the caller's executor may be the thread that draws.
        let (opened, answer) = oneshot::channel();
        std::thread::Builder::new()
            .name("phananh-open".into())
            .spawn(move || opened.send(Client::open(config)))
            .map_err(|_| ClientError::Internal { id: "thread".into() })?;
        let client = answer
            .await
            .map_err(|_| ClientError::Internal { id: "open".into() })??;
        Ok(Self {
            client: RwLock::new(Some(Arc::new(client))),
            ending: CancellationToken::new(),
        })
    }

    /// Opens a store with settings that only tests have: their clock, their faults.
    ///
    /// # Errors
    /// As [`ReportClient::open`].
    #[cfg(feature = "harness")]
    pub async fn open_with(config: Config) -> Result<Self, ClientError> {
        Self::start(config).await
    }

    /// Ends as a process that is killed: without a word, nothing more reaches disk or network.
    #[cfg(feature = "harness")]
    pub async fn die(&self) {
        self.ending.cancel();
        drop(self.client.write().await.take());
    }

    /// One call of the facade, unless the client is shut down before it ends.
    async fn call<T, W>(&self, work: impl FnOnce(Arc<Client>) -> W) -> Result<T, ClientError>
    where
        W: Future<Output = Result<T, ClientError>>,
    {
        let guard = self.client.read().await;
        let client = guard.as_ref().map(Arc::clone).ok_or(ClientError::Closed)?;
        tokio::select! {
            biased;
            () = self.ending.cancelled() => Err(ClientError::Closed),
            done = work(client) => done,
        }
    }
}
