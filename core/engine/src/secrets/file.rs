//! Secrets in one file that only its owner can read: for the terminal shell, where there is no keystore.
//!
//! A JSON object, name to lower-case hex. The file has mode 0600 from its first byte, its folder 0700; a change is
//! written beside it, synced and renamed, so a crash leaves the old or the new file. A file that others can read is
//! refused rather than used: its keys may have been copied already, and saying so is the only honest answer.
//!
//! A damaged file is put aside under another name when the folder is opened, never written over: somebody may still
//! mend it. From then on its secrets are *missing*, which the citizen is asked about where one is needed; a store that
//! misses its epoch takes itself for a copy, so nothing owed is sent before the city was asked.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{SecretError, SecureStore};
use crate::folders;

const NAME: &str = "secrets.json";
const TEMPORARY: &str = "secrets.json.new";
const ASIDE: &str = "secrets.json.damaged";
/// Permission bits of group and world.
const READ_OR_WRITE: u32 = 0o077;
const WRITE: u32 = 0o022;
/// Larger is none of ours.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why a folder of secrets cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileSecretsError {
    /// Group or world may read or write the file, or write in its folder.
    #[error(
        "{path} is open to others: run `chmod go-rwx` on it, and sign in again if others used this machine"
    )]
    OpenToOthers {
        /// The file or folder.
        path: PathBuf,
    },
    /// The file is not what this keeper writes.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The disk.
    #[error("secrets file: {0}")]
    Io(#[from] io::Error),
}

impl From<FileSecretsError> for SecretError {
    fn from(error: FileSecretsError) -> Self {
        Self::Failed(error.to_string())
    }
}

type Secrets = BTreeMap<String, String>;

/// Keeps secrets in `secrets.json` of a folder.
#[derive(Debug)]
pub struct FileSecrets {
    folder: PathBuf,
    /// One change at a time: each rewrites the whole file.
    turn: Mutex<()>,
    set_aside: Option<PathBuf>,
}

impl FileSecrets {
    /// Uses a folder, made with mode 0700 where it is absent. The file is made with the first secret; a damaged one is
    /// put aside. Where that cannot be done, each secret is said to fail.
    ///
    /// # Errors
    /// `OpenToOthers`, or the disk.
    pub fn open(folder: &Path) -> Result<Self, FileSecretsError> {
        make_private(folder)?;
        // Names can be seen by others, they are no secret; who can write here could put another file in place.
        refuse_if_open(&fs::metadata(folder)?, WRITE, folder)?;
        let mut secrets = Self {
            folder: folder.to_owned(),
            turn: Mutex::new(()),
            set_aside: None,
        };
        match secrets.read() {
            Ok(_) => {}
            Err(FileSecretsError::Damaged { path }) => secrets.set_aside = put_aside(&path, folder).ok(),
            Err(other) => return Err(other),
        }
        Ok(secrets)
    }

    /// The damaged file that was put aside when the folder was opened, if it was.
    #[must_use]
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    fn read(&self) -> Result<Secrets, FileSecretsError> {
        let path = self.folder.join(NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(e) => return Err(e.into()),
        };
        // Asked of the open file, not of the name: the answer is about what is read.
        refuse_if_open(&file.metadata()?, READ_OR_WRITE, &path)?;
        let mut text = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut text)?;
        let secrets: Option<Secrets> = serde_json::from_slice(&text).ok();
        secrets
            .filter(|all| all.values().all(|hex| from_hex(hex).is_some()))
            .ok_or(FileSecretsError::Damaged { path })
    }

    fn change(&self, with: impl FnOnce(&mut Secrets)) -> Result<(), FileSecretsError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secrets = self.read()?;
        with(&mut secrets);
        let temporary = self.folder.join(TEMPORARY);
        match fs::remove_file(&temporary) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
            Ok(()) | Err(_) => {}
        }
        let mut file = create_private(&temporary)?;
        file.write_all(&serde_json::to_vec(&secrets).map_err(io::Error::from)?)?;
        file.sync_all()?;
        fs::rename(&temporary, self.folder.join(NAME))?;
        Ok(folders::sync(&self.folder)?)
    }
}

impl SecureStore for FileSecrets {
    fn get(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        let secrets = self.read()?;
        let hex = secrets.get(name).ok_or(SecretError::Missing)?;
        from_hex(hex).ok_or_else(|| {
            FileSecretsError::Damaged {
                path: self.folder.join(NAME),
            }
            .into()
        })
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        Ok(self.change(|all| {
            all.insert(name.to_owned(), to_hex(secret));
        })?)
    }

    fn remove(&self, name: &str) -> Result<(), SecretError> {
        if !self.read()?.contains_key(name) {
            return Ok(());
        }
        Ok(self.change(|all| {
            all.remove(name);
        })?)
    }
}

/// Under the first name that is free: an older one may be all that somebody has.
fn put_aside(file: &Path, folder: &Path) -> io::Result<PathBuf> {
    let aside = (1_u32..)
        .map(|n| folder.join(format!("{ASIDE}.{n}")))
        .find(|name| !name.exists())
        .ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(file, &aside)?;
    folders::sync(folder)?;
    Ok(aside)
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.chars().map(|c| c.to_digit(16)).collect::<Option<Vec<_>>>()?;
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    pairs.collect()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    folders::make_with(folder, fs::DirBuilder::new().mode(0o700))
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(unix)]
fn refuse_if_open(metadata: &fs::Metadata, bits: u32, path: &Path) -> Result<(), FileSecretsError> {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & bits == 0 {
        Ok(())
    } else {
        Err(FileSecretsError::OpenToOthers {
            path: path.to_owned(),
        })
    }
}

// Elsewhere a home folder is private by its own access list.
#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    folders::make(folder)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(not(unix))]
fn refuse_if_open(_: &fs::Metadata, _: u32, _: &Path) -> Result<(), FileSecretsError> {
    Ok(())
}
