//! What a city shows to everybody: announcements, public cases, figures. Read from the city, kept for reading without a
//! network, and always told with the time at which it was so.

use serde::{Deserialize, Serialize};

use crate::case::CaseStatus;
use crate::id::{CaseNumber, ServiceCode};
use crate::place::Point;
use crate::snake::words;
use crate::time::Timestamp;
use crate::words::Language;

words!(
    /// How grave an announcement is.
    AnnouncementKind {
        /// Good to know.
        Info = "info",
        /// Be careful.
        Warning = "warning",
        /// Danger.
        Emergency = "emergency",
    }
);

/// A text of the city in its languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CityText {
    /// Vietnamese.
    pub vi: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl CityText {
    /// In a language, else in the other one: the city's words are never left out.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::Vi => (&self.vi, &self.en),
            Language::En => (&self.en, &self.vi),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }
}

/// An announcement of the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The city's id.
    pub id: String,
    /// Since when.
    pub at: Option<Timestamp>,
    /// Until when, where it ends.
    pub until: Option<Timestamp>,
    /// How grave; what the city says and we do not know is information.
    pub kind: AnnouncementKind,
    /// Title.
    pub title: CityText,
    /// Words.
    pub text: CityText,
    /// Where more is told.
    pub url: Option<String>,
    /// Where it holds, in words.
    pub area: Option<String>,
}

/// Somebody's case as the city shows it to everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicCase {
    /// The city's number.
    pub id: CaseNumber,
    /// How it stands.
    pub status: Option<CaseStatus>,
    /// Result, the city's word.
    pub outcome: Option<String>,
    /// Category.
    pub service: Option<ServiceCode>,
    /// Name of the category.
    pub service_name: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Words.
    pub text: String,
    /// When it was filed.
    pub requested_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// Due date.
    pub due_at: Option<Timestamp>,
    /// Agency, as the city writes it.
    pub agency: Option<String>,
    /// The place in words.
    pub place: Option<String>,
    /// The place; of a case near homes rounded by the city.
    pub point: Option<Point>,
    /// Whether the city rounded the point: how exact it may be shown.
    pub precision: Precision,
    /// A photo.
    pub media_url: Option<String>,
}

words!(
    /// How exact a point of a public case is.
    Precision {
        /// As it was told.
        Exact = "exact",
        /// Rounded by the city, for the sake of those who live there.
        Rounded = "rounded",
    }
);

/// One figure of the city: a sum over its public events that anybody can take again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Metric, by the city's definitions.
    pub metric: String,
    /// So many.
    pub numerator: u64,
    /// Of so many; absent of a plain count.
    pub denominator: Option<u64>,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// First day, as the city says.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// Version of the definitions.
    pub definition_version: Option<u64>,
    /// The figures are sums over the public events up to this number.
    pub events_n: Option<u64>,
    /// The figures.
    pub figures: Vec<Figure>,
}
