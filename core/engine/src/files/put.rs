//! Writing a picture so that it is there whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;

use phananh_domain::attachment::Sha256;

use super::{FileError, Files, PIECE, TEMPORARY};
use crate::effects::Effect;
use crate::folders;

impl Files {
    /// Keeps a photo under `name`, the hash of its bytes; the same bytes twice are one file. Durable once it returned.
    ///
    /// # Errors
    /// `Full`, `Io`: no file of that name came to be, or it is whole.
    pub(crate) fn put_photo(&self, name: &Sha256, jpeg: &[u8]) -> Result<(), FileError> {
        self.put(&self.photo_path(name), jpeg)
    }

    /// Keeps the thumbnail of a photo beside it.
    ///
    /// # Errors
    /// As [`Files::put_photo`].
    pub(crate) fn put_thumbnail(&self, of: &Sha256, jpeg: &[u8]) -> Result<(), FileError> {
        self.put(&self.thumbnail_path(of), jpeg)
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        // One process a store, and the sweep at open took those of the process before.
        let temporary = self.folder.join(format!("{number}{TEMPORARY}"));
        let result = self.write_and_rename(bytes, &temporary, path);
        if result.is_err() {
            // A dead process removes nothing; a living one makes room at once where the disk is full.
            let _ = self.unlink(&temporary);
        }
        result
    }

    fn write_and_rename(&self, bytes: &[u8], temporary: &Path, path: &Path) -> Result<(), FileError> {
        self.effects.pass(Effect::FileWrite)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(temporary)?;
        // Each piece is an effect of its own: a disk fills up between two of them.
        for piece in bytes.chunks(PIECE) {
            self.effects.pass(Effect::FileWrite)?;
            file.write_all(piece)?;
        }
        self.effects.pass(Effect::FileSync)?;
        // `F_FULLFSYNC` on Apple, `fsync` elsewhere.
        file.sync_all()?;
        self.effects.pass(Effect::FileRename)?;
        fs::rename(temporary, path)?;
        self.effects.pass(Effect::FolderSync)?;
        Ok(folders::sync(&self.folder)?)
    }
}
