//! One-time codes: six digits, five minutes, five guesses, once.
//!
//! How a code reaches its owner is a city's own affair; this one appends it to `codes.jsonl` in its data folder, for an
//! operator or a test to read out.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use axum::http::StatusCode;
use serde_json::json;

use super::address::{Address, AddressKind};
use super::tokens::TokenKey;
use crate::cases::calendar::format_time;
use crate::http::answer::{Answer, Outcome};
use crate::http::refusal::{Reason, Refusal};
use crate::store::accounts::{self, Challenge};
use crate::store::{Db, random_id};
use crate::words::Word as _;

/// File name of the outbox.
const OUTBOX: &str = "codes.jsonl";
const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
/// How long a code works.
const LIFETIME_S: i64 = 5 * 60;
/// When a citizen may ask for another one, says the answer.
const RESEND_S: i64 = 60;
/// Wrong guesses that a code takes.
const GUESSES: u32 = 5;
/// Codes that one address gets in an hour.
const PER_HOUR: usize = 5;
const HOUR_S: i64 = 60 * 60;

/// Sends a code to an address. The answer is the same whether anybody is known by it.
pub(crate) fn send(db: &Db<'_>, folder: &Path, address: &Address, now: i64) -> Outcome {
    accounts::forget_challenges(db, now.saturating_sub(24 * HOUR_S))?;
    let recent = accounts::begun_since(db, &address.value, now.saturating_sub(HOUR_S))?;
    if let (true, Some(oldest)) = (recent.len() >= PER_HOUR, recent.first()) {
        let wait = u32::try_from(oldest.saturating_add(HOUR_S).saturating_sub(now)).unwrap_or(1);
        let refusal = Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Đã gửi nhiều mã, hãy chờ rồi thử lại. / Too many codes were sent to this address; wait, then try again.",
        );
        return Err(refusal.retry_after(wait.max(1)));
    }
    let code = draw()?;
    let challenge = Challenge {
        id: random_id()?,
        kind: address.kind.as_str().to_owned(),
        address: address.value.clone(),
        code_mac: Vec::new(),
        begun: now,
        wrong: 0,
        used: false,
    };
    let code_mac = TokenKey::of(db)?.code_mac(&challenge.id, &code);
    accounts::insert_challenge(
        db,
        &Challenge {
            code_mac,
            ..challenge.clone()
        },
    )?;
    post(folder, &address.value, &code, now)?;
    Ok(Answer::accepted(json!({
        "challenge": challenge.id,
        "expires_in_s": LIFETIME_S,
        "resend_in_s": RESEND_S,
        "digits": DIGITS,
    })))
}

/// The address that a right code proves. A refusal inside is to be committed: a wrong guess counts.
pub(crate) fn check(
    db: &Db<'_>,
    id: &str,
    code: &str,
    now: i64,
) -> Result<Result<Address, Refusal>, Refusal> {
    let open = accounts::challenge(db, id)?.filter(|challenge| {
        let is_fresh = now.saturating_sub(challenge.begun) < LIFETIME_S;
        !challenge.used && challenge.wrong < GUESSES && is_fresh
    });
    let Some(challenge) = open else {
        return Ok(Err(gone()));
    };
    if !TokenKey::of(db)?.is_code(&challenge.id, code, &challenge.code_mac) {
        accounts::count_wrong(db, id)?;
        let left = GUESSES.saturating_sub(challenge.wrong + 1);
        return Ok(Err(wrong(left)));
    }
    accounts::use_challenge(db, id)?;
    let kind = AddressKind::parse(&challenge.kind).ok_or_else(gone)?;
    Ok(Ok(Address {
        kind,
        value: challenge.address,
    }))
}

/// Six digits, each code equally likely.
fn draw() -> Result<String, Refusal> {
    let fair = u32::MAX - u32::MAX % CODES;
    loop {
        let mut bytes = [0_u8; 4];
        getrandom::fill(&mut bytes)?;
        let number = u32::from_le_bytes(bytes);
        if number < fair {
            return Ok(format!("{:0DIGITS$}", number % CODES));
        }
    }
}

fn post(folder: &Path, to: &str, code: &str, now: i64) -> Result<(), Refusal> {
    let mut open = OpenOptions::new();
    open.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        open.mode(0o600);
    }
    let line = json!({"at": format_time(now), "to": to, "code": code});
    writeln!(open.open(folder.join(OUTBOX))?, "{line}")?;
    Ok(())
}

fn wrong(left: u32) -> Refusal {
    Refusal::reason(
        StatusCode::BAD_REQUEST,
        Reason::WrongCode,
        "Mã không đúng. / The code is wrong.",
    )
    .with("attempts_left", left.into())
}

fn gone() -> Refusal {
    Refusal::reason(
        StatusCode::GONE,
        Reason::ChallengeGone,
        "Mã đã hết hạn hoặc đã dùng, hãy xin mã mới. / The code is over or used; ask for a new one.",
    )
}
