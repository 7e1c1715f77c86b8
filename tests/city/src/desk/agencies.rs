//! `GET` and `POST desk/agencies.json`, and `POST desk/agencies/{id}/end.json`: a reform ends rows and begins others.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use serde::Deserialize;

use super::{Operator, needed, read_json};
use crate::app::App;
use crate::cases::calendar::{day_of, parse_day};
use crate::extensions::agencies as public;
use crate::http::answer::{Answer, Outcome};
use crate::http::refusal::Refusal;
use crate::store::agencies::{self, Agency, AgencyKind, NewAgency};
use crate::store::{Db, audit};
use crate::words::Word as _;

/// Unicode characters of a name.
const NAME_MAX: usize = 200;

#[derive(Debug, Deserialize)]
struct Begun {
    name: String,
    kind: Option<String>,
    parent: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Ended {
    valid_to: String,
}

/// `GET desk/agencies.json`: the same list as the public's, for operators.
pub(crate) async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Outcome {
    Operator::read(&app, &headers)?;
    public::list(State(app)).await
}

/// `POST desk/agencies.json`.
pub(crate) async fn begin(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let operator = Operator::intake(&app, request.headers())?;
    let begun: Begun = read_json(request).await?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let agency = check(db, &begun, &day_of(app.now()))?;
            let id = agencies::insert(db, &agency)?;
            note(&app, db, &operator, "agency_begun", id)?;
            Ok(Answer::created(find(db, id)?.to_json()))
        })
        .await
}

/// `POST desk/agencies/{id}/end.json`.
pub(crate) async fn end(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request) -> Outcome {
    let operator = Operator::intake(&app, request.headers())?;
    let ended: Ended = read_json(request).await?;
    let last = day("valid_to", &ended.valid_to)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let agency = find(db, id.parse().map_err(|_| no_agency())?)?;
            if last < agency.named.valid_from {
                return Err(Refusal::field("valid_to", "valid_to is before valid_from"));
            }
            agencies::end(db, agency.id, &last)?;
            note(&app, db, &operator, "agency_ended", agency.id)?;
            Ok(Answer::ok(find(db, agency.id)?.to_json()))
        })
        .await
}

fn check(db: &Db<'_>, begun: &Begun, today: &str) -> Result<NewAgency, Refusal> {
    let kind = match begun.kind.as_deref() {
        None => AgencyKind::Department,
        Some(word) => AgencyKind::parse(word)
            .ok_or_else(|| Refusal::field("kind", format!("kind is one of: {}", AgencyKind::choices())))?,
    };
    let parent = match begun.parent.as_deref().map(str::parse) {
        None => None,
        Some(Ok(id)) if agencies::find(db, id)?.is_some() => Some(id),
        Some(_) => return Err(Refusal::field("parent", "there is no such agency")),
    };
    let valid_from = match &begun.valid_from {
        None => today.to_owned(),
        Some(text) => day("valid_from", text)?,
    };
    let valid_to = begun
        .valid_to
        .as_deref()
        .map(|text| day("valid_to", text))
        .transpose()?;
    if valid_to.as_ref().is_some_and(|last| *last < valid_from) {
        return Err(Refusal::field("valid_to", "valid_to is before valid_from"));
    }
    Ok(NewAgency {
        name: needed("name", &begun.name, NAME_MAX)?.to_owned(),
        kind,
        parent,
        valid_from,
        valid_to,
    })
}

fn day(field: &str, text: &str) -> Result<String, Refusal> {
    parse_day(text)
        .map(|day| day.to_string())
        .ok_or_else(|| Refusal::field(field, format!("{field} is a day like 2025-07-01")))
}

fn find(db: &Db<'_>, id: i64) -> Result<Agency, Refusal> {
    agencies::find(db, id)?.ok_or_else(no_agency)
}

fn no_agency() -> Refusal {
    Refusal::not_found("agency")
}

fn note(app: &App, db: &Db<'_>, operator: &Operator, action: &str, id: i64) -> Result<(), Refusal> {
    let detail = id.to_string();
    audit::record(db, app.now(), operator.name(), None, action, Some(&detail))
}
