//! `GET statistics.json?from=DATE&to=DATE`: figures that anybody can take again from the feed of events.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::{begin_of, day_of, format_time, parse_day};
use crate::cases::statistics::{DEFINITION_VERSION, Figure, Tally};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::{Fields, parse_form};
use crate::http::refusal::Refusal;
use crate::store::public_events;
use crate::words::Word as _;

/// Most days of a period.
const DAYS_MAX: i32 = 400;
/// Days of a period whose beginning was not said.
const DAYS: i32 = 30;

/// `GET statistics.json`.
pub(crate) async fn statistics(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Outcome {
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let now = app.now();
    let (from, to) = period(&query, now)?;
    let filed = begin_of(from).zip(to.tomorrow().ok().and_then(begin_of));
    let (begin, end) = filed.ok_or_else(|| Refusal::field("to", "this day is out of reach"))?;
    app.store
        .transact(move |db| {
            let events_n = public_events::newest(db)?;
            let mut tally = Tally::default();
            public_events::timelines(db, begin..end, events_n, |timeline| tally.add(timeline))?;
            let figures: Vec<Value> = tally.figures().iter().map(to_json).collect();
            Ok(Answer::ok(json!({
                "as_of": format_time(now),
                "from": from.to_string(),
                "to": to.to_string(),
                "definition_version": DEFINITION_VERSION,
                "events_n": events_n,
                "figures": figures,
            })))
        })
        .await
}

/// Both days inclusive, in the city's zone; unless said, up to today and 30 days long.
fn period(query: &Fields, now: i64) -> Result<(Date, Date), Refusal> {
    let day = |name: &str| {
        let read = |text| {
            parse_day(text).ok_or_else(|| Refusal::field(name, format!("{name} is a day like 2026-11-25")))
        };
        query.get(name).map(read).transpose()
    };
    let today = parse_day(&day_of(now)).ok_or_else(|| Refusal::broken("the clock shows no day"))?;
    let to = day("to")?.unwrap_or(today);
    let first = to.checked_sub((DAYS - 1).days()).unwrap_or(Date::MIN);
    let from = day("from")?.unwrap_or(first);
    let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
    if !(0..DAYS_MAX).contains(&days) {
        return Err(Refusal::field(
            "from",
            format!("from is not after to, and at most {DAYS_MAX} days lie between them, both counted"),
        ));
    }
    Ok((from, to))
}

fn to_json(figure: &Figure) -> Value {
    json!({
        "metric": figure.metric.as_str(),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
    })
}
