//! Rows of agencies: who may be given a case, and from when until when.
//!
//! A row is valid from its first day to its last, both inclusive, in the city's zone. Names may come again after a
//! reform, so two rows may have one name, but never on the same day: a name and a day say which row is meant.

use rusqlite::{OptionalExtension as _, Row, params};
use serde_json::{Value, json};

use super::Db;
use super::cases::CaseId;
use crate::http::refusal::{Reason, Refusal};
use crate::words::{Word as _, words};

words! {
    /// What an agency is.
    pub(crate) enum AgencyKind {
        Department = "department",
        Ward = "ward",
        Company = "company",
        Centre = "centre",
    }
}

/// One agency as stored; days like `2025-07-01`.
#[derive(Debug, Clone)]
pub(crate) struct Agency {
    pub(crate) id: i64,
    pub(crate) named: NewAgency,
}

/// An agency about to be one.
#[derive(Debug, Clone)]
pub(crate) struct NewAgency {
    pub(crate) name: String,
    pub(crate) kind: AgencyKind,
    pub(crate) parent: Option<i64>,
    pub(crate) valid_from: String,
    pub(crate) valid_to: Option<String>,
}

impl Agency {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            named: NewAgency {
                name: row.get("name")?,
                kind: row.get("kind")?,
                parent: row.get("parent_id")?,
                valid_from: row.get("valid_from")?,
                valid_to: row.get("valid_to")?,
            },
        })
    }

    /// The entry of `agencies.json`.
    pub(crate) fn to_json(&self) -> Value {
        let agency = &self.named;
        json!({
            "id": self.id.to_string(),
            "name": agency.name,
            "kind": agency.kind.as_str(),
            "parent": agency.parent.map(|id| id.to_string()),
            "valid_from": agency.valid_from,
            "valid_to": agency.valid_to,
        })
    }
}

/// All agencies, those of other days too, oldest first.
pub(crate) fn list(db: &Db<'_>) -> Result<Vec<Agency>, Refusal> {
    let agencies = db
        .tx
        .prepare_cached("SELECT * FROM agencies ORDER BY id")?
        .query_map([], Agency::read)?
        .collect::<Result<_, _>>()?;
    Ok(agencies)
}

/// One agency by id.
pub(crate) fn find(db: &Db<'_>, id: i64) -> Result<Option<Agency>, Refusal> {
    let agency = db
        .tx
        .prepare_cached("SELECT * FROM agencies WHERE id = ?1")?
        .query_row([id], Agency::read)
        .optional()?;
    Ok(agency)
}

/// The row that may be given a case on `today`. A name that was never heard of begins today; one that is known on
/// other days only is refused.
pub(crate) fn to_work(db: &Db<'_>, name: &str, today: &str) -> Result<i64, Refusal> {
    let name = name.trim();
    let valid = db
        .tx
        .prepare_cached(
            "SELECT id FROM agencies WHERE name = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to >= ?2)",
        )?
        .query_row(params![name, today], |row| row.get(0))
        .optional()?;
    if let Some(id) = valid {
        return Ok(id);
    }
    let known: bool = db.tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM agencies WHERE name = ?1)",
        [name],
        |row| row.get(0),
    )?;
    if known {
        return Err(Refusal::reason(
            axum::http::StatusCode::CONFLICT,
            Reason::AgencyNotValid,
            "Cơ quan này không còn hoạt động hoặc chưa bắt đầu, hãy chọn cơ quan khác. / This agency is not valid today; choose another one.",
        ));
    }
    insert(
        db,
        &NewAgency {
            name: name.to_owned(),
            kind: AgencyKind::Department,
            parent: None,
            valid_from: today.to_owned(),
            valid_to: None,
        },
    )
}

/// Begins an agency. Two rows of one name must not share a day.
pub(crate) fn insert(db: &Db<'_>, agency: &NewAgency) -> Result<i64, Refusal> {
    let overlaps: bool = db.tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM agencies WHERE name = ?1
                        AND (?3 IS NULL OR valid_from <= ?3) AND (valid_to IS NULL OR valid_to >= ?2))",
        params![agency.name, agency.valid_from, agency.valid_to],
        |row| row.get(0),
    )?;
    if overlaps {
        return Err(Refusal::field(
            "name",
            "an agency of this name is valid on some of these days; end that one first",
        ));
    }
    db.execute(
        "INSERT INTO agencies (name, kind, parent_id, valid_from, valid_to) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            agency.name,
            agency.kind,
            agency.parent,
            agency.valid_from,
            agency.valid_to
        ],
    )?;
    Ok(db.tx.last_insert_rowid())
}

/// Sets the last day of an agency.
pub(crate) fn end(db: &Db<'_>, id: i64, valid_to: &str) -> Result<(), Refusal> {
    db.execute(
        "UPDATE agencies SET valid_to = ?2 WHERE id = ?1",
        params![id, valid_to],
    )?;
    Ok(())
}

/// Replaces the agencies that help with a case.
pub(crate) fn set_helping(db: &Db<'_>, case: CaseId, names: &[String], today: &str) -> Result<(), Refusal> {
    db.execute("DELETE FROM co_agencies WHERE case_id = ?1", [case])?;
    for name in names {
        let agency = to_work(db, name, today)?;
        db.execute(
            "INSERT OR IGNORE INTO co_agencies (case_id, agency_id) VALUES (?1, ?2)",
            params![case, agency],
        )?;
    }
    Ok(())
}

/// The agencies that help with a case, by name.
pub(crate) fn helping(connection: &rusqlite::Connection, case: CaseId) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT name FROM co_agencies JOIN agencies ON id = agency_id WHERE case_id = ?1 ORDER BY name",
        )?
        .query_map([case], |row| row.get(0))?
        .collect()
}
