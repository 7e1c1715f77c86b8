//! My reports: keyset pages, newest first, folded search.

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::{Delivery, derive};
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::receipt::Tracking;
use phananh_domain::report::{Phase, Report};
use phananh_domain::search::{ListState, Question};
use rusqlite::Connection;

use super::Client;
use crate::error::{ClientError, Result};
use crate::store::{ListFilter, cases, jobs, receipts, search};
use crate::world::World;

/// Rows of a page at most.
const LIMIT_MAX: u32 = 200;

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Words, with or without marks; all must be in the report, each as the beginning of a word. Four digits or more find
    /// reference codes, and a city's number finds its report.
    pub query: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// Rows; 0 = 50, at most 200.
    pub limit: u32,
    /// Only what stands so.
    pub state: Option<ListState>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListEntry {
    /// The report.
    pub report: Report,
    /// How it stands on its way.
    pub delivery: Delivery,
    /// How it stands at the city.
    pub case_status: Option<CaseStatus>,
    /// The city's number.
    pub service_request_id: Option<CaseNumber>,
}

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its rows.
    pub entries: Vec<ListEntry>,
    /// Cursor of the next page; absent on the last.
    pub next: Option<String>,
}

impl Client {
    /// A page of my reports, newest first.
    ///
    /// # Errors
    /// `BadInput` for a cursor that is none.
    pub async fn list(&self, query: ListQuery) -> std::result::Result<Page, ClientError> {
        let before = match query.after.as_deref().filter(|c| !c.is_empty()) {
            None => None,
            Some(cursor) => Some(cursor.parse::<i64>().map_err(|_| ClientError::BadInput {
                field: "after".into(),
                code: "error.bad_input".into(),
            })?),
        };
        let limit = match query.limit {
            0 => 50,
            n => n.min(LIMIT_MAX),
        };
        let filter = ListFilter {
            question: Question::parse(query.query.as_deref().unwrap_or_default()),
            before,
            state: query.state,
        };
        self.on_disk(move |world| {
            if let Question::Words(_) = filter.question {
                catch_up(world)?;
            }
            world.store.read(|conn| {
                let rows = search::list(conn, &filter, limit + 1)?;
                let more = rows.len() > limit as usize;
                let rows: Vec<_> = rows.into_iter().take(limit as usize).collect();
                let next = if more {
                    rows.last().map(|(number, _)| number.to_string())
                } else {
                    None
                };
                let entries = rows
                    .into_iter()
                    .map(|(_, report)| entry(conn, report))
                    .collect::<Result<_>>()?;
                Ok(Page { entries, next })
            })
        })
        .await
    }
}

/// Brings the index up to date. A full disk leaves it as it was: what is in it is found all the same.
fn catch_up(world: &World) -> Result<()> {
    while world.store.read(search::is_owed)? {
        match world.store.write(search::catch_up) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if error.is_disk_full() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn entry(conn: &Connection, report: Report) -> Result<ListEntry> {
    let case = cases::of_report(conn, report.id)?;
    let delivery = delivery(conn, report.id, report.phase)?;
    let (case_status, service_request_id) = case.map_or((None, None), |c| (c.status, c.number));
    Ok(ListEntry {
        report,
        delivery,
        case_status,
        service_request_id,
    })
}

/// The delivery of a report, derived from its jobs.
pub(super) fn delivery(conn: &Connection, id: ReportId, phase: Phase) -> Result<Delivery> {
    let states: Vec<_> = jobs::of_report(conn, id)?
        .into_iter()
        .map(|j| (j.kind, j.state))
        .collect();
    let tracked = receipts::of_report(conn, id)?.is_some_and(|r| r.receipt.tracking != Tracking::Untracked);
    Ok(derive(phase, &states, tracked))
}
