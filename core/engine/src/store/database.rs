//! One SQLite file: a writer and a reader, and what is done where the disk has no room even for that.
//!
//! In WAL mode, SQLite writes before it reads: the map of the WAL (`-shm`) is a file that two connections share, and a
//! full disk has no room for it. Then the file is opened *cramped*: by one connection alone, which keeps that map in
//! memory (`locking_mode=EXCLUSIVE`) and therefore reads without writing a byte. It also writes, as soon as there is
//! room. SQLite writes each page of a `-shm` that it extends, so a disk that fills up later is an error, never a
//! SIGBUS.
//!
//! A file is looked through when it is opened (`quick_check`: some 2 ms a megabyte), so damage is found before anything
//! is built on it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior, ffi};

use super::{migrations, schema_pages};
use crate::error::{Error, Result};

/// What a file holds, and how dear it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) contents: Contents,
    pub(super) migrations: &'static [&'static str],
    /// `synchronous` of SQLite.
    pub(super) synchronous: &'static str,
}

/// Whether what a file holds can be had again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Contents {
    /// The citizen's.
    Dear,
    /// The city's.
    HadAgain,
}

/// One SQLite file.
pub(super) struct Database {
    path: PathBuf,
    kind: Kind,
    writer: Mutex<Connection>,
    /// None in a cramped file: the writer reads, too.
    reader: Mutex<Option<Connection>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while holding the lock left no half transaction behind: SQLite rolled it back.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Database {
    /// Opens or makes a file and brings its schema up to date.
    ///
    /// # Errors
    /// `NewerStore`; an error that [`Error::is_damaged`]; SQL and disk errors. The file is as before.
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Self> {
        match Self::roomy(path, kind) {
            Err(error) if error.is_of_the_disk() => Self::cramped(path, kind),
            other => other,
        }
    }

    /// As [`Database::open`], for what can be had again: a file that cannot be used is made anew, and where the disk
    /// gives none at all, the memory must do until the next open.
    pub(super) fn open_or_remake(path: &Path, kind: Kind) -> Result<Self> {
        let opened = match Self::open(path, kind) {
            Err(error) if !error.is_of_the_disk() => {
                remove(path);
                Self::open(path, kind)
            }
            other => other,
        };
        opened.or_else(|_| Self::in_memory(path, kind))
    }

    fn roomy(path: &Path, kind: Kind) -> Result<Self> {
        migrations::refuse_newer(path, kind.migrations)?;
        let mut writer = Connection::open(path)?;
        // Of a damaged file everything stays as it is, its WAL too: what was said last may stand nowhere else.
        writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        configure(&writer, kind)?;
        check(&writer)?;
        writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        migrations::run(&mut writer, kind.migrations)?;
        if let Contents::Dear = kind.contents {
            // A help in need, and no reason to keep anybody out today.
            let _ = schema_pages::keep(path, &writer);
        }
        let reader = Connection::open(path)?;
        configure(&reader, kind)?;
        reader.pragma_update(None, "query_only", true)?;
        // The first read opens the map of the WAL: better to meet a full disk now.
        migrations::version(&reader)?;
        Ok(Self::of(path, kind, writer, Some(reader)))
    }

    fn cramped(path: &Path, kind: Kind) -> Result<Self> {
        let mut only = Connection::open(path)?;
        only.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        // A newer or damaged file is left untouched: not even its WAL is moved into it.
        only.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        migrations::refuse_newer_than(&only, kind.migrations)?;
        configure(&only, kind)?;
        check(&only)?;
        only.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        migrations::run(&mut only, kind.migrations)?;
        Ok(Self::of(path, kind, only, None))
    }

    fn in_memory(path: &Path, kind: Kind) -> Result<Self> {
        let mut only = Connection::open_in_memory()?;
        migrations::run(&mut only, kind.migrations)?;
        Ok(Self::of(path, kind, only, None))
    }

    fn of(path: &Path, kind: Kind, writer: Connection, reader: Option<Connection>) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        }
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let reader = lock(&self.reader);
        if let Some(connection) = reader.as_ref() {
            return work(connection);
        }
        drop(reader);
        work(&lock(&self.writer))
    }

    /// Runs `work` in one transaction; `before` is called when it is about to be committed.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
        before: impl FnOnce() -> Result<()>,
    ) -> Result<T> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        before()?;
        transaction.commit()?;
        Ok(value)
    }

    /// Moves the WAL into the file. A full disk keeps the WAL where it is, and the next open reads it.
    pub(super) fn checkpoint(&self) -> Result<()> {
        let writer = lock(&self.writer);
        let moved = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        match moved.map_err(Error::from) {
            Err(error) if !error.is_disk_full() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Makes the file anew where damage shows while it is used.
    pub(super) fn remake(&self) -> Result<()> {
        let mut writer = lock(&self.writer);
        let mut reader = lock(&self.reader);
        // Closed before their file goes.
        *reader = None;
        *writer = Connection::open_in_memory()?;
        remove(&self.path);
        let new = Self::open_or_remake(&self.path, self.kind)?;
        *writer = new.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        *reader = new.reader.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(())
    }
}

/// Removes a file with its WAL. What cannot be removed shows when it is opened.
fn remove(path: &Path) {
    for file in with_wal(path) {
        let _ = std::fs::remove_file(file);
    }
}

/// An SQLite file and the two that belong to it, the main file first.
pub(crate) fn with_wal(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// Looks a file through.
pub(super) fn check(connection: &Connection) -> Result<()> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    let corrupt = ffi::Error::new(ffi::SQLITE_CORRUPT);
    Err(Error::Sql(rusqlite::Error::SqliteFailure(corrupt, Some(found))))
}

fn configure(connection: &Connection, kind: Kind) -> Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", kind.synchronous)?;
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
