//! Times in EXIF: the camera's clock is local and may name its offset; the receiver's is UTC in two halves.

use exif::Tag;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::Tags;

/// Whose zone a camera's time is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zone {
    /// OffsetTimeOriginal: minutes east of UTC.
    Stated {
        /// -720 to 840.
        offset_minutes: i16,
    },
    /// Nothing stated: take the zone of the phone, and say that it was assumed.
    Assumed,
}

/// When the shutter opened (DateTimeOriginal, SubSecTimeOriginal), by the camera's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenAt {
    /// Local date and time, RFC 3339 without an offset: `2018-07-25T16:34:23.935476`; the fraction as written, if any.
    pub local: String,
    /// The offset of that clock.
    pub zone: Zone,
    as_if_utc_ms: i64,
}

impl TakenAt {
    /// The instant, milliseconds since 1970 UTC; `phone_offset_minutes` counts where the photo states no offset.
    #[must_use]
    pub fn unix_ms(&self, phone_offset_minutes: i16) -> i64 {
        let minutes = match self.zone {
            Zone::Stated { offset_minutes } => offset_minutes,
            Zone::Assumed => phone_offset_minutes,
        };
        self.as_if_utc_ms - i64::from(minutes) * 60_000
    }
}

pub(super) fn taken_at(tags: &Tags<'_>) -> Option<TakenAt> {
    let (date, time) = tags.text(Tag::DateTimeOriginal)?.split_once(' ')?;
    let whole = DateTime::from_parts(date_of(date)?, time_of(time)?);
    let fraction = tags
        .text(Tag::SubSecTimeOriginal)
        .filter(|text| is_fraction(text));
    let local = match fraction {
        Some(digits) => format!("{whole}.{digits}"),
        None => whole.to_string(),
    };
    let zone = match tags.text(Tag::OffsetTimeOriginal).and_then(offset_of) {
        Some(offset_minutes) => Zone::Stated { offset_minutes },
        None => Zone::Assumed,
    };
    let milliseconds = fraction.map_or(0, milliseconds_of);
    Some(TakenAt {
        local,
        zone,
        as_if_utc_ms: utc_ms(whole)? + milliseconds,
    })
}

/// The receiver's UTC time: only where both halves are there and valid.
pub(super) fn gps_instant(tags: &Tags<'_>) -> Option<i64> {
    let date = date_of(tags.text(Tag::GPSDateStamp)?)?;
    let [hours, minutes, seconds] = tags.triple(Tag::GPSTimeStamp)?;
    let whole = |value: f64, below: f64| (value < below && value.fract() == 0.0).then_some(value as i64);
    if seconds >= 60.0 {
        return None;
    }
    let midnight = utc_ms(date.at(0, 0, 0, 0))?;
    let within = (whole(hours, 24.0)? * 60 + whole(minutes, 60.0)?) * 60_000 + (seconds * 1000.0) as i64;
    Some(midnight + within)
}

fn utc_ms(at: DateTime) -> Option<i64> {
    TimeZone::UTC
        .to_timestamp(at)
        .ok()
        .map(|instant| instant.as_millisecond())
}

/// `YYYY:MM:DD`, each part of exactly that many digits, and a day that was.
fn date_of(text: &str) -> Option<Date> {
    let [year, month, day] = three(text, [4, 2, 2])?;
    if year == 0 {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `HH:MM:SS`.
fn time_of(text: &str) -> Option<Time> {
    let [hour, minute, second] = three(text, [2, 2, 2])?;
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()
}

fn three(text: &str, widths: [usize; 3]) -> Option<[i16; 3]> {
    let mut parts = text.split(':');
    let mut values = [0; 3];
    for (value, width) in values.iter_mut().zip(widths) {
        *value = digits(parts.next()?, width)?;
    }
    parts.next().is_none().then_some(values)
}

fn digits(text: &str, width: usize) -> Option<i16> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `+07:00`, within the offsets in use on Earth.
fn offset_of(text: &str) -> Option<i16> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let total = sign * (hours * 60 + minutes);
    (minutes < 60 && (-720..=840).contains(&total)).then_some(total)
}

fn is_fraction(text: &str) -> bool {
    !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// SubSec is a decimal fraction: `0887` is 0.0887 s, `9` is 0.9 s.
fn milliseconds_of(digits: &str) -> i64 {
    digits
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(3)
        .fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'))
}
