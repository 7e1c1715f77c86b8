//! `GET agencies.json`, and `GET requests/{id}/due.json`: who works for the city, and by when a case is due.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::app::App;
use crate::extensions::owner::{self, Credentials};
use crate::http::answer::{Answer, Outcome};
use crate::store::agencies::{self, Agency};
use crate::store::due;

/// `GET agencies.json`: those of other days too.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Outcome {
    app.store
        .transact(|db| {
            let all: Vec<Value> = agencies::list(db)?.iter().map(Agency::to_json).collect();
            Ok(Answer::ok(json!({"agencies": all})))
        })
        .await
}

/// `GET requests/{id}/due.json`.
pub(crate) async fn due(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap) -> Outcome {
    let credentials = Credentials::read(&app, &headers)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let (case, _) = owner::see_timeline(db, &id, &credentials.prove(&app, db)?)?;
            Ok(Answer::ok(due::history(db.tx, &case)?))
        })
        .await
}
