//! `POST desk/cases/{id}/actions.json`: what operators do with a case.
//!
//! Every action is one step of the case machine, one event on the timeline and one line in the audit trail, in
//! one transaction. JSON, or multipart with the JSON in a part `action` and pictures in parts `media`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use rusqlite::types::Null;
use serde::Deserialize;

use super::{Operator, view};
use crate::app::App;
use crate::cases::calendar::parse_time;
use crate::cases::state::{Next, State as CaseState, Step, next};
use crate::cases::vocabulary::{Outcome as CaseOutcome, Track, Visibility};
use crate::georeport::tokens;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body;
use crate::http::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::events::{self, NewEvent};
use crate::store::files::Upload;
use crate::store::{Db, audit};
use crate::words::Word;

/// Largest JSON of an action, in bytes.
const JSON_LIMIT: usize = 64 * 1024;

/// An action as it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Action {
    Receive,
    Verify {
        service: Option<String>,
    },
    Assign {
        agency: String,
        co: Option<OneOrMany>,
        track: Option<String>,
        due: Option<String>,
    },
    Start,
    Ask {
        text: String,
    },
    Extend {
        due: String,
        reason: String,
    },
    Resolve {
        outcome: String,
        text: String,
    },
    Reject {
        reason: String,
    },
    Transfer {
        agency: String,
    },
    Merge {
        into: String,
    },
    Close,
    Note {
        text: String,
    },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Many(names) => names,
        }
    }
}

impl Action {
    fn step(&self) -> Step {
        match self {
            Self::Receive => Step::Receive,
            Self::Verify { .. } => Step::Verify,
            Self::Assign { .. } => Step::Assign,
            Self::Start => Step::Start,
            Self::Ask { .. } => Step::Ask,
            Self::Extend { .. } => Step::Extend,
            Self::Resolve { .. } => Step::Resolve,
            Self::Reject { .. } => Step::Reject,
            Self::Transfer { .. } => Step::Transfer,
            Self::Merge { .. } => Step::Merge,
            Self::Close => Step::Close,
            Self::Note { .. } => Step::Note,
        }
    }

    /// Whether whoever handles a case may do it; the rest is the centre's.
    fn is_for_agencies(&self) -> bool {
        matches!(
            self,
            Self::Start | Self::Ask { .. } | Self::Extend { .. } | Self::Resolve { .. } | Self::Note { .. }
        )
    }
}

/// `POST desk/cases/{id}/actions.json`.
pub(crate) async fn act(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request) -> Outcome {
    let operator = Operator::read(&app, request.headers());
    let base = base_url(&app, request.headers());
    let read = read(&app, request).await;
    let operator = operator?;
    let (action, media) = read?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let case = operator.case(db, &id)?;
            if operator != Operator::Intake && !action.is_for_agencies() {
                return Err(Operator::wrong_role());
            }
            take(&app, db, &operator, &case, &action, &media)?;
            let case = operator.case(db, &id)?;
            Ok(Answer::ok(view::whole(&app, db, &operator, &case, &base)?))
        })
        .await
}

async fn read(app: &App, request: Request) -> Result<(Action, Vec<Upload>), Refusal> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_multipart = content_type.is_some_and(|kind| kind.starts_with("multipart/"));
    let (json, media) = if is_multipart {
        let intake = body::read(&app.store.files, request).await?;
        (
            intake.fields.get("action").unwrap_or("").as_bytes().to_vec(),
            intake.media,
        )
    } else {
        let bytes = body::read_small(request, JSON_LIMIT).await?;
        (bytes.to_vec(), Vec::new())
    };
    let action = serde_json::from_slice(&json)
        .map_err(|error| Refusal::field("action", format!("not an action: {error}")))?;
    Ok((action, media))
}

fn take(
    app: &App,
    db: &Db<'_>,
    operator: &Operator,
    case: &Case,
    action: &Action,
    media: &[Upload],
) -> Result<(), Refusal> {
    let now = app.now();
    let step = action.step();
    let target = next(case.state, step).ok_or_else(|| {
        let text = format!(
            "`{}` is not possible in state `{}`",
            step.as_str(),
            case.state.as_str()
        );
        Refusal::not_now(StatusCode::CONFLICT, &text)
    })?;
    let state = match target {
        Next::To(state) => Some(state),
        Next::Back | Next::Stay => None,
    };
    app.store.files.keep(media)?;
    let kind = state.map_or(step.as_str(), CaseState::as_str);
    let mut event = NewEvent::new(kind, operator.actor(), visibility(action));
    event.unit = Some(operator.name().to_owned());
    let detail = work(app, db, case, action, now, &mut event)?;
    // Taking a case in any way gives a batch case its number.
    if state.is_some_and(|state| state != case.state) {
        tokens::number(db, case, now)?;
    }
    if let Some(state) = state {
        cases::set(db, case.id, "state", &state)?;
    }
    events::append(db, case.id, now, &event, media)?;
    audit::record(
        db,
        now,
        operator.name(),
        Some(case.id),
        step.as_str(),
        detail.as_deref(),
    )
}

/// A question is between the city and the citizen; a note stays inside; every other step is public.
fn visibility(action: &Action) -> Visibility {
    match action {
        Action::Note { .. } => Visibility::Internal,
        Action::Ask { .. } => Visibility::Owner,
        _ => Visibility::Public,
    }
}

/// Does what is particular to an action; returns what the audit trail should say of it.
fn work(
    app: &App,
    db: &Db<'_>,
    case: &Case,
    action: &Action,
    now: i64,
    event: &mut NewEvent,
) -> Result<Option<String>, Refusal> {
    let set = |column, value: &dyn rusqlite::ToSql| cases::set(db, case.id, column, value);
    match action {
        Action::Receive | Action::Start | Action::Close => Ok(None),
        Action::Verify { service } => {
            set("verified", &now)?;
            if let Some(code) = service {
                let known = app
                    .catalogue
                    .find(code)
                    .ok_or_else(|| Refusal::field("service", "unknown service"))?;
                set("service_code", &known.service_code)?;
            }
            Ok(service.clone())
        }
        Action::Assign {
            agency,
            co,
            track,
            due,
        } => {
            set("agency_id", &cases::agency(db, needed("agency", agency)?)?)?;
            if let Some(co) = co {
                cases::set_co_agencies(db, case.id, &co.clone().into_vec())?;
            }
            if let Some(track) = track {
                set("track", &word::<Track>("track", track)?)?;
            }
            if let Some(due) = due {
                let due = future("due", due, now)?;
                set("due", &due)?;
                event.due = Some(due);
            }
            event.text = Some(agency.clone());
            Ok(Some(agency.clone()))
        }
        Action::Ask { text } => {
            event.text = Some(needed("text", text)?.to_owned());
            set("asked_in", &case.state)?;
            Ok(None)
        }
        Action::Extend { due, reason } => {
            let due = future("due", due, now)?;
            set("due", &due)?;
            event.due = Some(due);
            give_reason(event, needed("reason", reason)?);
            Ok(None)
        }
        Action::Resolve { outcome, text } => {
            let outcome = word::<CaseOutcome>("outcome", outcome)?;
            set("outcome", &outcome)?;
            set("outcome_text", &needed("text", text)?)?;
            // A rating of an earlier result says nothing about this one.
            set("rating", &Null)?;
            set("fixed", &Null)?;
            event.outcome = Some(outcome);
            event.text = Some(text.clone());
            Ok(Some(outcome.as_str().to_owned()))
        }
        Action::Reject { reason } => {
            give_reason(event, needed("reason", reason)?);
            set("outcome_text", reason)?;
            Ok(None)
        }
        Action::Transfer { agency } => {
            set("agency_id", &cases::agency(db, needed("agency", agency)?)?)?;
            event.text = Some(agency.clone());
            Ok(Some(agency.clone()))
        }
        Action::Merge { into } => {
            let lead = lead_case(db, case, into)?;
            set("duplicate_of", &lead)?;
            event.duplicate_of = Some(lead);
            Ok(Some(lead.to_string()))
        }
        Action::Note { text } => {
            event.text = Some(needed("text", text)?.to_owned());
            Ok(None)
        }
    }
}

fn needed<'t>(field: &str, text: &'t str) -> Result<&'t str, Refusal> {
    if text.trim().is_empty() {
        Err(Refusal::field(field, format!("{field} must not be empty")))
    } else {
        Ok(text)
    }
}

fn word<W: Word>(field: &str, text: &str) -> Result<W, Refusal> {
    W::parse(text).ok_or_else(|| Refusal::field(field, format!("{field} is one of: {}", W::choices())))
}

fn future(field: &str, text: &str, now: i64) -> Result<i64, Refusal> {
    parse_time(text)
        .filter(|due| *due > now)
        .ok_or_else(|| Refusal::field(field, format!("{field} is a time in the future, by RFC 3339")))
}

/// A reason in snake_case is a code for programs; anything else are words for people.
fn give_reason(event: &mut NewEvent, reason: &str) {
    if reason
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        event.reason_code = Some(reason.to_owned());
    } else {
        event.text = Some(reason.to_owned());
    }
}

/// The case to merge into: another one, that is not itself merged.
fn lead_case(db: &Db<'_>, case: &Case, into: &str) -> Result<cases::CaseId, Refusal> {
    let known = into
        .parse()
        .ok()
        .map(|id| cases::find(db, id))
        .transpose()?
        .flatten();
    match known {
        Some(lead) if lead.id != case.id && lead.duplicate_of.is_none() => Ok(lead.id),
        Some(_) => Err(Refusal::field(
            "into",
            "a case is merged into another one that is not merged itself",
        )),
        None => Err(Refusal::field("into", "there is no such case")),
    }
}
