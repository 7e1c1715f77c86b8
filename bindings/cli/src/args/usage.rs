//! A command line that is not understood, in the language of the reader: what was wrong, what is allowed, how to see
//! help. The parser knows English alone; what it found is taken from it and told in our words.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::values::Wanted;
use crate::output::texts::{Bilingual, both};
use crate::output::{Page, Tone, Words};

const UNKNOWN_OPTION: Bilingual = both("Không có tùy chọn {wrong}", "There is no option {wrong}");
const UNKNOWN_COMMAND: Bilingual = both("Không có lệnh {wrong}", "There is no command {wrong}");
const WRONG_VALUE: Bilingual = both(
    "{option} không nhận giá trị \"{wrong}\"",
    "{option} does not take the value \"{wrong}\"",
);
const NO_VALUE: Bilingual = both("{option} cần một giá trị", "{option} needs a value");
const MISSING: Bilingual = both("Còn thiếu: {option}", "Missing: {option}");
const NO_COMMAND: Bilingual = both("Còn thiếu tên lệnh", "The name of a command is missing");
const CONFLICT: Bilingual = both(
    "{option} không dùng được ở đây, hoặc đã ghi rồi",
    "{option} cannot be used here, or stands there already",
);
const NUMBER: Bilingual = both("một số", "a number");
const OTHER: Bilingual = both("Không hiểu lệnh này", "This command is not understood");
const ALLOWED: Bilingual = both("Được phép: {allowed}", "Allowed: {allowed}");
const MEANT: Bilingual = both("Có phải {meant}?", "Is {meant} meant?");
const USAGE: Bilingual = both("Cách dùng: {usage}", "Usage: {usage}");
const HELP: Bilingual = both("Xem thêm: {command} --help", "See also: {command} --help");

/// What is told of a command line that was not understood.
pub(crate) fn page(words: Words, error: &clap::Error) -> Page {
    let said = |kind| error.get(kind).map(text).unwrap_or_default();
    let option = said(ContextKind::InvalidArg);
    let value = said(ContextKind::InvalidValue);
    let command = said(ContextKind::InvalidSubcommand);
    let (what, wrong) = match error.kind() {
        ErrorKind::UnknownArgument => (UNKNOWN_OPTION, &option),
        ErrorKind::InvalidSubcommand => (UNKNOWN_COMMAND, &command),
        ErrorKind::InvalidValue if value.is_empty() => (NO_VALUE, &value),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (WRONG_VALUE, &value),
        ErrorKind::TooFewValues | ErrorKind::NoEquals => (NO_VALUE, &value),
        ErrorKind::MissingRequiredArgument => (MISSING, &value),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            (NO_COMMAND, &value)
        }
        ErrorKind::ArgumentConflict | ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            (CONFLICT, &value)
        }
        _ => (OTHER, &value),
    };
    let mut page = Page::new();
    page.toned(
        Tone::Bad,
        words.fill(what, &[("wrong", wrong), ("option", &option)]),
    );
    let wanted = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Wanted>());
    let allowed = match wanted {
        Some(Wanted::Form(form)) => words.say(*form).to_owned(),
        Some(Wanted::OneOf(choices)) => choices.clone(),
        None if what.en == NO_COMMAND.en || what.en == UNKNOWN_COMMAND.en => below(&command_meant()),
        None => match (said(ContextKind::ValidValue), std::error::Error::source(error)) {
            (valid, None) => valid,
            (_, Some(source)) => number(words, &source.to_string()),
        },
    };
    if !allowed.is_empty() {
        page.line(words.fill(ALLOWED, &[("allowed", &allowed)]));
    }
    let meant = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    if let Some(meant) = meant.into_iter().map(said).find(|meant| !meant.is_empty()) {
        page.line(words.fill(MEANT, &[("meant", &meant)]));
    }
    let usage = said(ContextKind::Usage);
    let usage = usage.trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        page.toned(Tone::Calm, words.fill(USAGE, &[("usage", usage)]));
    }
    let names = command_meant();
    let names = std::iter::once("phananh").chain(names.iter().map(String::as_str));
    let command = names.collect::<Vec<_>>().join(" ");
    page.toned(Tone::Calm, words.fill(HELP, &[("command", &command)]));
    page
}

/// The command as far as it was understood: `draft`, `new`.
fn command_meant() -> Vec<String> {
    let line = super::Cli::command();
    let mut here = &line;
    let mut path = Vec::new();
    for word in std::env::args_os().skip(1) {
        let word = word.to_string_lossy();
        if let Some(found) = here.find_subcommand(word.as_ref()) {
            path.push(word.into_owned());
            here = found;
        }
    }
    path
}

/// The names of the commands below one.
fn below(path: &[String]) -> String {
    let line = super::Cli::command();
    let here = path
        .iter()
        .try_fold(&line, |here, name| here.find_subcommand(name));
    let names = here.into_iter().flat_map(clap::Command::get_subcommands);
    names.map(clap::Command::get_name).collect::<Vec<_>>().join(", ")
}

/// What a number may be; the parser names its range as `16..=65535`.
fn number(words: Words, said: &str) -> String {
    match said.rsplit_once(" is not in ") {
        Some((_, range)) => range.replace("..=", " – ").replace("..", " – "),
        None => words.say(NUMBER).to_owned(),
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(all) => all.join(", "),
        ContextValue::StyledStr(styled) => styled.to_string(),
        ContextValue::StyledStrs(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
