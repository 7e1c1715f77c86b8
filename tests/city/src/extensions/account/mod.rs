//! Signing in with a phone number or an e-mail address, without a password.
//!
//! `start` sends a one-time code, `verify` turns it into a session, `refresh` renews its tokens, `sign-out` ends it.
//! What guards it: a code lives five minutes, takes five guesses and works once; an address gets five codes an hour;
//! codes and tokens are compared in constant time and none of them is stored or logged, only HMACs and numbers are; and
//! no answer says whether an account exists. Refusals that count something (a wrong guess, an old refresh token) are
//! committed before they are told.

pub(crate) mod address;
pub(crate) mod caller;
pub(crate) mod codes;
pub(crate) mod tokens;

use std::sync::Arc;

use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::format_time;
use crate::extensions::account::address::Address;
use crate::extensions::account::caller::Bearer;
use crate::extensions::account::tokens::TokenKey;
use crate::georeport::row::row;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::{self, Fields, parse_form};
use crate::http::refusal::{Reason, Refusal};
use crate::store::accounts::{self, Session};
use crate::store::events::Reader;
use crate::store::{Db, cases};
use crate::words::Word as _;

/// A session ends so long after it began, whatever is refreshed.
pub(crate) const SESSION_DAYS: i64 = 90;
const SESSION_S: i64 = SESSION_DAYS * 24 * 60 * 60;
/// How long an access token works.
const ACCESS_S: i64 = 60 * 60;
/// How long the refresh token before the last still answers with the same pair: its answer may have been lost.
const REPLAY_S: i64 = 60;
/// Most cases of one answer.
const CASES: u32 = 100;

/// `POST account/start.json`.
pub(crate) async fn start(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let fields = body::read(&app.store.files, request).await?.fields;
    let address = Address::read(&fields)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| codes::send(db, &app.config.data_dir, &address, app.now()))
        .await
}

/// `POST account/verify.json`.
pub(crate) async fn verify(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let fields = body::read(&app.store.files, request).await?.fields;
    let challenge = needed(&fields, "challenge")?;
    let code: String = needed(&fields, "code")?.split_whitespace().collect();
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let now = app.now();
            let address = match codes::check(db, &challenge, &code, now)? {
                Ok(address) => address,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let account_id = accounts::of_address(db, address.kind.as_str(), &address.value, now)?;
            let session = accounts::begin_session(db, &account_id, now)?;
            Ok(Ok(Answer::ok(pair(db, &session, now)?)))
        })
        .await?
}

/// `POST account/refresh.json`.
pub(crate) async fn refresh(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let fields = body::read(&app.store.files, request).await?.fields;
    let token = needed(&fields, "refresh_token")?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let now = app.now();
            let key = TokenKey::of(db)?;
            let Some((id, generation)) = key.read_refresh(&token) else {
                return Ok(Err(session_over()));
            };
            let Some(session) = accounts::session(db, &id)?.filter(|session| is_alive(session, now)) else {
                return Ok(Err(session_over()));
            };
            let is_newest = generation == session.generation;
            let is_replay = generation + 1 == session.generation && now - session.issued <= REPLAY_S;
            if is_newest {
                let renewed = accounts::renew_session(db, session, now)?;
                Ok(Ok(Answer::ok(pair(db, &renewed, now)?)))
            } else if is_replay {
                Ok(Ok(Answer::ok(pair(db, &session, now)?)))
            } else {
                // A used refresh token again is a copied one: its session ends (RFC 9700, 4.14.2).
                accounts::end_session(db, &session.id, now)?;
                Ok(Err(session_over()))
            }
        })
        .await?
}

/// `POST account/sign-out.json`, also of a session that is over already.
pub(crate) async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Outcome {
    let bearer = Bearer::read(&app, &headers);
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            if let Some(session) = bearer.session_of(db)? {
                accounts::end_session(db, &session.id, app.now())?;
            }
            Ok(Answer::no_content())
        })
        .await
}

/// `GET account.json`.
pub(crate) async fn account(State(app): State<Arc<App>>, headers: HeaderMap) -> Outcome {
    let bearer = Bearer::read(&app, &headers);
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let account = bearer.caller(&app, db)?.account().ok_or_else(sign_in)?;
            let locked = account
                .locked
                .as_ref()
                .map(|(at, text)| json!({"at": format_time(*at), "text": text}));
            Ok(Answer::ok(json!({
                "account_id": account.id,
                "by": account.kind,
                "masked": Address::masked(&account.kind, &account.address),
                "locked": locked,
            })))
        })
        .await
}

/// `GET account/requests.json?after=ID`: the account's own cases, oldest first.
pub(crate) async fn requests(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let bearer = Bearer::read(&app, &headers);
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let after: i64 = match query.get("after") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::field("after", "after is a service_request_id"))?,
    };
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let account = bearer.caller(&app, db)?.account().ok_or_else(sign_in)?;
            let rest = format!(
                "session_account = ?1 AND numbered = 1 AND cases.id > ?2 ORDER BY cases.id LIMIT {CASES}"
            );
            let found = cases::select_where(db.tx, db.publicly, &rest, &[&account.id, &after])?;
            let rows: Vec<_> = found
                .iter()
                .map(|case| row(&app, db.tx, case, Reader::Owner, &base))
                .collect::<Result<_, _>>()?;
            Ok(Answer::ok(rows.into()))
        })
        .await
}

fn needed(fields: &Fields, name: &str) -> Result<String, Refusal> {
    let text = fields.get(name).map(str::to_owned);
    text.ok_or_else(|| Refusal::field(name, format!("{name} is needed")))
}

fn end_of(session: &Session) -> i64 {
    session.began.saturating_add(SESSION_S)
}

/// Whether a session is neither ended nor 90 days old.
pub(crate) fn is_alive(session: &Session, now: i64) -> bool {
    session.ended.is_none() && now < end_of(session)
}

/// The newest pair of a session: the same each time it is asked for.
fn pair(db: &Db<'_>, session: &Session, now: i64) -> Result<Value, Refusal> {
    let key = TokenKey::of(db)?;
    let expires = session.issued.saturating_add(ACCESS_S).min(end_of(session));
    Ok(json!({
        "account_id": session.account_id,
        "access_token": key.access(&session.id, session.generation, expires),
        "expires_in_s": expires.saturating_sub(now).max(0),
        "refresh_token": key.refresh(&session.id, session.generation),
        "session_expires_at": format_time(end_of(session)),
    }))
}

/// 401: the token is over or unknown.
pub(crate) fn session_over() -> Refusal {
    Refusal::reason(
        StatusCode::UNAUTHORIZED,
        Reason::SessionOver,
        "Phiên đăng nhập đã hết, hãy đăng nhập lại. / The session is over; sign in again.",
    )
}

/// 401: this needs a session.
pub(crate) fn sign_in() -> Refusal {
    Refusal::reason(
        StatusCode::UNAUTHORIZED,
        Reason::SignIn,
        "Cần đăng nhập. / Sign in first.",
    )
}
