//! What must hold: on the phone, of the last drain, of an error. (At the city: `world`.)

use phananh_domain::delivery::Delivery;
use phananh_engine::ClientError;
use phananh_engine::client::TimelineEntry;
use phananh_engine::clock::Clock as _;

use crate::format::{Expect, ExpectDrain, Fails};
use crate::perform::Run;
use crate::trouble::{Trouble, same};

pub(crate) async fn phone(run: &Run, wanted: &Expect) -> Result<(), Trouble> {
    let client = run.phone.client()?;
    let status = client.status(run.id(&wanted.report)?).await?;
    same("phase", wanted.phase.as_ref(), status.report.phase.as_str())?;
    same("delivery", wanted.delivery.as_ref(), status.delivery.as_str())?;
    let why = status.why.map(|why| why.reason.as_str().to_owned());
    same("why", wanted.why.as_ref(), why)?;
    let next = status.why.map(|why| why.next.as_str().to_owned());
    same("next", wanted.next.clone().map(Some).as_ref(), next)?;
    let (owed, tracked) = match status.delivery {
        Delivery::Delivered {
            attachments_owed,
            tracked,
        } => (Some(attachments_owed), Some(tracked)),
        _ => (None, None),
    };
    same(
        "attachments_owed",
        wanted.attachments_owed.map(Some).as_ref(),
        owed,
    )?;
    same("tracked", wanted.tracked.map(Some).as_ref(), tracked)?;
    let case_status = status.case_status.as_ref().map(|s| s.as_str().to_owned());
    same("case_status", wanted.case_status.as_ref(), case_status)?;
    same(
        "outcome",
        wanted.outcome.clone().map(Some).as_ref(),
        status.outcome,
    )?;
    same(
        "refused_with",
        wanted.refused_with.map(Some).as_ref(),
        status.refusal.map(|r| r.status),
    )?;

    let (mut kinds, mut texts, mut pending) = (Vec::new(), Vec::new(), Vec::new());
    for entry in status.timeline {
        match entry {
            TimelineEntry::City(event) => {
                kinds.push(event.kind);
                texts.extend(event.text);
            }
            TimelineEntry::Pending { kind, .. } => pending.push(kind.as_str().to_owned()),
            TimelineEntry::TakenBack { .. } => {}
        }
    }
    if let Some(wanted) = &wanted.timeline {
        let mut left = kinds.iter();
        if !wanted.iter().all(|kind| left.any(|found| found == kind)) {
            return Err(Trouble::differs("timeline", wanted, &kinds));
        }
    }
    if let Some(wanted) = &wanted.timeline_says
        && !texts.contains(wanted)
    {
        return Err(Trouble::differs("timeline_says", wanted, &texts));
    }
    same("pending", wanted.pending.as_ref(), pending)
}

pub(crate) fn drain(run: &Run, wanted: &ExpectDrain) -> Result<(), Trouble> {
    let Some(last) = run.last_drain else {
        return Err(Trouble::new("there was no drain yet"));
    };
    same("delivered", wanted.delivered.as_ref(), last.delivered)?;
    same("owed", wanted.owed.as_ref(), last.owed)?;
    same("needs_citizen", wanted.needs_citizen.as_ref(), last.needs_citizen)?;
    same("requests", wanted.requests.as_ref(), last.requests)?;
    let now = run.world.phone_clock().now();
    let due = last
        .next_due_at
        .map(|at| at.since(now) / phananh_domain::time::SECOND);
    same("next_due_in_s", wanted.next_due_in_s.as_ref(), due)
}

pub(crate) fn refusal(wanted: &Fails, error: &ClientError) -> Result<(), Trouble> {
    let (word, codes) = described(error);
    same("error", Some(&wanted.error), word)?;
    match &wanted.code {
        Some(code) if !codes.contains(code) => Err(Trouble::differs("code", code, &codes)),
        _ => Ok(()),
    }
}

/// The word of an error and the codes that it carries.
fn described(error: &ClientError) -> (&'static str, Vec<String>) {
    match error {
        ClientError::Invalid { problems } => (
            "invalid",
            problems
                .iter()
                .map(|problem| problem.code.as_str().to_owned())
                .collect(),
        ),
        ClientError::BadInput { code, .. } => ("bad_input", vec![code.clone()]),
        ClientError::NotFound { .. } => ("not_found", Vec::new()),
        ClientError::Ambiguous => ("ambiguous", Vec::new()),
        ClientError::NotNow { code } => ("not_now", vec![code.clone()]),
        ClientError::Storage { code } => ("storage", vec![code.clone()]),
        ClientError::StoreHeld { code, .. } => ("store_held", vec![code.clone()]),
        ClientError::Secrets { code } => ("secrets", vec![code.clone()]),
        ClientError::Network { code } => ("network", vec![code.clone()]),
        ClientError::Closed => ("closed", Vec::new()),
        ClientError::Internal { .. } => ("internal", Vec::new()),
    }
}
