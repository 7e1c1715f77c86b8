//! Drafts: born with their first content, durable at every change, no save button.

use phananh_domain::id::{AccountId, CityId, ReportId, ServiceCode};
use phananh_domain::identity::{Identity, IdentityChoice, Publication};
use phananh_domain::place::{Fix, Located, Place, PlaceSource, Point};
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::report::{Answer, Channel, Content, Phase, Report, Urgency};
use phananh_domain::time::Timestamp;

use super::Client;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::sealed;
use crate::store::{self, ReportSecrets, cities, reports};
use crate::world::World;

/// Characters that a text field may hold: far above any city's limit, far below what hurts a phone.
const TEXT_MAX: usize = 20_000;

/// A person an operator files for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBehalfOf {
    /// Whole name.
    pub name: String,
    /// Phone number.
    pub phone: Option<String>,
}

/// What a new draft starts with.
#[derive(Debug, Clone, Default)]
pub struct NewDraft {
    /// City, by the name of its profile.
    pub city: String,
    /// Account; `default` where empty.
    pub account: String,
    /// A practice run: never leaves the phone.
    pub practice: bool,
    /// The person it is filed for.
    pub on_behalf_of: Option<OnBehalfOf>,
    /// First content.
    pub changes: DraftChanges,
}

/// Changes to a draft; what is absent stays as it is, an empty text clears.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DraftChanges {
    /// Open311 service code.
    pub service: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Words.
    pub text: Option<String>,
    /// How pressing.
    pub urgency: Option<Urgency>,
    /// When it was seen.
    pub observed_at: Option<Timestamp>,
    /// Who learns the name.
    pub identity: Option<IdentityChoice>,
    /// Who sees the report.
    pub publication: Option<Publication>,
    /// City, while nothing was ever sent off.
    pub city: Option<String>,
}

impl Client {
    /// Makes a draft; durable when this returns.
    ///
    /// # Errors
    /// `NotFound` for an unknown city; `BadInput` for a text that is too long; `Secrets` where the phone keeps none;
    /// `Storage`.
    pub async fn create_draft(&self, new: NewDraft) -> std::result::Result<Report, ClientError> {
        let report = self.on_disk(move |world| create(world, &new)).await?;
        self.world.events.tell(Event::Report { report: report.id });
        Ok(report)
    }

    /// A report, whole.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn report(&self, id: ReportId) -> std::result::Result<Report, ClientError> {
        self.on_disk(move |world| world.store.read(|conn| reports::get(conn, id)))
            .await
    }

    /// Changes a draft; durable when this returns, and old or new, never half.
    ///
    /// # Errors
    /// `NotNow` for a report that is sent off; `BadInput`; `Storage`.
    pub async fn edit_draft(
        &self,
        id: ReportId,
        changes: DraftChanges,
    ) -> std::result::Result<Report, ClientError> {
        self.change(id, move |world, report| apply(world, report, &changes))
            .await
    }

    /// Answers questions of the service: code and values; no values takes an answer back.
    ///
    /// # Errors
    /// As [`Client::edit_draft`].
    pub async fn answer(
        &self,
        id: ReportId,
        answers: Vec<(String, Vec<String>)>,
    ) -> std::result::Result<Report, ClientError> {
        self.change(id, move |_, report| {
            for (code, values) in &answers {
                bounded("answer", code)?;
                for value in values {
                    bounded("answer", value)?;
                }
                report.content.answers.retain(|a| a.code != *code);
                if !values.is_empty() {
                    report.content.answers.push(Answer {
                        code: code.clone(),
                        values: values.clone(),
                    });
                }
            }
            Ok(())
        })
        .await
    }

    /// Puts the pin: it wins over every sensor from now on.
    ///
    /// # Errors
    /// `BadInput` for coordinates that name no place; as [`Client::edit_draft`].
    pub async fn set_pin(
        &self,
        id: ReportId,
        lat: f64,
        lon: f64,
        accuracy_m: Option<f64>,
    ) -> std::result::Result<Report, ClientError> {
        let point = Point::new(lat, lon).map_err(|_| not_a_place())?;
        let accuracy_m = accuracy_m.filter(|a| a.is_finite() && *a >= 0.0);
        self.change(id, move |_, report| {
            report.content.place.located = Some(Located {
                point,
                accuracy_m,
                source: PlaceSource::Pin,
            });
            Ok(())
        })
        .await
    }

    /// Says the place in words; empty clears.
    ///
    /// # Errors
    /// As [`Client::edit_draft`].
    pub async fn set_place_words(
        &self,
        id: ReportId,
        words: String,
    ) -> std::result::Result<Report, ClientError> {
        self.change(id, move |_, report| {
            report.content.place.words = optional("place", &words)?;
            Ok(())
        })
        .await
    }

    /// Adds a reading of a sensor: kept as evidence, and the draft's place while no better one is known.
    ///
    /// # Errors
    /// As [`Client::edit_draft`].
    pub async fn add_fix(&self, id: ReportId, fix: Fix) -> std::result::Result<Report, ClientError> {
        let report = self
            .on_disk(move |world| {
                world.store.write(|tx| {
                    let mut report = draft(&reports::get(tx, id)?)?;
                    reports::insert_fix(tx, id, &fix)?;
                    let newer = Located {
                        point: fix.point,
                        accuracy_m: fix.accuracy_m,
                        source: PlaceSource::Device,
                    };
                    let better = match report.content.place.located {
                        None => true,
                        Some(old) if old.source == PlaceSource::Device => accuracy(&newer) <= accuracy(&old),
                        Some(old) => old.yields_to(&newer),
                    };
                    if better {
                        report.content.place.located = Some(newer);
                        report.updated_at = world.now();
                        reports::update(tx, &report)?;
                    }
                    Ok(report)
                })
            })
            .await?;
        self.world.events.tell(Event::Report { report: id });
        Ok(report)
    }

    /// Forgets a draft. Never a report that was sent off.
    ///
    /// # Errors
    /// `NotNow` for a report that was ever sent off.
    pub async fn discard_draft(&self, id: ReportId) -> std::result::Result<(), ClientError> {
        self.on_disk(move |world| {
            world.store.write(|tx| {
                draft(&reports::get(tx, id)?)?;
                if store::submissions::newest(tx, id)?.is_some() {
                    return Err(Error::NotNow {
                        code: "error.was_sent",
                    });
                }
                reports::delete_draft(tx, id)
            })
        })
        .await?;
        self.world.events.tell(Event::Report { report: id });
        Ok(())
    }

    async fn change(
        &self,
        id: ReportId,
        change: impl FnOnce(&World, &mut Report) -> Result<()> + Send + 'static,
    ) -> std::result::Result<Report, ClientError> {
        let report = self
            .on_disk(move |world| {
                let mut report = draft(&world.store.read(|conn| reports::get(conn, id))?)?;
                change(world, &mut report)?;
                report.updated_at = world.now();
                world.store.write(|tx| {
                    // Nobody sent it off between the reading and the writing: one writer, one process.
                    draft(&reports::get(tx, id)?)?;
                    cities::ensure_account(tx, &report.city, &report.account)?;
                    reports::update(tx, &report)
                })?;
                Ok(report)
            })
            .await?;
        self.world.events.tell(Event::Report { report: id });
        Ok(report)
    }
}

fn accuracy(located: &Located) -> f64 {
    located.accuracy_m.unwrap_or(f64::INFINITY)
}

fn not_a_place() -> ClientError {
    ClientError::BadInput {
        field: "place".into(),
        code: "error.not_a_place".into(),
    }
}

/// The report, if it still is a draft.
pub(super) fn draft(report: &Report) -> Result<Report> {
    match report.phase {
        Phase::Draft => Ok(report.clone()),
        Phase::Submitted | Phase::Followed => Err(Error::NotNow {
            code: "error.not_a_draft",
        }),
    }
}

fn create(world: &World, new: &NewDraft) -> Result<Report> {
    let now = world.now();
    let city_id = CityId::new(new.city.clone());
    let city = world.store.read(|conn| cities::get(conn, &city_id))?;
    let account = AccountId::new(if new.account.is_empty() {
        "default"
    } else {
        &new.account
    });
    let mut report = Report {
        id: world.random.report_id(now)?,
        reference_code: ReferenceCode::mint(world.random.bytes()?),
        city: city_id,
        account,
        phase: Phase::Draft,
        channel: if new.on_behalf_of.is_some() {
            Channel::Hotline
        } else {
            Channel::App
        },
        practice: new.practice,
        created_at: now,
        updated_at: now,
        queued_at: None,
        content: Content {
            service: None,
            title: None,
            text: String::new(),
            urgency: Urgency::Normal,
            observed_at: now,
            place: Place::default(),
            answers: Vec::new(),
            identity: city.profile.identity,
            publication: city.profile.publication,
        },
        attachments: Vec::new(),
    };
    apply(
        world,
        &mut report,
        &DraftChanges {
            city: None,
            ..new.changes.clone()
        },
    )?;
    let owner: [u8; 32] = world.random.bytes()?;
    let secrets = ReportSecrets {
        owner_sealed: sealed::seal_owner(world, report.id, &owner)?,
        owner_hash: phananh_domain::attachment::Sha256::of(&owner).as_str().to_owned(),
        zone: city.profile.zone.clone(),
    };
    let caller = new
        .on_behalf_of
        .as_ref()
        .map(|who| {
            let identity = Identity {
                name: optional("name", &who.name)?,
                phone: who.phone.clone(),
                email: None,
            };
            sealed::seal_identity(world, &identity)
        })
        .transpose()?;
    world.store.write(|tx| {
        cities::ensure_account(tx, &report.city, &report.account)?;
        reports::insert(tx, &report, &secrets)?;
        if let Some(sealed) = &caller {
            let id = store::identity::insert(tx, sealed)?;
            reports::set_on_behalf_of(tx, report.id, id)?;
        }
        Ok(())
    })?;
    Ok(report)
}

fn apply(world: &World, report: &mut Report, changes: &DraftChanges) -> Result<()> {
    let content = &mut report.content;
    if let Some(service) = &changes.service {
        content.service = optional("service", service)?.map(ServiceCode::new);
    }
    if let Some(title) = &changes.title {
        content.title = optional("title", title)?;
    }
    if let Some(text) = &changes.text {
        bounded("text", text)?;
        content.text.clone_from(text);
    }
    if let Some(urgency) = changes.urgency {
        content.urgency = urgency;
    }
    if let Some(at) = changes.observed_at {
        content.observed_at = at;
    }
    if let Some(identity) = changes.identity {
        content.identity = identity;
    }
    if let Some(publication) = changes.publication {
        content.publication = publication;
    }
    if let Some(city) = &changes.city {
        move_to(world, report, city)?;
    }
    Ok(())
}

/// A draft's city may change until the first submit.
fn move_to(world: &World, report: &mut Report, city: &str) -> Result<()> {
    let id = CityId::new(city);
    world.store.read(|conn| {
        cities::get(conn, &id)?;
        if store::submissions::newest(conn, report.id)?.is_some() && id != report.city {
            return Err(Error::NotNow {
                code: "error.was_sent",
            });
        }
        Ok(())
    })?;
    report.city = id;
    Ok(())
}

/// A text within bounds; blank is nothing.
pub(super) fn optional(field: &'static str, text: &str) -> Result<Option<String>> {
    bounded(field, text)?;
    Ok(if text.trim().is_empty() {
        None
    } else {
        Some(text.to_owned())
    })
}

/// A text within bounds, without the NUL that SQLite and wires cut at.
pub(super) fn bounded(field: &'static str, text: &str) -> Result<()> {
    if text.chars().count() > TEXT_MAX {
        return Err(Error::BadInput {
            field,
            code: "error.text_too_long",
        });
    }
    if text.contains('\0') {
        return Err(Error::BadInput {
            field,
            code: "error.bad_text",
        });
    }
    Ok(())
}
