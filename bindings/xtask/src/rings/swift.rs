//! Ring *swift*: the library through its Swift bindings: the suite, the program that docs/embedding.md is,
//! then every scenario, on Linux.
//!
//! Debian's Swift runs in the chroot that ring *mobile* uses too. SwiftPM wants all sources under one folder and nothing
//! generated is committed, so the package is laid out anew under `target`.

use std::fs;
use std::io;
use std::path::Path;

use crate::bindgen::{self, Language, Library};
use crate::guide;
use crate::project::Project;
use crate::shell;
use crate::tally::Tally;
use crate::test::Record;

use super::mobile;

const HEADERS: [&str; 2] = ["phananh_ffiFFI", "phananh_harnessFFI"];

pub(super) fn run(project: &Project, record: &mut Record) {
    if let Err(reason) = mobile::possible() {
        return record.skip("suite and scenarios", &reason);
    }
    let cache = project.cache.join("toolchains");
    let script = |action: &str| {
        let mut bash = shell::command(project, "bash");
        bash.arg("bindings/xtask/toolchains/swift-toolchain.sh")
            .arg(action)
            .arg(&cache);
        bash
    };
    let tools = record.check("chroot", &mut script("setup"));
    let home = project.target().join("bindings/swift");
    let (generated, package) = (home.join("generated"), home.join("package"));
    let made = record.phase("bindings", || {
        bindgen::run(project, Library::Harness, Language::Swift, &generated)?;
        lay_out(&project.root.join("bindings/swift"), &generated, &package)?;
        let guide = package.join("Tests/PhananhTests/Guide.swift");
        fs::write(guide, guide::program(project, "swift")?)?;
        Ok(Tally::PASSED)
    });
    if tools.failed + made.failed > 0 {
        return;
    }
    let mut tests = script("test");
    tests
        .arg(&package)
        .arg(&generated)
        .arg(project.scenarios())
        .arg("PHANANH_HARNESS=1")
        .arg(format!("PHANANH_LIBRARY_DIR={}", generated.display()))
        .arg(format!("PHANANH_SCENARIOS={}", project.scenarios().display()));
    record.tests("suite and scenarios", &mut tests);
}

/// The package as SwiftPM wants it: our sources, the generated ones, a C target for each header.
fn lay_out(ours: &Path, generated: &Path, package: &Path) -> io::Result<()> {
    for part in ["Sources", "Tests"] {
        let _ = fs::remove_dir_all(package.join(part));
    }
    copy(ours, package)?;
    let core = package.join("Sources/PhananhCore");
    fs::create_dir_all(&core)?;
    for entry in fs::read_dir(generated)? {
        let path = entry?.path();
        if let (Some("swift"), Some(name)) = (path.extension().and_then(|e| e.to_str()), path.file_name()) {
            fs::copy(&path, core.join(name))?;
        }
    }
    for name in HEADERS {
        let include = package.join("Sources").join(name).join("include");
        fs::create_dir_all(&include)?;
        fs::copy(
            generated.join(format!("{name}.h")),
            include.join(format!("{name}.h")),
        )?;
        fs::write(
            include.join("module.modulemap"),
            format!("module {name} {{\n    header \"{name}.h\"\n    export *\n}}\n"),
        )?;
        // A C target without a source is none.
        fs::write(package.join("Sources").join(name).join("empty.c"), "")?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
