//! What the city says comes in.
//!
//! A willing city is asked what changed since a cursor, for our own cases only, and then for the new events of those;
//! a bare one is asked for our own cases in batches, and its timeline is derived from what it shows. Tokens are asked
//! for their numbers with growing gaps. The timeline only grows; the case's status is the fold of it.
//!
//! Sync writes the city's side and nothing else, with one exception that joins both sides: a report that is still owed
//! and appears at the city, under our key or in its lists, is delivered, by whatever channel it came there (`seen`).

mod accounts;
mod bare;
mod followed;
pub(crate) mod public;
pub(crate) mod push;
mod rich;
mod seen;
mod services;

use std::sync::Arc;

use phananh_domain::id::CityId;

pub(crate) use services::{fetch_definition, fetch_services};

use crate::city::Facts;
use crate::contact::{code, contact};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::line::Traffic;
use crate::store::{CaseRow, cases, cities, jobs};
use crate::world::World;

/// What a sync came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncReport {
    /// Requests made.
    pub requests: u32,
    /// Bytes sent: HTTP headers and bodies.
    pub bytes_sent: u64,
    /// Bytes received: HTTP headers and bodies.
    pub bytes_received: u64,
    /// Reports whose case changed.
    pub changed: u32,
}

/// Asks every city that has cases of ours what changed.
///
/// # Errors
/// `Network` where no city could be asked; what the others said is kept.
pub(crate) async fn sync(world: &Arc<World>) -> Result<SyncReport> {
    let mut traffic = Traffic::default();
    let mut changed = 0_u32;
    let mut failed: Option<Error> = None;
    let cities = world.blocking(|w| w.store.read(cities::all)).await?;
    for city in cities {
        let id = city.id.clone();
        let asks = world
            .blocking(move |w| {
                w.store.read(|conn| {
                    let owed = jobs::owed(conn)?.iter().any(|j| j.city == id);
                    Ok(owed || !cases::of_city(conn, &id)?.is_empty())
                })
            })
            .await?;
        if !asks || city.endpoint.is_empty() {
            continue;
        }
        match sync_city(world, &city.id, &mut traffic).await {
            Ok(n) => changed = changed.saturating_add(n),
            Err(error @ Error::Network { .. }) => failed = Some(error),
            Err(other) => return Err(other),
        }
    }
    if let (Some(error), 0) = (failed, changed) {
        return Err(error);
    }
    Ok(SyncReport {
        requests: traffic.requests,
        bytes_sent: traffic.bytes_sent,
        bytes_received: traffic.bytes_received,
        changed,
    })
}

async fn sync_city(world: &Arc<World>, id: &CityId, traffic: &mut Traffic) -> Result<u32> {
    let facts = reach(world, id, traffic).await?;
    accounts::ask(world, &facts, traffic).await?;
    let mut changed = seen::ask(world, &facts, traffic).await?;
    changed.extend(crate::tokens::ask(world, &facts, traffic).await?);
    let extensions = facts.extensions.clone().unwrap_or_default();
    changed.extend(followed::ask(world, &facts, traffic).await?);
    changed.extend(if extensions.events {
        rich::ask(world, &facts, traffic).await?
    } else {
        bare::ask(world, &facts, traffic).await?
    });
    push::tell(world, &facts, traffic).await?;
    changed.sort_unstable();
    changed.dedup();
    for report in &changed {
        world.events.tell(Event::Case { report: *report });
    }
    Ok(u32::try_from(changed.len()).unwrap_or(u32::MAX))
}

/// The facts of a city that answers, or a typed network error for whoever asked.
pub(crate) async fn reach(world: &Arc<World>, id: &CityId, traffic: &mut Traffic) -> Result<Facts> {
    match contact(world, id, traffic).await? {
        Ok(facts) => Ok(facts),
        Err((_, trouble)) => Err(Error::Network { code: code(trouble) }),
    }
}

/// Cases of ours in a city that have a number.
async fn numbered(world: &Arc<World>, id: &CityId) -> Result<Vec<CaseRow>> {
    let id = id.clone();
    let all = world
        .blocking(move |w| w.store.read(|conn| cases::of_city(conn, &id)))
        .await?;
    Ok(all.into_iter().filter(|c| c.number.is_some()).collect())
}
