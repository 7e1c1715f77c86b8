//! The examples that `--help` ends with: those of docs/cli.md, where each command has a section and each example is run
//! by a test. One text teaches in both places.

use clap::Command;

const PAGE: &str = include_str!("../../../../docs/cli.md");

/// The same command line, with examples below the help of each command.
pub(crate) fn taught(command: Command) -> Command {
    with_examples(command, "")
}

fn with_examples(command: Command, above: &str) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    names.into_iter().fold(command, |command, name| {
        let path = format!("{above} {name}").trim().to_owned();
        command.mut_subcommand(name, |sub| {
            let sub = with_examples(sub, &path);
            match examples(&path) {
                lines if lines.is_empty() => sub,
                lines => sub.after_help(format!("Example:\n  {}", lines.join("\n  "))),
            }
        })
    })
}

/// The command lines in the section of a command.
fn examples(path: &str) -> Vec<&'static str> {
    let heading = format!("### {path}");
    PAGE.lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .filter_map(|line| line.strip_prefix("$ "))
        .collect()
}
