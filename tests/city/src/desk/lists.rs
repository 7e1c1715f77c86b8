//! Reading at the desk: the list, one case, its audit trail.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use rusqlite::ToSql;
use serde_json::{Value, json};

use super::{Operator, view};
use crate::app::App;
use crate::cases::state::State as CaseState;
use crate::http::answer::{Answer, Outcome, base_url, without_suffix};
use crate::http::body::{Fields, parse_form};
use crate::http::refusal::Refusal;
use crate::store::{audit, cases};
use crate::words::Word as _;

/// Cases of one page, unless asked for fewer or more.
const PAGE: u32 = 50;
/// Most cases of one page.
const PAGE_MAX: u32 = 200;

/// `GET desk/cases.json?state=S&q=TEXT&after=ID&limit=N`, oldest first.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let (conditions, values, limit) = read_query(&operator, &query)?;
    let searched = query.get("q").is_some();
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let values: Vec<&dyn ToSql> = values.iter().map(|value| value.as_ref() as &dyn ToSql).collect();
            let rest = format!("{conditions} ORDER BY cases.id LIMIT {}", limit + 1);
            let mut found = cases::select_where(db.tx, db.publicly, &rest, &values)?;
            let page = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = found.len() > page;
            found.truncate(page);
            if searched && operator == Operator::Intake {
                // A search may run over phone numbers; what was searched is not written down.
                audit::record(
                    db,
                    app.now(),
                    operator.name(),
                    None,
                    "search",
                    Some(&found.len().to_string()),
                )?;
            }
            let next = found.last().filter(|_| more).map(|case| case.id.to_string());
            let entries: Vec<Value> = found
                .iter()
                .map(|case| Ok(view::entry(&app, db, case, &base)?.into()))
                .collect::<Result<_, Refusal>>()?;
            Ok(Answer::ok(json!({"cases": entries, "next": next})))
        })
        .await
}

type Values = Vec<Box<dyn ToSql + Send>>;

fn read_query(operator: &Operator, query: &Fields) -> Result<(String, Values, u32), Refusal> {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut values: Values = Vec::new();
    let mut and = |condition: &str, value: Box<dyn ToSql + Send>| {
        values.push(value);
        conditions.push(condition.replace("{}", &format!("?{}", values.len())));
    };
    if let Some(state) = query.get("state") {
        let state = CaseState::parse(state)
            .ok_or_else(|| Refusal::field("state", format!("state is one of: {}", CaseState::choices())))?;
        and("state = {}", Box::new(state));
    }
    if let Some(after) = query.get("after") {
        let after: i64 = after
            .parse()
            .map_err(|_| Refusal::field("after", "after is a case number"))?;
        and("cases.id > {}", Box::new(after));
    }
    if let Operator::Agency(name) = operator {
        and(
            "{} IN (SELECT name FROM agencies a WHERE a.id = cases.agency_id OR a.id IN
                    (SELECT agency_id FROM co_agencies c WHERE c.case_id = cases.id))",
            Box::new(name.clone()),
        );
    }
    if let Some(text) = query.get("q") {
        let like = format!(
            "%{}%",
            text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
        );
        let phone = match operator {
            Operator::Intake => {
                " OR EXISTS (SELECT 1 FROM contacts WHERE contacts.case_id = cases.id AND phone LIKE {} ESCAPE '\\')"
            }
            Operator::Agency(_) => "",
        };
        let words = format!(
            "(description LIKE {{}} ESCAPE '\\' OR title LIKE {{}} ESCAPE '\\' OR address LIKE {{}} ESCAPE '\\'
              OR place_words LIKE {{}} ESCAPE '\\'{phone})"
        );
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_number = !digits.is_empty()
            && text
                .chars()
                .all(|sign| sign.is_ascii_digit() || " -".contains(sign));
        and(&words, Box::new(like));
        if is_number {
            // "1234-5678-9012", or a part of it of at least four digits as people read it out; or a case number.
            let words = conditions.pop().unwrap_or_default();
            values.push(Box::new(digits));
            let place = values.len();
            conditions.push(format!(
                "({words} OR CAST(cases.id AS TEXT) = ?{place}
                  OR (length(?{place}) >= 4 AND instr(reference_code, ?{place}) > 0))"
            ));
        }
    }
    let limit = match query.get("limit") {
        None => PAGE,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::field("limit", "limit is a number"))?,
    };
    Ok((conditions.join(" AND "), values, limit.clamp(1, PAGE_MAX)))
}

/// `GET desk/cases/{id}.json`.
pub(crate) async fn single(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    let id = without_suffix(&file)?.to_owned();
    let base = base_url(&app, &headers);
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let case = operator.case(db, &id)?;
            Ok(Answer::ok(view::whole(&app, db, &operator, &case, &base)?))
        })
        .await
}

/// `GET desk/cases/{id}/audit.json`, for the intake centre.
pub(crate) async fn audit(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    if operator != Operator::Intake {
        return Err(Operator::wrong_role());
    }
    app.store
        .transact(move |db| {
            let case = operator.case(db, &id)?;
            Ok(Answer::ok(json!({"audit": audit::of_case(db, case.id)?})))
        })
        .await
}
