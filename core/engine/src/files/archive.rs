//! An archive that a person takes along: a ZIP file, there whole or not at all.
//!
//! It is written beside its place under another name, synced and renamed, like every file of this module. Of each entry
//! size and hash are kept, for the table of contents that closes it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use phananh_domain::attachment::Sha256;
use sha2::Digest;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{FileError, Files, PIECE};
use crate::effects::{Effect, Effects};
use crate::folders;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: Sha256,
}

/// An archive that is being written.
pub(crate) struct Archive {
    zip: Option<ZipWriter<BufWriter<File>>>,
    temporary: PathBuf,
    place: PathBuf,
    effects: Effects,
}

impl Files {
    /// Begins an archive that will lie at `place`, in place of a file of that name.
    ///
    /// # Errors
    /// The disk.
    pub(crate) fn archive(&self, place: &Path) -> Result<Archive, FileError> {
        let place = std::path::absolute(place)?;
        let mut name = place
            .file_name()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?
            .to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let temporary = place.with_file_name(name);
        self.effects.pass(Effect::FileWrite)?;
        let file = File::create(&temporary)?;
        Ok(Archive {
            zip: Some(ZipWriter::new(BufWriter::new(file))),
            temporary,
            place,
            effects: self.effects.clone(),
        })
    }
}

impl Archive {
    /// Adds a text.
    ///
    /// # Errors
    /// The disk.
    pub(crate) fn text(&mut self, name: &str, text: &[u8]) -> Result<Entry, FileError> {
        self.entry(name, text, CompressionMethod::Deflated)
    }

    /// Adds a picture, which does not get any smaller.
    ///
    /// # Errors
    /// `Gone`; the disk.
    pub(crate) fn picture(&mut self, name: &str, file: &Path) -> Result<Entry, FileError> {
        self.entry(name, File::open(file)?, CompressionMethod::Stored)
    }

    fn entry(
        &mut self,
        name: &str,
        mut from: impl Read,
        method: CompressionMethod,
    ) -> Result<Entry, FileError> {
        let zip = self
            .zip
            .as_mut()
            .ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        // No times, no owner: the archive says what it says in its texts.
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(name, options).map_err(io::Error::from)?;
        let (mut hash, mut bytes) = (sha2::Sha256::new(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let read = from.read(&mut piece)?;
            let Some(read) = piece.get(..read).filter(|read| !read.is_empty()) else {
                break;
            };
            self.effects.pass(Effect::FileWrite)?;
            zip.write_all(read)?;
            hash.update(read);
            bytes += read.len() as u64;
        }
        Ok(Entry {
            name: name.to_owned(),
            bytes,
            sha256: Sha256::from_digest(&hash.finalize()),
        })
    }

    /// Closes it: durable, and under its name, once this returned. Gives its size in bytes.
    ///
    /// # Errors
    /// The disk: a file that was there before is as it was.
    pub(crate) fn close(mut self) -> Result<u64, FileError> {
        let zip = self
            .zip
            .take()
            .ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let file = zip.finish().map_err(io::Error::from)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.effects.pass(Effect::FileSync)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        self.effects.pass(Effect::FileRename)?;
        fs::rename(&self.temporary, &self.place)?;
        self.effects.pass(Effect::FolderSync)?;
        self.place.parent().map_or(Ok(()), folders::sync)?;
        Ok(bytes)
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // Nothing of it is left where it was not closed; after that there is no file of this name.
        drop(self.zip.take());
        let _ = fs::remove_file(&self.temporary);
    }
}
