//! Announcements, the public feed, figures.

use super::case::{Case, case};
use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{count, text, time};
use crate::time::{WireTime, ZoneOffset};
use crate::tree::{Tree, list, member, success};

/// A text in the languages of the city.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireTexts {
    /// Vietnamese.
    pub vi: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// One announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireAnnouncement {
    /// Opaque id.
    pub id: String,
    /// Since when.
    pub at: Option<WireTime>,
    /// Until when, where it ends.
    pub until: Option<WireTime>,
    /// `info`, `warning`, `emergency`, as written.
    pub kind: Option<String>,
    /// Title.
    pub title: WireTexts,
    /// Words.
    pub text: WireTexts,
    /// Where more is told.
    pub url: Option<String>,
    /// Where it holds, in words.
    pub area: Option<String>,
}

/// A page of what is shown to everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicPage<T> {
    /// Its entries, newest first.
    pub entries: Vec<T>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireFigure {
    /// Name of the metric.
    pub metric: String,
    /// So many.
    pub numerator: u64,
    /// Of so many.
    pub denominator: Option<u64>,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireStatistics {
    /// When they were taken.
    pub as_of: Option<WireTime>,
    /// First day.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// Version of the metrics' definitions.
    pub definition_version: Option<u64>,
    /// They are sums over the public events up to this number.
    pub events_n: Option<u64>,
    /// The figures.
    pub figures: Vec<WireFigure>,
}

/// Reads a page of announcements; one without an id is left out.
///
/// # Errors
/// Any [`ReadError`].
pub fn announcements(
    answer: &Answer<'_>,
    zone: ZoneOffset,
) -> Result<PublicPage<WireAnnouncement>, ReadError> {
    page(answer, "announcements", |row| announcement(row, zone))
}

fn announcement(row: &Tree, zone: ZoneOffset) -> Option<WireAnnouncement> {
    Some(WireAnnouncement {
        id: text(row, "id")?,
        at: time(row, "at", zone),
        until: time(row, "until", zone),
        kind: text(row, "kind"),
        title: texts(row, "title"),
        text: texts(row, "text"),
        url: text(row, "url"),
        area: text(row, "area"),
    })
}

/// A text in two languages, or in one that is not named: then the city's own.
fn texts(row: &Tree, name: &str) -> WireTexts {
    let Some(value) = member(row, name) else {
        return WireTexts::default();
    };
    if value.is_object() {
        WireTexts {
            vi: text(value, "vi"),
            en: text(value, "en"),
        }
    } else {
        WireTexts {
            vi: text(row, name),
            en: None,
        }
    }
}

/// Reads a page of the public feed.
///
/// # Errors
/// Any [`ReadError`].
pub fn feed(answer: &Answer<'_>, zone: ZoneOffset) -> Result<PublicPage<Case>, ReadError> {
    page(answer, "cases", |row| case(row, zone))
}

fn page<T>(
    answer: &Answer<'_>,
    name: &'static str,
    read: impl Fn(&Tree) -> Option<T>,
) -> Result<PublicPage<T>, ReadError> {
    let tree = success(answer)?;
    let listed = member(&tree, name).ok_or(ReadError::Malformed { what: name })?;
    Ok(PublicPage {
        entries: list(listed, &[])?.into_iter().filter_map(read).collect(),
        next: text(&tree, "next"),
    })
}

/// Reads figures; one without a name or a number is left out.
///
/// # Errors
/// Any [`ReadError`].
pub fn statistics(answer: &Answer<'_>, zone: ZoneOffset) -> Result<WireStatistics, ReadError> {
    let tree = success(answer)?;
    let listed = member(&tree, "figures").ok_or(ReadError::Malformed { what: "figures" })?;
    let figure = |row: &Tree| {
        Some(WireFigure {
            metric: text(row, "metric")?,
            numerator: count(row, "numerator")?,
            denominator: count(row, "denominator"),
        })
    };
    Ok(WireStatistics {
        as_of: time(&tree, "as_of", zone),
        from: text(&tree, "from"),
        to: text(&tree, "to"),
        definition_version: count(&tree, "definition_version"),
        events_n: count(&tree, "events_n"),
        figures: list(listed, &[])?.into_iter().filter_map(figure).collect(),
    })
}

/// The id of a push registration.
#[must_use]
pub fn registration(answer: &Answer<'_>) -> Option<String> {
    text(&success(answer).ok()?, "registration_id")
}
