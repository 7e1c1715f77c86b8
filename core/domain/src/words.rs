//! The words on screens: one catalogue in Vietnamese and English, for every shell.
//!
//! The core hands out codes and named values, never sentences; `cargo xtask words` writes this catalogue in the form
//! that each platform reads. Text from the city stands beside ours unchanged and is not here.
//!
//! House rules: no pronoun, else "bạn"; what happened, then what to do next; "đã gửi" (sent) is not "đã tiếp nhận"
//! (taken in), "đã có kết quả" (a result is there) is not "đã khắc phục" (fixed); nothing claims that the centre does
//! not know a name that it knows; spelling xóa, hủy, Hóa; 24-hour time, day first.

mod case;
mod delivery;
mod errors;
mod problems;
mod screens;

use crate::snake::words;

words!(
    /// A language of the catalogue.
    Language {
        /// Vietnamese.
        Vi = "vi",
        /// English.
        En = "en",
    }
);

/// One text. Named values stand in braces, the same names in both languages: `{n}`, `{date}`, `{number}`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Code: lower case, dots between its parts.
    pub code: &'static str,
    /// Vietnamese.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

impl Entry {
    const fn new(code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Self { code, vi, en }
    }

    /// The text in a language.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Vi => self.vi,
            Language::En => self.en,
        }
    }
}

const PARTS: &[&[Entry]] = &[
    screens::WORDS,
    delivery::WORDS,
    case::WORDS,
    problems::WORDS,
    errors::WORDS,
];

#[allow(clippy::indexing_slicing, reason = "evaluated at compile time")]
const COUNT: usize = {
    let mut count = 0;
    let mut part = 0;
    while part < PARTS.len() {
        count += PARTS[part].len();
        part += 1;
    }
    count
};

/// The parts in one piece. Runs in the compiler: an index out of bounds would be a compile error.
#[allow(clippy::indexing_slicing, reason = "evaluated at compile time")]
static JOINED: [Entry; COUNT] = {
    let mut joined = [Entry::new("", "", ""); COUNT];
    let (mut part, mut at) = (0, 0);
    while part < PARTS.len() {
        let mut i = 0;
        while i < PARTS[part].len() {
            joined[at] = PARTS[part][i];
            at += 1;
            i += 1;
        }
        part += 1;
    }
    joined
};

/// Every text of the core.
pub static CATALOGUE: &[Entry] = &JOINED;

/// The text of a code, with its placeholders as they are; `None` of an unknown code.
#[must_use]
pub fn text(code: &str, language: Language) -> Option<&'static str> {
    CATALOGUE
        .iter()
        .find(|entry| entry.code == code)
        .map(|entry| entry.text(language))
}

/// The text of a code with its named values set in. An unknown code renders as itself and a value that was not given
/// leaves its placeholder: better an odd line on a screen than none. Values are set in as they are, never searched for
/// placeholders.
#[must_use]
pub fn render(code: &str, language: Language, values: &[(&str, &str)]) -> String {
    let Some(mut rest) = text(code, language) else {
        return code.to_owned();
    };
    let mut out = String::with_capacity(rest.len() + 32);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            out.push_str(after);
            return out;
        };
        match values.iter().find(|(given, _)| *given == name) {
            Some((_, value)) => out.push_str(value),
            None => out.extend(["{", name, "}"]),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}
