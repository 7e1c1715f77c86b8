//! Opaque values: strings and numbers to every language, typed here.
//!
//! A text that is no id names nothing on this phone, so a method that takes an id answers it as it answers an unknown
//! one: `NotFound`.

use phananh_domain::attachment::Sha256;
use phananh_domain::id::{
    AccountId, AttachmentId, CaseNumber, CityId, MessageId, ReportId, ServiceCode, Token as CaseToken,
};
use phananh_domain::place::Point;
use phananh_domain::profile::CityProfile;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::time::Timestamp;
use phananh_engine::ClientError;

/// Texts that are taken as they are.
macro_rules! text {
    ($($name:ident),+) => { $(
        uniffi::custom_type!($name, String, {
            remote,
            lower: |value| value.as_str().to_owned(),
            try_lift: |text| Ok($name::new(text)),
        });
    )+ };
}
text!(AccountId, CaseNumber, CaseToken, CityId, ServiceCode);

/// UUIDs as text: 36 characters, lower case.
macro_rules! uuid {
    ($($name:ident is a $what:literal),+) => { $(
        uniffi::custom_type!($name, String, {
            remote,
            lower: |value| value.to_string(),
            try_lift: |text| text.parse().map_err(|_| ClientError::NotFound { what: $what.into() }.into()),
        });
    )+ };
}
uuid!(AttachmentId is a "photo", MessageId is a "message", ReportId is a "report");

// Milliseconds since 1970-01-01T00:00:00Z; negative before.
uniffi::custom_type!(Timestamp, i64, {
    remote,
    lower: |at| at.as_millis(),
    try_lift: |ms| Ok(Timestamp::from_millis(ms)),
});

// Twelve digits, 4-4-4.
uniffi::custom_type!(ReferenceCode, String, {
    remote,
    lower: |code| code.to_string(),
    try_lift: |text| ReferenceCode::parse(&text).map_err(|_| bad_input("reference_code", "error.bad_code").into()),
});

// 64 lower-case hex digits.
uniffi::custom_type!(Sha256, String, {
    remote,
    lower: |hash| hash.as_str().to_owned(),
    try_lift: |text| Sha256::parse(&text).ok_or_else(|| bad_input("sha256", "error.bad_input").into()),
});

// The profile of a city, JSON (docs/profile.md).
uniffi::custom_type!(CityProfile, String, {
    remote,
    lower: |profile| serde_json::to_string(&profile).unwrap_or_default(),
    try_lift: |text| Ok(phananh_engine::profile::read(&text)?),
});

/// WGS 84 degrees: latitude in -90..=90, longitude in -180..=180, never exactly 0/0.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Degrees {
    /// North positive.
    pub lat: f64,
    /// East positive.
    pub lon: f64,
}

uniffi::custom_type!(Point, Degrees, {
    remote,
    lower: |point| Degrees { lat: point.lat(), lon: point.lon() },
    try_lift: |at| Point::new(at.lat, at.lon).map_err(|_| bad_input("place", "error.bad_input").into()),
});

fn bad_input(field: &str, code: &str) -> ClientError {
    ClientError::BadInput {
        field: field.into(),
        code: code.into(),
    }
}
