//! Messages about a case: offline always, delivered by the one job machine.

use phananh_domain::attachment::AttachmentKind;
use phananh_domain::id::{AttachmentId, MessageId, ReportId};
use phananh_domain::job::{Exposure, JobKind, JobState};
use phananh_domain::message::{MessageBody, MessageKind, NotSayable, may_say};
use phananh_domain::report::{Phase, Report};
use rusqlite::Transaction;

use super::Client;
use super::decide::messages::drop_it;
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
    /// `NotNow` with `error.not_delivered` where the city does not have the report yet, `error.no_messages` where it
    /// takes none, or why such a message has no meaning now ([`NotSayable`]); `BadInput` for an empty message or a file that is no photo.
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

    /// Takes back the oldest message that stands blocked, as one that the city refused.
    ///
    /// # Errors
    /// `NotNow` where none does, or the city may have it.
    pub async fn drop_message(&self, id: ReportId) -> std::result::Result<MessageKind, ClientError> {
        let kind = self.on_disk(move |world| drop_refused(world, id)).await?;
        self.world.events.tell(Event::Delivery { report: id });
        Ok(kind)
    }
}

fn write(world: &World, id: ReportId, new: &NewMessage) -> Result<MessageId> {
    check(new)?;
    let kind = new.body.kind();
    let report = world.store.read(|conn| {
        let report = reports::get(conn, id)?;
        let case = cases::require(conn, id)?;
        let facts = city::Facts::of(cities::get(conn, &report.city)?)?;
        if !facts.takes_messages() {
            return Err(Error::NotNow {
                code: "error.no_messages",
            });
        }
        if report.phase == Phase::Followed && kind != MessageKind::Comment {
            return Err(Error::NotNow {
                code: NotSayable::NotYours.code(),
            });
        }
        may_say(kind, case.status.as_ref(), case.due_at, world.now())
            .map_err(|why| Error::NotNow { code: why.code() })?;
        Ok(report)
    })?;
    let photos = new
        .photos
        .iter()
        .map(|path| {
            let absolute = std::path::absolute(path)?.to_string_lossy().into_owned();
            Ok((world.random.attachment_id(world.now())?, absolute))
        })
        .collect::<Result<Vec<_>>>()?;
    let message = world.store.write(|tx| {
        if kind == MessageKind::Rating {
            drop_older_ratings(tx, id)?;
        }
        queue(world, tx, &report, new.body.clone(), &photos)
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

/// The last answer to the two questions counts: an older one of which no byte has left need not go.
fn drop_older_ratings(tx: &Transaction<'_>, id: ReportId) -> Result<()> {
    for job in jobs::of_report(tx, id)? {
        let Some(message) = job.message else { continue };
        let unsent = matches!(job.state, JobState::Queued { .. } | JobState::Blocked { .. })
            && matches!(job.exposure, Exposure::None | Exposure::Refused);
        if unsent && messages::get(tx, message)?.body.kind() == MessageKind::Rating {
            messages::delete(tx, message)?;
        }
    }
    Ok(())
}

/// Writes a message with its photos and its job.
pub(super) fn queue(
    world: &World,
    tx: &Transaction<'_>,
    report: &Report,
    body: MessageBody,
    photos: &[(AttachmentId, String)],
) -> Result<MessageId> {
    let now = world.now();
    let message = world.random.message_id(now)?;
    messages::insert(
        tx,
        &MessageRow {
            id: message,
            report: report.id,
            body,
            created_at: now,
            city_id: None,
        },
    )?;
    for (attachment, path) in photos {
        attachments::insert(
            tx,
            &NewAttachment {
                id: *attachment,
                report: report.id,
                message: Some(message),
                kind: AttachmentKind::Photo,
                original_path: path,
                rendition_path: None,
                created_at: now,
            },
        )?;
    }
    jobs::insert(
        tx,
        &NewJob {
            id: world.random.job_id(now)?,
            kind: JobKind::Message,
            city: report.city.clone(),
            account: report.account.clone(),
            report: report.id,
            submission: None,
            attachment: None,
            message: Some(message),
            key: world.random.key(now)?,
            created_at: now,
        },
    )?;
    Ok(message)
}

/// Takes back the oldest message that waits for the citizen, as one that the city refused. One that the city may have
/// stays.
fn drop_refused(world: &World, id: ReportId) -> Result<MessageKind> {
    world.store.write(|tx| {
        for job in jobs::of_report(tx, id)? {
            let Some(message) = job.message else { continue };
            let stands = matches!(job.state, JobState::Blocked { .. });
            if stands && matches!(job.exposure, Exposure::None | Exposure::Refused) {
                drop_it(tx, &job, world.now())?;
                return Ok(messages::get(tx, message)?.body.kind());
            }
        }
        Err(Error::NotNow {
            code: "error.nothing_to_do",
        })
    })
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
        // Told by `follow` and `unfollow` alone.
        MessageBody::Follow | MessageBody::Unfollow => {
            return Err(Error::NotNow {
                code: "error.nothing_to_do",
            });
        }
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
