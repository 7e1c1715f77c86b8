//! The city's memory: one SQLite file and a folder of pictures.
//!
//! One connection, one transaction at a time: a city for tests and demonstrations needs plain promises more than
//! throughput. `synchronous=FULL` on a write-ahead log makes each commit durable before the answer goes out, and
//! a picture is on the disk (written, synced, renamed, folder synced) before the row that names it. A killed
//! process therefore leaves at most a picture without a row, which the next start removes. An OS lock, freed by
//! the kernel, keeps a second process away from the folder.

pub(crate) mod accounts;
pub(crate) mod agencies;
pub(crate) mod announcements;
pub(crate) mod audit;
pub(crate) mod cases;
pub(crate) mod conditions;
pub(crate) mod due;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod follows;
pub(crate) mod keys;
pub(crate) mod media;
pub(crate) mod public_events;
pub(crate) mod push;

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, Params, Transaction, TransactionBehavior};

use crate::family::Family;
use crate::http::refusal::Refusal;
use crate::server::CityError;
use files::Files;

/// File name of the database in the data folder.
const DATABASE: &str = "city.sqlite3";

/// Statements that stay prepared.
const STATEMENTS: usize = 256;

/// One step of the schema.
struct Migration {
    /// The `user_version` that it leads to.
    to: u32,
    sql: &'static str,
    /// What SQL alone cannot do, after `sql`.
    then: fn(&Connection) -> Result<(), CityError>,
}

const MIGRATIONS: [Migration; 2] = [
    Migration {
        to: 1,
        sql: include_str!("migrations/1-cases.sql"),
        then: name_database,
    },
    Migration {
        to: 2,
        sql: include_str!("migrations/2-every-day.sql"),
        then: prepare_accounts,
    },
];

/// What the open city holds; dropped as a whole when it stops.
struct Open {
    connection: Connection,
    _lock: File,
}

/// The store of a running city.
pub(crate) struct Store {
    open: Mutex<Option<Open>>,
    pub(crate) files: Files,
    publicly: &'static str,
}

/// One transaction, with what queries need to know about this start.
pub(crate) struct Db<'t> {
    pub(crate) tx: &'t Transaction<'t>,
    /// SQL condition over `cases`: the public may see it.
    pub(crate) publicly: &'static str,
}

impl Db<'_> {
    /// Runs one statement, which stays prepared.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.tx.prepare_cached(sql)?.execute(params)
    }
}

impl Store {
    /// Opens or makes the store in `dir`.
    pub(crate) fn open(dir: &Path, family: Family) -> Result<Self, CityError> {
        fs::create_dir_all(dir)?;
        let lock = File::create(dir.join("city.lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CityError::Held(dir.to_owned())),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let files = Files::open(dir)?;
        let mut connection = Connection::open(dir.join(DATABASE))?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;")?;
        migrate(&mut connection)?;
        // More than all statements of this crate: each is read once.
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let publicly = cases::public_condition(family);
        public_events::publish_all(&connection, publicly)?;
        File::open(dir)?.sync_all()?;
        let known = media::hashes(&connection)?;
        files.sweep(&known)?;
        Ok(Self {
            open: Mutex::new(Some(Open {
                connection,
                _lock: lock,
            })),
            files,
            publicly,
        })
    }

    /// Runs `work` in one transaction on a blocking thread; commits when it succeeds, else nothing happened.
    /// When this returns Ok the effects are on the disk.
    pub(crate) async fn transact<T, F>(self: &Arc<Self>, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Db<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        let store = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let mut guard = store.open.lock().unwrap_or_else(PoisonError::into_inner);
            let open = guard.as_mut().ok_or_else(Refusal::stopping)?;
            let tx = open
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&Db {
                tx: &tx,
                publicly: store.publicly,
            })?;
            tx.commit()?;
            Ok(value)
        })
        .await
        .map_err(|_| Refusal::broken("a task of the store ended early"))?
    }

    /// Closes the database and frees the folder, after the transaction that is running.
    pub(crate) fn close(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(open) = open {
            // Folding the log into the file is a courtesy to readers; the commits are safe without it.
            let _ = open
                .connection
                .pragma_query(None, "wal_checkpoint(TRUNCATE)", |_| Ok(()));
        }
    }
}

/// A second connection to the database in `dir`, for reading only; the city may be running or not.
pub(crate) fn open_reader(dir: &Path) -> Result<Connection, CityError> {
    let connection = Connection::open_with_flags(dir.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA busy_timeout = 5000;")?;
    Ok(connection)
}

/// Brings the schema to the present version. A step that makes a table anew needs foreign keys off, which SQLite
/// allows outside a transaction only; they are checked before each commit.
fn migrate(connection: &mut Connection) -> Result<(), CityError> {
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if MIGRATIONS.iter().all(|step| step.to < version) {
        return Err(CityError::Newer);
    }
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    for step in MIGRATIONS.iter().filter(|step| step.to > version) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        tx.execute_batch(step.sql)?;
        (step.then)(&tx)?;
        let broken: i64 = tx.query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })?;
        if broken > 0 {
            return Err(CityError::Damaged(broken.unsigned_abs()));
        }
        tx.pragma_update(None, "user_version", step.to)?;
        tx.commit()?;
    }
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    Ok(())
}

fn name_database(connection: &Connection) -> Result<(), CityError> {
    connection.execute("INSERT INTO city (id, instance) VALUES (1, ?1)", [random_id()?])?;
    Ok(())
}

fn prepare_accounts(connection: &Connection) -> Result<(), CityError> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key)?;
    connection.execute("UPDATE city SET token_key = ?1", [key])?;
    cases::fill_phone_keys(connection)?;
    Ok(())
}

/// 128 random bits as 32 hex digits.
pub(crate) fn random_id() -> Result<String, getrandom::Error> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits)?;
    Ok(uuid::Builder::from_random_bytes(bits)
        .into_uuid()
        .simple()
        .to_string())
}
