//! `audit FILE`: what a picture tells beside its pixels.

use std::fs::File;
use std::path::Path;

use phananh_engine::photo::{Limits, audit};
use serde_json::json;

use super::shrink::refused;
use crate::exit::Failure;
use crate::output::{Answer, Page, Tone, Words, size, texts};

pub(super) fn run(words: Words, file: &Path) -> Result<Answer, Failure> {
    let source = File::open(file).map_err(|error| refused(&error.into()))?;
    let findings = audit(source, &Limits::default()).map_err(|error| refused(&error))?;
    let json: Vec<_> = findings
        .iter()
        .map(|finding| json!({"kind": finding.part.code(), "bytes": finding.bytes}))
        .collect();
    let mut page = Page::new();
    if findings.is_empty() {
        page.toned(Tone::Good, words.say(texts::ONLY_PIXELS));
    }
    for finding in &findings {
        page.fact(finding.part.code(), size(finding.bytes));
    }
    Ok(Answer::new(json!({"findings": json}), page))
}
