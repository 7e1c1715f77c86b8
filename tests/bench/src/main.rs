//! What the core costs, beside what people use today: `cargo xtask bench`.
//!
//! Every figure is of a *whole process*, started as anyone would start it: what a user pays, with nothing left out and nothing
//! warmed up. Two programs are compared in one run, in turns, and told as a ratio, since a machine's speed differs from hour
//! to hour and its ratios hardly do. A figure is told and never asserted: a goal that is missed stands as missed.
//!
//! `figures` is the arithmetic, `measure` a process and its cost, `docs` the page that figures are written into; `photo` is a
//! bench, with the programs it compares in `photo/tools`.
#![allow(clippy::print_stdout, reason = "a bench talks on standard output")]

mod docs;
mod figures;
mod goal;
mod machine;
mod measure;
mod photo;
mod tell;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// What the core costs, beside what people use today.
#[derive(Parser)]
#[command(name = "phananh-bench", about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The photo pipeline
    Photo(photo::PhotoArgs),
    /// The naive way: decode whole, Lanczos3, encode, all by the `image` crate
    #[command(hide = true)]
    Naive(photo::NaiveArgs),
    /// Run one program and print its cost as JSON
    #[command(hide = true)]
    Once {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<OsString>,
    },
}

/// Where a bench finds things, and how it tells what it found.
#[derive(Args)]
pub(crate) struct Place {
    /// The project
    #[arg(long, value_name = "DIR")]
    root: PathBuf,
    /// The `phananh` to measure
    #[arg(long, value_name = "FILE")]
    phananh: PathBuf,
    /// Where peers are installed and pictures are made
    #[arg(long, value_name = "DIR")]
    cache: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// Write the figures into docs/benchmarks.md, too
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Photo(args) => photo::run(&args),
        Task::Naive(args) => photo::naive(&args),
        Task::Once { command } => measure::once(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("bench: {trouble}");
            ExitCode::FAILURE
        }
    }
}
