//! Secrets of the phone: small named values that its keystore keeps.
//!
//! The engine asks through [`SecureStore`] and never assumes that it may: a phone that was not unlocked since boot
//! answers [`SecretError::Locked`], and what needs a secret then waits instead of inventing another.
//! [`FileSecrets`] is the keeper of the terminal shell, [`MemorySecrets`] that of tests.

mod file;
mod memory;

pub use file::{FileSecrets, FileSecretsError};
pub use memory::MemorySecrets;

/// Why a secret cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The keeper is locked for now; the same call works after the phone was unlocked.
    #[error("locked")]
    Locked,
    /// The keeper answers, and has no such secret.
    #[error("missing")]
    Missing,
    /// The keeper failed; the text is its own and holds no secret.
    #[error("failed: {0}")]
    Failed(String),
}

/// A keeper of secrets. Synchronous: callers are on threads that may block.
pub trait SecureStore: Send + Sync {
    /// The secret of that name.
    ///
    /// # Errors
    /// `Missing` only where the keeper is sure that there is none.
    fn get(&self, name: &str) -> Result<Vec<u8>, SecretError>;

    /// Keeps a secret, in place of one of that name; durable once it returned.
    ///
    /// # Errors
    /// The old secret is still there then.
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretError>;

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// The secret may still be there then.
    fn remove(&self, name: &str) -> Result<(), SecretError>;
}

#[cfg(test)]
mod tests;
