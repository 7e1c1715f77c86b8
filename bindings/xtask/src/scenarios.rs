//! One table of all scenarios in all languages, from what each runner says: `scenario NAME ok 0.31 s`, or `FAILED`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What each scenario came to in each ring.
#[derive(Default)]
pub(crate) struct Scenarios {
    rings: BTreeSet<&'static str>,
    said: BTreeMap<String, BTreeMap<&'static str, String>>,
}

impl Scenarios {
    /// Reads a runner's output.
    pub(crate) fn read(&mut self, ring: &'static str, output: &str) {
        for line in output.lines() {
            // Another stream may have ended in the middle of a line.
            let Some((_, said)) = line.split_once("scenario ") else {
                continue;
            };
            let mut words = said.split([' ', ':']);
            let (Some(name), Some(verdict)) = (words.next(), words.next()) else {
                continue;
            };
            let cell = match (verdict, words.next()) {
                ("ok", Some(seconds)) => format!("{seconds} s"),
                ("FAILED", _) => "FAILED".to_owned(),
                _ => continue,
            };
            self.rings.insert(ring);
            self.said.entry(name.to_owned()).or_default().insert(ring, cell);
        }
    }
}

/// Nothing where no scenario was run.
impl fmt::Display for Scenarios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.said.is_empty() {
            return Ok(());
        }
        write!(f, "\n{:<44}", "scenario")?;
        for ring in &self.rings {
            write!(f, " {ring:>8}")?;
        }
        writeln!(f)?;
        for (name, cells) in &self.said {
            write!(f, "{name:<44}")?;
            for ring in &self.rings {
                write!(f, " {:>8}", cells.get(ring).map_or("-", String::as_str))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Scenarios;

    #[test]
    fn a_row_a_scenario_and_a_column_a_ring() {
        let mut table = Scenarios::default();
        table.read(
            "rust",
            "scenario a-b ok 0.31 s: what it says\nscenario c FAILED: step 3\ntest x ... ok",
        );
        table.read("swift", "✔ Test x(scenario a-b ok 1.20 s");
        let lines: Vec<_> = table.to_string().lines().map(str::to_owned).collect();
        assert_eq!(
            lines[1],
            format!("{:<44} {:>8} {:>8}", "scenario", "rust", "swift")
        );
        assert_eq!(lines[2], format!("{:<44} {:>8} {:>8}", "a-b", "0.31 s", "1.20 s"));
        assert_eq!(lines[3], format!("{:<44} {:>8} {:>8}", "c", "FAILED", "-"));
    }
}
