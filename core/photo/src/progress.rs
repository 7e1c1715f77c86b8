//! Progress and cancelling are one conversation: who hears how far it is may answer "stop".

use std::ops::ControlFlow;

use crate::error::PhotoError;

/// Hears how far an ingest is, and may end it.
pub trait Progress {
    /// `done` of `total` rows of the original are through. [`ControlFlow::Break`] ends the ingest with
    /// [`PhotoError::Cancelled`] and nothing kept. Called from the thread that ingests, every few rows; `total` is
    /// reported again and again while the result is being encoded.
    fn rows(&self, done: u32, total: u32) -> ControlFlow<()>;
}

impl<F: Fn(u32, u32) -> ControlFlow<()>> Progress for F {
    fn rows(&self, done: u32, total: u32) -> ControlFlow<()> {
        self(done, total)
    }
}

/// Nobody listens and nobody cancels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn rows(&self, _done: u32, _total: u32) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The step that an ingest has reached, told to a [`Progress`].
pub(crate) fn tell(progress: &dyn Progress, done: u32, total: u32) -> Result<(), PhotoError> {
    match progress.rows(done, total) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(PhotoError::Cancelled),
    }
}
