//! uniffi-bindgen, pinned to the very version of the surface: a generator of another version writes other checksums.
//!
//! `phananh-bindgen generate --language python --out-dir DIR LIBRARY`; `cargo xtask bindgen` calls it.
//! `phananh-bindgen surface LIBRARY` prints all that a library exports, a line each; `cargo xtask surface` calls it.

mod surface;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    if let (Some("surface"), Some(library)) = (arguments.next().as_deref(), arguments.next()) {
        return surface::print(&library);
    }
    uniffi::uniffi_bindgen_main();
    ExitCode::SUCCESS
}
