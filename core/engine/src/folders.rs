//! Folders whose names are on disk, not only what lies in them.
//!
//! A file that is synced is lost all the same where the folder that holds its folder was not: each new folder is made
//! and its name synced before the next one is made below it.

use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Makes a folder and those above it that are not there, and sees to it that all their names are on disk.
///
/// # Errors
/// The disk.
pub fn make(folder: &Path) -> io::Result<()> {
    make_with(folder, &DirBuilder::new())
}

/// As [`make`], with the permissions of a builder.
pub(crate) fn make_with(folder: &Path, builder: &DirBuilder) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let missing: Vec<_> = folder.ancestors().take_while(|above| !above.is_dir()).collect();
    // A kill may have come between the making of the lowest one that is there and the sync of its name.
    if let Some(parent) = folder.ancestors().nth(missing.len()).and_then(Path::parent) {
        let _ = sync(parent);
    }
    for new in missing.into_iter().rev() {
        match builder.create(new) {
            // Another process was quicker.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && new.is_dir() => {}
            other => other?,
        }
        if let Some(parent) = new.parent() {
            match sync(parent) {
                // Not every system lets a folder be synced; those that do not keep names by themselves.
                Err(e) if matches!(e.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput) => {}
                other => other?,
            }
        }
    }
    Ok(())
}

/// Syncs the names in a folder.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    // Windows has no folders to sync.
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
