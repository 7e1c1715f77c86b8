//! `cargo xtask bindgen`: the library as it ships (debug), and its bindings for one language beside a copy.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io;
use std::path::Path;

use clap::ValueEnum;

use crate::project::Project;
use crate::shell::{self, cargo};

/// A language that uniffi writes bindings for.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    Kotlin,
    Python,
    Swift,
}

/// A library with a surface.
#[derive(Clone, Copy)]
pub(crate) enum Library {
    /// The one that ships.
    Shipped,
    /// It, and the harness of the bindings' tests beside it.
    Harness,
}

impl Library {
    /// Where what it exports is written down.
    pub(crate) fn surface_file(self) -> &'static str {
        match self {
            Self::Shipped => "bindings/ffi/surface.txt",
            Self::Harness => "tests/harness/surface.txt",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Shipped => "phananh-ffi",
            Self::Harness => "phananh-harness",
        }
    }

    /// The file that Cargo builds.
    pub(crate) fn file(self) -> String {
        format!("{DLL_PREFIX}{}{DLL_SUFFIX}", self.package().replace('-', "_"))
    }
}

/// Builds and generates. The library lies beside the bindings afterwards, where Python looks for it.
///
/// # Errors
/// When the build or the generator fails, or the folder cannot be written.
pub(crate) fn run(project: &Project, library: Library, language: Language, out: &Path) -> io::Result<()> {
    if !has_surface(project) {
        return Err(io::Error::other(
            "bindings/ffi exports nothing yet: there is nothing to generate",
        ));
    }
    let out = std::path::absolute(out)?;
    fs::create_dir_all(&out)?;
    shell::must(&mut cargo(project, &format!("build -p {}", library.package())))?;
    let name = library.file();
    let library = out.join(&name);
    fs::copy(project.target().join("debug").join(&name), &library)?;
    let language = match language {
        Language::Kotlin => "kotlin",
        Language::Python => "python",
        Language::Swift => "swift",
    };
    let mut generate = cargo(
        project,
        "run --quiet -p phananh-bindgen -- generate --no-format --language",
    );
    shell::must(generate.arg(language).arg("--out-dir").arg(&out).arg(&library))?;
    println!("{language} bindings in {}", out.display());
    Ok(())
}

/// All that a library exports, a line each, after a first line that counts it.
///
/// # Errors
/// When the build fails.
pub(crate) fn surface(project: &Project, library: Library) -> io::Result<String> {
    shell::must(&mut cargo(project, &format!("build -p {}", library.package())))?;
    let built = project.target().join("debug").join(library.file());
    let mut print = cargo(project, "run --quiet -p phananh-bindgen -- surface");
    shell::ask(print.arg(&built))
        .ok_or_else(|| io::Error::other("the library has no surface that can be read"))
}

/// Whether the library has a surface at all.
pub(crate) fn has_surface(project: &Project) -> bool {
    fs::read_to_string(project.root.join("bindings/ffi/src/lib.rs"))
        .is_ok_and(|source| source.contains("uniffi::setup_scaffolding!"))
}
