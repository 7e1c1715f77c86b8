//! What each command does: one file a subject. A command calls the core and gives an answer; it decides nothing.

mod audit;
mod city;
mod delivery;
mod doctor;
mod draft;
mod emergency;
mod follow;
mod me;
mod photo;
mod place;
mod public;
mod score;
mod services;
mod shrink;

use clap::CommandFactory;
use serde_json::json;

use crate::args::{Cli, Command, Globals, OwnCommand, PictureCommand};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Answer, Output, Page, Reader, Words};

/// Carries out a command.
pub(crate) async fn run(globals: &Globals, command: Command, output: Output) -> Result<Answer, Failure> {
    match command {
        Command::City(city) => city::run(globals, output, city).await,
        Command::Desk(desk) => crate::desk::run(globals, output, desk).await,
        Command::Picture(picture) => on_picture(output.words, &picture),
        Command::Doctor(args) => doctor::run(globals, output, &args).await,
        #[cfg(feature = "demo")]
        Command::Demo(demo) => Box::pin(crate::demo::run(output, &demo)).await,
        Command::Completions { shell } => Ok(completions(output, shell)),
        // Numbers to call in danger stand above a store that cannot be opened, and wait for no photo.
        Command::Own(OwnCommand::Emergency(report)) => {
            let name = report.report.as_deref();
            let done = match Context::open(globals, output).await {
                Ok(context) => {
                    let done = emergency::run(&context, name).await;
                    closing(context, done).await
                }
                Err(failure) => Err(failure),
            };
            done.or_else(|failure| emergency::without_store(globals, output, name, failure))
        }
        Command::Own(own) => {
            let mut context = Context::open(globals, output).await?;
            let done = match context.finish_photos().await {
                Ok(()) => with_store(&context, own).await,
                Err(failure) => Err(failure),
            };
            closing(context, done).await
        }
    }
}

/// Carries out a command on a picture alone, which needs no runtime.
pub(crate) fn on_picture(words: Words, command: &PictureCommand) -> Result<Answer, Failure> {
    match command {
        PictureCommand::Shrink(shrink) => shrink::run(words, shrink),
        PictureCommand::Score(scored) => score::run(scored),
        PictureCommand::Audit { file } => audit::run(words, file),
    }
}

/// Lets the store go, whatever came of the command.
async fn closing(mut context: Context, done: Result<Answer, Failure>) -> Result<Answer, Failure> {
    let warnings = std::mem::take(&mut context.warnings);
    let closed = context.close().await;
    done.and_then(|answer| closed.map(|()| answer.beside(&warnings)))
}

async fn with_store(context: &Context, command: OwnCommand) -> Result<Answer, Failure> {
    match command {
        OwnCommand::Draft(draft) => draft::run(context, draft).await,
        OwnCommand::Answer(answers) => draft::answer(context, answers).await,
        OwnCommand::Photo(photo) => photo::run(context, photo).await,
        OwnCommand::Place(place) => place::run(context, place).await,
        OwnCommand::Submit(report) => delivery::submit(context, &report.report).await,
        OwnCommand::Recall(report) => delivery::recall(context, &report.report).await,
        OwnCommand::Retry(report) => delivery::retry(context, &report.report).await,
        OwnCommand::Decide(decision) => delivery::decide(context, &decision).await,
        OwnCommand::Send(send) => delivery::send(context, &send).await,
        OwnCommand::Queue => delivery::queue(context).await,
        OwnCommand::Why(report) => delivery::why(context, &report.report).await,
        OwnCommand::Sync => follow::sync(context).await,
        OwnCommand::List(list) => follow::list(context, list).await,
        OwnCommand::Status(report) => follow::status(context, report.report.as_deref()).await,
        OwnCommand::Message(message) => follow::message(context, message).await,
        OwnCommand::Follow { case } => follow::begin(context, case).await,
        OwnCommand::Unfollow(report) => follow::end(context, &report.report).await,
        OwnCommand::Feed(args) => public::feed(context, args).await,
        OwnCommand::Announcements(args) => public::announcements(context, args).await,
        OwnCommand::Numbers(args) => public::numbers(context, args).await,
        OwnCommand::Services { query } => services::list(context, query.as_deref()).await,
        OwnCommand::Service { code } => services::one(context, &code).await,
        OwnCommand::Emergency(report) => emergency::run(context, report.report.as_deref()).await,
        OwnCommand::Me(me) => me::run(context, me).await,
    }
}

fn completions(output: Output, shell: clap_complete::Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "phananh", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let page = match output.reader {
        Reader::Person => Page::verbatim(script.clone()),
        Reader::Script => Page::new(),
    };
    Answer::new(json!({"shell": shell.to_string(), "script": script}), page)
}
