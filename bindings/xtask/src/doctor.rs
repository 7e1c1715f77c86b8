//! `cargo xtask doctor`: what this machine has, what is missing, and which ring needs it.

use std::io;

use crate::project::Project;
use crate::rings;
use crate::shell;
use crate::toolchains;

/// Prints one line a need.
///
/// # Errors
/// When something is missing that no ring can install by itself.
pub(crate) fn run(project: &Project) -> io::Result<()> {
    let mut missing = 0;
    for program in ["cargo", "rustc", "git"] {
        let found = version(project, program, "--version");
        missing += u32::from(found.is_none());
        line(
            program,
            "all rings",
            found.as_deref().unwrap_or("MISSING, install it"),
        );
    }
    let installable = if toolchains::can_install() {
        "missing, will be installed"
    } else {
        "MISSING, install it"
    };
    for (program, ring) in [("cc", "all rings"), ("python3", "rust, python")] {
        let found = version(project, program, "--version");
        missing += u32::from(found.is_none() && !toolchains::can_install());
        line(program, ring, found.as_deref().unwrap_or(installable));
    }
    let deny = toolchains::found_cargo_deny(project);
    let deny = deny.map_or("will be installed".to_owned(), |path| path.display().to_string());
    line("cargo-deny", "rust", &deny);
    let shared = project.shared.as_ref();
    let shared = shared.map_or("absent, tests that need it are skipped".to_owned(), |path| {
        path.display().to_string()
    });
    line("shared material", "rust", &shared);
    line(
        "chroot",
        "mobile",
        &rings::mobile_possible().map_or_else(|reason| reason, |()| "possible here".to_owned()),
    );
    line("cache", "rust, mobile", &project.cache.display().to_string());
    match missing {
        0 => Ok(()),
        n => Err(io::Error::other(format!("{n} needed program(s) missing"))),
    }
}

fn version(project: &Project, program: &str, flag: &str) -> Option<String> {
    let printed = shell::ask(shell::command(project, program).arg(flag))?;
    printed.lines().next().map(str::to_owned)
}

fn line(what: &str, ring: &str, found: &str) {
    println!("{what:<16} {ring:<13} {found}");
}
