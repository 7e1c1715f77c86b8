//! Photos of a draft.

use phananh_domain::attachment::{AttachmentKind, ReadyFile};
use phananh_domain::id::{AttachmentId, ReportId};

use super::Client;
use super::drafts::draft;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::ingest;
use crate::store::{NewAttachment, attachments, reports};
use crate::world::World;

/// Photos a draft may hold on the phone, whatever a city takes.
const PHOTOS_MAX: usize = 20;
/// Bytes of a path.
const PATH_MAX: usize = 4_096;

/// A photo that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedPhoto {
    /// Its id.
    pub attachment: AttachmentId,
    /// The stored picture.
    pub file: ReadyFile,
    /// Size of the original file, bytes.
    pub original_bytes: u64,
    /// Catalogue codes of what the reporter should know, e.g. that only a part of the file could be read.
    pub warnings: Vec<String>,
}

impl Client {
    /// Names a photo for a draft; its row is durable when this returns, and the picture is made in the background.
    /// `rendition` is a JPEG by the platform where the original is HEIC.
    ///
    /// # Errors
    /// `NotNow` for a report that is sent off; `BadInput` for a path that is no file; `Storage`.
    pub async fn start_photo(
        &self,
        id: ReportId,
        original: String,
        rendition: Option<String>,
    ) -> std::result::Result<AttachmentId, ClientError> {
        let attachment = self
            .on_disk(move |world| name(world, id, &original, rendition.as_deref()))
            .await?;
        self.world.events.tell(Event::Report { report: id });
        let world = std::sync::Arc::clone(&self.world);
        // Nobody waits for it: the event tells, and a kill only puts it off to the next open.
        drop(
            self.runtime
                .handle()
                .map_err(ClientError::from)?
                .spawn(async move {
                    let _ = world
                        .blocking(move |w| ingest::ingest(w, attachment).map(|_| ()))
                        .await;
                }),
        );
        Ok(attachment)
    }

    /// Adds a photo to a draft and waits until its picture is stored.
    ///
    /// # Errors
    /// `BadInput` with field `photo` for a file that gives no picture: the draft is as before. As
    /// [`Client::start_photo`] otherwise.
    pub async fn add_photo(
        &self,
        id: ReportId,
        original: String,
        rendition: Option<String>,
    ) -> std::result::Result<AddedPhoto, ClientError> {
        let added = self
            .on_disk(move |world| {
                let attachment = name(world, id, &original, rendition.as_deref())?;
                let ingest::Made { file, warnings } = ingest::ingest(world, attachment)?;
                let row = world.store.read(|conn| attachments::get(conn, attachment))?;
                Ok(AddedPhoto {
                    attachment,
                    original_bytes: row.original_bytes.unwrap_or(file.bytes),
                    file,
                    warnings: warnings.into_iter().map(str::to_owned).collect(),
                })
            })
            .await?;
        self.world.events.tell(Event::Report { report: id });
        Ok(added)
    }

    /// Takes the `n`th photo (from 1) off a draft.
    ///
    /// # Errors
    /// `NotFound`; `NotNow` for a report that is sent off.
    pub async fn remove_photo(&self, id: ReportId, n: usize) -> std::result::Result<(), ClientError> {
        self.on_disk(move |world| {
            let now = world.now();
            world.store.write(|tx| {
                let report = draft(&reports::get(tx, id)?)?;
                let index = n.checked_sub(1).ok_or(Error::NotFound { what: "photo" })?;
                let photo = report
                    .attachments
                    .get(index)
                    .ok_or(Error::NotFound { what: "photo" })?;
                attachments::detach(tx, photo.id, now)
            })
        })
        .await?;
        self.world.events.tell(Event::Report { report: id });
        Ok(())
    }

    /// Takes up photos that a kill left unfinished; waits until all are through.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn finish_photos(&self) -> std::result::Result<(), ClientError> {
        self.on_disk(ingest::ingest_pending).await
    }

    /// Path of the stored picture of an attachment, for showing it.
    ///
    /// # Errors
    /// `NotFound` while it is not ready.
    pub async fn photo_path(
        &self,
        attachment: AttachmentId,
    ) -> std::result::Result<std::path::PathBuf, ClientError> {
        self.on_disk(move |world| {
            let row = world.store.read(|conn| attachments::get(conn, attachment))?;
            let file = row.file.ok_or(Error::NotFound { what: "photo" })?;
            Ok(world.files.photo_path(&file.sha256))
        })
        .await
    }
}

fn name(world: &World, id: ReportId, original: &str, rendition: Option<&str>) -> Result<AttachmentId> {
    for path in [Some(original), rendition].into_iter().flatten() {
        if path.len() > PATH_MAX || path.contains('\0') {
            return Err(Error::BadInput {
                field: "photo",
                code: "error.photo_gone",
            });
        }
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_file() => {}
            _ => {
                return Err(Error::BadInput {
                    field: "photo",
                    code: "error.photo_gone",
                });
            }
        }
    }
    let absolute = |path: &str| std::path::absolute(path).map(|p| p.to_string_lossy().into_owned());
    let original = absolute(original)?;
    let rendition = rendition.map(absolute).transpose()?;
    let now = world.now();
    let attachment = world.random.attachment_id(now)?;
    world.store.write(|tx| {
        let report = draft(&reports::get(tx, id)?)?;
        if report.attachments.len() >= PHOTOS_MAX {
            return Err(Error::BadInput {
                field: "photo",
                code: "error.too_many_photos",
            });
        }
        attachments::insert(
            tx,
            &NewAttachment {
                id: attachment,
                report: id,
                message: None,
                kind: AttachmentKind::Photo,
                original_path: &original,
                rendition_path: rendition.as_deref(),
                created_at: now,
            },
        )
    })?;
    Ok(attachment)
}
