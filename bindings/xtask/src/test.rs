//! `cargo xtask test`: runs rings, times their phases, adds up what they counted.
//!
//! A ring never stops the others: a red phase is counted and the run goes on, so that one run tells all.

use std::io;
use std::process::Command;
use std::time::Instant;

use crate::project::Project;
use crate::rings::Ring;
use crate::scenarios::Scenarios;
use crate::shell;
use crate::tally::Tally;

/// One line of the phase table.
struct Phase {
    ring: &'static str,
    name: String,
    seconds: f64,
    tally: Tally,
    /// Why it was skipped or could not even start.
    note: Option<String>,
}

/// What a run of rings has counted so far.
pub(crate) struct Record {
    started: Instant,
    ring: &'static str,
    phases: Vec<Phase>,
    scenarios: Scenarios,
}

/// Runs the rings named, or all.
///
/// # Errors
/// When any check failed.
pub(crate) fn run(project: &Project, named: &[Ring]) -> io::Result<()> {
    let mut record = Record {
        started: Instant::now(),
        ring: "",
        phases: Vec::new(),
        scenarios: Scenarios::default(),
    };
    for ring in if named.is_empty() { Ring::ALL } else { named } {
        record.ring = ring.name();
        ring.run(project, &mut record);
    }
    record.close()
}

impl Record {
    /// A phase that is one check: its program succeeds or not.
    pub(crate) fn check(&mut self, name: &str, command: &mut Command) -> Tally {
        self.phase(name, || {
            Ok(if shell::run(command)?.success {
                Tally::PASSED
            } else {
                Tally::FAILED
            })
        })
    }

    /// A phase that runs a test runner: its closing lines are counted. A runner that fails without a failed
    /// test (a build error, a crash) counts as one failure, and so does one that ran nothing.
    pub(crate) fn tests(&mut self, name: &str, command: &mut Command) -> Tally {
        let mut output = String::new();
        let tally = self.phase(name, || {
            let ended = shell::run(command)?;
            output = ended.output;
            let mut tally = Tally::of_output(&output);
            if tally == Tally::default() || (!ended.success && tally.failed == 0) {
                tally += Tally::FAILED;
            }
            Ok(tally)
        });
        self.scenarios.read(self.ring, &output);
        tally
    }

    /// A phase of any other kind. An error counts as one failure and its text goes into the table.
    pub(crate) fn phase(&mut self, name: &str, work: impl FnOnce() -> io::Result<Tally>) -> Tally {
        println!("\n== {} / {name}", self.ring);
        let started = Instant::now();
        let (tally, note) = match work() {
            Ok(tally) => (tally, None),
            Err(trouble) => (Tally::FAILED, Some(trouble.to_string())),
        };
        if let Some(note) = &note {
            println!("{note}");
        }
        let seconds = started.elapsed().as_secs_f64();
        self.phases.push(Phase {
            ring: self.ring,
            name: name.to_owned(),
            seconds,
            tally,
            note,
        });
        tally
    }

    /// A phase that cannot run here. It is counted, with its reason, and never fails by itself.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        println!("\n== {} / {name}: skipped, {reason}", self.ring);
        let note = Some(format!("skipped, {reason}"));
        self.phases.push(Phase {
            ring: self.ring,
            name: name.to_owned(),
            seconds: 0.0,
            tally: Tally::SKIPPED,
            note,
        });
    }

    /// Prints the table and the closing line.
    fn close(&self) -> io::Result<()> {
        print!("{}", self.scenarios);
        let mut sum = Tally::default();
        println!(
            "\n{:<8} {:<22} {:>8} {:>7} {:>7} {:>8}",
            "ring", "phase", "seconds", "passed", "failed", "skipped"
        );
        for Phase {
            ring,
            name,
            seconds,
            tally,
            note,
        } in &self.phases
        {
            let Tally {
                passed,
                failed,
                skipped,
            } = *tally;
            let note = note
                .as_deref()
                .map(|note| format!("  {note}"))
                .unwrap_or_default();
            println!("{ring:<8} {name:<22} {seconds:>8.1} {passed:>7} {failed:>7} {skipped:>8}{note}");
            sum += *tally;
        }
        println!("{:<31} {:>8.1}\n", "all", self.started.elapsed().as_secs_f64());
        let red: Vec<_> = self
            .phases
            .iter()
            .filter(|phase| phase.tally.failed > 0)
            .collect();
        for phase in &red {
            println!("FAILED: {} / {}", phase.ring, phase.name);
        }
        println!("{sum}");
        if red.is_empty() {
            Ok(())
        } else {
            Err(io::Error::other(format!("{} check(s) failed", sum.failed)))
        }
    }
}
