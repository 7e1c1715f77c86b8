//! My reports: keyset pages, newest first, folded search.

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::{Delivery, derive};
use phananh_domain::fold::fold;
use phananh_domain::id::{CaseNumber, ReportId};
use phananh_domain::receipt::Tracking;
use phananh_domain::report::{Phase, Report};
use rusqlite::Connection;

use super::Client;
use crate::error::{ClientError, Result};
use crate::store::{ListFilter, cases, jobs, receipts, reports};

/// Rows of a page at most.
const LIMIT_MAX: u32 = 200;

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Words, with or without marks; all must be in the report. Digits find reference codes too.
    pub query: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// Rows; 0 = 50, at most 200.
    pub limit: u32,
    /// Only drafts, or only what was sent off.
    pub phase: Option<Phase>,
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
        let words = fold(query.query.as_deref().unwrap_or_default());
        let filter = ListFilter {
            words: words.split_whitespace().map(str::to_owned).collect(),
            before,
            phase: query.phase,
        };
        self.on_disk(move |world| {
            world.store.read(|conn| {
                let rows = reports::list(conn, &filter, limit + 1)?;
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
