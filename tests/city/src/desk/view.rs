//! A case as the desk sees it.

use serde_json::{Map, Value, json};

use super::Operator;
use crate::app::App;
use crate::cases::calendar::format_time;
use crate::cases::vocabulary::Identity;
use crate::georeport::row::row;
use crate::http::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::events::{self, Reader};
use crate::store::{Db, agencies, audit, media};
use crate::words::Word as _;

/// Most events on a timeline at the desk.
const EVENTS: u32 = 10_000;

/// The row of a case with what only the desk knows; without contact data.
pub(crate) fn entry(app: &App, db: &Db<'_>, case: &Case, base: &str) -> Result<Map<String, Value>, Refusal> {
    let mut entry = row(app, db.tx, case, Reader::Desk, base)?;
    let answers: Vec<Value> = cases::attributes(db.tx, case.id)?
        .into_iter()
        .map(|(code, value)| json!({"code": code, "value": value}))
        .collect();
    for (name, value) in [
        ("case", json!(case.id.to_string())),
        ("detailed_status", json!(case.state.as_str())),
        ("channel", json!(case.channel.map(|channel| channel.as_str()))),
        ("publication", json!(case.publication.as_str())),
        ("is_public", json!(case.is_public)),
        ("identity_choice", json!(case.identity.as_str())),
        ("contact", Value::Null),
        ("agency", json!(case.agency)),
        ("co_agencies", json!(agencies::helping(db.tx, case.id)?)),
        ("track", json!(case.track.map(|track| track.as_str()))),
        ("place_words", json!(case.place_words)),
        ("accuracy_m", json!(case.accuracy_m)),
        ("queued_at", json!(case.queued_at)),
        ("call_id", json!(case.call_id)),
        ("filed_by", json!(case.filed_by)),
        ("due_at", json!(case.due.map(format_time))),
        ("asked_at", json!(case.asked_at.map(format_time))),
        (
            "events_seq",
            json!(events::newest_seq(db.tx, case.id, Reader::Desk)?),
        ),
        ("attributes", json!(answers)),
    ] {
        entry.insert(name.into(), value);
    }
    Ok(entry)
}

/// Rows of several cases, as [`entry`] makes them.
pub(crate) fn entries(app: &App, db: &Db<'_>, cases: &[Case], base: &str) -> Result<Vec<Value>, Refusal> {
    cases
        .iter()
        .map(|case| Ok(entry(app, db, case, base)?.into()))
        .collect()
}

/// The case with its timeline and, where this operator may see them, contact data: that look is recorded.
pub(crate) fn whole(
    app: &App,
    db: &Db<'_>,
    operator: &Operator,
    case: &Case,
    base: &str,
) -> Result<Value, Refusal> {
    let mut entry = entry(app, db, case, base)?;
    let timeline = events::list(db.tx, case.id, Reader::Desk, 0, EVENTS)?;
    entry.insert(
        "timeline".into(),
        timeline
            .iter()
            .map(|event| event.to_json(Reader::Desk, base))
            .collect(),
    );
    if !entry.contains_key("media") {
        let media = media::of_report(db.tx, case.id)?;
        entry.insert(
            "media".into(),
            media.iter().map(|media| media.to_json(base)).collect(),
        );
    }
    if *operator == Operator::Intake {
        entry.insert("account_id".into(), json!(case.session_account));
    }
    if may_see_contact(operator, case)
        && let Some(contact) = contact(db, case)?
    {
        audit::record(
            db,
            app.now(),
            operator.name(),
            Some(case.id),
            "view_contact",
            None,
        )?;
        entry.insert("contact".into(), contact);
    }
    Ok(entry.into())
}

fn may_see_contact(operator: &Operator, case: &Case) -> bool {
    match (operator, case.identity) {
        (_, Identity::None) => false,
        (Operator::Intake, Identity::Named | Identity::Confidential) => true,
        (Operator::Agency(_), identity) => identity == Identity::Named,
    }
}

/// None when the citizen left nothing.
fn contact(db: &Db<'_>, case: &Case) -> Result<Option<Value>, Refusal> {
    let Some(contact) = cases::contact(db, case.id)? else {
        return Ok(None);
    };
    let left = [
        &contact.first_name,
        &contact.last_name,
        &contact.email,
        &contact.phone,
        &contact.on_behalf_of,
    ];
    if left.iter().all(|field| field.is_none()) {
        return Ok(None);
    }
    Ok(Some(json!({
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "email": contact.email,
        "phone": contact.phone,
        "on_behalf_of": contact.on_behalf_of,
    })))
}
