//! `tokens/TOKEN.json`: the id behind a token, which may take days.

use super::case::{WRAPPERS, case_id};
use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::text;
use crate::tree::{list, success};

/// What a city says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenAnswer {
    /// The case has this id.
    Case(String),
    /// No id yet: 404, an empty list, an entry without id. Ask again later.
    Pending,
}

/// Reads the answer to a question for `token`; an entry that names another token does not count.
///
/// # Errors
/// Any [`ReadError`]. A status of 500 is seen while an id is pending too.
pub fn token(answer: &Answer<'_>, token: &str) -> Result<TokenAnswer, ReadError> {
    if answer.status == 404 {
        return Ok(TokenAnswer::Pending);
    }
    let tree = success(answer)?;
    let entries = list(&tree, &WRAPPERS)?;
    let ours = |named: Option<String>| match named {
        Some(named) => named == token,
        // Without a name it can only be ours if it is the only one.
        None => entries.len() == 1,
    };
    let id = entries
        .iter()
        .find(|entry| ours(text(entry, "token")))
        .and_then(|entry| case_id(entry));
    Ok(id.map_or(TokenAnswer::Pending, TokenAnswer::Case))
}
