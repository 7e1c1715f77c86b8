//! Checks for the checks. A *slip* is a small, plausible mistake kept as a patch; planted into a scratch copy of
//! the project, it must turn the check that it names red.
//!
//! The copy holds what git would: tracked files and new ones, as they are now, edits included. It stays between
//! runs under `target/planted`, so that only what a patch touches is built again. Files are written only where
//! they differ, and always with the time of writing: Cargo compares times, and a restored file that kept its old
//! time would leave the planted code in the binary.
//!
//! A red build is not a caught slip (any patch that no longer compiles would "pass"), unless the slip says that
//! the compiler is its check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::Project;
use crate::rings::EVERYTHING;
use crate::shell::{self, Ended};
use crate::tally::Tally;

/// What turns red when the slip is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    /// The check runs and fails.
    Failure,
    /// The compiler refuses.
    Build,
}

/// One patch of `tests/planted` and what its first lines say about it.
#[derive(Debug)]
struct Slip {
    name: String,
    patch: PathBuf,
    check: String,
    slip: String,
    expects: Expects,
}

/// Plants one slip, or all.
///
/// # Errors
/// When a slip was missed, its patch no longer applies, or its check is red by itself.
pub(crate) fn run(project: &Project, name: Option<&str>) -> io::Result<()> {
    let tally = plant(project, name)?;
    println!("{tally}");
    if tally.failed > 0 {
        Err(io::Error::other(format!("{} slip(s) missed", tally.failed)))
    } else {
        Ok(())
    }
}

/// How many slips there are.
pub(crate) fn count(project: &Project) -> usize {
    patches(project).map_or(0, |patches| patches.len())
}

/// Plants slips and counts: caught is passed, missed is failed.
///
/// # Errors
/// When there is no such slip, a header is incomplete, or the scratch copy cannot be made.
pub(crate) fn plant(project: &Project, name: Option<&str>) -> io::Result<Tally> {
    let mut slips = Vec::new();
    for patch in patches(project)? {
        let slip = Slip::read(patch)?;
        if name.is_none_or(|name| name == slip.name) {
            slips.push(slip);
        }
    }
    if slips.is_empty() {
        let which = name.map_or("no patches in tests/planted".to_owned(), |name| {
            format!("no slip named {name}")
        });
        return Err(io::Error::other(which));
    }
    let scratch = Scratch::new(project)?;
    let mut green = BTreeMap::new();
    for slip in &slips {
        if !green.contains_key(slip.check.as_str()) {
            let ended = scratch.run(&slip.check)?;
            green.insert(slip.check.as_str(), unplanted(&slip.check, &ended));
        }
    }
    let mut lines = Vec::new();
    let mut tally = Tally::default();
    for slip in &slips {
        let verdict = match green.get(slip.check.as_str()) {
            Some(None) => scratch.verdict(slip)?,
            Some(Some(verdict)) => *verdict,
            None => Verdict::Missed("its check did not run"),
        };
        tally += match verdict {
            Verdict::Caught => Tally::PASSED,
            Verdict::Skipped => Tally::SKIPPED,
            Verdict::Missed(_) => Tally::FAILED,
        };
        lines.push(match verdict {
            Verdict::Caught => format!("caught {}: {}", slip.name, slip.slip),
            Verdict::Skipped => format!(
                "skipped {}: its check skips itself here ({})",
                slip.name, slip.check
            ),
            Verdict::Missed(why) => format!("MISSED {}: {}; {why} ({})", slip.name, slip.slip, slip.check),
        });
        lines.last().inspect(|line| println!("{line}"));
    }
    scratch.restore()?;
    println!(
        "\n{}\n{} caught, {} missed",
        lines.join("\n"),
        tally.passed,
        tally.failed
    );
    Ok(tally)
}

fn patches(project: &Project) -> io::Result<Vec<PathBuf>> {
    let folder = project.root.join("tests/planted");
    let mut patches = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "patch") {
            patches.push(path);
        }
    }
    patches.sort();
    Ok(patches)
}

impl Slip {
    fn read(patch: PathBuf) -> io::Result<Self> {
        let text = fs::read_to_string(&patch)?;
        let name = patch
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Self::parse(name, patch, &text)
    }

    fn parse(name: String, patch: PathBuf, text: &str) -> io::Result<Self> {
        let wrong = |what: &str| io::Error::other(format!("{name}.patch: {what}"));
        let comments = || text.lines().take_while(|line| line.starts_with('#'));
        let field = |key: &str| {
            comments()
                .find_map(|line| line.trim_start_matches('#').trim().strip_prefix(key))
                .map(str::trim)
        };
        let check = field("check:").filter(|check| check.starts_with("cargo "));
        let check = check
            .ok_or_else(|| wrong("needs a first line `# check: cargo …`"))?
            .to_owned();
        let slip = field("slip:").filter(|slip| !slip.is_empty());
        let slip = slip
            .ok_or_else(|| wrong("needs a line `# slip: what it breaks`"))?
            .to_owned();
        let expects = match field("expects:") {
            None => Expects::Failure,
            Some("build") => Expects::Build,
            Some(other) => {
                return Err(wrong(&format!(
                    "`# expects: {other}` is unknown, only `build` is"
                )));
            }
        };
        Ok(Self {
            name,
            patch,
            check,
            slip,
            expects,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Caught,
    /// The check cannot run on this machine, and says so.
    Skipped,
    Missed(&'static str),
}

/// What a check's end without the slip means already; `None`: it is green, plant the slip.
fn unplanted(check: &str, ended: &Ended) -> Option<Verdict> {
    let tally = Tally::of_output(&ended.output);
    if !ended.success {
        return Some(Verdict::Missed("its check is red without it"));
    }
    match (tally.passed, tally.skipped) {
        // A test that was renamed is green, and sees nothing.
        (0, 0) if check.starts_with("cargo test") => Some(Verdict::Missed("its check runs no test")),
        (0, 1..) => Some(Verdict::Skipped),
        _ => None,
    }
}

/// What a check's end means for the slip that was planted.
fn judge(check: &str, expects: Expects, ended: &Ended) -> Verdict {
    let build_broke = ended.output.contains("error: could not compile")
        || [
            "error: failed to ",
            "error: no matching package",
            "error: cyclic package dependency",
        ]
        .iter()
        .any(|start| ended.output.lines().any(|line| line.starts_with(start)));
    // `cargo test` fails for many reasons; only a failed test is the check speaking.
    let is_test = check.starts_with("cargo test");
    let spoke = if is_test {
        Tally::of_output(&ended.output).failed > 0
    } else {
        !build_broke
    };
    match (ended.success, expects) {
        (true, _) => Verdict::Missed("the check stayed green"),
        (false, Expects::Failure) if spoke => Verdict::Caught,
        (false, Expects::Failure) => Verdict::Missed("it did not build, or the check could not run"),
        (false, Expects::Build) if build_broke => Verdict::Caught,
        (false, Expects::Build) => Verdict::Missed("the build was expected to fail and did not"),
    }
}

/// The scratch copy.
struct Scratch<'a> {
    project: &'a Project,
    tree: PathBuf,
    target: PathBuf,
}

impl<'a> Scratch<'a> {
    fn new(project: &'a Project) -> io::Result<Self> {
        let home = project.target().join("planted");
        let scratch = Self {
            project,
            tree: home.join("tree"),
            target: home.join("target"),
        };
        scratch.seed()?;
        // The copy comes after the seed: its files must be newer than what was built from the project's own.
        scratch.restore()?;
        Ok(scratch)
    }

    /// Takes over the dependencies that the project has built already: minutes, on a small machine. What was
    /// built from the project's own sources comes along and is out of date at once.
    fn seed(&self) -> io::Result<()> {
        let (from, to) = (self.project.target().join("debug"), self.target.join("debug"));
        if to.exists() || !from.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&to)?;
        for part in [".fingerprint", "build", "deps"] {
            let (from, to) = (from.join(part), to.join(part));
            if from.is_dir() {
                shell::must(
                    Command::new("cp")
                        .args(["-a", "--reflink=auto"])
                        .arg(from)
                        .arg(to),
                )?;
            }
        }
        Ok(())
    }

    /// Makes the tree equal to the project again.
    fn restore(&self) -> io::Result<()> {
        let mut git = shell::command(self.project, "git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = shell::ask(&mut git)
            .ok_or_else(|| io::Error::other("`git ls-files` failed: not a git clone?"))?;
        let mut wanted = BTreeSet::new();
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            let (from, to) = (self.project.root.join(name), self.tree.join(name));
            // Listed and gone: deleted in the project and not committed yet.
            let Ok(content) = fs::read(&from) else { continue };
            if fs::read(&to).ok().as_ref() != Some(&content) {
                to.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::write(&to, content)?;
                fs::set_permissions(&to, fs::metadata(&from)?.permissions())?;
            }
            wanted.insert(to);
        }
        remove_others(&self.tree, &wanted)
    }

    fn verdict(&self, slip: &Slip) -> io::Result<Verdict> {
        self.restore()?;
        let mut apply = Command::new("git");
        apply
            .current_dir(&self.tree)
            .args(["apply", "--whitespace=nowarn"])
            .arg(&slip.patch);
        // Inside a clone git would read the patch's paths from the clone's root and skip them all.
        apply.env(
            "GIT_CEILING_DIRECTORIES",
            self.tree.parent().unwrap_or(&self.tree),
        );
        if !shell::run(&mut apply)?.success {
            return Ok(Verdict::Missed("its patch no longer applies"));
        }
        let ended = self.run(&slip.check)?;
        self.restore()?;
        Ok(judge(&slip.check, slip.expects, &ended))
    }

    fn run(&self, check: &str) -> io::Result<Ended> {
        let words = check.split_whitespace();
        let mut words = words.map(str::to_owned).collect::<Vec<_>>().into_iter();
        let program = words.next().unwrap_or_default();
        let mut command = shell::command(self.project, program);
        command.args(with_all_features(words.collect()));
        shell::run(
            command
                .current_dir(&self.tree)
                .env("CARGO_TARGET_DIR", &self.target),
        )
    }
}

/// `test -p X --test Y` becomes the same test with the features that the ring *rust* builds everything with:
/// Cargo would build the dependencies of X again for X's own choice of features.
fn with_all_features(words: Vec<String>) -> Vec<String> {
    let has = |what: &str| words.iter().any(|word| word == what);
    if words.first().is_none_or(|word| word != "test") || !has("--test") {
        return words;
    }
    let mut rest = words.into_iter().skip(1);
    let mut all: Vec<String> = std::iter::once("test")
        .chain(EVERYTHING.split(' '))
        .map(str::to_owned)
        .collect();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-p" | "--package" | "--features" => drop(rest.next()),
            "--all-features" => {}
            _ => all.push(word),
        }
    }
    all
}

fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
            // Fails, as it should, where something wanted is left inside.
            let _ = fs::remove_dir(&path);
        } else if !wanted.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Ended, Expects, Slip, Verdict, judge, with_all_features};

    fn parse(text: &str) -> Result<Slip, String> {
        Slip::parse("x".to_owned(), PathBuf::new(), text).map_err(|why| why.to_string())
    }

    #[test]
    fn a_header_names_the_check_and_the_slip() {
        let slip =
            parse("# check: cargo test -p a --test b\n# slip: no sync\n--- a/x\n# expects: build\n").unwrap();
        assert_eq!(
            (slip.check.as_str(), slip.slip.as_str()),
            ("cargo test -p a --test b", "no sync")
        );
        assert_eq!(
            slip.expects,
            Expects::Failure,
            "only the lines on top are the header"
        );
        let build = parse("# check: cargo check\n# slip: s\n# expects: build\n").unwrap();
        assert_eq!(build.expects, Expects::Build);
    }

    #[test]
    fn an_incomplete_header_is_refused() {
        assert!(parse("# slip: s\n").unwrap_err().contains("# check:"));
        assert!(
            parse("# check: rm -rf x\n# slip: s\n")
                .unwrap_err()
                .contains("# check:")
        );
        assert!(parse("# check: cargo test\n").unwrap_err().contains("# slip:"));
        assert!(
            parse("# check: cargo test\n# slip: s\n# expects: luck\n")
                .unwrap_err()
                .contains("luck")
        );
    }

    #[test]
    fn only_the_checks_own_failure_catches() {
        let end = |success, output: &str| Ended {
            success,
            output: output.to_owned(),
        };
        let red = "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        let broken = "error: could not compile `a` (lib) due to 1 previous error";
        let caught = |check, expects, ended| judge(check, expects, &ended) == Verdict::Caught;
        assert!(caught("cargo test", Expects::Failure, end(false, red)));
        assert!(!caught("cargo test", Expects::Failure, end(false, broken)));
        assert!(!caught(
            "cargo test",
            Expects::Failure,
            end(false, "error: no test target named `b`")
        ));
        assert!(!caught("cargo test", Expects::Failure, end(true, "")));
        assert!(caught("cargo test", Expects::Build, end(false, broken)));
        assert!(!caught("cargo test", Expects::Build, end(false, red)));
        assert!(caught(
            "cargo xtask words --check",
            Expects::Failure,
            end(false, "words: x differs")
        ));
        assert!(!caught(
            "cargo xtask words --check",
            Expects::Failure,
            end(false, broken)
        ));
    }

    #[test]
    fn a_named_test_runs_with_the_features_everything_is_built_with() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let all = with_all_features(words("test -p a --features b --test c -- name")).join(" ");
        assert_eq!(
            all,
            "test --workspace --exclude phananh-bindgen --all-features --test c -- name"
        );
        assert_eq!(
            with_all_features(words("test -p a --lib")),
            words("test -p a --lib")
        );
        assert_eq!(
            with_all_features(words("xtask words --check")),
            words("xtask words --check")
        );
    }
}
