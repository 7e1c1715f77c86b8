//! The operator's side of a city, over its own HTTP interface (docs/extensions.md, "Operators").
//!
//! Knows nothing of the store of reports: an operator sits at another machine. With `--json` the city's answer passes
//! through as it is.

mod show;
mod texts;

use std::path::PathBuf;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use crate::args::{DeskAction, DeskArgs, Globals};
use crate::exit::{Exit, Failure};
use crate::http::{self, Load, Patience};
use crate::output::{Answer, Output};
use phananh_domain::refcode::ReferenceCode;

/// A city that an operator is signed in to.
pub(crate) struct Desk {
    http: reqwest::Client,
    base: Url,
    token: String,
    patience: Patience,
}

/// Carries out an action at the desk of a city.
pub(crate) async fn run(globals: &Globals, output: Output, args: DeskArgs) -> Result<Answer, Failure> {
    let words = output.words;
    let missing = |text| Failure::new(Exit::Usage, "error.usage").saying(words.say(text));
    let city = args
        .city
        .as_ref()
        .or(globals.city.as_ref())
        .ok_or_else(|| missing(texts::NEEDS_CITY))?;
    let token = args
        .token
        .clone()
        .filter(|t| !t.is_empty())
        .ok_or_else(|| missing(texts::NEEDS_TOKEN))?;
    let desk = Desk::at(city, token, Patience::of_silence(args.timeout))?;
    let step = match step(args.action) {
        Ok(step) => step,
        Err(look) => return look_up(&desk, output, look).await,
    };
    let case = desk.act(&step.case, &step.action, &step.photos).await?;
    let page = show::done(words, &step.action, &case);
    Ok(Answer::new(case, page))
}

/// What only reads.
enum Look {
    List { query: Vec<(&'static str, String)> },
    Find { text: String },
    Similar { query: Vec<(&'static str, String)> },
    Case { case: String },
    Audit { case: String },
}

/// What changes a case.
pub(crate) struct Step {
    case: String,
    action: Value,
    photos: Vec<PathBuf>,
}

async fn look_up(desk: &Desk, output: Output, look: Look) -> Result<Answer, Failure> {
    let words = output.words;
    match look {
        Look::List { query } => {
            let found = desk.list(&query).await?;
            let page = show::list(words, &found);
            Ok(Answer::new(found, page))
        }
        Look::Find { text } => {
            let found = desk.ask(&["desk", "find.json"], &[("q", text)]).await?;
            let page = show::list(words, &found);
            Ok(Answer::new(found, page))
        }
        Look::Similar { query } => {
            let found = desk.ask(&["desk", "similar.json"], &query).await?;
            let page = show::list(words, &found);
            Ok(Answer::new(found, page))
        }
        Look::Case { case } => {
            let case = desk.read(&["desk", "cases", &format!("{case}.json")]).await?;
            let page = show::case(words, &case);
            Ok(Answer::new(case, page))
        }
        Look::Audit { case } => {
            let audit = desk.read(&["desk", "cases", &case, "audit.json"]).await?;
            let page = show::audit(words, &audit);
            Ok(Answer::new(audit, page))
        }
    }
}

/// The step that an action of the command line is, or the look.
fn step(action: DeskAction) -> Result<Step, Look> {
    let step = |case, action| {
        Ok(Step {
            case,
            action,
            photos: Vec::new(),
        })
    };
    match action {
        DeskAction::List { state, after, limit } => {
            let limit = limit.map(|n| n.to_string());
            let all = [("state", state), ("after", after), ("limit", limit)];
            Err(Look::List {
                query: all
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect(),
            })
        }
        DeskAction::Find { text } => {
            // Cities keep a code as its digits; a phone number is looked for as it was written.
            let text = ReferenceCode::parse(&text).map_or(text, ReferenceCode::digits);
            Err(Look::Find { text })
        }
        DeskAction::Similar {
            service,
            lat,
            lon,
            text,
        } => {
            let all = [
                ("service_code", service),
                ("lat", lat.map(|n| n.to_string())),
                ("long", lon.map(|n| n.to_string())),
                ("text", text),
            ];
            Err(Look::Similar {
                query: all
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect(),
            })
        }
        DeskAction::Show { case } => Err(Look::Case { case }),
        DeskAction::Audit { case } => Err(Look::Audit { case }),
        DeskAction::Receive { case } => step(case, json!({"action": "receive"})),
        DeskAction::Verify { case, service } => {
            step(case, with(json!({"action": "verify"}), "service", service))
        }
        DeskAction::Assign {
            case,
            agency,
            co,
            track,
            due,
        } => {
            let action = json!({"action": "assign", "agency": agency});
            let action = with(action, "co", (!co.is_empty()).then_some(co));
            let action = with(action, "track", track.map(|track| track.as_str()));
            step(case, with(action, "due", due))
        }
        DeskAction::Start { case } => step(case, json!({"action": "start"})),
        DeskAction::Ask { case, text } => step(case, json!({"action": "ask", "text": text})),
        DeskAction::Extend { case, due, reason } => {
            step(case, json!({"action": "extend", "due": due, "reason": reason}))
        }
        DeskAction::Resolve {
            case,
            outcome,
            text,
            photo,
        } => Ok(Step {
            case,
            action: json!({"action": "resolve", "outcome": outcome, "text": text}),
            photos: photo,
        }),
        DeskAction::Reject { case, reason } => step(case, json!({"action": "reject", "reason": reason})),
        DeskAction::Transfer { case, agency } => step(case, json!({"action": "transfer", "agency": agency})),
        DeskAction::Merge { case, into } => step(case, json!({"action": "merge", "into": into})),
        DeskAction::Close { case } => step(case, json!({"action": "close"})),
        DeskAction::Note { case, text } => step(case, json!({"action": "note", "text": text})),
    }
}

fn with(mut action: Value, name: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Some(members), Some(value)) = (action.as_object_mut(), value) {
        members.insert(name.to_owned(), value.into());
    }
    action
}

impl Desk {
    /// A desk at a base URL.
    pub(crate) fn at(city: &str, token: String, patience: Patience) -> Result<Self, Failure> {
        let base = http::base(city)?;
        Ok(Self {
            http: http::client(patience).map_err(|trouble| trouble.failure(&base, patience))?,
            base,
            token,
            patience,
        })
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http
            .request(method, url)
            .bearer_auth(&self.token)
            .header("Accept", "application/json")
    }

    /// Cases by a query.
    pub(crate) async fn list(&self, query: &[(&str, String)]) -> Result<Value, Failure> {
        self.ask(&["desk", "cases.json"], query).await
    }

    /// What a resource answers to a query.
    async fn ask(&self, path: &[&str], query: &[(&str, String)]) -> Result<Value, Failure> {
        let mut url = http::below(&self.base, path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.answered(self.request(Method::GET, url), Load::Words).await
    }

    async fn read(&self, path: &[&str]) -> Result<Value, Failure> {
        let request = self.request(Method::GET, http::below(&self.base, path));
        self.answered(request, Load::Words).await
    }

    /// Takes a step with a case; gives the case as it is then.
    pub(crate) async fn act(&self, case: &str, action: &Value, photos: &[PathBuf]) -> Result<Value, Failure> {
        let url = http::below(&self.base, &["desk", "cases", case, "actions.json"]);
        let request = self.request(Method::POST, url);
        if photos.is_empty() {
            let request = request
                .header("Content-Type", "application/json")
                .body(action.to_string());
            return self.answered(request, Load::Words).await;
        }
        let mut form = Form::new().text("action", action.to_string());
        for path in photos {
            let gone = |error| {
                Failure::bad_input("photo", "error.photo_gone").saying(format!("{}: {error}", path.display()))
            };
            let bytes = std::fs::read(path).map_err(gone)?;
            let name = path
                .file_name()
                .map_or_else(|| "photo".to_owned(), |name| name.to_string_lossy().into_owned());
            form = form.part("media", Part::bytes(bytes).file_name(name));
        }
        self.answered(request.multipart(form), Load::Files).await
    }

    async fn answered(&self, request: RequestBuilder, load: Load) -> Result<Value, Failure> {
        let reply = http::ask(request, load, self.patience).await;
        understood(&reply.map_err(|trouble| trouble.failure(&self.base, self.patience))?)
    }
}

/// The city's JSON, or what its refusal means for whoever sits at the desk.
fn understood(reply: &http::Reply) -> Result<Value, Failure> {
    let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
    if let (200..=299, Some(json)) = (reply.status, &json) {
        return Ok(json.clone());
    }
    let first = json.as_ref().and_then(|all| all.get(0));
    let said = |name: &str| first.and_then(|entry| entry.get(name)).and_then(Value::as_str);
    let failure = match reply.status {
        401 | 403 => Failure::new(Exit::Network, "error.not_allowed"),
        404 if json.is_some() => Failure::bad_input("case", "error.no_such_case"),
        409 => Failure::new(Exit::BadInput, "error.not_now"),
        400 | 422 => Failure::bad_input(said("field").unwrap_or("action"), "error.bad_input"),
        500..=599 => Failure::new(Exit::Network, "error.city"),
        _ => Failure::new(Exit::Network, "error.not_a_city"),
    };
    // The city's own words stand beside ours, unchanged.
    Err(match said("description") {
        Some(text) => failure.saying(text.chars().take(500).collect::<String>()),
        None => failure,
    })
}
