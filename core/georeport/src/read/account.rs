//! Answers of the extension `account`.

use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{count, text, time};
use crate::time::{WireTime, ZoneOffset};
use crate::tree::{member, one, parse, success};

/// A code is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireChallenge {
    /// Names it when the code is given back.
    pub challenge: String,
    /// Seconds for which the code works.
    pub expires_in_s: u64,
    /// Seconds after which another may be asked for.
    pub resend_in_s: u64,
    /// Digits of a code.
    pub digits: Option<u64>,
}

/// Somebody is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct WireSession {
    /// The city's name of the account.
    pub account_id: Option<String>,
    /// Bearer token.
    pub access_token: String,
    /// Seconds for which it works.
    pub expires_in_s: u64,
    /// For the next pair; used once.
    pub refresh_token: String,
    /// When the whole session ends.
    pub ends_at: Option<WireTime>,
}

/// An account, as the city shows it to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireAccount {
    /// `phone` or `email`, as written.
    pub by: Option<String>,
    /// Where codes go, as far as shown.
    pub masked: Option<String>,
    /// Why it is locked, where it is; empty where the city does not say.
    pub locked: Option<String>,
}

/// Reads the answer to `POST account/start.json`.
///
/// # Errors
/// Any [`ReadError`]; 429 where too many codes were asked for.
pub fn challenge(answer: &Answer<'_>) -> Result<WireChallenge, ReadError> {
    let tree = success(answer)?;
    let body = one(&tree, &[], "a challenge")?;
    Ok(WireChallenge {
        challenge: text(body, "challenge").ok_or(ReadError::Malformed { what: "a challenge" })?,
        expires_in_s: count(body, "expires_in_s").unwrap_or(300),
        resend_in_s: count(body, "resend_in_s").unwrap_or(60),
        digits: count(body, "digits"),
    })
}

/// Reads a session. One without both tokens is none.
///
/// # Errors
/// Any [`ReadError`]; 400 with the reason `wrong_code`, 410 `challenge_gone`, 401 `session_over`.
pub fn session(answer: &Answer<'_>, zone: ZoneOffset) -> Result<WireSession, ReadError> {
    let tree = success(answer)?;
    let none = ReadError::Malformed { what: "a session" };
    let body = one(&tree, &[], "a session")?;
    let (Some(access_token), Some(refresh_token)) = (text(body, "access_token"), text(body, "refresh_token"))
    else {
        return Err(none);
    };
    Ok(WireSession {
        account_id: text(body, "account_id"),
        access_token,
        expires_in_s: count(body, "expires_in_s").unwrap_or(0),
        refresh_token,
        ends_at: time(body, "session_expires_at", zone),
    })
}

/// Reads `GET account.json`.
///
/// # Errors
/// Any [`ReadError`]; 401 `session_over`.
pub fn account(answer: &Answer<'_>) -> Result<WireAccount, ReadError> {
    let tree = success(answer)?;
    let body = one(&tree, &[], "an account")?;
    let locked = member(body, "locked").filter(|locked| locked.as_bool() != Some(false));
    Ok(WireAccount {
        by: text(body, "by"),
        masked: text(body, "masked"),
        locked: locked.map(|locked| text(locked, "text").unwrap_or_default()),
    })
}

/// How many guesses are left, where a refusal of a code says so.
#[must_use]
pub fn attempts_left(answer: &Answer<'_>) -> Option<u64> {
    let tree = parse(answer.body).ok()?;
    count(one(&tree, &["errors"], "an error").ok()?, "attempts_left")
}
