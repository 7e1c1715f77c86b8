//! Cases as an operator reads them; everything in them is the city's JSON.

use phananh_domain::refcode::ReferenceCode;
use phananh_domain::time::{Timestamp, Zone};
use serde_json::Value;

use crate::output::{Page, Span, Tone, Words, short, texts};

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

/// The reference code as it is read aloud.
fn code(case: &Value) -> Option<String> {
    let text = some(case, "reference_code")?;
    Some(ReferenceCode::parse(&text).map_or(text, |code| code.to_string()))
}

fn state(words: Words, case: &Value) -> String {
    words.word("case", &member(case, "detailed_status"))
}

/// Times stand as the city's day has them; a desk without a profile reads them in Vietnam's zone.
fn time(text: &str) -> String {
    let zone = Zone::named("Asia/Ho_Chi_Minh").unwrap_or(Zone::UTC);
    text.parse::<Timestamp>()
        .map_or_else(|_| text.to_owned(), |at| at.to_people(&zone))
}

pub(super) fn list(words: Words, found: &Value) -> Page {
    let none = Vec::new();
    let cases = found.get("cases").and_then(Value::as_array).unwrap_or(&none);
    let mut page = Page::new();
    if cases.is_empty() {
        page.toned(Tone::Calm, words.say(texts::DESK_NOTHING));
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
        page.toned(Tone::Calm, words.fill(texts::MORE_WITH, &[("cursor", &next)]));
    }
    page
}

pub(super) fn case(words: Words, case: &Value) -> Page {
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
    .fact_if(words.field("description"), some(case, "description"))
    .fact_if(words.field("place"), place(case))
    .fact_if(words.field("reference_code"), code(case))
    .fact_if(
        words.field("urgency"),
        some(case, "urgency").map(|word| words.word("urgency", &word)),
    )
    .fact_if(
        words.field("observed_at"),
        some(case, "observed_at").map(|at| time(&at)),
    )
    .fact_if(
        words.field("identity"),
        some(case, "identity_choice").map(|word| words.word("identity", &word)),
    )
    .fact_if(
        words.field("publication"),
        some(case, "publication").map(|word| words.word("publication", &word)),
    )
    .fact_if(words.say(texts::DESK_CONTACT), contact(case))
    .fact_if(words.field("agency"), some(case, "agency"))
    .fact_if(words.field("due_at"), some(case, "due_at").map(|at| time(&at)))
    .fact_if(
        words.field("result"),
        some(case, "outcome").map(|word| words.word("outcome", &word)),
    )
    .fact_if(words.say(texts::MY_RATING), rating(words, case));
    let none = Vec::new();
    for media in case.get("media").and_then(Value::as_array).unwrap_or(&none) {
        page.fact(words.field("photo"), member(media, "url"));
    }
    let timeline = case.get("timeline").and_then(Value::as_array).unwrap_or(&none);
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
        Some("internal") => format!("  [{}]", words.say(texts::DESK_INTERNAL)),
        _ => String::new(),
    };
    page.spans(vec![
        Span::new(format!("  {}  ", time(&member(event, "at"))), Tone::Calm),
        Span::new(words.word("event", &member(event, "kind")), Tone::Strong),
        Span::new(format!("  {who}"), Tone::Calm),
        Span::new(inside, Tone::Warn),
    ]);
    for text in ["text", "reason_code"]
        .iter()
        .filter_map(|name| some(event, name))
    {
        page.line(format!("                      {text}"));
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

pub(super) fn audit(audit: &Value) -> Page {
    let none = Vec::new();
    let lines = audit.get("audit").and_then(Value::as_array).unwrap_or(&none);
    let rows = lines.iter().map(|line| {
        vec![
            Span::new(time(&member(line, "at")), Tone::Calm),
            Span::from(member(line, "operator")),
            Span::new(member(line, "action"), Tone::Strong),
            Span::from(member(line, "detail")),
        ]
    });
    let mut page = Page::new();
    page.table(rows.collect());
    page
}

/// After a step: which case, and where it stands now.
pub(super) fn done(words: Words, case: &Value) -> Page {
    let mut page = Page::new();
    let number = member(case, "case");
    let values = [("case", number.as_str()), ("state", &state(words, case))];
    page.toned(Tone::Good, words.fill(texts::DESK_DONE, &values));
    page
}
