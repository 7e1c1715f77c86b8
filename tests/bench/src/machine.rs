//! What a run was made on: figures of another machine are other figures.

use std::fs;

use serde::Serialize;

use crate::measure::Call;

#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) rust: String,
    /// Programs waiting for a core when the run began: above the number of cores, times are long and ratios rough.
    pub(crate) load: Option<f64>,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let value = |file: &str, name: &str, sign: char| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            let (_, value) = line.split_once(sign)?;
            Some(value.trim().trim_matches('"').to_owned())
        };
        let unknown = || "unknown".to_owned();
        let load = fs::read_to_string("/proc/loadavg").ok();
        Self {
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            processor: value("/proc/cpuinfo", "model name", ':').unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: value("/etc/os-release", "PRETTY_NAME", '=').unwrap_or_else(unknown),
            rust: Call::new("rustc")
                .with("--version")
                .answer()
                .unwrap_or_else(unknown),
            load: load.and_then(|text| text.split(' ').next()?.parse().ok()),
        }
    }

    pub(crate) fn written(&self) -> String {
        let Self {
            date,
            processor,
            cores,
            system,
            rust,
            load,
        } = self;
        let load = load.map_or(String::new(), |load| format!(", load {load:.1} at the start"));
        format!("{date}, {system}, {processor} ({cores} cores{load}), {rust}")
    }
}
