//! What must be true at the end, held against what the city has on its disk.

use phananh_city::{CaseView, PhotoView};
use phananh_domain::attachment::Sha256;
use phananh_domain::case::CaseStatus;
use phananh_domain::message::{Satisfaction, StillThere};
use serde_json::{Value, json};

use super::say;
use super::story::Told;
use crate::output::texts::Bilingual;

/// One claim of the story.
pub(super) struct Check {
    name: &'static str,
    pub(super) text: Bilingual,
    pub(super) holds: bool,
}

impl Check {
    pub(super) fn json(&self) -> Value {
        json!({"name": self.name, "ok": self.holds})
    }
}

/// Every claim.
pub(super) fn all(told: &Told, cases: &[CaseView]) -> Vec<Check> {
    let check = |name, text, holds| Check { name, text, holds };
    let case = cases.first();
    let about = |holds: &dyn Fn(&CaseView) -> bool| case.is_some_and(holds);
    let photo = case.and_then(|case| match case.photos.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    let bytes = photo.and_then(read);
    let digits = told.status.report.reference_code.digits();
    let number = told
        .status
        .service_request_id
        .as_ref()
        .map(|number| number.as_str());
    let cut = &told.cut;
    vec![
        check("said_why", say::SAID_WHY, told.waited_for.is_some()),
        check(
            "answer_lost_after_commit",
            say::ANSWER_LOST,
            cut.is_after_commit() && told.attempts > 1,
        ),
        check(
            "one_case",
            say::ONE_CASE,
            cases.len() == 1 && about(&|case| number == Some(&case.id)),
        ),
        check(
            "words_whole",
            say::WORDS_WHOLE,
            about(&|case| {
                case.description.as_deref() == Some(say::REPORT_TEXT)
                    && case.title.as_deref() == Some(say::REPORT_TITLE)
                    && case.reference_code.as_deref() == Some(&digits)
            }),
        ),
        check(
            "photo_same",
            say::PHOTO_SAME,
            bytes.as_ref().is_some_and(|bytes| {
                let sent = &told.photo.file.sha256;
                Sha256::of(bytes) == *sent && photo.is_some_and(|photo| photo.sha256 == sent.as_str())
            }),
        ),
        check(
            "photo_decodes",
            say::PHOTO_DECODES,
            bytes.as_ref().is_some_and(|bytes| {
                let size = (told.photo.file.width, told.photo.file.height);
                image::load_from_memory(bytes)
                    .is_ok_and(|picture| (picture.width(), picture.height()) == size)
            }),
        ),
        check(
            "photo_clean",
            say::PHOTO_CLEAN,
            bytes
                .as_ref()
                .is_some_and(|bytes| !bytes.windows(6).any(|window| window == b"Exif\0\0")),
        ),
        check(
            "after_photo",
            say::AFTER_PHOTO,
            about(&|case| {
                case.events
                    .iter()
                    .any(|event| event.kind == "resolved" && event.photos.len() == 1)
            }),
        ),
        check("followed", say::FOLLOWED, {
            told.owed == 0
                && told.status.case_status == Some(CaseStatus::Resolved)
                && told.status.outcome.as_deref() == Some("fixed")
        }),
        check(
            "rated",
            say::RATED,
            about(&|case| {
                case.rating.as_deref() == Some(Satisfaction::Satisfied.as_str())
                    && case.fixed.as_deref() == Some(StillThere::Yes.as_str())
            }),
        ),
    ]
}

fn read(photo: &PhotoView) -> Option<Vec<u8>> {
    std::fs::read(&photo.path).ok()
}
