//! Rows of cases.

use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, named_params, params};

use super::Db;
use crate::cases::phone::e164;
use crate::cases::state::State;
use crate::cases::vocabulary::{Channel, Fixed, Identity, Outcome, Publication, Rating, Track, Urgency};
use crate::family::Family;
use crate::http::refusal::Refusal;

/// A case's number; on the wire an opaque string.
pub(crate) type CaseId = i64;

/// SQL condition over `cases`: the public may see it. The one place where this is decided.
pub(crate) fn public_condition(family: Family) -> &'static str {
    match family {
        Family::Spec | Family::Tokens => {
            "(numbered = 1 AND (publication = 'public' OR (publication = 'after_review' AND verified IS NOT NULL)))"
        }
        Family::Moderated => {
            "(numbered = 1 AND publication IN ('public', 'after_review') AND verified IS NOT NULL)"
        }
    }
}

/// A case as stored, without who filed it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) id: CaseId,
    pub(crate) token: Option<String>,
    pub(crate) numbered: bool,
    pub(crate) token_polls: u32,
    pub(crate) service_code: String,
    pub(crate) state: State,
    pub(crate) asked_in: Option<State>,
    pub(crate) asked_at: Option<i64>,
    pub(crate) requested: i64,
    pub(crate) updated: i64,
    pub(crate) change: i64,
    pub(crate) due: Option<i64>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) outcome_text: Option<String>,
    pub(crate) duplicate_of: Option<CaseId>,
    pub(crate) agency: Option<String>,
    pub(crate) track: Option<Track>,
    pub(crate) description: Option<String>,
    pub(crate) lat: Option<f64>,
    pub(crate) long: Option<f64>,
    pub(crate) address: Option<String>,
    pub(crate) address_id: Option<String>,
    pub(crate) media_url: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) session_account: Option<String>,
    pub(crate) reference_code: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) observed_at: Option<String>,
    pub(crate) queued_at: Option<String>,
    pub(crate) channel: Option<Channel>,
    pub(crate) publication: Publication,
    pub(crate) identity: Identity,
    pub(crate) place_words: Option<String>,
    pub(crate) accuracy_m: Option<f64>,
    pub(crate) call_id: Option<String>,
    pub(crate) filed_by: Option<String>,
    pub(crate) owner_hash: Option<String>,
    pub(crate) rating: Option<Rating>,
    pub(crate) fixed: Option<Fixed>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) content_sha256: Option<String>,
    /// The public may see it.
    pub(crate) is_public: bool,
}

impl Case {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            token: row.get("token")?,
            numbered: row.get("numbered")?,
            token_polls: row.get("token_polls")?,
            service_code: row.get("service_code")?,
            state: row.get("state")?,
            asked_in: row.get("asked_in")?,
            asked_at: row.get("asked_at")?,
            requested: row.get("requested")?,
            updated: row.get("updated")?,
            change: row.get("change")?,
            due: row.get("due")?,
            outcome: row.get("outcome")?,
            outcome_text: row.get("outcome_text")?,
            duplicate_of: row.get("duplicate_of")?,
            agency: row.get("agency")?,
            track: row.get("track")?,
            description: row.get("description")?,
            lat: row.get("lat")?,
            long: row.get("long")?,
            address: row.get("address")?,
            address_id: row.get("address_id")?,
            media_url: row.get("media_url")?,
            account_id: row.get("account_id")?,
            session_account: row.get("session_account")?,
            reference_code: row.get("reference_code")?,
            title: row.get("title")?,
            urgency: row.get("urgency")?,
            observed_at: row.get("observed_at")?,
            queued_at: row.get("queued_at")?,
            channel: row.get("channel")?,
            publication: row.get("publication")?,
            identity: row.get("identity")?,
            place_words: row.get("place_words")?,
            accuracy_m: row.get("accuracy_m")?,
            call_id: row.get("call_id")?,
            filed_by: row.get("filed_by")?,
            owner_hash: row.get("owner_hash")?,
            rating: row.get("rating")?,
            fixed: row.get("fixed")?,
            client_request_id: row.get("client_request_id")?,
            content_sha256: row.get("content_sha256")?,
            is_public: row.get("is_public")?,
        })
    }
}

/// Who filed a case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) device_id: Option<String>,
    /// For whom it was filed, where somebody else did.
    pub(crate) on_behalf_of: Option<String>,
}

/// A valid report about to become a case.
#[derive(Debug, Clone)]
pub(crate) struct NewCase {
    pub(crate) service_code: String,
    pub(crate) token: Option<String>,
    pub(crate) numbered: bool,
    pub(crate) requested: i64,
    pub(crate) due: Option<i64>,
    pub(crate) description: Option<String>,
    pub(crate) lat: Option<f64>,
    pub(crate) long: Option<f64>,
    pub(crate) address: Option<String>,
    pub(crate) address_id: Option<String>,
    pub(crate) media_url: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) session_account: Option<String>,
    pub(crate) named: Named,
    pub(crate) owner_hash: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) contact: Contact,
}

/// The named fields of the extension `fields`, with their defaults.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) reference_code: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) urgency: Option<Urgency>,
    pub(crate) observed_at: Option<String>,
    pub(crate) queued_at: Option<String>,
    pub(crate) channel: Option<Channel>,
    pub(crate) publication: Publication,
    pub(crate) identity: Identity,
    pub(crate) place_words: Option<String>,
    pub(crate) accuracy_m: Option<f64>,
    pub(crate) call_id: Option<String>,
    pub(crate) filed_by: Option<String>,
}

const NEXT_CHANGE: &str = "(SELECT COALESCE(MAX(change), 0) + 1 FROM cases)";

/// Stores a new case in state `submitted`, its answers and who filed it; returns its number.
pub(crate) fn insert(db: &Db<'_>, case: &NewCase) -> Result<CaseId, Refusal> {
    let named = &case.named;
    db.execute(
        &format!(
            "INSERT INTO cases (token, numbered, service_code, state, requested, updated, change, due, description,
                lat, long, address, address_id, media_url, account_id, reference_code, title, urgency, observed_at,
                queued_at, channel, publication, identity, place_words, accuracy_m, call_id, filed_by, owner_hash,
                session_account)
             VALUES (:token, :numbered, :service_code, 'submitted', :requested, :requested, {NEXT_CHANGE}, :due,
                :description, :lat, :long, :address, :address_id, :media_url, :account_id, :reference_code, :title,
                :urgency, :observed_at, :queued_at, :channel, :publication, :identity, :place_words, :accuracy_m,
                :call_id, :filed_by, :owner_hash, :session_account)"
        ),
        named_params! {
            ":token": case.token, ":numbered": case.numbered, ":service_code": case.service_code,
            ":requested": case.requested, ":due": case.due, ":description": case.description,
            ":lat": case.lat, ":long": case.long, ":address": case.address, ":address_id": case.address_id,
            ":media_url": case.media_url, ":account_id": case.account_id,
            ":reference_code": named.reference_code, ":title": named.title, ":urgency": named.urgency,
            ":observed_at": named.observed_at, ":queued_at": named.queued_at, ":channel": named.channel,
            ":publication": named.publication, ":identity": named.identity, ":place_words": named.place_words,
            ":accuracy_m": named.accuracy_m, ":call_id": named.call_id, ":filed_by": named.filed_by,
            ":owner_hash": case.owner_hash, ":session_account": case.session_account,
        },
    )?;
    let id = db.tx.last_insert_rowid();
    for (position, (code, value)) in (0_i64..).zip(&case.attributes) {
        db.execute(
            "INSERT INTO attributes (case_id, position, code, value) VALUES (?1, ?2, ?3, ?4)",
            params![id, position, code, value],
        )?;
    }
    let who = &case.contact;
    db.execute(
        "INSERT INTO contacts (case_id, first_name, last_name, email, phone, device_id, on_behalf_of, phone_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            id,
            who.first_name,
            who.last_name,
            who.email,
            who.phone,
            who.device_id,
            who.on_behalf_of,
            who.phone.as_deref().and_then(e164)
        ],
    )?;
    Ok(id)
}

/// `SELECT` of all columns of a case; add conditions over `cases`.
fn select(publicly: &str) -> String {
    format!(
        "SELECT cases.*, {publicly} AS is_public,
                (SELECT name FROM agencies WHERE agencies.id = cases.agency_id) AS agency,
                k.client_request_id AS client_request_id, k.content_sha256 AS content_sha256
         FROM cases LEFT JOIN keys k ON k.case_id = cases.id AND k.purpose = 'report'"
    )
}

/// One case by number.
pub(crate) fn find(db: &Db<'_>, id: CaseId) -> Result<Option<Case>, Refusal> {
    let sql = format!("{} WHERE cases.id = ?1", select(db.publicly));
    Ok(db
        .tx
        .prepare_cached(&sql)?
        .query_row([id], Case::read)
        .optional()?)
}

/// One case by its token.
pub(crate) fn find_by_token(db: &Db<'_>, token: &str) -> Result<Option<Case>, Refusal> {
    let sql = format!("{} WHERE cases.token = ?1", select(db.publicly));
    Ok(db
        .tx
        .prepare_cached(&sql)?
        .query_row([token], Case::read)
        .optional()?)
}

/// Cases for which `rest` (conditions, order and limit over `cases`) holds.
pub(crate) fn select_where(
    connection: &Connection,
    publicly: &str,
    rest: &str,
    params: &[&dyn ToSql],
) -> rusqlite::Result<Vec<Case>> {
    connection
        .prepare_cached(&format!("{} WHERE {rest}", select(publicly)))?
        .query_map(params, Case::read)?
        .collect()
}

/// The cases that were merged into this one, also by way of others.
pub(crate) fn merged_into(db: &Db<'_>, id: CaseId) -> Result<Vec<Case>, Refusal> {
    let rest = "cases.id IN (WITH RECURSIVE merged(id) AS (
        SELECT id FROM cases WHERE duplicate_of = ?1
        UNION SELECT c.id FROM cases c JOIN merged ON c.duplicate_of = merged.id) SELECT id FROM merged)";
    Ok(select_where(db.tx, db.publicly, rest, &[&id])?)
}

/// Notes that something changed: time and place in the order of changes.
pub(crate) fn touch(db: &Db<'_>, id: CaseId, now: i64) -> Result<(), Refusal> {
    db.execute(
        &format!("UPDATE cases SET updated = MAX(updated, ?2), change = {NEXT_CHANGE} WHERE id = ?1"),
        params![id, now],
    )?;
    Ok(())
}

/// Sets one column of a case. `column` is a name from this crate, never from a request.
pub(crate) fn set(db: &Db<'_>, id: CaseId, column: &'static str, value: &dyn ToSql) -> Result<(), Refusal> {
    db.execute(
        &format!("UPDATE cases SET {column} = ?2 WHERE id = ?1"),
        params![id, value],
    )?;
    Ok(())
}

/// The answers to the service's questions, in the order sent.
pub(crate) fn attributes(connection: &Connection, id: CaseId) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare_cached("SELECT code, value FROM attributes WHERE case_id = ?1 ORDER BY position")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Who filed it. Only the desk asks.
pub(crate) fn contact(db: &Db<'_>, id: CaseId) -> Result<Option<Contact>, Refusal> {
    let contact = db
        .tx
        .query_row(
            "SELECT first_name, last_name, email, phone, device_id, on_behalf_of FROM contacts WHERE case_id = ?1",
            [id],
            |row| {
                Ok(Contact {
                    first_name: row.get(0)?,
                    last_name: row.get(1)?,
                    email: row.get(2)?,
                    phone: row.get(3)?,
                    device_id: row.get(4)?,
                    on_behalf_of: row.get(5)?,
                })
            },
        )
        .optional()?;
    Ok(contact)
}

/// Writes one spelling beside every phone that was stored before there was a column for it.
pub(crate) fn fill_phone_keys(connection: &Connection) -> rusqlite::Result<()> {
    let phones: Vec<(CaseId, String)> = connection
        .prepare("SELECT case_id, phone FROM contacts WHERE phone IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (case, phone) in phones {
        connection.execute(
            "UPDATE contacts SET phone_key = ?2 WHERE case_id = ?1",
            params![case, e164(&phone)],
        )?;
    }
    Ok(())
}
