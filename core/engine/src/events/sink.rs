//! Events handed to the shell by calls of ours, for who cannot wait on a stream.
//!
//! One thread of its own calls one sink, one event after the other: a sink may be slow, may call the client back, and may
//! fail, and nobody else waits for it. What it misses while it is slow or fails comes as one `Resync`.

use std::sync::Arc;

use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Event, Subscription};
use crate::error::Result;

/// Listens to events, implemented by the shell. Calls come from one background thread.
pub trait EventSink: Send + Sync {
    /// Something changed; told after it is durable.
    ///
    /// # Errors
    /// Whatever kept the sink from taking it: the next call is then a `Resync`.
    fn on_event(&self, event: Event) -> std::result::Result<(), SinkError>;
}

/// A sink did not take an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sink failed: {0}")]
pub struct SinkError(pub String);

/// Tells a sink until this is dropped or the client is gone. A call under way ends by itself.
#[derive(Debug)]
pub(crate) struct Telling {
    _until: DropGuard,
}

impl Telling {
    /// Begins a thread that tells `sink` what `events` says.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(crate) fn begin(sink: Arc<dyn EventSink>, events: Subscription) -> Result<Self> {
        let until = CancellationToken::new();
        let ended = until.clone();
        let waits = tokio::runtime::Builder::new_current_thread().build()?;
        std::thread::Builder::new()
            .name("phananh-events".into())
            .spawn(move || waits.block_on(tell(sink.as_ref(), events, &ended)))?;
        Ok(Self {
            _until: until.drop_guard(),
        })
    }
}

async fn tell(sink: &dyn EventSink, mut events: Subscription, ended: &CancellationToken) {
    let mut missed = false;
    loop {
        let event = tokio::select! {
            biased;
            () = ended.cancelled() => return,
            event = events.next() => event,
        };
        let Some(event) = event else { return };
        let event = if missed { Event::Resync } else { event };
        missed = sink.on_event(event).is_err();
    }
}
