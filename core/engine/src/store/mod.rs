//! The store: two SQLite files, one writer and one reader each.
//!
//! `reports.sqlite` holds what cannot be had again: what the citizen wrote, what is owed, receipts, the timeline.
//! It runs WAL with `synchronous=FULL`: a commit that returned survives the battery. `cache.sqlite` holds what the
//! city can give again (services, definitions) with `NORMAL`: damaged or newer, it is made anew and nobody is asked.
//! No transaction spans both: a definition that a draft is filled with is copied into the first.
//!
//! Writers get a `&Transaction`, readers a `&Connection` that SQLite itself forbids to write (`query_only`), so the
//! compiler and the database guard the same line. SQL is constant text with bound parameters. Each commit passes the
//! effect hook before and after, so that tests can pull the plug on either side.

pub(crate) mod attachments;
pub(crate) mod cache;
pub(crate) mod cases;
pub(crate) mod cities;
mod database;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod messages;
mod migrations;
pub(crate) mod receipts;
pub(crate) mod reports;
mod row;
pub(crate) mod salvage;
mod schema_pages;
pub(crate) mod search;
pub(crate) mod submissions;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};

use self::database::{Contents, Database, Kind};
use crate::effects::{Effect, Effects};
use crate::error::{Error, Result};

pub(crate) use attachments::{AttachmentRow, NewAttachment, PhotoFacts};
pub(crate) use cases::CaseRow;
pub(crate) use cities::{CityRow, Pause};
pub(crate) use database::with_wal;
pub(crate) use jobs::{JobRow, NewJob};
pub(crate) use messages::MessageRow;
pub(crate) use reports::ReportSecrets;
pub(crate) use search::ListFilter;
pub(crate) use submissions::SubmissionRow;

/// File name of the citizen's data.
pub(crate) const REPORTS: &str = "reports.sqlite";
/// File name of what the city can give again.
pub(crate) const CACHE: &str = "cache.sqlite";

const REPORTS_KIND: Kind = Kind {
    contents: Contents::Dear,
    migrations: migrations::REPORTS,
    synchronous: "FULL",
};
const CACHE_KIND: Kind = Kind {
    contents: Contents::HadAgain,
    migrations: migrations::CACHE,
    synchronous: "NORMAL",
};

/// Both files, while they are open.
pub(crate) struct Store {
    open: Mutex<Option<Arc<Databases>>>,
    effects: Effects,
}

struct Databases {
    reports: Database,
    cache: Database,
}

impl Store {
    /// A store that is not open yet.
    pub(crate) fn new(effects: Effects) -> Self {
        Self {
            open: Mutex::default(),
            effects,
        }
    }

    /// Opens or creates both files in `folder` and brings their schema up to date.
    ///
    /// # Errors
    /// Of the citizen's data alone, after which it is as before: `NewerStore` where a newer program wrote it; an error
    /// that [`crate::error::Error::is_damaged`]; SQL and disk errors.
    pub(crate) fn open(&self, folder: &Path) -> Result<()> {
        let reports = Database::open(&folder.join(REPORTS), REPORTS_KIND)?;
        let cache = Database::open_or_remake(&folder.join(CACHE), CACHE_KIND)?;
        *self.slot() = Some(Arc::new(Databases { reports, cache }));
        Ok(())
    }

    /// Moves the WAL into the files and closes them; nothing to do where they are not open.
    ///
    /// # Errors
    /// Where the WAL cannot be moved: the files are closed all the same, and the next opening reads it.
    pub(crate) fn close(&self) -> Result<()> {
        let databases = self.slot().take();
        databases.map_or(Ok(()), |databases| self.checkpoint(&databases))
    }

    /// Closes the files as a death of the process would.
    pub(crate) fn abandon(&self) {
        *self.slot() = None;
    }

    fn slot(&self) -> MutexGuard<'_, Option<Arc<Databases>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn databases(&self) -> Result<Arc<Databases>> {
        self.slot().clone().ok_or(Error::Closed)
    }

    /// Runs `work` in one transaction of the citizen's data; returns only after it is synced to disk.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.commit(&self.databases()?.reports, work)
    }

    /// Runs `work` on a connection that cannot write.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.databases()?.reports.read(work)
    }

    /// Runs `work` in one transaction of what the city can give again; a second time, on a new file, where the first
    /// shows that the file is damaged.
    pub(crate) fn write_cache<T>(&self, work: impl Fn(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.healing(|cache| self.commit(cache, &work))
    }

    /// Reads what the city can give again; from a new, empty file where the old one shows that it is damaged.
    pub(crate) fn read_cache<T>(&self, work: impl Fn(&Connection) -> Result<T>) -> Result<T> {
        self.healing(|cache| cache.read(&work))
    }

    fn healing<T>(&self, work: impl Fn(&Database) -> Result<T>) -> Result<T> {
        let databases = self.databases()?;
        match work(&databases.cache) {
            Err(error) if error.is_damaged() => {
                databases.cache.remake()?;
                work(&databases.cache)
            }
            other => other,
        }
    }

    fn commit<T>(&self, database: &Database, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let value = database.write(work, || Ok(self.effects.pass(Effect::StoreCommit)?))?;
        self.effects.pass(Effect::StoreCommitted)?;
        Ok(value)
    }

    fn checkpoint(&self, databases: &Databases) -> Result<()> {
        self.effects.pass(Effect::StoreCheckpoint)?;
        databases.reports.checkpoint()?;
        self.effects.pass(Effect::StoreCheckpoint)?;
        match databases.cache.checkpoint() {
            Err(error) if error.is_damaged() => databases.cache.remake(),
            other => other,
        }
    }
}
