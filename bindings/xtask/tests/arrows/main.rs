//! The arrows of ARCHITECTURE.md, checked: who may depend on whom, and what may stand where.
//!
//! Every rule is a function from what it looks at to a list of sentences, one per breach, and two tests: one
//! runs it on the project, one on a small example that breaks it. A rule that cannot turn red proves nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod crates;
mod engine;
mod sources;
mod surface;
mod tokens;

use std::path::{Path, PathBuf};

/// The root of the project. Cargo says at run time where the package is, so that a test program that was built
/// for one copy of the project never looks at another.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("run by cargo");
    Path::new(&package)
        .ancestors()
        .nth(2)
        .expect("bindings/xtask lies two folders deep")
        .to_path_buf()
}

/// A source file: its path from the project's root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// An example, for the tests that expect red.
    fn example(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }
}

/// All files under a folder whose name ends in one of `endings`, generated and built things left out.
fn sources(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root(), &root().join(folder), endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(root: &Path, folder: &Path, endings: &[&str], found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let built =
                name.starts_with('.') || ["target", "build", "node_modules", "generated"].contains(&&*name);
            if !built {
                collect(root, &path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.push(Source { path, text });
        }
    }
}

/// Fails with every breach on its own line, and the rule they break.
fn hold(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{rule}\n  {}\n", breaches.join("\n  "));
}
