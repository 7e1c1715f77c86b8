//! What each step does.

use std::collections::BTreeMap;

use phananh_domain::id::{CityId, ReportId};
use phananh_domain::message::MessageBody;
use phananh_domain::profile::CityProfile;
use phananh_engine::ClientError;
use phananh_engine::client::{
    Decision as Decided, DraftChanges, DrainLimits, DrainReport, NewDraft, NewMessage, Pace as DrainPace,
};

use crate::expect;
use crate::format::{Decision, Draft, Drain, Fails, Message, Name, Pace, Photo, Says, Scenario, Step};
use crate::phone::{Phone, Starts};
use crate::trouble::Trouble;
use crate::world::{CITY, Seen, World};

/// A phone that never comes to rest within so many drains never will.
const DRAINS: u32 = 400;

/// What a step came to: done, or refused by the client, which is not yet trouble.
type Done = Result<Result<(), ClientError>, Trouble>;

/// A scenario under way: the world, the phone in it, and what the steps call things.
pub(crate) struct Run {
    pub(crate) world: World,
    pub(crate) phone: Phone,
    reports: BTreeMap<Name, ReportId>,
    pub(crate) last_drain: Option<DrainReport>,
}

impl Run {
    pub(crate) async fn start(scenario: &Scenario) -> Result<Self, Trouble> {
        let world = World::start(scenario).await?;
        let starts = Starts::new(world.store(), world.phone_clock().clone(), scenario.seed);
        let mut phone = Phone::new(starts);
        phone.open()?;
        let profile = CityProfile::parse(world.profile())?;
        phone.client()?.set_city(profile, Some(world.url())).await?;
        Ok(Self {
            world,
            phone,
            reports: BTreeMap::new(),
            last_drain: None,
        })
    }

    pub(crate) fn id(&self, name: &Name) -> Result<ReportId, Trouble> {
        let id = self.reports.get(name).copied();
        id.ok_or_else(|| Trouble::new(format!("no report is called {:?}", name.0)))
    }

    /// What is owed, for the message about a step that did not hold.
    pub(crate) async fn owed(&self) -> String {
        match self.phone.client() {
            Err(trouble) => trouble.to_string(),
            Ok(client) => match client.queue().await {
                Ok(jobs) => jobs
                    .iter()
                    .map(|j| format!("{} {:?}; ", j.kind, j.state))
                    .collect(),
                Err(error) => error.to_string(),
            },
        }
    }

    /// What the phone holds of the report that a step of the world names, if it has it.
    async fn seen(&self, step: &Step) -> Result<Option<Seen>, Trouble> {
        let name = match step {
            Step::Desk(desk) => &desk.report,
            Step::ExpectCity(wanted) => &wanted.report,
            _ => return Ok(None),
        };
        let Some(id) = self.reports.get(name) else {
            return Ok(None);
        };
        let status = self.phone.client()?.status(*id).await?;
        let files = status.attachments.iter().filter_map(|a| a.file.as_ref());
        Ok(Some(Seen {
            photos: files.map(|file| file.sha256.as_str().to_owned()).collect(),
            number: status.service_request_id.map(|number| number.as_str().to_owned()),
            text: status.report.content.text,
        }))
    }

    pub(crate) async fn perform(&mut self, step: &Step) -> Result<(), Trouble> {
        match step {
            Step::Fails(fails) => self.fails(fails).await,
            step => Ok(self.attempt(step).await??),
        }
    }

    async fn fails(&mut self, fails: &Fails) -> Result<(), Trouble> {
        match Box::pin(self.attempt(&fails.step)).await? {
            Ok(()) => Err(Trouble::new("must be refused, and was not")),
            Err(error) => expect::refusal(fails, &error),
        }
    }

    async fn attempt(&mut self, step: &Step) -> Done {
        match step {
            Step::Photo(photo) => return self.photo(photo).await,
            Step::Draft(draft) => return self.draft(draft).await,
            Step::Drain(drain) => self.drain(drain).await?,
            Step::Settle {} => self.settle().await?,
            Step::Reopen {} => self.phone.open()?,
            Step::Expect(wanted) => expect::phone(self, wanted).await?,
            Step::ExpectDrain(wanted) => expect::drain(self, wanted)?,
            Step::Line(_)
            | Step::AdvanceS(_)
            | Step::PhoneClockByS(_)
            | Step::Reboot {}
            | Step::Desk(_)
            | Step::Stranger(_)
            | Step::ExpectCity(_) => {
                let seen = self.seen(step).await?;
                self.world.perform(step, seen.as_ref()).await?;
            }
            Step::Fails(_) => return Err(Trouble::new("`fails` inside `fails`")),
            step => return self.call(step).await,
        }
        Ok(Ok(()))
    }

    /// Steps that are one call of the client.
    async fn call(&self, step: &Step) -> Done {
        let client = self.phone.client()?;
        Ok(match step {
            Step::Network(network) => client.set_connectivity(*network).await,
            Step::Edit(edit) => {
                let changes = DraftChanges {
                    text: Some(edit.text.clone()),
                    ..DraftChanges::default()
                };
                client.edit_draft(self.id(&edit.report)?, changes).await.map(drop)
            }
            Step::Submit(of) => client.submit(self.id(&of.report)?).await.map(drop),
            Step::Recall(of) => client.recall(self.id(&of.report)?).await,
            Step::Retry(of) => client.retry(self.id(&of.report)?).await.map(drop),
            Step::Decide(decide) => client
                .decide(self.id(&decide.report)?, decided(decide.decision))
                .await
                .map(drop),
            Step::Message(Message { report, says }) => {
                let message = NewMessage {
                    body: body(says),
                    photos: Vec::new(),
                };
                client.message(self.id(report)?, message).await.map(drop)
            }
            Step::Sync {} => client.sync().await.map(drop),
            Step::Services {} => client.fetch_services(CityId::new(CITY)).await.map(drop),
            other => return Err(Trouble::new(format!("no call: {other:?}"))),
        })
    }

    async fn draft(&mut self, draft: &Draft) -> Done {
        let client = self.phone.client()?;
        let changes = DraftChanges {
            service: draft.service.clone(),
            title: draft.title.clone(),
            text: draft.text.clone(),
            urgency: draft.urgency,
            ..DraftChanges::default()
        };
        let new = NewDraft {
            city: CITY.to_owned(),
            changes,
            ..NewDraft::default()
        };
        let id = match client.create_draft(new).await {
            Ok(report) => report.id,
            Err(error) => return Ok(Err(error)),
        };
        if self.reports.insert(draft.report.clone(), id).is_some() {
            return Err(Trouble::new(format!(
                "two reports are called {:?}",
                draft.report.0
            )));
        }
        if let Some((lat, lon)) = draft.pin
            && let Err(error) = client.set_pin(id, lat, lon, None).await
        {
            return Ok(Err(error));
        }
        match &draft.place {
            None => Ok(Ok(())),
            Some(words) => Ok(client.set_place_words(id, words.clone()).await.map(drop)),
        }
    }

    async fn photo(&mut self, photo: &Photo) -> Done {
        let path = self.world.picture(photo.made)?;
        let path = path.to_string_lossy().into_owned();
        Ok(self
            .phone
            .client()?
            .add_photo(self.id(&photo.report)?, path, None)
            .await
            .map(drop))
    }

    async fn drain(&mut self, drain: &Drain) -> Result<(), Trouble> {
        let pace = match drain.pace {
            Pace::Waits => DrainPace::Waits,
            Pace::Now => DrainPace::Now,
        };
        let limits = DrainLimits {
            deadline_ms: None,
            max_bytes: drain.max_bytes,
            pace,
        };
        let Some(killed) = &drain.killed_at else {
            self.last_drain = Some(self.phone.client()?.drain(limits).await?);
            return Ok(());
        };
        self.phone.starts.plan(killed)?;
        // What the dying process answers reaches nobody.
        let _ = self.phone.client()?.drain(limits).await;
        self.phone.starts.reached(killed)?;
        self.phone.die();
        self.last_drain = None;
        // What the phone sent before it died arrives before anything else happens.
        self.world.line_settled().await;
        Ok(())
    }

    /// As somebody who waits: drains, and moves time to the next due instant, until nothing comes by itself.
    async fn settle(&mut self) -> Result<(), Trouble> {
        for _ in 0..DRAINS {
            let report = self.phone.client()?.drain(DrainLimits::default()).await?;
            self.last_drain = Some(report);
            let Some(due) = report.next_due_at else {
                return Ok(());
            };
            self.world.advance_to(due);
        }
        Err(Trouble::new(format!("still not at rest after {DRAINS} drains")))
    }
}

fn decided(decision: Decision) -> Decided {
    match decision {
        Decision::Again => Decided::Again,
        Decision::Wait => Decided::Wait,
        Decision::Follow => Decided::Follow,
        Decision::Anyway => Decided::Anyway,
        Decision::Edit => Decided::Edit,
        Decision::Smaller => Decided::Smaller,
        Decision::WithoutPhoto => Decided::WithoutPhoto,
    }
}

fn body(says: &Says) -> MessageBody {
    match says {
        Says::Answer(text) => MessageBody::Answer { text: text.clone() },
        Says::Comment(text) => MessageBody::Comment { text: text.clone() },
        Says::Reopen(text) => MessageBody::Reopen { text: text.clone() },
        Says::Rating {
            satisfaction,
            fixed,
            text,
        } => MessageBody::Rating {
            satisfaction: *satisfaction,
            fixed: *fixed,
            text: text.clone(),
        },
        Says::Withdraw(text) => MessageBody::Withdraw { text: text.clone() },
        Says::Remind(text) => MessageBody::Remind { text: text.clone() },
    }
}
