//! What the exported surface may not say, because another language or platform would trip over it.

use crate::tokens::{names, tokens};
use crate::{Source, hold, sources};

const SURFACE: &str = "bindings/ffi/src";

/// The word, and why not.
const NEVER: &[(&str, &str)] = &[
    (
        "async_runtime",
        "the core owns its runtime: an exported async fn spawns on it and awaits the handle",
    ),
    (
        "target_os",
        "bindings are generated on one platform for all: an export that depends on it breaks the others",
    ),
];

/// Method names that generated code needs for itself: Kotlin's AutoCloseable, and `destroy`, `use`.
const TAKEN: &[&str] = &["close", "destroy", "r#use"];

fn unspeakable(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        let names = names(tokens(&source.path, &source.text));
        for (word, why) in NEVER {
            if names.iter().any(|name| name == word) {
                breaches.push(format!("{}: `{word}`: {why}", source.path));
            }
        }
        for pair in names.windows(2) {
            if pair[0] == "fn" && TAKEN.contains(&pair[1].as_str()) {
                breaches.push(format!(
                    "{}: `fn {}`: Kotlin's generated objects have it already",
                    source.path, pair[1]
                ));
            }
        }
    }
    breaches
}

#[test]
fn the_surface_can_be_exported_everywhere() {
    hold(
        "the surface must work in every language and on every platform",
        &unspeakable(&sources(SURFACE, &[".rs"])),
    );
}

#[test]
fn turns_red_on_what_breaks_elsewhere() {
    let red = |text: &str| unspeakable(&[Source::example("x.rs", text)]).len();
    assert_eq!(red("#[uniffi::export(async_runtime = \"tokio\")] impl A {}"), 1);
    assert_eq!(
        red("#[cfg(target_os = \"android\")] #[uniffi::export] impl A {}"),
        1
    );
    assert_eq!(red("impl A { pub fn close(&self) {} pub fn r#use(&self) {} }"), 2);
    assert_eq!(red("impl A { pub fn shut_down(&self) {} } // target_os"), 0);
}
