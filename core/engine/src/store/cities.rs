//! Rows of cities and accounts: what this phone knows of each, learnt or given.

use phananh_domain::id::{AccountId, CityId};
use phananh_domain::profile::CityProfile;
use phananh_domain::reason::Reason;
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::row::{ms, time_opt, word_opt};
use crate::error::{Error, Result};

/// Name of the fact by which a copied store is found out; the phone's secrets hold it too.
pub(crate) const EPOCH: &str = "epoch";

/// Why nothing goes to a city or for an account for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) reason: Reason,
    /// A gentle probe may go then; absent = only an act of the citizen ends it.
    pub(crate) until: Option<Timestamp>,
}

/// A city.
#[derive(Debug, Clone)]
pub(crate) struct CityRow {
    pub(crate) id: CityId,
    pub(crate) profile: CityProfile,
    /// Base URL in use; empty where the app still has to ask for one.
    pub(crate) endpoint: String,
    /// The discovery document as last read (JSON), absent before the first contact.
    pub(crate) discovery: Option<String>,
    pub(crate) discovered_at: Option<Timestamp>,
    pub(crate) pause: Option<Pause>,
    /// City-wide failures in a row: state of the breaker.
    pub(crate) failures: u32,
    /// Server clock minus phone clock.
    pub(crate) skew_ms: i64,
    /// Longest time after which a plain list showed a new report of ours; absent before it ever did.
    pub(crate) listed_within_ms: Option<i64>,
    /// A new report of ours was once listed late or never: its lists prove nothing any more.
    pub(crate) ever_late: bool,
    pub(crate) changes_cursor: Option<String>,
}

/// Stores a city under the name of its profile, keeping what was learnt about it while the endpoint stays the same.
pub(crate) fn put_profile(tx: &Transaction<'_>, profile: &CityProfile, endpoint: &str) -> Result<CityId> {
    let text = serde_json::to_string(profile).map_err(|_| Error::Damaged { table: "city" })?;
    let id = CityId::new(profile.name.clone());
    // Another key may open what the old one did not; whoever was turned away with the old one tries anew.
    if find(tx, &id)?.is_some_and(|known| known.profile.api_key != profile.api_key) {
        tx.prepare_cached("UPDATE city SET paused_reason = NULL, paused_until = NULL WHERE id = ?1")?
            .execute([id.as_str()])?;
        tx.prepare_cached(
            "UPDATE account SET paused_reason = NULL, paused_detail = NULL WHERE city_id = ?1",
        )?
        .execute([id.as_str()])?;
    }
    tx.prepare_cached(
        "INSERT INTO city (id, profile, endpoint) VALUES (:id, :profile, :endpoint)
         ON CONFLICT (id) DO UPDATE SET
            discovery = CASE WHEN endpoint = excluded.endpoint THEN discovery END,
            discovered_at = CASE WHEN endpoint = excluded.endpoint THEN discovered_at END,
            changes_cursor = CASE WHEN endpoint = excluded.endpoint THEN changes_cursor END,
            paused_reason = CASE WHEN endpoint = excluded.endpoint THEN paused_reason END,
            paused_until = CASE WHEN endpoint = excluded.endpoint THEN paused_until END,
            failures = CASE WHEN endpoint = excluded.endpoint THEN failures ELSE 0 END,
            skew_ms = CASE WHEN endpoint = excluded.endpoint THEN skew_ms ELSE 0 END,
            listed_within_ms = CASE WHEN endpoint = excluded.endpoint THEN listed_within_ms END,
            ever_late = CASE WHEN endpoint = excluded.endpoint THEN ever_late ELSE 0 END,
            profile = excluded.profile, endpoint = excluded.endpoint",
    )?
    .execute(named_params! { ":id": profile.name, ":profile": text, ":endpoint": endpoint })?;
    Ok(id)
}

/// Writes what was learnt about a city.
pub(crate) fn update(tx: &Transaction<'_>, city: &CityRow) -> Result<()> {
    tx.prepare_cached(
        "UPDATE city SET discovery = :discovery, discovered_at = :discovered, paused_reason = :reason, paused_until = :until,
            failures = :failures, skew_ms = :skew, listed_within_ms = :listed, ever_late = :late, changes_cursor = :cursor
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": city.id.as_str(), ":discovery": city.discovery, ":discovered": ms(city.discovered_at),
        ":reason": city.pause.map(|p| p.reason.as_str()), ":until": city.pause.and_then(|p| ms(p.until)),
        ":failures": city.failures, ":skew": city.skew_ms, ":listed": city.listed_within_ms, ":late": city.ever_late,
        ":cursor": city.changes_cursor,
    })?;
    Ok(())
}

pub(crate) fn get(conn: &Connection, id: &CityId) -> Result<CityRow> {
    find(conn, id)?.ok_or(Error::NotFound { what: "city" })
}

pub(crate) fn find(conn: &Connection, id: &CityId) -> Result<Option<CityRow>> {
    conn.prepare_cached("SELECT * FROM city WHERE id = ?1")?
        .query_row([id.as_str()], |row| Ok(full(row)))
        .optional()?
        .transpose()
}

/// Every city of this store.
pub(crate) fn all(conn: &Connection) -> Result<Vec<CityRow>> {
    conn.prepare_cached("SELECT * FROM city ORDER BY id")?
        .query_map([], |row| Ok(full(row)))?
        .collect::<rusqlite::Result<Vec<_>>>()?
        .into_iter()
        .collect()
}

/// Makes sure that an account exists.
pub(crate) fn ensure_account(tx: &Transaction<'_>, city: &CityId, account: &AccountId) -> Result<()> {
    tx.prepare_cached("INSERT INTO account (id, city_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute([account.as_str(), city.as_str()])?;
    Ok(())
}

/// Accounts of a city that this phone knows.
pub(crate) fn accounts(conn: &Connection, city: &CityId) -> Result<Vec<AccountId>> {
    let rows = conn
        .prepare_cached("SELECT id FROM account WHERE city_id = ?1 ORDER BY id")?
        .query_map([city.as_str()], |row| {
            Ok(AccountId::new(row.get::<_, String>(0)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows)
}

/// Why an account is paused.
pub(crate) fn account_pause(conn: &Connection, city: &CityId, account: &AccountId) -> Result<Option<Reason>> {
    Ok(conn
        .prepare_cached("SELECT paused_reason FROM account WHERE city_id = ?1 AND id = ?2")?
        .query_row([city.as_str(), account.as_str()], |row| {
            word_opt(row, "paused_reason")
        })
        .optional()?
        .flatten())
}

/// Pauses an account, or lets it go on.
pub(crate) fn set_account_pause(
    tx: &Transaction<'_>,
    city: &CityId,
    account: &AccountId,
    reason: Option<Reason>,
) -> Result<()> {
    tx.prepare_cached("UPDATE account SET paused_reason = ?3 WHERE city_id = ?1 AND id = ?2")?
        .execute((city.as_str(), account.as_str(), reason.map(Reason::as_str)))?;
    Ok(())
}

/// A small fact about the whole store, by name.
pub(crate) fn meta(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

/// Writes a small fact about the whole store.
pub(crate) fn set_meta(tx: &Transaction<'_>, name: &str, value: &str) -> Result<()> {
    tx.prepare_cached("INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?
        .execute([name, value])?;
    Ok(())
}

fn full(row: &Row<'_>) -> Result<CityRow> {
    let profile: String = row.get("profile")?;
    let reason: Option<Reason> = word_opt(row, "paused_reason")?;
    let until = time_opt(row, "paused_until")?;
    Ok(CityRow {
        id: CityId::new(row.get::<_, String>("id")?),
        profile: serde_json::from_str(&profile).map_err(|_| Error::Damaged { table: "city" })?,
        endpoint: row.get("endpoint")?,
        discovery: row.get("discovery")?,
        discovered_at: time_opt(row, "discovered_at")?,
        pause: reason.map(|reason| Pause { reason, until }),
        failures: row.get("failures")?,
        skew_ms: row.get("skew_ms")?,
        listed_within_ms: row.get("listed_within_ms")?,
        ever_late: row.get("ever_late")?,
        changes_cursor: row.get("changes_cursor")?,
    })
}
