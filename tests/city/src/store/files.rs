//! The folder of pictures: `media/HASH`, and `media/incoming` for what is still arriving.
//!
//! Equal pictures share one file. A file under its hash is complete by construction: it was synced before it was
//! renamed.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::store::random_id;

/// The folder of pictures.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    media: PathBuf,
    incoming: PathBuf,
}

/// A picture that has arrived whole and is synced, but belongs to nothing yet; dropping it removes it.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) path: PathBuf,
    pub(crate) content_type: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Kept uploads have been renamed away; what stays behind is swept at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

impl Upload {
    /// `photo` or `document`, by content type.
    pub(crate) fn kind(&self) -> &'static str {
        if self.content_type.starts_with("image/") {
            "photo"
        } else {
            "document"
        }
    }
}

impl Files {
    /// Opens or makes the folder below `dir`.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let media = dir.join("media");
        let incoming = media.join("incoming");
        fs::create_dir_all(&incoming)?;
        Ok(Self { media, incoming })
    }

    /// A fresh path for bytes that are about to arrive.
    pub(crate) fn incoming(&self) -> io::Result<PathBuf> {
        Ok(self.incoming.join(random_id().map_err(io::Error::other)?))
    }

    /// Where the picture with this hash lies.
    pub(crate) fn path(&self, sha256: &str) -> PathBuf {
        self.media.join(sha256)
    }

    /// Makes uploads permanent: afterwards they survive a crash. Must come before the rows that name them.
    pub(crate) fn keep(&self, uploads: &[Upload]) -> io::Result<()> {
        if uploads.is_empty() {
            return Ok(());
        }
        for upload in uploads {
            fs::rename(&upload.path, self.path(&upload.sha256))?;
        }
        File::open(&self.media)?.sync_all()
    }

    /// Removes what a killed process left behind: half arrivals, and pictures that no row names.
    pub(crate) fn sweep(&self, known: &HashSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(&self.incoming)? {
            fs::remove_file(entry?.path())?;
        }
        for entry in fs::read_dir(&self.media)? {
            let entry = entry?;
            let orphan = !entry
                .file_name()
                .to_str()
                .is_some_and(|name| known.contains(name));
            if orphan && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}
