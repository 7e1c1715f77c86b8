//! `POST desk/accounts/lock.json` and `unlock.json`: an account that is misused may read and no longer write.

use std::sync::Arc;

use axum::extract::{Request, State};
use serde::Deserialize;
use serde_json::json;

use super::{Operator, needed, read_json};
use crate::app::App;
use crate::cases::calendar::format_time;
use crate::http::answer::{Answer, Outcome};
use crate::http::refusal::Refusal;
use crate::store::{accounts, audit};

/// Unicode characters of the words for the citizen.
const TEXT_MAX: usize = 1000;

#[derive(Debug, Deserialize)]
struct Lock {
    account_id: String,
    text: String,
}

#[derive(Debug, Deserialize)]
struct Unlock {
    account_id: String,
}

/// `POST desk/accounts/lock.json`.
pub(crate) async fn lock(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let operator = Operator::intake(&app, request.headers())?;
    let Lock { account_id, text } = read_json(request).await?;
    let text = needed("text", &text, TEXT_MAX)?.to_owned();
    set(app, operator, account_id, Some(text)).await
}

/// `POST desk/accounts/unlock.json`.
pub(crate) async fn unlock(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let operator = Operator::intake(&app, request.headers())?;
    let Unlock { account_id } = read_json(request).await?;
    set(app, operator, account_id, None).await
}

async fn set(app: Arc<App>, operator: Operator, account_id: String, text: Option<String>) -> Outcome {
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let now = app.now();
            let account = accounts::find(db, &account_id)?.ok_or_else(|| Refusal::not_found("account_id"))?;
            accounts::set_lock(db, &account.id, text.as_deref().map(|text| (now, text)))?;
            let action = if text.is_some() {
                "lock_account"
            } else {
                "unlock_account"
            };
            audit::record(db, now, operator.name(), None, action, Some(&account.id))?;
            let locked = text.map(|text| json!({"at": format_time(now), "text": text}));
            Ok(Answer::ok(json!({"account_id": account.id, "locked": locked})))
        })
        .await
}
