//! Decisions about a message that the city refused: it is retried, goes without its photos, or is taken back.

use phananh_domain::time::Timestamp;
use rusqlite::Transaction;

use super::photos::halve;
use super::{Decided, NOTHING_TO_DO, Step, queue_again};
use crate::error::Result;
use crate::ingest;
use crate::store::{JobRow, attachments, jobs};
use crate::world::World;

/// Not to be sent any more. Its words stay where they were written, in the timeline.
pub(super) fn take_back(world: &World, job: &JobRow) -> Result<Step> {
    let now = world.now();
    world.store.write(|tx| drop_it(tx, job, now))?;
    Ok(Step::Came(Decided::MessageTakenBack))
}

/// The job goes, and with it the promise to send; the row of the message is what remains.
pub(in super::super) fn drop_it(tx: &Transaction<'_>, job: &JobRow, now: Timestamp) -> Result<()> {
    if let Some(message) = job.message {
        for photo in attachments::of_message(tx, message)? {
            attachments::detach(tx, photo.id, now)?;
        }
    }
    jobs::delete(tx, job.id)
}

/// Its photos are made again with half the bytes, then it goes.
pub(super) fn smaller(world: &World, job: &JobRow) -> Result<Step> {
    let photos = world.store.write(|tx| {
        let message = job.message.ok_or(NOTHING_TO_DO)?;
        let photos = attachments::of_message(tx, message)?;
        for photo in &photos {
            halve(tx, photo)?;
        }
        queue_again(tx, jobs::get(tx, job.id)?)?;
        Ok(photos)
    })?;
    for photo in photos {
        ingest::ingest(world, photo.id)?;
    }
    Ok(Step::Came(Decided::Done))
}

/// Its words alone.
pub(super) fn without_photo(world: &World, job: &JobRow) -> Result<Step> {
    let now = world.now();
    world.store.write(|tx| {
        let message = job.message.ok_or(NOTHING_TO_DO)?;
        for photo in attachments::of_message(tx, message)? {
            attachments::detach(tx, photo.id, now)?;
        }
        queue_again(tx, jobs::get(tx, job.id)?)?;
        Ok(Step::Came(Decided::Done))
    })
}
