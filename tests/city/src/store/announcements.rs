//! Rows of announcements.

use rusqlite::{OptionalExtension as _, Row, params};

use super::Db;
use crate::http::paging::After;
use crate::http::refusal::Refusal;
use crate::words::words;

words! {
    /// How pressing an announcement is.
    pub(crate) enum AnnouncementKind { Info = "info", Warning = "warning", Emergency = "emergency" }
}

/// A text in the city's languages.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub(crate) vi: String,
    pub(crate) en: Option<String>,
}

/// An announcement about to be one; times in Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct NewAnnouncement {
    pub(crate) at: i64,
    pub(crate) until: Option<i64>,
    pub(crate) kind: AnnouncementKind,
    pub(crate) title: Texts,
    pub(crate) text: Texts,
    pub(crate) url: Option<String>,
    pub(crate) area: Option<String>,
}

/// An announcement as stored.
#[derive(Debug, Clone)]
pub(crate) struct Announcement {
    pub(crate) id: i64,
    pub(crate) announced: NewAnnouncement,
    pub(crate) withdrawn: Option<i64>,
}

/// Who looks: the public sees what has begun and is neither over nor withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    Public,
    Desk,
}

impl Announcement {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            announced: NewAnnouncement {
                at: row.get("at")?,
                until: row.get("until")?,
                kind: row.get("kind")?,
                title: Texts {
                    vi: row.get("title_vi")?,
                    en: row.get("title_en")?,
                },
                text: Texts {
                    vi: row.get("text_vi")?,
                    en: row.get("text_en")?,
                },
                url: row.get("url")?,
                area: row.get("area")?,
            },
            withdrawn: row.get("withdrawn")?,
        })
    }
}

/// Announcements behind `after`, newest first.
pub(crate) fn list(
    db: &Db<'_>,
    sight: Sight,
    after: Option<After>,
    now: i64,
    limit: u32,
) -> Result<Vec<Announcement>, Refusal> {
    let seen = match sight {
        Sight::Public => "withdrawn IS NULL AND at <= ?1 AND (until IS NULL OR until > ?1)",
        Sight::Desk => "?1 = ?1",
    };
    let begin = after.unwrap_or(After {
        at: i64::MAX,
        id: i64::MAX,
    });
    let found = db
        .tx
        .prepare_cached(&format!(
            "SELECT * FROM announcements WHERE {seen} AND (at, id) < (?2, ?3) ORDER BY at DESC, id DESC LIMIT ?4"
        ))?
        .query_map(params![now, begin.at, begin.id, limit], Announcement::read)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// One announcement by id.
pub(crate) fn find(db: &Db<'_>, id: i64) -> Result<Option<Announcement>, Refusal> {
    let found = db
        .tx
        .query_row(
            "SELECT * FROM announcements WHERE id = ?1",
            [id],
            Announcement::read,
        )
        .optional()?;
    Ok(found)
}

/// Stores an announcement; returns its id.
pub(crate) fn insert(db: &Db<'_>, one: &NewAnnouncement) -> Result<i64, Refusal> {
    db.execute(
        "INSERT INTO announcements (at, until, kind, title_vi, title_en, text_vi, text_en, url, area)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            one.at,
            one.until,
            one.kind,
            one.title.vi,
            one.title.en,
            one.text.vi,
            one.text.en,
            one.url,
            one.area
        ],
    )?;
    Ok(db.tx.last_insert_rowid())
}

/// Withdraws an announcement; the first time counts.
pub(crate) fn withdraw(db: &Db<'_>, id: i64, now: i64) -> Result<(), Refusal> {
    db.execute(
        "UPDATE announcements SET withdrawn = ?2 WHERE id = ?1 AND withdrawn IS NULL",
        params![id, now],
    )?;
    Ok(())
}
