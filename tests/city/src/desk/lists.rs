//! Reading at the desk: the list, one case, its audit trail.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use serde_json::json;

use super::{Operator, find, view};
use crate::app::App;
use crate::cases::state::State as CaseState;
use crate::http::answer::{Answer, Outcome, base_url, without_suffix};
use crate::http::body::{Fields, parse_form};
use crate::http::refusal::Refusal;
use crate::store::conditions::Conditions;
use crate::store::{audit, cases};
use crate::words::Word as _;

/// Cases of one page, unless asked for fewer or more.
const PAGE: u32 = 50;
/// Most cases of one page.
const PAGE_MAX: u32 = 200;

/// `GET desk/cases.json?state=S&q=TEXT&after=ID&limit=N`, oldest first.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let (conditions, limit) = read_query(&operator, &query)?;
    let searched = query.get("q").is_some();
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let rest = format!("{} ORDER BY cases.id LIMIT {}", conditions.sql(), limit + 1);
            let mut found = cases::select_where(db.tx, db.publicly, &rest, &conditions.values())?;
            let page = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = found.len() > page;
            found.truncate(page);
            if searched && operator == Operator::Intake {
                // A search may run over phone numbers; what was searched is not written down.
                audit::record(
                    db,
                    app.now(),
                    operator.name(),
                    None,
                    "search",
                    Some(&found.len().to_string()),
                )?;
            }
            let next = found.last().filter(|_| more).map(|case| case.id.to_string());
            let entries = view::entries(&app, db, &found, &base)?;
            Ok(Answer::ok(json!({"cases": entries, "next": next})))
        })
        .await
}

fn read_query(operator: &Operator, query: &Fields) -> Result<(Conditions, u32), Refusal> {
    let mut conditions = Conditions::default();
    if let Some(state) = query.get("state") {
        let state = CaseState::parse(state)
            .ok_or_else(|| Refusal::field("state", format!("state is one of: {}", CaseState::choices())))?;
        conditions.and_value("state = {}", state);
    }
    if let Some(after) = query.get("after") {
        let after: i64 = after
            .parse()
            .map_err(|_| Refusal::field("after", "after is a case number"))?;
        conditions.and_value("cases.id > {}", after);
    }
    operator.narrow(&mut conditions);
    if let Some(text) = query.get("q") {
        search(&mut conditions, operator, text);
    }
    let limit = match query.get("limit") {
        None => PAGE,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::field("limit", "limit is a number"))?,
    };
    Ok((conditions, limit.clamp(1, PAGE_MAX)))
}

/// Words of the report or of its place; the centre also by phone; digits also by number and reference code.
fn search(conditions: &mut Conditions, operator: &Operator, text: &str) {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = conditions.place(format!("%{escaped}%"));
    let mut any: Vec<String> = ["description", "title", "address", "place_words"]
        .iter()
        .map(|column| format!("{column} LIKE {like} ESCAPE '\\'"))
        .collect();
    if *operator == Operator::Intake {
        any.push(format!(
            "EXISTS (SELECT 1 FROM contacts WHERE contacts.case_id = cases.id AND phone LIKE {like} ESCAPE '\\')"
        ));
    }
    if let Some(digits) = find::spoken_digits(text) {
        any.push(find::by_number_or_code(conditions, &digits));
    }
    conditions.and(&any.join(" OR "));
}

/// `GET desk/cases/{id}.json`.
pub(crate) async fn single(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    let id = without_suffix(&file)?.to_owned();
    let base = base_url(&app, &headers);
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let case = operator.case(db, &id)?;
            Ok(Answer::ok(view::whole(&app, db, &operator, &case, &base)?))
        })
        .await
}

/// `GET desk/cases/{id}/audit.json`, for the intake centre.
pub(crate) async fn audit(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome {
    let operator = Operator::intake(&app, &headers)?;
    app.store
        .transact(move |db| {
            let case = operator.case(db, &id)?;
            Ok(Answer::ok(json!({"audit": audit::of_case(db, case.id)?})))
        })
        .await
}
