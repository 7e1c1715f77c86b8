//! Pillow, of Python's package index; and through its libjpeg-turbo the way that phones' own bitmaps go.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{EDGE, Job, Name, SMALL_EDGE, Tool, missing};
use crate::measure::Call;

const VERSION: &str = "13.0.0";
const SCRIPT: &str = include_str!("../../../peers/pillow.py");

pub(super) fn ready(cache: &Path) -> io::Result<Vec<Tool>> {
    let home = cache.join(format!("pillow-{VERSION}"));
    let python = home.join("bin/python");
    let version = || {
        let asked = "import PIL.features as f; print('Pillow', f.version('pil'), 'libjpeg-turbo', f.version('libjpeg_turbo'))";
        Call::new(&python).with("-c").with(asked).answer()
    };
    if version().is_none() {
        install(&home, &python)?;
    }
    let version = version().ok_or_else(|| missing("installed, and does not start"))?;
    let script = home.join("photo.py");
    fs::write(&script, SCRIPT)?;
    let tool = |name: Name, way: &'static str| {
        let (python, script) = (python.clone(), script.clone());
        Tool {
            name,
            version: version.clone(),
            call: Box::new(move |job, from, to| {
                let (edge, quality) = match job {
                    Job::Plain => (EDGE, 80),
                    Job::Finest { quality } if name != Name::Pillow => (EDGE, quality),
                    Job::Thumbnail if name == Name::Pillow => (SMALL_EDGE, 75),
                    _ => return None,
                };
                let call = Call::new(&python).with(&script).with(from).with(to);
                Some(call.with(edge.to_string()).with(quality.to_string()).with(way))
            }),
        }
    };
    Ok(vec![
        tool(Name::Pillow, "whole"),
        tool(Name::Phone, "phone"),
        tool(Name::PhoneOptimised, "phone-optimised"),
    ])
}

fn install(home: &Path, python: &Path) -> io::Result<()> {
    eprintln!("installing Pillow {VERSION}");
    let quiet = |program: &Path, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::null());
        command.output().is_ok_and(|output| output.status.success())
    };
    let folder = home.display().to_string();
    // Debian's Python, where there is one: one of a version manager is not found again by others.
    let made = ["/usr/bin/python3", "python3"]
        .iter()
        .any(|program| quiet(Path::new(program), &["-m", "venv", "--clear", &folder]));
    if !made {
        return Err(missing("no Python with venv here (Debian: python3-venv)"));
    }
    let wanted = format!("pillow=={VERSION}");
    if quiet(
        python,
        &["-m", "pip", "install", "--quiet", "--only-binary=:all:", &wanted],
    ) {
        Ok(())
    } else {
        Err(missing("pip could not install it"))
    }
}
