//! `GET feed.json` and `GET feed/events.json`: public cases, and public events in the order in which they became so.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::format_time;
use crate::cases::state::State as CaseState;
use crate::georeport::lists::listed_until;
use crate::georeport::row::row;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::{Fields, parse_form};
use crate::http::paging::{self, After};
use crate::http::refusal::Refusal;
use crate::store::conditions::Conditions;
use crate::store::events::Reader;
use crate::store::public_events::{self, Numbered};
use crate::store::{Db, cases};
use crate::words::Word as _;

/// Most events of one answer, and the usual number.
const EVENTS: u32 = 1000;

/// `GET feed.json?after=CURSOR&limit=N&service_code=C&state=S`, newest first by the time of filing.
pub(crate) async fn cases(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let (conditions, limit) = read(&app, &query)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let rest = format!(
                "{} AND {} ORDER BY requested DESC, cases.id DESC LIMIT {}",
                db.publicly,
                conditions.sql(),
                limit.saturating_add(1)
            );
            let mut found = cases::select_where(db.tx, db.publicly, &rest, &conditions.values())?;
            let more = paging::cut(&mut found, limit);
            let next = found.last().filter(|_| more).map(|last| {
                let (at, id) = (last.requested, last.id);
                After { at, id }.to_text()
            });
            let rows: Vec<Value> = found
                .iter()
                .map(|case| row(&app, db.tx, case, Reader::Public, &base).map(Value::from))
                .collect::<Result<_, _>>()?;
            Ok(Answer::ok(json!({"cases": rows, "next": next})))
        })
        .await
}

fn read(app: &App, query: &Fields) -> Result<(Conditions, u32), Refusal> {
    let mut conditions = Conditions::default();
    conditions.and_value("requested <= {}", listed_until(app));
    if let Some(After { at, id }) = After::read(query)? {
        let (at, id) = (conditions.place(at), conditions.place(id));
        conditions.and(&format!("(requested, cases.id) < ({at}, {id})"));
    }
    if let Some(code) = query.get("service_code") {
        conditions.and_value("service_code = {}", code.to_owned());
    }
    if let Some(state) = query.get("state") {
        let state = CaseState::parse(state)
            .ok_or_else(|| Refusal::field("state", format!("state is one of: {}", CaseState::choices())))?;
        conditions.and_value("state = {}", state);
    }
    Ok((conditions, paging::limit(query)?))
}

/// `GET feed/events.json?after=N&limit=M`.
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let after: i64 = match query.get("after") {
        None => 0,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::field("after", "after is a number n of an event"))?,
    };
    let limit = paging::limit_up_to(&query, EVENTS, EVENTS)?;
    app.store
        .transact(move |db: &Db<'_>| {
            let found = public_events::list(db, after, limit)?;
            let next = found.last().map_or(after, |last| last.n);
            let events: Vec<Value> = found.iter().map(|one| to_json(one, &base)).collect();
            Ok(Answer::ok(json!({"events": events, "next": next})))
        })
        .await
}

fn to_json(one: &Numbered, base: &str) -> Value {
    let mut entry = one.event.to_json(Reader::Public, base);
    if let Some(members) = entry.as_object_mut() {
        members.insert("n".into(), json!(one.n));
        members.insert("service_request_id".into(), json!(one.case.to_string()));
        members.insert("service_code".into(), json!(one.service_code));
        members.insert("requested_datetime".into(), json!(format_time(one.requested)));
    }
    entry
}
