//! Everything a person has on this phone, as one archive: docs/export.md.
//!
//! It needs no network and no city, so it works after a city was switched off for good. What only this phone can use
//! (keys, owner secrets, sessions) and what others told in confidence (callers, the city's words of a refusal) stays out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use phananh_domain::attachment::Sha256;
use phananh_domain::message::MessageBody;
use phananh_domain::receipt::Receipt;
use serde_json::{Value, json};

use super::status::whole;
use super::{Client, ReportStatus, TimelineEntry, identity};
use crate::error::{ClientError, Error, Result};
use crate::files::{Archive, Entry, FileError};
use crate::store::{MessageRow, cities, messages, reports};
use crate::world::World;

/// Version of the archive's form.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";

/// An archive that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Reports in it, drafts included.
    pub reports: u32,
    /// Pictures in it.
    pub photos: u32,
    /// Its size, bytes.
    pub bytes: u64,
}

impl Client {
    /// Writes everything the person has into a ZIP file, whole or not at all, in place of one of that name.
    ///
    /// # Errors
    /// `BadInput` with field `file` where no file can be made there; `Storage`; `Secrets` while the phone is locked.
    pub async fn export(&self, file: PathBuf) -> std::result::Result<Exported, ClientError> {
        self.on_disk(move |world| {
            let archive = world.files.archive(&file).map_err(|error| match error {
                FileError::Full => Error::File(FileError::Full),
                FileError::Gone | FileError::Changed | FileError::Io(_) => Error::BadInput {
                    field: "file",
                    code: "error.cannot_write_file",
                },
            })?;
            export(world, archive)
        })
        .await
    }
}

fn export(world: &World, mut archive: Archive) -> Result<Exported> {
    let me = identity::load(world)?;
    let mut files = Vec::new();
    let mut pictures = BTreeMap::new();
    let ids = world.store.read(reports::ids)?;
    for id in &ids {
        let status = whole(world, *id)?;
        let said = world.store.read(|conn| messages::of_report(conn, *id))?;
        let mut photos = Vec::new();
        for view in &status.attachments {
            let picture = match &view.file {
                Some(file) => pack(world, &mut archive, &mut pictures, &file.sha256)?,
                None => None,
            };
            photos.push(json!({
                "kind": view.kind.as_str(), "state": view.state.as_str(), "file": picture,
                "sha256": view.file.as_ref().map(|file| file.sha256.as_str()),
                "bytes": view.file.as_ref().map(|file| file.bytes),
            }));
        }
        let name = format!("reports/{}.json", status.report.reference_code);
        files.push(archive.text(&name, &text(&report(&status, &said, photos))?)?);
    }
    let (photos, count) = (pictures.len(), |n: usize| u32::try_from(n).unwrap_or(u32::MAX));
    files.extend(pictures.into_values());
    let cities = world.store.read(cities::all)?;
    let manifest = json!({
        "format": FORMAT,
        "made_at": world.now(),
        "me": {"name": me.name, "phone": me.phone, "email": me.email},
        "cities": cities.iter().map(|city| json!({
            "id": city.id, "endpoint": city.endpoint, "label": city.profile.label,
        })).collect::<Vec<_>>(),
        "files": files.iter().map(|file| json!({
            "name": file.name, "bytes": file.bytes, "sha256": file.sha256.as_str(),
        })).collect::<Vec<_>>(),
    });
    archive.text(MANIFEST, &text(&manifest)?)?;
    Ok(Exported {
        reports: count(ids.len()),
        photos: count(photos),
        bytes: archive.close()?,
    })
}

/// Packs a picture once; its thumbnail where the whole one was pruned after the city had it, none where both are gone.
fn pack(
    world: &World,
    archive: &mut Archive,
    packed: &mut BTreeMap<String, Entry>,
    photo: &Sha256,
) -> Result<Option<String>> {
    for (name, file) in [
        (
            format!("photos/{}.jpg", photo.as_str()),
            world.files.photo_path(photo),
        ),
        (
            format!("photos/{}.thumb.jpg", photo.as_str()),
            world.files.thumbnail_path(photo),
        ),
    ] {
        if packed.contains_key(&name) {
            return Ok(Some(name));
        }
        match archive.picture(&name, &file) {
            Ok(entry) => {
                packed.insert(name.clone(), entry);
                return Ok(Some(name));
            }
            Err(FileError::Gone) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn report(status: &ReportStatus, said: &[MessageRow], photos: Vec<Value>) -> Value {
    let events = status.timeline.iter().filter_map(|entry| match entry {
        TimelineEntry::City(event) => Some(event),
        TimelineEntry::Pending { .. } | TimelineEntry::TakenBack { .. } => None,
    });
    let report = &status.report;
    json!({
        "report": report.id, "reference_code": report.reference_code.to_string(), "city": report.city,
        "account": report.account, "phase": report.phase, "channel": report.channel, "practice": report.practice,
        "created_at": report.created_at, "updated_at": report.updated_at, "queued_at": report.queued_at,
        "content": report.content,
        "delivery": status.delivery.as_str(),
        "receipt": status.receipt.as_ref().map(receipt),
        "service_request_id": status.service_request_id, "token": status.token,
        "case_status": status.case_status.as_ref().map(phananh_domain::case::CaseStatus::as_str),
        "outcome": status.outcome, "due_at": status.due_at, "agency": status.agency,
        "timeline": events.collect::<Vec<_>>(),
        "messages": said.iter().map(message).collect::<Vec<_>>(),
        "photos": photos,
    })
}

fn receipt(receipt: &Receipt) -> Value {
    json!({"at": receipt.at, "payload_sha256": receipt.payload_sha256.as_str(), "notice": receipt.notice})
}

fn message(message: &MessageRow) -> Value {
    let (rating, fixed) = match &message.body {
        MessageBody::Rating {
            satisfaction, fixed, ..
        } => (*satisfaction, *fixed),
        _ => (None, None),
    };
    json!({
        "at": message.created_at, "kind": message.body.kind(), "text": message.body.text(), "rating": rating,
        "fixed": fixed, "delivered": message.city_id.is_some(),
    })
}

fn text(value: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|_| Error::Internal)
}
