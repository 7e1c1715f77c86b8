//! `POST requests/{id}/attachments.json`: a picture that comes after its report.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::state::Step;
use crate::cases::vocabulary::{ActorType, Visibility};
use crate::extensions::idempotency;
use crate::extensions::owner::{self, Credentials};
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::{self, Intake};
use crate::http::refusal::{Reason, Refusal};
use crate::store::Db;
use crate::store::cases::CaseId;
use crate::store::events::{self, NewEvent, Reader};
use crate::store::keys::{self, Purpose};
use crate::store::media;
use crate::words::Word as _;

/// `POST requests/{id}/attachments.json`.
pub(crate) async fn post(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request) -> Outcome {
    let base = base_url(&app, request.headers());
    let credentials = Credentials::read(&app, request.headers());
    let early = idempotency::claim_header(&app, request.headers());
    let Intake { fields, media } = body::read(&app.store.files, request).await?;
    let credentials = credentials?;
    let keyed = idempotency::claim(&app, early?, &fields)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let used = idempotency::used(db, keyed.as_ref(), Purpose::Attachment)?;
            let proof = match used {
                Some(_) => credentials.prove_for_receipt(db)?,
                None => credentials.prove(&app, db)?,
            };
            let (case, reader) = owner::see(db, &id, &proof)?;
            if reader != Reader::Owner {
                return Err(Refusal::not_owner());
            }
            if let Some(used) = used {
                if used.case_id != case.id {
                    return Err(Refusal::key_reused());
                }
                return Ok(Answer::ok(receipt(db, case.id, &used.effect_id, &base)?));
            }
            proof.caller.check_unlocked()?;
            if !matches!(fields.get("kind"), None | Some("photo")) {
                return Err(Refusal::field(
                    "kind",
                    "Chỉ nhận ảnh. / kind is `photo`; other files are not taken yet.",
                ));
            }
            let [upload] = media.as_slice() else {
                return Err(Refusal::field(
                    "media",
                    "exactly one part named media is needed, not empty",
                ));
            };
            let told = fields.get("content_sha256").map(str::to_ascii_lowercase);
            if told.is_some_and(|told| told != upload.sha256) {
                return Err(Refusal::reason(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    Reason::HashMismatch,
                    "the file that arrived has another SHA-256 than content_sha256 says; send it again",
                ));
            }
            app.store.files.keep(&media)?;
            let event = NewEvent::new(Step::Attach.as_str(), ActorType::Citizen, Visibility::Public);
            let event_id = events::append(db, case.id, app.now(), &event, &media)?;
            if let Some(keyed) = &keyed {
                keys::insert(
                    db,
                    &keyed.key,
                    &keyed.use_for(Purpose::Attachment, case.id, event_id.clone()),
                )?;
            }
            Ok(Answer::created(receipt(db, case.id, &event_id, &base)?))
        })
        .await
}

fn receipt(db: &Db<'_>, case_id: CaseId, event_id: &str, base: &str) -> Result<Value, Refusal> {
    let media = media::of_event(db.tx, event_id)?;
    let entry = |media: &media::Media| {
        json!({
            "attachment_id": media.id,
            "service_request_id": case_id.to_string(),
            "sha256": media.sha256,
            "bytes": media.bytes,
            "url": media.url(base),
        })
    };
    Ok(media.iter().map(entry).collect())
}
