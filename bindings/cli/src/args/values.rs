//! How single values are written on the command line.

use std::error::Error;
use std::fmt;

use phananh_domain::words::Language;

use crate::output::texts::{Bilingual, both};

/// What should have been written: told in the language of the reader, by [`super::usage`].
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// A form.
    Form(Bilingual),
    /// One of some words.
    OneOf(String),
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => f.write_str(text.en),
            Self::OneOf(words) => f.write_str(words),
        }
    }
}

impl Error for Wanted {}

const BYTES: Wanted = Wanted::Form(both(
    "số byte, như 300KB hoặc 2MB",
    "a number of bytes, like 300KB or 2MB",
));
const SECONDS: Wanted = Wanted::Form(both(
    "số giây, nhiều nhất một năm",
    "a number of seconds, at most a year",
));
const ANSWER: Wanted = Wanted::Form(both(
    "MÃ=GIÁ_TRỊ, như muc-nuoc=30",
    "CODE=VALUE, like muc-nuoc=30",
));
pub(super) const TIME: Wanted = Wanted::Form(both(
    "thời điểm như 2026-11-25T14:05:00+07:00",
    "a time like 2026-11-25T14:05:00+07:00",
));

pub(super) fn language(text: &str) -> Result<Language, Wanted> {
    text.parse()
        .map_err(|_| Wanted::OneOf(Language::WORDS.join(", ")))
}

/// A number of bytes, plain or with KB or MB (1,000 and 1,000,000 bytes).
pub(super) fn bytes(text: &str) -> Result<u64, Wanted> {
    let upper = text.trim().to_ascii_uppercase();
    let (digits, unit) = match (upper.strip_suffix("KB"), upper.strip_suffix("MB")) {
        (Some(digits), _) => (digits, 1_000),
        (None, Some(digits)) => (digits, 1_000_000),
        (None, None) => (upper.as_str(), 1),
    };
    let number: u64 = digits.trim().parse().map_err(|_| BYTES)?;
    number.checked_mul(unit).ok_or(BYTES)
}

/// Seconds as milliseconds.
pub(super) fn seconds(text: &str) -> Result<i64, Wanted> {
    let seconds: f64 = text.parse().map_err(|_| SECONDS)?;
    if seconds.is_finite() && (0.0..=86_400.0 * 365.0).contains(&seconds) {
        // Bounded just above: no cast can overflow.
        Ok((seconds * 1_000.0) as i64)
    } else {
        Err(SECONDS)
    }
}

/// CODE=VALUE; an empty value takes the answer back.
pub(super) fn answer(text: &str) -> Result<(String, String), Wanted> {
    match text.split_once('=') {
        Some((code, value)) if !code.trim().is_empty() => Ok((code.trim().to_owned(), value.to_owned())),
        _ => Err(ANSWER),
    }
}

/// A word of one of the closed lists of the domain.
pub(super) fn word<W: std::str::FromStr + 'static>(
    choices: &'static [&'static str],
) -> impl Fn(&str) -> Result<W, Wanted> + Clone + Send + Sync {
    move |text| {
        text.replace('-', "_")
            .parse()
            .map_err(|_| Wanted::OneOf(choices.join(", ")))
    }
}

/// As [`word`], of a list that is told whole.
pub(super) fn one_of<W: std::str::FromStr + std::fmt::Display + Sync + 'static>(
    all: &'static [W],
) -> impl Fn(&str) -> Result<W, Wanted> + Clone + Send + Sync {
    move |text| {
        text.replace('-', "_").parse().map_err(|_| {
            let words: Vec<_> = all.iter().map(W::to_string).collect();
            Wanted::OneOf(words.join(", "))
        })
    }
}
