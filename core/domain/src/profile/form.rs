//! The form of a profile as data: what a member may be, walked once for every mistake.
//!
//! A reader that fills structs stops at the first value of the wrong kind, and knows nothing of what else was meant.
//! So what each member may be stands in a table (`members`), and one walk over the JSON compares the two:
//! every mistake with its path, what was found, what is allowed, and the known name that is nearest.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::{BoundingBox, ProfileProblem, ProfileProblemCode as Code};
use crate::validate::Severity;
use crate::words::{Language, render};

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// A text that a rule judges.
    Text(Rule),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A whole number.
    Whole {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// Any number.
    Number,
    /// `true` or `false`.
    Switch,
    /// A text, or one a language.
    Label,
    /// A list of at least `least`; no two of them with the same member `key`.
    List {
        /// What is in it.
        of: &'static Form,
        /// How many are needed.
        least: usize,
        /// The member that tells them apart.
        key: Option<&'static str>,
    },
    /// An object of members that are known.
    Members {
        /// All of them.
        members: &'static [Member],
        /// What an unknown member is, where it looks like no known one.
        strangers: Severity,
    },
    /// An object of exactly one of some members.
    OneOf(&'static [Member]),
    /// An object of any names.
    Named(&'static Form),
    /// A box on the earth, as an object or as GeoJSON's list.
    Box,
    /// The first of these that is of the kind found.
    Either(&'static [Form]),
    /// Anything: somebody else's to judge.
    Free,
}

/// What a text must be.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What is wrong with it, if anything.
    pub flaw: fn(&str) -> Option<(Code, Severity)>,
    /// Texts that are right, where they can be listed: to find the nearest.
    pub known: fn() -> Vec<String>,
}

impl Rule {
    /// Any text.
    pub const ANY: Self = Self {
        flaw: |_| None,
        known: Vec::new,
    };
    /// Any text but an empty one.
    pub const SOME: Self = Self {
        flaw: |text| text.trim().is_empty().then_some((Code::Empty, Severity::Blocks)),
        known: Vec::new,
    };
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub form: Form,
    /// Whether it may be missing.
    pub presence: Presence,
}

/// Whether a member may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may not.
    Required,
    /// It may; then a default holds.
    Optional,
    /// It may, and `null` says the same.
    Nullable,
}

impl Member {
    /// One that may not be missing.
    #[must_use]
    pub const fn required(name: &'static str, form: Form) -> Self {
        Self::new(name, form, Presence::Required)
    }

    /// One with a default.
    #[must_use]
    pub const fn optional(name: &'static str, form: Form) -> Self {
        Self::new(name, form, Presence::Optional)
    }

    /// One that may be `null` too.
    #[must_use]
    pub const fn nullable(name: &'static str, form: Form) -> Self {
        Self::new(name, form, Presence::Nullable)
    }

    const fn new(name: &'static str, form: Form, presence: Presence) -> Self {
        Self { name, form, presence }
    }
}

impl Form {
    /// What is allowed, in words.
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let say = |code: &str| render(&format!("form.{code}"), language, &[]);
        match self {
            Self::Text(_) => say("text"),
            Self::Word(words) => words.join(", "),
            Self::Whole { min, max } => render(
                "form.whole",
                language,
                &[("min", &min.to_string()), ("max", &max.to_string())],
            ),
            Self::Number => say("number"),
            Self::Switch => "true, false".to_owned(),
            Self::Label => say("label"),
            Self::List { .. } => say("list"),
            Self::Members { .. } | Self::Named(_) => say("object"),
            Self::OneOf(members) => {
                let names = members
                    .iter()
                    .map(|member| member.name)
                    .collect::<Vec<_>>()
                    .join(", ");
                render("form.one_of", language, &[("names", &names)])
            }
            Self::Box => say("box"),
            Self::Either(forms) => {
                let all = forms.iter().map(|form| form.tell(language)).collect::<Vec<_>>();
                all.join(&say("or"))
            }
            Self::Free => say("anything"),
        }
    }

    /// Whether a value is of this kind, right or not.
    fn is_kind_of(&self, value: &Value) -> bool {
        match self {
            Self::Text(_) | Self::Word(_) => value.is_string(),
            Self::Whole { .. } | Self::Number => value.is_number(),
            Self::Switch => value.is_boolean(),
            Self::Label => value.is_string() || value.is_object(),
            Self::List { .. } => value.is_array(),
            Self::Members { .. } | Self::OneOf(_) | Self::Named(_) => value.is_object(),
            Self::Box => value.is_object() || value.is_array(),
            Self::Either(forms) => forms.iter().any(|form| form.is_kind_of(value)),
            Self::Free => true,
        }
    }
}

/// All that is wrong with a value, in the order of the table; what nobody knows comes last.
pub(super) fn walk(form: &Form, value: &Value, path: &str, problems: &mut Vec<ProfileProblem>) {
    if !form.is_kind_of(value) {
        return problems.push(
            ProfileProblem::blocking(path, Code::WrongForm)
                .finding(value)
                .needing(*form),
        );
    }
    match (form, value) {
        (Form::Text(rule), Value::String(text)) => {
            if let Some((code, severity)) = (rule.flaw)(text) {
                let problem = ProfileProblem::new(path, code, severity);
                // A password is not repeated.
                let problem = match code {
                    Code::SecretInUrl => problem,
                    _ => problem.finding(value),
                };
                let known = (rule.known)();
                problems.push(problem.near(text, known.iter().map(String::as_str)));
            }
        }
        (Form::Word(words), Value::String(text)) if !words.contains(&text.as_str()) => {
            let problem = ProfileProblem::blocking(path, Code::NotAChoice);
            let problem = problem.finding(value).needing(*form);
            problems.push(problem.near(text, words.iter().copied()));
        }
        (Form::Whole { min, max }, Value::Number(number)) => {
            let is_whole = number.is_i64() || number.is_u64();
            let code = match number.as_u64() {
                Some(n) if (*min..=*max).contains(&n) => return,
                _ if is_whole => Code::OutOfRange,
                _ => Code::WrongForm,
            };
            problems.push(ProfileProblem::blocking(path, code).finding(value).needing(*form));
        }
        (Form::Label, _) => label(value, path, problems),
        (Form::List { of, least, key }, Value::Array(entries)) => {
            if entries.len() < *least {
                problems.push(ProfileProblem::blocking(path, Code::Empty));
            }
            let mut keys = BTreeSet::new();
            for (i, entry) in entries.iter().enumerate() {
                let path = format!("{path}[{i}]");
                walk(of, entry, &path, problems);
                let told = key.and_then(|key| Some((key, entry.get(key)?.as_str()?)));
                if let Some((key, told)) = told.filter(|(_, told)| !told.is_empty() && !keys.insert(*told)) {
                    let problem = ProfileProblem::blocking(&format!("{path}.{key}"), Code::Twice);
                    problems.push(problem.finding(&Value::from(told)));
                }
            }
        }
        (Form::Members { members, strangers }, Value::Object(object)) => {
            for member in *members {
                match (object.get(member.name), member.presence) {
                    (None, Presence::Required) => {
                        let problem = ProfileProblem::blocking(&below(path, member.name), Code::Missing);
                        problems.push(problem.needing(member.form));
                    }
                    (None, _) | (Some(Value::Null), Presence::Nullable) => {}
                    (Some(value), _) => walk(&member.form, value, &below(path, member.name), problems),
                }
            }
            let is_known = |name: &str| members.iter().any(|member| member.name == name);
            let absent = members.iter().map(|member| member.name);
            let absent: Vec<_> = absent.filter(|name| !object.contains_key(*name)).collect();
            for (name, value) in object.iter().filter(|(name, _)| !is_known(name)) {
                let path = below(path, name);
                problems.push(match nearest(name, absent.iter().copied()) {
                    // What is meant for a known member and is not read would silently mean its default.
                    Some(near) => {
                        let mut problem = ProfileProblem::blocking(&path, Code::Misspelt);
                        problem.nearest = Some(near.to_owned());
                        problem
                    }
                    None => ProfileProblem::new(&path, Code::UnknownMember, *strangers).finding(value),
                });
            }
        }
        (Form::OneOf(members), Value::Object(object)) => {
            let mut entries = object.iter();
            let (Some((name, value)), None) = (entries.next(), entries.next()) else {
                let problem = ProfileProblem::blocking(path, Code::WrongForm);
                return problems.push(problem.finding(value).needing(*form));
            };
            match members.iter().find(|member| member.name == name) {
                Some(member) => walk(&member.form, value, &below(path, name), problems),
                None => {
                    let problem = ProfileProblem::blocking(&below(path, name), Code::NotAChoice);
                    let problem = problem.finding(&Value::from(name.as_str())).needing(*form);
                    problems.push(problem.near(name, members.iter().map(|member| member.name)));
                }
            }
        }
        (Form::Named(of), Value::Object(object)) => {
            for (name, value) in object {
                walk(of, value, &below(path, name), problems);
            }
        }
        (Form::Box, _) => bbox(value, path, problems),
        (Form::Either(forms), _) => {
            if let Some(form) = forms.iter().find(|form| form.is_kind_of(value)) {
                walk(form, value, path, problems);
            }
        }
        _ => {}
    }
}

fn label(value: &Value, path: &str, problems: &mut Vec<ProfileProblem>) {
    let texts: Vec<(String, &Value)> = match value {
        Value::Object(texts) => texts
            .iter()
            .map(|(name, text)| (below(path, name), text))
            .collect(),
        text => vec![(path.to_owned(), text)],
    };
    for (path, text) in &texts {
        if !text.is_string() {
            let problem = ProfileProblem::blocking(path, Code::WrongForm);
            problems.push(problem.finding(text).needing(Form::Text(Rule::ANY)));
        }
    }
    let is_blank = |text: &Value| text.as_str().is_some_and(|text| text.trim().is_empty());
    if texts.iter().all(|(_, text)| is_blank(text)) {
        problems.push(ProfileProblem::new(path, Code::Empty, Severity::Warns));
    }
}

/// Edges of a box, as an object.
const EDGES: Form = Form::Members {
    members: &[
        Member::required("south", Form::Number),
        Member::required("west", Form::Number),
        Member::required("north", Form::Number),
        Member::required("east", Form::Number),
    ],
    strangers: Severity::Warns,
};

fn bbox(value: &Value, path: &str, problems: &mut Vec<ProfileProblem>) {
    let before = problems.len();
    match value {
        Value::Array(numbers) => {
            for (i, number) in numbers.iter().enumerate() {
                walk(&Form::Number, number, &format!("{path}[{i}]"), problems);
            }
        }
        _ => walk(&EDGES, value, path, problems),
    }
    if problems.len() > before {
        return;
    }
    let is_good = serde_json::from_value(value.clone()).is_ok_and(BoundingBox::is_on_earth);
    if !is_good {
        let problem = ProfileProblem::blocking(path, Code::BadBox);
        problems.push(problem.finding(value).needing(Form::Box));
    }
}

/// A member of a member.
fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

impl ProfileProblem {
    pub(super) fn new(path: &str, code: Code, severity: Severity) -> Self {
        Self {
            path: path.to_owned(),
            code,
            severity,
            found: None,
            allowed: None,
            nearest: None,
        }
    }

    pub(super) fn blocking(path: &str, code: Code) -> Self {
        Self::new(path, code, Severity::Blocks)
    }

    fn finding(mut self, value: &Value) -> Self {
        self.found = Some(shown(value));
        self
    }

    fn needing(mut self, form: Form) -> Self {
        self.allowed = Some(form);
        self
    }

    fn near<'a>(mut self, found: &str, known: impl Iterator<Item = &'a str>) -> Self {
        self.nearest = nearest(found, known).map(str::to_owned);
        self
    }

    /// The mistake as one or two sentences: where, what was found, what is allowed, what may be meant.
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let allowed = self.allowed.map(|form| form.tell(language)).unwrap_or_default();
        let found = self.found.as_deref().unwrap_or_default();
        let near = self.nearest.as_deref().unwrap_or_default();
        let values = [
            ("field", self.path.as_str()),
            ("found", found),
            ("allowed", &allowed),
            ("nearest", near),
        ];
        let mut told = render(&format!("profile.{}", self.code), language, &values);
        if self.nearest.is_some() && self.code != Code::Misspelt {
            // Writing to a String cannot fail.
            let _ = write!(told, ". {}", render("profile.nearest", language, &values));
        }
        told
    }
}

/// A value as it is shown: JSON, cut where it is long.
fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST {
        return text;
    }
    let cut: String = text.chars().take(MOST - 1).collect();
    format!("{cut}…")
}

/// The known name that a misspelt one was meant for: up to two letters apart, fewer of a short one; capitals, blanks
/// and the signs between words make no difference.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let bare = |text: &str| -> String {
        let letters = text.chars().take(80).filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let meant = bare(name);
    known
        .map(|known| (strsim::osa_distance(&meant, &bare(known)), known))
        .filter(|(distance, known)| *distance <= (known.chars().count() / 3).clamp(1, 2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
