//! Single values out of rows, in whatever dress: text for number, number for text, a list of one, `"null"`.

use serde_json::Value;

use crate::time::{WireTime, ZoneOffset};
use crate::tree::{Tree, member};

/// A value as text; absent, null, blank and `"null"` are `None`, a list of one is its entry. Not trimmed: ids are
/// opaque.
pub(crate) fn scalar(tree: &Tree) -> Option<String> {
    match tree {
        Value::String(text) => {
            let bare = text.trim();
            (!bare.is_empty() && !bare.eq_ignore_ascii_case("null")).then(|| text.clone())
        }
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(entries) => match entries.as_slice() {
            [entry] => scalar(entry),
            _ => None,
        },
        Value::Null | Value::Object(_) => None,
    }
}

/// A member as text.
pub(crate) fn text(row: &Tree, name: &str) -> Option<String> {
    member(row, name).and_then(scalar)
}

/// A member as yes or no: `true`, `"true"`, `1`, `"1"`, `"yes"` and their opposites.
pub(crate) fn boolean(row: &Tree, name: &str) -> Option<bool> {
    match text(row, name)?.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// A member as a finite number.
pub(crate) fn number(row: &Tree, name: &str) -> Option<f64> {
    text(row, name)?
        .trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// A member as a whole number from 0.
pub(crate) fn count(row: &Tree, name: &str) -> Option<u64> {
    text(row, name)?.trim().parse().ok()
}

/// A member as a time.
pub(crate) fn time(row: &Tree, name: &str, zone: ZoneOffset) -> Option<WireTime> {
    text(row, name).map(|raw| WireTime::read(&raw, zone))
}

/// A member as a list of texts: all texts inside it, or the words of a single one between commas.
pub(crate) fn list_of_texts(row: &Tree, name: &str) -> Vec<String> {
    let found = member(row, name).map(texts).unwrap_or_default();
    match found.as_slice() {
        [single] => single
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        _ => found,
    }
}

/// All texts inside a value, joined with a comma: an agency may be a text, a list, or an object with a list.
pub(crate) fn words(tree: &Tree) -> Option<String> {
    let found = texts(tree);
    (!found.is_empty()).then(|| found.join(", "))
}

/// All texts inside a value.
pub(crate) fn texts(tree: &Tree) -> Vec<String> {
    match tree {
        Value::Array(entries) => entries.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        value => scalar(value).into_iter().collect(),
    }
}
