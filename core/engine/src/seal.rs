//! Sealing: rows that hold a person are encrypted with a key that the database does not have.
//!
//! ChaCha20-Poly1305 (RFC 8439). The key lies in the phone's [`SecureStore`] under `seal.<n>`, where `n` is the key id
//! that every sealed value starts with, so a new key serves new rows while old rows still open. `seal.current` names
//! the key for new rows and is written after the key itself: a crash in between leaves a key that is found again.
//! The associated data names table and row, so a sealed value moved to another row does not open.
//!
//! A sealed value: version (1 byte, 1), key id (2 bytes, big endian), key check (4 bytes), nonce (12 bytes), ciphertext,
//! tag (16 bytes). The check tells a key of the same id on another phone from damage: the first is a loss to tell the
//! citizen, the second a fault to look into.

use std::collections::BTreeMap;
use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};

use crate::secrets::{SecretError, SecureStore};

const VERSION: u8 = 1;
/// Name of the secret that names the key for new rows.
pub(crate) const CURRENT: &str = "seal.current";
const CHECK_LEN: usize = 4;

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The phone is locked; the same call works later.
    #[error("locked")]
    Locked,
    /// The key is gone for ever, e.g. on another phone: what was sealed with it cannot be read again.
    #[error("the key is lost")]
    Lost,
    /// The bytes are not what was sealed for this row.
    #[error("damaged")]
    Damaged,
    /// The phone's keeper of secrets failed.
    #[error("secrets: {0}")]
    Failed(String),
}

impl From<SecretError> for SealError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Locked => Self::Locked,
            SecretError::Missing => Self::Lost,
            SecretError::Failed(why) => Self::Failed(why),
        }
    }
}

/// A key, and the first bytes of a hash of it.
struct Key {
    aead: LessSafeKey,
    check: [u8; CHECK_LEN],
}

impl Key {
    fn new(bytes: &[u8]) -> Result<Self, SealError> {
        let aead = UnboundKey::new(&CHACHA20_POLY1305, bytes).map_err(|_| SealError::Damaged)?;
        let hash = Sha256::new()
            .chain_update(b"phananh seal key check")
            .chain_update(bytes)
            .finalize();
        let check = *hash.first_chunk().ok_or(SealError::Damaged)?;
        Ok(Self {
            aead: LessSafeKey::new(aead),
            check,
        })
    }
}

/// The keys of a store, read once: seals with the newest, opens with any.
pub(crate) struct Sealer {
    current: u16,
    keys: BTreeMap<u16, Key>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(key {})", self.current)
    }
}

impl Sealer {
    /// Reads the keys; makes the first one of 32 `random` bytes where there is none, a next one where the newest is
    /// lost.
    ///
    /// # Errors
    /// `Locked` or `Failed` as the keeper says; nothing is made then.
    pub(crate) fn open_or_create(secrets: &dyn SecureStore, random: [u8; 32]) -> Result<Self, SealError> {
        let current = match secrets.get(CURRENT) {
            Ok(number) => parse(&number).ok_or(SealError::Damaged)?,
            Err(SecretError::Missing) => return Self::with_new_key(secrets, 1, random),
            Err(other) => return Err(other.into()),
        };
        match Self::read(secrets, current)? {
            Some(sealer) => Ok(sealer),
            None => Self::with_new_key(secrets, next(current)?, random),
        }
    }

    /// New rows get a new key of 32 `random` bytes; old rows still open.
    ///
    /// # Errors
    /// As the keeper says; the old key stays in use then.
    #[allow(
        dead_code,
        reason = "called where a store changes hands; the key ring is read by every store"
    )]
    pub(crate) fn rotate(&self, secrets: &dyn SecureStore, random: [u8; 32]) -> Result<Self, SealError> {
        Self::with_new_key(secrets, next(self.current)?, random)
    }

    /// Key `number` under `seal.<number>`, then `seal.current`. A key that is there already (a crash came between the
    /// two) is taken, never overwritten: something may be sealed with it.
    fn with_new_key(secrets: &dyn SecureStore, number: u16, random: [u8; 32]) -> Result<Self, SealError> {
        match secrets.get(&name(number)) {
            Ok(_) => {}
            Err(SecretError::Missing) => secrets.set(&name(number), &random)?,
            Err(other) => return Err(other.into()),
        }
        secrets.set(CURRENT, number.to_string().as_bytes())?;
        Self::read(secrets, number)?.ok_or(SealError::Lost)
    }

    /// All keys up to `current`; `None` where that one is missing.
    fn read(secrets: &dyn SecureStore, current: u16) -> Result<Option<Self>, SealError> {
        let mut keys = BTreeMap::new();
        for number in 1..=current {
            match secrets.get(&name(number)) {
                Ok(bytes) => {
                    keys.insert(number, Key::new(&bytes)?);
                }
                Err(SecretError::Missing) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(keys.contains_key(&current).then_some(Self { current, keys }))
    }

    /// Encrypts `plain` for the row that `aad` names (`table/id`). `nonce`: 12 random bytes, never used twice.
    ///
    /// # Errors
    /// `Damaged` where `plain` is longer than the cipher can take (256 GiB).
    pub(crate) fn seal(&self, aad: &str, plain: &[u8], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, SealError> {
        let key = self.keys.get(&self.current).ok_or(SealError::Lost)?;
        let mut sealed = plain.to_vec();
        key.aead
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(aad.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| SealError::Damaged)?;
        Ok([
            &[VERSION][..],
            &self.current.to_be_bytes(),
            &key.check,
            &nonce,
            &sealed,
        ]
        .concat())
    }

    /// Decrypts what [`Sealer::seal`] made for the same row.
    ///
    /// # Errors
    /// `Lost` where its key is not there, `Damaged` where a bit or the row is another.
    pub(crate) fn open(&self, aad: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Damaged)?;
        let (number, rest) = rest.split_first_chunk::<2>().ok_or(SealError::Damaged)?;
        let (check, rest) = rest.split_first_chunk::<CHECK_LEN>().ok_or(SealError::Damaged)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Damaged)?;
        if *version != VERSION {
            return Err(SealError::Damaged);
        }
        let key = self
            .keys
            .get(&u16::from_be_bytes(*number))
            .filter(|key| key.check == *check);
        let mut text = ciphertext.to_vec();
        let plain = key
            .ok_or(SealError::Lost)?
            .aead
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(aad.as_bytes()),
                &mut text,
            )
            .map_err(|_| SealError::Damaged)?
            .len();
        text.truncate(plain);
        Ok(text)
    }
}

fn name(number: u16) -> String {
    format!("seal.{number}")
}

fn parse(number: &[u8]) -> Option<u16> {
    std::str::from_utf8(number).ok()?.parse().ok().filter(|n| *n > 0)
}

fn next(number: u16) -> Result<u16, SealError> {
    number.checked_add(1).ok_or(SealError::Damaged)
}

#[cfg(test)]
mod tests;
