//! Instants, zones and how they are written.
//!
//! An instant is milliseconds since 1970 UTC. Where a person reads it, it is shown in the zone of the city, from the
//! IANA database that is compiled in: a phone's own zone may be another, and a bare container has none.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: milliseconds since 1970-01-01T00:00:00Z; negative before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A length of time in milliseconds.
pub type Millis = i64;

/// One second in [`Millis`].
pub const SECOND: Millis = 1_000;
/// One minute in [`Millis`].
pub const MINUTE: Millis = 60 * SECOND;
/// One hour in [`Millis`].
pub const HOUR: Millis = 60 * MINUTE;
/// One day of 24 hours in [`Millis`].
pub const DAY: Millis = 24 * HOUR;

/// A text that is no instant or zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time or zone")]
pub struct NotATime;

impl Timestamp {
    /// From milliseconds since 1970 UTC.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970 UTC.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms`, saturating.
    #[must_use]
    pub const fn plus(self, ms: Millis) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// `self - earlier` in milliseconds, saturating; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Millis {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with whole seconds: the form every known GeoReport server reads.
    #[must_use]
    pub fn to_wire(self) -> String {
        match jiff::Timestamp::from_second(self.0.div_euclid(1_000)) {
            Ok(t) => t.to_string(),
            Err(_) => String::from("1970-01-01T00:00:00Z"),
        }
    }

    /// Hour, minute, day, month, year in a zone, as people in Vietnam read it: `14:05 25/11/2026`.
    #[must_use]
    pub fn to_people(self, zone: &Zone) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(t) => t
                .to_zoned_datetime(zone.0.clone())
                .strftime("%H:%M %d/%m/%Y")
                .to_string(),
            Err(_) => String::from("--:--"),
        }
    }

    /// Hour and minute in a zone: `14:05`.
    #[must_use]
    pub fn to_hour(self, zone: &Zone) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(t) => t.to_zoned_datetime(zone.0.clone()).strftime("%H:%M").to_string(),
            Err(_) => String::from("--:--"),
        }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with milliseconds where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(t) => t.fmt(f),
            Err(_) => f.write_str("1970-01-01T00:00:00Z"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;
    /// RFC 3339 with `Z` or an offset.
    fn from_str(s: &str) -> Result<Self, NotATime> {
        s.parse::<jiff::Timestamp>()
            .map(|t| Self(t.as_millisecond()))
            .map_err(|_| NotATime)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Finds a zone by its IANA name, e.g. `Asia/Ho_Chi_Minh`.
    ///
    /// # Errors
    /// The name is not in the compiled-in database.
    pub fn named(name: &str) -> Result<Self, NotATime> {
        TimeZone::get(name).map(Self).map_err(|_| NotATime)
    }

    /// The names of all zones.
    #[must_use]
    pub fn names() -> Vec<String> {
        jiff::tz::db().available().map(|name| name.to_string()).collect()
    }

    /// The IANA name, `UTC` where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Offset from UTC at an instant, in seconds, east positive.
    #[must_use]
    pub fn offset_seconds(&self, at: Timestamp) -> i32 {
        jiff::Timestamp::from_millisecond(at.0)
            .map(|t| self.0.to_offset(t).seconds())
            .unwrap_or(0)
    }
}
