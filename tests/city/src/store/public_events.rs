//! Public events of public cases, numbered in the order in which they became public.
//!
//! The number is what makes the city's figures checkable: a figure names the number up to which it counted, and
//! whoever reads the events up to there takes the same sums. A case that becomes public late brings its earlier events
//! with it, under new numbers.

use rusqlite::{Connection, params};

use super::Db;
use super::cases::CaseId;
use super::events::Event;
use crate::cases::statistics::PublicEvent;
use crate::http::refusal::Refusal;

/// One public event with what a reader needs to know of its case.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    pub(crate) n: i64,
    pub(crate) case: CaseId,
    pub(crate) service_code: String,
    pub(crate) requested: i64,
    pub(crate) event: Event,
}

const JOINED: &str = "public_events p JOIN events e ON e.id = p.event_id JOIN cases ON cases.id = e.case_id";

/// Numbers what is public of a case by now and has no number yet.
pub(crate) fn publish(db: &Db<'_>, case: CaseId) -> Result<(), Refusal> {
    db.tx
        .prepare_cached(&format!(
            "INSERT INTO public_events (event_id)
             SELECT e.id FROM events e JOIN cases ON cases.id = e.case_id
             WHERE e.case_id = ?1 AND e.visibility = 'public' AND {}
               AND NOT EXISTS (SELECT 1 FROM public_events p WHERE p.event_id = e.id) ORDER BY e.seq",
            db.publicly
        ))?
        .execute([case])?;
    Ok(())
}

/// The same for all cases: after a migration, or a start as another family.
pub(crate) fn publish_all(connection: &Connection, publicly: &str) -> rusqlite::Result<()> {
    connection.execute(
        &format!(
            "INSERT INTO public_events (event_id)
             SELECT e.id FROM events e JOIN cases ON cases.id = e.case_id
             WHERE e.visibility = 'public' AND {publicly}
               AND NOT EXISTS (SELECT 1 FROM public_events p WHERE p.event_id = e.id) ORDER BY e.at, e.case_id, e.seq"
        ),
        [],
    )?;
    Ok(())
}

/// Events behind number `after`, at most `limit`.
pub(crate) fn list(db: &Db<'_>, after: i64, limit: u32) -> Result<Vec<Numbered>, Refusal> {
    let sql = format!(
        "SELECT e.*, p.n AS n, cases.service_code AS service_code, cases.requested AS requested
         FROM {JOINED} WHERE p.n > ?1 AND {} ORDER BY p.n LIMIT ?2",
        db.publicly
    );
    let mut found: Vec<Numbered> = db
        .tx
        .prepare_cached(&sql)?
        .query_map(params![after, limit], |row| {
            Ok(Numbered {
                n: row.get("n")?,
                case: row.get("case_id")?,
                service_code: row.get("service_code")?,
                requested: row.get("requested")?,
                event: Event::read(row)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    for numbered in &mut found {
        numbered.event.find_attachments(db.tx)?;
    }
    Ok(found)
}

/// The newest number that is given; 0 before the first.
pub(crate) fn newest(db: &Db<'_>) -> Result<i64, Refusal> {
    let sql = format!("SELECT COALESCE(MAX(p.n), 0) FROM {JOINED} WHERE {}", db.publicly);
    Ok(db.tx.query_row(&sql, [], |row| row.get(0))?)
}

/// The public timelines of the cases filed in `filed` (Unix seconds, end excluded), each handed to `take`.
pub(crate) fn timelines(
    db: &Db<'_>,
    filed: std::ops::Range<i64>,
    up_to: i64,
    mut take: impl FnMut(&[PublicEvent]),
) -> Result<(), Refusal> {
    let sql = format!(
        "SELECT e.case_id, e.at, e.kind, e.actor_type, e.due, e.outcome, e.rating FROM {JOINED}
         WHERE {} AND p.n <= ?1 AND cases.requested >= ?2 AND cases.requested < ?3 ORDER BY e.case_id, e.seq",
        db.publicly
    );
    let mut statement = db.tx.prepare_cached(&sql)?;
    let mut rows = statement.query(params![up_to, filed.start, filed.end])?;
    let mut timeline: Vec<PublicEvent> = Vec::new();
    let mut of_case: Option<CaseId> = None;
    while let Some(row) = rows.next()? {
        let case = row.get(0)?;
        if of_case.replace(case).is_some_and(|before| before != case) {
            take(&timeline);
            timeline.clear();
        }
        timeline.push(PublicEvent {
            at: row.get(1)?,
            kind: row.get(2)?,
            actor: row.get(3)?,
            due: row.get(4)?,
            outcome: row.get(5)?,
            rating: row.get(6)?,
        });
    }
    if of_case.is_some() {
        take(&timeline);
    }
    Ok(())
}
