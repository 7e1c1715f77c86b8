//! The planter itself, on a small project of its own: what it must catch, and what it must not call caught.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const LIB: &str = "pub fn double(n: u32) -> u32 {\n    n * 2\n}\n\npub fn untested() -> u32 {\n    1\n}\n";
const TEST: &str = "#[test]\nfn doubles() {\n    assert_eq!(toy::double(4), 8);\n}\n";

/// A clone with one crate, one test, and a folder for slips.
fn toy() -> tempfile::TempDir {
    let toy = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = toy.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"toy\"]\n",
    );
    write(
        "toy/Cargo.toml",
        "[package]\nname = \"toy\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    write("toy/src/lib.rs", LIB);
    write("toy/tests/doubles.rs", TEST);
    write(".gitignore", "/target\n");
    fs::create_dir_all(toy.path().join("tests/planted")).unwrap();
    let git = Command::new("git")
        .args(["init", "-q"])
        .current_dir(toy.path())
        .status()
        .unwrap();
    assert!(git.success());
    toy
}

/// A patch that replaces one line of `lib.rs`, seen in the whole file, with a header.
fn slip(toy: &Path, name: &str, header: &str, (line, from, to): (usize, &str, &str)) {
    let mut patch = format!("{header}--- a/toy/src/lib.rs\n+++ b/toy/src/lib.rs\n@@ -1,7 +1,7 @@\n");
    for (index, context) in LIB.lines().enumerate() {
        let changed = index + 1 == line;
        patch += &if changed {
            format!("-{from}\n+{to}\n")
        } else {
            format!(" {context}\n")
        };
    }
    fs::write(toy.join(format!("tests/planted/{name}.patch")), patch).unwrap();
}

fn planted(toy: &Path, arguments: &[&str]) -> (Output, String) {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask
        .arg("planted")
        .args(arguments)
        .current_dir(toy)
        .env_remove("CARGO_TARGET_DIR");
    let output = xtask.output().unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output, text)
}

const DOUBLES: &str = "# check: cargo test -p toy --offline\n# slip: doubling adds instead\n";

#[test]
fn a_slip_is_caught_by_a_failed_test_and_by_nothing_else() {
    let toy = toy();
    slip(toy.path(), "1-caught", DOUBLES, (2, "    n * 2", "    n + 2"));
    slip(toy.path(), "2-missed", DOUBLES, (6, "    1", "    2"));
    slip(toy.path(), "3-unbuilt", DOUBLES, (2, "    n * 2", "    n * two"));
    slip(toy.path(), "4-stale", DOUBLES, (2, "    n * 3", "    n * 4"));
    let build = format!("{DOUBLES}# expects: build\n");
    slip(toy.path(), "5-compiler", &build, (2, "    n * 2", "    n * two"));
    slip(toy.path(), "6-again", DOUBLES, (2, "    n * 2", "    n * 3"));

    let (output, text) = planted(toy.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for line in [
        "caught 1-caught: doubling adds instead",
        "MISSED 2-missed: doubling adds instead; the check stayed green",
        "MISSED 3-unbuilt: doubling adds instead; it did not build",
        "MISSED 4-stale: doubling adds instead; its patch no longer applies",
        "caught 5-compiler",
        "caught 6-again",
        "3 caught, 3 missed",
    ] {
        assert!(text.contains(line), "no line `{line}` in:\n{text}");
    }
    assert!(
        text.lines().any(|line| line == "3 passed, 3 failed, 0 skipped"),
        "{text}"
    );
    assert_eq!(
        fs::read_to_string(toy.path().join("toy/src/lib.rs")).unwrap(),
        LIB,
        "the project is untouched"
    );

    // By name, on the same scratch copy; an edit that is not committed counts, here a test that was missing.
    let more = format!("{TEST}#[test]\nfn is_one() {{\n    assert_eq!(toy::untested(), 1);\n}}\n");
    fs::write(toy.path().join("toy/tests/doubles.rs"), more).unwrap();
    let (output, text) = planted(toy.path(), &["2-missed"]);
    assert!(output.status.success(), "{text}");
    assert!(
        text.lines().any(|line| line == "1 passed, 0 failed, 0 skipped"),
        "{text}"
    );
}

#[test]
fn a_check_that_is_red_by_itself_catches_nothing() {
    let toy = toy();
    fs::write(toy.path().join("toy/tests/doubles.rs"), TEST.replace('8', "9")).unwrap();
    slip(toy.path(), "any", DOUBLES, (2, "    n * 2", "    n + 2"));
    let (output, text) = planted(toy.path(), &["any"]);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("MISSED any: doubling adds instead; its check is red without it"),
        "{text}"
    );

    let silent = DOUBLES.replace("--offline", "--offline no_such_test");
    slip(toy.path(), "silent", &silent, (2, "    n * 2", "    n + 2"));
    let (output, text) = planted(toy.path(), &["silent"]);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("MISSED silent: doubling adds instead; its check runs no test"),
        "{text}"
    );

    let (output, text) = planted(toy.path(), &["no-such"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("no slip named no-such"), "{text}");
}
