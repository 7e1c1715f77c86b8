//! A report as people read it.

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::Delivery;
use phananh_domain::job::JobState;
use phananh_domain::place::Place;
use phananh_domain::profile::CityProfile;
use phananh_domain::reason::Reason;
use phananh_domain::report::{Channel, Report, Urgency};
use phananh_engine::client::{AttachmentState, AttachmentView, CityView, ReportStatus, TimelineEntry};

use super::timeline::timeline_page;
use crate::output::words::emergency;
use crate::output::{Page, Span, Tone, Words, short, size, texts};

impl Words {
    /// Where a report stands on its way; one for practice has none to the city.
    pub(crate) fn delivery(self, report: &Report, delivery: &Delivery) -> String {
        match delivery {
            Delivery::Delivered { .. } if report.practice => self.of("delivery.practised"),
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
            (CaseStatus::Closed, ..) if details.outcome.is_some() => self.of("case.closed_with_result"),
            (CaseStatus::Extended, Some(date), _) => self.with("case.extended", &[("date", date)]),
            (CaseStatus::Extended, None, _) => self.of("case.extended_undated"),
            (CaseStatus::Rejected, _, Some(reason)) => self.with("case.rejected", &[("reason", reason)]),
            (CaseStatus::Rejected, _, None) => self.of("case.rejected_unexplained"),
            (CaseStatus::Duplicate(lead), ..) => self.with("case.duplicate", &[("number", lead.as_str())]),
            (other, ..) => self.word("case", other.as_str()),
        }
    }

    /// Our answers to the two questions.
    pub(crate) fn rated(self, status: &ReportStatus) -> Option<String> {
        let fixed = status.fixed.map(|word| self.of(&format!("fixed.{word}")));
        let rating = status.rating.map(|word| self.of(&format!("rating.{word}")));
        let rated: Vec<_> = [fixed, rating].into_iter().flatten().collect();
        (!rated.is_empty()).then(|| rated.join(", "))
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
    /// The result, where the city states one.
    pub(crate) outcome: Option<&'a str>,
}

/// Tone of a delivery: nothing that waits for somebody looks done.
pub(crate) fn delivery_tone(delivery: &Delivery) -> Tone {
    match delivery {
        Delivery::Delivered {
            attachments_owed: 0, ..
        } => Tone::Good,
        Delivery::Blocked { .. } => Tone::Bad,
        Delivery::Draft | Delivery::Followed => Tone::Calm,
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
    let is_unsent = !matches!(delivery, Delivery::Delivered { .. } | Delivery::Followed);
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
    if report.channel == Channel::Hotline {
        page.toned(Tone::Calm, words.say(texts::FOR_SOMEBODY));
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
    let delivery = Span::new(
        words.delivery(&status.report, &status.delivery),
        delivery_tone(&status.delivery),
    );
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
            outcome: status.outcome.as_deref(),
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
    page.fact_if(words.say(texts::MY_RATING), words.rated(status));
    for view in &status.attachments {
        page.fact(
            words.of(&format!("attachment.{}", view.kind)),
            attachment_line(words, &status.report, view),
        );
    }
    if !status.timeline.is_empty() {
        page.blank().toned(Tone::Strong, words.field("timeline"));
        page.append(timeline_page(words, status, city));
    }
    page
}

/// How an attachment stands, and its size once it is made.
pub(crate) fn attachment_line(words: Words, report: &Report, view: &AttachmentView) -> Span {
    let state = match view.state {
        AttachmentState::Delivered if report.practice => words.of("attachment.ready"),
        AttachmentState::Preparing => words.of("attachment.pending"),
        AttachmentState::Ready => words.of("attachment.ready"),
        AttachmentState::Failed => words.of("attachment.failed"),
        AttachmentState::Delivered => words.of("job.done"),
        AttachmentState::Owed(JobState::Blocked {
            reason: reason @ (Reason::PhotoNotTaken | Reason::PhotoGone | Reason::PhotoTooLarge),
        }) => words.of(&format!("why.{reason}")),
        AttachmentState::Owed(job) => words.of(&format!("job.{}", job.as_str())),
    };
    let made = view
        .file
        .as_ref()
        .map(|f| format!("{}, {} × {}", size(f.bytes), f.width, f.height));
    let parts: Vec<_> = [Some(state), made].into_iter().flatten().collect();
    let tone = match view.state {
        AttachmentState::Failed | AttachmentState::Owed(JobState::Blocked { .. }) => Tone::Bad,
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

/// A row of a list.
pub(crate) fn row(
    words: Words,
    report: &Report,
    delivery: &Delivery,
    case: Option<&CaseStatus>,
) -> Vec<Span> {
    let state = case.filter(|_| matches!(delivery, Delivery::Delivered { .. } | Delivery::Followed));
    let state = match state {
        Some(case) => Span::new(words.case(case, &CaseDetails::default()), Tone::Strong),
        None => Span::new(words.delivery(report, delivery), delivery_tone(delivery)),
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
