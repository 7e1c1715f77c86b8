//! Service discovery: where the endpoint is, what it speaks, what it adds.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::json;

use crate::app::App;
use crate::http::answer::{Answer, base_url};

/// `GET discovery.json`.
pub(crate) async fn discovery(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    let mut endpoint = json!({
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": base_url(&app, &headers),
        "changeset": app.catalogue.changeset,
        "type": "test",
        "formats": ["application/json"],
    });
    let mut document = json!({
        "changeset": app.catalogue.changeset,
        "contact": "Người vận hành máy chủ thử này. / Whoever runs this test server.",
        "key_service": if app.config.api_key.is_some() {
            "Hỏi người vận hành để có api_key. / Ask the operator for an api_key."
        } else {
            "Không cần api_key. / No api_key is needed."
        },
    });
    if !app.config.extensions.is_bare() {
        for place in [&mut endpoint, &mut document] {
            if let Some(members) = place.as_object_mut() {
                members.insert(
                    "extensions".into(),
                    app.config.extensions.advertisement(app.config.sign_in),
                );
            }
        }
    }
    if let Some(members) = document.as_object_mut() {
        members.insert("endpoints".into(), json!([endpoint]));
    }
    Answer::ok(document)
}
