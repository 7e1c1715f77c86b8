//! The timeline as people read it: when, what, who; the city's own words below, unchanged.

use phananh_domain::case::{Actor, ActorType, CaseEvent, Outcome};
use phananh_domain::job::JobState;
use phananh_engine::client::{CityView, ReportStatus, TimelineEntry};

use crate::output::{Page, Span, Tone, Words, texts};

/// Width of a time and the blanks around it.
const INDENT: &str = "                    ";

/// All lines, oldest first.
pub(crate) fn timeline_page(words: Words, status: &ReportStatus, city: &CityView) -> Page {
    let zone = city.profile.zone_or_utc();
    let is_rating =
        |entry: &TimelineEntry| matches!(entry, TimelineEntry::City(event) if event.kind == "rating");
    let newest_rating = status.timeline.iter().rposition(is_rating);
    let mut page = Page::new();
    for (n, entry) in status.timeline.iter().enumerate() {
        let (at, what, who, mut said) = match entry {
            TimelineEntry::City(event) => (
                event.at,
                words.word("event", &event.kind),
                actor(words, event.actor.as_ref()),
                said(words, event, city),
            ),
            TimelineEntry::TakenBack { at, kind, text } => {
                let who = format!("{} ({})", words.say(texts::YOU), words.say(texts::TAKEN_BACK));
                (
                    *at,
                    words.of(&format!("message.{kind}")),
                    who,
                    text.iter().cloned().collect(),
                )
            }
            TimelineEntry::Pending {
                at,
                kind,
                text,
                state,
            } => {
                let stands = match state {
                    JobState::Blocked { .. } => words.of("job.blocked"),
                    _ => words.say(texts::ON_ITS_WAY).to_owned(),
                };
                let who = format!("{} ({stands})", words.say(texts::YOU));
                (
                    *at,
                    words.of(&format!("message.{kind}")),
                    who,
                    text.iter().cloned().collect(),
                )
            }
        };
        if newest_rating == Some(n) {
            // A city tells that it was rated; what we answered is ours to say.
            said.splice(0..0, words.rated(status));
        }
        page.spans(vec![
            Span::new(format!("  {}  ", at.to_people(&zone)), Tone::Calm),
            Span::new(what, Tone::Strong),
            Span::new(format!("  {who}"), Tone::Calm),
        ]);
        for line in said.iter().flat_map(|text| text.lines()) {
            page.line(format!("{INDENT}{line}"));
        }
    }
    page
}

fn said(words: Words, event: &CaseEvent, city: &CityView) -> Vec<String> {
    let outcome = event
        .outcome
        .as_ref()
        .map(|outcome| match outcome.parse::<Outcome>() {
            Ok(known) => words.of(&format!("outcome.{known}")),
            Err(_) => outcome.clone(),
        });
    let text = event.text.clone().or_else(|| event.reason_code.clone());
    let due = event.due_at.map(|at| at.to_people(&city.profile.zone_or_utc()));
    let due = due.map(|time| words.fill(texts::DUE, &[("time", &time)]));
    let lead = event.duplicate_of.as_ref();
    let lead = lead.map(|lead| words.with("case.duplicate", &[("number", lead.as_str())]));
    let files = match event.attachments.len() {
        0 => None,
        n => Some(words.fill(texts::FILES, &[("n", &n.to_string())])),
    };
    [outcome, text, due, lead, files].into_iter().flatten().collect()
}

fn actor(words: Words, actor: Option<&Actor>) -> String {
    match actor {
        None => String::new(),
        Some(Actor { unit: Some(unit), .. }) => unit.clone(),
        Some(Actor {
            kind: Some(ActorType::Citizen),
            ..
        }) => words.say(texts::YOU).to_owned(),
        Some(Actor { kind, .. }) => kind
            .map(|kind| words.of(&format!("actor.{kind}")))
            .unwrap_or_default(),
    }
}
