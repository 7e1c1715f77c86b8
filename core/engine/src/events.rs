//! What changed, told after the commit and with no lock held.
//!
//! Events say *what* changed, never *how*: a shell reads the new state from the store. The channel is bounded; a
//! listener that falls behind gets one `Resync` and reads everything again.

mod sink;

pub(crate) use sink::Telling;
pub use sink::{EventSink, SinkError};

use phananh_domain::id::{AttachmentId, CityId, ReportId};
use tokio::sync::broadcast;

/// Events kept for a slow listener.
const CAPACITY: usize = 256;

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// The sending side.
#[derive(Debug, Clone)]
pub(crate) struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Events {
    /// Tells everybody who listens; nobody listening is fine.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.0.send(event);
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }
}

/// The receiving side.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Event>);

impl Subscription {
    /// The next event; `None` after the client is gone.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Event::Resync),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
