//! What a test wants to know of a city's database, read straight from it, past all HTTP.

use std::path::{Path, PathBuf};

use crate::family::Family;
use crate::server::CityError;
use crate::store::events::{self, Event, Reader};
use crate::store::files::Files;
use crate::store::media::{self, Media};
use crate::store::{cases, open_reader};
use crate::words::Word as _;

/// A stored picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoView {
    /// Id in its link.
    pub id: String,
    /// `photo` or `document`.
    pub kind: String,
    /// As served.
    pub content_type: String,
    /// Size of the file.
    pub bytes: u64,
    /// Lower-case hex of the file's SHA-256.
    pub sha256: String,
    /// Where the file lies.
    pub path: PathBuf,
}

/// One line of a timeline; words as in `docs/extensions.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// Number within the case, from 1.
    pub seq: i64,
    /// `submitted`, `received`, `rating`, ...
    pub kind: String,
    /// `public`, `owner` or `internal`.
    pub visibility: String,
    /// `citizen`, `operator`, `agency` or `system`.
    pub actor: String,
    /// What was said.
    pub text: Option<String>,
    /// Pictures that came with it.
    pub photos: Vec<PhotoView>,
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// The `service_request_id`, also while the public does not know it yet.
    pub id: String,
    /// Token given instead of the number.
    pub token: Option<String>,
    /// Key under which it was filed.
    pub client_request_id: Option<String>,
    /// Hash that came with the key.
    pub content_sha256: Option<String>,
    /// Code of its service.
    pub service_code: String,
    /// Detailed status, e.g. `in_progress`.
    pub status: String,
    /// The description as stored.
    pub description: Option<String>,
    /// The title, where sent.
    pub title: Option<String>,
    /// Reference code, where sent.
    pub reference_code: Option<String>,
    /// `normal`, `urgent` or `life`.
    pub urgency: Option<String>,
    /// When the citizen saw it, as sent.
    pub observed_at: Option<String>,
    /// WGS84 latitude.
    pub lat: Option<f64>,
    /// WGS84 longitude.
    pub long: Option<f64>,
    /// The address in words.
    pub address: Option<String>,
    /// `public`, `after_review` or `never`.
    pub publication: String,
    /// `named`, `confidential` or `none`.
    pub identity: String,
    /// Whether the public may see it now, in a city of family `spec`.
    pub is_public: bool,
    /// Answers to the service's questions.
    pub attributes: Vec<(String, String)>,
    /// Outcome of the result.
    pub outcome: Option<String>,
    /// `satisfied`, `acceptable` or `dissatisfied`.
    pub rating: Option<String>,
    /// `yes`, `partly` or `no`.
    pub fixed: Option<String>,
    /// The citizen's pictures of the report, early and late.
    pub photos: Vec<PhotoView>,
    /// The whole timeline.
    pub events: Vec<EventView>,
}

/// All cases in a data folder, oldest first; the city may be running or not.
///
/// # Errors
/// When there is no database, or it cannot be read.
pub fn cases_in(dir: &Path) -> Result<Vec<CaseView>, CityError> {
    let connection = open_reader(dir)?;
    let files = Files::open(dir)?;
    let photo = |media: &Media| PhotoView {
        id: media.id.clone(),
        kind: media.kind.clone(),
        content_type: media.content_type.clone(),
        bytes: u64::try_from(media.bytes).unwrap_or_default(),
        sha256: media.sha256.clone(),
        path: files.path(&media.sha256),
    };
    let event = |event: &Event| EventView {
        seq: event.seq,
        kind: event.kind.clone(),
        visibility: event.visibility.as_str().to_owned(),
        actor: event.actor.as_str().to_owned(),
        text: event.text.clone(),
        photos: event.attachments.iter().map(photo).collect(),
    };
    let publicly = cases::public_condition(Family::Spec);
    let mut views = Vec::new();
    for case in cases::select_where(&connection, publicly, "1 = 1 ORDER BY cases.id", &[])? {
        views.push(CaseView {
            photos: media::of_report(&connection, case.id)?
                .iter()
                .map(photo)
                .collect(),
            events: events::list(&connection, case.id, Reader::Desk, 0, u32::MAX)?
                .iter()
                .map(event)
                .collect(),
            attributes: cases::attributes(&connection, case.id)?,
            id: case.id.to_string(),
            token: case.token,
            client_request_id: case.client_request_id,
            content_sha256: case.content_sha256,
            service_code: case.service_code,
            status: case.state.as_str().to_owned(),
            description: case.description,
            title: case.title,
            reference_code: case.reference_code,
            urgency: case.urgency.map(|word| word.as_str().to_owned()),
            observed_at: case.observed_at,
            lat: case.lat,
            long: case.long,
            address: case.address,
            publication: case.publication.as_str().to_owned(),
            identity: case.identity.as_str().to_owned(),
            is_public: case.is_public,
            outcome: case.outcome.map(|word| word.as_str().to_owned()),
            rating: case.rating.map(|word| word.as_str().to_owned()),
            fixed: case.fixed.map(|word| word.as_str().to_owned()),
        });
    }
    Ok(views)
}

/// How many cases a data folder holds.
pub(crate) fn count(dir: &Path) -> Result<u64, CityError> {
    let count: i64 = open_reader(dir)?.query_row("SELECT COUNT(*) FROM cases", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
