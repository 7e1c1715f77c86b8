//! sharp, of npm: what web services use; with mozjpeg, the smallest files that people make today.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{EDGE, Job, Name, SMALL_EDGE, Tool, missing};
use crate::measure::Call;

const VERSION: &str = "0.35.5";
const SCRIPT: &str = include_str!("../../../peers/sharp.mjs");

pub(super) fn ready(cache: &Path) -> io::Result<Vec<Tool>> {
    let home = cache.join(format!("sharp-{VERSION}"));
    fs::create_dir_all(&home)?;
    let script = home.join("sharp.mjs");
    fs::write(&script, SCRIPT)?;
    let version = || {
        let asked = "const s = await import('sharp'); console.log('sharp', s.default.versions.sharp, 'vips', s.default.versions.vips)";
        let entry = home.join("version.mjs");
        fs::write(&entry, asked).ok()?;
        Call::new("node").with(entry).answer()
    };
    if version().is_none() {
        install(&home)?;
    }
    let version = version().ok_or_else(|| missing("installed, and does not start"))?;
    let tool = |name: Name, codec: &'static str| {
        let script = script.clone();
        Tool {
            name,
            version: version.clone(),
            call: Box::new(move |job, from, to| {
                let (edge, quality) = match job {
                    Job::Plain => (EDGE, 80),
                    Job::Finest { quality } if name == Name::SharpMozjpeg => (EDGE, quality),
                    Job::Thumbnail => (SMALL_EDGE, 75),
                    Job::Finest { .. } | Job::Budget { .. } => return None,
                };
                let call = Call::new("node").with(&script).with(from).with(to);
                Some(call.with(edge.to_string()).with(quality.to_string()).with(codec))
            }),
        }
    };
    Ok(vec![
        tool(Name::Sharp, "plain"),
        tool(Name::SharpMozjpeg, "mozjpeg"),
    ])
}

fn install(home: &Path) -> io::Result<()> {
    eprintln!("installing sharp {VERSION}");
    fs::write(home.join("package.json"), "{\"private\": true}")?;
    let output = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund"])
        .arg(format!("sharp@{VERSION}"))
        .current_dir(home)
        .stdin(Stdio::null())
        .output()
        .map_err(|_| missing("no npm here (Debian: nodejs, npm)"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(missing("npm could not install it"))
    }
}
