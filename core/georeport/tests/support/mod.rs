//! Golden answers: invented data in the shapes of deployed servers, one folder a family.

use georeport::Answer;

/// The body of `golden/NAME`.
pub(crate) fn golden(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// An answer without headers.
pub(crate) fn answer(status: u16, body: &[u8]) -> Answer<'_> {
    Answer {
        status,
        headers: &[],
        body,
    }
}
