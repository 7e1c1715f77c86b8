//! Photos in: from a file that the citizen picked to a stored picture and a row.
//!
//! A row names the original before its first byte is read, so that a kill under the camera loses nothing: what is
//! pending at the next open is taken up again. One photo at a time: each needs memory that a cheap phone has once.
//! The stored picture is named by its hash; it is on disk and synced before the row says `ready`.
//!
//! A file that gives no picture leaves a *draft* as it was (its row goes, a typed error says why). A report that was
//! already sent off keeps the row, and asks the citizen: another photo, or without.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use phananh_domain::attachment::{ReadyFile, Sha256};
use phananh_domain::id::{AttachmentId, ReportId};
use phananh_domain::job::{JobEvent, step};
use phananh_domain::place::{Located, PlaceSource, Point};
use phananh_domain::reason::Reason;
use phananh_domain::report::Phase;
use phananh_photo::{Ingested, Limits, PhotoBudget, PhotoError, Warning};

use crate::error::{Error, Result};
use crate::events::Event;
use crate::store::{AttachmentRow, PhotoFacts, attachments, cities, jobs, messages, reports};
use crate::world::World;

/// A picture that was made.
pub(crate) struct Made {
    pub(crate) file: ReadyFile,
    /// Catalogue codes of what the reporter should know; empty for one that was ready before.
    pub(crate) warnings: Vec<&'static str>,
}

/// Makes the picture of one attachment and stores it. Does nothing for one that is ready.
///
/// # Errors
/// `BadInput` with field `photo` and a code that says what the file is; `Io`, `File` where the disk fails: the row
/// stays pending.
pub(crate) fn ingest(world: &World, id: AttachmentId) -> Result<Made> {
    let row = world.store.read(|conn| attachments::get(conn, id))?;
    if let (Some(file), phananh_domain::attachment::IngestState::Ready) = (&row.file, row.ingest) {
        return Ok(Made {
            file: file.clone(),
            warnings: Vec::new(),
        });
    }
    let budget = budget(world, &row)?;
    match develop(world, &row, &budget) {
        Ok(photo) => Ok(Made {
            file: keep(world, &row, &photo)?,
            warnings: photo.warnings.iter().filter_map(|w| warning_code(*w)).collect(),
        }),
        Err(Failure::Photo(error)) => {
            let code = code_of(&error);
            give_up(world, &row, code)?;
            Err(Error::BadInput { field: "photo", code })
        }
        Err(Failure::Disk(error)) => Err(error),
    }
}

/// A photo that was left unfinished and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedPhoto {
    /// Of which report.
    pub report: ReportId,
    /// Catalogue code of the reason.
    pub code: &'static str,
}

/// Takes up every photo that a kill left pending, oldest first. One that cannot be used does not stop the others.
pub(crate) fn ingest_pending(world: &World) -> Result<Vec<DroppedPhoto>> {
    let mut dropped = Vec::new();
    for row in world.store.read(attachments::pending)? {
        match ingest(world, row.id) {
            // Removed by the citizen in the meantime.
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(Error::BadInput { code, .. }) => dropped.push(DroppedPhoto {
                report: row.report,
                code,
            }),
            Err(other) => return Err(other),
        }
    }
    Ok(dropped)
}

/// Why no picture was made.
enum Failure {
    /// The file's own fault.
    Photo(PhotoError),
    /// The disk's.
    Disk(Error),
}

impl From<PhotoError> for Failure {
    fn from(error: PhotoError) -> Self {
        match error {
            // The picked file can be anywhere: when it cannot be read, it is gone for us.
            PhotoError::Io(e) if e.kind() == std::io::ErrorKind::StorageFull => Self::Disk(Error::Io(e)),
            other => Self::Photo(other),
        }
    }
}

fn budget(world: &World, row: &AttachmentRow) -> Result<PhotoBudget> {
    let limit = world.store.read(|conn| {
        let report = reports::get(conn, row.report)?;
        Ok(cities::get(conn, &report.city)?.profile.max_photo_bytes)
    })?;
    let limit = row.max_bytes.unwrap_or(limit).min(limit);
    let preset = match limit {
        0..=60_000 => PhotoBudget::WORST,
        60_001..=150_000 => PhotoBudget::POOR,
        _ => PhotoBudget::NORMAL,
    };
    Ok(PhotoBudget {
        max_bytes: preset.max_bytes.min(u32::try_from(limit).unwrap_or(u32::MAX)),
        ..preset
    })
}

fn develop(
    world: &World,
    row: &AttachmentRow,
    budget: &PhotoBudget,
) -> std::result::Result<Ingested, Failure> {
    let open = |path: &str| {
        File::open(Path::new(path))
            .map(BufReader::new)
            .map_err(PhotoError::Io)
    };
    let limits = Limits::default();
    let told = std::cell::Cell::new(0_u8);
    let progress = |done: u32, total: u32| {
        let percent = u8::try_from(u64::from(done) * 100 / u64::from(total.max(1)))
            .unwrap_or(100)
            .min(100);
        if percent >= told.get().saturating_add(10) {
            told.set(percent);
            world.events.tell(Event::PhotoProgress {
                report: row.report,
                attachment: row.id,
                percent,
            });
        }
        ControlFlow::Continue(())
    };
    let original = open(&row.original_path)?;
    let photo = match &row.rendition_path {
        None => phananh_photo::ingest(original, budget, &limits, &progress)?,
        Some(path) => phananh_photo::ingest_rendition(original, open(path)?, budget, &limits, &progress)?,
    };
    Ok(photo)
}

/// Picture and thumbnail to disk, then the row, and what the photo knew of place and time into the draft.
fn keep(world: &World, row: &AttachmentRow, photo: &Ingested) -> Result<ReadyFile> {
    let sha256 = Sha256::of(&photo.jpeg);
    world.files.put_photo(&sha256, &photo.jpeg)?;
    world.files.put_thumbnail(&sha256, &photo.thumbnail)?;
    let file = ReadyFile {
        sha256,
        bytes: u64::try_from(photo.jpeg.len()).unwrap_or(u64::MAX),
        width: photo.width,
        height: photo.height,
    };
    let point = photo
        .metadata
        .position
        .as_ref()
        .ok()
        .and_then(|p| Point::new(p.lat, p.lon).ok());
    let facts = PhotoFacts {
        original_bytes: photo.original.bytes,
        taken_at: photo.metadata.taken_at.as_ref().map(written),
        point,
    };
    let accuracy_m = photo.metadata.position.as_ref().ok().and_then(|p| p.accuracy_m);
    world.store.write(|tx| {
        // Removed by the citizen in the meantime: the sweep takes the file.
        attachments::get(tx, row.id)?;
        attachments::set_ready(tx, row.id, &file, &facts)?;
        let mut report = reports::get(tx, row.report)?;
        if let (Phase::Draft, Some(point)) = (report.phase, point) {
            let located = Located {
                point,
                accuracy_m,
                source: PlaceSource::Photo,
            };
            if report
                .content
                .place
                .located
                .is_none_or(|old| old.source == PlaceSource::Photo && old.yields_to(&located))
            {
                report.content.place.located.get_or_insert(located);
                reports::update(tx, &report)?;
            }
        }
        Ok(())
    })?;
    world.events.tell(Event::Report { report: row.report });
    world.wake.notify_one();
    Ok(file)
}

/// The camera's local time with its offset, or without where nobody knows it.
fn written(taken: &phananh_photo::TakenAt) -> String {
    match taken.zone {
        phananh_photo::Zone::Stated { offset_minutes } => {
            let sign = if offset_minutes < 0 { '-' } else { '+' };
            let minutes = offset_minutes.unsigned_abs();
            format!("{}{sign}{:02}:{:02}", taken.local, minutes / 60, minutes % 60)
        }
        phananh_photo::Zone::Assumed => taken.local.clone(),
    }
}

fn give_up(world: &World, row: &AttachmentRow, code: &'static str) -> Result<()> {
    world.store.write(|tx| {
        if let Some(message) = row.message {
            // The call that writes a message returns after its photos are made: nobody was promised this one.
            return messages::delete(tx, message);
        }
        if reports::get(tx, row.report)?.phase == Phase::Draft {
            return attachments::delete(tx, row.id);
        }
        attachments::set_failed(tx, row.id, code)?;
        if let Some(mut job) = jobs::of_attachment(tx, row.id)?
            && let Ok(state) = step(
                job.state,
                JobEvent::Stop {
                    reason: Reason::PhotoGone,
                },
            )
        {
            job.state = state;
            jobs::update(tx, &job)?;
        }
        Ok(())
    })?;
    world.events.tell(Event::PhotoRefused {
        report: row.report,
        code: code.to_owned(),
    });
    Ok(())
}

/// Catalogue code of a warning; a picture that became smaller than asked is nothing to tell.
fn warning_code(warning: Warning) -> Option<&'static str> {
    match warning {
        Warning::Truncated | Warning::Damaged => Some("error.photo_damaged"),
        _ => None,
    }
}

/// Catalogue code of a file that gives no picture.
fn code_of(error: &PhotoError) -> &'static str {
    match error {
        PhotoError::NotAPhoto => "error.not_photo",
        PhotoError::TooLarge { .. } | PhotoError::FileTooLarge { .. } => "error.photo_too_large",
        PhotoError::Unsupported { .. } => "error.photo_unsupported",
        PhotoError::Io(_) => "error.photo_gone",
        _ => "error.photo_unreadable",
    }
}
