//! The terminal shell of Phản Ánh: the demo, the hotline desk, scripting.
//!
//! Thin, like every shell: it reads a command line, calls [`phananh_engine::Client`], and says what came of it in the
//! language of the reader. `args` is the command line, `commands` what each command calls, `output` the one place that
//! writes, `exit` how a run ends. `desk` is the other side, an operator's; `http` what it and the doctor ask with.
//! `quality` judges pictures.

mod args;
mod commands;
mod context;
#[cfg(feature = "demo")]
mod demo;
mod desk;
mod exit;
mod http;
mod output;
mod quality;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use phananh_domain::words::Language;

use args::{Cli, Command};
use exit::{Exit, Failure};
use output::{Answer, Output, Reader, Words};

fn main() -> ExitCode {
    let line = args::taught(Cli::command());
    let cli = match line
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error),
    };
    let reader = if cli.globals.json {
        Reader::Script
    } else {
        Reader::Person
    };
    let output = Output {
        words: Words::choose(cli.globals.lang),
        reader,
    };
    if let Command::Picture(picture) = &cli.command {
        return finish(output, commands::on_picture(output.words, picture));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(Box::pin(commands::run(&cli.globals, cli.command, output))),
        Err(error) => Err(Failure::new(Exit::Storage, "error.internal")
            .with("id", "runtime")
            .saying(error)),
    };
    finish(output, done)
}

fn finish(output: Output, done: Result<Answer, Failure>) -> ExitCode {
    match done {
        Ok(answer) => {
            output.answer(&answer);
            answer.exit.into()
        }
        Err(failure) => {
            output.failure(&failure);
            failure.exit.into()
        }
    }
}

/// Help and version are no mistakes; anything else that clap does not understand is exit 2, as JSON where asked for.
fn misunderstood(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is left to tell where the terminal is gone.
        let _ = error.print();
        return Exit::Done.into();
    }
    let words = Words::choose(asked_language());
    let page = args::usage::page(words, error);
    if std::env::args_os().any(|argument| argument == "--json") {
        let output = Output {
            words,
            reader: Reader::Script,
        };
        output.failure(&Failure::new(Exit::Usage, "error.usage").saying(page.plain().trim()));
    } else {
        output::to_stderr(&page);
    }
    Exit::Usage.into()
}

/// The language of a command line that as a whole was not understood.
fn asked_language() -> Option<Language> {
    let mut rest = std::env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .skip_while(|argument| !argument.starts_with("--lang"));
    let option = rest.next()?;
    option
        .strip_prefix("--lang=")
        .map(str::to_owned)
        .or_else(|| rest.next())?
        .parse()
        .ok()
}
