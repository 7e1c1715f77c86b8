//! Rows of accounts, of their sessions, and of the one-time codes that open them.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Db, random_id};
use crate::http::refusal::Refusal;

/// Somebody who signed in once.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// `phone` or `email`.
    pub(crate) kind: String,
    pub(crate) address: String,
    /// Since when it is locked, and the words of the city.
    pub(crate) locked: Option<(i64, String)>,
}

/// A sign-in on one device.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) account_id: String,
    pub(crate) began: i64,
    /// Number of the newest pair of tokens.
    pub(crate) generation: i64,
    /// When the newest pair was made.
    pub(crate) issued: i64,
    pub(crate) ended: Option<i64>,
}

/// A one-time code on its way.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) address: String,
    pub(crate) code_mac: Vec<u8>,
    pub(crate) begun: i64,
    pub(crate) wrong: u32,
    pub(crate) used: bool,
}

/// One account by id.
pub(crate) fn find(db: &Db<'_>, id: &str) -> Result<Option<Account>, Refusal> {
    let read = |row: &Row<'_>| {
        let since: Option<i64> = row.get("locked_at")?;
        let text: Option<String> = row.get("locked_text")?;
        Ok(Account {
            id: row.get("id")?,
            kind: row.get("kind")?,
            address: row.get("address")?,
            locked: since.map(|at| (at, text.unwrap_or_default())),
        })
    };
    let found = db
        .tx
        .prepare_cached("SELECT * FROM accounts WHERE id = ?1")?
        .query_row([id], read)
        .optional()?;
    Ok(found)
}

/// The account of an address, made when it signs in for the first time.
pub(crate) fn of_address(db: &Db<'_>, kind: &str, address: &str, now: i64) -> Result<String, Refusal> {
    db.execute(
        "INSERT INTO accounts (id, kind, address, created) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![random_id()?, kind, address, now],
    )?;
    Ok(db
        .tx
        .query_row("SELECT id FROM accounts WHERE address = ?1", [address], |row| {
            row.get(0)
        })?)
}

/// Locks an account with words for its owner, or unlocks it.
pub(crate) fn set_lock(db: &Db<'_>, id: &str, lock: Option<(i64, &str)>) -> Result<(), Refusal> {
    db.execute(
        "UPDATE accounts SET locked_at = ?2, locked_text = ?3 WHERE id = ?1",
        params![id, lock.map(|(at, _)| at), lock.map(|(_, text)| text)],
    )?;
    Ok(())
}

/// Begins a session with its first pair of tokens.
pub(crate) fn begin_session(db: &Db<'_>, account_id: &str, now: i64) -> Result<Session, Refusal> {
    let session = Session {
        id: random_id()?,
        account_id: account_id.to_owned(),
        began: now,
        generation: 1,
        issued: now,
        ended: None,
    };
    db.execute(
        "INSERT INTO sessions (id, account_id, began, generation, issued) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            session.id,
            session.account_id,
            session.began,
            session.generation,
            session.issued
        ],
    )?;
    Ok(session)
}

/// One session by id.
pub(crate) fn session(db: &Db<'_>, id: &str) -> Result<Option<Session>, Refusal> {
    let read = |row: &Row<'_>| {
        Ok(Session {
            id: row.get("id")?,
            account_id: row.get("account_id")?,
            began: row.get("began")?,
            generation: row.get("generation")?,
            issued: row.get("issued")?,
            ended: row.get("ended")?,
        })
    };
    let found = db
        .tx
        .prepare_cached("SELECT * FROM sessions WHERE id = ?1")?
        .query_row([id], read)
        .optional()?;
    Ok(found)
}

/// The session with the next pair of tokens.
pub(crate) fn renew_session(db: &Db<'_>, session: Session, now: i64) -> Result<Session, Refusal> {
    let renewed = Session {
        generation: session.generation + 1,
        issued: now,
        ..session
    };
    db.execute(
        "UPDATE sessions SET generation = ?2, issued = ?3 WHERE id = ?1",
        params![renewed.id, renewed.generation, renewed.issued],
    )?;
    Ok(renewed)
}

/// Ends a session; the first end counts.
pub(crate) fn end_session(db: &Db<'_>, id: &str, now: i64) -> Result<(), Refusal> {
    db.execute(
        "UPDATE sessions SET ended = ?2 WHERE id = ?1 AND ended IS NULL",
        params![id, now],
    )?;
    Ok(())
}

/// When codes were sent to an address after `since`, oldest first.
pub(crate) fn begun_since(db: &Db<'_>, address: &str, since: i64) -> Result<Vec<i64>, Refusal> {
    let times = db
        .tx
        .prepare_cached("SELECT begun FROM challenges WHERE address = ?1 AND begun > ?2 ORDER BY begun")?
        .query_map(params![address, since], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(times)
}

/// Stores a code on its way.
pub(crate) fn insert_challenge(db: &Db<'_>, challenge: &Challenge) -> Result<(), Refusal> {
    db.execute(
        "INSERT INTO challenges (id, kind, address, code_mac, begun) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            challenge.id,
            challenge.kind,
            challenge.address,
            challenge.code_mac,
            challenge.begun
        ],
    )?;
    Ok(())
}

/// One code by the id of its challenge.
pub(crate) fn challenge(db: &Db<'_>, id: &str) -> Result<Option<Challenge>, Refusal> {
    let read = |row: &Row<'_>| {
        Ok(Challenge {
            id: row.get("id")?,
            kind: row.get("kind")?,
            address: row.get("address")?,
            code_mac: row.get("code_mac")?,
            begun: row.get("begun")?,
            wrong: row.get("wrong")?,
            used: row.get("used")?,
        })
    };
    let found = db
        .tx
        .prepare_cached("SELECT * FROM challenges WHERE id = ?1")?
        .query_row([id], read)
        .optional()?;
    Ok(found)
}

/// Counts a wrong guess.
pub(crate) fn count_wrong(db: &Db<'_>, id: &str) -> Result<(), Refusal> {
    db.execute("UPDATE challenges SET wrong = wrong + 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// A code works once.
pub(crate) fn use_challenge(db: &Db<'_>, id: &str) -> Result<(), Refusal> {
    db.execute("UPDATE challenges SET used = 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// Drops codes of the past, which nothing counts any more.
pub(crate) fn forget_challenges(db: &Db<'_>, before: i64) -> Result<(), Refusal> {
    db.execute("DELETE FROM challenges WHERE begun < ?1", [before])?;
    Ok(())
}
