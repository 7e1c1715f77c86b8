//! Forward-only numbered migrations on `user_version`, each in one transaction.
//!
//! A failed migration leaves the file as it was; a file of a newer program is refused, never touched, never recreated.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Result};

/// Migrations of the citizen's data, in order.
pub(super) const REPORTS: &[&str] = &[include_str!("schema/0001.sql")];
/// Migrations of what the city can give again, in order.
pub(super) const CACHE: &[&str] = &[include_str!("schema/cache_0001.sql")];

/// Brings a database from its version to the newest.
pub(super) fn run(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(Error::NewerStore { found, known });
    }
    let done = usize::try_from(found).map_err(|_| Error::Damaged {
        table: "user_version",
    })?;
    for (index, step) in steps.iter().enumerate().skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
    Ok(())
}
