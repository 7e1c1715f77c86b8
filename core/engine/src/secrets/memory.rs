//! Secrets in memory: gone with the process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{SecretError, SecureStore};

#[derive(Default)]
struct State {
    /// What every call fails with for now.
    failing: Option<SecretError>,
    secrets: BTreeMap<String, Vec<u8>>,
}

/// A keeper for tests; clones are the same keeper.
#[derive(Clone, Default)]
pub struct MemorySecrets(Arc<Mutex<State>>);

impl MemorySecrets {
    /// As a phone before its first unlock: every call fails with `Locked`.
    pub fn lock(&self) {
        self.state().failing = Some(SecretError::Locked);
    }

    /// Every call fails with this error.
    pub fn fail(&self, error: SecretError) {
        self.state().failing = Some(error);
    }

    /// Works again, with what it kept.
    pub fn unlock(&self) {
        self.state().failing = None;
    }

    /// Loses everything it kept, as a keystore does when a phone is restored from a backup.
    pub fn empty(&self) {
        self.state().secrets.clear();
    }

    /// Everything it keeps, in the order of the names.
    #[must_use]
    pub fn values(&self) -> Vec<Vec<u8>> {
        self.state().secrets.values().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, SecretError> {
        let state = self.state();
        match &state.failing {
            Some(error) => Err(error.clone()),
            None => Ok(state),
        }
    }
}

impl fmt::Debug for MemorySecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemorySecrets")
    }
}

impl SecureStore for MemorySecrets {
    fn get(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        self.open()?
            .secrets
            .get(name)
            .cloned()
            .ok_or(SecretError::Missing)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        self.open()?.secrets.insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretError> {
        self.open()?.secrets.remove(name);
        Ok(())
    }
}
