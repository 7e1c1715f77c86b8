//! `cargo xtask surface`: what the libraries export, written down, so that no change of it goes unnoticed.

use std::fs;
use std::io;

use crate::bindgen::{self, Library};
use crate::project::Project;
use crate::tally::Tally;

const BOTH: [Library; 2] = [Library::Shipped, Library::Harness];

/// Writes the surface files anew.
///
/// # Errors
/// When a library does not build or a file cannot be written.
pub(crate) fn write(project: &Project) -> io::Result<()> {
    for library in BOTH {
        let text = bindgen::surface(project, library)?;
        println!(
            "{}: {}",
            library.surface_file(),
            text.lines().next().unwrap_or_default()
        );
        fs::write(project.root.join(library.surface_file()), text + "\n")?;
    }
    Ok(())
}

/// Compares a surface with its file.
///
/// # Errors
/// The first line that differs, and what to do.
pub(crate) fn check(project: &Project, library: Library) -> io::Result<Tally> {
    let now = bindgen::surface(project, library)?;
    let file = library.surface_file();
    let written = fs::read_to_string(project.root.join(file))?;
    let difference = written
        .lines()
        .map(Some)
        .chain(std::iter::repeat(None))
        .zip(now.lines().map(Some).chain(std::iter::once(None)))
        .find(|(before, after)| before != after);
    if let Some((before, after)) = difference.filter(|_| written.trim_end() != now.trim_end()) {
        return Err(io::Error::other(format!(
            "the surface changed ({file}):\n  was {}\n  is  {}\nIf that is meant: `cargo xtask surface`, and a line in \
             CHANGELOG.md",
            before.unwrap_or("(nothing)"),
            after.unwrap_or("(nothing)")
        )));
    }
    println!("{file}: {}", now.lines().next().unwrap_or_default());
    Ok(Tally::PASSED)
}
