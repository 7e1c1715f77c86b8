//! A look at this machine and its way to the city: what is wrong, and what to do about each.
//!
//! Every check is made, whatever the others found: a full disk does not hide a wrong address. A check gives a
//! [`Finding`]; the first that is wrong decides the exit code. Nobody but the city is asked.

mod disk;
mod server;
mod texts;

use std::path::PathBuf;

use phananh_engine::client::CityView;
use serde_json::{Value, json};

use crate::args::{DoctorArgs, Globals};
use crate::context::{Context, FIRST_CITY, Folders, read_profile};
use crate::exit::{Exit, Failure};
use crate::http::{self, Patience};
use crate::output::{Answer, Output, Page, Span, Tone, Words};
use texts::{Bilingual, both};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Good,
    /// Worth knowing; nothing stops for it.
    Warn,
    /// It keeps reports from being written or sent: with this exit.
    Bad(Exit),
}

/// What a check found.
#[derive(Debug)]
struct Finding {
    check: Check,
    grade: Grade,
    /// For scripts: `ok`, `disk_full`, `clock_wrong`, `wrong_path`, …
    code: Box<str>,
    message: String,
}

/// What is looked at, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Data,
    Disk,
    Secrets,
    Address,
    Connection,
    Clock,
}

impl Check {
    const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Disk => "disk",
            Self::Secrets => "secrets",
            Self::Address => "address",
            Self::Connection => "connection",
            Self::Clock => "clock",
        }
    }

    const fn label(self) -> Bilingual {
        match self {
            Self::Data => both("Dữ liệu", "Data"),
            Self::Disk => both("Bộ nhớ", "Disk"),
            Self::Secrets => both("Nơi giữ khóa", "Secrets"),
            Self::Address => both("Địa chỉ", "Address"),
            Self::Connection => both("Kết nối", "Connection"),
            Self::Clock => both("Đồng hồ", "Clock"),
        }
    }
}

impl Finding {
    fn good(check: Check, message: impl Into<String>) -> Self {
        Self {
            check,
            grade: Grade::Good,
            code: "ok".into(),
            message: message.into(),
        }
    }

    fn warn(check: Check, code: &str, message: impl Into<String>) -> Self {
        Self {
            grade: Grade::Warn,
            code: code.into(),
            ..Self::good(check, message)
        }
    }

    fn bad(check: Check, exit: Exit, code: &str, message: impl Into<String>) -> Self {
        Self {
            grade: Grade::Bad(exit),
            code: code.into(),
            ..Self::good(check, message)
        }
    }

    /// What a command would fail with.
    fn failed(check: Check, words: Words, failure: &Failure) -> Self {
        let code = failure
            .code
            .strip_prefix("error.")
            .or_else(|| failure.code.strip_prefix("profile."));
        let code = code.unwrap_or(&failure.code);
        let message = match &failure.detail {
            Some(detail) => format!("{}\n{detail}", words.failure(failure)),
            None => words.failure(failure),
        };
        Self::bad(check, failure.exit, code, message)
    }

    fn json(&self) -> Value {
        let result = match self.grade {
            Grade::Good => "good",
            Grade::Warn => "warn",
            Grade::Bad(_) => "bad",
        };
        json!({"check": self.check.name(), "result": result, "code": self.code, "message": self.message})
    }

    fn tone(&self) -> Tone {
        match self.grade {
            Grade::Good => Tone::Good,
            Grade::Warn => Tone::Warn,
            Grade::Bad(_) => Tone::Bad,
        }
    }
}

pub(super) async fn run(globals: &Globals, output: Output, args: &DoctorArgs) -> Result<Answer, Failure> {
    let words = output.words;
    let patience = Patience::of_silence(args.timeout);
    // An address that cannot be one is a finding among others, and not known to the store.
    let mistaken = globals
        .city
        .clone()
        .filter(|address| http::base(address).is_err());
    let known = match &mistaken {
        None => globals.clone(),
        Some(_) => Globals {
            city: None,
            ..globals.clone()
        },
    };
    let mut findings = Vec::new();
    let folders = match Folders::of(globals) {
        Ok(folders) => {
            findings.extend([
                disk::space(words, &folders.data),
                disk::secrets(words, &folders.secrets),
            ]);
            Some(folders)
        }
        Err(failure) => {
            findings.push(Finding::failed(Check::Data, words, &failure));
            None
        }
    };
    let city = match &folders {
        Some(folders) => match city(&known, output).await {
            Ok(city) => {
                let works = words.fill(texts::WORKS, &[("folder", &folders.data.display().to_string())]);
                findings.insert(0, Finding::good(Check::Data, works));
                Some(city)
            }
            Err(failure) if failure.exit == Exit::BadInput => return Err(failure),
            Err(failure) => {
                findings.insert(0, Finding::failed(Check::Data, words, &failure));
                None
            }
        },
        None => None,
    };
    // What the command line or the bundled profile says of the city needs no store.
    let (profile, endpoint) = match &city {
        Some(city) => (city.profile.clone(), Some(city.endpoint.clone())),
        None => {
            let profile = read_profile(globals.profile.as_deref().unwrap_or(FIRST_CITY))?;
            let endpoint = globals.city.clone().or_else(|| profile.endpoint.clone());
            (profile, endpoint)
        }
    };
    let endpoint = mistaken.or(endpoint).filter(|endpoint| !endpoint.is_empty());
    let asked = server::look(words, &profile, endpoint.as_deref(), patience).await;
    let skew_s = asked.skew_s;
    let reached = asked.is_city;
    findings.extend(asked.findings);

    let exit = findings.iter().find_map(|finding| match finding.grade {
        Grade::Bad(exit) => Some(exit),
        _ => None,
    });
    let network = findings
        .iter()
        .find(|finding| finding.check == Check::Connection && finding.grade != Grade::Good)
        .map(|finding| finding.code.clone());
    let path = |folder: fn(&Folders) -> &PathBuf| folders.as_ref().map(|f| folder(f).to_string_lossy());
    let json = json!({
        "data": path(|f| &f.data), "secrets": path(|f| &f.secrets),
        "profile": profile.name, "endpoint": endpoint, "reachable": reached, "network": network,
        "clock_skew_s": skew_s,
        "checks": findings.iter().map(Finding::json).collect::<Vec<_>>(),
    });
    let mut page = Page::new();
    let named = format!("{} ({})", profile.name, profile.label(words.0));
    page.fact(words.say(texts::PROFILE), named);
    for finding in &findings {
        page.fact(
            words.say(finding.check.label()),
            Span::new(finding.message.as_str(), finding.tone()),
        );
    }
    let (tone, verdict) = match exit {
        Some(_) => (Tone::Bad, texts::NOT_WELL),
        None => (Tone::Good, texts::WELL),
    };
    page.blank().toned(tone, words.say(verdict));
    Ok(Answer::new(json, page).ending(exit.unwrap_or(Exit::Done)))
}

/// The city that new drafts would be for.
async fn city(globals: &Globals, output: Output) -> Result<CityView, Failure> {
    let context = Context::open(globals, output).await?;
    let city = context.city().await;
    context.close().await?;
    city
}
