//! Pictures on disk, named by what they hold.
//!
//! All lie in the folder `photos` of the store: `<sha256>.jpg` is what will be sent, `<sha256>.thumb.jpg` beside it is
//! what lists show. Names are relative, because a phone moves an app's folder on update. A file appears under its name
//! only whole and synced: temporary file in the same folder, write, sync, rename, sync of the folder. What has no
//! row ([`Files::sweep`]) is what a crash left behind. Rows come after files and go before them, so the sweep is safe.

mod archive;
mod error;
mod put;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use phananh_domain::attachment::Sha256;
use sha2::Digest;

use crate::effects::{Effect, Effects};
use crate::folders;

pub(crate) use archive::{Archive, Entry};
pub(crate) use error::FileError;

/// Folder of the pictures inside the store's folder.
const FOLDER: &str = "photos";
const PHOTO: &str = ".jpg";
const THUMBNAIL: &str = ".thumb.jpg";
const TEMPORARY: &str = ".new";
/// Written in pieces of this many bytes.
const PIECE: usize = 64 * 1024;

/// The pictures of a store.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    effects: Effects,
    next_temporary: AtomicU64,
}

impl Files {
    /// The pictures in the folder `photos` of a store's folder.
    pub(crate) fn of(store: &Path, effects: Effects) -> Self {
        Self {
            folder: store.join(FOLDER),
            effects,
            next_temporary: AtomicU64::new(0),
        }
    }

    /// Makes their folder where it is absent.
    ///
    /// # Errors
    /// The disk.
    pub(crate) fn make(&self) -> Result<(), FileError> {
        if !self.folder.is_dir() {
            self.effects.pass(Effect::FileWrite)?;
            fs::create_dir_all(&self.folder)?;
            self.effects.pass(Effect::FolderSync)?;
            self.folder.parent().map_or(Ok(()), folders::sync)?;
        }
        Ok(())
    }

    /// Whether there is a folder of pictures in the store's folder: made when a store was opened for the first time.
    pub(crate) fn were_here(store: &Path) -> bool {
        store.join(FOLDER).is_dir()
    }

    /// Where a photo lies, absolute as long as the store's folder is: for shells to show, never to keep.
    pub(crate) fn photo_path(&self, photo: &Sha256) -> PathBuf {
        self.folder.join(format!("{}{PHOTO}", photo.as_str()))
    }

    /// Where the thumbnail of a photo lies, if it has one.
    pub(crate) fn thumbnail_path(&self, photo: &Sha256) -> PathBuf {
        self.folder.join(format!("{}{THUMBNAIL}", photo.as_str()))
    }

    /// Opens a photo for sending. The size is compared now; the hash with [`Files::verify`], where it matters.
    ///
    /// # Errors
    /// `Gone`, `Changed` where it has another size, `Io`.
    pub(crate) fn open_for_upload(&self, photo: &Sha256, bytes: u64) -> Result<File, FileError> {
        let file = File::open(self.photo_path(photo))?;
        if file.metadata()?.len() == bytes {
            Ok(file)
        } else {
            Err(FileError::Changed)
        }
    }

    /// Reads a photo through and compares its hash with its name.
    ///
    /// # Errors
    /// `Gone`, `Changed`, `Io`.
    pub(crate) fn verify(&self, photo: &Sha256) -> Result<(), FileError> {
        let mut file = File::open(self.photo_path(photo))?;
        let mut hash = sha2::Sha256::new();
        io::copy(&mut file, &mut hash)?;
        if Sha256::from_digest(&hash.finalize()) == *photo {
            Ok(())
        } else {
            Err(FileError::Changed)
        }
    }

    /// Removes the full size and keeps the thumbnail: pruning after the city acknowledged the photo.
    ///
    /// # Errors
    /// The disk.
    pub(crate) fn prune(&self, photo: &Sha256) -> Result<(), FileError> {
        self.unlink(&self.photo_path(photo))
    }

    /// Removes what a crash left behind: temporary files, and pictures whose photo is not `known` to any row. Called
    /// while nothing is being put: at open, under the store's lock. Gives how many files went.
    ///
    /// # Errors
    /// The disk; what could be removed is.
    pub(crate) fn sweep(&self, known: &HashSet<Sha256>) -> Result<u64, FileError> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            // Names that are not ours are left alone: a person put them there.
            let Some(ours) = name.to_str().and_then(Name::read) else {
                continue;
            };
            let orphan = match ours {
                Name::Temporary => true,
                Name::Picture(photo) => !known.contains(&photo),
            };
            if orphan {
                self.unlink(&entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Moves the pictures that no row names (those that [`Files::sweep`] would remove) into another folder on the same
    /// disk, for a person to look at. Done again after a kill, it moves what is left.
    ///
    /// # Errors
    /// The disk.
    pub(crate) fn set_aside(&self, known: &HashSet<Sha256>, to: &Path) -> Result<(), FileError> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if let Some(Name::Picture(photo)) = name.to_str().and_then(Name::read)
                && !known.contains(&photo)
            {
                self.effects.pass(Effect::FileRename)?;
                fs::rename(entry.path(), to.join(&name))?;
            }
        }
        self.effects.pass(Effect::FolderSync)?;
        Ok(folders::sync(to)?)
    }

    fn unlink(&self, path: &Path) -> Result<(), FileError> {
        self.effects.pass(Effect::FileRemove)?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// A file name that this module makes.
enum Name {
    Temporary,
    Picture(Sha256),
}

impl Name {
    fn read(name: &str) -> Option<Self> {
        if name.ends_with(TEMPORARY) {
            return Some(Self::Temporary);
        }
        let stem = name
            .strip_suffix(THUMBNAIL)
            .or_else(|| name.strip_suffix(PHOTO))?;
        Sha256::parse(stem).map(Self::Picture)
    }
}

#[cfg(test)]
mod tests;
