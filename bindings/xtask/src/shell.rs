//! Running other programs: what they print is shown as it comes and kept for counting.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::{env, thread};

use crate::project::Project;

/// How a program ended, and all it printed (both streams, in the order of arrival).
pub(crate) struct Ended {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// A command in the project's root, without what `cargo run` told *this* program about itself: some build
/// scripts watch these variables and would build C code again at every call.
pub(crate) fn command(project: &Project, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&project.root).stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_CRATE_NAME"
        {
            command.env_remove(&name);
        }
    }
    if let Some(shared) = &project.shared {
        command.env("PHANANH_SHARED", shared);
    }
    command
}

/// Cargo with these arguments (split at blanks) in the project's root.
pub(crate) fn cargo(project: &Project, arguments: &str) -> Command {
    let mut command = command(project, "cargo");
    command.args(arguments.split_whitespace());
    command
}

/// Runs a command, shows what it prints, and keeps it.
///
/// # Errors
/// When the program cannot be started.
pub(crate) fn run(command: &mut Command) -> io::Result<Ended> {
    println!("$ {}", written(command));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| io::Error::other(format!("cannot start `{}`: {why}", written(command))))?;
    let output = Mutex::new(String::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(|| out.map(|stream| follow(stream, &output, io::stdout())));
        scope.spawn(|| err.map(|stream| follow(stream, &output, io::stderr())));
    });
    let success = child.wait()?.success();
    Ok(Ended {
        success,
        output: output.into_inner().unwrap_or_default(),
    })
}

/// Runs a command that must succeed.
///
/// # Errors
/// When it cannot be started or exits non-zero.
pub(crate) fn must(command: &mut Command) -> io::Result<String> {
    let ended = run(command)?;
    if ended.success {
        Ok(ended.output)
    } else {
        Err(io::Error::other(format!("`{}` failed", written(command))))
    }
}

/// The standard output of a command that is only asked something; `None` if it cannot be had.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program of this name is on the path.
pub(crate) fn has(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| is_program(&folder.join(program))))
}

fn is_program(file: &Path) -> bool {
    file.is_file()
}

fn written(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Copies a stream line by line: bytes that are not UTF-8 are shown and kept as replacement characters.
fn follow(stream: impl Read, kept: &Mutex<String>, mut shown: impl Write) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        // A reader of ours that went away (a closed pipe) is no reason to stop the check.
        let _ = shown.write_all(text.as_bytes());
        if let Ok(mut kept) = kept.lock() {
            kept.push_str(&text);
        }
        line.clear();
    }
}
