//! Times of the wire: W3C's subset of ISO 8601, and what servers make of it.
//!
//! The raw text is always kept. A time without a zone is taken in the zone of the city (the caller's offset) and
//! marked as assumed, so that nobody decides on it as if the server had said it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Longest text that is looked at as a time.
const MAX_TIME_BYTES: usize = 64;

/// Seconds east of UTC of the city, for times that name no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ZoneOffset(pub i32);

/// Whether a time named its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// It did.
    Known,
    /// It did not: the city's was assumed.
    Assumed,
}

/// A time as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireTime {
    /// As written.
    pub raw: String,
    /// Unix milliseconds; `None` where the text is no time.
    pub unix_ms: Option<i64>,
    /// Whether the text named its zone.
    pub zone: Zone,
}

impl WireTime {
    /// Reads a time: `2026-11-24T01:34:45.641599+02:00`, `…Z`, without zone, with a blank for the `T`, a bare date.
    #[must_use]
    pub fn read(raw: &str, fallback: ZoneOffset) -> Self {
        let text = raw.trim();
        let (unix_ms, zone) = if text.len() > MAX_TIME_BYTES {
            (None, Zone::Assumed)
        } else if let Ok(instant) = text.parse::<Timestamp>() {
            (Some(instant.as_millisecond()), Zone::Known)
        } else {
            (local(text, fallback), Zone::Assumed)
        };
        Self {
            raw: raw.to_owned(),
            unix_ms,
            zone,
        }
    }
}

fn local(text: &str, fallback: ZoneOffset) -> Option<i64> {
    let civil: DateTime = text.parse().ok()?;
    let offset = Offset::from_seconds(fallback.0).unwrap_or(Offset::UTC);
    offset
        .to_timestamp(civil)
        .ok()
        .map(|instant| instant.as_millisecond())
}

/// `YYYY-MM-DDThh:mm:ssZ` of Unix milliseconds, without a fraction (strict servers refuse one). Times outside the
/// years -9999 to 9999 are moved to the nearest inside.
#[must_use]
pub fn zulu(unix_ms: i64) -> String {
    let whole = unix_ms.div_euclid(1_000);
    let instant =
        Timestamp::from_second(whole).unwrap_or(if whole < 0 { Timestamp::MIN } else { Timestamp::MAX });
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An HTTP date in any of its three forms (RFC 9110, section 5.6.7), Unix seconds.
pub(crate) fn http_date_unix_s(text: &str) -> Option<i64> {
    if text.len() > MAX_TIME_BYTES {
        return None;
    }
    let since = httpdate::parse_http_date(text)
        .ok()?
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    i64::try_from(since.as_secs()).ok()
}
