//! Somebody else's public case: followed like one's own, offline too, and left again.
//!
//! A followed case is a report of the phase `followed`: it stands in the lists, has a timeline, and takes comments.
//! Nothing of it was ever ours to deliver. A willing city is told by a message, a job like any other; elsewhere following
//! is this phone's own affair.

use phananh_domain::id::{AccountId, CaseNumber, CityId, ReportId};
use phananh_domain::identity::{IdentityChoice, Publication};
use phananh_domain::job::{Exposure, JobKind, JobState};
use phananh_domain::message::{MessageBody, MessageKind};
use phananh_domain::place::Place;
use phananh_domain::reason::Reason;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::report::{Channel, Content, Phase, Report, Urgency};
use rusqlite::Transaction;

use super::Client;
use super::messages;
use crate::city::Facts;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::sealed;
use crate::store::{CaseRow, ReportSecrets, cases, cities, jobs, reports};
use crate::world::World;

/// Characters of a city's number.
const NUMBER_MAX: usize = 200;

impl Client {
    /// Follows a public case of a city by its number; durable when this returns, and known in words after the next
    /// sync. A case that is followed already, or is one's own, is given as it is.
    ///
    /// # Errors
    /// `NotFound` for an unknown city; `BadInput` for what can be no number; `Secrets`; `Storage`.
    pub async fn follow(
        &self,
        city: CityId,
        account: AccountId,
        number: CaseNumber,
    ) -> std::result::Result<ReportId, ClientError> {
        let report = self
            .on_disk(move |world| follow(world, &city, account, number))
            .await?;
        self.world.events.tell(Event::Report { report });
        self.world.wake.notify_one();
        Ok(report)
    }

    /// Follows a case no longer. It leaves the lists at once, or once the city that was told of it knows.
    ///
    /// # Errors
    /// `NotNow` with `error.not_followed` for a report of one's own.
    pub async fn unfollow(&self, id: ReportId) -> std::result::Result<(), ClientError> {
        self.on_disk(move |world| unfollow(world, id)).await?;
        self.world.events.tell(Event::Report { report: id });
        self.world.wake.notify_one();
        Ok(())
    }
}

fn follow(world: &World, city: &CityId, account: AccountId, number: CaseNumber) -> Result<ReportId> {
    let text = number.as_str();
    if text.trim().is_empty() || text.chars().count() > NUMBER_MAX || text.contains('\0') {
        return Err(Error::BadInput {
            field: "case",
            code: "error.bad_input",
        });
    }
    let (facts, known) = world.store.read(|conn| {
        let facts = Facts::load(conn, city)?;
        Ok((facts, cases::by_number(conn, city, &number)?))
    })?;
    if let Some(known) = known {
        return Ok(known.report);
    }
    let now = world.now();
    let report = Report {
        id: world.random.report_id(now)?,
        reference_code: ReferenceCode::mint(world.random.bytes()?),
        city: city.clone(),
        account,
        phase: Phase::Followed,
        channel: Channel::App,
        practice: false,
        created_at: now,
        updated_at: now,
        // Until the city has shown it.
        queued_at: None,
        content: Content {
            service: None,
            title: None,
            text: String::new(),
            urgency: Urgency::Normal,
            observed_at: now,
            place: Place::default(),
            answers: Vec::new(),
            identity: IdentityChoice::None,
            publication: Publication::Public,
        },
        attachments: Vec::new(),
    };
    // Every report has one; this one proves nothing to anybody.
    let owner: [u8; 32] = world.random.bytes()?;
    let secrets = ReportSecrets {
        owner_sealed: sealed::seal_owner(world, report.id, &owner)?,
        owner_hash: phananh_domain::attachment::Sha256::of(&owner).as_str().to_owned(),
        zone: facts.row.profile.zone.clone(),
    };
    world.store.write(|tx| {
        cities::ensure_account(tx, city, &report.account)?;
        reports::insert(tx, &report, &secrets)?;
        begin(world, tx, &report, number, &facts)
    })?;
    Ok(report.id)
}

/// The case of a report that follows it from now on, and the message that tells a willing city.
fn begin(
    world: &World,
    tx: &Transaction<'_>,
    report: &Report,
    number: CaseNumber,
    facts: &Facts,
) -> Result<()> {
    let mut case = CaseRow::opened(report.id, report.city.clone());
    case.number = Some(number);
    cases::put(tx, &case)?;
    if facts.takes_follows() {
        messages::queue(world, tx, report, MessageBody::Follow, &[])?;
    }
    Ok(())
}

/// The report whose matter the city knows already becomes a follower of the case that the city named. Its words stay on
/// the phone; no byte of them is sent again.
pub(super) fn follow_the_known(world: &World, id: ReportId) -> Result<()> {
    let nothing = |code| Error::NotNow { code };
    world.store.write(|tx| {
        let words = jobs::of_report(tx, id)?
            .into_iter()
            .find(|job| job.kind == JobKind::Report)
            .ok_or(nothing("error.nothing_to_do"))?;
        let known = JobState::Blocked {
            reason: Reason::AlreadyKnown,
        };
        if words.state != known {
            return Err(nothing("error.nothing_to_do"));
        }
        let number = jobs::named_case(tx, words.id)?.ok_or(nothing("error.nothing_to_follow"))?;
        let mut report = reports::get(tx, id)?;
        if cases::by_number(tx, &report.city, &number)?.is_some() {
            return Err(nothing("error.already_followed"));
        }
        jobs::delete_of_report(tx, id)?;
        report.phase = Phase::Followed;
        report.updated_at = world.now();
        reports::update(tx, &report)?;
        begin(world, tx, &report, number, &Facts::load(tx, &report.city)?)
    })
}

fn unfollow(world: &World, id: ReportId) -> Result<()> {
    world.store.write(|tx| {
        let report = reports::get(tx, id)?;
        if report.phase != Phase::Followed {
            return Err(Error::NotNow {
                code: "error.not_followed",
            });
        }
        let all = jobs::of_report(tx, id)?;
        let mut tells = false;
        for job in all.iter().filter(|job| job.kind == JobKind::Message) {
            let Some(message) = job.message else { continue };
            match crate::store::messages::get(tx, message)?.body.kind() {
                MessageKind::Unfollow => return Ok(()),
                MessageKind::Follow => match job.exposure {
                    Exposure::None | Exposure::Refused => crate::store::messages::delete(tx, message)?,
                    Exposure::Unknown | Exposure::Accepted => tells = true,
                },
                _ => {}
            }
        }
        if tells {
            messages::queue(world, tx, &report, MessageBody::Unfollow, &[]).map(|_| ())
        } else {
            reports::forget_followed(tx, id)
        }
    })
}
