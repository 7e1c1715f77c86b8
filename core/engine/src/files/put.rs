//! Writing a picture so that it is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use phananh_domain::attachment::Sha256;
use sha2::Digest;

use super::{FileError, Files, PIECE, TEMPORARY, sync_folder};
use crate::effects::Effect;

/// What was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Hash of the bytes: the photo's name.
    pub(crate) sha256: Sha256,
    /// Their number.
    pub(crate) bytes: u64,
}

impl Files {
    /// Keeps a photo under the hash of its bytes; the same bytes twice are one file. Durable once it returned.
    ///
    /// # Errors
    /// `Full`, `Io`: no file of that name came to be, or it is whole.
    pub(crate) fn put(&self, mut photo: impl Read) -> Result<Stored, FileError> {
        self.put_under(&mut photo, |files, stored| files.photo_path(&stored.sha256))
    }

    /// Keeps the thumbnail of a photo beside it.
    ///
    /// # Errors
    /// As [`Files::put`].
    pub(crate) fn put_thumbnail(&self, of: &Sha256, mut jpeg: impl Read) -> Result<Stored, FileError> {
        self.put_under(&mut jpeg, |files, _| files.thumbnail_path(of))
    }

    fn put_under(
        &self,
        from: &mut dyn Read,
        name: impl FnOnce(&Self, &Stored) -> std::path::PathBuf,
    ) -> Result<Stored, FileError> {
        let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        // One process a store, and the sweep at open took those of the process before.
        let temporary = self.folder.join(format!("{number}{TEMPORARY}"));
        let result = self.write_and_rename(from, &temporary, name);
        if result.is_err() {
            // A dead process removes nothing; a living one makes room at once where the disk is full.
            let _ = self.unlink(&temporary);
        }
        result
    }

    fn write_and_rename(
        &self,
        from: &mut dyn Read,
        temporary: &Path,
        name: impl FnOnce(&Self, &Stored) -> std::path::PathBuf,
    ) -> Result<Stored, FileError> {
        self.effects.pass(Effect::FileWrite)?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(temporary)?;
        let mut counted = Counted { file: &mut file, files: self };
        let stored = copy_hashed(from, &mut counted)?;
        self.effects.pass(Effect::FileSync)?;
        sync_file(&file)?;
        self.effects.pass(Effect::FileRename)?;
        fs::rename(temporary, name(self, &stored))?;
        self.effects.pass(Effect::FolderSync)?;
        sync_folder(&self.folder)?;
        Ok(stored)
    }
}

/// Each write is an effect of its own: a disk fills up between two of them.
struct Counted<'a> {
    file: &'a mut File,
    files: &'a Files,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.files.effects.pass(Effect::FileWrite)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Copies all bytes and hashes them on the way.
pub(super) fn copy_hashed(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<Stored> {
    let mut hash = sha2::Sha256::new();
    let mut piece = vec![0_u8; PIECE];
    let mut bytes = 0_u64;
    loop {
        let n = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = piece.get(..n).ok_or(io::ErrorKind::InvalidData)?;
        hash.update(read);
        to.write_all(read)?;
        bytes = bytes.saturating_add(n as u64);
    }
    Ok(Stored { sha256: Sha256::from_digest(&hash.finalize()), bytes })
}

/// `sync_all` is `F_FULLFSYNC` on Apple (std, since 1.0) and `fsync` elsewhere.
fn sync_file(file: &File) -> io::Result<()> {
    file.sync_all()
}
