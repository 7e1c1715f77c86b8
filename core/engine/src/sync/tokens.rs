//! Tokens become numbers, some day: asked with growing gaps, as durable state.

use std::sync::Arc;

use georeport::read::{TokenAnswer, token};
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::time::{HOUR, MINUTE, Millis};

use crate::city::Facts;
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::store::cases;
use crate::world::World;

/// First gap between two questions for one token.
const FIRST_GAP: Millis = MINUTE;
/// Longest gap.
const LONGEST_GAP: Millis = 6 * HOUR;

/// Asks for the numbers of tokens that are due. Gives the reports that got one.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let id = facts.row.id.clone();
    let ours = world
        .blocking(move |w| w.store.read(|conn| cases::of_city(conn, &id)))
        .await?;
    let endpoint = facts.endpoint()?;
    let mut numbered = Vec::new();
    for mut case in ours {
        let (Some(wanted), None) = (case.token.clone(), &case.number) else {
            continue;
        };
        let now = world.now();
        if !phananh_domain::retry::due(case.next_poll_at, now) {
            continue;
        }
        let Ok(request) = endpoint.token(wanted.as_str()) else {
            continue;
        };
        let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
        let Ok(answer) = answered.answer() else { break };
        match token(&answer, wanted.as_str()) {
            Ok(TokenAnswer::Case(number)) => {
                case.number = Some(CaseNumber::new(number));
                case.next_poll_at = None;
                numbered.push(case.report);
            }
            // A 500 is seen while a number is pending, too.
            Ok(TokenAnswer::Pending) | Err(_) => {
                let waited = case.synced_at.map_or(0, |at| now.since(at));
                let gap = waited.saturating_mul(2).clamp(FIRST_GAP, LONGEST_GAP);
                case.next_poll_at = Some(now.plus(gap));
                case.synced_at.get_or_insert(now);
            }
        }
        world
            .blocking(move |w| w.store.write(|tx| cases::put(tx, &case)))
            .await?;
    }
    if !numbered.is_empty() {
        // Photos and messages that waited for the number may go.
        world.wake.notify_one();
    }
    Ok(numbered)
}
