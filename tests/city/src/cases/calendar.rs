//! Instants, days, and deadlines in working days of Huế (UTC+7, no summer time).
//!
//! The rule was observed on the city's public pages: seven working days after the day of filing; a report filed
//! on a weekend counts from Monday. Public holidays are not known here; an operator sets another date by hand.
//! The database and the wire both count whole seconds: a time that a client read off an answer selects the same
//! rows when it comes back as a filter.

use jiff::civil::{Date, DateTime, Weekday, time};
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ToSpan};

/// Working days from filing to the deadline.
const WORKING_DAYS_TO_ANSWER: u32 = 7;

fn zone() -> TimeZone {
    TimeZone::fixed(offset(7))
}

fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn next_working_day(day: Date) -> Option<Date> {
    let mut day = day.checked_add(1.day()).ok()?;
    while !is_working_day(day) {
        day = day.checked_add(1.day()).ok()?;
    }
    Some(day)
}

/// The deadline of a case filed at `filed` (Unix seconds): the last second of the seventh working day.
/// None only at the end of representable time.
pub(crate) fn deadline(filed: i64) -> Option<i64> {
    let filed = Timestamp::from_second(filed)
        .ok()?
        .to_zoned_datetime(zone())
        .date();
    let mut day = if is_working_day(filed) {
        filed
    } else {
        next_working_day(filed)?
    };
    for _ in 0..WORKING_DAYS_TO_ANSWER {
        day = next_working_day(day)?;
    }
    Some(
        zone()
            .to_timestamp(day.to_datetime(time(23, 59, 59, 0)))
            .ok()?
            .as_second(),
    )
}

/// Reads a time: RFC 3339, or without a zone (taken as the city's), or a bare date (its midnight). A `+` that
/// arrived as a blank, because a client did not escape it, is understood.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    let text = text.trim().replace(' ', "+");
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    let civil = text.parse::<DateTime>().ok()?;
    Some(zone().to_timestamp(civil).ok()?.as_second())
}

/// The day of an instant (Unix seconds) in the city, like `2025-07-01`.
pub(crate) fn day_of(second: i64) -> String {
    Timestamp::from_second(second)
        .map(|instant| instant.to_zoned_datetime(zone()).date().to_string())
        .unwrap_or_default()
}

/// Reads a day like `2025-07-01`.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

/// The first second of a day in the city. None only at the ends of representable time.
pub(crate) fn begin_of(day: Date) -> Option<i64> {
    let midnight = zone().to_timestamp(day.to_datetime(time(0, 0, 0, 0))).ok()?;
    Some(midnight.as_second())
}

/// Writes a time as GeoReport and the extensions want it: `2026-11-25T03:00:00Z`.
pub(crate) fn format_time(second: i64) -> String {
    Timestamp::from_second(second)
        .map(|instant| instant.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The six pairs of dates read off the city's pages; 21-02-2021 was a Sunday.
    #[test]
    fn the_deadline_is_the_one_that_the_city_printed() {
        for (filed, due) in [
            ("2021-12-07", "2021-12-16"),
            ("2024-11-07", "2024-11-18"),
            ("2024-08-09", "2024-08-20"),
            ("2025-07-01", "2025-07-10"),
            ("2026-03-02", "2026-03-11"),
            ("2021-02-21", "2021-03-03"),
        ] {
            let filed = parse_time(&format!("{filed}T10:00:00+07:00")).unwrap();
            assert_eq!(deadline(filed), parse_time(&format!("{due}T23:59:59+07:00")));
        }
    }

    #[test]
    fn a_day_begins_when_it_begins_in_hue() {
        // 18:00 UTC on Friday is Saturday 01:00 in Huế: counted from Monday.
        let filed = parse_time("2026-11-27T18:00:00Z").unwrap();
        assert_eq!(format_time(deadline(filed).unwrap()), "2026-12-09T16:59:59Z");
    }

    #[test]
    fn times_are_read_as_clients_write_them() {
        let expected = parse_time("2026-11-25T03:00:00Z");
        assert!(expected.is_some());
        for text in [
            "2026-11-25T10:00:00+07:00",
            "2026-11-25T10:00:00 07:00",
            "2026-11-25T10:00:00",
            "2026-11-25T03:00:00.000Z",
        ] {
            assert_eq!(parse_time(text), expected, "{text}");
        }
        assert_eq!(parse_time("2026-11-25"), parse_time("2026-11-24T17:00:00Z"));
        assert_eq!(parse_time("yesterday"), None);
    }
}
