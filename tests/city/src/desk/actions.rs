//! `POST desk/cases/{id}/actions.json`: what operators do with a case.
//!
//! Every action is one step of the case machine, one event on the timeline and one line in the audit trail, in
//! one transaction. JSON, or multipart with the JSON in a part `action` and pictures in parts `media`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use rusqlite::types::Null;
use serde::Deserialize;
use serde_json::Value;

use super::{JSON_LIMIT, Operator, needed, view};
use crate::app::App;
use crate::cases::calendar::{day_of, parse_time};
use crate::cases::state::{Next, State as CaseState, Step, next};
use crate::cases::vocabulary::{Outcome as CaseOutcome, Track, Visibility};
use crate::catalogue::Service;
use crate::georeport::tokens;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body;
use crate::http::refusal::{Reason, Refusal};
use crate::store::cases::{self, Case};
use crate::store::events::{self, NewEvent, Reader};
use crate::store::files::Upload;
use crate::store::{Db, agencies, audit, due};
use crate::words::Word;

/// Unicode characters of what an operator writes.
const TEXT_MAX: usize = 4000;
/// Most agencies that help with one case.
const CO_MAX: usize = 20;
/// Unicode characters of an agency's name.
const NAME_MAX: usize = 200;

/// What is sent: an action, and the newest event that it was decided on.
#[derive(Debug, Clone, Deserialize)]
struct Asked {
    #[serde(flatten)]
    action: Action,
    seen_seq: Option<i64>,
}

/// An action as it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(crate) enum Action {
    Receive,
    Verify {
        service: Option<String>,
    },
    Classify {
        service: String,
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
pub(crate) enum OneOrMany {
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
    /// Reads an action.
    pub(crate) fn of(json: Value) -> Result<Self, Refusal> {
        serde_json::from_value(json)
            .map_err(|error| Refusal::field("action", format!("not an action: {error}")))
    }

    fn step(&self) -> Step {
        match self {
            Self::Receive => Step::Receive,
            Self::Verify { .. } => Step::Verify,
            Self::Classify { .. } => Step::Classify,
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
    let (Asked { action, seen_seq }, media) = read?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let case = operator.case(db, &id)?;
            if operator != Operator::Intake && !action.is_for_agencies() {
                return Err(Operator::wrong_role());
            }
            if let Some(seen) = seen_seq
                && events::newest_seq(db.tx, case.id, Reader::Desk)? != seen
            {
                // Committed all the same: the answer shows the case, and a look at contact data leaves its line.
                let case = view::whole(&app, db, &operator, &case, &base)?;
                return Ok(Err(told_second(case)));
            }
            take(&app, db, &operator, &case, &action, &media, app.now())?;
            let case = operator.case(db, &id)?;
            Ok(Ok(Answer::ok(view::whole(&app, db, &operator, &case, &base)?)))
        })
        .await?
}

/// 409 for the second of two operators, with the case as it is now.
fn told_second(case: Value) -> Refusal {
    Refusal::reason(
        StatusCode::CONFLICT,
        Reason::MovedOn,
        "Hồ sơ đã có thay đổi, hãy xem lại rồi quyết định. / The case has moved on since you looked; look again, then decide.",
    )
    .with("case", case)
}

async fn read(app: &App, request: Request) -> Result<(Asked, Vec<Upload>), Refusal> {
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

/// Takes one step with a case at `now`.
pub(crate) fn take(
    app: &App,
    db: &Db<'_>,
    operator: &Operator,
    case: &Case,
    action: &Action,
    media: &[Upload],
    now: i64,
) -> Result<(), Refusal> {
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
    if case.asked_at.is_some() && state.is_some() {
        due::resume(db, case, now)?;
    }
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

/// A question is between the city and the citizen; a note and a new classification stay inside (the row shows the
/// service); every other step is public.
fn visibility(action: &Action) -> Visibility {
    match action {
        Action::Note { .. } | Action::Classify { .. } => Visibility::Internal,
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
    let today = day_of(now);
    let set = |column, value: &dyn rusqlite::ToSql| cases::set(db, case.id, column, value);
    match action {
        Action::Receive | Action::Start | Action::Close => Ok(None),
        Action::Verify { service } => {
            set("verified", &now)?;
            if let Some(code) = service {
                set("service_code", &known_service(app, code)?.service_code)?;
            }
            Ok(service.clone())
        }
        Action::Classify { service } => {
            let known = known_service(app, service)?;
            set("service_code", &known.service_code)?;
            // The public row changes although the event is internal.
            cases::touch(db, case.id, now)?;
            event.text = Some(known.service_name.clone());
            Ok(Some(service.clone()))
        }
        Action::Assign {
            agency,
            co,
            track,
            due,
        } => {
            let name = needed("agency", agency, NAME_MAX)?;
            set("agency_id", &agencies::to_work(db, name, &today)?)?;
            if let Some(co) = co {
                let names = co.clone().into_vec();
                if names.len() > CO_MAX {
                    return Err(Refusal::field("co", format!("at most {CO_MAX} agencies help")));
                }
                for name in &names {
                    needed("co", name, NAME_MAX)?;
                }
                agencies::set_helping(db, case.id, &names, &today)?;
            }
            if let Some(track) = track {
                set("track", &word::<Track>("track", track)?)?;
            }
            if let Some(due) = due {
                let due = future("due", due, now)?;
                set("due", &due)?;
                event.due = Some(due);
            }
            event.text = Some(name.to_owned());
            Ok(Some(name.to_owned()))
        }
        Action::Ask { text } => {
            event.text = Some(needed("text", text, TEXT_MAX)?.to_owned());
            set("asked_in", &case.state)?;
            set("asked_at", &now)?;
            Ok(None)
        }
        Action::Extend { due, reason } => {
            let due = future("due", due, now)?;
            set("due", &due)?;
            event.due = Some(due);
            give_reason(event, needed("reason", reason, TEXT_MAX)?);
            Ok(None)
        }
        Action::Resolve { outcome, text } => {
            let outcome = word::<CaseOutcome>("outcome", outcome)?;
            set("outcome", &outcome)?;
            set("outcome_text", &needed("text", text, TEXT_MAX)?)?;
            // A rating of an earlier result says nothing about this one.
            set("rating", &Null)?;
            set("fixed", &Null)?;
            event.outcome = Some(outcome);
            event.text = Some(text.clone());
            Ok(Some(outcome.as_str().to_owned()))
        }
        Action::Reject { reason } => {
            give_reason(event, needed("reason", reason, TEXT_MAX)?);
            set("outcome_text", reason)?;
            Ok(None)
        }
        Action::Transfer { agency } => {
            let name = needed("agency", agency, NAME_MAX)?;
            set("agency_id", &agencies::to_work(db, name, &today)?)?;
            event.text = Some(name.to_owned());
            Ok(Some(name.to_owned()))
        }
        Action::Merge { into } => {
            let lead = lead_case(db, case, into)?;
            set("duplicate_of", &lead)?;
            event.duplicate_of = Some(lead);
            Ok(Some(lead.to_string()))
        }
        Action::Note { text } => {
            event.text = Some(needed("text", text, TEXT_MAX)?.to_owned());
            Ok(None)
        }
    }
}

fn known_service<'a>(app: &'a App, code: &str) -> Result<&'a Service, Refusal> {
    app.catalogue
        .find(code)
        .ok_or_else(|| Refusal::field("service", "unknown service"))
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
