//! The facade: what a shell calls.
//!
//! One `Client` a store. Calls are async and cancel-safe: dropping the future of a call never undoes or halves it,
//! since the work runs on the client's own small runtime. Reads answer from the store at once; nothing waits for the
//! network unless its name says so (`send`, `sync`, `fetch_services`).
//!
//! The client holds the lock of its folder until it is shut down: one process a store. A *lease* says that somebody
//! needs it: the foreground (worker running), or a background drain. The last lease to go lets the worker rest and
//! checkpoints; a hidden screen never kills a background drain.

mod account;
mod cities;
mod decide;
mod drafts;
mod identity;
mod lease;
mod lists;
mod messages;
mod open;
mod photos;
mod queue;
mod status;
mod submit;

use std::future::Future;
use std::sync::Arc;

pub use account::{AccountView, CodeSent, OwedAtSignOut, SignedIn, Verified};
pub use cities::CityView;
pub use decide::{Decided, Decision};
pub use drafts::{DraftChanges, NewDraft, OnBehalfOf};
pub use identity::Me;
pub use lease::{Lease, LeaseKind};
pub use lists::{ListEntry, ListQuery, Page};
pub use messages::NewMessage;
pub use open::Config;
pub use photos::{AddedPhoto, NewPhoto, RefusedPhoto};
pub use queue::{QueuedJob, WhyView};
pub use status::{AttachmentState, AttachmentView, Refusal, ReportStatus, TimelineEntry};

pub use crate::ingest::DroppedPhoto;
pub use crate::outbox::{DrainLimits, DrainReport, Pace};
pub use crate::rescue::{Rescued, Saved};
pub use crate::sync::SyncReport;

use crate::error::{ClientError, Error};
use crate::events::Subscription;
use crate::lock::StoreLock;
use crate::rescue;
use crate::world::World;

/// A store that is open, and all that can be done with it.
pub struct Client {
    world: Arc<World>,
    runtime: Runtime,
    leases: Arc<lease::Leases>,
    language: phananh_domain::words::Language,
    rescued: Option<Box<Rescued>>,
    /// Dropped last of all: the kernel frees the folder for the next process.
    _lock: StoreLock,
}

/// The client's own runtime: one worker thread, and threads for SQL that come and go.
struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    fn handle(&self) -> Result<&tokio::runtime::Handle, Error> {
        self.0
            .as_ref()
            .map(tokio::runtime::Runtime::handle)
            .ok_or(Error::Closed)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Dropping a runtime inside a task of its own panics; this never waits and never does.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// What was saved of a damaged store when it was opened: to be told to the citizen, who may have to ask the city.
    /// Later opens are silent about it once this was called.
    #[must_use]
    pub fn rescued(&self) -> Option<&Rescued> {
        let rescued = self.rescued.as_deref();
        rescued.inspect(|rescued| rescue::told(rescued))
    }

    /// Listens to what changes from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.world.events.subscribe()
    }

    /// Runs async work on the client's own runtime: it goes on when the caller drops the future.
    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = crate::error::Result<T>> + Send + 'static,
    ) -> Result<T, ClientError> {
        let task = self.runtime.handle()?.spawn(work);
        match task.await {
            Ok(result) => result.map_err(ClientError::from),
            Err(_) => Err(ClientError::Internal { id: "task".into() }),
        }
    }

    /// Runs SQL or file work off the caller's thread.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&World) -> crate::error::Result<T> + Send + 'static,
    ) -> Result<T, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move { world.blocking(work).await }).await
    }
}
