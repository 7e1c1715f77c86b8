//! What changed: an event says *what*, never *how*; the listener reads the new state.

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
