//! What is frozen when a citizen taps "send": the canonical payload, wire version 1 (docs/extensions.md).
//!
//! An ordered list of name and value, plus the ids of the attachments. It is written once, sent as it is as often as
//! needed, and hashed: the same key with the same hash is the same report for ever. What may differ between two
//! attempts of one submission (when it was queued, who reports, which app key) is therefore no part of it.
//!
//! A city without fields for them learns the reference code and the time of observation from one footer line of the
//! description: the code makes a later look-up exact. The description's limit counts all of it, in Unicode characters.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::attachment::Sha256;
use crate::fold::count_chars;
use crate::id::AttachmentId;
use crate::place::{Place, Point};
use crate::profile::{CityProfile, Footer};
use crate::report::{Answer, Report};
use crate::service::{DataType, Definition};
use crate::snake::words;
use crate::time::{Timestamp, Zone};
use crate::words::render;

/// Version of the canonical form that [`Payload::freeze`] writes.
pub const WIRE_VERSION: u32 = 1;

words!(
    /// A named field that a city may take (extension `fields`).
    Field {
        /// The reference code, 12 digits.
        ReferenceCode = "reference_code",
        /// The short title.
        Title = "title",
        /// How pressing.
        Urgency = "urgency",
        /// When it was seen.
        ObservedAt = "observed_at",
        /// When it was sent off; not part of the canonical payload, see [`queued_at`].
        QueuedAt = "queued_at",
        /// By what way it came.
        Channel = "channel",
        /// Who sees it.
        Publication = "publication",
        /// Who learns the name.
        Identity = "identity",
        /// Words for the place.
        PlaceWords = "place_words",
        /// Radius of the point's uncertainty in metres.
        AccuracyM = "accuracy_m",
    }
);

/// The named fields that a city takes, as its discovery says; empty for a bare city.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Fields(BTreeSet<Field>);

impl Fields {
    /// From the names of discovery; names that we do not know are left out.
    pub fn from_names<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(
            names
                .into_iter()
                .filter_map(|name| name.as_ref().parse().ok())
                .collect(),
        )
    }

    /// A bare city.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A city that takes every field.
    #[must_use]
    pub fn all() -> Self {
        Self(Field::ALL.iter().copied().collect())
    }

    /// Whether the city takes this one.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.0.contains(&field)
    }

    /// The fields taken.
    pub fn iter(&self) -> impl Iterator<Item = Field> + '_ {
        self.0.iter().copied()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(d).map(Self::from_names)
    }
}

words!(
    /// How a server wants the values of a list question.
    MultiValueStyle {
        /// `attribute[CODE][]=a&attribute[CODE][]=b`, as the standard says.
        Brackets = "brackets",
        /// `attribute[CODE]=a&attribute[CODE]=b` (FixMyStreet, open311-adapter).
        Repeated = "repeated",
    }
);

words!(
    /// The line at the moment of sending off. Decides whether the footer says why the report comes late.
    Line {
        /// There is a network, or nobody knows.
        Up = "up",
        /// The phone has no network: the report will be late for that reason.
        Down = "down",
    }
);

/// What the wire of a city looks like, as far as the payload depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'a> {
    /// Named fields of the city.
    pub fields: &'a Fields,
    /// Naming of list answers.
    pub multi_value: MultiValueStyle,
    /// Questions of the chosen service, where known: tells which answers are lists.
    pub definition: Option<&'a Definition>,
    /// The line at this moment.
    pub line: Line,
}

/// The frozen form of one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Version of the canonical form.
    pub wire_version: u32,
    /// Names and values in their order, as they are sent.
    pub pairs: Vec<(String, String)>,
    /// Attachments in their order.
    pub attachments: Vec<AttachmentId>,
}

impl Payload {
    /// Freezes a report for a city. Total: what is wrong with a report is [`crate::validate::validate`]'s to say.
    ///
    /// Order: `service_code`, `lat`, `long`, `address_string`, `description`, the answers in their order, then the named
    /// fields that the city takes in the order of [`Field`]. What is empty is left out.
    #[must_use]
    pub fn freeze(report: &Report, profile: &CityProfile, wire: &Wire<'_>) -> Self {
        let content = &report.content;
        let mut pairs = Vec::new();
        let mut put = |name: &str, value: String| {
            if !value.is_empty() {
                pairs.push((name.to_owned(), value));
            }
        };
        if let Some(service) = &content.service {
            put("service_code", service.as_str().to_owned());
        }
        if let Some(located) = content.place.located {
            let (lat, long) = coordinates(located.point);
            put("lat", lat);
            put("long", long);
        }
        put("address_string", place_words(&content.place).to_owned());
        put("description", description(report, profile, wire));
        for answer in &content.answers {
            let name = attribute_name(answer, wire);
            for value in &answer.values {
                put(&name, value.clone());
            }
        }
        for field in wire.fields.iter() {
            put(field.as_str(), named_value(report, field));
        }
        Self {
            wire_version: WIRE_VERSION,
            pairs,
            attachments: report.attachments.iter().map(|a| a.id).collect(),
        }
    }

    /// The bytes that are hashed: `name=value\n` a pair, then `attachment=ID\n` an attachment; in names and values `\`,
    /// `=`, LF and CR are written `\\`, `\e`, `\n`, `\r`, so that no two payloads share their bytes.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut text = String::new();
        for (name, value) in &self.pairs {
            escape_into(&mut text, name);
            text.push('=');
            escape_into(&mut text, value);
            text.push('\n');
        }
        for id in &self.attachments {
            text.push_str("attachment=");
            text.push_str(&id.to_string());
            text.push('\n');
        }
        text.into_bytes()
    }

    /// SHA-256 of [`Self::canonical_bytes`]: `payload_hash` here, `content_sha256` on the wire.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.canonical_bytes())
    }

    /// The first value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The pair `queued_at`, where the city takes it and the report was sent off. Travels beside the canonical payload.
#[must_use]
pub fn queued_at(report: &Report, fields: &Fields) -> Option<(String, String)> {
    let at = report.queued_at.filter(|_| fields.has(Field::QueuedAt))?;
    Some((Field::QueuedAt.as_str().to_owned(), at.to_wire()))
}

/// Room in a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DescriptionBudget {
    /// Unicode characters that the city takes.
    pub limit: usize,
    /// Characters as it stands, with title and footer where they go into the description.
    pub used: usize,
    /// Of these, what is not the citizen's words.
    pub overhead: usize,
}

impl DescriptionBudget {
    /// Characters that the citizen's words may have.
    #[must_use]
    pub const fn for_words(self) -> usize {
        self.limit.saturating_sub(self.overhead)
    }

    /// Characters that may still be typed.
    #[must_use]
    pub const fn left(self) -> usize {
        self.limit.saturating_sub(self.used)
    }

    /// Characters too many; 0 where it fits.
    #[must_use]
    pub const fn excess(self) -> usize {
        self.used.saturating_sub(self.limit)
    }
}

/// Counts the description of a report against the city's limit, footer included.
#[must_use]
pub fn description_budget(report: &Report, profile: &CityProfile, wire: &Wire<'_>) -> DescriptionBudget {
    let used = count_chars(&description(report, profile, wire));
    let words = if report.content.text.trim().is_empty() {
        0
    } else {
        count_chars(&report.content.text)
    };
    let limit = usize::try_from(profile.description_max).unwrap_or(usize::MAX);
    DescriptionBudget {
        limit,
        used,
        overhead: used.saturating_sub(words),
    }
}

/// Latitude and longitude as every known server reads them: a dot, at most 6 decimals (0.1 m), no exponent, no `-0`.
#[must_use]
pub fn coordinates(point: Point) -> (String, String) {
    (decimal(point.lat(), 6), decimal(point.lon(), 6))
}

fn description(report: &Report, profile: &CityProfile, wire: &Wire<'_>) -> String {
    let content = &report.content;
    let title = content
        .title
        .as_deref()
        .filter(|_| !wire.fields.has(Field::Title))
        .unwrap_or_default();
    let footer = footer(report, profile, wire).unwrap_or_default();
    let parts: Vec<&str> = [title, &content.text, &footer]
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .collect();
    parts.join("\n\n")
}

/// The footer line, where the city has no field for one of its two facts.
fn footer(report: &Report, profile: &CityProfile, wire: &Wire<'_>) -> Option<String> {
    let has_fields = wire.fields.has(Field::ReferenceCode) && wire.fields.has(Field::ObservedAt);
    match profile.footer {
        Footer::Never => None,
        Footer::WhereNeeded if has_fields => None,
        Footer::WhereNeeded => {
            let language = profile.language();
            let code = render(
                "footer.code",
                language,
                &[("number", &report.reference_code.to_string())],
            );
            let seen = observed(report.content.observed_at, &profile.zone_or_utc());
            let time = [("time", seen.as_str())];
            Some(match wire.line {
                Line::Up => format!("{code} · {}", render("footer.seen", language, &time)),
                Line::Down => format!("{code} {}", render("late_footer", language, &time)),
            })
        }
    }
}

/// Hour and date as the city's people read them; UTC is named, for no city lives by it.
fn observed(at: Timestamp, zone: &Zone) -> String {
    let people = at.to_people(zone);
    if *zone == Zone::UTC {
        format!("{people} UTC")
    } else {
        people
    }
}

fn place_words(place: &Place) -> &str {
    place.words.as_deref().map(str::trim).unwrap_or_default()
}

fn attribute_name(answer: &Answer, wire: &Wire<'_>) -> String {
    let known = wire
        .definition
        .and_then(|d| d.attributes.iter().find(|a| a.code == answer.code));
    let is_list = known.map_or(answer.values.len() > 1, |a| {
        a.datatype == DataType::MultiValueList
    });
    match (wire.multi_value, is_list) {
        (MultiValueStyle::Brackets, true) => format!("attribute[{}][]", answer.code),
        (MultiValueStyle::Brackets, false) | (MultiValueStyle::Repeated, _) => {
            format!("attribute[{}]", answer.code)
        }
    }
}

fn named_value(report: &Report, field: Field) -> String {
    let content = &report.content;
    match field {
        Field::ReferenceCode => report.reference_code.digits(),
        Field::Title => content
            .title
            .as_deref()
            .map(str::trim)
            .unwrap_or_default()
            .to_owned(),
        Field::Urgency => content.urgency.to_string(),
        Field::ObservedAt => content.observed_at.to_wire(),
        // Differs between attempts: never part of what is hashed.
        Field::QueuedAt => String::new(),
        Field::Channel => report.channel.to_string(),
        Field::Publication => content.publication.to_string(),
        Field::Identity => content.identity.to_string(),
        Field::PlaceWords => place_words(&content.place).to_owned(),
        Field::AccuracyM => content
            .place
            .located
            .and_then(|located| located.accuracy_m)
            .filter(|metres| metres.is_finite() && *metres >= 0.0)
            .map(|metres| decimal(metres, 1))
            .unwrap_or_default(),
    }
}

/// A number with at most so many decimals, without an exponent, without trailing zeros, without `-0`.
fn decimal(value: f64, decimals: usize) -> String {
    let fixed = format!("{value:.decimals$}");
    let short = if fixed.contains('.') {
        fixed.trim_end_matches('0').trim_end_matches('.')
    } else {
        &fixed
    };
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '=' => out.push_str("\\e"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
}
