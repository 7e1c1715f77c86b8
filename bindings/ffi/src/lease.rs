//! Leases: who needs the store open.

use phananh_engine::client::{Exported, LeaseKind, Saved};
use tokio::sync::Mutex;

/// Who needs the client.
#[uniffi::remote(Enum)]
pub enum LeaseKind {
    /// Somebody looks at it: the worker runs.
    Foreground,
    /// One background slice: the caller drains by itself.
    Drain,
}

/// A need of the store. After the last one the store is closed and its folder free; the next lease or call opens it.
#[derive(uniffi::Object)]
pub struct Lease(Mutex<Option<phananh_engine::client::Lease>>);

impl Lease {
    pub(crate) fn new(lease: phananh_engine::client::Lease) -> Self {
        Self(Mutex::new(Some(lease)))
    }
}

#[uniffi::export]
impl Lease {
    /// Gives it back. Where it was the last one, the store is closed and its folder free when this returns, calls under
    /// way having ended: from then on the system may suspend the app. A second call does nothing.
    pub async fn end(&self) {
        if let Some(lease) = self.0.lock().await.take() {
            lease.end().await;
        }
    }
}

/// What came of a damaged store: to be told to the citizen, who may have to ask the city.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Rescued {
    /// Folder of the damaged file, with a list of what could be read of it.
    pub folder: String,
    /// How much could be read.
    pub saved: Saved,
}

/// How much of a damaged store could be read.
#[uniffi::remote(Enum)]
pub enum Saved {
    /// All rows: the store goes on with them, and what is owed is checked with the city before it is sent.
    Everything,
    /// Some.
    Parts {
        /// Drafts that are back as they were.
        drafts: u32,
        /// Reports that are only in the list: drafts in part, and what was sent off.
        listed: u32,
    },
}

/// An archive that was written.
#[uniffi::remote(Record)]
pub struct Exported {
    /// Reports in it, drafts included.
    pub reports: u32,
    /// Pictures in it.
    pub photos: u32,
    /// Its size, bytes.
    pub bytes: u64,
}
