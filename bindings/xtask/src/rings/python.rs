//! Ring *python*: the library as a phone loads it, built as it ships (no test features), through its bindings; then
//! every scenario, with the library that has the harness beside it.
//!
//! Python is the cheapest language to run real bindings in. The tests use the standard library's unittest alone;
//! they find the generated module on `PYTHONPATH` and the programs `phananh-city` and `phananh-faults` in the
//! folder that `PHANANH_PROGRAMS` names.

use std::path::Path;
use std::process::Command;

use crate::bindgen::{self, Language, Library};
use crate::project::Project;
use crate::shell::{self, cargo};
use crate::surface;
use crate::tally::Tally;
use crate::test::Record;
use crate::toolchains;

pub(super) fn run(project: &Project, record: &mut Record) {
    let tests = project.root.join("bindings/python/tests");
    if !bindgen::has_surface(project) {
        return record.skip("bindings", "bindings/ffi exports nothing yet");
    }
    if !tests.is_dir() {
        return record.skip("bindings", "no bindings/python/tests yet");
    }
    if record
        .phase("tools", || toolchains::ensure_python(project))
        .failed
        > 0
    {
        return;
    }
    let out = project.target().join("bindings/python");
    let made = record.phase("bindings", || {
        bindgen::run(project, Library::Shipped, Language::Python, &out).map(|()| Tally::PASSED)
    });
    record.phase("surface", || surface::check(project, Library::Shipped));
    let programs = record.check(
        "programs",
        &mut cargo(project, "build -p phananh-city -p phananh-faults --bins"),
    );
    if made.failed + programs.failed > 0 {
        return;
    }
    record.tests("unittest", &mut unittest(project, &tests, &[&out]));

    let out = project.target().join("bindings/python-harness");
    let made = record.phase("harness", || {
        bindgen::run(project, Library::Harness, Language::Python, &out).map(|()| Tally::PASSED)
    });
    if made.failed == 0 {
        record.phase("surface of harness", || surface::check(project, Library::Harness));
        let scenarios = project.root.join("bindings/python/scenarios");
        record.tests("scenarios", &mut unittest(project, &scenarios, &[&out, &tests]));
    }
}

fn unittest(project: &Project, folder: &Path, paths: &[&Path]) -> Command {
    let mut unittest = shell::command(project, "python3");
    unittest
        .args(["-B", "-m", "unittest", "discover", "-v", "-s"])
        .arg(folder);
    if let Ok(path) = std::env::join_paths(paths) {
        unittest.env("PYTHONPATH", path);
    }
    unittest.env("PHANANH_PROGRAMS", project.target().join("debug"));
    unittest
}
