//! What must hold: on the phone, at the city, of the last drain, of an error.

use std::collections::BTreeSet;
use std::fmt::Debug;

use phananh_domain::delivery::Delivery;
use phananh_engine::ClientError;
use phananh_engine::client::TimelineEntry;
use phananh_engine::clock::Clock as _;

use crate::format::{Expect, ExpectCity, ExpectDrain, Fails};
use crate::trouble::Trouble;
use crate::world::World;

/// Compares what is wanted, if anything is.
fn same<T: PartialEq<U> + Debug, U: Debug>(what: &str, wanted: Option<&T>, found: U) -> Result<(), Trouble> {
    match wanted {
        Some(wanted) if *wanted != found => Err(Trouble::differs(what, wanted, &found)),
        _ => Ok(()),
    }
}

pub(crate) async fn phone(world: &World, wanted: &Expect) -> Result<(), Trouble> {
    let client = world.phone.client()?;
    let status = client.status(world.id(&wanted.report)?).await?;
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

pub(crate) async fn city(world: &World, wanted: &ExpectCity) -> Result<(), Trouble> {
    let counts = world.city.counts()?;
    let cases = world.city.cases()?;
    same(
        "cases",
        wanted.cases.as_ref(),
        cases.len().saturating_sub(world.strangers),
    )?;
    let strangers = u64::try_from(world.strangers)?;
    same(
        "posts",
        wanted.posts.as_ref(),
        counts.report_posts.saturating_sub(strangers),
    )?;

    let asks_one = wanted.status.is_some()
        || wanted.rating.is_some()
        || wanted.fixed.is_some()
        || wanted.photos.is_some()
        || wanted.events.is_some();
    if !asks_one {
        return Ok(());
    }
    let case = world.case_of(&wanted.report).await?;
    let status = world.phone.client()?.status(world.id(&wanted.report)?).await?;
    if let Some(number) = &status.service_request_id {
        same(
            "the number that the phone follows",
            Some(&case.id),
            number.as_str().to_owned(),
        )?;
    }
    same("status", wanted.status.as_ref(), case.status.clone())?;
    same(
        "rating",
        wanted.rating.clone().map(Some).as_ref(),
        case.rating.clone(),
    )?;
    same(
        "fixed",
        wanted.fixed.clone().map(Some).as_ref(),
        case.fixed.clone(),
    )?;
    if let Some(events) = &wanted.events {
        let found = case
            .events
            .iter()
            .filter(|event| event.kind == events.kind)
            .count();
        same(
            &format!("events of kind {}", events.kind),
            Some(&events.count),
            found,
        )?;
    }
    if let Some(wanted_photos) = wanted.photos {
        let there: Vec<_> = case.photos.iter().map(|photo| photo.sha256.clone()).collect();
        same("photos", Some(&wanted_photos), there.len())?;
        let here: BTreeSet<_> = status
            .attachments
            .iter()
            .filter_map(|a| a.file.as_ref())
            .map(|file| file.sha256.as_str().to_owned())
            .collect();
        let distinct: BTreeSet<_> = there.iter().cloned().collect();
        if distinct.len() != there.len() || !distinct.is_subset(&here) {
            return Err(Trouble::differs("photos by their hashes", &here, &there));
        }
    }
    Ok(())
}

pub(crate) fn drain(world: &World, wanted: &ExpectDrain) -> Result<(), Trouble> {
    let Some(last) = world.last_drain else {
        return Err(Trouble::new("there was no drain yet"));
    };
    same("delivered", wanted.delivered.as_ref(), last.delivered)?;
    same("owed", wanted.owed.as_ref(), last.owed)?;
    same("needs_citizen", wanted.needs_citizen.as_ref(), last.needs_citizen)?;
    same("requests", wanted.requests.as_ref(), last.requests)?;
    let now = world.phone.clock.now();
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
