//! The tree that every reader works on, and the wrappers that servers put around rows.
//!
//! Seen for one and the same list: a bare list, `{"services": [...]}`, `{"service_requests": {"request": {...}}}`, a
//! single object, a list of one-element lists. All of them come out of [`rows`] as rows. A shape that is none of them
//! is malformed rather than empty, because "empty" may be taken for "not there".

use serde_json::Value;

use crate::answer::Answer;
use crate::error::ReadError;
use crate::json;
use crate::read::{MAX_ROWS, errors};
use crate::sniff::{Format, sniff};

/// Data of an answer, whatever its format: objects, lists, texts, booleans, null. Numbers are texts.
pub(crate) type Tree = Value;

/// Wrappers inside wrappers that are looked into.
const MAX_WRAPPERS: u8 = 6;

/// Members that no error message has.
const DATA: [&str; 12] = [
    "service_request_id",
    "token",
    "service_code",
    "service_requests",
    "requests",
    "services",
    "attributes",
    "endpoints",
    "events",
    "changes",
    "message_id",
    "attachment_id",
];

/// The tree of a body.
pub(crate) fn parse(body: &[u8]) -> Result<Tree, ReadError> {
    match sniff(body) {
        Format::Json => json::parse(body).ok_or(ReadError::Malformed { what: "JSON" }),
        format => Err(ReadError::NotReadable { format }),
    }
}

/// The tree of a successful answer; an error in any clothes is [`ReadError::Status`].
pub(crate) fn success(answer: &Answer<'_>) -> Result<Tree, ReadError> {
    let said = || ReadError::Status {
        status: answer.status,
        errors: errors(answer),
    };
    if !answer.is_success() {
        return Err(said());
    }
    let tree = parse(answer.body)?;
    if says_error(&tree) { Err(said()) } else { Ok(tree) }
}

/// Whether data is an error message: some servers send one with status 200.
pub(crate) fn says_error(tree: &Tree) -> bool {
    match tree {
        Value::Array(entries) => !entries.is_empty() && entries.iter().all(says_error),
        Value::Object(fields) => {
            let has = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
            let words = ["description", "detail", "message"].into_iter().any(has);
            !DATA.into_iter().any(has) && (has("errors") || has("error") || (has("code") && words))
        }
        _ => false,
    }
}

/// A member of an object.
pub(crate) fn member<'t>(tree: &'t Tree, name: &str) -> Option<&'t Tree> {
    tree.get(name).filter(|value| !value.is_null())
}

/// Rows of a list answer. `wrappers` are names of members that hold rows; an object at the top that is neither a
/// wrapper nor has one of the members `marks` is no row.
pub(crate) fn rows<'t>(
    tree: &'t Tree,
    wrappers: &[&str],
    marks: &[&str],
    what: &'static str,
) -> Result<Vec<&'t Tree>, ReadError> {
    if tree.is_object()
        && inside(tree, wrappers).is_none()
        && !marks.iter().any(|mark| tree.get(mark).is_some())
    {
        return Err(ReadError::Malformed { what });
    }
    let rows = list(tree, wrappers)?;
    if rows.iter().all(|row| row.is_object()) {
        Ok(rows)
    } else {
        Err(ReadError::Malformed { what })
    }
}

/// Entries of a list that may be wrapped, single or nested; empty ones are left out.
pub(crate) fn list<'t>(tree: &'t Tree, wrappers: &[&str]) -> Result<Vec<&'t Tree>, ReadError> {
    let mut rows = Vec::new();
    flatten(tree, wrappers, MAX_WRAPPERS, &mut rows)?;
    Ok(rows)
}

/// The one object of an answer, out of its wrapper or a list of one.
pub(crate) fn one<'t>(tree: &'t Tree, wrappers: &[&str], what: &'static str) -> Result<&'t Tree, ReadError> {
    match list(tree, wrappers)?.as_slice() {
        [object] if object.is_object() => Ok(object),
        _ => Err(ReadError::Malformed { what }),
    }
}

fn flatten<'t>(
    tree: &'t Tree,
    wrappers: &[&str],
    depth: u8,
    rows: &mut Vec<&'t Tree>,
) -> Result<(), ReadError> {
    let too_deep = ReadError::Malformed {
        what: "fewer lists in lists",
    };
    let depth = depth.checked_sub(1).ok_or(too_deep)?;
    match tree {
        Value::Null => {}
        Value::String(text) if text.trim().is_empty() => {}
        Value::Array(entries) => {
            for entry in entries {
                flatten(entry, wrappers, depth, rows)?;
            }
        }
        Value::Object(fields) if fields.is_empty() => {}
        Value::Object(_) => match inside(tree, wrappers) {
            Some(inner) => flatten(inner, wrappers, depth, rows)?,
            None => rows.push(tree),
        },
        scalar => rows.push(scalar),
    }
    if rows.len() > MAX_ROWS {
        Err(ReadError::TooMany)
    } else {
        Ok(())
    }
}

/// What a wrapper holds: a member of one of the names that is a list, an object or empty.
fn inside<'t>(tree: &'t Tree, wrappers: &[&str]) -> Option<&'t Tree> {
    let fields = tree.as_object()?;
    wrappers
        .iter()
        .find_map(|name| fields.get(*name))
        .filter(|inner| match inner {
            Value::Array(_) | Value::Object(_) => true,
            // Beside other members, an empty one is a field of a row.
            Value::Null => fields.len() == 1,
            Value::String(text) => text.trim().is_empty() && fields.len() == 1,
            _ => false,
        })
}
