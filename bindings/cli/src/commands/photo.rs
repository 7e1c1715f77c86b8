//! Photos of a draft.

use std::path::{Path, PathBuf};

use phananh_domain::id::ReportId;
use phananh_engine::ClientError;
use phananh_engine::client::{AddedPhoto, NewPhoto, RefusedPhoto};
use serde_json::{Value, json};

use crate::args::PhotoCommand;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::progress::Progress;
use crate::output::report::{merged, names};
use crate::output::{Answer, Page, size, texts};

pub(super) async fn run(context: &Context, command: PhotoCommand) -> Result<Answer, Failure> {
    match command {
        PhotoCommand::Add { report, files } => {
            add(context, context.report(&report.report).await?, &files).await
        }
        PhotoCommand::Remove { report, number } => {
            let report = context
                .client
                .report(context.report(&report.report).await?)
                .await?;
            context
                .client
                .remove_photo(report.id, number)
                .await
                .map_err(|error| match error {
                    ClientError::NotFound { .. } => {
                        Failure::bad_input("photo", "error.no_such_photo").with("n", number.to_string())
                    }
                    other => other.into(),
                })?;
            let text = context
                .words()
                .fill(texts::PHOTO_REMOVED, &[("n", &number.to_string())]);
            Ok(Answer::line(
                merged(names(&report), json!({"removed": number})),
                text,
            ))
        }
    }
}

/// All of them or none: a draft is never left with half of what was asked.
async fn add(context: &Context, id: ReportId, files: &[PathBuf]) -> Result<Answer, Failure> {
    let progress = Progress::show(&context.output, context.client.subscribe());
    let photos = files.iter().map(|file| NewPhoto {
        original: file.to_string_lossy().into_owned(),
        rendition: None,
    });
    let added = context.client.add_photos(id, photos.collect()).await;
    let added = added.map_err(|RefusedPhoto { index, error }| match files.get(index) {
        Some(file) => refused(error, file),
        None => error.into(),
    })?;
    let added: Vec<(&Path, AddedPhoto)> = files.iter().map(PathBuf::as_path).zip(added).collect();
    drop(progress);
    let report = context.client.report(id).await?;
    let json =
        json!({"photos": added.iter().map(|(file, photo)| photo_json(file, photo)).collect::<Vec<_>>()});
    let mut page = Page::new();
    for (file, photo) in &added {
        page.line(saved(context, file, photo));
    }
    Ok(Answer::new(merged(names(&report), json), page))
}

/// A refusal that names the file.
pub(super) fn refused(error: ClientError, file: &Path) -> Failure {
    let kind = file
        .extension()
        .map_or_else(|| "?".to_owned(), |e| e.to_string_lossy().to_lowercase());
    Failure::from(error).with("kind", kind).saying(file.display())
}

fn photo_json(file: &Path, photo: &AddedPhoto) -> Value {
    json!({
        "file": file.to_string_lossy(), "original_bytes": photo.original_bytes, "bytes": photo.file.bytes,
        "saved_percent": saved_percent(photo), "sha256": photo.file.sha256.as_str(),
        "width": photo.file.width, "height": photo.file.height,
        "warnings": photo.warnings,
    })
}

fn saved_percent(photo: &AddedPhoto) -> u64 {
    let saved = photo.original_bytes.saturating_sub(photo.file.bytes);
    saved
        .saturating_mul(100)
        .checked_div(photo.original_bytes)
        .unwrap_or(0)
}

fn saved(context: &Context, file: &Path, photo: &AddedPhoto) -> String {
    let name = file
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let text = if photo.file.bytes < photo.original_bytes {
        texts::PHOTO_ADDED
    } else {
        texts::PHOTO_KEPT
    };
    let line = context.words().fill(
        text,
        &[
            ("name", &name),
            ("before", &size(photo.original_bytes)),
            ("after", &size(photo.file.bytes)),
            ("percent", &saved_percent(photo).to_string()),
        ],
    );
    let warnings = photo.warnings.iter().map(|code| context.words().of(code));
    std::iter::once(line)
        .chain(warnings)
        .collect::<Vec<_>>()
        .join(". ")
}
