//! `GET requests.json`: every filter of the standard, plus paging and `updated_after` / `updated_before`.
//!
//! Newest first. Without an id list the answer covers at most 90 days and 1,000 rows, as the standard says.
//! Unknown parameters are ignored.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use rusqlite::ToSql;

use crate::app::App;
use crate::cases::calendar::parse_time;
use crate::cases::state::State as CaseState;
use crate::extensions::idempotency;
use crate::georeport::row::row;
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::{Fields, parse_form};
use crate::http::refusal::Refusal;
use crate::store::cases;
use crate::store::events::Reader;
use crate::words::Word as _;

/// Longest span of a list (GeoReport v2, start_date).
const SPAN_S: i64 = 90 * 24 * 60 * 60;
/// Most rows of a list (GeoReport v2).
const ROWS: u64 = 1000;
/// Most ids or codes in one filter.
const NAMES: usize = 1000;

/// Conditions over `cases`, and their values.
struct Filter {
    conditions: Vec<String>,
    values: Vec<Box<dyn ToSql + Send>>,
}

impl Filter {
    /// Cases that the public may see and that the list has caught up with.
    fn visible(app: &App) -> Self {
        let mut filter = Self {
            conditions: Vec::new(),
            values: Vec::new(),
        };
        filter.and("requested <= ", listed_until(app));
        filter
    }

    fn and(&mut self, condition: &str, value: impl ToSql + Send + 'static) {
        self.values.push(Box::new(value));
        self.conditions.push(format!("{condition}?{}", self.values.len()));
    }

    fn and_one_of<V: ToSql + Send + 'static>(&mut self, column: &str, wanted: Vec<V>) {
        let mut places = Vec::new();
        for value in wanted {
            self.values.push(Box::new(value));
            places.push(format!("?{}", self.values.len()));
        }
        self.conditions
            .push(format!("{column} IN ({})", places.join(", ")));
    }
}

/// The newest `requested` that lists show: behind the clock by the configured lag.
pub(crate) fn listed_until(app: &App) -> i64 {
    let lag = i64::try_from(app.config.list_lag.as_secs()).unwrap_or(i64::MAX);
    app.now().saturating_sub(lag)
}

/// `GET requests.json`.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    if let Some(outcome) = idempotency::look_up(&app, &headers, &query).await {
        return outcome;
    }
    let base = base_url(&app, &headers);
    let (filter, page) = read_filter(&app, &query)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let rest = format!(
                "{} AND {} ORDER BY requested DESC, id DESC LIMIT {} OFFSET {}",
                db.publicly,
                filter.conditions.join(" AND "),
                page.size,
                page.offset
            );
            let values: Vec<&dyn ToSql> = filter
                .values
                .iter()
                .map(|value| value.as_ref() as &dyn ToSql)
                .collect();
            let cases = cases::select_where(db.tx, db.publicly, &rest, &values)?;
            let rows: Vec<_> = cases
                .iter()
                .map(|case| row(&app, db.tx, case, Reader::Public, &base))
                .collect::<Result<_, _>>()?;
            Ok(Answer::ok(rows.into()))
        })
        .await
}

fn read_filter(app: &App, query: &Fields) -> Result<(Filter, Page), Refusal> {
    let mut filter = Filter::visible(app);
    if let Some(ids) = query.get("service_request_id") {
        // "overrides all other arguments": what is not a number of ours is simply not there.
        let ids = names(ids)?
            .iter()
            .filter_map(|id| id.parse::<i64>().ok())
            .collect();
        filter.and_one_of("cases.id", ids);
        return Ok((
            filter,
            Page {
                size: ROWS,
                offset: 0,
            },
        ));
    }
    if let Some(codes) = query.get("service_code") {
        filter.and_one_of("service_code", names(codes)?);
    }
    if let Some(statuses) = query.get("status") {
        filter.and_one_of("state", states_of(statuses)?);
    }
    let updated_after = time(query, "updated_after")?;
    let updated_before = time(query, "updated_before")?;
    // Including the bound: a client that asks again with the newest time it saw misses nothing of that second.
    if let Some(after) = updated_after {
        filter.and("updated >= ", after);
    }
    if let Some(before) = updated_before {
        filter.and("updated <= ", before);
    }
    let (start, end) = match (time(query, "start_date")?, time(query, "end_date")?) {
        (Some(start), Some(end)) if end.saturating_sub(start) > SPAN_S => {
            return Err(Refusal::field(
                "end_date",
                "start_date and end_date may span at most 90 days",
            ));
        }
        (Some(start), None) => (Some(start), Some(start.saturating_add(SPAN_S))),
        (None, Some(end)) => (Some(end.saturating_sub(SPAN_S)), Some(end)),
        (None, None) if updated_after.is_none() && updated_before.is_none() => {
            (Some(app.now().saturating_sub(SPAN_S)), None)
        }
        bounds => bounds,
    };
    if let Some(start) = start {
        filter.and("requested >= ", start);
    }
    if let Some(end) = end {
        filter.and("requested <= ", end);
    }
    Ok((filter, Page::read(query)?))
}

fn names(list: &str) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = list
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    if names.len() > NAMES {
        Err(Refusal::bad(format!("more than {NAMES} names in one filter")))
    } else {
        Ok(names)
    }
}

fn states_of(statuses: &str) -> Result<Vec<CaseState>, Refusal> {
    let statuses = names(statuses)?;
    if let Some(unknown) = statuses
        .iter()
        .find(|status| !["open", "closed"].contains(&status.as_str()))
    {
        let unknown: String = unknown.chars().take(40).collect();
        return Err(Refusal::field(
            "status",
            format!("status `{unknown}` is neither open nor closed"),
        ));
    }
    let wanted = |state: &&CaseState| statuses.iter().any(|status| status == state.status());
    Ok(CaseState::ALL.iter().filter(wanted).copied().collect())
}

fn time(query: &Fields, name: &str) -> Result<Option<i64>, Refusal> {
    let read = |text| {
        parse_time(text).ok_or_else(|| {
            Refusal::field(
                name,
                format!("{name} is a time like 2026-11-25T03:00:00Z or 2026-11-25T10:00:00+07:00"),
            )
        })
    };
    query.get(name).map(read).transpose()
}

struct Page {
    size: u64,
    offset: u64,
}

impl Page {
    /// `page` counts from 1 (0 is taken as 1); `page_size` is at most 1,000.
    fn read(query: &Fields) -> Result<Self, Refusal> {
        let number = |name: &str, default: u64| match query.get(name) {
            None => Ok(default),
            Some(text) => text
                .parse::<u32>()
                .map(u64::from)
                .map_err(|_| Refusal::field(name, format!("{name} is a number"))),
        };
        let size = number("page_size", ROWS)?.clamp(1, ROWS);
        Ok(Self {
            size,
            offset: number("page", 1)?.saturating_sub(1) * size,
        })
    }
}
