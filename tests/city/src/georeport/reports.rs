//! `POST requests.json`: a report becomes a case.
//!
//! The answer leaves after the commit: pictures are synced, then the rows, then the citizen hears of it. Where
//! keys are honoured, a used key is looked up before anything else is judged, so that a repeat gets its receipt
//! even if the rules of the city have changed in between, or the session under which it was sent is over.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::deadline;
use crate::cases::vocabulary::{ActorType, Visibility};
use crate::catalogue::ServiceType;
use crate::extensions::account::caller::{Bearer, Caller};
use crate::extensions::idempotency::{self, Keyed};
use crate::georeport::validation::{self, ValidReport};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::{self, Fields, Intake};
use crate::http::refusal::Refusal;
use crate::http::secrets;
use crate::store::cases::{self, Case, CaseId, NewCase};
use crate::store::events::{self, NewEvent};
use crate::store::files::Upload;
use crate::store::keys::{self, Purpose};
use crate::store::{Db, random_id};

/// `POST requests.json`.
pub(crate) async fn post(State(app): State<Arc<App>>, request: Request) -> Outcome {
    app.counters.count_report_post();
    let bearer = Bearer::read(&app, request.headers());
    let early = idempotency::claim_header(&app, request.headers());
    let Intake { fields, media } = body::read(&app.store.files, request).await?;
    check_api_key(&app, &fields)?;
    let keyed = idempotency::claim(&app, early?, &fields)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| file(&app, db, &bearer, &fields, &media, keyed.as_ref()))
        .await
}

/// 403 for a missing or wrong key, as the standard says, where the city asks for one.
fn check_api_key(app: &App, fields: &Fields) -> Result<(), Refusal> {
    match &app.config.api_key {
        Some(wanted) if !secrets::same(wanted, fields.get("api_key").unwrap_or("")) => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "api_key is missing or invalid",
        )),
        _ => Ok(()),
    }
}

fn file(
    app: &App,
    db: &Db<'_>,
    bearer: &Bearer,
    fields: &Fields,
    media: &[Upload],
    keyed: Option<&Keyed>,
) -> Outcome {
    if let Some(used) = idempotency::used(db, keyed, Purpose::Report)? {
        app.counters.count_replay();
        let case = cases::find(db, used.case_id)?.ok_or_else(Refusal::no_case)?;
        return Ok(Answer::ok(receipt(app, &case)));
    }
    let caller = bearer.caller(app, db)?;
    caller.check_may_file(app)?;
    let mut valid = validation::report(app, fields)?;
    if let Caller::Operator(operator) = &caller {
        valid.named.filed_by = Some(operator.name().to_owned());
    }
    app.store.files.keep(media)?;
    let (case_id, event_id) = store_case(db, valid, caller.account_id(), media, app.now())?;
    if let Some(keyed) = keyed {
        keys::insert(db, &keyed.key, &keyed.use_for(Purpose::Report, case_id, event_id))?;
    }
    let case = cases::find(db, case_id)?.ok_or_else(Refusal::no_case)?;
    Ok(Answer::created(receipt(app, &case)))
}

/// Stores a valid report, filed at `now`, with its pictures (kept already); returns the number of the case and the id
/// of its first event.
pub(crate) fn store_case(
    db: &Db<'_>,
    valid: ValidReport,
    account: Option<&str>,
    media: &[Upload],
    now: i64,
) -> Result<(CaseId, String), Refusal> {
    let case_id = cases::insert(db, &new_case(valid, account, now)?)?;
    let mut submitted = NewEvent::new("submitted", ActorType::Citizen, Visibility::Public);
    submitted.due = deadline(now);
    let event_id = events::append(db, case_id, now, &submitted, media)?;
    Ok((case_id, event_id))
}

fn new_case(valid: ValidReport, account: Option<&str>, now: i64) -> Result<NewCase, Refusal> {
    let (token, numbered) = match valid.service.answered {
        ServiceType::Realtime => (None, true),
        ServiceType::Batch => (Some(random_id()?), false),
        ServiceType::Blackbox => (None, false),
    };
    Ok(NewCase {
        service_code: valid.service.service_code,
        token,
        numbered,
        requested: now,
        due: deadline(now),
        description: valid.description,
        lat: valid.lat,
        long: valid.long,
        address: valid.address,
        address_id: valid.address_id,
        media_url: valid.media_url,
        account_id: valid.account_id,
        session_account: account.map(str::to_owned),
        named: valid.named,
        owner_hash: valid.owner_hash,
        attributes: valid.attributes,
        contact: valid.contact,
    })
}

/// The receipt, the same at each repeat: number, or token, or neither; what the citizen should read; and where
/// keys are honoured, what was acknowledged.
fn receipt(app: &App, case: &Case) -> Value {
    let mut entry = serde_json::Map::new();
    let service = app.catalogue.find(&case.service_code);
    match (&case.token, service.map(|service| service.answered)) {
        (Some(token), _) => entry.insert("token".into(), json!(token)),
        (None, Some(ServiceType::Blackbox)) => None,
        (None, _) => entry.insert("service_request_id".into(), json!(case.id.to_string())),
    };
    if let Some(notice) = service.and_then(|service| service.service_notice.as_deref()) {
        entry.insert("service_notice".into(), json!(notice));
    }
    for (name, value) in [
        (
            "account_id",
            &case.session_account.clone().or_else(|| case.account_id.clone()),
        ),
        ("client_request_id", &case.client_request_id),
        ("content_sha256", &case.content_sha256),
    ] {
        if let Some(value) = value {
            entry.insert(name.into(), json!(value));
        }
    }
    json!([entry])
}
