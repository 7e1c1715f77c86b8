//! The rings of checks, from the innermost outwards. Each file below is one ring.

mod kotlin;
mod life;
mod mobile;
mod planted;
mod python;
mod rust;
mod swift;

pub(crate) use mobile::possible as mobile_possible;
pub(crate) use rust::EVERYTHING;

use clap::ValueEnum;

use crate::project::Project;
use crate::test::Record;

/// A ring of checks that can be run by name.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Ring {
    /// Format, clippy, rustdoc, licences and bans, all Rust tests, the word catalogues
    Rust,
    /// The library through its Python bindings
    Python,
    /// A long life in virtual time: suspended, cut off, killed; nothing lost, nothing twice, nothing held
    Life,
    /// The library through its Kotlin bindings, on a JVM
    Kotlin,
    /// The library through its Swift bindings, on Linux
    Swift,
    /// The library type-checked for Android and iOS
    Mobile,
    /// The slips of tests/planted are caught
    Planted,
}

impl Ring {
    pub(crate) const ALL: &'static [Self] = &[
        Self::Rust,
        Self::Life,
        Self::Python,
        Self::Kotlin,
        Self::Swift,
        Self::Mobile,
        Self::Planted,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Life => "life",
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
            Self::Mobile => "mobile",
            Self::Planted => "planted",
        }
    }

    pub(crate) fn run(self, project: &Project, record: &mut Record) {
        match self {
            Self::Rust => rust::run(project, record),
            Self::Life => life::run(project, record),
            Self::Python => python::run(project, record),
            Self::Kotlin => kotlin::run(project, record),
            Self::Swift => swift::run(project, record),
            Self::Mobile => mobile::run(project, record),
            Self::Planted => planted::run(project, record),
        }
    }
}
