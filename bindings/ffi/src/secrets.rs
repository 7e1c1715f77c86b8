//! The platform's keeper of secrets: Android's Keystore, iOS's Keychain, a file of the terminal shell.

use std::sync::Arc;

use phananh_engine::secrets as engine;

/// Why a secret cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SecretError {
    /// The keeper is locked for now; the same call works after the phone was unlocked.
    #[error("locked")]
    Locked,
    /// The keeper answers, and has no such secret.
    #[error("missing")]
    Missing,
    /// The keeper failed.
    #[error("failed: {reason}")]
    Failed {
        /// The keeper's own words, without any secret.
        reason: String,
    },
}

/// A keeper of small named secrets, implemented by the platform. Calls come from background threads, several at once.
#[uniffi::export(foreign)]
pub trait SecureStore: Send + Sync {
    /// The secret of that name.
    ///
    /// # Errors
    /// `Missing` only where the keeper is sure that there is none: the core then makes a new secret.
    fn get(&self, name: String) -> Result<Vec<u8>, SecretError>;

    /// Keeps a secret, in place of one of that name; durable once it returned.
    ///
    /// # Errors
    /// The old secret is still there then.
    fn set(&self, name: String, secret: Vec<u8>) -> Result<(), SecretError>;

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    /// The secret may still be there then.
    fn remove(&self, name: String) -> Result<(), SecretError>;
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SecretError {
    /// An exception that is none of ours. Its text is dropped: nobody knows what it quotes.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed {
            reason: "the keeper threw an exception of its own".into(),
        }
    }
}

impl From<SecretError> for engine::SecretError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Locked => Self::Locked,
            SecretError::Missing => Self::Missing,
            SecretError::Failed { reason } => Self::Failed(reason),
        }
    }
}

/// The platform's keeper as the engine asks it.
pub(crate) struct Keeper(pub(crate) Arc<dyn SecureStore>);

impl engine::SecureStore for Keeper {
    fn get(&self, name: &str) -> Result<Vec<u8>, engine::SecretError> {
        Ok(self.0.get(name.to_owned())?)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), engine::SecretError> {
        Ok(self.0.set(name.to_owned(), secret.to_vec())?)
    }

    fn remove(&self, name: &str) -> Result<(), engine::SecretError> {
        Ok(self.0.remove(name.to_owned())?)
    }
}

/// The platform's keeper as the engine asks it, for clients that tests open.
#[cfg(feature = "harness")]
pub fn keeper(secrets: Arc<dyn SecureStore>) -> Arc<dyn engine::SecureStore> {
    Arc::new(Keeper(secrets))
}
