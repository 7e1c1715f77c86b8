//! Rows of followers: one a case and phone.

use rusqlite::{Connection, params};

use super::Db;
use super::cases::CaseId;
use crate::http::refusal::Refusal;

/// Counts a follower once.
pub(crate) fn begin(db: &Db<'_>, case: CaseId, follower: &str, now: i64) -> Result<(), Refusal> {
    db.execute(
        "INSERT OR IGNORE INTO follows (case_id, follower, since) VALUES (?1, ?2, ?3)",
        params![case, follower, now],
    )?;
    Ok(())
}

/// Forgets a follower.
pub(crate) fn end(db: &Db<'_>, case: CaseId, follower: &str) -> Result<(), Refusal> {
    db.execute(
        "DELETE FROM follows WHERE case_id = ?1 AND follower = ?2",
        params![case, follower],
    )?;
    Ok(())
}

/// How many follow a case.
pub(crate) fn count(connection: &Connection, case: CaseId) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT COUNT(*) FROM follows WHERE case_id = ?1")?
        .query_row([case], |row| row.get(0))
}
