//! Look-up: what a city shows, asked for reports of ours that may have arrived.
//!
//! No sending happens here and nothing is decided: rows come in, and [`find_ours`] holds them against one report by the
//! match rules of the domain. The outbox looks for a job whose turn it is (`outbox::look`), sync for all that are owed
//! (`sync::seen`); both ask in the same words and match with the same caution, so a case is never taken for ours by one
//! that the other would have left alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use georeport::{Answer, ListQuery, Pager, Step, read};
use phananh_domain::id::{CaseNumber, ServiceCode, Token};
use phananh_domain::job::{Exposure, JobKind};
use phananh_domain::lookup::{AskedBy, Candidate, Match, MatchRank, Wanted, find, find_among};
use phananh_domain::outcome::Observation;
use phananh_domain::place::Point;
use phananh_domain::time::{DAY, MINUTE, Millis, Timestamp};
use rusqlite::Connection;

use crate::city::Facts;
use crate::contact::{failed, unreadable};
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::listing::{Looked, candidate};
use crate::sealed::owner_secret;
use crate::store::{JobRow, SubmissionRow, jobs, receipts, reports, submissions};
use crate::world::World;

/// Pages of one list at most.
const PAGES: u32 = 40;
/// How far back lists reach (GeoReport v2: 90 days or 1,000 requests, the smaller).
pub(crate) const REACH: Millis = 90 * DAY;

/// An answer to a look, or what was observed instead of one.
pub(crate) type Answered<T> = std::result::Result<T, Observation>;

/// From when on the city is asked: our first attempt by its clock, less all doubt.
pub(crate) fn since(facts: &Facts, submission: &SubmissionRow) -> Timestamp {
    let (first_there, doubt) = facts.first_attempt_there(submission);
    first_there.plus(-doubt).plus(-MINUTE)
}

/// Looks for one report: by its key where the city honours keys, else in its lists.
pub(crate) async fn ask(
    world: &Arc<World>,
    job: &JobRow,
    submission: &SubmissionRow,
    facts: &Facts,
    traffic: &mut Traffic,
) -> Result<Answered<Looked>> {
    let at = world.now();
    let mut rows = Vec::new();
    if facts.extensions.as_ref().is_some_and(|e| e.idempotency.is_some()) {
        match by_key(world, job, facts, traffic).await? {
            Ok(found) => rows = found,
            Err(observation) => return Ok(Err(observation)),
        }
        // While the promise holds the city knows every key it stored; afterwards only its lists may tell.
        let first = submission.first_attempt_at.unwrap_or(submission.created_at);
        if facts.key_promise(first).holds(at) {
            return Ok(Ok(Looked {
                rows,
                at,
                complete: true,
                by_key: true,
            }));
        }
    }
    let service = submission.payload.get("service_code").map(str::to_owned);
    let listed = list(
        world,
        facts,
        service.as_deref(),
        since(facts, submission),
        traffic,
    )
    .await?;
    Ok(listed.map(|mut looked| {
        looked.rows.splice(0..0, rows);
        looked
    }))
}

/// The rows that a city shows for the key of a job.
pub(crate) async fn by_key(
    world: &Arc<World>,
    job: &JobRow,
    facts: &Facts,
    traffic: &mut Traffic,
) -> Result<Answered<Vec<Candidate>>> {
    let (report, key) = (job.report, job.key.to_string());
    let secret = world
        .blocking(move |w| w.store.read(|conn| owner_secret(w, conn, report)))
        .await?;
    let query = ListQuery {
        client_request_id: Some(&key),
        ..ListQuery::default()
    };
    let request = facts.endpoint()?.list(&query, Some(&secret));
    let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
    let answer = match answered.answer() {
        Ok(answer) => answer,
        Err(failure) => return Ok(Err(failed(failure))),
    };
    let now = world.now();
    Ok(match read::cases(&answer, facts.zone_offset(now)) {
        Ok(list) => Ok(list.cases.iter().map(|c| candidate(c, AskedBy::Key)).collect()),
        Err(_) => Err(unreadable(&answer, now)),
    })
}

/// The city's list of one service since an instant, all pages; what a single page cannot tell makes it incomplete.
pub(crate) async fn list(
    world: &Arc<World>,
    facts: &Facts,
    service: Option<&str>,
    since: Timestamp,
    traffic: &mut Traffic,
) -> Result<Answered<Looked>> {
    let endpoint = facts.endpoint()?;
    let at = world.now();
    let mut looked = Looked {
        rows: Vec::new(),
        at,
        complete: false,
        by_key: false,
    };
    let mut pager = Pager::new(&facts.dialect, PAGES);
    let mut page = 0;
    loop {
        let query = ListQuery {
            service_code: service,
            start_ms: Some(since.as_millis()),
            page,
            ..ListQuery::default()
        };
        let request = endpoint.list(&query, None);
        let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
        let answer: Answer<'_> = match answered.answer() {
            Ok(answer) => answer,
            Err(failure) => return Ok(Err(failed(failure))),
        };
        let step = match read::cases(&answer, facts.zone_offset(at)) {
            Ok(list) => {
                let rows = list.cases.iter().map(|c| candidate(c, AskedBy::List));
                looked.rows.extend(rows);
                pager.feed(list.cases.iter().map(|c| c.id.as_str()), list.skipped)
            }
            Err(_) if answer.status == 404 && page > 0 => pager.not_found(),
            // A list that cannot be read proves nothing, and is no reason to hold back the city.
            Err(_) if answer.is_success() || answer.status == 400 || answer.status == 404 => {
                return Ok(Ok(looked));
            }
            Err(_) => return Ok(Err(unreadable(&answer, at))),
        };
        match step {
            Step::Next(next) => page = next,
            Step::Done(completeness) => {
                // A window that reaches back further than lists are said to may have been cut.
                let within = at.plus(facts.row.skew_ms).since(since) < REACH;
                looked.complete = within && completeness == georeport::Completeness::Complete;
                return Ok(Ok(looked));
            }
        }
    }
}

/// Which of these rows is this report, by the match rules. Claimed rows are nobody's any more, and a row that is only
/// alike, and as much so to another report that we still look for, is neither's.
pub(crate) fn find_ours(
    conn: &Connection,
    job: &JobRow,
    submission: &SubmissionRow,
    facts: &Facts,
    rows: &[Candidate],
) -> Result<Match> {
    let ours = wanted(conn, job, submission, facts)?;
    match find(&ours, rows) {
        Match::One(found) if found.rank == MatchRank::Likeness => {
            let rivals = rivals(conn, job, facts)?;
            Ok(find_among(&ours, &rivals, rows))
        }
        sure => Ok(sure),
    }
}

/// The other reports that may be at the same city unknown to us.
fn rivals(conn: &Connection, job: &JobRow, facts: &Facts) -> Result<Vec<Wanted>> {
    let mut rivals = Vec::new();
    for other in jobs::owed(conn)? {
        let (JobKind::Report, Some(id)) = (other.kind, other.submission) else {
            continue;
        };
        if other.city == job.city && other.report != job.report {
            let submission = submissions::get(conn, id)?;
            if may_be_there(&submission) {
                rivals.push(wanted(conn, &other, &submission, facts)?);
            }
        }
    }
    Ok(rivals)
}

/// Whether the city may have a payload although it never said so: a byte may have left, or it refused (some store what
/// they refuse).
pub(crate) const fn may_be_there(submission: &SubmissionRow) -> bool {
    matches!(submission.exposure, Exposure::Unknown | Exposure::Refused)
}

/// What is looked for.
fn wanted(conn: &Connection, job: &JobRow, submission: &SubmissionRow, facts: &Facts) -> Result<Wanted> {
    let known = receipts::known_ids(conn, &facts.row.id)?;
    let (first_attempt_at, skew_ms) = facts.first_attempt_there(submission);
    let payload = &submission.payload;
    let number = |name: &str| payload.get(name).and_then(|v| v.parse::<f64>().ok());
    Ok(Wanted {
        key: job.key,
        reference_code: reports::get(conn, job.report)?.reference_code,
        description_sent: payload.get("description").unwrap_or_default().to_owned(),
        service: payload.get("service_code").map(ServiceCode::new),
        point: number("lat")
            .zip(number("long"))
            .and_then(|(lat, lon)| Point::new(lat, lon).ok()),
        first_attempt_at,
        skew_ms,
        known_numbers: known.iter().map(|id| CaseNumber::new(id.clone())).collect(),
        known_tokens: known.into_iter().map(Token::new).collect::<BTreeSet<_>>(),
    })
}
