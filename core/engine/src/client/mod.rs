//! The facade: what a shell calls.
//!
//! One `Client` a store. Calls are async and cancel-safe: dropping the future of a call never undoes or halves it,
//! since the work runs on the client's own small runtime. Reads answer from the store at once; nothing waits for the
//! network unless its name says so (`send`, `sync`, `fetch_services`).
//!
//! One process a store. A *lease* says that somebody needs it: the foreground (worker running), or a background drain.
//! After the last lease the store is closed and its folder free, until the next lease or call; a hidden screen never
//! kills a background drain.

mod account;
mod cities;
mod decide;
mod drafts;
mod export;
mod follow;
mod identity;
mod lease;
mod lists;
mod messages;
mod open;
mod photos;
mod public;
mod push;
mod queue;
mod status;
mod submit;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

pub use account::{AccountView, CodeSent, OwedAtSignOut, SignedIn, Verified};
pub use cities::CityView;
pub use decide::Decided;
pub use drafts::{DraftChanges, NewDraft, OnBehalfOf};
pub use export::Exported;
pub use identity::Me;
pub use lease::{Lease, LeaseKind};
pub use lists::{ListEntry, ListQuery, Page};
pub use messages::NewMessage;
pub use open::Config;
pub use phananh_domain::decision::Decision;
pub use photos::{AddedPhoto, NewPhoto, RefusedPhoto};
pub use public::{AnnouncementPage, FeedPage, NumbersView, Period, PublicQuery};
pub use queue::{QueuedJob, WhyView};
pub use status::{AttachmentState, AttachmentView, Refusal, ReportStatus, TimelineEntry};

pub use crate::ingest::DroppedPhoto;
pub use crate::outbox::{DrainLimits, DrainReport, Pace};
pub use crate::rescue::{Rescued, Saved};
pub use crate::sync::SyncReport;

use crate::error::{ClientError, Error};
use crate::events::{EventSink, Subscription, Telling};
use crate::rescue;
use crate::world::{Stay, World};

/// A store that is open, and all that can be done with it.
pub struct Client {
    world: Arc<World>,
    runtime: Runtime,
    screens: Arc<lease::Screens>,
    language: phananh_domain::words::Language,
    hinted: Arc<push::Hinted>,
    /// Ends with the client.
    telling: Box<Mutex<Option<Telling>>>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.world.abandon();
    }
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
    pub fn rescued(&self) -> Option<Rescued> {
        let rescued = self.world.presence.rescued();
        rescued.inspect(rescue::told)
    }

    /// Listens to what changes from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        self.world.events.subscribe()
    }

    /// Tells a sink what changes from now on, in place of the one before; none ends it.
    ///
    /// # Errors
    /// `Storage` where the system gives no thread.
    pub fn tell(&self, sink: Option<Arc<dyn EventSink>>) -> Result<(), ClientError> {
        let events = self.world.events.subscribe();
        let telling = sink.map(|sink| Telling::begin(sink, events)).transpose()?;
        *self.telling.lock().unwrap_or_else(PoisonError::into_inner) = telling;
        Ok(())
    }

    /// Runs async work on the client's own runtime, with the store open until it ends: it goes on when the caller drops
    /// the future.
    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = crate::error::Result<T>> + Send + 'static,
    ) -> Result<T, ClientError> {
        let stay = Stay::note(&self.world);
        let task = self.runtime.handle()?.spawn(async move {
            let done = work.await;
            stay.end().await;
            done
        });
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
