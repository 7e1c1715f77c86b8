//! Where things are: the project's own tree, the shared material beside it, the cache outside it.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

/// The project that a task works on.
pub(crate) struct Project {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Real data for tests, if it is there.
    pub(crate) shared: Option<PathBuf>,
    /// Downloaded tools and chroots. Outside the project, so that a fresh clone finds them again.
    pub(crate) cache: PathBuf,
    /// Whether `CI=true`.
    pub(crate) in_ci: bool,
}

impl Project {
    /// The project of the current folder.
    ///
    /// # Errors
    /// When no folder from here upwards is a Cargo workspace.
    pub(crate) fn here() -> io::Result<Self> {
        let start = env::current_dir()?;
        let root = start
            .ancestors()
            .find(|folder| is_workspace(folder))
            .ok_or_else(|| {
                io::Error::other("not inside the project: no workspace Cargo.toml from here upwards")
            })?
            .to_path_buf();
        let shared = match env::var_os("PHANANH_SHARED") {
            Some(folder) => Some(start.join(folder)),
            None => root.parent().map(|beside| beside.join("shared")),
        };
        Ok(Self {
            shared: shared.filter(|folder| folder.is_dir()),
            cache: cache_folder(&start),
            in_ci: env::var("CI").is_ok_and(|value| value == "true"),
            root,
        })
    }

    /// The folder of scenario files: `PHANANH_SCENARIOS`, else the project's own.
    pub(crate) fn scenarios(&self) -> PathBuf {
        match env::var_os("PHANANH_SCENARIOS") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("tests/scenarios/files"),
        }
    }

    /// Where this project's own Cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }
}

fn is_workspace(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "[workspace]"))
}

fn cache_folder(start: &Path) -> PathBuf {
    if let Some(folder) = env::var_os("PHANANH_CACHE") {
        return start.join(folder);
    }
    match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (Some(folder), _) => PathBuf::from(folder).join("phananh"),
        (None, Some(home)) => PathBuf::from(home).join(".cache/phananh"),
        (None, None) => env::temp_dir().join("phananh-cache"),
    }
}
