//! Ring *kotlin*: the library through its Kotlin bindings on a JVM, without Android: the suite, the program
//! that docs/embedding.md is, then every scenario.
//!
//! The compiler and the libraries are Maven artifacts, pinned in `bindings/kotlin`: a JRE and Maven are all that a
//! machine needs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindgen::{self, Language, Library};
use crate::guide;
use crate::project::Project;
use crate::shell;
use crate::tally::Tally;
use crate::test::Record;
use crate::toolchains;

/// Opens each JVM: the compiler needs most.
const HEAP: &str = "-Xmx2g";

pub(super) fn run(project: &Project, record: &mut Record) {
    let home = project.target().join("bindings/kotlin");
    let (compiler, libraries) = (home.join("compiler"), home.join("libraries"));
    let tools = record.phase("tools", || {
        toolchains::ensure_maven(project)?;
        let sources = project.root.join("bindings/kotlin");
        toolchains::maven_libraries(project, &sources.join("compiler/pom.xml"), &compiler)?;
        toolchains::maven_libraries(project, &sources.join("pom.xml"), &libraries)?;
        Ok(Tally::PASSED)
    });
    let generated = home.join("generated");
    let made = record.phase("bindings", || {
        bindgen::run(project, Library::Harness, Language::Kotlin, &generated).map(|()| Tally::PASSED)
    });
    if tools.failed + made.failed > 0 {
        return;
    }
    let classes = home.join("classes");
    let compiled = record.phase("compile", || {
        compile(project, &compiler, &libraries, &generated, &classes)
    });
    if compiled.failed > 0 {
        return;
    }
    let mut tests = shell::command(project, "java");
    tests.arg(HEAP).arg("-cp");
    // Folders that the phases before have just filled.
    tests.arg(class_path(&libraries, &[&classes]).unwrap_or_default());
    for (name, folder) in [
        ("jna.library.path", &generated),
        ("phananh.scenarios", &project.scenarios()),
    ] {
        tests.arg(format!("-D{name}={}", folder.display()));
    }
    tests.arg("vn.phananh.core.RunTestsKt");
    record.tests("suite and scenarios", &mut tests);
}

/// Kotlin's own command line, with every warning of ours an error; the generated code has its own ideas.
fn compile(
    project: &Project,
    compiler: &Path,
    libraries: &Path,
    generated: &Path,
    classes: &Path,
) -> io::Result<Tally> {
    let own_path = class_path(compiler, &[])?;
    let kotlinc = |class_path: String, out: &Path, strict: &[&str], sources: Vec<PathBuf>| -> Command {
        let mut command = shell::command(project, "java");
        command
            .arg(HEAP)
            .arg("-cp")
            .arg(&own_path)
            .arg("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler")
            .args(["-no-stdlib", "-no-reflect", "-jvm-target", "17"])
            .args(strict)
            .arg("-cp")
            .arg(class_path)
            .arg("-d")
            .arg(out)
            .args(sources);
        command
    };
    let _ = fs::remove_dir_all(classes);
    let mut core = kotlinc(
        class_path(libraries, &[])?,
        classes,
        &["-nowarn"],
        sources(&[generated])?,
    );
    shell::must(&mut core)?;
    let own = project.root.join("bindings/kotlin");
    let guide = classes.with_file_name("guide");
    fs::create_dir_all(&guide)?;
    fs::write(guide.join("Guide.kt"), guide::program(project, "kotlin")?)?;
    let mut ours = kotlinc(
        class_path(libraries, &[classes])?,
        classes,
        &["-Werror"],
        sources(&[&own.join("src"), &own.join("tests"), &guide])?,
    );
    shell::must(&mut ours).map(|_| Tally::PASSED)
}

/// All Kotlin files under these folders.
fn sources(folders: &[&Path]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open: Vec<_> = folders.iter().map(|folder| folder.to_path_buf()).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "kt") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every jar of a folder, and these folders. (Java would take a `*`; Kotlin's compiler does not.)
fn class_path(libraries: &Path, folders: &[&Path]) -> io::Result<String> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(libraries)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jar") {
            parts.push(path.display().to_string());
        }
    }
    parts.sort();
    parts.extend(folders.iter().map(|folder| folder.display().to_string()));
    Ok(parts.join(":"))
}
