//! `GET desk/similar.json`: open cases that may be the one that is being told on the telephone.
//!
//! Each thing that is known so far weighs: the place most, then the words, then the service. What is not known yet
//! weighs nothing, so the answer sharpens while an operator types. A point 300 m away or more is another place.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Operator, view};
use crate::app::App;
use crate::cases::state::State as CaseState;
use crate::georeport::validation::{Check, DESCRIPTION_MAX};
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::{Fields, parse_form};
use crate::http::refusal::Refusal;
use crate::store::cases::{self, Case};
use crate::store::conditions::Conditions;
use crate::words::Word as _;

/// Most cases of an answer.
const FOUND: usize = 10;
/// How many open cases are weighed, newest first.
const WEIGHED: u32 = 5000;
/// From here on a place is another place, metres.
const FAR_M: f64 = 300.0;
/// Within this it may well be the same thing, metres.
const NEAR_M: f64 = 50.0;
/// Mean radius of the earth (IUGG), metres.
const EARTH_M: f64 = 6_371_008.8;
const WEIGHT_PLACE: f64 = 0.5;
const WEIGHT_WORDS: f64 = 0.3;
const WEIGHT_SERVICE: f64 = 0.2;
/// Below this it is another case.
const SCORE_MIN: f64 = 0.3;

/// What is known of the report that is being told.
struct Told {
    service: Option<String>,
    point: Option<(f64, f64)>,
    words: HashSet<String>,
}

/// `GET desk/similar.json`.
pub(crate) async fn similar(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    let operator = Operator::read(&app, &headers)?;
    let base = base_url(&app, &headers);
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    let told = read(&query)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let open: Vec<String> = CaseState::ALL
                .iter()
                .filter(|state| state.is_open())
                .map(|state| format!("'{}'", state.as_str()))
                .collect();
            let mut conditions = Conditions::default();
            conditions.and(&format!("state IN ({})", open.join(", ")));
            operator.narrow(&mut conditions);
            let rest = format!("{} ORDER BY cases.id DESC LIMIT {WEIGHED}", conditions.sql());
            let open = cases::select_where(db.tx, db.publicly, &rest, &conditions.values())?;
            let mut weighed: Vec<(f64, Vec<&str>, Case)> = open
                .into_iter()
                .filter_map(|case| told.weigh(&case).map(|(score, why)| (score, why, case)))
                .collect();
            weighed.sort_by(|(left, _, _), (right, _, _)| right.total_cmp(left));
            weighed.truncate(FOUND);
            let mut entries = Vec::new();
            for (score, reasons, case) in weighed {
                let mut entry = view::entry(&app, db, &case, &base)?;
                entry.insert("score".into(), json!((score * 100.0).round() / 100.0));
                entry.insert("reasons".into(), json!(reasons));
                entries.push(Value::from(entry));
            }
            Ok(Answer::ok(json!({"cases": entries})))
        })
        .await
}

fn read(query: &Fields) -> Result<Told, Refusal> {
    let mut check = Check::new(query);
    let lat = check.number("lat", -90.0, 90.0);
    let long = check.number("long", -180.0, 180.0);
    let text = check.text("text", DESCRIPTION_MAX);
    check.finish()?;
    if lat.is_some() != long.is_some() {
        return Err(Refusal::field("lat", "lat and long come together"));
    }
    Ok(Told {
        service: query.get("service_code").map(str::to_owned),
        point: lat.zip(long),
        words: words(text.as_deref().unwrap_or("")),
    })
}

impl Told {
    /// How likely it is the same (0 to 1), and why; None: another case.
    fn weigh(&self, case: &Case) -> Option<(f64, Vec<&'static str>)> {
        let (mut sum, mut of) = (0.0, 0.0);
        let mut reasons = Vec::new();
        if let Some(service) = &self.service {
            of += WEIGHT_SERVICE;
            if *service == case.service_code {
                sum += WEIGHT_SERVICE;
                reasons.push("same_service");
            }
        }
        if let Some(here) = self.point {
            of += WEIGHT_PLACE;
            if let Some(there) = case.lat.zip(case.long) {
                let distance = distance_m(here, there);
                if distance >= FAR_M {
                    return None;
                }
                sum += WEIGHT_PLACE * (1.0 - distance / FAR_M);
                reasons.push(if distance <= NEAR_M {
                    "within_50_m"
                } else {
                    "within_300_m"
                });
            }
        }
        if !self.words.is_empty() {
            of += WEIGHT_WORDS;
            let parts = [&case.title, &case.description, &case.place_words, &case.address];
            let said: HashSet<String> = parts
                .iter()
                .copied()
                .flatten()
                .flat_map(|text| words(text))
                .collect();
            let smaller = self.words.len().min(said.len()).max(1);
            let shared = self.words.intersection(&said).count() as f64 / smaller as f64;
            sum += WEIGHT_WORDS * shared;
            if shared >= 0.5 {
                reasons.push("same_words");
            }
        }
        let score = if of > 0.0 { sum / of } else { 0.0 };
        Some((score, reasons)).filter(|(score, reasons)| *score >= SCORE_MIN && !reasons.is_empty())
    }
}

/// Metres between two points in degrees, on a plane that fits the place: exact to a part in a million within a city.
fn distance_m((lat, long): (f64, f64), (other_lat, other_long): (f64, f64)) -> f64 {
    let north = (other_lat - lat).to_radians();
    let east = (other_long - long).to_radians() * ((lat + other_lat) / 2.0).to_radians().cos();
    EARTH_M * north.hypot(east)
}

/// The words of a text as people type them in a hurry: no marks, no capitals, đ is d; single letters say nothing.
fn words(text: &str) -> HashSet<String> {
    let folded: String = text
        .nfd()
        .filter(|sign| !is_combining_mark(*sign))
        .flat_map(char::to_lowercase)
        .map(|sign| if sign == 'đ' { 'd' } else { sign })
        .collect();
    folded
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| word.chars().count() > 1)
        .map(str::to_owned)
        .collect()
}
