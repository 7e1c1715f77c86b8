//! How a city lists new reports: measured on our own, whose receipts we hold.
//!
//! A list without our report proves that it never arrived only at a city that has shown us a new report of ours within
//! its visibility lag, and never failed to. So every list that is read teaches, and after a delivery to a city that
//! does not honour keys one list is read for this alone.

use std::sync::Arc;

use georeport::{ListQuery, Pager, Step, read};
use phananh_domain::id::{CaseNumber, CityId, ServiceCode, Token};
use phananh_domain::lookup::{AskedBy, Candidate};
use phananh_domain::place::Point;
use phananh_domain::receipt::Tracking;
use phananh_domain::time::{DAY, MINUTE, Timestamp};

use crate::city::Facts;
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::store::{cities, receipts};
use crate::world::World;

/// Pages of one list at most.
const PAGES: u32 = 40;

/// A list as far as it could be read.
pub(crate) struct Looked {
    pub(crate) rows: Vec<Candidate>,
    /// When its first page was asked for.
    pub(crate) at: Timestamp,
    pub(crate) complete: bool,
    /// The question was for our key, to a city that honours it.
    pub(crate) by_key: bool,
}

/// A row of a list as a candidate for a match.
pub(crate) fn candidate(case: &read::Case, asked_by: AskedBy) -> Candidate {
    Candidate {
        id: CaseNumber::new(case.id.clone()),
        token: case.token.clone().map(Token::new),
        client_request_id: case.client_request_id.clone(),
        description: case.description.clone(),
        service_code: case.service_code.clone().map(ServiceCode::new),
        point: case.point.and_then(|p| Point::new(p.lat, p.long).ok()),
        requested_at: case
            .requested
            .as_ref()
            .and_then(|t| t.unix_ms)
            .map(Timestamp::from_millis),
        asked_by,
    }
}

/// Learns from a list how the city shows new reports of ours: those whose receipts we hold.
pub(crate) fn measure(tx: &rusqlite::Transaction<'_>, facts: &mut Facts, looked: &Looked) -> Result<()> {
    let lag = facts.lag_ms();
    let mut listing = facts.listing();
    for ours in receipts::not_listed(tx, &facts.row.id, looked.at.plus(-2 * DAY))? {
        let Tracking::Number(number) = &ours.receipt.tracking else {
            continue;
        };
        if looked
            .rows
            .iter()
            .any(|row| row.id == *number && row.asked_by == AskedBy::List)
        {
            // Seen late because we looked late says nothing; that a late list does not show it, does (`watch`).
            let took = looked.at.since(ours.receipt.at);
            if took <= lag {
                listing = listing.appeared(took, lag);
            }
            receipts::set_listed(tx, ours.submission, looked.at)?;
        }
    }
    let before = facts.listing();
    if listing != before {
        facts.set_listing(listing);
        let mut row = cities::get(tx, &facts.row.id)?;
        row.ever_late = facts.row.ever_late;
        row.listed_within_ms = facts.row.listed_within_ms;
        cities::update(tx, &row)?;
    }
    Ok(())
}

/// After sync: watches whether the city's plain lists show the new reports whose receipts we hold. Asked only of cities
/// that do not honour keys, and only until each was seen or is surely late.
pub(crate) async fn watch(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<()> {
    if facts.extensions.as_ref().is_some_and(|e| e.idempotency.is_some()) {
        return Ok(());
    }
    let city: CityId = facts.row.id.clone();
    let now = world.now();
    let unseen = world
        .blocking(move |w| {
            w.store
                .read(|conn| receipts::not_listed(conn, &city, now.plus(-2 * DAY)))
        })
        .await?;
    let Some(oldest) = unseen.iter().map(|r| r.receipt.at).min() else {
        return Ok(());
    };
    let endpoint = facts.endpoint()?;
    let mut pager = Pager::new(&facts.dialect, PAGES);
    let (mut page, mut rows, mut complete) = (0, Vec::new(), false);
    loop {
        let start = oldest.plus(facts.row.skew_ms).plus(-5 * MINUTE);
        let query = ListQuery {
            start_ms: Some(start.as_millis()),
            page,
            ..ListQuery::default()
        };
        let answered = line::ask(
            world,
            &endpoint.list(&query, None),
            facts.total_timeout_ms(),
            traffic,
        )
        .await;
        let Ok(answer) = answered.answer() else { break };
        let Ok(list) = read::cases(&answer, facts.zone_offset(now)) else {
            break;
        };
        rows.extend(list.cases.iter().map(|c| candidate(c, AskedBy::List)));
        match pager.feed(list.cases.iter().map(|c| c.id.as_str()), list.skipped) {
            Step::Next(next) => page = next,
            Step::Done(how) => {
                complete = how == georeport::Completeness::Complete;
                break;
            }
        }
    }
    let mut facts = facts.clone();
    world
        .blocking(move |w| {
            w.store.write(|tx| {
                measure(
                    tx,
                    &mut facts,
                    &Looked {
                        rows,
                        at: now,
                        complete,
                        by_key: false,
                    },
                )?;
                let lag = facts.lag_ms();
                let late = receipts::not_listed(tx, &facts.row.id, now.plus(-2 * DAY))?
                    .iter()
                    .any(|r| complete && now.since(r.receipt.at) > lag);
                if late {
                    let mut row = cities::get(tx, &facts.row.id)?;
                    facts.set_listing(facts.listing().missed());
                    row.ever_late = facts.row.ever_late;
                    row.listed_within_ms = facts.row.listed_within_ms;
                    cities::update(tx, &row)?;
                }
                Ok(())
            })
        })
        .await
}
