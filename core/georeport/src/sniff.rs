//! What an answer is, by its first bytes: suffix, `Accept` and `Content-Type` are no guide on real servers.

/// Format of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object or array.
    Json,
    /// XML that is not HTML.
    Xml,
    /// A page: never an answer of GeoReport, whatever the status.
    Html,
    /// Anything else.
    Text,
    /// No bytes, or blanks only.
    Empty,
}

/// How many bytes decide.
const LOOK: usize = 1_024;

/// Decides by the first bytes; byte order mark and leading blanks do not count (FixMyStreet's XML starts with two).
#[must_use]
pub fn sniff(body: &[u8]) -> Format {
    let body = body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(body)
        .trim_ascii_start();
    match body.first() {
        None => Format::Empty,
        Some(b'{' | b'[') => Format::Json,
        Some(b'<') => markup(body),
        Some(_) => Format::Text,
    }
}

fn markup(body: &[u8]) -> Format {
    let head: Vec<u8> = body.iter().take(LOOK).map(u8::to_ascii_lowercase).collect();
    // A declaration, a comment or a doctype may stand before the page; a fragment of a page starts with its element.
    let inside: [&[u8]; 2] = [b"<!doctype html", b"<html"];
    let first: [&[u8]; 10] = [
        b"<head>", b"<body", b"<script", b"<title", b"<meta", b"<div", b"<p>", b"<h1", b"<center", b"<br",
    ];
    let is_html = inside
        .iter()
        .any(|mark| head.windows(mark.len()).any(|w| w == *mark))
        || first.iter().any(|mark| head.starts_with(mark));
    if is_html { Format::Html } else { Format::Xml }
}
