//! What each step does.

use phananh_domain::id::CityId;
use phananh_domain::message::MessageBody;
use phananh_domain::time::SECOND;
use phananh_engine::ClientError;
use phananh_engine::client::{
    Decision as Decided, DraftChanges, DrainLimits, NewDraft, NewMessage, Pace as DrainPace,
};
use phananh_engine::clock::Clock as _;
use phananh_engine::effects::{Effect as Sort, Fault, Plan};
use phananh_faults::Script;

use crate::format::{
    Decision, Desk, Draft, Drain, Effect, Fails, Line, Message, Pace, Photo, Says, Step, Switch,
};
use crate::trouble::Trouble;
use crate::wire;
use crate::world::{CITY, World};
use crate::{expect, picture};

/// A phone that never comes to rest within so many drains never will.
const DRAINS: u32 = 400;

/// What a step came to: done, or refused by the client, which is not yet trouble.
type Done = Result<Result<(), ClientError>, Trouble>;

impl World {
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
            Step::Line(line) => self.line(line).await?,
            Step::AdvanceS(seconds) => self.advance(seconds * SECOND),
            Step::PhoneClockByS(seconds) => {
                let clock = &self.phone.clock;
                clock.set_wall(clock.now().plus(seconds * SECOND));
            }
            Step::Reboot {} => self.phone.clock.reboot(),
            Step::Photo(photo) => return self.photo(photo).await,
            Step::Draft(draft) => return self.draft(draft).await,
            Step::Drain(drain) => self.drain(drain).await?,
            Step::Settle {} => self.settle().await?,
            Step::Reopen {} => self.phone.open()?,
            Step::Desk(desk) => self.desk(desk).await?,
            Step::Stranger(stranger) => {
                wire::file(self.city.address(), stranger).await?;
                self.strangers += 1;
            }
            Step::Expect(wanted) => expect::phone(self, wanted).await?,
            Step::ExpectCity(wanted) => expect::city(self, wanted).await?,
            Step::ExpectDrain(wanted) => expect::drain(self, wanted)?,
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
            Step::Retry(of) => client.retry(self.id(&of.report)?).await,
            Step::Decide(decide) => {
                client
                    .decide(self.id(&decide.report)?, decided(decide.decision))
                    .await
            }
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

    async fn line(&self, line: &Line) -> Result<(), Trouble> {
        match line {
            Line::Switch(Switch::Off) => self.line.off().await?,
            Line::Switch(Switch::On) => self.line.on().await?,
            Line::Script(script) => self.line.set_script(Script::from_json(&script.to_string())?),
        }
        Ok(())
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
        self.pictures += 1;
        let path = picture::make(self.dir.path(), self.pictures, photo.made)?;
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
        let nth = killed
            .nth
            .checked_sub(1)
            .ok_or_else(|| Trouble::new("`nth` counts from 1"))?;
        self.phone
            .effects
            .plan(Plan::AtSort(sort(killed.effect), nth, Fault::Kill));
        // What the dying process answers reaches nobody. A plan that never came true is a mistake in the scenario.
        let answer = self.phone.client()?.drain(limits).await;
        let log = self.phone.effects.log();
        let reached = log
            .iter()
            .filter(|effect| **effect == sort(killed.effect))
            .count() as u64;
        if reached < killed.nth {
            return Err(Trouble::new(format!(
                "lived through it: {answer:?} after {log:?}"
            )));
        }
        self.phone.die();
        self.last_drain = None;
        // What the phone sent before it died arrives before anything else happens.
        self.line.settled().await;
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
            self.advance(due.since(self.phone.clock.now()).max(SECOND));
        }
        Err(Trouble::new(format!("still not at rest after {DRAINS} drains")))
    }

    async fn desk(&mut self, desk: &Desk) -> Result<(), Trouble> {
        let case = self.case_of(&desk.report).await?;
        let photo = match desk.photo {
            None => None,
            Some(size) => {
                self.pictures += 1;
                Some(picture::make(self.dir.path(), self.pictures, size)?)
            }
        };
        wire::act(self.city.address(), &case.id, &desk.action, photo.as_deref()).await
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

fn sort(effect: Effect) -> Sort {
    match effect {
        Effect::StoreCommit => Sort::StoreCommit,
        Effect::StoreCommitted => Sort::StoreCommitted,
        Effect::NetConnect => Sort::NetConnect,
        Effect::NetSend => Sort::NetSend,
        Effect::NetReceive => Sort::NetReceive,
    }
}
