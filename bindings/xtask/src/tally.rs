//! Counting: every check ends up in one of three numbers, read from what its runner printed.

use std::fmt;
use std::ops::AddAssign;

/// How many checks passed, failed, and could not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// The sum of all closing lines in a runner's output: libtest's `test result: …`, our own harnesses'
    /// `N passed, N failed, N skipped` (alone on a line, the last part optional), Python's unittest, and Swift Testing.
    pub(crate) fn of_output(output: &str) -> Self {
        let mut sum = Self::default();
        let mut python_ran = 0;
        let mut swift = Self::default();
        for line in output.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("test result: ") {
                sum += libtest(rest);
            } else if let Some(tally) = own(line) {
                sum += tally;
            } else if let Some(ran) = unittest_ran(line) {
                python_ran = ran;
            } else if let Some(tally) = unittest(line, python_ran) {
                sum += tally;
                python_ran = 0;
            } else if let Some(ran) = swift_ran(line) {
                sum += Self {
                    passed: ran.saturating_sub(swift.failed + swift.skipped),
                    ..swift
                };
                swift = Self::default();
            } else {
                swift += swift_test(line);
            }
        }
        sum
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn libtest(rest: &str) -> Tally {
    let counts = rest.split_once(". ").map_or("", |(_, counts)| counts);
    let count = |what: &str| {
        let part = counts.split(';').find_map(|part| part.trim().strip_suffix(what));
        part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    Tally {
        passed: count("passed"),
        failed: count("failed"),
        skipped: count("ignored"),
    }
}

/// `3 passed, 0 failed` or `3 passed, 0 failed, 1 skipped`, and nothing else on the line.
fn own(line: &str) -> Option<Tally> {
    let mut parts = line.split(", ");
    let passed = number_before(parts.next()?, " passed")?;
    let failed = number_before(parts.next()?, " failed")?;
    let skipped = parts
        .next()
        .map_or(Some(0), |part| number_before(part, " skipped"))?;
    parts.next().is_none().then_some(Tally {
        passed,
        failed,
        skipped,
    })
}

/// `Ran 12 tests in 0.345s`
fn unittest_ran(line: &str) -> Option<u64> {
    let (number, _) = line.strip_prefix("Ran ")?.split_once(" test")?;
    number.parse().ok()
}

/// `OK`, `OK (skipped=1)`, `FAILED (failures=1, errors=2, skipped=3)`, after a line that said how many ran.
fn unittest(line: &str, ran: u64) -> Option<Tally> {
    let (verdict, details) = line.split_once(" (").unwrap_or((line, ""));
    if ran == 0 || !matches!(verdict, "OK" | "FAILED") {
        return None;
    }
    let count = |what: &str| {
        let part = details
            .trim_end_matches(')')
            .split(", ")
            .find_map(|part| part.strip_prefix(what));
        part.and_then(|number| number.strip_prefix('='))
            .and_then(|number| number.parse::<u64>().ok())
            .unwrap_or(0)
    };
    let failed = count("failures") + count("errors") + count("unexpected successes");
    let skipped = count("skipped");
    Some(Tally {
        passed: ran.saturating_sub(failed + skipped),
        failed,
        skipped,
    })
}

/// `✔ Test run with 21 tests passed after 36.2 seconds.`, also `in 3 suites`, also `✘ … failed … with 1 issue.`
fn swift_ran(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once(" Test run with ")?;
    rest.split_once(" test")?.0.parse().ok()
}

/// `✘ Test name() failed after 0.9 seconds with 6 issues.`, `➜ Test name() skipped: "needs /proc"`
fn swift_test(line: &str) -> Tally {
    if line.starts_with("✘ Test ") && line.contains(" failed after ") {
        Tally::FAILED
    } else if line.starts_with("➜ Test ") && line.contains(" skipped") {
        Tally::SKIPPED
    } else {
        Tally::default()
    }
}

fn number_before(part: &str, what: &str) -> Option<u64> {
    part.strip_suffix(what)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn sums_every_binary_of_a_cargo_test_run() {
        let output = "\
running 3 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.00s

test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
";
        assert_eq!(Tally::of_output(output), tally(12, 2, 1));
    }

    #[test]
    fn reads_the_closing_line_of_our_own_harnesses_only_when_alone() {
        assert_eq!(
            Tally::of_output("12 passed, 0 failed, 1 skipped\n"),
            tally(12, 0, 1)
        );
        assert_eq!(Tally::of_output("12 passed, 3 failed"), tally(12, 3, 0));
        assert_eq!(
            Tally::of_output("scenario: 12 passed, 3 failed"),
            Tally::default()
        );
        assert_eq!(
            Tally::of_output("12 passed, 3 failed, 1 skipped, more"),
            Tally::default()
        );
        assert_eq!(Tally::of_output("12 passed, three failed"), Tally::default());
    }

    #[test]
    fn reads_unittest_whatever_went_wrong() {
        assert_eq!(Tally::of_output("Ran 5 tests in 0.1s\n\nOK"), tally(5, 0, 0));
        assert_eq!(
            Tally::of_output("Ran 1 test in 0.1s\n\nOK (skipped=1)"),
            tally(0, 0, 1)
        );
        let red = "Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=3)";
        assert_eq!(Tally::of_output(red), tally(3, 3, 3));
        assert_eq!(
            Tally::of_output("OK"),
            Tally::default(),
            "a word alone counts nothing"
        );
    }

    #[test]
    fn reads_swift_testing() {
        let green =
            "✔ Test a() passed after 0.1 seconds.\n✔ Test run with 21 tests passed after 36.213 seconds.";
        assert_eq!(Tally::of_output(green), tally(21, 0, 0));
        let red = "\
✘ Test a() recorded an issue at A.swift:37:17: Expectation failed
✘ Test a() failed after 0.878 seconds with 6 issues.
➜ Test b() skipped: \"needs /proc\"
✘ Suite A failed after 1.359 seconds with 6 issues.
✘ Test run with 5 tests in 1 suite failed after 36.213 seconds with 6 issues.
";
        assert_eq!(Tally::of_output(red), tally(3, 1, 1));
    }

    #[test]
    fn prints_the_line_that_ci_reads_and_reads_it_back() {
        let sum = tally(7, 0, 2);
        assert_eq!(sum.to_string(), "7 passed, 0 failed, 2 skipped");
        assert_eq!(Tally::of_output(&sum.to_string()), sum);
    }
}
