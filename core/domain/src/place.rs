//! Where it happens: sensor readings, the citizen's pin, words.
//!
//! A place is a point with evidence, or words, or both. A pin that the citizen set wins over every sensor and is
//! never overwritten by a later reading (peers lost pins that way).

use serde::{Deserialize, Serialize};

use crate::snake::words;
use crate::time::Timestamp;

/// WGS 84 degrees. Both finite, latitude in -90..=90, longitude in -180..=180, never exactly 0/0 (cameras and
/// servers write 0/0 for "unknown").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPoint")]
pub struct Point {
    lat: f64,
    lon: f64,
}

#[derive(Deserialize)]
struct RawPoint {
    lat: f64,
    lon: f64,
}

impl TryFrom<RawPoint> for Point {
    type Error = NotAPoint;
    fn try_from(raw: RawPoint) -> Result<Self, NotAPoint> {
        Self::new(raw.lat, raw.lon)
    }
}

/// Coordinates that name no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place on earth")]
pub struct NotAPoint;

impl Point {
    /// Checks and keeps a pair of degrees.
    ///
    /// # Errors
    /// Not finite, out of range, or 0/0.
    pub fn new(lat: f64, lon: f64) -> Result<Self, NotAPoint> {
        let finite = lat.is_finite() && lon.is_finite();
        let in_range = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        if finite && in_range && (lat != 0.0 || lon != 0.0) {
            Ok(Self { lat, lon })
        } else {
            Err(NotAPoint)
        }
    }

    /// Latitude in degrees, north positive.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude in degrees, east positive.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// Great-circle distance in metres (haversine, mean earth radius 6,371,008.8 m, IUGG).
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = (b - a) / 2.0;
        let half_lon = (other.lon - self.lon).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + a.cos() * b.cos() * half_lon.sin().powi(2);
        2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()
    }
}

words!(
    /// What gave a point.
    PlaceSource {
        /// The citizen put the pin; wins over everything.
        Pin = "pin",
        /// A sensor of the phone.
        Device = "device",
        /// The position inside a photo.
        Photo = "photo",
    }
);

/// One reading of a sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// When the sensor read, wall clock.
    pub at: Timestamp,
    /// Where.
    pub point: Point,
    /// Radius of 68 % confidence in metres, where the platform told one.
    pub accuracy_m: Option<f64>,
    /// Name of the provider: `gps`, `network`, `fused`, …
    pub provider: String,
    /// The platform says that the reading is made by software: a fact to keep, never a reason to refuse.
    pub mock: bool,
}

/// A point and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Located {
    /// Where.
    pub point: Point,
    /// Radius of 68 % confidence in metres; absent for a pin.
    pub accuracy_m: Option<f64>,
    /// What gave it.
    pub source: PlaceSource,
}

impl Located {
    /// Whether `newer` may take the place of `self`: a pin yields only to a pin, a sensor to anything but a photo.
    #[must_use]
    pub fn yields_to(&self, newer: &Self) -> bool {
        match (self.source, newer.source) {
            (PlaceSource::Pin, other) => other == PlaceSource::Pin,
            (PlaceSource::Device, PlaceSource::Photo) => false,
            _ => true,
        }
    }
}

/// The place of a report: a point, words ("kiệt 48 Ngô Quyền, gần chợ"), or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The point with its evidence.
    pub located: Option<Located>,
    /// Words for the place; travels as Open311 `address_string`.
    pub words: Option<String>,
}

impl Place {
    /// Nothing known yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.located.is_none() && self.words.as_deref().is_none_or(|w| w.trim().is_empty())
    }
}
