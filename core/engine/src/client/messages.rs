//! Messages about a case: offline always, delivered by the one job machine.

use phananh_domain::attachment::AttachmentKind;
use phananh_domain::id::{MessageId, ReportId};
use phananh_domain::job::JobKind;
use phananh_domain::message::MessageBody;

use super::Client;
use super::drafts::bounded;
use crate::city;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::ingest;
use crate::store::{MessageRow, NewAttachment, NewJob, attachments, cases, cities, jobs, messages, reports};
use crate::world::World;

/// Photos that a message may carry.
const PHOTOS_MAX: usize = 5;

/// A message to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// What it says.
    pub body: MessageBody,
    /// Paths of photos.
    pub photos: Vec<String>,
}

impl Client {
    /// Writes a message about a case; durable when this returns, and on its way as soon as the line allows.
    ///
    /// # Errors
    /// `NotNow` with `error.not_delivered` where the city does not have the report yet, or `error.no_messages` where it
    /// takes none; `BadInput` for an empty message or a file that is no photo.
    pub async fn message(
        &self,
        id: ReportId,
        new: NewMessage,
    ) -> std::result::Result<MessageId, ClientError> {
        let message = self.on_disk(move |world| write(world, id, &new)).await?;
        self.world.events.tell(Event::Case { report: id });
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        Ok(message)
    }
}

fn write(world: &World, id: ReportId, new: &NewMessage) -> Result<MessageId> {
    check(new)?;
    let report = world.store.read(|conn| {
        let report = reports::get(conn, id)?;
        cases::require(conn, id)?;
        let facts = city::Facts::of(cities::get(conn, &report.city)?)?;
        if !facts.takes_messages() {
            return Err(Error::NotNow {
                code: "error.no_messages",
            });
        }
        Ok(report)
    })?;
    let now = world.now();
    let message = world.random.message_id(now)?;
    let photos = new
        .photos
        .iter()
        .map(|path| {
            let absolute = std::path::absolute(path)?.to_string_lossy().into_owned();
            Ok((world.random.attachment_id(now)?, absolute))
        })
        .collect::<Result<Vec<_>>>()?;
    let row = MessageRow {
        id: message,
        report: id,
        body: new.body.clone(),
        created_at: now,
        city_id: None,
    };
    let job = NewJob {
        id: world.random.job_id(now)?,
        kind: JobKind::Message,
        city: report.city,
        account: report.account,
        report: id,
        submission: None,
        attachment: None,
        message: Some(message),
        key: world.random.key(now)?,
        created_at: now,
    };
    world.store.write(|tx| {
        messages::insert(tx, &row)?;
        for (attachment, path) in &photos {
            attachments::insert(
                tx,
                &NewAttachment {
                    id: *attachment,
                    report: id,
                    message: Some(message),
                    kind: AttachmentKind::Photo,
                    original_path: path,
                    rendition_path: None,
                    created_at: now,
                },
            )?;
        }
        jobs::insert(tx, &job)
    })?;
    for (attachment, _) in &photos {
        if let Err(error) = ingest::ingest(world, *attachment) {
            // All or nothing while the citizen looks on: the message as before, the error typed.
            world.store.write(|tx| messages::delete(tx, message))?;
            return Err(error);
        }
    }
    Ok(message)
}

fn check(new: &NewMessage) -> Result<()> {
    let empty = Error::BadInput {
        field: "text",
        code: "error.empty_message",
    };
    if let Some(text) = new.body.text() {
        bounded("text", text)?;
    }
    match &new.body {
        MessageBody::Answer { text } | MessageBody::Comment { text } | MessageBody::Reopen { text } => {
            if text.trim().is_empty() && new.photos.is_empty() {
                return Err(empty);
            }
        }
        MessageBody::Rating {
            satisfaction, fixed, ..
        } => {
            if satisfaction.is_none() && fixed.is_none() {
                return Err(Error::BadInput {
                    field: "rating",
                    code: "error.empty_message",
                });
            }
        }
        MessageBody::Withdraw { .. } | MessageBody::Remind { .. } => {}
    }
    if new.photos.len() > PHOTOS_MAX {
        return Err(Error::BadInput {
            field: "photo",
            code: "error.too_many_photos",
        });
    }
    for path in &new.photos {
        if !std::fs::metadata(path).is_ok_and(|m| m.is_file()) {
            return Err(Error::BadInput {
                field: "photo",
                code: "error.photo_missing",
            });
        }
    }
    Ok(())
}
