//! Arrows between the modules of the engine: `store, files, remote <- outbox, sync <- client`.
//!
//! A module that is not in the table is *ground* (clock, events, secrets, randomness): everybody may use it, and of
//! the table it may use the error alone. Tests inside `src` keep to the same arrows as the code beside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{Path, paths, tokens};
use crate::{Source, hold, sources};

const SOURCES: &str = "core/engine/src";

/// Each module above the ground and what of this table it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("files", &[]),
    // The engine's one error names that of `files`, which therefore knows nothing of it.
    ("error", &["files"]),
    ("remote", &["error"]),
    ("store", &["error"]),
    // A damaged store begins anew, with its pictures.
    ("rescue", &["store", "files", "error"]),
    // All that touches the world, bundled for those who work with it; no part knows the bundle.
    ("world", &["store", "files", "remote", "error", "rescue"]),
    // What is sealed and to what; what is known of a city; photos on their way in.
    ("sealed", &["store", "error", "world"]),
    ("arrival", &["store", "error", "city"]),
    ("city", &["store", "error", "world"]),
    ("ingest", &["store", "files", "error", "world", "city"]),
    // One request on the line; the first contact with a city; how it lists what is ours; is a report of ours there?
    ("line", &["files", "remote", "error", "world"]),
    ("contact", &["store", "remote", "error", "world", "city", "line"]),
    ("listing", &["store", "error", "world", "city", "line"]),
    // Who is signed in, and how that is renewed.
    ("account", &["error", "world", "city", "line", "contact"]),
    // What a city offers; numbers that it gives later.
    ("services", &["store", "error", "world", "city", "line"]),
    ("tokens", &["store", "error", "world", "city", "line"]),
    (
        "lookup",
        &[
            "store", "error", "world", "sealed", "city", "line", "contact", "listing",
        ],
    ),
    (
        "outbox",
        &[
            "store", "files", "remote", "error", "world", "sealed", "city", "ingest", "line", "contact",
            "listing", "lookup", "services", "tokens", "arrival", "account",
        ],
    ),
    (
        "sync",
        &[
            "store", "files", "remote", "error", "world", "sealed", "city", "line", "contact", "listing",
            "lookup", "services", "tokens", "arrival", "account",
        ],
    ),
    (
        "client",
        &[
            "store", "files", "remote", "error", "world", "sealed", "city", "ingest", "line", "contact",
            "listing", "account", "outbox", "sync", "rescue",
        ],
    ),
];

/// What a module without a line may use of the table.
const GROUND: &[&str] = &["error"];

/// Where a source file stands in the module tree: `core/engine/src/store/rows.rs` is `store::rows`.
fn module(path: &str) -> Vec<String> {
    let inside = path
        .trim_start_matches(SOURCES)
        .trim_start_matches('/')
        .trim_end_matches(".rs");
    let mut parts: Vec<_> = inside.split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
        parts.pop();
    }
    parts
}

/// The path from the crate's root, if it leads into this crate by `crate`, `self` or `super`.
fn from_root(path: &Path, module: &[String]) -> Option<Vec<String>> {
    let mut base: Vec<String> = module.iter().chain(&path.inline).cloned().collect();
    let mut segments = path.segments.iter().peekable();
    match segments.peek()?.as_str() {
        "crate" => {
            base.clear();
            segments.next();
        }
        "self" | "super" => {
            while let Some(step) = segments.next_if(|segment| *segment == "self" || *segment == "super") {
                if step == "super" {
                    base.pop();
                }
            }
        }
        _ => return None,
    }
    Some(base.into_iter().chain(segments.cloned()).collect())
}

/// What the crate's root hands on: `pub use store::Store` makes `crate::Store` a way into `store`.
fn handed_on(files: &[(Vec<String>, Vec<Path>)], modules: &BTreeSet<String>) -> BTreeMap<String, String> {
    let root = files
        .iter()
        .filter(|(module, _)| module.is_empty())
        .flat_map(|(_, paths)| paths);
    let mut ways = BTreeMap::new();
    for path in root.filter(|path| path.used) {
        let segments = path
            .segments
            .strip_prefix(&["crate".to_owned()])
            .unwrap_or(&path.segments);
        if let [first, .., last] = segments
            && modules.contains(first)
        {
            ways.insert(last.clone(), first.clone());
        }
    }
    ways
}

fn other_arrows(sources: &[Source]) -> Vec<String> {
    let files: Vec<_> = sources
        .iter()
        .map(|source| (module(&source.path), paths(tokens(&source.path, &source.text))))
        .collect();
    let modules: BTreeSet<_> = files
        .iter()
        .filter_map(|(module, _)| module.first().cloned())
        .collect();
    let ways = handed_on(&files, &modules);
    let mut breaches = BTreeSet::new();
    for ((module, paths), source) in files.iter().zip(sources) {
        let Some(from) = module.first() else { continue };
        let row = ARROWS.iter().find(|(name, _)| name == from);
        let may: &[&str] = row.map_or(GROUND, |(_, may)| may);
        for target in paths.iter().filter_map(|path| from_root(path, module)) {
            let Some(first) = target.first() else { continue };
            let to = ways.get(first).unwrap_or(first);
            let above_ground = ARROWS.iter().any(|(name, _)| name == to);
            if above_ground && to != from && !may.contains(&to.as_str()) {
                breaches.insert(format!(
                    "{from} -> {to}: {} says crate::{}",
                    source.path,
                    target.join("::")
                ));
            }
        }
    }
    breaches.into_iter().collect()
}

#[test]
fn engine_modules_import_only_along_the_arrows() {
    hold(
        "store, files, remote <- outbox, sync <- client; store, files, remote never import each other; a module that \
         the table (bindings/xtask/tests/arrows/engine.rs) does not name imports the error alone",
        &other_arrows(&sources(SOURCES, &[".rs"])),
    );
}

#[test]
fn turns_red_on_every_way_to_import_a_neighbour() {
    let lib = || {
        Source::example(
            "core/engine/src/lib.rs",
            "mod files; mod store; pub use store::{Store, rows::Row};",
        )
    };
    let red = |path: &str, text: &str| other_arrows(&[lib(), store(), Source::example(path, text)]).len();
    fn store() -> Source {
        Source::example("core/engine/src/store/mod.rs", "pub struct Store;")
    }
    assert_eq!(red("core/engine/src/files.rs", "use crate::store::Store;"), 1);
    assert_eq!(
        red(
            "core/engine/src/files.rs",
            "use crate::{clock::Clock, store::{self, Store}};"
        ),
        2
    );
    assert_eq!(
        red("core/engine/src/files.rs", "fn f() { crate::store::open() }"),
        1
    );
    assert_eq!(
        red("core/engine/src/files.rs", "use crate::Row;"),
        1,
        "through the root's re-export"
    );
    assert_eq!(
        red(
            "core/engine/src/files/names.rs",
            "use super::super::store::Store;"
        ),
        1
    );
    assert_eq!(
        red(
            "core/engine/src/files/names.rs",
            "mod tests { use super::super::super::store::Store; }"
        ),
        1
    );
    assert_eq!(
        red("core/engine/src/clock.rs", "use crate::store::Store;"),
        1,
        "ground uses nothing above it"
    );
    assert_eq!(
        red("core/engine/src/outbox/send.rs", "use crate::client::Client;"),
        1
    );
    assert_eq!(
        red("core/engine/src/outbox/send.rs", "use crate::sync::Cursor;"),
        1
    );
    assert_eq!(
        red(
            "core/engine/src/outbox/send.rs",
            "use crate::{Store, clock::Clock}; use super::plan::Plan;"
        ),
        0
    );
    assert_eq!(
        red(
            "core/engine/src/client.rs",
            "use crate::{outbox, store::Row, sync, files, remote};"
        ),
        0
    );
}
