//! Runs every scenario of `files/`: `cargo test -p phananh-scenarios --test run -- [--seed N] [WORD...]`.
//!
//! `PHANANH_SCENARIOS=DIR` names another folder, here as for every language's runner.
//!
//! A word keeps the scenarios whose names contain it; a seed takes the place of each file's own, to move every draw.

#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs, io};

use phananh_scenarios::{Scenario, run};
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let wanted = match Wanted::read(env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(why) => return broken(&why),
    };
    let folder = env::var_os("PHANANH_SCENARIOS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("files"),
        PathBuf::from,
    );
    let files = match scenarios(&folder) {
        Ok(files) if !files.is_empty() => files,
        Ok(_) => return broken("there are no scenarios"),
        Err(error) => return broken(&format!("{}: {error}", folder.display())),
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return broken(&error.to_string()),
    };
    let (mut passed, mut failed) = (0, 0);
    for (name, path) in files {
        if !wanted.names(&name) {
            continue;
        }
        let begun = Instant::now();
        match holds(&runtime, &path, wanted.seed) {
            Ok(says) => {
                passed += 1;
                println!(
                    "scenario {name} ok {:.2} s: {says}",
                    begun.elapsed().as_secs_f64()
                );
            }
            Err(trouble) => {
                failed += 1;
                println!("scenario {name} FAILED: {trouble}");
            }
        }
    }
    println!("\n{passed} passed, {failed} failed, 0 skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What the command line asks for.
struct Wanted {
    seed: Option<u64>,
    words: Vec<String>,
}

impl Wanted {
    fn read(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut wanted = Self {
            seed: None,
            words: Vec::new(),
        };
        while let Some(word) = given.next() {
            match word.as_str() {
                "--seed" => {
                    let number = given.next().and_then(|number| number.parse().ok());
                    wanted.seed = Some(number.ok_or("--seed wants a number")?);
                }
                // What Cargo and IDEs hand to every test binary means nothing here.
                flag if flag.starts_with('-') => {}
                _ => wanted.words.push(word),
            }
        }
        Ok(wanted)
    }

    fn names(&self, scenario: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| scenario.contains(word.as_str()))
    }
}

fn scenarios(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let (Some(stem), Some("json")) = (path.file_stem(), path.extension().and_then(|e| e.to_str())) {
            files.push((stem.to_string_lossy().into_owned(), path));
        }
    }
    files.sort();
    Ok(files)
}

/// Runs one file in a task of its own, so that a panic is one failure and not the end of all.
fn holds(runtime: &Runtime, path: &Path, seed: Option<u64>) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut scenario = Scenario::parse(&text).map_err(|trouble| trouble.to_string())?;
    scenario.seed = seed.unwrap_or(scenario.seed);
    let says = scenario.says.clone();
    let running = runtime.spawn(async move { run(&scenario).await.map_err(|trouble| trouble.to_string()) });
    runtime
        .block_on(running)
        .map_err(|error| error.to_string())?
        .map(|()| says)
}

fn broken(why: &str) -> ExitCode {
    println!("{why}\n\n0 passed, 1 failed, 0 skipped");
    ExitCode::FAILURE
}
