//! `GET desk/find.json?q=TEXT`: the case that a caller names, by the city's number, by the reference code or a part of
//! it, or by the phone number that was left.
//!
//! A look-up by phone finds people rather than cases: it is the centre's alone, and each case that it turns up gets a
//! line in its audit trail.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{Operator, view};
use crate::app::App;
use crate::cases::code::{self, check_digit_fits};
use crate::cases::phone::e164;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::parse_form;
use crate::http::refusal::{Reason, Refusal};
use crate::store::conditions::Conditions;
use crate::store::{Db, audit, cases};

/// Most cases of an answer.
const FOUND: u32 = 50;
/// Fewest digits of a code that say anything.
const DIGITS: usize = 4;

/// `GET desk/find.json`.
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let said = query.get("q").unwrap_or("").to_owned();
    let digits = spoken_digits(&said);
    let phone = e164(&said).filter(|_| operator == Operator::Intake);
    if digits.is_none() && phone.is_none() {
        return Err(Refusal::field(
            "q",
            "Cần số phản ánh, mã tra cứu hoặc số điện thoại. / q is the city's number, a reference code or 4 digits of it, or a phone number.",
        ));
    }
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let mut found = match &digits {
                Some(digits) => named(db, &operator, digits)?,
                None => Vec::new(),
            };
            if let Some(phone) = &phone {
                let by_phone = left_by(db, phone)?;
                note(&app, db, &operator, &by_phone)?;
                let seen: Vec<_> = found.iter().map(|case| case.id).collect();
                found.extend(by_phone.into_iter().filter(|case| !seen.contains(&case.id)));
            }
            if found.is_empty()
                && digits
                    .as_deref()
                    .is_some_and(|digits| digits.len() == code::LENGTH && !check_digit_fits(digits))
            {
                return Ok(Err(wrong_check_digit()));
            }
            let entries = view::entries(&app, db, &found, &base)?;
            Ok(Ok(Answer::ok(json!({"cases": entries}))))
        })
        .await?
}

/// The digits of a number or a code as it is said: digits with blanks, dots and dashes between. None for anything else.
pub(crate) fn spoken_digits(text: &str) -> Option<String> {
    let is_spoken = text
        .chars()
        .all(|sign| sign.is_ascii_digit() || " -.".contains(sign));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Some(digits).filter(|digits| is_spoken && !digits.is_empty())
}

/// SQL over `cases`: this is its number, or its code, or four and more digits in a row of its code.
pub(crate) fn by_number_or_code(conditions: &mut Conditions, digits: &str) -> String {
    let place = conditions.place(digits.to_owned());
    format!(
        "CAST(cases.id AS TEXT) = {place} OR (length({place}) >= {DIGITS} AND instr(reference_code, {place}) > 0)"
    )
}

/// By number or code: the one of this number first, then newest first.
fn named(db: &Db<'_>, operator: &Operator, digits: &str) -> Result<Vec<cases::Case>, Refusal> {
    let mut conditions = Conditions::default();
    operator.narrow(&mut conditions);
    let condition = by_number_or_code(&mut conditions, digits);
    conditions.and(&condition);
    let number = conditions.place(digits.to_owned());
    let rest = format!(
        "{} ORDER BY CAST(cases.id AS TEXT) = {number} DESC, cases.id DESC LIMIT {FOUND}",
        conditions.sql()
    );
    Ok(cases::select_where(
        db.tx,
        db.publicly,
        &rest,
        &conditions.values(),
    )?)
}

/// The cases that a phone number was left with, newest first.
fn left_by(db: &Db<'_>, phone: &str) -> Result<Vec<cases::Case>, Refusal> {
    let rest = format!(
        "cases.id IN (SELECT case_id FROM contacts WHERE phone_key = ?1) AND identity <> 'none'
         ORDER BY cases.id DESC LIMIT {FOUND}"
    );
    Ok(cases::select_where(db.tx, db.publicly, &rest, &[&phone])?)
}

/// The number itself is not written down.
fn note(app: &App, db: &Db<'_>, operator: &Operator, found: &[cases::Case]) -> Result<(), Refusal> {
    let count = found.len().to_string();
    audit::record(
        db,
        app.now(),
        operator.name(),
        None,
        "find_by_phone",
        Some(&count),
    )?;
    for case in found {
        audit::record(
            db,
            app.now(),
            operator.name(),
            Some(case.id),
            "find_by_phone",
            None,
        )?;
    }
    Ok(())
}

fn wrong_check_digit() -> Refusal {
    Refusal::reason(
        StatusCode::BAD_REQUEST,
        Reason::CheckDigit,
        "Mã tra cứu sai một chữ số hoặc đảo hai chữ số, hãy đọc lại. / A digit of the reference code is wrong, or two are swapped: have it read out again.",
    )
}
