//! Cases of others that are followed: their words, as the city shows them, once.

use std::sync::Arc;

use georeport::read;
use phananh_domain::id::{ReportId, ServiceCode};
use phananh_domain::place::{Located, PlaceSource, Point};
use phananh_domain::report::{Phase, Report};
use phananh_domain::time::Timestamp;

use super::numbered;
use crate::city::Facts;
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::store::{cases, reports};
use crate::world::World;

/// Asks for the words of each followed case that has none yet. Gives those that have some now.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<ReportId>> {
    let mut told = Vec::new();
    for case in numbered(world, &facts.row.id).await? {
        let id = case.report;
        let report = world
            .blocking(move |w| w.store.read(|conn| reports::get(conn, id)))
            .await?;
        let Some(number) = case
            .number
            .filter(|_| report.phase == Phase::Followed && report.queued_at.is_none())
        else {
            continue;
        };
        let Ok(request) = facts.endpoint()?.single(number.as_str(), None) else {
            continue;
        };
        let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
        let Ok(answer) = answered.answer() else { break };
        let now = world.now();
        let shown = read::cases(&answer, facts.zone_offset(now))
            .ok()
            .and_then(|list| list.cases.into_iter().find(|case| case.id == number.as_str()));
        let Some(shown) = shown else { continue };
        world
            .blocking(move |w| {
                w.store.write(|tx| {
                    let described = described(reports::get(tx, id)?, &shown, now);
                    reports::update(tx, &described)?;
                    let mut case = cases::require(tx, id)?;
                    case.media_url = shown.media.first().map(|media| media.url.clone());
                    case.agency = shown.agency_responsible.clone().or(case.agency);
                    cases::put(tx, &case)
                })
            })
            .await?;
        told.push(id);
    }
    Ok(told)
}

/// A followed case in the city's words. Words of one's own, of a report whose matter was known already, stay.
fn described(report: Report, shown: &read::Case, now: Timestamp) -> Report {
    let at = shown
        .requested
        .as_ref()
        .and_then(|t| t.unix_ms)
        .map(Timestamp::from_millis);
    let mut report = Report {
        queued_at: at.or(Some(now)),
        updated_at: now,
        ..report
    };
    let content = &mut report.content;
    if !content.text.is_empty() {
        return report;
    }
    content.text = shown.description.clone().unwrap_or_default();
    content.title = shown.title.clone();
    content.service = shown.service_code.clone().map(ServiceCode::new);
    content.observed_at = at.unwrap_or(content.observed_at);
    content.place.words = shown.address.clone();
    content.place.located = shown
        .point
        .and_then(|p| Point::new(p.lat, p.long).ok())
        .map(|point| Located {
            point,
            accuracy_m: None,
            source: PlaceSource::Pin,
        });
    report
}
