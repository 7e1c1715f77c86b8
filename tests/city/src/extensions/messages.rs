//! `POST requests/{id}/messages.json`: what a citizen says after filing: answer, comment, rating, reopen,
//! withdraw, remind.
//!
//! The words are a step of the case machine like any of the desk's. Who may read them: a reopening or a
//! withdrawal is a state and public like every state, and so is a rating, since the city's numbers count it; a comment
//! is public when the case is; an answer, the words beside a rating and a reminder are between the citizen and the city.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Extension;
use crate::app::App;
use crate::cases::state::{Next, State as CaseState, Step, next};
use crate::cases::vocabulary::{ActorType, Fixed, Rating, Visibility};
use crate::extensions::follow::{self, Following};
use crate::extensions::idempotency::{self, Keyed};
use crate::extensions::owner::{self, Credentials};
use crate::georeport::validation::{Check, DESCRIPTION_MAX};
use crate::http::answer::{Answer, Outcome, base_url};
use crate::http::body::{self, Fields, Intake};
use crate::http::refusal::Refusal;
use crate::store::Db;
use crate::store::cases::{self, Case};
use crate::store::due;
use crate::store::events::{self, NewEvent, Reader};
use crate::store::files::Upload;
use crate::store::keys::{self, Purpose};
use crate::store::media;
use crate::words::{Word as _, words};

words! {
    /// What a citizen may say.
    enum Kind {
        Answer = "answer",
        Comment = "comment",
        Rating = "rating",
        Reopen = "reopen",
        Withdraw = "withdraw",
        Remind = "remind",
    }
}

impl Kind {
    fn step(self) -> Step {
        match self {
            Self::Answer => Step::Answer,
            Self::Comment => Step::Comment,
            Self::Rating => Step::Rate,
            Self::Reopen => Step::Reopen,
            Self::Withdraw => Step::Withdraw,
            Self::Remind => Step::Remind,
        }
    }

    /// The event's kind: a reopening and a withdrawal are states.
    fn event(self) -> &'static str {
        match self {
            Self::Reopen => CaseState::Reopened.as_str(),
            Self::Withdraw => CaseState::Withdrawn.as_str(),
            other => other.as_str(),
        }
    }

    fn visibility(self, case: &Case) -> Visibility {
        match self {
            Self::Reopen | Self::Withdraw => Visibility::Public,
            Self::Comment if case.is_public => Visibility::Public,
            Self::Rating => Visibility::Public,
            Self::Comment | Self::Answer | Self::Remind => Visibility::Owner,
        }
    }

    fn not_now(self) -> &'static str {
        match self {
            Self::Answer => "Thành phố chưa hỏi thêm. / The city has not asked anything.",
            Self::Comment => "Chưa trao đổi được lúc này. / No comments now.",
            Self::Rating => {
                "Chưa có kết quả, hoặc đã đóng. / There is no result to rate, or the case is closed."
            }
            Self::Reopen => "Chưa có kết quả để đề nghị xử lý lại. / There is no result yet.",
            Self::Withdraw => "Phản ánh đã kết thúc. / The case has ended.",
            Self::Remind => {
                "Chưa quá hạn hoặc đã kết thúc. / The deadline has not passed, or the case has ended."
            }
        }
    }
}

/// `POST requests/{id}/messages.json`.
pub(crate) async fn post(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request) -> Outcome {
    let base = base_url(&app, request.headers());
    let credentials = Credentials::read(&app, request.headers());
    let early = idempotency::claim_header(&app, request.headers());
    let Intake { fields, media } = body::read(&app.store.files, request).await?;
    let credentials = credentials?;
    let keyed = idempotency::claim(&app, early?, &fields)?;
    let store = Arc::clone(&app.store);
    store
        .transact(move |db| {
            let used = idempotency::used(db, keyed.as_ref(), Purpose::Message)?;
            let proof = match used {
                Some(_) => credentials.prove_for_receipt(db)?,
                None => credentials.prove(&app, db)?,
            };
            let (case, reader) = owner::see(db, &id, &proof)?;
            let said = Said::read(&app, &fields)?;
            if reader != Reader::Owner && said.is_for_owners() {
                return Err(Refusal::not_owner());
            }
            if let Some(used) = used {
                if used.case_id != case.id {
                    return Err(Refusal::key_reused());
                }
                return Ok(Answer::ok(receipt(
                    db,
                    &case,
                    &used.effect_id,
                    keyed.as_ref(),
                    &base,
                )?));
            }
            proof.caller.check_unlocked()?;
            let effect_id = match &said {
                Said::Wish(wish) => wish.take(db, case.id, app.now())?,
                Said::Words(words) => {
                    words.check_content(&media)?;
                    say(&app, db, &case, words, &media, app.now())?
                }
            };
            if let Some(keyed) = &keyed {
                keys::insert(
                    db,
                    &keyed.key,
                    &keyed.use_for(Purpose::Message, case.id, effect_id.clone()),
                )?;
            }
            Ok(Answer::created(receipt(
                db,
                &case,
                &effect_id,
                keyed.as_ref(),
                &base,
            )?))
        })
        .await
}

/// What a message says.
enum Said {
    Wish(follow::Wish),
    Words(Words),
}

impl Said {
    fn read(app: &App, fields: &Fields) -> Result<Self, Refusal> {
        if let Some(wish) = follow::read(app, fields)? {
            return Ok(Self::Wish(wish));
        }
        if app.has(Extension::Messages) {
            Ok(Self::Words(read(fields)?))
        } else {
            Err(Refusal::field(
                "kind",
                format!("kind is one of: {}", Following::choices()),
            ))
        }
    }

    /// A comment on a public case and a wish to follow it are anybody's.
    fn is_for_owners(&self) -> bool {
        match self {
            Self::Wish(_) => false,
            Self::Words(words) => words.kind != Kind::Comment,
        }
    }
}

/// A step of the citizen's.
pub(crate) struct Words {
    kind: Kind,
    text: Option<String>,
    rating: Option<Rating>,
    fixed: Option<Fixed>,
}

/// Reads a step of the citizen's.
pub(crate) fn read(fields: &Fields) -> Result<Words, Refusal> {
    let mut check = Check::new(fields);
    let kind = check.word("kind");
    let text = check.text("text", DESCRIPTION_MAX);
    let rating = check.word("rating");
    let fixed = check.word("fixed");
    check.time("at");
    check.finish()?;
    let kind = kind.ok_or_else(|| Refusal::field("kind", format!("kind is one of: {}", Kind::choices())))?;
    Ok(Words {
        kind,
        text,
        rating,
        fixed,
    })
}

impl Words {
    /// A rating rates; an answer and a comment say something.
    fn check_content(&self, media: &[Upload]) -> Result<(), Refusal> {
        match self.kind {
            Kind::Rating if self.rating.is_none() && self.fixed.is_none() => Err(Refusal::field(
                "rating",
                "a rating carries rating, fixed, or both",
            )),
            Kind::Answer | Kind::Comment if self.text.is_none() && media.is_empty() => Err(Refusal::field(
                "text",
                "Chưa có nội dung. / A text or a picture is needed.",
            )),
            _ => Ok(()),
        }
    }
}

/// Says it at `now`; returns the id of the event.
pub(crate) fn say(
    app: &App,
    db: &Db<'_>,
    case: &Case,
    said: &Words,
    media: &[Upload],
    now: i64,
) -> Result<String, Refusal> {
    let not_now = || Refusal::not_now(StatusCode::BAD_REQUEST, said.kind.not_now());
    let target = next(case.state, said.kind.step()).ok_or_else(not_now)?;
    let overdue = due::now_due(case, now).is_some_and(|due| now > due);
    if said.kind == Kind::Remind && !overdue {
        return Err(not_now());
    }
    if case.asked_at.is_some() && matches!(target, Next::To(_)) {
        due::resume(db, case, now)?;
    }
    app.store.files.keep(media)?;
    let mut event = NewEvent::new(said.kind.event(), ActorType::Citizen, said.kind.visibility(case));
    event.text = said.text.clone();
    if said.kind == Kind::Rating {
        event.rating = said.rating;
        event.fixed = said.fixed;
    }
    let event_id = events::append(db, case.id, now, &event, media)?;
    match target {
        Next::Stay => {}
        Next::To(state) => cases::set(db, case.id, "state", &state)?,
        Next::Back => due::resume(db, case, now)?,
    }
    match said.kind {
        Kind::Rating => {
            // Either answer may come alone; the last word on each question counts.
            if let Some(rating) = said.rating {
                cases::set(db, case.id, "rating", &rating)?;
            }
            if let Some(fixed) = said.fixed {
                cases::set(db, case.id, "fixed", &fixed)?;
            }
        }
        Kind::Reopen => forget_result(db, case)?,
        Kind::Answer | Kind::Comment | Kind::Withdraw | Kind::Remind => {}
    }
    Ok(event_id)
}

/// A reopened case has no result until the next one; the timeline keeps the old one.
fn forget_result(db: &Db<'_>, case: &Case) -> Result<(), Refusal> {
    for column in ["outcome", "outcome_text", "rating", "fixed"] {
        cases::set(db, case.id, column, &rusqlite::types::Null)?;
    }
    Ok(())
}

fn receipt(
    db: &Db<'_>,
    case: &Case,
    effect_id: &str,
    keyed: Option<&Keyed>,
    base: &str,
) -> Result<Value, Refusal> {
    let media: Vec<Value> = media::of_event(db.tx, effect_id)?
        .iter()
        .map(|media| media.to_json(base))
        .collect();
    Ok(json!([{
        "message_id": effect_id,
        "service_request_id": case.id.to_string(),
        "client_request_id": keyed.map(|keyed| keyed.key.as_str()),
        "media": media,
    }]))
}
