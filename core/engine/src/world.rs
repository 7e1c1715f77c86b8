//! What every part of the engine works with: one store, one folder of files, one way to the network, one clock.
//!
//! Outbox and sync get a `&World` and nothing else; the client owns it. SQL and files block, so async code reaches them
//! through [`World::blocking`], which also sees to it that the store is open (`presence`); no lock and no connection is
//! ever held over a network await.

mod presence;

use std::sync::{Arc, Mutex, PoisonError};

use phananh_domain::time::Timestamp;
use phananh_domain::why::{Network, SendPolicy};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::events::Events;
use crate::files::Files;
use crate::random::Random;
use crate::remote::Remote;
use crate::seal::{self, Sealer};
use crate::secrets::{SecretError, SecureStore};
use crate::store::Store;

pub(crate) use presence::{Presence, Stay};

/// What the shell told of the phone: read at send time, never at schedule time.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    pub(crate) network: Network,
    pub(crate) policy: SendPolicy,
}

/// The phone's keeper of secrets, as far as waiting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// It answers; what it answers is another matter.
    Open,
    /// The phone was not unlocked since it started: whatever needs a secret, or the proof that the store is no copy,
    /// waits.
    Locked,
}

/// Everything that touches the world, in one place.
pub(crate) struct World {
    /// Whether the store is open.
    pub(crate) presence: Presence,
    pub(crate) store: Store,
    pub(crate) files: Files,
    pub(crate) remote: Remote,
    pub(crate) secrets: Arc<dyn SecureStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Random,
    pub(crate) events: Events,
    /// Wakes the worker: something was queued, or conditions changed.
    pub(crate) wake: Notify,
    /// One drain at a time: an attempt per key is never doubled.
    pub(crate) gate: tokio::sync::Mutex<()>,
    /// One renewal of a sign-in at a time: a refresh token is used once.
    pub(crate) sign_in: tokio::sync::Mutex<()>,
    pub(crate) conditions: Mutex<Conditions>,
}

impl World {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn conditions(&self) -> Conditions {
        self.conditions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether the keeper of secrets answers.
    pub(crate) fn keeper(&self) -> Keeper {
        match self.secrets.get(seal::CURRENT) {
            Err(SecretError::Locked) => Keeper::Locked,
            Ok(_) | Err(_) => Keeper::Open,
        }
    }

    /// The key ring for sealed rows; fails while the phone is locked.
    pub(crate) fn sealer(&self) -> Result<Sealer> {
        Ok(Sealer::open_or_create(
            self.secrets.as_ref(),
            self.random.bytes()?,
        )?)
    }

    /// Runs SQL or file work on a thread that may block, with the store open.
    pub(crate) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let stay = Stay::note(self);
        tokio::task::spawn_blocking(move || work(stay.open()?))
            .await
            .map_err(|_| Error::Internal)?
    }
}
