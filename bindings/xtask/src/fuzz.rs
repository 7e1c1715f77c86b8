//! `cargo xtask fuzz`: libFuzzer on what reads hostile photos, the C codec under the address sanitizer.
//!
//! Works on the toolchain that is there: sanitizers are an unstable flag of a stable compiler, which `RUSTC_BOOTSTRAP`
//! unlocks. The C code is built by clang where it is there, for its edges to count too; with another compiler it has the
//! sanitizer alone. Its vector code is left out (`tests/fuzz/Cargo.toml`): no sanitizer sees into an assembler.
//!
//! Starts from the files that `core/photo/examples/seeds.rs` makes and from those of `tests/fuzz/seeds`, which every day's
//! tests read as well. What crashes is put there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::shell;

/// The targets of `tests/fuzz`, in the order in which they are run.
pub(crate) const TARGETS: [&str; 3] = ["front_door", "metadata", "decoder"];

/// No photo that tells something new is longer; a longer one only takes time.
const LONGEST: u32 = 16_384;

/// What a run has seen.
struct Seen {
    executions: u64,
    edges: u64,
    /// What crashed the target, where something did.
    crashes: Vec<PathBuf>,
}

/// Fuzzes `targets` for so many minutes each.
///
/// # Errors
/// When a tool is missing, a target does not build, or one crashes.
pub(crate) fn run(project: &Project, minutes: u32, targets: &[&str]) -> io::Result<()> {
    if shell::ask(&mut shell::cargo(project, "fuzz --version")).is_none() {
        return Err(io::Error::other(
            "cargo-fuzz is missing: `cargo install --locked cargo-fuzz`",
        ));
    }
    let folder = project.root.join("tests/fuzz");
    let made = folder.join("corpus/made");
    let mut seeds = shell::cargo(project, "run --quiet -p phananh-photo --example seeds --");
    shell::must(seeds.arg(&made))?;
    let mut found = Vec::new();
    for target in targets {
        let seen = fuzz(project, &folder, &made, target, minutes)?;
        println!(
            "{target}: {} executions, {} edges, {} crashes",
            seen.executions,
            seen.edges,
            seen.crashes.len()
        );
        found.extend(keep(&folder, target, &seen.crashes)?);
    }
    if found.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = found.iter().map(|path| path.display().to_string()).collect();
    Err(io::Error::other(format!(
        "crashed by {}: mend it, and keep the file as a seed",
        names.join(", ")
    )))
}

fn fuzz(project: &Project, folder: &Path, made: &Path, target: &str, minutes: u32) -> io::Result<Seen> {
    let (corpus, crashes) = (
        folder.join("corpus").join(target),
        folder.join("artifacts").join(target),
    );
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&crashes)?;
    let before = files(&crashes)?;
    let mut command = shell::cargo(project, "fuzz run --fuzz-dir tests/fuzz --sanitizer address");
    command.arg(target).arg(&corpus).arg(made);
    let seeds = folder.join("seeds").join(target);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    command.arg("--").args([
        format!("-max_total_time={}", u64::from(minutes) * 60),
        format!("-max_len={LONGEST}"),
        "-fork=0".to_owned(),
        "-timeout=10".to_owned(),
        "-rss_limit_mb=1024".to_owned(),
        "-print_final_stats=1".to_owned(),
    ]);
    command.env("RUSTC_BOOTSTRAP", "1");
    let mut flags = "-fsanitize=address -fno-omit-frame-pointer -g1 -DPHOTO_INPUT_BYTES=256".to_owned();
    if shell::has("clang") {
        flags += " -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp";
        command.env("CC", "clang");
    } else {
        println!("clang is missing: edges of the C code are not counted, and found more slowly");
    }
    command.env("CFLAGS", flags);
    let ended = shell::run(&mut command)?;
    let new: Vec<_> = files(&crashes)?
        .into_iter()
        .filter(|file| !before.contains(file))
        .collect();
    let executions = after(&ended.output, "stat::number_of_executed_units:").unwrap_or(0);
    if !ended.success && new.is_empty() {
        return Err(io::Error::other(format!("{target} did not run")));
    }
    Ok(Seen {
        executions,
        edges: after(&ended.output, " cov: ").unwrap_or(0),
        crashes: new,
    })
}

/// The number that follows the last `label`.
fn after(output: &str, label: &str) -> Option<u64> {
    let (_, rest) = output.rsplit_once(label)?;
    rest.split_whitespace().next()?.parse().ok()
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// Crashes become seeds.
fn keep(folder: &Path, target: &str, crashes: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let seeds = folder.join("seeds").join(target);
    if !crashes.is_empty() {
        fs::create_dir_all(&seeds)?;
    }
    let kept = crashes.iter().filter_map(|crash| {
        let seed = seeds.join(crash.file_name()?);
        Some(fs::copy(crash, &seed).map(|_| seed))
    });
    kept.collect()
}
