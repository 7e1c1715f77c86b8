//! What a city shows to everybody.

use phananh_domain::case::CaseStatus;
use phananh_domain::id::{CaseNumber, ServiceCode};
use phananh_domain::place::Point;
use phananh_domain::public::{
    Announcement, AnnouncementKind, CityText, Figure, Numbers, Precision, PublicCase,
};
use phananh_domain::time::Timestamp;
use phananh_engine::client::{AnnouncementPage, FeedPage, NumbersView, Period, PublicQuery};

/// How grave an announcement is.
#[uniffi::remote(Enum)]
pub enum AnnouncementKind {
    /// Good to know.
    Info,
    /// Be careful.
    Warning,
    /// Danger.
    Emergency,
}

/// A text of the city in its languages.
#[uniffi::remote(Record)]
pub struct CityText {
    /// Vietnamese.
    pub vi: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// An announcement of the city.
#[uniffi::remote(Record)]
pub struct Announcement {
    /// The city's id.
    pub id: String,
    /// Since when.
    pub at: Option<Timestamp>,
    /// Until when, where it ends.
    pub until: Option<Timestamp>,
    /// How grave.
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

/// How exact a point of a public case is.
#[uniffi::remote(Enum)]
pub enum Precision {
    /// As it was told.
    Exact,
    /// Rounded by the city, for the sake of those who live there.
    Rounded,
}

/// Somebody's case as the city shows it to everybody.
#[uniffi::remote(Record)]
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
    /// The place.
    pub point: Option<Point>,
    /// How exact it is.
    pub precision: Precision,
    /// A photo.
    pub media_url: Option<String>,
}

/// One figure of the city.
#[uniffi::remote(Record)]
pub struct Figure {
    /// Metric, by the city's definitions; its name stands under `metric.<word>`.
    pub metric: String,
    /// So many.
    pub numerator: u64,
    /// Of so many; absent of a plain count.
    pub denominator: Option<u64>,
}

/// The figures of a period.
#[uniffi::remote(Record)]
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

/// A page of announcements, newest first.
#[uniffi::remote(Record)]
pub struct AnnouncementPage {
    /// Its entries.
    pub announcements: Vec<Announcement>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// When it was so.
    pub as_of: Timestamp,
}

/// A page of public cases, newest first.
#[uniffi::remote(Record)]
pub struct FeedPage {
    /// Its entries.
    pub cases: Vec<PublicCase>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// When it was so.
    pub as_of: Timestamp,
}

/// Figures, and when they were taken.
#[uniffi::remote(Record)]
pub struct NumbersView {
    /// The figures.
    pub numbers: Numbers,
    /// When they were taken.
    pub as_of: Timestamp,
}

/// What to show of the public cases.
#[uniffi::remote(Record)]
pub struct PublicQuery {
    /// One category.
    #[uniffi(default)]
    pub service: Option<String>,
    /// One state of the case.
    #[uniffi(default)]
    pub state: Option<String>,
    /// Cursor of the page before.
    #[uniffi(default)]
    pub after: Option<String>,
}

/// A period, days as `2026-11-25`, both inclusive, in the city's zone.
#[uniffi::remote(Record)]
pub struct Period {
    /// First day.
    #[uniffi(default)]
    pub from: Option<String>,
    /// Last day.
    #[uniffi(default)]
    pub to: Option<String>,
}
