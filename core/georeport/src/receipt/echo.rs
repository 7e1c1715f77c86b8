//! Whether what an answer echoes can be what was sent.
//!
//! Servers change what they store: they put a title before a description, cut it, change its line ends, drop emoji,
//! escape `&`. So a description contradicts only if neither text is found in the other once folded.

use super::Sent;
use crate::answer::{Answer, date_header};
use crate::scalar::{text, time};
use crate::time::{Zone, ZoneOffset};
use crate::tree::Tree;

/// Longest distance of the `requested_datetime` of a new report from the answer's own `Date`: a stranger's report found
/// by search is mostly older, while clocks and queues of one server do not part so far.
const FRESH_MS: i64 = 24 * 3_600 * 1_000;

/// Name of the first field that contradicts.
pub(super) fn contradiction(entry: &Tree, sent: &Sent<'_>, answer: &Answer<'_>) -> Option<&'static str> {
    let differs = |name: &str, ours: Option<&str>| match (text(entry, name), ours) {
        (Some(theirs), Some(ours)) => theirs.trim() != ours.trim(),
        _ => false,
    };
    if differs("client_request_id", sent.client_request_id) {
        return Some("client_request_id");
    }
    let key = text(entry, "client_request_id");
    if key.is_some() && key.as_deref() == sent.client_request_id {
        // Nobody else can know the key: whatever the server made of our words, this is ours.
        return None;
    }
    if differs("service_code", sent.service_code) {
        return Some("service_code");
    }
    if let (Some(theirs), Some(ours)) = (text(entry, "description"), sent.description) {
        let (theirs, ours) = (fold(&theirs), fold(ours));
        let found = theirs.contains(&ours) || ours.contains(&theirs);
        if !theirs.is_empty() && !ours.is_empty() && !found {
            return Some("description");
        }
    }
    // With a key the answer may be the replay of an old receipt.
    if sent.client_request_id.is_none() && is_stale(entry, answer) {
        return Some("requested_datetime");
    }
    None
}

fn is_stale(entry: &Tree, answer: &Answer<'_>) -> bool {
    let requested =
        time(entry, "requested_datetime", ZoneOffset::default()).filter(|time| time.zone == Zone::Known);
    match (requested.and_then(|time| time.unix_ms), date_header(answer)) {
        (Some(requested), Some(now)) => requested.abs_diff(now) > FRESH_MS.unsigned_abs(),
        _ => false,
    }
}

fn fold(text: &str) -> String {
    let unescaped = ["&lt;", "&gt;", "&quot;", "&#39;", "&#039;", "&amp;"]
        .iter()
        .zip(["<", ">", "\"", "'", "'", "&"])
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    unescaped
        .chars()
        .filter(|c| c.is_alphanumeric() && u32::from(*c) <= 0xFFFF)
        .flat_map(char::to_lowercase)
        .collect()
}
