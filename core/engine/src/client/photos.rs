//! Photos of a draft.

use phananh_domain::attachment::{AttachmentKind, ReadyFile};
use phananh_domain::id::{AttachmentId, ReportId};

use rusqlite::Transaction;

use super::Client;
use super::drafts::draft;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::ingest::{self, DroppedPhoto};
use crate::store::{NewAttachment, attachments, reports};
use crate::world::World;

/// Photos a draft may hold on the phone, whatever a city takes.
const PHOTOS_MAX: usize = 20;
/// Bytes of a path.
const PATH_MAX: usize = 4_096;

/// A photo to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    /// Path of the file that the citizen picked.
    pub original: String,
    /// Path of a JPEG by the platform, where the original is HEIC.
    pub rendition: Option<String>,
}

/// Why photos were not taken in.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("photo {index}: {error}")]
pub struct RefusedPhoto {
    /// Which of them, from 0.
    pub index: usize,
    /// Why.
    pub error: ClientError,
}

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
            .on_disk(move |world| {
                let photo = NewPhoto { original, rendition };
                let named = name(world, id, &[photo]).map_err(|(_, error)| error)?;
                named.first().copied().ok_or(Error::Internal)
            })
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
    /// As [`Client::add_photos`].
    pub async fn add_photo(
        &self,
        id: ReportId,
        original: String,
        rendition: Option<String>,
    ) -> std::result::Result<AddedPhoto, ClientError> {
        let mut added = self
            .add_photos(id, vec![NewPhoto { original, rendition }])
            .await
            .map_err(|refused| refused.error)?;
        added.pop().ok_or(ClientError::Internal { id: "photo".into() })
    }

    /// Adds photos to a draft, all or none, and waits until their pictures are stored. They are named in one
    /// transaction before the first is read: a kill at any time leaves all of them, to be finished at the next open,
    /// or none.
    ///
    /// # Errors
    /// Which photo it was, and why: `BadInput` with field `photo` for a file that gives no picture; as
    /// [`Client::start_photo`] otherwise. The draft is as before.
    pub async fn add_photos(
        &self,
        id: ReportId,
        photos: Vec<NewPhoto>,
    ) -> std::result::Result<Vec<AddedPhoto>, RefusedPhoto> {
        let of_all = |error| RefusedPhoto { index: 0, error };
        let added = self
            .on_disk(move |world| Ok(take_in(world, id, &photos)))
            .await
            .map_err(of_all)?;
        let added = added.map_err(|(index, error)| RefusedPhoto {
            index,
            error: error.into(),
        })?;
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

    /// Takes up photos that a kill left unfinished; waits until all are through, and tells which cannot be used.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn finish_photos(&self) -> std::result::Result<Vec<DroppedPhoto>, ClientError> {
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

/// Names all, then makes one picture after the other; where one gives none, the others go, too.
fn take_in(
    world: &World,
    id: ReportId,
    photos: &[NewPhoto],
) -> std::result::Result<Vec<AddedPhoto>, (usize, Error)> {
    let named = name(world, id, photos)?;
    let mut added = Vec::new();
    for (index, attachment) in named.iter().enumerate() {
        match make(world, *attachment) {
            Ok(photo) => added.push(photo),
            Err(error) => {
                // On a disk that takes not even this they stay, and are finished at the next open.
                let _ = world
                    .store
                    .write(|tx| named.iter().try_for_each(|id| attachments::delete(tx, *id)));
                return Err((index, error));
            }
        }
    }
    Ok(added)
}

fn make(world: &World, attachment: AttachmentId) -> Result<AddedPhoto> {
    let ingest::Made { file, warnings } = ingest::ingest(world, attachment)?;
    let row = world.store.read(|conn| attachments::get(conn, attachment))?;
    Ok(AddedPhoto {
        attachment,
        original_bytes: row.original_bytes.unwrap_or(file.bytes),
        file,
        warnings: warnings.into_iter().map(str::to_owned).collect(),
    })
}

/// A durable row for each photo, all in one transaction, before a byte of them is read.
fn name(
    world: &World,
    id: ReportId,
    photos: &[NewPhoto],
) -> std::result::Result<Vec<AttachmentId>, (usize, Error)> {
    let mut paths = Vec::new();
    for (index, photo) in photos.iter().enumerate() {
        let original = found(&photo.original).map_err(|error| (index, error))?;
        let rendition = photo.rendition.as_deref().map(found).transpose();
        paths.push((original, rendition.map_err(|error| (index, error))?));
    }
    let now = world.now();
    let insert = |tx: &Transaction<'_>| {
        let report = draft(&reports::get(tx, id)?)?;
        if report.attachments.len().saturating_add(paths.len()) > PHOTOS_MAX {
            return Err(Error::BadInput {
                field: "photo",
                code: "error.too_many_photos",
            });
        }
        let row = |(original, rendition): &(String, Option<String>)| {
            let attachment = world.random.attachment_id(now)?;
            attachments::insert(
                tx,
                &NewAttachment {
                    id: attachment,
                    report: id,
                    message: None,
                    kind: AttachmentKind::Photo,
                    original_path: original,
                    rendition_path: rendition.as_deref(),
                    created_at: now,
                },
            )?;
            Ok(attachment)
        };
        paths.iter().map(row).collect()
    };
    world.store.write(insert).map_err(|error| (0, error))
}

/// The whole path of a file that is there.
fn found(path: &str) -> Result<String> {
    let is_file = path.len() <= PATH_MAX
        && !path.contains('\0')
        && std::fs::metadata(path).is_ok_and(|meta| meta.is_file());
    if !is_file {
        return Err(Error::BadInput {
            field: "photo",
            code: "error.photo_gone",
        });
    }
    Ok(std::path::absolute(path)?.to_string_lossy().into_owned())
}
