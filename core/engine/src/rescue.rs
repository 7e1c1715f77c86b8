//! A damaged `reports.sqlite`: what can be read is saved, the damaged file is kept, and the store begins anew.
//!
//! Where every row can be read, the store is mended and goes on with all of them, as a copied store does: the city is
//! asked before anything is sent. Else drafts that are whole come back, and the rest is listed.
//!
//! Everything lies in a folder `rescued-<time>` beside the store's files: `reports.json` (each report that can be read,
//! and what became of it), the damaged file with its log, and in `photos` the pictures that no row names any more.
//! Nothing there is ever removed by the program, and nothing of it is sent by itself.
//!
//! A kill in the middle loses nothing. The folder is filled under another name while the damaged file stays where it is;
//! its renaming is the one moment that counts. From then on it holds `new.sqlite`, and each open first finishes the
//! exchange: pictures aside, the damaged files aside, and last the new file into its place. The person is told at each
//! open until a shell has asked for it ([`Rescued`]).

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use phananh_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::effects::{Effect, Effects};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::folders;
use crate::store::salvage::{self, Fate, Salvaged};
use crate::store::{REPORTS, Store, with_wal};

const PREFIX: &str = "rescued-";
/// End of the name of a folder that is being filled.
const FILLING: &str = ".new";
const LIST: &str = "reports.json";
const NEW: &str = "new.sqlite";
const PHOTOS: &str = "photos";

/// Lies in the folder once the person was told.
const TOLD: &str = "told";

/// What came of a damaged store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// Where the damaged file lies, with a list of what could be read of it.
    pub folder: PathBuf,
    /// How much could be read.
    pub saved: Saved,
}

/// How much of a damaged store could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saved {
    /// All rows: the store goes on with them, and what is owed is checked with the city before it is sent.
    Everything,
    /// Some.
    Parts {
        /// Drafts that are back as they were.
        drafts: u32,
        /// Reports that are only in the list: drafts in part, and what was sent off.
        listed: u32,
    },
}

#[derive(Serialize)]
struct List<'a> {
    rescued_at: Timestamp,
    saved: Saved,
    reports: &'a [Salvaged],
}

/// The part of a list that is told.
#[derive(Deserialize)]
struct Summary {
    saved: Saved,
}

/// Opens the store; a damaged one after what can be read of it was saved.
///
/// # Errors
/// As [`Store::open`]. A rescue that the disk has no room for leaves everything as it is.
pub(crate) fn open_store(
    folder: &Path,
    store: &Store,
    effects: &Effects,
    now: Timestamp,
) -> Result<Option<Rescued>> {
    finish(folder, effects)?;
    let opened = if vanished(folder) {
        None
    } else {
        Some(store.open(folder))
    };
    match opened {
        Some(Err(error)) if !error.is_damaged() => return Err(error),
        Some(Ok(())) => {}
        Some(Err(_)) | None => {
            fill(folder, effects, now)?;
            finish(folder, effects)?;
            store.open(folder)?;
        }
    }
    untold(folder)
}

/// Notes that a shell has the news. Where the disk takes no note, it is told again.
pub(crate) fn told(rescued: &Rescued) {
    let _ = File::create(rescued.folder.join(TOLD));
}

/// The newest rescue that nobody was told of.
fn untold(folder: &Path) -> Result<Option<Rescued>> {
    let mut folders: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
        })
        .collect();
    folders.sort();
    Ok(folders
        .pop()
        .filter(|newest| !newest.join(TOLD).exists())
        .map(|folder| {
            let summary = fs::read(folder.join(LIST)).ok();
            let summary = summary.and_then(|text| serde_json::from_slice::<Summary>(&text).ok());
            let saved = summary.map_or(Saved::Parts { drafts: 0, listed: 0 }, |summary| summary.saved);
            Rescued { folder, saved }
        }))
}

/// An empty file where a store was: SQLite would take it for a new one.
fn vanished(folder: &Path) -> bool {
    let empty = match fs::metadata(folder.join(REPORTS)) {
        Ok(meta) => meta.len() == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    // Made after the first opening of the store.
    empty && Files::were_here(folder)
}

/// Fills a folder with what can be read.
fn fill(folder: &Path, effects: &Effects, now: Timestamp) -> Result<()> {
    let name = free_name(folder, now)?;
    let filling = folder.join(format!("{name}{FILLING}"));
    effects.pass(Effect::FileWrite)?;
    let work = filling.join("work");
    fs::create_dir_all(&work)?;
    let (damaged, new) = (folder.join(REPORTS), filling.join(NEW));
    let (saved, reports) = if salvage::mend(&damaged, &work, &new)? {
        (Saved::Everything, Vec::new())
    } else {
        let reports = salvage::salvage(&damaged, &work, &new)?;
        let drafts = reports
            .iter()
            .filter(|report| report.fate == Fate::BackAsDraft)
            .count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let listed = count(reports.len().saturating_sub(drafts));
        let drafts = count(drafts);
        (Saved::Parts { drafts, listed }, reports)
    };
    fs::remove_dir_all(&work)?;
    let list = List {
        rescued_at: now,
        saved,
        reports: &reports,
    };
    let text = serde_json::to_vec_pretty(&list).map_err(std::io::Error::from)?;
    effects.pass(Effect::FileWrite)?;
    File::create(filling.join(LIST))?.write_all(&text)?;
    for file in [LIST, NEW] {
        effects.pass(Effect::FileSync)?;
        File::open(filling.join(file))?.sync_all()?;
    }
    effects.pass(Effect::FolderSync)?;
    folders::sync(&filling)?;
    effects.pass(Effect::FileRename)?;
    fs::rename(&filling, folder.join(name))?;
    effects.pass(Effect::FolderSync)?;
    Ok(folders::sync(folder)?)
}

/// `rescued-20261125T140509Z`, with a number behind it where there is one of that name.
fn free_name(folder: &Path, now: Timestamp) -> Result<String> {
    let time: String = now
        .to_wire()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    (1_u32..)
        .map(|n| match n {
            1 => format!("{PREFIX}{time}"),
            n => format!("{PREFIX}{time}-{n}"),
        })
        .find(|name| !folder.join(name).exists())
        .ok_or(Error::Internal)
}

/// Finishes the exchange of a folder that is filled, and removes what a kill left half filled.
fn finish(folder: &Path, effects: &Effects) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        let aside = entry.path();
        if name.ends_with(FILLING) {
            effects.pass(Effect::FileRemove)?;
            // The damaged file is still in its place.
            fs::remove_dir_all(&aside)?;
        } else if aside.join(NEW).exists() {
            exchange(folder, &aside, effects)?;
        }
    }
    Ok(())
}

fn exchange(folder: &Path, aside: &Path, effects: &Effects) -> Result<()> {
    let new = aside.join(NEW);
    let named = salvage::pictures(&new)?;
    let files = Files::of(folder, effects.clone());
    files.make()?;
    files.set_aside(&named, &aside.join(PHOTOS))?;
    let store = folder.join(REPORTS);
    for (from, to) in with_wal(&store).iter().zip(with_wal(&aside.join(REPORTS))) {
        if from.exists() {
            effects.pass(Effect::FileRename)?;
            fs::rename(from, to)?;
        }
    }
    // Before the new file takes the name: a log of the old one beside it would be read into it.
    effects.pass(Effect::FolderSync)?;
    folders::sync(aside)?;
    effects.pass(Effect::FolderSync)?;
    folders::sync(folder)?;
    effects.pass(Effect::FileRename)?;
    fs::rename(&new, &store)?;
    effects.pass(Effect::FolderSync)?;
    Ok(folders::sync(folder)?)
}
