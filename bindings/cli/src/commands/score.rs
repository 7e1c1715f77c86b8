//! `score ORIGINAL PICTURE...`: how near pictures are to the photo they were made of, whoever made them.

use std::path::PathBuf;

use phananh_engine::photo::PhotoError;
use serde_json::json;

use super::shrink::refused;
use crate::args::ScoreArgs;
use crate::exit::Failure;
use crate::output::{Answer, Page};
use crate::quality::{Original, rounded};

pub(super) fn run(args: &ScoreArgs) -> Result<Answer, Failure> {
    let of = |path: &PathBuf, error: &PhotoError| refused(error).saying(path.display());
    let mut original = Original::open(&args.original).map_err(|error| of(&args.original, &error))?;
    let mut page = Page::new();
    let mut scores = Vec::new();
    for path in &args.pictures {
        let judged = original.judge(path).map_err(|error| of(path, &error))?;
        let score = rounded(judged.score);
        page.fact(path.display().to_string(), format!("{score:.2}"));
        scores.push(json!({
            "file": path.display().to_string(), "width": judged.width, "height": judged.height, "score": score,
        }));
    }
    Ok(Answer::new(json!({"scores": scores}), page))
}
