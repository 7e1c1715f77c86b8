//! Push hints: *look*, never what.
//!
//! A registration names the cases it is about (proved by owner secrets, or a session). An event that the owner of one
//! of them may see makes the registration owe a hint, in the transaction of the event; a task of its own sends what is
//! owed, at most one hint in 30 s a registration. A hint that is lost is no loss: phones sync by themselves, too.

mod send;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::app::App;
use crate::desk::Operator;
use crate::extensions::account::caller::Bearer;
use crate::extensions::owner::Secret;
use crate::http::answer::{Answer, Outcome};
use crate::http::body::{self, Fields};
use crate::http::refusal::Refusal;
use crate::store::push::{self, Provider, Registration};
use crate::store::{Db, cases};
use crate::words::Word as _;

pub(crate) use send::Pusher;

/// Bytes of an endpoint (UnifiedPush AND_3.0.0).
const ENDPOINT_MAX: usize = 1000;
/// Most cases of one registration.
const CASES: usize = 100;

/// `POST push/registrations.json`.
pub(crate) async fn register(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let secrets = Secret::read_all(&app, request.headers());
    let bearer = Bearer::read(&app, request.headers());
    let fields = body::read(&app.store.files, request).await?.fields;
    let secrets = secrets?;
    let (provider, endpoint) = target(&fields)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let account = bearer.caller(&app, db)?.account_id().map(str::to_owned);
            let wanted = Registration {
                provider,
                endpoint,
                cases: owned(db, &fields, &secrets)?,
                account,
            };
            if wanted.cases.is_empty() && wanted.account.is_none() {
                return Err(Refusal::field(
                    "service_request_id",
                    "service_request_id with owner secrets is needed, or a session",
                ));
            }
            let (id, known) = push::register(db, &wanted)?;
            let receipt = json!({"registration_id": id});
            Ok(if known {
                Answer::ok(receipt)
            } else {
                Answer::created(receipt)
            })
        })
        .await
}

/// `DELETE push/registrations/{id}.json`. The id is 128 random bits: who has it may end it.
pub(crate) async fn unregister(State(app): State<Arc<App>>, Path(file): Path<String>) -> Outcome {
    let id = crate::http::answer::without_suffix(&file)?.to_owned();
    app.store
        .transact(move |db| {
            push::remove(db, &id)?;
            Ok(Answer::no_content())
        })
        .await
}

/// `GET desk/push.json`: what would have gone to providers that this city does not talk to.
pub(crate) async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Outcome {
    Operator::intake(&app, &headers)?;
    if let Some(pusher) = &app.pusher {
        pusher.turn(&app).await?;
    }
    app.store
        .transact(|db| Ok(Answer::ok(json!({"hints": push::listed(db)?}))))
        .await
}

fn target(fields: &Fields) -> Result<(Provider, String), Refusal> {
    let provider = fields
        .get("provider")
        .and_then(Provider::parse)
        .ok_or_else(|| Refusal::field("provider", format!("provider is one of: {}", Provider::choices())))?;
    let endpoint = fields.get("endpoint").unwrap_or("").trim().to_owned();
    let plain = !endpoint.is_empty()
        && endpoint.len() <= ENDPOINT_MAX
        && endpoint.bytes().all(|byte| byte.is_ascii_graphic());
    let fits = match provider {
        Provider::UnifiedPush => send::is_reachable(&endpoint),
        Provider::Fcm | Provider::Apns => true,
    };
    if plain && fits {
        Ok((provider, endpoint))
    } else {
        Err(Refusal::field(
            "endpoint",
            format!(
                "endpoint has at most {ENDPOINT_MAX} bytes; for unifiedpush an https address, or http on this machine"
            ),
        ))
    }
}

/// The cases named, each of which one of the secrets must open.
fn owned(db: &Db<'_>, fields: &Fields, secrets: &[Secret]) -> Result<Vec<i64>, Refusal> {
    let named: Vec<&str> = fields
        .get("service_request_id")
        .unwrap_or("")
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    if named.len() > CASES || secrets.len() > CASES {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("at most {CASES} cases in one registration"),
        ));
    }
    let mut found = Vec::new();
    for id in named {
        let case = match id.parse() {
            Ok(id) => cases::find(db, id)?,
            Err(_) => None,
        };
        let case = case
            .filter(|case| secrets.iter().any(|secret| secret.opens(case)))
            .ok_or_else(Refusal::not_owner)?;
        found.push(case.id);
    }
    Ok(found)
}
