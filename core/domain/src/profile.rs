//! City profiles (cấu hình thành phố): refreshable data that make a core for any city into the core for one.
//!
//! A city is a file, never a code path: its endpoint, zone, languages, numbers to call, limits, defaults, how its
//! words map to ours, and the ways in which its server differs from the standard (`flags`). `docs/profile.md` explains
//! each member. Two profiles are bundled: `hue` and `generic`.

mod check;
pub mod form;
mod members;
mod read;
mod twice;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::{Examination, ProfileProblem, ProfileProblemCode, member_names};
pub use read::{BundledProfile, MAX_PROFILE_BYTES, ProfileError, ProfileErrorCode};

use crate::identity::{IdentityChoice, Publication};
use crate::service::{Attribute, Needs};

/// A number to call in danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyNumber {
    /// As dialled.
    pub number: String,
    /// What it is for, by language (`vi`, `en`) or one text for all.
    pub label: Label,
}

/// A text in one language for all, or one a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// One text.
    One(String),
    /// By language code.
    ByLanguage(BTreeMap<String, String>),
}

/// A box on the earth in degrees. Written as an object, or as GeoJSON's list `[west, south, east, north]` (RFC 7946
/// section 5); west beyond east crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "RawBox")]
pub struct BoundingBox {
    /// Southern edge.
    pub south: f64,
    /// Western edge.
    pub west: f64,
    /// Northern edge.
    pub north: f64,
    /// Eastern edge.
    pub east: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawBox {
    Edges {
        south: f64,
        west: f64,
        north: f64,
        east: f64,
    },
    GeoJson([f64; 4]),
}

impl From<RawBox> for BoundingBox {
    fn from(raw: RawBox) -> Self {
        match raw {
            RawBox::Edges {
                south,
                west,
                north,
                east,
            }
            | RawBox::GeoJson([west, south, east, north]) => Self {
                south,
                west,
                north,
                east,
            },
        }
    }
}

/// A default category, for the time before the city's own list was ever fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultService {
    /// Code on the wire.
    pub code: String,
    /// Name by language.
    pub name: Label,
    /// Questions, where known.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
}

/// What a refusal of this city means for the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalMeaning {
    /// Refused is not stored (look once before a new revision).
    #[default]
    NotStored,
    /// Some servers store and refuse: prove absence before a new revision.
    MayBeStored,
}

/// Whether the description carries the footer line (reference code, observed time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Footer {
    /// Where the city has no field for them.
    #[default]
    WhereNeeded,
    /// Never.
    Never,
}

/// A city.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CityProfile {
    /// Name of the profile, unique in a store: `hue`.
    pub name: String,
    /// Name as people read it.
    #[serde(default)]
    pub label: Option<Label>,
    /// Base URL of the GeoReport v2 endpoint; absent where none is public (the app asks for one).
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Open311 `jurisdiction_id`.
    #[serde(default)]
    pub jurisdiction_id: Option<String>,
    /// Public key of the app.
    #[serde(default)]
    pub api_key: Option<String>,
    /// IANA zone.
    pub zone: String,
    /// Language codes, preferred first.
    pub languages: Vec<String>,
    /// Hotline for reports.
    #[serde(default)]
    pub hotline: Option<String>,
    /// Numbers to call in danger.
    #[serde(default)]
    pub emergency: Vec<EmergencyNumber>,
    /// Where its reports lie: outside is warned, never blocked.
    #[serde(default)]
    pub bbox: Option<BoundingBox>,
    /// Photos a report may carry.
    #[serde(default = "defaults::max_photos")]
    pub max_photos: u32,
    /// Bytes of one photo.
    #[serde(default = "defaults::max_photo_bytes")]
    pub max_photo_bytes: u64,
    /// Unicode characters of a description, footer included.
    #[serde(default = "defaults::description_max")]
    pub description_max: u32,
    /// Longest time one request may take, seconds.
    #[serde(default = "defaults::total_timeout_s")]
    pub total_timeout_s: u32,
    /// Time after which a new report is surely in the lists, seconds.
    #[serde(default = "defaults::visibility_lag_s")]
    pub visibility_lag_s: u32,
    /// The city takes reports by this way.
    #[serde(default = "defaults::takes_reports")]
    pub takes_reports: bool,
    /// Default of who learns the name.
    #[serde(default = "defaults::identity")]
    pub identity: IdentityChoice,
    /// Default of who sees the report.
    #[serde(default = "defaults::publication")]
    pub publication: Publication,
    /// Whether a category must be chosen.
    #[serde(default = "defaults::service_required")]
    pub service_required: bool,
    /// Categories to offer before the city's list was ever fetched.
    #[serde(default)]
    pub services: Vec<DefaultService>,
    /// What a service wants, by code; `*` for all others.
    #[serde(default)]
    pub needs: BTreeMap<String, Needs>,
    /// The city's status words to ours, lower case, `_` for blanks.
    #[serde(default)]
    pub status_map: BTreeMap<String, String>,
    /// What a refusal means.
    #[serde(default)]
    pub refusals: RefusalMeaning,
    /// The footer line of descriptions.
    #[serde(default)]
    pub footer: Footer,
    /// How its server differs from the standard: read by `georeport` (docs/profile.md lists the names).
    #[serde(default)]
    pub flags: serde_json::Map<String, serde_json::Value>,
    /// Members that this version does not know: kept, and named by [`CityProfile::check`]. A city may refresh its
    /// profile before a phone refreshes its app.
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, serde_json::Value>,
}

mod defaults {
    use crate::identity::{IdentityChoice, Publication};

    pub(super) const fn max_photos() -> u32 {
        3
    }
    pub(super) const fn max_photo_bytes() -> u64 {
        300_000
    }
    pub(super) const fn description_max() -> u32 {
        4_000
    }
    pub(super) const fn total_timeout_s() -> u32 {
        60
    }
    pub(super) const fn visibility_lag_s() -> u32 {
        300
    }
    pub(super) const fn takes_reports() -> bool {
        true
    }
    pub(super) const fn service_required() -> bool {
        true
    }
    pub(super) const fn identity() -> IdentityChoice {
        IdentityChoice::Named
    }
    pub(super) const fn publication() -> Publication {
        Publication::Public
    }
}
