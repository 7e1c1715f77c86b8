//! What keeps a report from being sent: all of it at once, each with its field and a word for what is wrong.
//!
//! Validation never changes a draft and never guesses: what the city has not told (its list, its questions) is not
//! held against the citizen. Whatever a city may or may not refuse (a place outside) is warned of and left to people.

mod answers;

use serde::{Deserialize, Serialize};

use crate::attachment::{AttachmentKind, IngestState};
use crate::id::ServiceCode;
use crate::payload::{Wire, description_budget};
use crate::profile::CityProfile;
use crate::report::Report;
use crate::service::{Definition, Need, NoticeKind, Service};
use crate::snake::words;
use crate::words::{Language, render, text};

words!(
    /// What is wrong. The text of each stands in the catalogue under `problem.<word>`.
    ProblemCode {
        /// Must be given.
        Required = "required",
        /// The city's list does not hold this category.
        UnknownService = "unknown_service",
        /// The category takes no reports now (a notice of the city says so).
        Stopped = "stopped",
        /// The city asks to go elsewhere with this category.
        Redirected = "redirected",
        /// The category has no such question.
        UnknownAttribute = "unknown_attribute",
        /// Not one of the choices.
        NotAChoice = "not_a_choice",
        /// Not a number.
        NotANumber = "not_a_number",
        /// Not a date or time by ISO 8601.
        NotATime = "not_a_time",
        /// One answer only.
        TooManyAnswers = "too_many_answers",
        /// More characters than the city takes, footer included.
        TooLong = "too_long",
        /// More photos than the city takes.
        TooManyPhotos = "too_many_photos",
        /// The city takes fewer photos with a report, and none afterwards: the others stay on the phone.
        PhotosStay = "photos_stay",
        /// A photo that could not be read.
        PhotoFailed = "photo_failed",
        /// A photo with more bytes than the city takes.
        PhotoTooLarge = "photo_too_large",
        /// A kind of file that cannot be sent yet.
        KindNotYet = "kind_not_yet",
        /// Outside the city's area: may be refused.
        Outside = "outside",
        /// Neither words nor a photo.
        EmptyReport = "empty_report",
        /// The city takes no reports by this way.
        TakesNoReports = "takes_no_reports",
    }
);

words!(
    /// What a problem does.
    Severity {
        /// Not without a change.
        Blocks = "blocks",
        /// Told, and left to the person.
        Warns = "warns",
    }
);

/// One problem of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where: `city`, `service_code`, `description`, `place`, `photo`, `attribute[CODE]`.
    pub field: String,
    /// What.
    pub code: ProblemCode,
    /// What it does.
    pub severity: Severity,
    /// The question in the city's words, of an attribute.
    #[serde(default)]
    pub question: Option<String>,
    /// The limit that is exceeded: characters, photos, bytes, answers.
    #[serde(default)]
    pub limit: Option<u64>,
    /// What there is instead, in the unit of `limit`.
    #[serde(default)]
    pub actual: Option<u64>,
}

/// The city's categories, as far as this phone knows them.
#[derive(Debug, Clone, Copy)]
pub enum KnownServices<'a> {
    /// The list was never fetched: any category may be right.
    NeverFetched,
    /// The city's list.
    List(&'a [Service]),
}

impl<'a> KnownServices<'a> {
    /// The category of a code, where the list is known and holds it.
    #[must_use]
    pub fn find(self, code: &ServiceCode) -> Option<&'a Service> {
        match self {
            Self::NeverFetched => None,
            Self::List(services) => services.iter().find(|service| service.code == *code),
        }
    }
}

/// Every problem of a report, in the order of the screens: city, category, place, words, questions, photos. Empty, or
/// warnings only, means that it can be sent. The questions judged are those of `wire.definition`.
#[must_use]
pub fn validate(
    report: &Report,
    profile: &CityProfile,
    services: KnownServices<'_>,
    wire: &Wire<'_>,
) -> Vec<Problem> {
    let content = &report.content;
    let service = content.service.as_ref().and_then(|code| services.find(code));
    let needs = profile
        .needs_of(content.service.as_ref())
        .or_else(|| service.map(|s| s.needs))
        .unwrap_or_default();

    let mut problems = Vec::new();
    if !profile.takes_reports {
        problems.push(Problem::blocks("city", ProblemCode::TakesNoReports));
    }
    problems.extend(service_problem(report, profile, services));
    problems.extend(wire.definition.and_then(notice_problem));
    problems.extend(place_problem(report, profile, needs.place));
    problems.extend(words_problems(report, profile, needs.words, wire));
    problems.extend(
        wire.definition
            .into_iter()
            .flat_map(|definition| answers::problems(&content.answers, definition)),
    );
    problems.extend(photo_problems(report, profile, needs.photo));
    problems
}

/// The warning that a city takes fewer photos with a report than this one has, and none afterwards; `most` is how many.
#[must_use]
pub fn photos_beyond(report: &Report, most: usize) -> Option<Problem> {
    let number = report.attachments.len();
    (number > most)
        .then(|| Problem::warns("photo", ProblemCode::PhotosStay).beyond(count(most), count(number)))
}

/// Whether any of the problems keeps the report from being sent.
#[must_use]
pub fn blocks(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Blocks)
}

impl Problem {
    /// A problem that keeps the report from being sent.
    #[must_use]
    pub fn blocks(field: impl Into<String>, code: ProblemCode) -> Self {
        Self {
            field: field.into(),
            code,
            severity: Severity::Blocks,
            question: None,
            limit: None,
            actual: None,
        }
    }

    /// A problem that is told and no more.
    #[must_use]
    pub fn warns(field: impl Into<String>, code: ProblemCode) -> Self {
        Self {
            severity: Severity::Warns,
            ..Self::blocks(field, code)
        }
    }

    /// With the limit that is exceeded and what there is.
    #[must_use]
    pub fn beyond(self, limit: u64, actual: u64) -> Self {
        Self {
            limit: Some(limit),
            actual: Some(actual),
            ..self
        }
    }

    /// What to tell: what is wrong and what to do next. `city` is the city's name as people read it; `number` the one to
    /// call where the city takes no reports by app.
    #[must_use]
    pub fn tell(&self, language: Language, city: &str, number: &str) -> String {
        let label = format!("field.{}", self.field);
        let field = self
            .question
            .as_deref()
            .or_else(|| text(&label, language))
            .unwrap_or(&self.field);
        let excess = self
            .actual
            .unwrap_or(0)
            .saturating_sub(self.limit.unwrap_or(0))
            .to_string();
        let limit = self.limit.unwrap_or(0).to_string();
        let code = match (self.code, self.field.as_str()) {
            (ProblemCode::Required, "place") => "error.no_place".to_owned(),
            (code, _) => format!("problem.{code}"),
        };
        render(
            &code,
            language,
            &[
                ("field", field),
                ("n", &excess),
                ("limit", &limit),
                ("city", city),
                ("number", number),
            ],
        )
    }
}

fn service_problem(report: &Report, profile: &CityProfile, services: KnownServices<'_>) -> Option<Problem> {
    let code = match (&report.content.service, services) {
        (None, _) if profile.service_required => ProblemCode::Required,
        (Some(code), KnownServices::List(_)) if services.find(code).is_none() => ProblemCode::UnknownService,
        _ => return None,
    };
    Some(Problem::blocks("service_code", code))
}

fn notice_problem(definition: &Definition) -> Option<Problem> {
    let has = |kind| definition.notices.iter().any(|notice| notice.kind == kind);
    if has(NoticeKind::Stop) {
        Some(Problem::blocks("service_code", ProblemCode::Stopped))
    } else if has(NoticeKind::Redirect) {
        Some(Problem::warns("service_code", ProblemCode::Redirected))
    } else {
        None
    }
}

fn place_problem(report: &Report, profile: &CityProfile, need: Need) -> Option<Problem> {
    let place = &report.content.place;
    if place.is_empty() {
        return (need == Need::Required).then(|| Problem::blocks("place", ProblemCode::Required));
    }
    let outside = profile
        .bbox
        .zip(place.located)
        .is_some_and(|(bbox, located)| !bbox.contains(located.point));
    outside.then(|| Problem::warns("place", ProblemCode::Outside))
}

fn words_problems(report: &Report, profile: &CityProfile, need: Need, wire: &Wire<'_>) -> Vec<Problem> {
    let missing = match need {
        _ if !report.content.text.trim().is_empty() => None,
        Need::Required => Some(ProblemCode::Required),
        Need::Optional | Need::Hidden => report.attachments.is_empty().then_some(ProblemCode::EmptyReport),
    };
    let budget = description_budget(report, profile, wire);
    let too_long = (budget.excess() > 0).then(|| {
        Problem::blocks("description", ProblemCode::TooLong).beyond(count(budget.limit), count(budget.used))
    });
    missing
        .map(|code| Problem::blocks("description", code))
        .into_iter()
        .chain(too_long)
        .collect()
}

fn photo_problems(report: &Report, profile: &CityProfile, need: Need) -> Vec<Problem> {
    let mut problems = Vec::new();
    let number = count(report.attachments.len());
    if number == 0 && need == Need::Required {
        problems.push(Problem::blocks("photo", ProblemCode::Required));
    }
    if number > u64::from(profile.max_photos) {
        problems.push(
            Problem::blocks("photo", ProblemCode::TooManyPhotos)
                .beyond(u64::from(profile.max_photos), number),
        );
    }
    for attachment in &report.attachments {
        let bytes = attachment.file.as_ref().map_or(0, |file| file.bytes);
        if attachment.kind != AttachmentKind::Photo {
            problems.push(Problem::blocks("photo", ProblemCode::KindNotYet));
        } else if attachment.ingest == IngestState::Failed {
            problems.push(Problem::blocks("photo", ProblemCode::PhotoFailed));
        } else if bytes > profile.max_photo_bytes {
            problems.push(
                Problem::blocks("photo", ProblemCode::PhotoTooLarge).beyond(profile.max_photo_bytes, bytes),
            );
        }
    }
    problems
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
