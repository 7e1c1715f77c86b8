//! One report for scripts and for people.

use phananh_domain::case::{Actor, CaseEvent, CaseStatus, Outcome};
use phananh_domain::delivery::Delivery;
use phananh_domain::place::Place;
use phananh_domain::profile::CityProfile;
use phananh_domain::report::{Report, Urgency};
use phananh_domain::why::Why;
use phananh_engine::client::{AttachmentState, AttachmentView, CityView, ReportStatus, TimelineEntry};
use serde_json::{Value, json};

use super::words::emergency;
use super::{Page, Span, Tone, Words, short, size, texts};

/// What names a report, in every answer about one.
pub(crate) fn names(report: &Report) -> Value {
    json!({"report": report.id, "reference_code": report.reference_code.to_string()})
}

/// One object from two; the second wins.
pub(crate) fn merged(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Object(mut first), Value::Object(second)) => {
            first.extend(second);
            Value::Object(first)
        }
        (first, _) => first,
    }
}

/// Reason and what comes next.
pub(crate) fn why_json(why: &Why) -> Value {
    json!({"reason": why.reason, "next": next_json(why), "ahead": why.ahead})
}

pub(crate) fn next_json(why: &Why) -> Value {
    json!({"kind": why.next.as_str(), "at": why.next.at()})
}

/// What a draft holds.
pub(crate) fn content_json(report: &Report) -> Value {
    let content = &report.content;
    json!({
        "city": report.city, "service": content.service, "title": content.title, "text": content.text,
        "urgency": content.urgency, "observed_at": content.observed_at, "identity": content.identity,
        "publication": content.publication, "practice": report.practice, "channel": report.channel,
        "place": place_json(&content.place),
        "answers": content.answers.iter().map(|a| json!({"code": a.code, "values": a.values})).collect::<Vec<_>>(),
    })
}

pub(crate) fn place_json(place: &Place) -> Value {
    if place.is_empty() {
        return Value::Null;
    }
    let located = place.located.as_ref();
    json!({
        "lat": located.map(|l| l.point.lat()), "lon": located.map(|l| l.point.lon()),
        "accuracy_m": located.and_then(|l| l.accuracy_m), "source": located.map(|l| l.source), "words": place.words,
    })
}

pub(crate) fn attachment_json(view: &AttachmentView) -> Value {
    let file = view.file.as_ref();
    json!({
        "kind": view.kind, "state": view.state.as_str(), "bytes": file.map(|f| f.bytes),
        "sha256": file.map(|f| f.sha256.as_str()), "width": file.map(|f| f.width), "height": file.map(|f| f.height),
        "original_bytes": view.original_bytes,
    })
}

/// A report, whole.
pub(crate) fn status_json(status: &ReportStatus) -> Value {
    let (owed, tracked) = match status.delivery {
        Delivery::Delivered {
            attachments_owed,
            tracked,
        } => (attachments_owed, tracked),
        _ => (0, false),
    };
    let rest = json!({
        "delivery": status.delivery.as_str(), "attachments_owed": owed, "tracked": tracked,
        "attachments": status.attachments.iter().map(attachment_json).collect::<Vec<_>>(),
        "case_status": status.case_status.as_ref().map(CaseStatus::as_str), "outcome": status.outcome,
        "service_request_id": status.service_request_id, "token": status.token, "due_at": status.due_at,
        "agency": status.agency, "gone": status.gone,
        "duplicate_of": duplicate_of(status),
        "rating": status.rating, "fixed": status.fixed,
        "refusal": status.refusal.as_ref().map(|r| json!({"status": r.status, "text": r.text})),
        "why": status.why.as_ref().map(why_json),
        "receipt": status.receipt.as_ref().map(|r| json!({
            "at": r.at, "payload_sha256": r.payload_sha256.as_str(), "notice": r.notice, "found": r.found,
        })),
        "timeline": status.timeline.iter().map(entry_json).collect::<Vec<_>>(),
    });
    merged(names(&status.report), merged(content_json(&status.report), rest))
}

fn duplicate_of(status: &ReportStatus) -> Option<&str> {
    match &status.case_status {
        Some(CaseStatus::Duplicate(lead)) => Some(lead.as_str()),
        _ => None,
    }
}

fn entry_json(entry: &TimelineEntry) -> Value {
    match entry {
        TimelineEntry::City(event) => {
            let actor = event
                .actor
                .as_ref()
                .map(|a| json!({"type": a.kind, "unit": a.unit}));
            json!({
                "at": event.at, "kind": event.kind, "text": event.text, "actor": actor, "seq": event.seq,
                "reason_code": event.reason_code, "due_at": event.due_at, "outcome": event.outcome,
                "duplicate_of": event.duplicate_of, "attachments": event.attachments, "pending": false,
            })
        }
        TimelineEntry::Pending { at, kind, text } => json!({
            "at": at, "kind": kind, "text": text, "actor": {"type": "citizen", "unit": null}, "pending": true,
        }),
    }
}

impl Words {
    /// Where a report stands on its way.
    pub(crate) fn delivery(self, delivery: &Delivery) -> String {
        match delivery {
            Delivery::Delivered {
                attachments_owed: 0,
                tracked: false,
            } => self.of("delivery.untracked"),
            Delivery::Delivered {
                attachments_owed: 0, ..
            } => self.of("delivery.delivered"),
            Delivery::Delivered { attachments_owed, .. } => self.with(
                "delivery.delivered_owing",
                &[("n", &attachments_owed.to_string())],
            ),
            other => self.of(&format!("delivery.{}", other.as_str())),
        }
    }

    /// What the city does with a case.
    pub(crate) fn case(self, status: &CaseStatus, details: &CaseDetails<'_>) -> String {
        match (status, details.due, details.reason) {
            (CaseStatus::Extended, Some(date), _) => self.with("case.extended", &[("date", date)]),
            (CaseStatus::Extended, None, _) => self.of("case.extended_undated"),
            (CaseStatus::Rejected, _, Some(reason)) => self.with("case.rejected", &[("reason", reason)]),
            (CaseStatus::Rejected, _, None) => self.of("case.rejected_unexplained"),
            (CaseStatus::Duplicate(lead), ..) => self.with("case.duplicate", &[("number", lead.as_str())]),
            (other, ..) => self.word("case", other.as_str()),
        }
    }

    pub(crate) fn place(self, place: &Place) -> String {
        let point = place.located.map(|l| {
            let accuracy = l
                .accuracy_m
                .map(|m| self.fill(texts::ACCURACY, &[("m", &format!("{m:.0}"))]));
            let source = self.of(&format!("place.{}", l.source));
            let notes: Vec<_> = [Some(source), accuracy].into_iter().flatten().collect();
            format!(
                "{:.5}, {:.5} ({})",
                l.point.lat(),
                l.point.lon(),
                notes.join(", ")
            )
        });
        let parts: Vec<_> = [place.words.clone(), point].into_iter().flatten().collect();
        if parts.is_empty() {
            self.say(texts::NO_PLACE).to_owned()
        } else {
            parts.join("\n")
        }
    }
}

/// What stands beside a case's status.
#[derive(Debug, Default)]
pub(crate) struct CaseDetails<'a> {
    /// Due date as people read it.
    pub(crate) due: Option<&'a str>,
    /// The city's words for a rejection.
    pub(crate) reason: Option<&'a str>,
}

/// Tone of a delivery: nothing that waits for somebody looks done.
pub(crate) fn delivery_tone(delivery: &Delivery) -> Tone {
    match delivery {
        Delivery::Delivered {
            attachments_owed: 0, ..
        } => Tone::Good,
        Delivery::Blocked { .. } => Tone::Bad,
        Delivery::Draft => Tone::Calm,
        Delivery::Delivered { .. } | Delivery::Queued | Delivery::Sending | Delivery::Unconfirmed => {
            Tone::Warn
        }
    }
}

/// An urgent report that has not reached the city never looks calm.
pub(crate) fn alarm(
    words: Words,
    report: &Report,
    delivery: &Delivery,
    profile: &CityProfile,
) -> Option<Span> {
    let is_urgent = report.content.urgency != Urgency::Normal && !report.practice;
    let is_unsent = !matches!(delivery, Delivery::Delivered { .. });
    (is_urgent && is_unsent).then(|| {
        Span::new(
            words.with("urgent.unsent", &[("number", emergency(profile))]),
            Tone::Bad,
        )
    })
}

/// The content as facts.
pub(crate) fn content_page(words: Words, report: &Report, city: &CityView) -> Page {
    let content = &report.content;
    let zone = city.profile.zone_or_utc();
    let mut page = Page::new();
    page.fact(
        words.field("reference_code"),
        Span::new(report.reference_code.to_string(), Tone::Strong),
    )
    .fact_if(words.field("title"), content.title.clone());
    if !content.text.is_empty() {
        page.fact(words.field("description"), content.text.clone());
    }
    page.fact_if(
        words.field("service_code"),
        content.service.as_ref().map(|s| s.as_str().to_owned()),
    )
    .fact(words.field("place"), words.place(&content.place))
    .fact(words.field("observed_at"), content.observed_at.to_people(&zone));
    if content.urgency != Urgency::Normal {
        page.fact(
            words.field("urgency"),
            Span::new(words.of(&format!("urgency.{}", content.urgency)), Tone::Warn),
        );
    }
    page.fact(
        words.field("identity"),
        words.of(&format!("identity.{}", content.identity)),
    )
    .fact(
        words.field("publication"),
        words.of(&format!("publication.{}", content.publication)),
    );
    for answer in &content.answers {
        page.fact(
            format!("{}: {}", words.say(texts::ANSWERS), answer.code),
            answer.values.join(", "),
        );
    }
    if report.practice {
        page.toned(Tone::Warn, words.of("practice"));
    }
    page
}

/// A report, whole.
pub(crate) fn status_page(words: Words, status: &ReportStatus, city: &CityView) -> Page {
    let zone = city.profile.zone_or_utc();
    let mut page = Page::new();
    if let Some(alarm) = alarm(words, &status.report, &status.delivery, &city.profile) {
        page.spans(vec![alarm]);
    }
    page.append(content_page(words, &status.report, city));
    let delivery = Span::new(words.delivery(&status.delivery), delivery_tone(&status.delivery));
    page.fact(words.field("delivery"), delivery);
    if let Some(why) = &status.why {
        page.fact("", words.why(why, &city.profile));
    }
    // The city's own words, unchanged.
    page.fact_if(
        "",
        status
            .refusal
            .as_ref()
            .map(|refusal| refusal.text.clone())
            .filter(|text| !text.is_empty()),
    );
    page.fact_if(
        words.field("case_number"),
        status.service_request_id.as_ref().map(|n| n.as_str().to_owned()),
    );
    if let Some(case) = &status.case_status {
        let due = status.due_at.map(|at| at.to_people(&zone));
        let reason = rejection(&status.timeline);
        let details = CaseDetails {
            due: due.as_deref(),
            reason: reason.as_deref(),
        };
        page.fact(
            words.field("case_status"),
            Span::new(words.case(case, &details), Tone::Strong),
        );
    }
    if status.gone {
        page.fact("", Span::new(words.of("case.gone"), Tone::Warn));
    }
    page.fact_if(words.field("agency"), status.agency.clone())
        .fact_if(words.field("due_at"), status.due_at.map(|at| at.to_people(&zone)))
        .fact_if(
            words.field("result"),
            status.outcome.as_ref().map(|o| words.word("outcome", o)),
        );
    let fixed = status.fixed.map(|word| words.of(&format!("fixed.{word}")));
    let rating = status.rating.map(|word| words.of(&format!("rating.{word}")));
    let rated: Vec<_> = [fixed, rating].into_iter().flatten().collect();
    if !rated.is_empty() {
        page.fact(words.say(texts::MY_RATING), rated.join(", "));
    }
    for view in &status.attachments {
        page.fact(
            words.of(&format!("attachment.{}", view.kind)),
            attachment_line(words, view),
        );
    }
    if !status.timeline.is_empty() {
        page.blank().toned(Tone::Strong, words.field("timeline"));
        page.append(timeline_page(words, &status.timeline, city));
    }
    page
}

fn attachment_line(words: Words, view: &AttachmentView) -> Span {
    let state = match view.state {
        AttachmentState::Preparing => words.of("attachment.pending"),
        AttachmentState::Ready => words.of("attachment.ready"),
        AttachmentState::Failed => words.of("attachment.failed"),
        AttachmentState::Delivered => words.of("job.done"),
        AttachmentState::Owed(job) => words.of(&format!("job.{}", job.as_str())),
    };
    let made = view
        .file
        .as_ref()
        .map(|f| format!("{}, {} × {}", size(f.bytes), f.width, f.height));
    let parts: Vec<_> = [Some(state), made].into_iter().flatten().collect();
    let tone = match view.state {
        AttachmentState::Failed => Tone::Bad,
        AttachmentState::Delivered => Tone::Good,
        _ => Tone::Plain,
    };
    Span::new(parts.join(" · "), tone)
}

fn rejection(timeline: &[TimelineEntry]) -> Option<String> {
    timeline.iter().rev().find_map(|entry| match entry {
        TimelineEntry::City(event) if event.kind == "rejected" => {
            event.text.clone().or(event.reason_code.clone())
        }
        _ => None,
    })
}

/// The timeline as people read it: when, what, who; the city's own words below, unchanged.
pub(crate) fn timeline_page(words: Words, timeline: &[TimelineEntry], city: &CityView) -> Page {
    let zone = city.profile.zone_or_utc();
    let mut page = Page::new();
    for entry in timeline {
        let (at, what, who, said) = match entry {
            TimelineEntry::City(event) => {
                let who = event
                    .actor
                    .as_ref()
                    .map(|actor| actor_name(words, actor))
                    .unwrap_or_default();
                (
                    event.at,
                    words.word("event", &event.kind),
                    who,
                    event_said(words, event, city),
                )
            }
            TimelineEntry::Pending { at, kind, text } => {
                let who = format!("{} ({})", words.say(texts::YOU), words.say(texts::ON_ITS_WAY));
                (
                    *at,
                    words.of(&format!("message.{kind}")),
                    who,
                    text.clone().into_iter().collect(),
                )
            }
        };
        page.spans(vec![
            Span::new(format!("  {}  ", at.to_people(&zone)), Tone::Calm),
            Span::new(what, Tone::Strong),
            Span::new(
                if who.is_empty() {
                    String::new()
                } else {
                    format!("  {who}")
                },
                Tone::Calm,
            ),
        ]);
        for line in said.iter().flat_map(|text| text.lines()) {
            page.line(format!("                      {line}"));
        }
    }
    page
}

fn event_said(words: Words, event: &CaseEvent, city: &CityView) -> Vec<String> {
    let outcome = event
        .outcome
        .as_ref()
        .map(|outcome| match outcome.parse::<Outcome>() {
            Ok(known) => words.of(&format!("outcome.{known}")),
            Err(_) => outcome.clone(),
        });
    let due = event.due_at.map(|at| {
        words.fill(
            texts::DUE,
            &[("time", &at.to_people(&city.profile.zone_or_utc()))],
        )
    });
    let lead = event
        .duplicate_of
        .as_ref()
        .map(|lead| words.with("case.duplicate", &[("number", lead.as_str())]));
    let files = (!event.attachments.is_empty())
        .then(|| words.fill(texts::FILES, &[("n", &event.attachments.len().to_string())]));
    let text = event.text.clone().or_else(|| event.reason_code.clone());
    [outcome, text, due, lead, files].into_iter().flatten().collect()
}

fn actor_name(words: Words, actor: &Actor) -> String {
    let kind = actor.kind.map(|kind| words.of(&format!("actor.{kind}")));
    actor.unit.clone().or(kind).unwrap_or_default()
}

/// A row of a list.
pub(crate) fn row(
    words: Words,
    report: &Report,
    delivery: &Delivery,
    case: Option<&CaseStatus>,
) -> Vec<Span> {
    let state = case.filter(|_| matches!(delivery, Delivery::Delivered { .. }));
    let state = match state {
        Some(case) => Span::new(words.case(case, &CaseDetails::default()), Tone::Strong),
        None => Span::new(words.delivery(delivery), delivery_tone(delivery)),
    };
    vec![
        Span::new(report.reference_code.to_string(), Tone::Strong),
        state,
        Span::new(
            short(
                report.content.title.as_deref().unwrap_or(&report.content.text),
                60,
            ),
            Tone::Plain,
        ),
    ]
}
