//! Exchanges as they went over the line, told so that they read the same at each run: what is random gets a number,
//! long answers are cut to the members that matter.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Map, Value};

use super::{DESK, PARKS_DESK, TestCity};

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    Anybody,
    Owner(&'a str),
    Session(&'a str),
    Centre,
    Agency,
}

/// What is sent.
pub(crate) enum Body<'a> {
    Nothing,
    Form(&'a [(&'a str, &'a str)]),
    Json(Value),
}

/// Exchanges by name.
pub(crate) struct Recorder<'c> {
    city: &'c TestCity,
    pub(crate) recorded: BTreeMap<String, String>,
    /// What is random, and what stands for it.
    stands_for: Vec<(String, String)>,
    /// Members that are shown of a whole case; of anything else all are.
    shown_of_a_case: &'static [&'static str],
}

/// An answer that has this member is a case or a row, and is cut.
const MARK_OF_A_CASE: &str = "requested_datetime";
const WIDTH: usize = 132;

impl<'c> Recorder<'c> {
    pub(crate) fn new(city: &'c TestCity, shown_of_a_case: &'static [&'static str]) -> Self {
        Self {
            city,
            recorded: BTreeMap::new(),
            stands_for: vec![(city.running.url().to_owned(), "https://city.example".to_owned())],
            shown_of_a_case,
        }
    }

    /// From here on `random` is told as `instead`.
    pub(crate) fn tell_as(&mut self, random: &str, instead: &str) {
        if !random.is_empty() && !self.stands_for.iter().any(|(known, _)| known == random) {
            self.stands_for.push((random.to_owned(), instead.to_owned()));
        }
    }

    /// Sends, records under `name`, and returns the answer.
    pub(crate) async fn exchange(
        &mut self,
        name: &str,
        request: (Method, &str),
        who: As<'_>,
        body: Body<'_>,
    ) -> Value {
        let (method, path) = request;
        let mut text = format!("{method} {path}\n");
        let mut sent = self.city.http.request(method, self.city.url(path));
        sent = match who {
            As::Anybody => sent,
            As::Owner(secret) => {
                text += &format!("Owner-Secret: {secret}\n");
                sent.header("Owner-Secret", secret)
            }
            As::Session(token) => {
                text += &format!("Authorization: Bearer {token}\n");
                sent.bearer_auth(token)
            }
            As::Centre => {
                text += "Authorization: Bearer CENTRE\n";
                sent.bearer_auth(DESK)
            }
            As::Agency => {
                text += "Authorization: Bearer AGENCY\n";
                sent.bearer_auth(PARKS_DESK)
            }
        };
        sent = match body {
            Body::Nothing => sent,
            Body::Form(fields) => {
                text += "\n";
                for (name, value) in fields {
                    text += &format!("{name}={value}\n");
                }
                sent.form(fields)
            }
            Body::Json(json) => {
                text += &format!("\n{}\n", layout(&json, 0));
                sent.json(&json)
            }
        };
        let response = sent.send().await.unwrap();
        text += &format!("\n{}\n", response.status().as_u16());
        if let Some(wait) = response.headers().get("retry-after") {
            text += &format!("Retry-After: {}\n", wait.to_str().unwrap());
        }
        let answered = response.text().await.unwrap();
        let answer: Value = serde_json::from_str(&answered).unwrap_or(Value::Null);
        for (member, named) in [("access_token", "ACCESS"), ("refresh_token", "REFRESH")] {
            let number = self
                .stands_for
                .iter()
                .filter(|(_, instead)| instead.starts_with(named))
                .count()
                + 1;
            self.tell_as(
                answer[member].as_str().unwrap_or(""),
                &format!("{named}-{number}"),
            );
        }
        if !answered.is_empty() {
            text += &format!("{}\n", layout(&self.cut(&answer), 0));
        }
        let told = self.steady(&text);
        assert!(
            self.recorded.insert(name.to_owned(), told).is_none(),
            "{name} twice"
        );
        answer
    }

    /// Random ids (32 hex digits) are numbered in the order in which they are first seen.
    fn steady(&mut self, text: &str) -> String {
        let mut told = text.to_owned();
        for (random, instead) in &self.stands_for {
            told = told.replace(random, instead);
        }
        let is_hex = |sign: char| sign.is_ascii_digit() || ('a'..='f').contains(&sign);
        let words: Vec<String> = told.split(|sign| !is_hex(sign)).map(str::to_owned).collect();
        for word in words
            .into_iter()
            .filter(|word| word.len() == 32 && !word.starts_with("0000"))
        {
            let numbered = format!("{:032x}", self.stands_for.len());
            told = told.replace(&word, &numbered);
            self.tell_as(&word, &numbered);
        }
        told
    }

    fn cut(&self, value: &Value) -> Value {
        match value {
            Value::Array(list) => list.iter().map(|one| self.cut(one)).collect(),
            Value::Object(members) => {
                let is_case = members.contains_key(MARK_OF_A_CASE) && !members.contains_key("seq");
                let keep = |name: &str| !is_case || self.shown_of_a_case.contains(&name);
                let mut kept: Map<String, Value> = members
                    .iter()
                    .filter(|(name, value)| keep(name) && !(is_case && value.is_null()))
                    .map(|(name, value)| (name.clone(), self.cut(value)))
                    .collect();
                if is_case {
                    kept.insert("…".to_owned(), Value::from("…"));
                }
                kept.into()
            }
            other => other.clone(),
        }
    }
}

/// JSON on one line where it fits, else a member a line.
fn layout(value: &Value, indent: usize) -> String {
    let compact = value.to_string();
    if indent + compact.chars().count() <= WIDTH {
        return compact;
    }
    let inner = " ".repeat(indent + 2);
    let (open, lines, close) = match value {
        Value::Array(list) => {
            let lines: Vec<String> = list
                .iter()
                .map(|one| format!("{inner}{}", layout(one, indent + 2)))
                .collect();
            ('[', lines, ']')
        }
        Value::Object(members) => {
            let line = |(name, one): (&String, &Value)| {
                format!(
                    "{inner}{}: {}",
                    Value::from(name.as_str()),
                    layout(one, indent + 2)
                )
            };
            ('{', members.iter().map(line).collect(), '}')
        }
        _ => return compact,
    };
    format!("{open}\n{}\n{}{close}", lines.join(",\n"), " ".repeat(indent))
}

/// Puts what was recorded between the marks of a page; also says which marks nothing was recorded for, and what was
/// recorded and has no mark.
pub(crate) fn put_into(page: &str, recorded: &BTreeMap<String, String>) -> (String, Vec<String>) {
    let mut unmatched: Vec<String> = recorded.keys().cloned().collect();
    let mut told = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        told += line;
        told += "\n";
        let Some(name) = line
            .strip_prefix("<!-- recorded: ")
            .and_then(|line| line.strip_suffix(" -->"))
        else {
            continue;
        };
        match recorded.get(name) {
            Some(_) => unmatched.retain(|other| other != name),
            None => unmatched.push(name.to_owned()),
        }
        told += &format!(
            "```http\n{}```\n<!-- end -->\n",
            recorded.get(name).map_or("", String::as_str)
        );
        let _ = lines.by_ref().find(|line| *line == "<!-- end -->");
    }
    (told, unmatched)
}
