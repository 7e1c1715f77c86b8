//! Sending off: validate, freeze, mint the key, write the jobs; and taking back while no byte has left.

use phananh_domain::id::ReportId;
use phananh_domain::identity::IdentityChoice;
use phananh_domain::job::JobKind;
use phananh_domain::outcome::{Change, may_recall};
use phananh_domain::payload::{Line, Payload, Wire};
use phananh_domain::report::{Phase, Report};
use phananh_domain::validate::{KnownServices, Problem, blocks, photos_beyond, validate};
use phananh_domain::why::Network;
use phananh_domain::words::Language;
use rusqlite::Transaction;

use super::Client;
use super::drafts::draft;
use super::identity;
use crate::city;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::outbox::{Glance, look_before_decision};
use crate::sealed;
use crate::store::{NewJob, cache, cities, jobs, reports, submissions};
use crate::world::World;

impl Client {
    /// Every problem of a draft, warnings too; empty means that it can be sent.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn problems(&self, id: ReportId) -> std::result::Result<Vec<Problem>, ClientError> {
        let language = self.language;
        self.on_disk(move |world| {
            let report = world.store.read(|conn| reports::get(conn, id))?;
            Judged::of(world, &report, language).map(|j| j.problems)
        })
        .await
    }

    /// Sends a draft off: returns at once, also offline and while a photo still shrinks. What it says is frozen from
    /// here on, under one key. Gives the warnings.
    ///
    /// # Errors
    /// `Invalid` with all problems at once, the draft as before; `NotNow` for a report that is sent off already.
    pub async fn submit(&self, id: ReportId) -> std::result::Result<Vec<Problem>, ClientError> {
        let language = self.language;
        let problems = self.on_disk(move |world| submit(world, id, language)).await?;
        self.world.events.tell(Event::Delivery { report: id });
        self.world.wake.notify_one();
        Ok(problems)
    }

    /// Takes a report back to a draft, while the city surely knows nothing of it. One that was refused is looked for
    /// first: some servers store what they refuse.
    ///
    /// # Errors
    /// `NotNow` with `error.too_late` once a byte may have left; `Network` where the city had to be asked and cannot be.
    pub async fn recall(&self, id: ReportId) -> std::result::Result<(), ClientError> {
        // Not under the feet of an attempt: the gate is free between attempts.
        let world = std::sync::Arc::clone(&self.world);
        self.run(async move {
            let gate = world.gate.lock().await;
            world.blocking(crate::outbox::put_right).await?;
            let mut change = world.blocking(move |w| recall(w, id)).await?;
            if change == Change::LookFirst && look_before_decision(&world, id).await? == Glance::Nothing {
                change = world.blocking(move |w| recall(w, id)).await?;
            }
            drop(gate);
            match change {
                Change::Free => Ok(()),
                Change::LookFirst | Change::Ask | Change::No => Err(Error::NotNow {
                    code: "error.too_late",
                }),
            }
        })
        .await?;
        self.world.events.tell(Event::Delivery { report: id });
        Ok(())
    }
}

/// What is known of a draft at the moment of judging or freezing it.
struct Judged {
    problems: Vec<Problem>,
    payload: Payload,
    definition: Option<phananh_domain::service::Definition>,
}

impl Judged {
    fn of(world: &World, report: &Report, language: Language) -> Result<Self> {
        let row = world.store.read(|conn| cities::get(conn, &report.city))?;
        let services = city::services(world, &report.city, language)?;
        let definition = match &report.content.service {
            None => None,
            Some(code) => {
                let pinned = world
                    .store
                    .read(|conn| reports::pinned_definition(conn, report.id))?;
                let cached = world
                    .store
                    .read_cache(|conn| cache::definition(conn, &row, code))?;
                cached.or(pinned).or_else(|| row.profile.default_definition(code))
            }
        };
        let facts = city::Facts::of(row)?;
        let line = match world.conditions().network {
            Network::Offline | Network::Captive => Line::Down,
            Network::Metered | Network::Unmetered => Line::Up,
        };
        let fields = facts.fields_or_all();
        let wire = Wire {
            fields: &fields,
            multi_value: facts.multi_value(),
            definition: definition.as_ref(),
            line,
        };
        let known = if services.fetched {
            KnownServices::List(&services.list)
        } else {
            KnownServices::NeverFetched
        };
        let mut problems = validate(report, &facts.row.profile, known, &wire);
        // Before the first contact nobody knows how the city takes photos.
        if facts.extensions.is_some() && !facts.takes_attachments() && !report.practice {
            problems.extend(photos_beyond(report, facts.photos_with_words()));
        }
        let payload = Payload::freeze(report, &facts.row.profile, &wire);
        Ok(Self {
            problems,
            payload,
            definition,
        })
    }
}

fn submit(world: &World, id: ReportId, language: Language) -> Result<Vec<Problem>> {
    let mut report = draft(&world.store.read(|conn| reports::get(conn, id))?)?;
    let judged = Judged::of(world, &report, language)?;
    if blocks(&judged.problems) {
        return Err(Error::Invalid(judged.problems));
    }
    let snapshot = match report.content.identity {
        IdentityChoice::None => None,
        IdentityChoice::Named | IdentityChoice::Confidential => {
            let me = identity::load(world)?;
            if me.is_empty() {
                None
            } else {
                Some(sealed::seal_identity(world, &me)?)
            }
        }
    };
    let now = world.now();
    report.phase = Phase::Submitted;
    report.queued_at = Some(now);
    report.updated_at = now;
    world.store.write(|tx| {
        draft(&reports::get(tx, id)?)?;
        let identity = snapshot
            .as_deref()
            .map(|sealed| crate::store::identity::insert(tx, sealed))
            .transpose()?;
        reports::set_identity(tx, id, identity)?;
        reports::pin_definition(tx, id, judged.definition.as_ref())?;
        reports::update(tx, &report)?;
        freeze(world, tx, &report, &judged.payload)
    })?;
    Ok(judged.problems)
}

/// A new revision under a new key, and a job for the words and for each attachment.
pub(super) fn freeze(world: &World, tx: &Transaction<'_>, report: &Report, payload: &Payload) -> Result<()> {
    let now = world.now();
    let submission = world.random.submission_id(now)?;
    let key = world.random.key(now)?;
    submissions::insert(tx, submission, report.id, key, payload, now)?;
    let job = |kind, key, submission, attachment| -> Result<NewJob> {
        Ok(NewJob {
            id: world.random.job_id(now)?,
            kind,
            city: report.city.clone(),
            account: report.account.clone(),
            report: report.id,
            submission,
            attachment,
            message: None,
            key,
            created_at: now,
        })
    };
    jobs::insert(tx, &job(JobKind::Report, key, Some(submission), None)?)?;
    for attachment in &report.attachments {
        jobs::insert(
            tx,
            &job(
                JobKind::Attachment,
                world.random.key(now)?,
                None,
                Some(attachment.id),
            )?,
        )?;
    }
    Ok(())
}

/// Takes it back if that is free; else says what stands in the way.
fn recall(world: &World, id: ReportId) -> Result<Change> {
    world.store.write(|tx| {
        let report = reports::get(tx, id)?;
        if report.phase == Phase::Draft {
            return Err(Error::NotNow {
                code: "error.nothing_to_do",
            });
        }
        let words = jobs::of_report(tx, id)?
            .into_iter()
            .find(|j| j.kind == JobKind::Report);
        let submission = submissions::newest(tx, id)?;
        let (Some(words), Some(submission)) = (words, submission) else {
            return Ok(Change::No);
        };
        let facts = city::Facts::of(cities::get(tx, &report.city)?)?;
        let change = may_recall(words.state, &facts.past(tx, &submission)?);
        if change == Change::Free {
            back_to_draft(world, tx, report)?;
        }
        Ok(change)
    })
}

/// The jobs go, the words come back. The frozen revision stays as history: its key is never used for other content.
pub(super) fn back_to_draft(world: &World, tx: &Transaction<'_>, mut report: Report) -> Result<()> {
    jobs::delete_of_report(tx, report.id)?;
    report.phase = Phase::Draft;
    report.queued_at = None;
    report.updated_at = world.now();
    reports::update(tx, &report)
}
