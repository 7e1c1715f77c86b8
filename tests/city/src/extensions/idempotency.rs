//! One key, one effect, for ever.
//!
//! Two things make it hold: the database's unique key, and a set of keys whose first use is still running. A
//! second request with a running key is told to wait (409) rather than made to wait. The key is claimed from the
//! header before the body is read, so also while a long upload runs; it is free again when that request ends,
//! however it ends.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Extension;
use crate::app::App;
use crate::extensions::owner::{self, Credentials};
use crate::georeport::row::row;
use crate::georeport::validation::Check;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::Fields;
use crate::http::refusal::{Reason, Refusal};
use crate::store::cases::CaseId;
use crate::store::keys::{self, Purpose, UsedKey};
use crate::store::{Db, cases};

/// Keys whose first use is running.
#[derive(Debug, Default, Clone)]
pub(crate) struct RunningKeys(Arc<Mutex<HashSet<String>>>);

/// The right to use a key now; given back when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    key: String,
    running: RunningKeys,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.running
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

impl RunningKeys {
    fn claim(&self, key: String) -> Result<Claim, Refusal> {
        if self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.clone())
        {
            Ok(Claim {
                key,
                running: self.clone(),
            })
        } else {
            Err(Refusal::reason(
                StatusCode::CONFLICT,
                Reason::InProgress,
                "the first request with this key is still running; ask again with the same key",
            ))
        }
    }
}

/// A claimed key and the hash that came with it.
#[derive(Debug)]
pub(crate) struct Keyed {
    pub(crate) key: String,
    content_sha256: Option<String>,
    _claim: Claim,
}

impl Keyed {
    /// What to remember of this key.
    pub(crate) fn use_for(&self, purpose: Purpose, case_id: CaseId, effect_id: String) -> UsedKey {
        UsedKey {
            purpose,
            case_id,
            effect_id,
            content_sha256: self.content_sha256.clone(),
        }
    }
}

/// Claims the key of the header `Idempotency-Key`, a structured-field string
/// (draft-ietf-httpapi-idempotency-key-header): `"UUID"`, quotes included.
pub(crate) fn claim_header(app: &App, headers: &HeaderMap) -> Result<Option<Claim>, Refusal> {
    if !app.has(Extension::Idempotency) {
        return Ok(None);
    }
    let Some(header) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = header.to_str().unwrap_or("").trim();
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let key = inner.and_then(parse_key).ok_or_else(|| {
        Refusal::field(
            "Idempotency-Key",
            "Idempotency-Key is a UUID in quotes, the same as client_request_id",
        )
    })?;
    app.running_keys.claim(key).map(Some)
}

/// Joins the header's claim with the form field `client_request_id`: either alone is enough, two different ones
/// are refused. Reads `content_sha256` too.
pub(crate) fn claim(app: &App, header: Option<Claim>, fields: &Fields) -> Result<Option<Keyed>, Refusal> {
    if !app.has(Extension::Idempotency) {
        return Ok(None);
    }
    let mut check = Check::new(fields);
    let content_sha256 = check.hash("content_sha256");
    check.finish()?;
    let field = fields
        .get("client_request_id")
        .map(|text| {
            parse_key(text).ok_or_else(|| Refusal::field("client_request_id", "client_request_id is a UUID"))
        })
        .transpose()?;
    let claim = match (header, field) {
        (None, None) => return Ok(None),
        (Some(claim), Some(field)) if claim.key != field => {
            return Err(Refusal::field(
                "client_request_id",
                "client_request_id and Idempotency-Key differ",
            ));
        }
        (Some(claim), _) => claim,
        (None, Some(field)) => app.running_keys.claim(field)?,
    };
    Ok(Some(Keyed {
        key: claim.key.clone(),
        content_sha256,
        _claim: claim,
    }))
}

fn parse_key(text: &str) -> Option<String> {
    text.trim()
        .parse::<uuid::Uuid>()
        .ok()
        .map(|key| key.hyphenated().to_string())
}

/// What an earlier request did under this key: the same request again gets the same receipt; the key under
/// another hash, or for another purpose, is 422.
pub(crate) fn used(db: &Db<'_>, keyed: Option<&Keyed>, purpose: Purpose) -> Result<Option<UsedKey>, Refusal> {
    let Some(keyed) = keyed else { return Ok(None) };
    let Some(used) = keys::find(db, &keyed.key)? else {
        return Ok(None);
    };
    let other_hash = match (&used.content_sha256, &keyed.content_sha256) {
        (Some(first), Some(again)) => first != again,
        _ => false,
    };
    if used.purpose != purpose || other_hash {
        Err(Refusal::key_reused())
    } else {
        Ok(Some(used))
    }
}

/// `GET requests.json?client_request_id=UUID`: the report filed under a key, whatever its publication when the
/// owner asks. None where the question was another one.
pub(crate) async fn look_up(app: &Arc<App>, headers: &HeaderMap, query: &Fields) -> Option<Outcome> {
    if !app.has(Extension::Idempotency) {
        return None;
    }
    let wanted = query.get("client_request_id")?.to_owned();
    Some(find_by_key(app, headers, &wanted).await)
}

async fn find_by_key(app: &Arc<App>, headers: &HeaderMap, wanted: &str) -> Outcome {
    let key = parse_key(wanted)
        .ok_or_else(|| Refusal::field("client_request_id", "client_request_id is a UUID"))?;
    let credentials = Credentials::read(app, headers)?;
    let base = base_url(app, headers);
    let app = Arc::clone(app);
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let none = Ok(Answer::ok(json!([])));
            let Some(used) = keys::find(db, &key)?.filter(|used| used.purpose == Purpose::Report) else {
                return none;
            };
            let case = cases::find(db, used.case_id)?.ok_or_else(Refusal::no_case)?;
            let Some(reader) =
                owner::sight(&case, &credentials.prove_for_receipt(db)?)?.filter(|_| case.numbered)
            else {
                return none;
            };
            let mut row = row(&app, db.tx, &case, reader, &base)?;
            row.insert("client_request_id".into(), Value::String(key));
            Ok(Answer::ok(json!([row])))
        })
        .await
}
