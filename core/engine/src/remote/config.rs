//! Limits of the network, and whom to trust.

use std::time::Duration;

/// Certificate authorities to trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Roots {
    /// Mozilla's, as compiled in.
    #[default]
    Bundled,
    /// These alone: one or more certificates in PEM.
    Pem(Vec<u8>),
}

/// Limits of every request.
#[derive(Debug, Clone)]
pub(crate) struct RemoteConfig {
    /// Whom to trust.
    pub(crate) roots: Roots,
    /// Longest time for name, TCP and TLS together, milliseconds.
    pub(crate) connect_ms: u64,
    /// Longest silence while an answer is awaited or read, milliseconds. Sending may take longer.
    pub(crate) read_idle_ms: u64,
    /// Longest time for a whole request where the request names none, milliseconds.
    pub(crate) total_ms: u64,
    /// How long a shared connection is kept without use, milliseconds.
    pub(crate) pool_idle_ms: u64,
    /// Longest body of an answer, bytes.
    pub(crate) max_body: usize,
}

impl Default for RemoteConfig {
    fn default() -> Self {
        Self {
            roots: Roots::Bundled,
            connect_ms: 15_000,
            read_idle_ms: 30_000,
            total_ms: 120_000,
            pool_idle_ms: 20_000,
            max_body: 4 * 1024 * 1024,
        }
    }
}

impl RemoteConfig {
    pub(super) fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }

    pub(super) fn read_idle(&self) -> Duration {
        Duration::from_millis(self.read_idle_ms)
    }

    pub(super) fn total(&self) -> Duration {
        Duration::from_millis(self.total_ms)
    }

    pub(super) fn pool_idle(&self) -> Duration {
        Duration::from_millis(self.pool_idle_ms)
    }
}
