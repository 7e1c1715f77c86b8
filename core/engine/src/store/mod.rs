//! The store: two SQLite files, one writer and one reader each.
//!
//! `reports.sqlite` holds what cannot be had again: what the citizen wrote, what is owed, receipts, the timeline.
//! It runs WAL with `synchronous=FULL`: a commit that returned survives the battery. `cache.sqlite` holds what the
//! city can give again (services, definitions) with `NORMAL`. No transaction spans both: a definition that a draft is
//! filled with is copied into the first.
//!
//! Writers get a `&Transaction`, readers a `&Connection` that SQLite itself forbids to write (`query_only`), so the
//! compiler and the database guard the same line. SQL is constant text with bound parameters. Each commit passes the
//! effect hook before and after, so that tests can pull the plug on either side.

pub(crate) mod attachments;
pub(crate) mod cache;
pub(crate) mod cases;
pub(crate) mod cities;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod messages;
mod migrations;
pub(crate) mod receipts;
pub(crate) mod reports;
mod row;
pub(crate) mod submissions;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::effects::{Effect, Effects};
use crate::error::Result;

pub(crate) use attachments::{AttachmentRow, NewAttachment, PhotoFacts};
pub(crate) use cases::CaseRow;
pub(crate) use cities::{CityRow, Pause};
pub(crate) use jobs::{JobRow, NewJob};
pub(crate) use messages::MessageRow;
pub(crate) use reports::{ListFilter, ReportSecrets};
pub(crate) use submissions::SubmissionRow;

/// File name of the citizen's data.
pub(crate) const REPORTS: &str = "reports.sqlite";
/// File name of what the city can give again.
pub(crate) const CACHE: &str = "cache.sqlite";

/// One SQLite file: a writer and a reader.
struct Database {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

/// Both files.
pub(crate) struct Store {
    reports: Database,
    cache: Database,
    effects: Effects,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while holding the lock left no half transaction behind: SQLite rolled it back.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Database {
    fn open(path: &Path, migrations: &[&str], synchronous: &str) -> Result<Self> {
        migrations::refuse_newer(path, migrations)?;
        let mut writer = Connection::open(path)?;
        configure(&writer, synchronous)?;
        migrations::run(&mut writer, migrations)?;
        let reader = Connection::open(path)?;
        configure(&reader, synchronous)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        })
    }
}

fn configure(connection: &Connection, synchronous: &str) -> Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    // Apple's fsync does not reach the platter without it; elsewhere it changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "secure_delete", true)?;
    // Android has no temporary folder that SQLite knows.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
    // One sync a commit: checkpoints run when idle and at the end, and only as a safety net in between.
    connection.pragma_update(None, "wal_autocheckpoint", 2_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

impl Store {
    /// Opens or creates both files in `folder` and brings their schema up to date.
    ///
    /// # Errors
    /// `NewerStore` where a newer program wrote them; SQL and disk errors, after which the files are as before.
    pub(crate) fn open(folder: &Path, effects: Effects) -> Result<Self> {
        let reports = Database::open(&folder.join(REPORTS), migrations::REPORTS, "FULL")?;
        let cache = Database::open(&folder.join(CACHE), migrations::CACHE, "NORMAL")?;
        Ok(Self {
            reports,
            cache,
            effects,
        })
    }

    /// Runs `work` in one transaction of the citizen's data; returns only after it is synced to disk.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.commit(&self.reports, work)
    }

    /// Runs `work` on a connection that cannot write.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&lock(&self.reports.reader))
    }

    /// Runs `work` in one transaction of what the city can give again.
    pub(crate) fn write_cache<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.commit(&self.cache, work)
    }

    /// Reads what the city can give again.
    pub(crate) fn read_cache<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&lock(&self.cache.reader))
    }

    fn commit<T>(&self, database: &Database, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut writer = lock(&database.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        self.effects.pass(Effect::StoreCommit)?;
        transaction.commit()?;
        self.effects.pass(Effect::StoreCommitted)?;
        Ok(value)
    }

    /// Moves the WAL into the files: when idle, and before the lock is let go.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        for database in [&self.reports, &self.cache] {
            self.effects.pass(Effect::StoreCheckpoint)?;
            let writer = lock(&database.writer);
            writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(())
    }
}
