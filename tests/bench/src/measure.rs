//! One run of a program, and what it cost.
//!
//! A child's peak memory starts at what its parent held when it was born, as Linux counts it. So every program is started by a
//! small process that holds next to nothing: this program, called again with `once`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use wait4::Wait4;

/// What one run of a program cost, and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// User and system time of the process and what it waited for, seconds.
    pub(crate) cpu_s: f64,
    /// Seconds from start to end.
    pub(crate) wall_s: f64,
    /// The most memory that was resident at once, bytes.
    pub(crate) peak_bytes: u64,
    /// Its exit code; `None` where a signal ended it.
    pub(crate) exit: Option<i32>,
}

impl Cost {
    pub(crate) fn went_well(&self) -> bool {
        self.exit == Some(0)
    }
}

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    words: Vec<OsString>,
}

impl Call {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            words: vec![program.as_ref().to_owned()],
        }
    }

    pub(crate) fn with(mut self, word: impl AsRef<OsStr>) -> Self {
        self.words.push(word.as_ref().to_owned());
        self
    }

    pub(crate) fn all<W: AsRef<OsStr>>(self, words: impl IntoIterator<Item = W>) -> Self {
        words.into_iter().fold(self, Self::with)
    }

    fn command(&self) -> Option<Command> {
        let (program, rest) = self.words.split_first()?;
        let mut command = Command::new(program);
        command.args(rest).stdin(Stdio::null());
        Some(command)
    }

    /// Runs it, and tells what it cost; what it prints is thrown away.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn cost(&self) -> io::Result<Cost> {
        let output = Command::new(std::env::current_exe()?)
            .arg("once")
            .args(&self.words)
            .stdin(Stdio::null())
            .output()?;
        serde_json::from_slice(&output.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr);
            io::Error::other(format!("{}: {}", self.shown(), said.trim()))
        })
    }

    /// What it prints, where it ends well.
    pub(crate) fn answer(&self) -> Option<String> {
        let output = self.command()?.output().ok()?;
        let text = if output.stdout.is_empty() {
            output.stderr
        } else {
            output.stdout
        };
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&text).trim().to_owned())
    }

    /// What it prints, whatever its exit code.
    pub(crate) fn printed(&self) -> Option<String> {
        let output = self.command()?.output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Instructions that it executes, as valgrind's callgrind counts them.
    pub(crate) fn instructions(&self) -> Option<u64> {
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .args(&self.words)
            .stdin(Stdio::null());
        let output = command.output().ok()?;
        output.status.success().then_some(())?;
        collected(&String::from_utf8_lossy(&output.stderr))
    }

    /// The program's own name.
    fn shown(&self) -> String {
        let name = self.words.first().map(|word| Path::new(word).to_path_buf());
        name.unwrap_or_default().display().to_string()
    }
}

/// `==1234== Collected : 751234567`
fn collected(log: &str) -> Option<u64> {
    let line = log.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

/// The task `once`: runs a program and prints its cost. Its output is of no interest and must not slow it.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn once(words: &[OsString]) -> io::Result<()> {
    let (program, rest) = words
        .split_first()
        .ok_or_else(|| io::Error::other("no program named"))?;
    let mut command = Command::new(program);
    command
        .args(rest)
        .stdin(Stdio::null())
        .stdout(File::create("/dev/null")?)
        .stderr(File::create("/dev/null")?);
    let started = Instant::now();
    let mut child = command.spawn()?;
    let used = child.wait4()?;
    let cost = Cost {
        cpu_s: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        wall_s: started.elapsed().as_secs_f64(),
        peak_bytes: used.rusage.maxrss,
        exit: used.status.signal().map_or_else(|| used.status.code(), |_| None),
    };
    println!("{}", serde_json::to_string(&cost).map_err(io::Error::other)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callgrinds_count_is_read_from_among_what_it_says() {
        let log = "==7== Callgrind, a call-graph profiler\n==7== Events    : Ir\n==7== Collected : 751234567\n==7==\n";
        assert_eq!(collected(log), Some(751_234_567));
        assert_eq!(collected("==7== nothing"), None);
    }
}
