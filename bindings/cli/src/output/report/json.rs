//! A report as JSON: the fields that scripts rely on.

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::Delivery;
use phananh_domain::job::JobState;
use phananh_domain::place::Place;
use phananh_domain::report::Report;
use phananh_domain::why::Why;
use phananh_engine::client::{AttachmentState, AttachmentView, ReportStatus, TimelineEntry};
use serde_json::{Value, json};

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
    let why = match view.state {
        AttachmentState::Owed(JobState::Blocked { reason }) => Some(reason),
        _ => None,
    };
    json!({
        "kind": view.kind, "state": view.state.as_str(), "why": why, "bytes": file.map(|f| f.bytes),
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
        TimelineEntry::Pending {
            at,
            kind,
            text,
            state,
        } => json!({
            "at": at, "kind": kind, "text": text, "actor": {"type": "citizen", "unit": null}, "pending": true,
            "state": state.as_str(),
        }),
        TimelineEntry::TakenBack { at, kind, text } => json!({
            "at": at, "kind": kind, "text": text, "actor": {"type": "citizen", "unit": null}, "pending": false,
            "state": "taken_back",
        }),
    }
}
