//! Cases as an operator reads them; everything in them is the city's JSON.

use phananh_domain::case::CaseStatus;
use phananh_domain::case_words::{normal_form, ours};
use phananh_domain::id::CaseNumber;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::time::{Timestamp, Zone};
use serde_json::Value;

use super::texts;
use crate::output::report::CaseDetails;
use crate::output::texts::MORE_WITH;
use crate::output::{Page, Span, Tone, Words, short};

/// A member as text; numbers too, absent ones empty.
fn member(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

fn some(value: &Value, name: &str) -> Option<String> {
    Some(member(value, name)).filter(|text| !text.is_empty())
}

/// The members of a list; none where there is no list.
fn each<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The reference code as it is read aloud.
fn code(case: &Value) -> Option<String> {
    let text = some(case, "reference_code")?;
    Some(ReferenceCode::parse(&text).map_or(text, |code| code.to_string()))
}

/// Where a case stands, in the same words as on the citizen's phone, but where those speak to the citizen.
fn state(words: Words, case: &Value) -> String {
    let word = member(case, "detailed_status");
    let lead = some(case, "duplicate_of").map(CaseNumber::new);
    let status = ours(&normal_form(&word), lead.as_ref()).unwrap_or(CaseStatus::Other(word));
    match status {
        CaseStatus::WaitingCitizen => return words.say(texts::WAITS_FOR_CITIZEN).to_owned(),
        CaseStatus::Withdrawn => return words.say(texts::WITHDRAWN).to_owned(),
        _ => {}
    }
    let due = due(case);
    let reason = some(case, "outcome_text");
    let outcome = some(case, "outcome");
    let details = CaseDetails {
        due: due.as_deref(),
        reason: reason.as_deref(),
        outcome: outcome.as_deref(),
    };
    words.case(&status, &details)
}

/// Times stand as the city's day has them; a desk without a profile reads them in Vietnam's zone.
fn time(text: &str) -> String {
    let zone = Zone::named("Asia/Ho_Chi_Minh").unwrap_or(Zone::UTC);
    text.parse::<Timestamp>()
        .map_or_else(|_| text.to_owned(), |at| at.to_people(&zone))
}

fn due(value: &Value) -> Option<String> {
    some(value, "due_at").map(|at| time(&at))
}

pub(super) fn list(words: Words, found: &Value) -> Page {
    let cases = each(found, "cases");
    let mut page = Page::new();
    if cases.is_empty() {
        page.toned(Tone::Calm, words.say(texts::NOTHING));
    }
    let rows = cases.iter().map(|case| {
        vec![
            Span::new(member(case, "case"), Tone::Strong),
            Span::from(state(words, case)),
            Span::from(member(case, "service_code")),
            Span::new(code(case).unwrap_or_default(), Tone::Calm),
            Span::from(short(&member(case, "description"), 50)),
        ]
    });
    page.table(rows.collect());
    if let Some(next) = some(found, "next") {
        page.toned(Tone::Calm, words.fill(MORE_WITH, &[("cursor", &next)]));
    }
    page
}

pub(super) fn case(words: Words, case: &Value) -> Page {
    let word = |prefix, name| some(case, name).map(|word| words.word(prefix, &word));
    let co = each(case, "co_agencies").iter().filter_map(Value::as_str);
    let co = co.collect::<Vec<_>>().join(", ");
    let mut page = Page::new();
    page.fact(
        words.field("case_number"),
        Span::new(member(case, "case"), Tone::Strong),
    )
    .fact(
        words.field("case_status"),
        Span::new(state(words, case), Tone::Strong),
    )
    .fact(words.field("service_code"), member(case, "service_code"))
    .fact_if(words.field("title"), some(case, "title"))
    .fact_if(words.field("description"), some(case, "description"));
    for answer in each(case, "attributes") {
        let label = format!("{}: {}", words.say(texts::ANSWER), member(answer, "code"));
        page.fact(label, member(answer, "value"));
    }
    page.fact_if(words.field("place"), place(case))
        .fact_if(words.field("reference_code"), code(case))
        .fact_if(words.field("urgency"), word("urgency", "urgency"))
        .fact_if(
            words.field("observed_at"),
            some(case, "observed_at").map(|at| time(&at)),
        )
        .fact_if(words.field("identity"), word("identity", "identity_choice"))
        .fact_if(words.field("publication"), word("publication", "publication"))
        .fact_if(words.say(texts::CONTACT), contact(case))
        .fact_if(words.field("agency"), some(case, "agency"))
        .fact_if(
            words.say(texts::CO_AGENCIES),
            Some(co).filter(|co| !co.is_empty()),
        )
        .fact_if(
            words.say(crate::output::texts::TRACK),
            some(case, "track").map(|track| match track.as_str() {
                "instant" => words.say(texts::INSTANT).to_owned(),
                "timed" => words.say(texts::TIMED).to_owned(),
                _ => track,
            }),
        )
        .fact_if(words.field("due_at"), due(case))
        .fact_if(words.field("result"), word("outcome", "outcome"))
        .fact_if(words.say(texts::CITIZENS_RATING), rating(words, case));
    for media in each(case, "media") {
        page.fact(words.field("photo"), member(media, "url"));
    }
    let timeline = each(case, "timeline");
    if !timeline.is_empty() {
        page.blank().toned(Tone::Strong, words.field("timeline"));
    }
    for event in timeline {
        append_event(words, event, &mut page);
    }
    page
}

fn append_event(words: Words, event: &Value, page: &mut Page) {
    let actor = event.get("actor").cloned().unwrap_or_default();
    let who = some(&actor, "unit").unwrap_or_else(|| words.word("actor", &member(&actor, "type")));
    let inside = match event.get("visibility").and_then(Value::as_str) {
        Some("internal") => format!("  [{}]", words.say(texts::INTERNAL)),
        _ => String::new(),
    };
    let what = match member(event, "kind").as_str() {
        "note" => words.say(texts::NOTE).to_owned(),
        kind => words.word("event", kind),
    };
    page.spans(vec![
        Span::new(format!("  {}  ", time(&member(event, "at"))), Tone::Calm),
        Span::new(what, Tone::Strong),
        Span::new(format!("  {who}"), Tone::Calm),
        Span::new(inside, Tone::Warn),
    ]);
    let said = [
        some(event, "outcome").map(|outcome| words.word("outcome", &outcome)),
        some(event, "text"),
        some(event, "reason_code"),
        due(event).map(|time| words.fill(crate::output::texts::DUE, &[("time", &time)])),
        some(event, "duplicate_of").map(|lead| words.with("case.duplicate", &[("number", &lead)])),
    ];
    for line in said.into_iter().flatten() {
        page.line(format!("                      {line}"));
    }
}

fn place(case: &Value) -> Option<String> {
    let point = match (
        case.get("lat").and_then(Value::as_f64),
        case.get("long").and_then(Value::as_f64),
    ) {
        (Some(lat), Some(long)) => Some(format!("{lat:.5}, {long:.5}")),
        _ => None,
    };
    let parts: Vec<_> = [some(case, "place_words").or_else(|| some(case, "address")), point]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

fn contact(case: &Value) -> Option<String> {
    let contact = case.get("contact")?;
    let parts: Vec<_> = ["last_name", "first_name", "phone", "email"]
        .iter()
        .filter_map(|name| some(contact, name))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn rating(words: Words, case: &Value) -> Option<String> {
    let fixed = some(case, "fixed").map(|word| words.word("fixed", &word));
    let rating = some(case, "rating").map(|word| words.word("rating", &word));
    let parts: Vec<_> = [fixed, rating].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

pub(super) fn audit(words: Words, audit: &Value) -> Page {
    let lines = each(audit, "audit");
    let rows = lines.iter().map(|line| {
        let action = member(line, "action");
        let detail = match action.as_str() {
            "resolve" => words.word("outcome", &member(line, "detail")),
            _ => member(line, "detail"),
        };
        vec![
            Span::new(time(&member(line, "at")), Tone::Calm),
            Span::from(member(line, "operator")),
            Span::new(texts::action(words, &action), Tone::Strong),
            Span::from(detail),
        ]
    });
    let mut page = Page::new();
    if lines.is_empty() {
        page.toned(Tone::Calm, words.say(texts::NO_AUDIT));
    }
    page.table(rows.collect());
    page
}

/// After a step: which case, and where it stands now; of a step that changes no state, what was done.
pub(super) fn done(words: Words, action: &Value, case: &Value) -> Page {
    let mut page = Page::new();
    let number = member(case, "case");
    let now = match action.get("action").and_then(Value::as_str) {
        Some("note") => words.say(texts::NOTED).to_owned(),
        Some("assign" | "transfer") => {
            let agencies = [some(case, "agency")].into_iter().flatten();
            std::iter::once(state(words, case))
                .chain(agencies)
                .collect::<Vec<_>>()
                .join(": ")
        }
        Some("resolve") => {
            let outcome = some(case, "outcome").map(|word| words.word("outcome", &word));
            std::iter::once(state(words, case))
                .chain(outcome)
                .collect::<Vec<_>>()
                .join(": ")
        }
        _ => state(words, case),
    };
    let values = [("case", number.as_str()), ("state", now.as_str())];
    page.toned(Tone::Good, words.fill(texts::DONE, &values));
    page
}
