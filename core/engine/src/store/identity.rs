//! The sealed table: name, phone, e-mail. Nothing else in the store holds any of them.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::error::Result;

/// Stores a sealed identity snapshot.
pub(crate) fn insert(tx: &Transaction<'_>, sealed: &[u8]) -> Result<i64> {
    tx.prepare_cached("INSERT INTO identity (sealed) VALUES (?1)")?
        .execute([sealed])?;
    Ok(tx.last_insert_rowid())
}

/// A sealed identity snapshot.
pub(crate) fn get(conn: &Connection, id: i64) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached("SELECT sealed FROM identity WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?)
}
