//! Forward-only numbered migrations on `user_version`, each in one transaction.
//!
//! A failed migration leaves the file as it was; a file of a newer program is refused, never touched, never recreated.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{Error, Result};

/// Migrations of the citizen's data, in order.
pub(super) const REPORTS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
];
/// Migrations of what the city can give again, in order.
pub(super) const CACHE: &[&str] = &[
    include_str!("schema/cache_0001.sql"),
    include_str!("schema/cache_0002.sql"),
];

/// Refuses a file that a newer program wrote, before anything of it is changed: not even its journal mode, and no WAL is
/// moved into it.
pub(super) fn refuse_newer(path: &Path, steps: &[&str]) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    refuse_newer_than(&reader, steps)
}

/// Refuses a file that is open already.
pub(super) fn refuse_newer_than(connection: &Connection, steps: &[&str]) -> Result<()> {
    let known = version_of(steps);
    let found = version(connection)?;
    if found > known {
        return Err(Error::NewerStore { found, known });
    }
    Ok(())
}

/// Brings a database from its version to the newest. A step may make a table anew, which foreign keys forbid: they are
/// off meanwhile and looked through before the commit (<https://sqlite.org/lang_altertable.html>, section 7).
pub(super) fn run(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", false)?;
    let done = run_steps(connection, steps);
    connection.pragma_update(None, "foreign_keys", true)?;
    done
}

fn run_steps(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    let done = usize::try_from(version(connection)?).map_err(|_| Error::Damaged {
        table: "user_version",
    })?;
    for (index, step) in steps.iter().enumerate().skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(
            None,
            "user_version",
            version_of(steps.get(..=index).unwrap_or(steps)),
        )?;
        if transaction.prepare("PRAGMA foreign_key_check")?.exists([])? {
            return Err(Error::Damaged { table: "foreign_key" });
        }
        transaction.commit()?;
    }
    Ok(())
}

/// The version that these steps lead to.
fn version_of(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

pub(super) fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}
