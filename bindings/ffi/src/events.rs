//! What changed: an event says *what*, never *how*; the listener reads the new state.

use std::sync::Arc;

use phananh_domain::id::{AttachmentId, CityId, ReportId};
use phananh_engine::Event;
use tokio::sync::Mutex;

/// Something changed; told after it is durable.
#[uniffi::remote(Enum)]
pub enum Event {
    /// A report: its words, photos or phase.
    Report {
        /// Which.
        report: ReportId,
    },
    /// How a report stands on its way.
    Delivery {
        /// Which.
        report: ReportId,
    },
    /// The city's side of a report.
    Case {
        /// Which.
        report: ReportId,
    },
    /// A photo is being made smaller.
    PhotoProgress {
        /// Of which report.
        report: ReportId,
        /// Which.
        attachment: AttachmentId,
        /// 0..=100.
        percent: u8,
    },
    /// A photo could not be used; its row is gone from the draft.
    PhotoRefused {
        /// Of which report.
        report: ReportId,
        /// Catalogue code.
        code: String,
    },
    /// Bytes of an upload that have left.
    Upload {
        /// Of which report.
        report: ReportId,
        /// So far.
        sent: u64,
        /// In all.
        total: u64,
    },
    /// What is known of a city: services, pause.
    City {
        /// Which.
        city: CityId,
    },
    /// The listener fell behind: read everything again.
    Resync,
}

/// Listens to events, implemented by the platform. Calls come from one background thread of the core, one at a time.
#[uniffi::export(foreign)]
pub trait EventSink: Send + Sync {
    /// Something changed; told after it is durable.
    ///
    /// # Errors
    /// Whatever kept the sink from taking it: the next call is then a `Resync`.
    fn on_event(&self, event: Event) -> Result<(), SinkError>;
}

/// A sink did not take an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SinkError {
    /// It says why; no personal data.
    #[error("failed: {reason}")]
    Failed {
        /// The sink's own words.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SinkError {
    /// An exception that is none of ours. Its text is dropped: nobody knows what it quotes.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed {
            reason: "the sink threw an exception of its own".into(),
        }
    }
}

/// The platform's sink as the engine calls it.
pub(crate) struct Sink(pub(crate) Arc<dyn EventSink>);

impl phananh_engine::EventSink for Sink {
    fn on_event(&self, event: Event) -> Result<(), phananh_engine::SinkError> {
        self.0
            .on_event(event)
            .map_err(|SinkError::Failed { reason }| phananh_engine::SinkError(reason))
    }
}

/// One listener's place in the stream of events. Holds nothing of the client alive.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<phananh_engine::Subscription>);

impl Subscription {
    pub(crate) fn new(events: phananh_engine::Subscription) -> Self {
        Self(Mutex::new(events))
    }
}

#[uniffi::export]
impl Subscription {
    /// The next event, waiting for it; absent once the client is shut down. Dropping the wait loses no event.
    pub async fn next(&self) -> Option<Event> {
        self.0.lock().await.next().await
    }
}
