//! The list of services and the questions of one.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::catalogue::Service;
use crate::http::answer::{Answer, Outcome, without_suffix};
use crate::http::refusal::Refusal;

/// `GET services.json`.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Answer {
    Answer::ok(app.catalogue.services.iter().map(Service::to_json).collect())
}

/// `GET services/{code}.json`; a service without questions has an empty list of them.
pub(crate) async fn definition(State(app): State<Arc<App>>, Path(file): Path<String>) -> Outcome {
    let code = without_suffix(&file)?;
    let service = app
        .catalogue
        .find(code)
        .ok_or_else(|| Refusal::not_found("service_code"))?;
    Ok(Answer::ok(
        json!({"service_code": service.service_code, "attributes": service.attributes}),
    ))
}
