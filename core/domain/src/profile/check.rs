//! Mistakes in a profile: `phananh city profile check FILE` names them all, and an app refuses one that blocks.

use url::{Host, Url};

use crate::case_words::{OUR_WORDS, normal_form};
use crate::snake::words;
use crate::validate::Severity;
use crate::words::Language;

use super::{BoundingBox, CityProfile, Label};

words!(
    /// What is wrong with a member of a profile. The text of each stands in the catalogue under `profile.<word>`.
    ProfileProblemCode {
        /// Must not be empty.
        Empty = "empty",
        /// Not a name for files and commands: letters, digits, `-`, `_`, `.`, at most 64.
        BadName = "bad_name",
        /// Not a URL that paths can be added to.
        BadUrl = "bad_url",
        /// Must be https; http is for loopback only.
        NotHttps = "not_https",
        /// A URL holds a user name or a password.
        SecretInUrl = "secret_in_url",
        /// Not in the IANA database.
        UnknownZone = "unknown_zone",
        /// No words in this language: the app shows another.
        UnknownLanguage = "unknown_language",
        /// Outside the range that makes sense.
        OutOfRange = "out_of_range",
        /// Not a box on the earth.
        BadBox = "bad_box",
        /// Not a number to dial.
        BadNumber = "bad_number",
        /// Not one of our status words.
        UnknownStatus = "unknown_status",
        /// The same code twice.
        Twice = "twice",
        /// This version does not know the member.
        UnknownMember = "unknown_member",
    }
);

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileProblem {
    /// Member, e.g. `emergency[1].number`.
    pub path: String,
    /// What is wrong.
    pub code: ProfileProblemCode,
    /// Whether the profile can be used.
    pub severity: Severity,
}

impl CityProfile {
    /// Every mistake in the profile, in the order of its members. The names in `flags` are `georeport`'s to judge.
    #[must_use]
    pub fn check(&self) -> Vec<ProfileProblem> {
        use ProfileProblemCode as C;
        use Severity::{Blocks, Warns};
        let mut found = Vec::new();
        let mut add = |path: &str, code, severity| {
            found.push(ProfileProblem {
                path: path.to_owned(),
                code,
                severity,
            })
        };

        if !is_name(&self.name) {
            add("name", C::BadName, Blocks);
        }
        if let Some(code) = self.endpoint.as_deref().and_then(endpoint_problem) {
            add("endpoint", code, Blocks);
        }
        if self.zone().is_err() {
            add("zone", C::UnknownZone, Blocks);
        }
        if self.languages.is_empty() {
            add("languages", C::Empty, Blocks);
        }
        for (i, language) in self.languages.iter().enumerate() {
            if language.parse::<Language>().is_err() {
                add(&format!("languages[{i}]"), C::UnknownLanguage, Warns);
            }
        }
        if self.hotline.as_deref().is_some_and(|number| !is_number(number)) {
            add("hotline", C::BadNumber, Warns);
        }
        for (i, emergency) in self.emergency.iter().enumerate() {
            if !is_number(&emergency.number) {
                add(&format!("emergency[{i}].number"), C::BadNumber, Blocks);
            }
            if is_empty(&emergency.label) {
                add(&format!("emergency[{i}].label"), C::Empty, Warns);
            }
        }
        if self.bbox.is_some_and(|bbox| !is_on_earth(bbox)) {
            add("bbox", C::BadBox, Blocks);
        }
        for (path, value, range) in [
            ("max_photos", u64::from(self.max_photos), 0..=20),
            ("max_photo_bytes", self.max_photo_bytes, 20_000..=50_000_000),
            (
                "description_max",
                u64::from(self.description_max),
                100..=1_000_000,
            ),
            ("total_timeout_s", u64::from(self.total_timeout_s), 1..=600),
            ("visibility_lag_s", u64::from(self.visibility_lag_s), 0..=604_800),
        ] {
            if !range.contains(&value) {
                add(path, C::OutOfRange, Blocks);
            }
        }
        let mut codes = std::collections::BTreeSet::new();
        for (i, service) in self.services.iter().enumerate() {
            if service.code.is_empty() {
                add(&format!("services[{i}].code"), C::Empty, Blocks);
            } else if !codes.insert(&service.code) {
                add(&format!("services[{i}].code"), C::Twice, Blocks);
            }
            if is_empty(&service.name) {
                add(&format!("services[{i}].name"), C::Empty, Warns);
            }
        }
        for (theirs, own) in &self.status_map {
            if !OUR_WORDS.contains(&normal_form(own).as_str()) {
                add(&format!("status_map.{theirs}"), C::UnknownStatus, Blocks);
            }
        }
        for member in self.unknown.keys() {
            add(member, C::UnknownMember, Warns);
        }
        found
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&name.chars().count())
        && name.chars().all(allowed)
        && name.chars().any(char::is_alphanumeric)
}

fn is_number(number: &str) -> bool {
    number.chars().any(|c| c.is_ascii_digit())
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || " +-.()*#".contains(c))
}

fn is_empty(label: &Label) -> bool {
    match label {
        Label::One(text) => text.trim().is_empty(),
        Label::ByLanguage(texts) => texts.values().all(|text| text.trim().is_empty()),
    }
}

fn is_on_earth(bbox: BoundingBox) -> bool {
    let lat = |degrees: f64| (-90.0..=90.0).contains(&degrees);
    let lon = |degrees: f64| (-180.0..=180.0).contains(&degrees);
    lat(bbox.south) && lat(bbox.north) && bbox.south < bbox.north && lon(bbox.west) && lon(bbox.east)
}

/// What is wrong with the base URL of an endpoint, if anything.
fn endpoint_problem(endpoint: &str) -> Option<ProfileProblemCode> {
    use ProfileProblemCode as C;
    let Ok(url) = Url::parse(endpoint) else {
        return Some(C::BadUrl);
    };
    if url.query().is_some() || url.fragment().is_some() {
        return Some(C::BadUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some(C::SecretInUrl);
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => None,
        ("http", Some(host)) => (!is_loopback(&host)).then_some(C::NotHttps),
        _ => Some(C::BadUrl),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
