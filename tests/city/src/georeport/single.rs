//! `GET requests/{id}.json`: an array of one.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::json;

use crate::app::App;
use crate::extensions::owner;
use crate::georeport::row::row;
use crate::http::answer::{Answer, Outcome, base_url, without_suffix};

/// `GET requests/{id}.json`.
pub(crate) async fn single(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Outcome {
    let id = without_suffix(&file)?.to_owned();
    let base = base_url(&app, &headers);
    let credentials = owner::Credentials::read(&app, &headers)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let (case, reader) = owner::see(db, &id, &credentials.prove(&app, db)?)?;
            Ok(Answer::ok(json!([row(&app, db.tx, &case, reader, &base)?])))
        })
        .await
}
