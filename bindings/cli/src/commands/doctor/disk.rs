//! Whether what is written will be kept: room on the disk, a file that can be written and synced, the secrets.

use std::io::{self, Write as _};
use std::path::Path;

use phananh_engine::secrets::FileSecrets;

use super::{Check, Finding, texts};
use crate::exit::{Exit, Failure};
use crate::output::{Words, size};

/// Less than this holds no further report with its photos.
const TOO_LITTLE: u64 = 5_000_000;
/// Less than this is soon full.
const LITTLE: u64 = 100_000_000;
/// What is written to see that it can be: about a photo.
const PROBE: usize = 300_000;
const PROBE_NAME: &str = ".doctor-probe";

pub(super) fn space(words: Words, data: &Path) -> Finding {
    if let Err(error) = probe(data) {
        let code = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "error.disk_full",
            _ => "error.storage",
        };
        let failure = Failure::new(Exit::Storage, code).saying(format!("{}: {error}", data.display()));
        return Finding::failed(Check::Disk, words, &failure);
    }
    let Some(free) = free(data) else {
        return Finding::good(Check::Disk, words.say(texts::CAN_BE_WRITTEN));
    };
    let told = |text| words.fill(text, &[("free", &size(free))]);
    match free {
        0..TOO_LITTLE => Finding::bad(Check::Disk, Exit::Storage, "disk_full", told(texts::DISK_FULL)),
        TOO_LITTLE..LITTLE => Finding::warn(Check::Disk, "disk_nearly_full", told(texts::DISK_NEARLY_FULL)),
        _ => Finding::good(Check::Disk, told(texts::DISK_GOOD)),
    }
}

/// Writes and syncs as much as a photo, and takes it away again.
fn probe(data: &Path) -> io::Result<()> {
    let path = data.join(PROBE_NAME);
    let write = || {
        let mut file = std::fs::File::create(&path)?;
        file.write_all(&vec![0xA5; PROBE])?;
        file.sync_all()
    };
    let written = write();
    let removed = std::fs::remove_file(&path);
    written.and(removed)
}

#[cfg(unix)]
fn free(data: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(data).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

pub(super) fn secrets(words: Words, folder: &Path) -> Finding {
    match FileSecrets::open(folder) {
        Ok(_) => Finding::good(Check::Secrets, folder.display().to_string()),
        Err(error) => {
            let failure = Failure::new(Exit::Storage, "error.secrets_failed").saying(error);
            Finding::failed(Check::Secrets, words, &failure)
        }
    }
}
