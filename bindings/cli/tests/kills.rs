//! The real program, killed by SIGKILL at a system call: `draft edit` leaves the old words or the new ones, `photo add` of
//! two files leaves both or none, and what was said on stdout is there.
//!
//! `strace` sends the signal at the n-th call of a thread that touches files. Where there is no `strace`, or tracing is
//! forbidden, the tests count as skipped; where `CI=true` that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

mod support;

use std::process::{Command, ExitCode};

use serde_json::Value;
use support::{Phone, jpeg};

/// Calls by which something comes to the disk, or a thread waits for it.
const CALLS: &str = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink,close,futex";
/// A thread makes fewer of these in one run.
const LAST_CALL: u64 = 400;
const RUNS: usize = 24;

/// The same calls in every run of the test, spread over all of a run's.
fn calls() -> impl Iterator<Item = u64> {
    // Early calls are the denser half: the threads that do SQL make few.
    (0..RUNS as u64).map(|n| 1 + n * n * LAST_CALL / (RUNS * RUNS) as u64)
}

/// Runs the program and kills it at a call; what it said, if it lived long enough.
fn killed_at(phone: &Phone, call: u64, arguments: &[&str]) -> Option<Value> {
    let run = traced(
        phone,
        &["-e", &format!("inject={CALLS}:signal=SIGKILL:when={call}")],
    )
    .arg("--data")
    .arg(phone.data())
    .args(arguments)
    .arg("--json")
    .output()
    .unwrap();
    serde_json::from_slice(&run.stdout).ok()
}

fn traced(phone: &Phone, options: &[&str]) -> Command {
    let program = phone.program();
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={CALLS}")])
        .args(options)
        .arg(program.get_program())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in program.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    strace
}

/// Why the program cannot be traced here.
fn why_not() -> Option<String> {
    let phone = Phone::new();
    let run = match traced(&phone, &[]).arg("--version").output() {
        Err(error) => return Some(format!("strace cannot be run ({error})")),
        Ok(run) => run,
    };
    let errors = String::from_utf8_lossy(&run.stderr).trim().to_owned();
    (!run.status.success()).then(|| format!("tracing is forbidden here ({errors})"))
}

fn old_words_or_new_ones() {
    let phone = Phone::new();
    let code = phone.lamp();
    let mut before = "Đèn đường hỏng".to_owned();
    let (mut old, mut new) = (0, 0);
    for call in calls() {
        let words = format!("Đèn đường hỏng, lần {call}");
        let said = killed_at(&phone, call, &["draft", "edit", &code, "--text", &words]);
        let now = phone.json(&["draft", "show", &code])["text"]
            .as_str()
            .unwrap()
            .to_owned();
        if now == words {
            new += 1;
        } else {
            assert_eq!((now.as_str(), said), (before.as_str(), None), "killed at {call}");
            old += 1;
        }
        before = now;
    }
    println!("old {old}, new {new}");
    assert!(old > 0 && new > 0, "kills all on one side: {old} {new}");
}

fn both_photos_or_none() {
    let phone = Phone::new();
    let code = phone.lamp();
    let files = [1, 2].map(|seed| phone.file(&format!("{seed}.jpg"), &jpeg(200 + seed, 150)));
    let (mut none, mut both) = (0, 0);
    for call in calls() {
        let said = killed_at(&phone, call, &["photo", "add", &code, &files[0], &files[1]]);
        let photos = phone.json(&["draft", "show", &code])["attachments"]
            .as_array()
            .unwrap()
            .clone();
        match photos.len() {
            0 if said.is_none() => none += 1,
            2 => both += 1,
            n => panic!("killed at {call}: {n} photos, said {said:?}"),
        }
        for photo in &photos {
            assert_eq!(photo["state"], "ready", "killed at {call}");
            assert!(photo["bytes"].as_u64().unwrap() > 0);
        }
        for _ in &photos {
            phone.json(&["photo", "remove", &code, "1"]);
        }
    }
    println!("none {none}, both {both}");
    assert!(none > 0 && both > 0, "kills all on one side: {none} {both}");
}

const TESTS: [(&str, fn()); 2] = [
    ("old_words_or_new_ones", old_words_or_new_ones),
    ("both_photos_or_none", both_photos_or_none),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    // As libtest does: words that are not options select tests by a part of their name.
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let why_not = why_not();
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, test) in TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let word = match &why_not {
            None if std::panic::catch_unwind(test).is_ok() => {
                passed += 1;
                "ok".to_owned()
            }
            None => {
                failed += 1;
                "FAILED".to_owned()
            }
            Some(reason) if in_ci => {
                failed += 1;
                format!("FAILED: {reason}, and CI must be able to")
            }
            Some(reason) => {
                skipped += 1;
                format!("skipped: {reason}")
            }
        };
        println!("test {name} ... {word}");
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
