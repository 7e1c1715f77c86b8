//! `services.json`.

use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{boolean, list_of_texts, text, texts};
use crate::tree::{Tree, member, rows, success};

/// A category as the city lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireService {
    /// Opaque code.
    pub code: String,
    /// Name, where told.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a definition exists; `None` where the server does not say. Servers say it wrongly both ways.
    pub metadata: Option<bool>,
    /// `realtime`, `batch`, `blackbox`, as written in lower case.
    pub service_type: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Groups it stands in (`group`, or the list `groups`).
    pub groups: Vec<String>,
}

/// Reads a list of services; rows without a code are skipped.
///
/// # Errors
/// Any [`ReadError`].
pub fn services(answer: &Answer<'_>) -> Result<Vec<WireService>, ReadError> {
    let tree = success(answer)?;
    let rows = rows(
        &tree,
        &["services", "service"],
        &["service_code"],
        "a list of services",
    )?;
    Ok(rows.iter().filter_map(|row| service(row)).collect())
}

fn service(row: &Tree) -> Option<WireService> {
    Some(WireService {
        code: text(row, "service_code")?,
        name: text(row, "service_name"),
        description: text(row, "description"),
        metadata: boolean(row, "metadata"),
        service_type: text(row, "type").map(|kind| kind.to_ascii_lowercase()),
        keywords: list_of_texts(row, "keywords"),
        groups: member(row, "groups")
            .or_else(|| member(row, "group"))
            .map(texts)
            .unwrap_or_default(),
    })
}
