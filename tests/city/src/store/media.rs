//! Rows of pictures.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::Db;
use super::files::Upload;
use super::random_id;
use crate::http::refusal::Refusal;

/// One stored picture.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) content_type: String,
    pub(crate) bytes: i64,
    pub(crate) sha256: String,
}

impl Media {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            content_type: row.get("content_type")?,
            bytes: row.get("bytes")?,
            sha256: row.get("sha256")?,
        })
    }

    /// Where the picture is served.
    pub(crate) fn url(&self, base: &str) -> String {
        format!("{base}/media/{}", self.id)
    }

    /// The entry of `media` and `attachments` lists.
    pub(crate) fn to_json(&self, base: &str) -> Value {
        json!({"id": self.id, "url": self.url(base), "kind": self.kind, "bytes": self.bytes, "sha256": self.sha256})
    }
}

const SELECT: &str = "SELECT m.id, m.kind, m.content_type, m.bytes, m.sha256 FROM media m";

/// Writes the rows of pictures that came with an event; the files are kept already.
pub(crate) fn insert(db: &Db<'_>, event_id: &str, uploads: &[Upload]) -> Result<(), Refusal> {
    for (position, upload) in (0_i64..).zip(uploads) {
        db.execute(
            "INSERT INTO media (id, event_id, position, kind, content_type, bytes, sha256) VALUES (?1,?2,?3,?4,?5,?6,?7)",
            params![
                random_id()?,
                event_id,
                position,
                upload.kind(),
                upload.content_type,
                i64::try_from(upload.bytes).unwrap_or(i64::MAX),
                upload.sha256
            ],
        )?;
    }
    Ok(())
}

/// The pictures of one event, in order.
pub(crate) fn of_event(connection: &Connection, event_id: &str) -> rusqlite::Result<Vec<Media>> {
    connection
        .prepare_cached(&format!("{SELECT} WHERE m.event_id = ?1 ORDER BY m.position"))?
        .query_map([event_id], Media::read)?
        .collect()
}

/// The citizen's pictures of a report: those that came with it and those added later. Pictures of messages and
/// of results stay with their events.
pub(crate) fn of_report(connection: &Connection, case_id: i64) -> rusqlite::Result<Vec<Media>> {
    connection
        .prepare_cached(&format!(
            "{SELECT} JOIN events e ON e.id = m.event_id
             WHERE e.case_id = ?1 AND e.kind IN ('submitted', 'attachment') ORDER BY e.seq, m.position"
        ))?
        .query_map([case_id], Media::read)?
        .collect()
}

/// One picture by its id.
pub(crate) fn find(connection: &Connection, id: &str) -> rusqlite::Result<Option<Media>> {
    connection
        .query_row(&format!("{SELECT} WHERE m.id = ?1"), [id], Media::read)
        .optional()
}

/// The hashes of all pictures that rows name.
pub(crate) fn hashes(connection: &Connection) -> rusqlite::Result<HashSet<String>> {
    connection
        .prepare("SELECT DISTINCT sha256 FROM media")?
        .query_map([], |row| row.get(0))?
        .collect()
}
