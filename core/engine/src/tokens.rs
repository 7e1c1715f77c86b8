//! Tokens become numbers, some day: asked with growing gaps, as durable state.
//!
//! Sync asks for all that are due; the outbox asks for those that a photo or a message waits for. Either way a token is
//! asked about once within its gap, which grows with the time that the city has taken so far.

use std::sync::Arc;

use georeport::read::{TokenAnswer, token};
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::retry::{due, poll_gap};
use rusqlite::Connection;

use crate::city::Facts;
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::store::{CaseRow, cases, receipts};
use crate::world::World;

/// Tokens that one sync asks about.
const A_FEW: usize = 20;

/// What a question for a number came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// The city gave it.
    Given,
    /// It did not, or could not be asked: again after the gap.
    NotYet,
}

/// The case of a report that has a token and no number yet.
pub(crate) fn awaited(conn: &Connection, report: ReportId) -> Result<Option<CaseRow>> {
    Ok(cases::of_report(conn, report)?.filter(is_awaited))
}

fn is_awaited(case: &CaseRow) -> bool {
    case.token.is_some() && case.number.is_none()
}

/// Asks for the numbers of tokens that are due. Gives the reports that got one.
pub(crate) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let (id, now) = (facts.row.id.clone(), world.now());
    let mut ours = world
        .blocking(move |w| w.store.read(|conn| cases::of_city(conn, &id)))
        .await?;
    ours.retain(|case| is_awaited(case) && due(case.next_poll_at, now));
    // Those that were not asked about for longest go first.
    ours.sort_by_key(|case| case.next_poll_at);
    let mut numbered = Vec::new();
    for case in ours.into_iter().take(A_FEW) {
        let report = case.report;
        if ask_one(world, facts, case, traffic).await? == Number::Given {
            numbered.push(report);
        }
    }
    if !numbered.is_empty() {
        // Photos and messages that waited for the number may go.
        world.wake.notify_one();
    }
    Ok(numbered)
}

/// Asks for the number of one token, whether due or not.
pub(crate) async fn ask_one(
    world: &Arc<World>,
    facts: &Facts,
    mut case: CaseRow,
    traffic: &mut Traffic,
) -> Result<Number> {
    let wanted = case.token.clone();
    let Some(wanted) = wanted.as_ref().map(|t| t.as_str()) else {
        return Ok(Number::NotYet);
    };
    let given = match facts.endpoint()?.token(wanted) {
        Ok(request) => {
            let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
            match answered.answer().map(|answer| token(&answer, wanted)) {
                Ok(Ok(TokenAnswer::Case(number))) => Some(number),
                // A 500 is seen while a number is pending, too.
                Ok(Ok(TokenAnswer::Pending) | Err(_)) | Err(_) => None,
            }
        }
        // A token that cannot stand in an address is never answered; the case stays delivered by it.
        Err(_) => None,
    };
    let now = world.now();
    world
        .blocking(move |w| {
            w.store.write(|tx| {
                let number = match given {
                    Some(number) => {
                        case.number = Some(CaseNumber::new(number));
                        case.next_poll_at = None;
                        Number::Given
                    }
                    None => {
                        let since = receipts::of_report(tx, case.report)?.map_or(now, |r| r.receipt.at);
                        case.next_poll_at = Some(now.plus(poll_gap(now.since(since))));
                        Number::NotYet
                    }
                };
                cases::put(tx, &case)?;
                Ok(number)
            })
        })
        .await
}
