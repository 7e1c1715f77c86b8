//! The programs that `docs/embedding.md` holds: the blocks of one language, in order, are one.

use std::fs;
use std::io;

use crate::project::Project;

const GUIDE: &str = "docs/embedding.md";

/// The program of the guide in one language, by the word after its fences.
///
/// # Errors
/// When the guide cannot be read or holds no such block.
pub(crate) fn program(project: &Project, language: &str) -> io::Result<String> {
    let text = fs::read_to_string(project.root.join(GUIDE))?;
    let program = blocks(&text, language);
    if program.is_empty() {
        return Err(io::Error::other(format!("{GUIDE} holds no {language}")));
    }
    Ok(program)
}

fn blocks(text: &str, language: &str) -> String {
    let mut program = String::new();
    let mut within = None;
    for line in text.lines() {
        match (within, line.strip_prefix("```")) {
            (None, Some(word)) => within = Some(word == language),
            (Some(_), Some(_)) => within = None,
            (Some(true), None) => {
                program.push_str(line);
                program.push('\n');
            }
            (Some(false) | None, None) => {}
        }
    }
    program
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn takes_the_blocks_of_one_language_in_order() {
        let text = "a\n```kotlin\none\n```\n```swift\nno\n```\nb\n```kotlin\ntwo\n```\n";
        assert_eq!(blocks(text, "kotlin"), "one\ntwo\n");
    }
}
