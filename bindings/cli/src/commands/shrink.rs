//! `shrink IN OUT`: the photo pipeline alone, to be used, measured and compared. Opens no store and no connection.

use std::fs::{self, File};
use std::path::Path;

use phananh_engine::photo::{Limits, PhotoBudget, PhotoError, Profile, Unwatched, Warning, ingest};
use serde_json::json;

use crate::args::{Preset, ShrinkArgs};
use crate::exit::{Exit, Failure};
use crate::output::{Answer, Page, Tone, Words, size, texts};
use crate::quality::{Original, rounded};

pub(super) fn run(words: Words, args: &ShrinkArgs) -> Result<Answer, Failure> {
    let budget = PhotoBudget {
        max_edge: args.max_edge,
        max_bytes: u32::try_from(args.max_bytes).unwrap_or(u32::MAX),
        profile: match args.preset {
            Preset::Small => Profile::Small,
            Preset::Fast => Profile::Fast,
        },
    };
    let source = File::open(&args.from).map_err(|error| refused(&error.into()))?;
    let photo = ingest(source, &budget, &Limits::default(), &Unwatched).map_err(|error| refused(&error))?;
    put(&args.to, &photo.jpeg)?;
    if let Some(path) = &args.thumbnail {
        put(path, &photo.thumbnail)?;
    }
    let quality = (f64::from(photo.quality) * 100.0).round() / 100.0;
    let warnings: Vec<_> = photo.warnings.iter().map(|warning| warning.code()).collect();
    let mut json = json!({
        "bytes": photo.jpeg.len(), "width": photo.width, "height": photo.height, "quality": quality,
        "warnings": warnings, "encodes": photo.encodes, "thumbnail_bytes": photo.thumbnail.len(),
        "original": {
            "kind": photo.original.kind.name(), "bytes": photo.original.bytes,
            "width": photo.original.width, "height": photo.original.height,
        },
    });
    let mut page = Page::new();
    let pixels = |width: u32, height: u32| format!("{width} x {height}");
    page.line(words.fill(
        texts::SHRUNK,
        &[
            ("before", &size(photo.original.bytes)),
            ("stored", &pixels(photo.original.width, photo.original.height)),
            ("after", &size(photo.jpeg.len() as u64)),
            ("pixels", &pixels(photo.width, photo.height)),
            ("quality", &format!("{quality}")),
        ],
    ));
    if args.score {
        // The picture is made and written: that nothing can judge it takes nothing of that back.
        // Each decoder fills what is missing in its own way: of a damaged original no score means anything.
        let damaged = |warning: &Warning| matches!(warning, Warning::Truncated | Warning::Damaged);
        let judged = match photo.warnings.iter().any(damaged) {
            true => None,
            false => Original::open(&args.from)
                .and_then(|mut original| original.judge(&args.to))
                .ok(),
        };
        let score = judged.map(|judged| rounded(judged.score));
        match score {
            Some(score) => page.line(words.fill(texts::SCORED, &[("score", &format!("{score:.1}"))])),
            None => page.toned(Tone::Warn, words.say(texts::NOT_SCORED)),
        };
        if let Some(fields) = json.as_object_mut() {
            fields.insert("score".to_owned(), json!(score));
        }
    }
    for warning in &photo.warnings {
        match warning {
            Warning::Truncated | Warning::Damaged => page.toned(Tone::Warn, words.of("error.photo_damaged")),
            Warning::EdgeShrunk { edge } => page.toned(
                Tone::Warn,
                words.fill(texts::SHORTER, &[("edge", &edge.to_string())]),
            ),
            other => page.toned(Tone::Warn, other.code()),
        };
    }
    Ok(Answer::new(json, page))
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::new(Exit::Storage, "error.storage").saying(error))
}

/// What a file that gives no picture is told as.
pub(super) fn refused(error: &PhotoError) -> Failure {
    let code = match error {
        PhotoError::NotAPhoto => "error.not_photo",
        PhotoError::TooLarge { .. } | PhotoError::FileTooLarge { .. } => "error.photo_too_large",
        PhotoError::Unsupported { .. } => "error.photo_unsupported",
        PhotoError::Io(_) => "error.photo_gone",
        PhotoError::ImpossibleBudget { .. } => {
            return Failure::bad_input("max-bytes", "error.invalid").saying(error);
        }
        _ => "error.photo_unreadable",
    };
    let failure = Failure::bad_input("photo", code);
    match error {
        PhotoError::Unsupported { what } => failure.with("kind", *what),
        _ => failure,
    }
}
