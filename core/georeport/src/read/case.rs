//! `requests.json` and `requests/ID.json`: cases as rows.

use serde_json::{Map, Value};

use super::media::{WireMedia, media_of_case};
use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{count, number, text, time, words};
use crate::time::{WireTime, ZoneOffset};
use crate::tree::{Tree, list, member, rows, success};

/// A list of cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseList {
    /// Rows with an id, in the order of the answer.
    pub cases: Vec<Case>,
    /// Rows without an id, which are no use to anybody (seen on batch services).
    pub skipped: usize,
}

/// A position, WGS84 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Latitude as told (may be rounded; one server swaps the two).
    pub lat: f64,
    /// Longitude as told.
    pub long: f64,
}

/// A note of the city on a case (`notes` of Chicago, Boston and San Francisco, `status_notes` of Mark-a-Spot).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseNote {
    /// When.
    pub at: Option<WireTime>,
    /// Kind or status word.
    pub kind: Option<String>,
    /// Words.
    pub text: Option<String>,
}

/// A case as the city shows it. Only the id is sure to be there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// Opaque number of the city.
    pub id: String,
    /// Token it was filed under.
    pub token: Option<String>,
    /// The standard's status, as written.
    pub status: Option<String>,
    /// Words to the status; on some servers the true state.
    pub status_notes: Option<String>,
    /// Category.
    pub service_code: Option<String>,
    /// Name of the category.
    pub service_name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Agency; several are joined with a comma.
    pub agency_responsible: Option<String>,
    /// The city's words to the citizen.
    pub service_notice: Option<String>,
    /// When filed.
    pub requested: Option<WireTime>,
    /// When last changed.
    pub updated: Option<WireTime>,
    /// When a result is expected.
    pub expected: Option<WireTime>,
    /// Address, whichever name the server gives it.
    pub address: Option<String>,
    /// Id of the address.
    pub address_id: Option<String>,
    /// Postal code.
    pub zipcode: Option<String>,
    /// Position; 0/0 is none.
    pub point: Option<Point>,
    /// Photos and files.
    pub media: Vec<WireMedia>,
    /// Notes, as listed.
    pub notes: Vec<CaseNote>,
    /// Finer status: a word of the extension `events`, or the city's own.
    pub detailed_status: Option<String>,
    /// Word of the result.
    pub outcome: Option<String>,
    /// Words to the result.
    pub outcome_text: Option<String>,
    /// Lead case that this one was merged into.
    pub duplicate_of: Option<String>,
    /// Deadline.
    pub due_at: Option<WireTime>,
    /// Reference code of the report.
    pub reference_code: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// `normal`, `urgent`, `life`.
    pub urgency: Option<String>,
    /// When seen.
    pub observed_at: Option<WireTime>,
    /// Last rating.
    pub rating: Option<String>,
    /// Whether it is gone, by the citizen.
    pub fixed: Option<String>,
    /// Key of the submission.
    pub client_request_id: Option<String>,
    /// Number of the newest event that the caller may see.
    pub events_seq: Option<u64>,
    /// Fields that are not read above, as they came but for numbers, which stand as text.
    pub raw: Map<String, Value>,
}

/// Names of members that hold rows.
pub(crate) const WRAPPERS: [&str; 4] = ["service_requests", "requests", "request", "service_request"];

/// Fields that [`Case`] has a place for.
const KNOWN: [&str; 41] = [
    "service_request_id",
    "servicerequest_id",
    "token",
    "status",
    "status_notes",
    "status_note",
    "service_code",
    "service_name",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_string",
    "address_id",
    "adress_id",
    "zipcode",
    "zip_code",
    "lat",
    "long",
    "lng",
    "lon",
    "media_url",
    "media",
    "media_urls",
    "notes",
    "detailed_status",
    "outcome",
    "outcome_text",
    "duplicate_of",
    "due_at",
    "reference_code",
    "title",
    "urgency",
    "observed_at",
    "rating",
    "fixed",
    "client_request_id",
    "events_seq",
];

/// Reads a list or a single case; `zone` is the city's, for times without one.
///
/// # Errors
/// Any [`ReadError`]. Right after filing, 404 and an empty list may mean moderation or a cache, not absence.
pub fn cases(answer: &Answer<'_>, zone: ZoneOffset) -> Result<CaseList, ReadError> {
    let tree = success(answer)?;
    let rows = rows(
        &tree,
        &WRAPPERS,
        &["service_request_id", "servicerequest_id", "token"],
        "a list of cases",
    )?;
    let cases: Vec<Case> = rows.iter().filter_map(|row| case(row, zone)).collect();
    Ok(CaseList {
        skipped: rows.len().saturating_sub(cases.len()),
        cases,
    })
}

/// Id of a row, by any of its names.
pub(crate) fn case_id(row: &Tree) -> Option<String> {
    text(row, "service_request_id").or_else(|| text(row, "servicerequest_id"))
}

pub(super) fn case(row: &Tree, zone: ZoneOffset) -> Option<Case> {
    let id = case_id(row)?;
    let either = |a: &str, b: &str| text(row, a).or_else(|| text(row, b));
    let extended = member(row, "extended_attributes");
    let extra = |name: &str| text(row, name).or_else(|| extended.and_then(|tree| text(tree, name)));
    let at = |name: &str| time(row, name, zone);
    Some(Case {
        id,
        token: text(row, "token"),
        status: text(row, "status"),
        status_notes: either("status_notes", "status_note"),
        service_code: text(row, "service_code"),
        service_name: text(row, "service_name"),
        description: text(row, "description"),
        agency_responsible: member(row, "agency_responsible").and_then(words),
        service_notice: text(row, "service_notice"),
        requested: at("requested_datetime"),
        updated: at("updated_datetime"),
        expected: at("expected_datetime"),
        address: either("address", "address_string"),
        address_id: either("address_id", "adress_id"),
        zipcode: either("zipcode", "zip_code"),
        point: point(row),
        media: media_of_case(row),
        notes: notes(row, zone),
        detailed_status: extra("detailed_status"),
        outcome: text(row, "outcome"),
        outcome_text: text(row, "outcome_text"),
        duplicate_of: text(row, "duplicate_of")
            .or_else(|| extended.and_then(|tree| text(tree, "parent_service_request_id"))),
        due_at: at("due_at"),
        reference_code: text(row, "reference_code"),
        title: extra("title"),
        urgency: text(row, "urgency"),
        observed_at: at("observed_at"),
        rating: text(row, "rating"),
        fixed: text(row, "fixed"),
        client_request_id: text(row, "client_request_id"),
        events_seq: count(row, "events_seq"),
        raw: unread(row),
    })
}

fn point(row: &Tree) -> Option<Point> {
    let lat = number(row, "lat").filter(|lat| (-90.0..=90.0).contains(lat))?;
    let long = ["long", "lng", "lon"].iter().find_map(|name| number(row, name))?;
    let nowhere = lat == 0.0 && long == 0.0;
    (!nowhere && (-180.0..=180.0).contains(&long)).then_some(Point { lat, long })
}

fn notes(row: &Tree, zone: ZoneOffset) -> Vec<CaseNote> {
    let extended = member(row, "extended_attributes");
    let places = [
        member(row, "notes"),
        extended.and_then(|tree| member(tree, "notes")),
        extended
            .and_then(|tree| member(tree, "markaspot"))
            .and_then(|tree| member(tree, "status_notes")),
    ];
    let Some(found) = places.into_iter().flatten().next() else {
        return Vec::new();
    };
    let rows = list(found, &["note", "status_note"]).unwrap_or_default();
    let note = |row: &Tree| CaseNote {
        at: time(row, "datetime", zone).or_else(|| time(row, "updated_datetime", zone)),
        kind: text(row, "type").or_else(|| text(row, "status")),
        text: ["description", "status_note", "summary"]
            .iter()
            .find_map(|name| text(row, name)),
    };
    rows.into_iter()
        .map(note)
        .filter(|note| note.text.is_some() || note.kind.is_some())
        .collect()
}

fn unread(row: &Tree) -> Map<String, Value> {
    let Value::Object(fields) = row else {
        return Map::new();
    };
    fields
        .iter()
        .filter(|(name, value)| !KNOWN.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
