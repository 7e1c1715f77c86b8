//! `GET requests/changes.json`: what changed since a cursor.
//!
//! The cursor is a place in the one order of changes (`cases.change`) of one database. Each change moves its
//! case to the end, so a case appears once an answer, and none is missed. While lists lag behind, the cursor of
//! a public query stops before the first case that is not listed yet.
//!
//! A case that is asked for by its number answers also while the public does not see its content: its row here
//! says *that* and *to which state* it moved and nothing else, and citizens who follow a confidential report in
//! a batch have no other way. A moderated city keeps silent about what no operator has seen.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use rusqlite::ToSql;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::format_time;
use crate::extensions::account::caller::Bearer;
use crate::extensions::owner::Secret;
use crate::family::Family;
use crate::georeport::lists::listed_until;
use crate::http::answer::{Answer, Outcome};
use crate::http::body::parse_form;
use crate::http::refusal::{Reason, Refusal};
use crate::store::Db;
use crate::store::cases::{self, Case};
use crate::store::events::{self, Reader};
use crate::words::Word as _;

/// Most cases of one answer.
const CASES: usize = 200;
/// Most ids of one question.
const IDS: usize = 100;

/// `GET requests/changes.json`.
pub(crate) async fn changes(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let since = query.get("since").unwrap_or("").to_owned();
    let ids = query.get("service_request_id").map(read_ids).transpose()?;
    let claimed = Claimed {
        secrets: Secret::read_all(&app, &headers)?,
        bearer: Bearer::read(&app, &headers),
    };
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let owner = claimed.owner(&app, db)?;
            let instance: String = db
                .tx
                .query_row("SELECT instance FROM city", [], |row| row.get(0))?;
            let newest: i64 = db
                .tx
                .query_row("SELECT COALESCE(MAX(change), 0) FROM cases", [], |row| row.get(0))?;
            let since = read_cursor(&since, &instance, newest)?;
            let (mut found, until) = match &ids {
                Some(ids) => (by_ids(&app, db, ids, since, &owner)?, newest),
                None => public(&app, db, since, newest)?,
            };
            let more = found.len() > CASES;
            found.truncate(CASES);
            let reached = found.last().filter(|_| more).map_or(until, |case| case.change);
            let rows: Vec<Value> = found
                .iter()
                .map(|case| change(db, case, &owner))
                .collect::<Result<_, _>>()?;
            Ok(Answer::ok(
                json!({"changes": rows, "cursor": format!("{instance}.{reached}"), "more": more}),
            ))
        })
        .await
}

fn read_ids(list: &str) -> Result<Vec<i64>, Refusal> {
    let ids: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    if ids.len() > IDS {
        return Err(Refusal::field("service_request_id", format!("at most {IDS} ids")));
    }
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

/// A cursor of another database, or from ahead of this one (restored from a copy), is gone.
fn read_cursor(cursor: &str, instance: &str, newest: i64) -> Result<i64, Refusal> {
    if cursor.is_empty() {
        return Ok(0);
    }
    cursor
        .split_once('.')
        .filter(|(database, _)| *database == instance)
        .and_then(|(_, place)| place.parse::<i64>().ok())
        .filter(|place| (0..=newest).contains(place))
        .ok_or_else(|| {
            Refusal::reason(
                StatusCode::GONE,
                Reason::CursorGone,
                "this cursor is not of this city's present data; start again without one",
            )
        })
}

fn by_ids(app: &App, db: &Db<'_>, ids: &[i64], since: i64, owner: &Owner) -> Result<Vec<Case>, Refusal> {
    let places: Vec<String> = (2..ids.len() + 2).map(|place| format!("?{place}")).collect();
    let rest = format!(
        "numbered = 1 AND change > ?1 AND cases.id IN ({}) ORDER BY change",
        places.join(", ")
    );
    let mut values: Vec<&dyn ToSql> = vec![&since];
    values.extend(ids.iter().map(|id| id as &dyn ToSql));
    let mut found = cases::select_where(db.tx, db.publicly, &rest, &values)?;
    match app.config.family {
        Family::Spec | Family::Tokens => {}
        Family::Moderated => found.retain(|case| case.is_public || owner.owns(case)),
    }
    Ok(found)
}

fn public(app: &App, db: &Db<'_>, since: i64, newest: i64) -> Result<(Vec<Case>, i64), Refusal> {
    let first_lagging: Option<i64> = db.tx.query_row(
        &format!(
            "SELECT MIN(change) FROM cases WHERE {} AND requested > ?1",
            db.publicly
        ),
        [listed_until(app)],
        |row| row.get(0),
    )?;
    let until = first_lagging.map_or(newest, |change| change - 1).max(since);
    let rest = format!(
        "{} AND change > ?1 AND change <= ?2 ORDER BY change LIMIT {}",
        db.publicly,
        CASES + 1
    );
    Ok((
        cases::select_where(db.tx, db.publicly, &rest, &[&since, &until])?,
        until,
    ))
}

/// Several secrets and a session, as they came.
struct Claimed {
    secrets: Vec<Secret>,
    bearer: Bearer,
}

/// Who asks: the owner of every case that one of the secrets or the account opens.
struct Owner {
    secrets: Vec<Secret>,
    account: Option<String>,
}

impl Claimed {
    fn owner(self, app: &App, db: &Db<'_>) -> Result<Owner, Refusal> {
        Ok(Owner {
            account: self.bearer.caller(app, db)?.account_id().map(str::to_owned),
            secrets: self.secrets,
        })
    }
}

impl Owner {
    fn owns(&self, case: &Case) -> bool {
        let by_account = self.account.is_some() && self.account == case.session_account;
        by_account || self.secrets.iter().any(|secret| secret.opens(case))
    }
}

fn change(db: &Db<'_>, case: &Case, owner: &Owner) -> Result<Value, Refusal> {
    let reader = if owner.owns(case) {
        Reader::Owner
    } else {
        Reader::Public
    };
    Ok(json!({
        "service_request_id": case.id.to_string(),
        "updated_datetime": format_time(case.updated),
        "detailed_status": case.state.as_str(),
        "status": case.state.status(),
        "events_seq": events::newest_seq(db.tx, case.id, reader)?,
    }))
}
