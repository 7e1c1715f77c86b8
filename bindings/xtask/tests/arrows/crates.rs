//! Arrows between packages, read from Cargo's metadata.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::{hold, root};

/// What each package may depend on, of our own. A package without a line here is a breach: say first what it is.
const ARROWS: &[(&str, &[&str])] = &[
    ("phananh-domain", &[]),
    ("georeport", &["phananh-domain"]),
    ("phananh-photo", &["phananh-domain"]),
    (
        "phananh-engine",
        &["phananh-domain", "georeport", "phananh-photo"],
    ),
    ("phananh-ffi", &["phananh-domain", "phananh-engine"]),
    ("phananh", &["phananh-domain", "phananh-engine"]),
    ("phananh-bindgen", &[]),
    ("xtask", &["phananh-domain"]),
    // Their own reading of the standard and of TCP: nothing of ours, or they would share our mistakes.
    ("phananh-city", &[]),
    ("phananh-faults", &[]),
    // Measures programs from outside.
    ("phananh-bench", &[]),
    (
        "phananh-scenarios",
        &[
            "phananh-domain",
            "phananh-engine",
            "phananh-city",
            "phananh-faults",
        ],
    ),
    (
        "phananh-harness",
        &[
            "phananh-domain",
            "phananh-engine",
            "phananh-ffi",
            "phananh-scenarios",
        ],
    ),
];

/// The packages under `tests/`.
const TEST_TOOLS: &[&str] = &[
    "phananh-city",
    "phananh-faults",
    "phananh-scenarios",
    "phananh-harness",
    "phananh-bench",
];

/// Whose own tests may use the test tools: those that need a city at the other end of a line.
const TESTED_AGAINST_A_CITY: &[&str] = &["phananh-engine", "phananh", "phananh-scenarios"];

/// The only feature that may bring a test tool into a program, and whose it is.
const DEMO: (&str, &str) = ("phananh", "demo");

/// The only packages that know uniffi.
const BINDINGS: &[&str] = &["phananh-ffi", "phananh-bindgen", "phananh-harness"];

/// What reads and writes bytes, files, sockets or clocks; nothing pure depends on it.
const WORLD: &[&str] = &[
    "tokio",
    "reqwest",
    "rusqlite",
    "ring",
    "rustls",
    "getrandom",
    "hyper",
    "axum",
    "libc",
];
const PURE: &[&str] = &["phananh-domain", "georeport", "phananh-photo"];

struct Arrow {
    from: String,
    to: String,
    /// The name in the manifest, where it differs from the package's.
    alias: Option<String>,
    kind: DependencyKind,
    optional: bool,
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()]);
    command.exec().expect("cargo metadata")
}

fn arrows(metadata: &Metadata) -> Vec<Arrow> {
    let of = |package: &Package| {
        let from = package.name.to_string();
        let to = |dependency: &cargo_metadata::Dependency| Arrow {
            from: from.clone(),
            to: dependency.name.clone(),
            alias: dependency.rename.clone(),
            kind: dependency.kind,
            optional: dependency.optional,
        };
        package.dependencies.iter().map(to).collect::<Vec<_>>()
    };
    metadata.packages.iter().flat_map(of).collect()
}

fn packages(metadata: &Metadata) -> Vec<String> {
    metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect()
}

fn strangers(packages: &[String]) -> Vec<String> {
    let known: BTreeSet<_> = ARROWS.iter().map(|(name, _)| *name).collect();
    let unknown = packages.iter().filter(|name| !known.contains(name.as_str()));
    unknown
        .map(|name| format!("{name} has no line in ARROWS (bindings/xtask/tests/arrows/crates.rs)"))
        .collect()
}

fn other_arrows(arrows: &[Arrow]) -> Vec<String> {
    let ours = |name: &str| ARROWS.iter().any(|(known, _)| *known == name);
    let allowed = |arrow: &Arrow| {
        let to = arrow.to.as_str();
        let listed = ARROWS
            .iter()
            .any(|(from, to_all)| *from == arrow.from && to_all.contains(&to));
        let demo = arrow.from == DEMO.0 && arrow.optional && TEST_TOOLS.contains(&to);
        let dev = arrow.kind == DependencyKind::Development;
        let own_tests =
            dev && TESTED_AGAINST_A_CITY.contains(&arrow.from.as_str()) && TEST_TOOLS.contains(&to);
        // A package may turn on a feature of its own for its tests.
        let itself = dev && arrow.from == arrow.to;
        listed || demo || own_tests || itself
    };
    let others = arrows.iter().filter(|arrow| ours(&arrow.to) && !allowed(arrow));
    others
        .map(|arrow| format!("{} -> {} ({:?} dependency)", arrow.from, arrow.to, arrow.kind))
        .collect()
}

fn demo_leaks(package: &str, features: &[(String, Vec<String>)]) -> Vec<String> {
    let brings = |enabled: &str| {
        let name = enabled.trim_start_matches("dep:");
        let name = name.split(['/', '?']).next().unwrap_or(name);
        TEST_TOOLS.contains(&name) || (package == DEMO.0 && name == DEMO.1)
    };
    let leaking = features
        .iter()
        .filter(|(name, _)| (package, name.as_str()) != DEMO);
    leaking
        .filter(|(_, enabled)| enabled.iter().any(|enabled| brings(enabled)))
        .map(|(name, enabled)| format!("feature `{name}` of {package} = {enabled:?}"))
        .collect()
}

fn uniffi_elsewhere(arrows: &[Arrow]) -> Vec<String> {
    let elsewhere =
        |arrow: &&Arrow| arrow.to.starts_with("uniffi") && !BINDINGS.contains(&arrow.from.as_str());
    arrows
        .iter()
        .filter(elsewhere)
        .map(|arrow| format!("{} -> {}", arrow.from, arrow.to))
        .collect()
}

fn worldly(arrows: &[Arrow]) -> Vec<String> {
    let worldly = |arrow: &&Arrow| {
        let ships = arrow.kind == DependencyKind::Normal;
        ships && PURE.contains(&arrow.from.as_str()) && WORLD.contains(&arrow.to.as_str())
    };
    arrows
        .iter()
        .filter(worldly)
        .map(|arrow| format!("{} -> {}", arrow.from, arrow.to))
        .collect()
}

fn called_core(names: &[String]) -> Vec<String> {
    let called = names.iter().filter(|name| *name == "core");
    called
        .map(|name| format!("`{name}` hides Rust's own core in every path"))
        .collect()
}

#[test]
fn packages_depend_only_along_the_arrows() {
    let metadata = metadata();
    let mut breaches = strangers(&packages(&metadata));
    breaches.extend(other_arrows(&arrows(&metadata)));
    hold(
        "domain <- georeport, photo; domain, georeport, photo <- engine <- ffi, cli. tests/* know nothing of ours but \
         scenarios and harness; only the tests of engine, cli and scenarios, and cli's feature `demo`, may use tests/*.",
        &breaches,
    );
}

#[test]
fn only_the_demo_brings_test_tools_into_a_program() {
    let metadata = metadata();
    let mut breaches = Vec::new();
    for package in &metadata.packages {
        let features: Vec<_> = package.features.clone().into_iter().collect();
        breaches.extend(demo_leaks(&package.name, &features));
    }
    hold(
        "tests/* enter a program through the feature `demo` of the package phananh alone",
        &breaches,
    );
}

#[test]
fn only_the_bindings_know_uniffi() {
    hold(
        "uniffi is known to bindings/ffi, bindings/bindgen and tests/harness only",
        &uniffi_elsewhere(&arrows(&metadata())),
    );
}

#[test]
fn pure_packages_do_not_depend_on_the_world() {
    hold(
        "domain, georeport and photo do no I/O of their own",
        &worldly(&arrows(&metadata())),
    );
}

#[test]
fn nothing_is_named_core() {
    let metadata = metadata();
    let mut names = packages(&metadata);
    names.extend(
        metadata
            .packages
            .iter()
            .flat_map(|package| &package.targets)
            .map(|target| target.name.clone()),
    );
    names.extend(arrows(&metadata).into_iter().filter_map(|arrow| arrow.alias));
    hold("no package, target or alias is named core", &called_core(&names));
}

mod turns_red {
    use super::*;

    fn arrow(from: &str, to: &str, kind: DependencyKind) -> Arrow {
        Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            alias: None,
            kind,
            optional: false,
        }
    }

    #[test]
    fn on_an_arrow_that_is_not_drawn() {
        use DependencyKind::{Development, Normal};
        let red = |from, to, kind| other_arrows(&[arrow(from, to, kind)]).len() == 1;
        assert!(red("phananh-domain", "georeport", Normal));
        assert!(red("georeport", "phananh-photo", Normal));
        assert!(
            red("phananh-city", "georeport", Normal) && red("phananh-city", "phananh-engine", Development)
        );
        assert!(
            red("phananh-engine", "phananh-city", Normal)
                && !red("phananh-engine", "phananh-city", Development)
        );
        assert!(
            red("phananh-photo", "phananh-city", Development),
            "a dev-dependency is an arrow too"
        );
        assert!(
            red("phananh", "phananh-city", Normal),
            "the demo's must be optional"
        );
        assert!(
            !red("georeport", "serde", Normal),
            "others' packages are deny.toml's business"
        );
        assert_eq!(strangers(&["phananh-new".to_owned()]).len(), 1);
    }

    #[test]
    fn on_a_feature_that_lets_test_tools_in() {
        let feature = |name: &str, on: &str| [(name.to_owned(), vec![on.to_owned()])];
        assert!(demo_leaks("phananh", &feature("demo", "dep:phananh-city")).is_empty());
        assert_eq!(demo_leaks("phananh", &feature("default", "demo")).len(), 1);
        assert_eq!(
            demo_leaks("phananh", &feature("extra", "phananh-city/tls")).len(),
            1
        );
        assert_eq!(
            demo_leaks("phananh-engine", &feature("demo", "dep:phananh-faults")).len(),
            1
        );
    }

    #[test]
    fn on_uniffi_io_and_core() {
        let normal = DependencyKind::Normal;
        assert_eq!(
            uniffi_elsewhere(&[arrow("phananh-engine", "uniffi", normal)]).len(),
            1
        );
        assert_eq!(worldly(&[arrow("phananh-domain", "tokio", normal)]).len(), 1);
        assert_eq!(called_core(&["core".to_owned()]).len(), 1);
    }
}
