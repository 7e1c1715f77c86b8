//! Every task of the project, in one program: `cargo xtask TASK`.
//!
//! A task is a plain function over the [`Project`] it runs in. What a task starts goes through [`shell`], what
//! it counts through [`tally`], so that the closing line `N passed, N failed, N skipped` is a sum and never an
//! opinion. Tasks that are not built yet are unknown here rather than pretended.
#![allow(clippy::print_stdout, reason = "a task runner talks on standard output")]

mod bench;
mod bindgen;
mod doctor;
mod fuzz;
mod guide;
mod planted;
mod project;
mod rings;
mod scenarios;
mod shell;
mod surface;
mod tally;
mod test;
mod toolchains;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::bench::Bench;
use crate::bindgen::{Language, Library};
use crate::project::Project;
use crate::rings::Ring;

/// Every task of the project.
///
/// New here? `cargo xtask doctor` says what this machine has and lacks, `cargo xtask test rust` is the ring to
/// run before a commit, `cargo xtask test` is what CI runs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

const AFTER_HELP: &str = "\
Environment:
  PHANANH_SHARED=DIR  real data for tests (default: ../shared); tests that need
                      it count as skipped where it is absent
  PHANANH_CACHE=DIR   downloaded tools and chroots (default: ~/.cache/phananh,
                      or phananh in $XDG_CACHE_HOME)
  PHANANH_SCENARIOS=DIR
                      scenario files of another folder, in every language
  CI=true             missing shared data is a failure, and Cargo.lock must be
                      up to date

Exit codes: 0 all held, 1 something failed, 2 usage.";

#[derive(Subcommand)]
enum Task {
    /// Run all rings of checks, or only those named, and print a phase table and the counts
    ///
    /// rust: format, clippy, rustdoc, licences and bans, all Rust tests, the word catalogues.
    /// python: the library as a phone would load it, through its Python bindings, and every scenario.
    /// kotlin: its Kotlin bindings on a JVM, and every scenario (compiler and libraries from Maven).
    /// swift: its Swift bindings on Linux, and every scenario, in a Debian chroot (root, Linux).
    /// mobile: type-checks the library for Android and iOS in a Debian chroot (root, Linux).
    /// planted: the slips of tests/planted must be caught.
    #[command(verbatim_doc_comment)]
    Test {
        /// Rings to run, in this order (default: all)
        rings: Vec<Ring>,
    },
    /// Plant each slip of tests/planted in a scratch copy and expect its check to turn red
    ///
    /// A slip is NAME.patch with two comment lines on top:
    ///   # check: cargo test -p phananh-engine --test drain
    ///   # slip: the outbox mints a new key at every attempt
    /// The check must be green without the patch and fail with it, by a failed test and not by a build error;
    /// a third line `# expects: build` says that the compiler is the check. Prints `caught NAME` or
    /// `MISSED NAME`; a patch that no longer applies is a miss.
    #[command(verbatim_doc_comment)]
    Planted {
        /// Only the slip of this name (default: all)
        name: Option<String>,
    },
    /// Write the word catalogues of Android and iOS from the one in core/domain
    ///
    /// The terminal shell reads the catalogue in core/domain itself and needs no file.
    Words {
        /// Write nothing; fail if a committed catalogue differs or an entry is incomplete
        #[arg(long)]
        check: bool,
    },
    /// Build the library (debug) and generate its bindings for one language beside a copy of it
    Bindgen {
        /// The language of the bindings
        language: Language,
        /// The folder to write to; made if missing
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Measure beside what people use today, and print each goal with its figure
    #[command(subcommand)]
    Bench(Bench),
    /// Fuzz what reads hostile photos, the C codec under the address sanitizer; prints executions and edges
    ///
    /// Needs cargo-fuzz, and clang for the edges of the C code. What crashes a target is copied to tests/fuzz/seeds,
    /// which the everyday tests read.
    #[command(verbatim_doc_comment)]
    Fuzz {
        /// Minutes for each target
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        minutes: u32,
        /// Only this target (default: all, one after the other)
        #[arg(long, value_parser = fuzz::TARGETS)]
        target: Option<String>,
    },
    /// Write down what the libraries export: bindings/ffi/surface.txt and tests/harness/surface.txt
    ///
    /// The rings compare; a change that is meant is written with this and told in CHANGELOG.md.
    Surface,
    /// Say what this machine has and what is missing, ring by ring
    Doctor,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = Project::here().and_then(|project| match arguments.task {
        Task::Test { rings } => test::run(&project, &rings),
        Task::Planted { name } => planted::run(&project, name.as_deref()),
        Task::Words { check: true } => words::check(&project),
        Task::Words { check: false } => words::write(&project),
        Task::Bindgen { language, out } => bindgen::run(&project, Library::Shipped, language, &out),
        Task::Bench(bench) => bench::run(&project, &bench),
        Task::Fuzz { minutes, target } => {
            let all = fuzz::TARGETS;
            match &target {
                Some(target) => fuzz::run(&project, minutes, &[target.as_str()]),
                None => fuzz::run(&project, minutes, &all),
            }
        }
        Task::Surface => surface::write(&project),
        Task::Doctor => doctor::run(&project),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("cargo xtask: {trouble}");
            ExitCode::FAILURE
        }
    }
}
