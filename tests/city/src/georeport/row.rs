//! A case as a row: the standard's fields, and with additions on, the richer ones.
//!
//! Names, phones and e-mails cannot appear here: they are not part of [`Case`].

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::cases::calendar::format_time;
use crate::extensions::Extension;
use crate::store::cases::Case;
use crate::store::events::{self, Reader};
use crate::store::media;
use crate::store::{agencies, follows};
use crate::words::Word as _;

/// The row of a case for a reader.
pub(crate) fn row(
    app: &App,
    connection: &Connection,
    case: &Case,
    reader: Reader,
    base: &str,
) -> rusqlite::Result<Map<String, Value>> {
    let media = media::of_report(connection, case.id)?;
    let media_url = media
        .first()
        .map(|first| first.url(base))
        .or_else(|| case.media_url.clone());
    let service = app.catalogue.find(&case.service_code);
    let place = Place::of(app, case, reader);
    let mut row = members(json!({
        "service_request_id": case.id.to_string(),
        "status": case.state.status(),
        "status_notes": case.outcome_text,
        "service_name": app.catalogue.name_of(&case.service_code),
        "service_code": case.service_code,
        "description": case.description,
        "agency_responsible": case.agency,
        "service_notice": service.and_then(|service| service.service_notice.as_deref()),
        "requested_datetime": format_time(case.requested),
        "updated_datetime": format_time(case.updated),
        "expected_datetime": case.due.map(format_time),
        "address": place.address,
        "address_id": place.address_id,
        "zipcode": null,
        "lat": place.lat,
        "long": place.long,
        "media_url": media_url,
    }));
    if place.precision == Precision::Rounded {
        row.insert("rounded".into(), Value::Bool(true));
    }
    if app.has(Extension::Follow) {
        row.insert("followers".into(), json!(follows::count(connection, case.id)?));
    }
    if app.has(Extension::Agencies) {
        row.append(&mut members(json!({
            "agency": case.agency,
            "co_agencies": agencies::helping(connection, case.id)?,
            "track": case.track.map(|track| track.as_str()),
        })));
    }
    if !app.config.extensions.is_bare() {
        row.append(&mut members(json!({
            "detailed_status": case.state.as_str(),
            "outcome": case.outcome.map(|outcome| outcome.as_str()),
            "outcome_text": case.outcome_text,
            "duplicate_of": case.duplicate_of.map(|id| id.to_string()),
            "due_at": case.due.map(format_time),
            "reference_code": case.reference_code,
            "title": case.title,
            "urgency": case.urgency.map(|urgency| urgency.as_str()),
            "observed_at": case.observed_at,
            "rating": case.rating.map(|rating| rating.as_str()),
            "fixed": case.fixed.map(|fixed| fixed.as_str()),
            "media": media.iter().map(|media| media.to_json(base)).collect::<Vec<_>>(),
            "events_seq": events::newest_seq(connection, case.id, reader)?,
        })));
    }
    Ok(row)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Exact,
    Rounded,
}

/// Where it is, as far as the reader may know.
struct Place {
    precision: Precision,
    lat: Option<f64>,
    long: Option<f64>,
    address: Option<String>,
    address_id: Option<String>,
}

impl Place {
    /// Near homes the public sees a point on a grid of 0.001 degree (about 110 m) and no address: enough for a map of
    /// the city, not enough for whose door it is.
    fn of(app: &App, case: &Case, reader: Reader) -> Self {
        let near_homes = app
            .catalogue
            .find(&case.service_code)
            .is_some_and(|service| service.near_homes);
        if reader == Reader::Public && near_homes && app.has(Extension::Statistics) {
            let on_grid = |degrees: f64| (degrees * 1000.0).round() / 1000.0;
            Self {
                precision: Precision::Rounded,
                lat: case.lat.map(on_grid),
                long: case.long.map(on_grid),
                address: None,
                address_id: None,
            }
        } else {
            Self {
                precision: Precision::Exact,
                lat: case.lat,
                long: case.long,
                address: case.address.clone(),
                address_id: case.address_id.clone(),
            }
        }
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
