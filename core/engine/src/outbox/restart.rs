//! What a kill, a cut or a copy left behind is put right before anything is sent.
//!
//! A *sending* that nobody sends (the process was killed, a lease ended in the middle, the disk could not keep an
//! outcome) becomes what its exposure says. A *copied* store is found out by its epoch, a name that the store and the
//! phone's secrets share: both copies hold the same jobs, and the other one may have sent them, so here each of them is
//! unconfirmed. The phone's secrets get the new epoch first and the store gets it in the transaction that marks the
//! jobs: a kill in between leaves two epochs that differ, and the copy is found out again.

use phananh_domain::job::{Exposure, JobEvent, JobState, step};
use rusqlite::Transaction;

use crate::error::{Error, Result};
use crate::secrets::SecretError;
use crate::store::cities::EPOCH;
use crate::store::{JobRow, cities, jobs, submissions};
use crate::world::World;

/// Puts right what is owed. Only while no attempt is under way: at open, and behind the gate before anything is sent,
/// recalled or decided (a full disk may have kept the open from it).
pub(crate) fn put_right(world: &World) -> Result<()> {
    let epoch = epoch(world)?;
    let owed = world.store.read(jobs::owed)?;
    if matches!(epoch, Epoch::Same) && !owed.iter().any(|job| job.state == JobState::Sending) {
        return Ok(());
    }
    world.store.write(|tx| {
        for mut job in jobs::owed(tx)? {
            let exposure = job.exposure;
            job.state = step(job.state, JobEvent::Restarted { exposure }).unwrap_or(job.state);
            if let Epoch::Copied(_) = epoch {
                doubt(tx, &mut job)?;
            }
            jobs::update(tx, &job)?;
        }
        match &epoch {
            Epoch::Same => Ok(()),
            Epoch::First(name) | Epoch::Copied(name) => cities::set_meta(tx, EPOCH, name),
        }
    })
}

/// The other copy may have sent it.
fn doubt(tx: &Transaction<'_>, job: &mut JobRow) -> Result<()> {
    job.state = step(job.state, JobEvent::Lost { next_at: None }).unwrap_or(job.state);
    job.exposure = Exposure::Unknown;
    if let Some(id) = job.submission {
        let mut submission = submissions::get(tx, id)?;
        submission.exposure = Exposure::Unknown;
        submission.first_attempt_at.get_or_insert(submission.created_at);
        submission.last_attempt_at.get_or_insert(submission.created_at);
        submissions::update(tx, &submission)?;
    }
    Ok(())
}

/// What the epoch says of the store.
enum Epoch {
    /// It is where it was, or the keeper of secrets cannot say: while that is locked nothing is sent, and each drain
    /// asks again.
    Same,
    /// It is new.
    First(String),
    /// It was copied or restored.
    Copied(String),
}

fn epoch(world: &World) -> Result<Epoch> {
    let in_store = world.store.read(|conn| cities::meta(conn, EPOCH))?;
    let in_phone = match world.secrets.get(EPOCH) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(SecretError::Missing) => None,
        Err(SecretError::Locked | SecretError::Failed(_)) => return Ok(Epoch::Same),
    };
    if in_store.is_some() && in_store == in_phone {
        return Ok(Epoch::Same);
    }
    let new = world.random.report_id(world.now())?.to_string();
    match world.secrets.set(EPOCH, new.as_bytes()) {
        Ok(()) => {}
        Err(SecretError::Locked) => return Ok(Epoch::Same),
        Err(other) => return Err(Error::Secret(other)),
    }
    Ok(match in_store {
        None => Epoch::First(new),
        Some(_) => Epoch::Copied(new),
    })
}
