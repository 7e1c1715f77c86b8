//! Programs side by side: each does the same job once a round, in turns, so that a slow spell of the machine slows all.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::pictures::Photo;
use super::tools::{Job, Name, Tools};
use crate::figures::{largest, median, paired_ratio};
use crate::measure::{Call, Cost};

/// All runs of one program at one job, and what it made.
#[derive(Debug, Clone)]
pub(super) struct Runs {
    pub(super) costs: Vec<Cost>,
    pub(super) made: PathBuf,
    pub(super) bytes: u64,
    /// SSIMULACRA2 of what was made.
    pub(super) score: Option<f64>,
}

impl Runs {
    fn cpus(&self) -> Vec<f64> {
        self.costs.iter().map(|cost| cost.cpu_s).collect()
    }

    /// Seconds of processor, the median.
    pub(super) fn cpu_s(&self) -> Option<f64> {
        median(&self.cpus())
    }

    /// Megabytes, the most of all runs.
    pub(super) fn peak_mb(&self) -> Option<f64> {
        let peaks: Vec<f64> = self
            .costs
            .iter()
            .map(|cost| cost.peak_bytes as f64 / 1e6)
            .collect();
        largest(&peaks)
    }
}

/// A job on one photo: what came of it, program by program.
#[derive(Debug, Default)]
pub(super) struct Race {
    pub(super) runs: BTreeMap<Name, Runs>,
    /// Programs that failed at it.
    pub(super) failed: Vec<Name>,
}

impl Race {
    pub(super) fn get(&self, name: Name) -> Option<&Runs> {
        self.runs.get(&name)
    }

    /// The processor time of `ours` as a share of that of `theirs`, pair by pair.
    pub(super) fn cpu_ratio(&self, ours: Name, theirs: Name) -> Option<f64> {
        paired_ratio(&self.get(ours)?.cpus(), &self.get(theirs)?.cpus())
    }

    /// The peak memory likewise, of the largest peaks.
    pub(super) fn peak_ratio(&self, ours: Name, theirs: Name) -> Option<f64> {
        Some(self.get(ours)?.peak_mb()? / self.get(theirs)?.peak_mb()?)
    }
}

/// Runs those of `names` that are here and have a way to do `job`.
///
/// # Errors
/// When a program cannot be started.
pub(super) fn race(
    tools: &Tools,
    names: &[Name],
    job: Job,
    photo: &Photo,
    scratch: &Path,
    rounds: u32,
) -> io::Result<Race> {
    let mut race = Race::default();
    let mut racers: Vec<(Name, Call, PathBuf)> = names
        .iter()
        .filter_map(|name| {
            let to = scratch.join(format!("{job:?}-{name:?}.jpg").replace([' ', '{', '}', ':'], ""));
            let call = tools.get(*name)?.call(job, &photo.path, &to)?;
            Some((*name, call, to))
        })
        .collect();
    for round in 0..rounds {
        // Who goes first changes: the first of a round finds the file cold.
        let first = round as usize % racers.len().max(1);
        racers.rotate_left(first);
        for (name, call, made) in &racers {
            if race.failed.contains(name) {
                continue;
            }
            let cost = call.cost()?;
            let bytes = std::fs::metadata(made).map_or(0, |file| file.len());
            if !cost.went_well() || bytes == 0 {
                race.failed.push(*name);
                race.runs.remove(name);
                continue;
            }
            let runs = race.runs.entry(*name).or_insert_with(|| Runs {
                costs: Vec::new(),
                made: made.clone(),
                bytes,
                score: None,
            });
            runs.costs.push(cost);
        }
    }
    Ok(race)
}

/// Scores of pictures against their original, by `phananh score`; none for one that cannot be judged.
pub(super) fn scores(phananh: &Path, original: &Path, made: &[PathBuf]) -> Vec<Option<f64>> {
    let told = |files: &[PathBuf]| -> Option<Vec<f64>> {
        let call = Call::new(phananh)
            .all(["--json", "score"])
            .with(original)
            .all(files);
        let answer: Value = serde_json::from_str(&call.printed()?).ok()?;
        let scores = answer.get("scores")?.as_array()?;
        scores.iter().map(|one| one.get("score")?.as_f64()).collect()
    };
    match told(made) {
        Some(scores) if scores.len() == made.len() => scores.into_iter().map(Some).collect(),
        // One that cannot be read takes the others with it: each alone, then.
        _ => made
            .iter()
            .map(|file| told(std::slice::from_ref(file)).and_then(|scores| scores.first().copied()))
            .collect(),
    }
}
