//! Rows of push registrations, and which of them owe a hint.

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::cases::CaseId;
use super::{Db, random_id};
use crate::cases::calendar::format_time;
use crate::cases::vocabulary::Visibility;
use crate::http::refusal::Refusal;
use crate::http::secrets::hex;
use crate::words::{Word as _, words};

words! {
    /// By whom a hint travels.
    pub(crate) enum Provider { UnifiedPush = "unifiedpush", Fcm = "fcm", Apns = "apns" }
}

/// Hints closer than this are one.
pub(crate) const HINTS_APART_S: i64 = 30;
/// Most lines of the list of hints that were not sent.
const LISTED: u32 = 1000;

/// What a phone registers.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) provider: Provider,
    pub(crate) endpoint: String,
    pub(crate) cases: Vec<CaseId>,
    /// All cases of this account, those to come too.
    pub(crate) account: Option<String>,
}

/// A hint to send.
#[derive(Debug, Clone)]
pub(crate) struct Hint {
    pub(crate) registration: String,
    pub(crate) endpoint: String,
}

/// Stores a registration; true when this endpoint was known, whose list is then replaced.
pub(crate) fn register(db: &Db<'_>, wanted: &Registration) -> Result<(String, bool), Refusal> {
    let known: Option<String> = db
        .tx
        .query_row(
            "SELECT id FROM push_registrations WHERE provider = ?1 AND endpoint = ?2",
            params![wanted.provider, wanted.endpoint],
            |row| row.get(0),
        )
        .optional()?;
    let id = match &known {
        Some(id) => {
            db.execute(
                "UPDATE push_registrations SET account_id = ?2 WHERE id = ?1",
                params![id, wanted.account],
            )?;
            id.clone()
        }
        None => {
            let id = random_id()?;
            db.execute(
                "INSERT INTO push_registrations (id, provider, endpoint, account_id) VALUES (?1, ?2, ?3, ?4)",
                params![id, wanted.provider, wanted.endpoint, wanted.account],
            )?;
            id
        }
    };
    db.execute("DELETE FROM push_cases WHERE registration_id = ?1", [&id])?;
    for case in &wanted.cases {
        db.execute(
            "INSERT OR IGNORE INTO push_cases (registration_id, case_id) VALUES (?1, ?2)",
            params![id, case],
        )?;
    }
    Ok((id, known.is_some()))
}

/// Forgets a registration.
pub(crate) fn remove(db: &Db<'_>, id: &str) -> Result<(), Refusal> {
    db.execute("DELETE FROM push_registrations WHERE id = ?1", [id])?;
    Ok(())
}

/// Notes that an event of a case is news: to its owner, and where it is public to those of cases merged into it.
pub(crate) fn owe(db: &Db<'_>, case: CaseId, visibility: Visibility) -> Result<(), Refusal> {
    let news = match visibility {
        Visibility::Internal => return Ok(()),
        Visibility::Owner => "SELECT ?1",
        Visibility::Public => {
            "SELECT ?1 UNION SELECT c.id FROM cases c JOIN news ON c.duplicate_of = news.id"
        }
    };
    db.tx
        .prepare_cached(&format!(
            "WITH RECURSIVE news(id) AS ({news})
             UPDATE push_registrations SET owed = 1
             WHERE id IN (SELECT registration_id FROM push_cases WHERE case_id IN (SELECT id FROM news))
                OR account_id IN (SELECT session_account FROM cases WHERE cases.id IN (SELECT id FROM news))"
        ))?
        .execute([case])?;
    Ok(())
}

/// The hints that are due at `now`, noted as sent: a hint goes at most once. What this city does not send itself is
/// listed instead.
pub(crate) fn take_due(db: &Db<'_>, now: i64) -> Result<Vec<Hint>, Refusal> {
    let due: Vec<(Provider, Hint)> = db
        .tx
        .prepare_cached(
            "SELECT id, provider, endpoint FROM push_registrations
             WHERE owed = 1 AND (hinted IS NULL OR hinted > ?1 OR hinted <= ?1 - ?2) ORDER BY id",
        )?
        .query_map(params![now, HINTS_APART_S], |row| {
            let hint = Hint {
                registration: row.get(0)?,
                endpoint: row.get(2)?,
            };
            Ok((row.get(1)?, hint))
        })?
        .collect::<Result<_, _>>()?;
    let mut to_send = Vec::new();
    for (provider, hint) in due {
        db.execute(
            "UPDATE push_registrations SET owed = 0, hinted = ?2 WHERE id = ?1",
            params![hint.registration, now],
        )?;
        match provider {
            Provider::UnifiedPush => to_send.push(hint),
            Provider::Fcm | Provider::Apns => {
                let named = hex(&Sha256::digest(hint.endpoint.as_bytes()));
                db.execute(
                    "INSERT INTO push_hints (at, provider, endpoint_sha256) VALUES (?1, ?2, ?3)",
                    params![now, provider, named],
                )?;
            }
        }
    }
    Ok(to_send)
}

/// Hints that would have gone elsewhere, oldest first; the newest of them where there are many.
pub(crate) fn listed(db: &Db<'_>) -> Result<Vec<Value>, Refusal> {
    let mut hints: Vec<Value> = db
        .tx
        .prepare_cached(&format!(
            "SELECT at, provider, endpoint_sha256 FROM push_hints ORDER BY id DESC LIMIT {LISTED}"
        ))?
        .query_map([], |row| {
            let provider: Provider = row.get(1)?;
            Ok(json!({
                "at": format_time(row.get(0)?),
                "provider": provider.as_str(),
                "endpoint_sha256": row.get::<_, String>(2)?,
            }))
        })?
        .collect::<Result<_, _>>()?;
    hints.reverse();
    Ok(hints)
}
