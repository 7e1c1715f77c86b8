//! One process per store.
//!
//! The lock is one of the kernel's on an open file, so it ends with the process however that ends, and a file left
//! behind never blocks. The file says who holds it, for the refusal only: its text decides nothing. It is never
//! removed; removing it while another process opens it would give two processes a lock each.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

const NAME: &str = "lock";
const MAX_HOLDER_BYTES: u64 = 200;
/// The kernel tells nobody that a lock was freed without blocking them for good, so a waiting process looks this often.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The lock of a store; held until dropped.
#[derive(Debug)]
pub(crate) struct StoreLock(File);

impl StoreLock {
    /// Takes the lock of the store in `folder`, which must exist; waits up to `wait_ms` milliseconds for another
    /// holder. Blocks: not for async threads.
    ///
    /// # Errors
    /// [`Error::Held`] with program and process id of the holder; the disk.
    pub(crate) fn acquire(folder: &Path, wait_ms: u64) -> Result<Self> {
        // Not the injected clock: this waits for another process, whose time no test moves.
        let deadline = Instant::now().checked_add(Duration::from_millis(wait_ms));
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(NAME))?;
        while !try_lock(&file)? {
            let now = Instant::now();
            if deadline.is_some_and(|end| now >= end) {
                return Err(Error::Held {
                    holder: holder(&mut file),
                });
            }
            let left = deadline.map_or(LOOK_AGAIN, |end| end.saturating_duration_since(now));
            std::thread::sleep(left.min(LOOK_AGAIN));
        }
        // A full disk must not keep anybody out: the name is a courtesy.
        let _ = sign(&mut file);
        Ok(Self(file))
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        // The name goes first: a text without a lock misleads nobody, but a tidy file is easier to read.
        let _ = self.0.set_len(0);
    }
}

// `flock` rather than std's `File::try_lock`: the latter answers "unsupported" on Android in older toolchains.
#[cfg(unix)]
fn try_lock(file: &File) -> std::io::Result<bool> {
    use rustix::fs::{FlockOperation, flock};
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn try_lock(file: &File) -> std::io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    let program = std::env::current_exe().ok();
    let program = program
        .as_deref()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(
        file,
        "{} (process {})",
        program.as_deref().unwrap_or("a program"),
        std::process::id()
    )
}

fn holder(file: &mut File) -> String {
    let mut text = Vec::new();
    let _ = file.take(MAX_HOLDER_BYTES).read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next().map(str::trim).unwrap_or_default();
    if line.is_empty() {
        String::from("another program")
    } else {
        line.chars().filter(|c| !c.is_control()).collect()
    }
}

#[cfg(test)]
mod tests;
