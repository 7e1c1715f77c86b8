//! Rows of idempotency keys: one key, one effect, for ever.

use rusqlite::{OptionalExtension as _, params};

use super::Db;
use crate::http::refusal::Refusal;
use crate::words::words;

words! {
    /// What was sent under a key.
    pub(crate) enum Purpose { Report = "report", Message = "message", Attachment = "attachment" }
}

/// What is known of a used key.
#[derive(Debug, Clone)]
pub(crate) struct UsedKey {
    pub(crate) purpose: Purpose,
    pub(crate) case_id: i64,
    /// The event or the follow that it made.
    pub(crate) effect_id: String,
    pub(crate) content_sha256: Option<String>,
}

/// Looks a key up.
pub(crate) fn find(db: &Db<'_>, key: &str) -> Result<Option<UsedKey>, Refusal> {
    let found = db
        .tx
        .query_row(
            "SELECT purpose, case_id, effect_id, content_sha256 FROM keys WHERE client_request_id = ?1",
            [key],
            |row| {
                Ok(UsedKey {
                    purpose: row.get(0)?,
                    case_id: row.get(1)?,
                    effect_id: row.get(2)?,
                    content_sha256: row.get(3)?,
                })
            },
        )
        .optional()?;
    Ok(found)
}

/// Binds a key to what it did.
pub(crate) fn insert(db: &Db<'_>, key: &str, used: &UsedKey) -> Result<(), Refusal> {
    db.execute(
        "INSERT INTO keys (client_request_id, purpose, case_id, effect_id, content_sha256) VALUES (?1,?2,?3,?4,?5)",
        params![key, used.purpose, used.case_id, used.effect_id, used.content_sha256],
    )?;
    Ok(())
}
