//! uniffi-bindgen, pinned to the very version of the surface: a generator of another version writes other checksums.
//!
//! `phananh-bindgen generate --language python --out-dir DIR LIBRARY`; `cargo xtask bindgen` calls it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
