//! `docs/benchmarks.md`: each bench writes what stands between its own two markers, and nothing else.

use std::fs;
use std::io;
use std::path::Path;

fn markers(bench: &str) -> (String, String) {
    (
        format!("<!-- bench {bench}: written by the command, not by hand -->"),
        format!("<!-- /bench {bench} -->"),
    )
}

/// Puts `figures` between the markers of `bench`.
///
/// # Errors
/// When the page cannot be read or written, or has no such markers.
pub(crate) fn write(root: &Path, bench: &str, figures: &str) -> io::Result<()> {
    let page = root.join("docs/benchmarks.md");
    let text = fs::read_to_string(&page)?;
    let (begin, end) = markers(bench);
    let written = between(&text, &begin, &end, figures)
        .ok_or_else(|| io::Error::other(format!("{} lacks `{begin}` or `{end}`", page.display())))?;
    fs::write(page, written)
}

fn between(text: &str, begin: &str, end: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{}\n{end}{after}", figures.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let page = "# Head\n<!-- a -->\nold\nfigures\n<!-- /a -->\nfoot\n<!-- b -->\nkept\n<!-- /b -->\n";
        let written = between(page, "<!-- a -->", "<!-- /a -->", "new\n");
        let wanted = "# Head\n<!-- a -->\nnew\n<!-- /a -->\nfoot\n<!-- b -->\nkept\n<!-- /b -->\n";
        assert_eq!(written.as_deref(), Some(wanted));
        assert_eq!(between(page, "<!-- c -->", "<!-- /c -->", "x"), None);
    }
}
