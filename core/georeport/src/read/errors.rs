//! Errors of an answer, in every shape that servers are known to send, or as raw text.

use serde_json::Value;

use super::MAX_ERROR_BYTES;
use crate::answer::Answer;
use crate::error::WireError;
use crate::scalar::{scalar, text, words};
use crate::sniff::{Format, sniff};
use crate::tree::{Tree, member, parse};

/// Most errors kept of one answer.
const MAX_ERRORS: usize = 32;

/// What the answer says went wrong: at most 32 entries and 2,048 bytes of words in all. A body that is no data comes
/// back as one entry with its first 2,048 bytes. Servers echo names: seal it, never log it.
#[must_use]
pub fn errors(answer: &Answer<'_>) -> Vec<WireError> {
    let mut found = Vec::new();
    match parse(answer.body) {
        Ok(tree) => collect(&tree, &mut found),
        Err(_) if sniff(answer.body) == Format::Empty => {}
        Err(_) => {
            let head = answer.body.get(..MAX_ERROR_BYTES).unwrap_or(answer.body);
            found.push(said(String::from_utf8_lossy(head).trim().to_owned()));
        }
    }
    bounded(found)
}

fn said(description: String) -> WireError {
    WireError {
        description: Some(description),
        ..WireError::default()
    }
}

fn collect(tree: &Tree, found: &mut Vec<WireError>) {
    if found.len() >= MAX_ERRORS {
        return;
    }
    match tree {
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, found)),
        Value::Object(_) => object(tree, found),
        value => found.extend(scalar(value).map(said)),
    }
}

fn object(tree: &Tree, found: &mut Vec<WireError>) {
    if let Some(inner) = member(tree, "errors").or_else(|| member(tree, "error")) {
        let inner = match inner {
            // One level down the members may be an error's own, or fields with messages.
            Value::Object(_) if !is_error(inner) && member(inner, "error").is_none() => {
                return by_field(None, inner, found);
            }
            inner => inner,
        };
        return collect(inner, found);
    }
    let code = text(tree, "code").or_else(|| text(tree, "status"));
    if let Some(detail @ (Value::Array(_) | Value::Object(_))) = member(tree, "detail") {
        return by_field(code, detail, found);
    }
    let description = ["description", "detail", "message", "title"]
        .iter()
        .find_map(|name| member(tree, name).and_then(words));
    let error = WireError {
        code,
        description,
        field: text(tree, "field"),
        reason: text(tree, "reason"),
        case_id: text(tree, "duplicate_of").or_else(|| text(tree, "service_request_id")),
    };
    if error != WireError::default() {
        found.push(error);
    }
    // HAL (Libre311): the details are embedded.
    if let Some(inner) = member(tree, "_embedded").and_then(|tree| member(tree, "errors")) {
        collect(inner, found);
    }
}

fn is_error(tree: &Tree) -> bool {
    ["code", "description", "detail", "message"]
        .iter()
        .any(|name| member(tree, name).is_some())
}

/// 6aika: a list of texts, or a map from field to text or texts.
fn by_field(code: Option<String>, detail: &Tree, found: &mut Vec<WireError>) {
    let mut push = |field: Option<&str>, value: &Tree| {
        if let Some(description) = words(value) {
            let field = field
                .filter(|name| *name != "non_field_errors")
                .map(str::to_owned);
            found.push(WireError {
                code: code.clone(),
                description: Some(description),
                field,
                ..WireError::default()
            });
        }
    };
    match detail {
        Value::Object(fields) => {
            fields
                .iter()
                .take(MAX_ERRORS)
                .for_each(|(name, value)| push(Some(name), value));
        }
        Value::Array(entries) => entries
            .iter()
            .take(MAX_ERRORS)
            .for_each(|entry| push(None, entry)),
        value => push(None, value),
    }
}

fn bounded(mut errors: Vec<WireError>) -> Vec<WireError> {
    let mut left = MAX_ERROR_BYTES;
    errors.truncate(MAX_ERRORS);
    for error in &mut errors {
        let texts = [
            &mut error.code,
            &mut error.field,
            &mut error.reason,
            &mut error.case_id,
            &mut error.description,
        ];
        for text in texts.into_iter().flatten() {
            let cut = (0..=left.min(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0);
            text.truncate(cut);
            left = left.saturating_sub(text.len());
        }
    }
    errors
}
