//! The life of a store on a phone: who needs it, who is told what changes, what a person takes along.

use std::path::PathBuf;
use std::sync::Arc;

use phananh_engine::ClientError;
use phananh_engine::client::{Exported, LeaseKind};

use super::ReportClient;
use crate::events::{EventSink, Sink};
use crate::lease::{Lease, Rescued};

#[uniffi::export]
impl ReportClient {
    /// Takes a lease: while there is one the store is open and its folder held.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn lease(&self, kind: LeaseKind) -> Result<Arc<Lease>, ClientError> {
        self.call(|client| async move { Ok(Arc::new(Lease::new(client.lease(kind)?))) })
            .await
    }

    /// Tells a sink what changes from now on, in place of the one before; none ends it.
    ///
    /// # Errors
    /// `Closed`; `Storage` where the system gives no thread.
    pub async fn tell(&self, sink: Option<Arc<dyn EventSink>>) -> Result<(), ClientError> {
        let sink = sink.map(|sink| Arc::new(Sink(sink)) as Arc<dyn phananh_engine::EventSink>);
        self.call(|client| async move { client.tell(sink) }).await
    }

    /// What came of a damaged store when it was opened; later opens are silent about it once this was called.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn rescued(&self) -> Result<Option<Rescued>, ClientError> {
        self.call(|client| async move {
            Ok(client.rescued().map(|rescued| Rescued {
                folder: rescued.folder.to_string_lossy().into_owned(),
                saved: rescued.saved,
            }))
        })
        .await
    }

    /// Writes everything of the person into a ZIP file, whole or not at all: docs/export.md.
    ///
    /// # Errors
    /// `BadInput` with field `file` where no file can be made there; `Storage`; `Secrets` while the phone is locked.
    pub async fn export(&self, file: String) -> Result<Exported, ClientError> {
        self.call(|client| async move { client.export(PathBuf::from(file)).await })
            .await
    }
}
