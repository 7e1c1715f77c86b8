//! JSON as servers write it, made into JSON as the parser reads it.
//!
//! One pass over the text before parsing. Bare numbers are quoted, so that an id keeps the digits it was written with
//! (`001`, which the standard's own samples hold and JSON forbids; ids beyond 64 bits; `1.0`), and no reader ever
//! formats a number anew. Control characters inside texts are escaped, unknown escapes and half surrogate pairs
//! repaired: one careless description must not cost a whole list.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value;

/// Parses a body; bytes that are not UTF-8 become U+FFFD. Depth is bounded by the parser (128).
pub(crate) fn parse(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body));
    serde_json::from_str(&normalised(&text)).ok()
}

fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(text.len() / 8));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => string(&mut chars, &mut out),
            '0'..='9' | '-' | '+' | '.' => number(c, &mut chars, &mut out),
            c => out.push(c),
        }
    }
    out
}

fn number(first: char, chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('"');
    out.push(first);
    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_')) {
        out.push(c);
    }
    out.push('"');
}

fn string(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('"');
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push('"');
                return;
            }
            '\\' => escape(chars, out),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

fn escape(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    match chars.next() {
        Some('u') => unicode(chars, out),
        Some(c @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
            out.push('\\');
            out.push(c);
        }
        // `\'` and its like: the character itself.
        Some(c) if u32::from(c) >= 0x20 => out.push(c),
        Some(_) | None => out.push(char::REPLACEMENT_CHARACTER),
    }
}

fn unicode(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    let Some(unit) = four_hex(chars) else {
        return out.push(char::REPLACEMENT_CHARACTER);
    };
    let mut push = |c: char| {
        let mut units = [0u16; 2];
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    };
    if !(0xD800..0xDC00).contains(&unit) {
        return push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    let mut ahead = chars.clone();
    let low = match (ahead.next(), ahead.next()) {
        (Some('\\'), Some('u')) => four_hex(&mut ahead).filter(|low| (0xDC00..0xE000).contains(low)),
        _ => None,
    };
    match low {
        Some(low) => {
            *chars = ahead;
            let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        None => push(char::REPLACEMENT_CHARACTER),
    }
}

fn four_hex(chars: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let mut value = 0;
    for _ in 0..4 {
        value = value * 16 + chars.next_if(char::is_ascii_hexdigit)?.to_digit(16)?;
    }
    Some(value)
}
