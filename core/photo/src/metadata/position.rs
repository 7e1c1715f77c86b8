//! The GPS directory of EXIF (tag 0x8825): position, accuracy, direction, method.

use exif::{Tag, Value};

use super::{Tags, time};

/// Where a photo says it was taken; always a place on Earth, and never (0, 0).
#[derive(Debug, Clone, PartialEq)]
pub struct GeoPosition {
    /// Degrees, -90 to 90, north positive.
    pub lat: f64,
    /// Degrees, -180 to 180, east positive.
    pub lon: f64,
    /// Radius in metres (GPSHPositioningError), above 0, where stated.
    pub accuracy_m: Option<f64>,
    /// Metres above sea level, negative below, where stated.
    pub altitude_m: Option<f64>,
    /// How it was found (GPSProcessingMethod), such as `GPS`, `CELLID`, `fused`; printable ASCII, at most 32 characters.
    pub method: Option<String>,
    /// When it was found: milliseconds since 1970 UTC, where both GPSDateStamp and GPSTimeStamp are valid.
    pub at_unix_ms: Option<i64>,
}

/// Why a photo gives no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoPosition {
    /// No EXIF block (of permitted size).
    NoMetadata,
    /// The EXIF block cannot be read.
    Malformed,
    /// No coordinate in it: a camera without a receiver, or one that was redacted.
    NoGps,
    /// One of latitude, longitude and their references is missing.
    Incomplete,
    /// A reference is neither N nor S, E nor W.
    BadReference,
    /// A coordinate is not three fractions with denominators above 0.
    BadCoordinate,
    /// Minutes or seconds of 60 or more, latitude over 90, longitude over 180.
    OutOfRange,
    /// Exactly (0, 0): what a receiver without a fix writes.
    NullIsland,
}

impl NoPosition {
    /// The reason's name for machines, `snake_case`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoMetadata => "no_metadata",
            Self::Malformed => "malformed",
            Self::NoGps => "no_gps",
            Self::Incomplete => "incomplete",
            Self::BadReference => "bad_reference",
            Self::BadCoordinate => "bad_coordinate",
            Self::OutOfRange => "out_of_range",
            Self::NullIsland => "null_island",
        }
    }
}

/// Which north a direction counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum North {
    /// Geographic north (`T`).
    True,
    /// Magnetic north (`M`).
    Magnetic,
}

/// Where the camera looked (GPSImgDirection).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Direction {
    /// Degrees clockwise, 0 to below 360.
    pub degrees: f64,
    /// From which north.
    pub north: North,
}

pub(super) fn position(tags: &Tags<'_>) -> Result<GeoPosition, NoPosition> {
    let wanted = [
        Tag::GPSLatitude,
        Tag::GPSLatitudeRef,
        Tag::GPSLongitude,
        Tag::GPSLongitudeRef,
    ];
    match wanted.iter().filter(|tag| tags.value(**tag).is_some()).count() {
        0 => return Err(NoPosition::NoGps),
        4 => {}
        _ => return Err(NoPosition::Incomplete),
    }
    let south = sign(tags, Tag::GPSLatitudeRef, ["N", "S"])?;
    let west = sign(tags, Tag::GPSLongitudeRef, ["E", "W"])?;
    let lat = south * degrees(tags, Tag::GPSLatitude, 90.0)?;
    let lon = west * degrees(tags, Tag::GPSLongitude, 180.0)?;
    if lat == 0.0 && lon == 0.0 {
        return Err(NoPosition::NullIsland);
    }
    Ok(GeoPosition {
        lat,
        lon,
        accuracy_m: tags
            .number(Tag::GPSHPositioningError)
            .filter(|metres| *metres > 0.0),
        altitude_m: altitude(tags),
        method: method(tags),
        at_unix_ms: time::gps_instant(tags),
    })
}

pub(super) fn direction(tags: &Tags<'_>) -> Option<Direction> {
    let degrees = tags
        .number(Tag::GPSImgDirection)
        .filter(|degrees| (0.0..360.0).contains(degrees))?;
    let north = match tags.text(Tag::GPSImgDirectionRef)? {
        "T" => North::True,
        "M" => North::Magnetic,
        _ => return None,
    };
    Some(Direction { degrees, north })
}

fn sign(tags: &Tags<'_>, tag: Tag, [positive, negative]: [&str; 2]) -> Result<f64, NoPosition> {
    match tags.text(tag) {
        Some(text) if text == positive => Ok(1.0),
        Some(text) if text == negative => Ok(-1.0),
        _ => Err(NoPosition::BadReference),
    }
}

fn degrees(tags: &Tags<'_>, tag: Tag, most: f64) -> Result<f64, NoPosition> {
    let [degrees, minutes, seconds] = tags.triple(tag).ok_or(NoPosition::BadCoordinate)?;
    let sum = degrees + minutes / 60.0 + seconds / 3600.0;
    if minutes >= 60.0 || seconds >= 60.0 || sum > most {
        return Err(NoPosition::OutOfRange);
    }
    Ok(sum)
}

fn altitude(tags: &Tags<'_>) -> Option<f64> {
    let metres = tags.number(Tag::GPSAltitude)?;
    match tags
        .value(Tag::GPSAltitudeRef)
        .and_then(|value| value.get_uint(0))
    {
        Some(0) | None => Some(metres),
        // Some phones write "0 below": plain 0, not -0.
        Some(1) => Some(0.0 - metres),
        Some(_) => None,
    }
}

/// GPSProcessingMethod: a charset of 8 bytes, then text. Some phones give it the type "text", whose reader splits
/// it at the NULs of the charset: put together again, both read alike.
fn method(tags: &Tags<'_>) -> Option<String> {
    let bytes = match tags.value(Tag::GPSProcessingMethod)? {
        Value::Undefined(bytes, _) => bytes.clone(),
        Value::Ascii(parts) => parts.join(&0),
        _ => return None,
    };
    let text = bytes
        .strip_prefix(b"ASCII\0\0\0")
        .or_else(|| bytes.strip_prefix(&[0; 8]))?;
    let text = text.split(|byte| *byte == 0).next()?.trim_ascii();
    let printable =
        !text.is_empty() && text.len() <= 32 && text.iter().all(|byte| (0x20..0x7F).contains(byte));
    printable.then(|| String::from_utf8_lossy(text).into_owned())
}
