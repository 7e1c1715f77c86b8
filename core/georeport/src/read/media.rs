//! Photos and files of a row: a text, a list of texts, a list of objects, texts joined with commas, `data:` URLs, under
//! half a dozen names.

use serde_json::Value;

use crate::scalar::{count, scalar, text};
use crate::tree::{Tree, member};

/// A photo or file at the city.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireMedia {
    /// Id at the city, where it has one.
    pub id: Option<String>,
    /// URL as told: absolute, relative, or `data:`. Not checked: to be resolved against the base before use.
    pub url: String,
    /// `photo`, `video`, `audio`, `document`, where told.
    pub kind: Option<String>,
    /// Size in bytes, where told.
    pub bytes: Option<u64>,
    /// SHA-256 in lower-case hex, where told.
    pub sha256: Option<String>,
}

/// Media of a case, each URL once; the richest description first.
pub(crate) fn media_of_case(row: &Tree) -> Vec<WireMedia> {
    let mut found = Vec::new();
    for name in ["media", "media_url", "media_urls"] {
        add(member(row, name), &mut found);
    }
    if let Some(extended) = member(row, "extended_attributes") {
        for name in ["media", "media_urls", "photos", "attachments"] {
            add(member(extended, name), &mut found);
        }
    }
    found
}

/// Media under one name.
pub(crate) fn media_of(row: &Tree, name: &str) -> Vec<WireMedia> {
    let mut found = Vec::new();
    add(member(row, name), &mut found);
    found
}

fn add(tree: Option<&Tree>, found: &mut Vec<WireMedia>) {
    match tree {
        Some(Value::Array(entries)) => entries.iter().for_each(|entry| add(Some(entry), found)),
        Some(object @ Value::Object(_)) => push(from_object(object), found),
        Some(single) => {
            let urls = scalar(single).map(|text| split(&text)).unwrap_or_default();
            urls.into_iter().for_each(|url| {
                push(
                    Some(WireMedia {
                        url,
                        ..WireMedia::default()
                    }),
                    found,
                )
            });
        }
        None => {}
    }
}

fn push(media: Option<WireMedia>, found: &mut Vec<WireMedia>) {
    if let Some(media) = media.filter(|media| found.iter().all(|known| known.url != media.url)) {
        found.push(media);
    }
}

fn from_object(object: &Tree) -> Option<WireMedia> {
    // codefornl's key has a leading blank.
    let url = ["url", " url", "media_url", "src"]
        .iter()
        .find_map(|name| text(object, name))?;
    Some(WireMedia {
        id: text(object, "id"),
        url,
        kind: text(object, "kind"),
        bytes: count(object, "bytes"),
        sha256: text(object, "sha256").map(|hex| hex.to_ascii_lowercase()),
    })
}

/// Splits at commas that a new URL follows; a URL may hold commas itself, a `data:` URL always does.
fn split(text: &str) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for piece in text.trim().split(',') {
        let starts = ["http://", "https://", "data:"]
            .iter()
            .any(|scheme| piece.trim_start().starts_with(scheme));
        match urls.last_mut() {
            Some(last) if !starts => {
                last.push(',');
                last.push_str(piece);
            }
            _ => urls.push(piece.trim().to_owned()),
        }
    }
    urls.retain(|url| !url.is_empty());
    urls
}
