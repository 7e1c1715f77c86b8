//! How single values are written on the command line.

use phananh_domain::words::Language;

pub(super) fn language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|_| "write vi or en".to_owned())
}

/// A number of bytes, plain or with KB or MB (1,000 and 1,000,000 bytes).
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let upper = text.trim().to_ascii_uppercase();
    let (digits, unit) = match (upper.strip_suffix("KB"), upper.strip_suffix("MB")) {
        (Some(digits), _) => (digits, 1_000),
        (None, Some(digits)) => (digits, 1_000_000),
        (None, None) => (upper.as_str(), 1),
    };
    let number: u64 = digits
        .trim()
        .parse()
        .map_err(|_| "write a number of bytes, like 300KB".to_owned())?;
    number
        .checked_mul(unit)
        .ok_or_else(|| "too many bytes".to_owned())
}

/// Seconds as milliseconds.
pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds".to_owned())?;
    if seconds.is_finite() && (0.0..=86_400.0 * 365.0).contains(&seconds) {
        // Bounded just above: no cast can overflow.
        Ok((seconds * 1_000.0) as i64)
    } else {
        Err("write a number of seconds, at most a year".to_owned())
    }
}

/// CODE=VALUE; an empty value takes the answer back.
pub(super) fn answer(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((code, value)) if !code.trim().is_empty() => Ok((code.trim().to_owned(), value.to_owned())),
        _ => Err("write CODE=VALUE".to_owned()),
    }
}

/// A word of one of the closed lists of the domain.
pub(super) fn word<W: std::str::FromStr + 'static>(
    choices: &'static [&'static str],
) -> impl Fn(&str) -> Result<W, String> + Clone + Send + Sync {
    move |text| {
        text.replace('-', "_")
            .parse()
            .map_err(|_| format!("one of: {}", choices.join(", ")))
    }
}

/// As [`word`], of a list that is told whole.
pub(super) fn one_of<W: std::str::FromStr + std::fmt::Display + Sync + 'static>(
    all: &'static [W],
) -> impl Fn(&str) -> Result<W, String> + Clone + Send + Sync {
    move |text| {
        text.replace('-', "_").parse().map_err(|_| {
            let words: Vec<_> = all.iter().map(W::to_string).collect();
            format!("one of: {}", words.join(", "))
        })
    }
}
