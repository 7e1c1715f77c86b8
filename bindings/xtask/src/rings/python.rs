//! Ring *python*: the library as a phone loads it, built as it ships (no test features), through its bindings.
//!
//! Python is the cheapest language to run real bindings in. The tests use the standard library's unittest alone;
//! they find the generated module on `PYTHONPATH` and the programs `phananh-city` and `phananh-faults` in the
//! folder that `PHANANH_PROGRAMS` names.

use crate::bindgen::{self, Language};
use crate::project::Project;
use crate::shell::{self, cargo};
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
        bindgen::run(project, Language::Python, &out).map(|()| Tally::PASSED)
    });
    let programs = record.check(
        "programs",
        &mut cargo(project, "build -p phananh-city -p phananh-faults --bins"),
    );
    if made.failed + programs.failed > 0 {
        return;
    }
    let paths = [out, project.root.join("bindings/python")];
    let mut unittest = shell::command(project, "python3");
    unittest
        .args(["-B", "-m", "unittest", "discover", "-v", "-s"])
        .arg(&tests);
    if let Ok(path) = std::env::join_paths(paths) {
        unittest.env("PYTHONPATH", path);
    }
    unittest.env("PHANANH_PROGRAMS", project.target().join("debug"));
    record.tests("unittest", &mut unittest);
}
