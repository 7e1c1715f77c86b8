//! The one place that writes to the terminal.
//!
//! A command gives an [`Answer`]: the same facts twice, as JSON for scripts and as a page for people. It is written
//! only after the call of the core returned, so "saved" is never said before it is true, and flushed at once. Answers
//! go to standard output; failures too where a script reads (`--json`), else to standard error.

pub(crate) mod page;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod texts;
pub(crate) mod words;

use std::io::{self, Write};

use console::Term;
use phananh_domain::profile::ProfileProblem;
use serde_json::{Value, json};

pub(crate) use page::{Page, Span, Tone, short, size};
pub(crate) use words::Words;

use crate::exit::{Exit, Failure, Warning};
use page::Sheet;

/// What a command has to say.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) page: Page,
    pub(crate) exit: Exit,
}

impl Answer {
    pub(crate) fn new(json: Value, page: Page) -> Self {
        Self {
            json,
            page,
            exit: Exit::Done,
        }
    }

    /// One line for people.
    pub(crate) fn line(json: Value, text: impl Into<Span>) -> Self {
        let mut page = Page::new();
        page.line(text);
        Self::new(json, page)
    }

    pub(crate) fn ending(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// What scripts are to know beside the answer; people were told on standard error.
    pub(crate) fn beside(mut self, warnings: &[Warning]) -> Self {
        if let (false, Some(members)) = (warnings.is_empty(), self.json.as_object_mut()) {
            let told = warnings
                .iter()
                .map(|warning| json!({"code": warning.code, "message": warning.message}));
            members.insert("warnings".to_owned(), told.collect());
        }
        self
    }
}

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Person,
    Script,
}

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) words: Words,
    pub(crate) reader: Reader,
}

impl Output {
    /// Writes an answer.
    pub(crate) fn answer(&self, answer: &Answer) {
        match self.reader {
            Reader::Script => out(&format!("{}\n", answer.json)),
            Reader::Person => self.page(&answer.page),
        }
    }

    /// Writes a step of something long, for people only.
    pub(crate) fn page(&self, page: &Page) {
        if self.reader == Reader::Person {
            out(&page.render(Sheet::of(&Term::stdout(), console::colors_enabled())));
        }
    }

    /// Writes what is to be known beside the answer, whoever reads: it stands on standard error.
    pub(crate) fn warning(warning: &Warning) {
        let mut page = Page::new();
        page.toned(Tone::Warn, warning.message.as_str());
        to_stderr(&page);
    }

    /// Writes what went wrong.
    pub(crate) fn failure(&self, failure: &Failure) {
        let words = self.words;
        let message = words.failure(failure);
        if self.reader == Reader::Script {
            let mut object =
                json!({"error": failure.code, "message": message, "problems": self.problems(failure)});
            if let Some(members) = object.as_object_mut() {
                for (name, value) in [("field", &failure.field), ("detail", &failure.detail)] {
                    if let Some(value) = value {
                        members.insert(name.to_owned(), json!(value));
                    }
                }
            }
            return out(&format!("{object}\n"));
        }
        let mut page = Page::new();
        page.toned(Tone::Bad, message);
        for problem in &failure.problems {
            page.line(format!("  - {}", words.problem(problem, &failure.values)));
        }
        if let Some(mistake) = &failure.mistake {
            page.line(format!("  - {}", mistake.tell(words.0)));
        }
        if let Some(detail) = &failure.detail {
            page.toned(Tone::Calm, format!("  {detail}"));
        }
        to_stderr(&page);
    }

    fn problems(&self, failure: &Failure) -> Vec<Value> {
        let mistake = failure
            .mistake
            .iter()
            .map(|mistake| mistake_json(self.words, mistake));
        let problems = failure.problems.iter();
        problems
            .map(|problem| problem_json(self.words, problem, &failure.values))
            .chain(mistake)
            .collect()
    }
}

/// A problem of a report for scripts.
pub(crate) fn problem_json(
    words: Words,
    problem: &phananh_domain::validate::Problem,
    values: &[(&'static str, String)],
) -> Value {
    json!({
        "field": problem.field,
        "code": problem.code,
        "severity": problem.severity,
        "message": words.problem(problem, values),
    })
}

/// A mistake in a city profile for scripts.
pub(crate) fn mistake_json(words: Words, mistake: &ProfileProblem) -> Value {
    json!({
        "field": mistake.path, "code": mistake.code, "severity": mistake.severity,
        "message": mistake.tell(words.0), "found": mistake.found,
        "allowed": mistake.allowed.map(|form| form.tell(words.0)), "nearest": mistake.nearest,
    })
}

/// Writes to standard error.
pub(crate) fn to_stderr(page: &Page) {
    let sheet = Sheet::of(&Term::stderr(), console::colors_enabled_stderr());
    let _ = io::stderr().lock().write_all(page.render(sheet).as_bytes());
}

/// A reader that left is no reason to fail: the work is done.
fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
