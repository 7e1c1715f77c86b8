//! `cargo xtask bench`: builds what is measured as it is released, brings the peers that Debian has, and starts the bench of
//! `tests/bench`. Standard output is the bench's alone, for scripts.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::{Args, Subcommand};

use crate::project::Project;
use crate::shell;
use crate::toolchains;

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// The photo pipeline against vipsthumbnail, sharp, ImageMagick, Pillow, the image crate, and a phone-like path
    ///
    /// CPU time, peak memory, bytes, SSIMULACRA2 and instructions of whole processes, in turns; then the goals, each with
    /// its figure. Peers that a registry has are installed; others are named with the reason.
    Photo {
        /// Photos: any folder of JPEG, PNG and WebP, and those below it (default: the full-size fixtures)
        #[arg(long, value_name = "DIR")]
        photos: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
}

/// Options of every bench.
#[derive(Args)]
pub(crate) struct Common {
    /// How often each program runs at each job
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// Write the figures into docs/benchmarks.md, too
    #[arg(long)]
    write: bool,
}

/// Programs of Debian that are compared or that count, and the packages they are in.
const PEERS: &[(&str, &str)] = &[
    ("vipsthumbnail", "libvips-tools"),
    ("convert-im6.q16", "imagemagick"),
    ("valgrind", "valgrind"),
    ("npm", "npm"),
];

pub(crate) fn run(project: &Project, bench: &Bench) -> io::Result<()> {
    let Bench::Photo { photos, common } = bench;
    toolchains::offer(project, PEERS);
    // Apart: features that the bench asks of a shared dependency would change what is measured.
    for package in ["phananh", "phananh-bench"] {
        if !quiet(shell::cargo(project, &format!("build --release -p {package}")))? {
            return Err(io::Error::other(format!("{package} cannot be built")));
        }
    }
    let release = project.target().join("release");
    let mut command = shell::command(project, release.join("phananh-bench"));
    command.arg("photo");
    command.arg("--root").arg(&project.root);
    command.arg("--phananh").arg(release.join("phananh"));
    command.arg("--cache").arg(project.cache.join("bench"));
    if let Some(shared) = &project.shared {
        command.arg("--shared").arg(shared);
    }
    if let Some(photos) = photos {
        command.arg("--photos").arg(std::path::absolute(photos)?);
    }
    if let Some(rounds) = common.rounds {
        command.arg("--rounds").arg(rounds.to_string());
    }
    let flags = [("--json", common.json), ("--write", common.write)];
    command.args(flags.iter().filter(|(_, on)| *on).map(|(flag, _)| flag));
    if command.status()?.success() {
        Ok(())
    } else {
        Err(io::Error::other("the bench did not end well"))
    }
}

/// Runs with everything it prints on standard error.
fn quiet(mut command: Command) -> io::Result<bool> {
    Ok(command.stdout(Stdio::null()).status()?.success())
}
