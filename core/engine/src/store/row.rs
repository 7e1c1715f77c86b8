//! From columns to words of the domain and back: the one place where text of the database is trusted or called damaged.

use std::str::FromStr;

use phananh_domain::attachment::Sha256;
use phananh_domain::time::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;

/// A column that does not hold what it must.
fn damaged(column: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, format!("column {column}").into())
}

/// A word or id of the domain.
pub(super) fn word<T: FromStr>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    row.get::<_, String>(column)?.parse().map_err(|_| damaged(column))
}

/// A word or id of the domain, or nothing.
pub(super) fn word_opt<T: FromStr>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(column)?
        .map(|text| text.parse().map_err(|_| damaged(column)))
        .transpose()
}

/// An instant.
pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

/// An instant, or nothing.
pub(super) fn time_opt(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// A hash.
pub(super) fn hash(row: &Row<'_>, column: &str) -> rusqlite::Result<Sha256> {
    Sha256::parse(&row.get::<_, String>(column)?).ok_or_else(|| damaged(column))
}

/// A count that is never negative.
pub(super) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged(column))
}

/// An instant as it is stored.
pub(super) fn ms(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// A count as it is stored.
pub(super) fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
