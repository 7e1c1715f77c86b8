//! `GET requests/{id}/events.json?after=SEQ`: the timeline, without what is internal.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use serde_json::json;

use crate::app::App;
use crate::extensions::owner::{self, Credentials};
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::parse_form;
use crate::http::refusal::Refusal;
use crate::store::events;

/// Most events of one answer.
const EVENTS: u16 = 200;

/// `GET requests/{id}/events.json`.
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Outcome {
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let after = match query.get("after") {
        None => 0,
        Some(text) => text
            .parse::<i64>()
            .map_err(|_| Refusal::field("after", "after is a seq, a number"))?,
    };
    let credentials = Credentials::read(&app, &headers)?;
    let base = base_url(&app, &headers);
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let (case, reader) = owner::see_timeline(db, &id, &credentials.prove(&app, db)?)?;
            let mut found = events::list(db.tx, case.id, reader, after, u32::from(EVENTS) + 1)?;
            let more = found.len() > usize::from(EVENTS);
            found.truncate(usize::from(EVENTS));
            let rows: Vec<_> = found.iter().map(|event| event.to_json(reader, &base)).collect();
            Ok(Answer::ok(json!({"events": rows, "more": more})))
        })
        .await
}
