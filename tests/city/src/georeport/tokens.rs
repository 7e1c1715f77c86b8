//! `GET tokens/{token}.json`: the number behind a token, once there is one.
//!
//! The number comes when an operator takes the case in, or after as many polls as configured: batches of a real
//! city are picked up by time, and a client has to keep asking.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::http::answer::{Answer, Outcome, without_suffix};
use crate::http::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::{Db, public_events};

/// `GET tokens/{token}.json`.
pub(crate) async fn token(State(app): State<Arc<App>>, Path(file): Path<String>) -> Outcome {
    let token = without_suffix(&file)?.to_owned();
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let case = cases::find_by_token(db, &token)?.ok_or_else(|| Refusal::not_found("token"))?;
            let numbered = case.numbered || poll(&app, db, &case)?;
            let entry = if numbered {
                json!({"service_request_id": case.id.to_string(), "token": token})
            } else {
                json!({"token": token})
            };
            Ok(Answer::ok(json!([entry])))
        })
        .await
}

/// Counts a poll; true when this one gets the number.
fn poll(app: &App, db: &Db<'_>, case: &Case) -> Result<bool, Refusal> {
    if case.token_polls >= app.config.token_polls {
        number(db, case, app.now())?;
        return Ok(true);
    }
    cases::set(db, case.id, "token_polls", &(case.token_polls + 1))?;
    Ok(false)
}

/// Gives a batch case its public number.
pub(crate) fn number(db: &Db<'_>, case: &Case, now: i64) -> Result<(), Refusal> {
    if case.token.is_some() && !case.numbered {
        cases::set(db, case.id, "numbered", &true)?;
        cases::touch(db, case.id, now)?;
        public_events::publish(db, case.id)?;
    }
    Ok(())
}
