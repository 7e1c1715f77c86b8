//! `phananh-faults`: a fault line as a program. See this package's `README.md`.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use phananh_faults::{FaultLine, RunningLine, Script};

/// A TCP proxy that cuts, stalls, throttles, reorders and refuses at exact bytes, from a script and a seed.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where clients connect; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    listen: String,
    /// The server behind the line
    #[arg(long, value_name = "ADDR")]
    to: String,
    /// The fault script (JSON)
    #[arg(long, value_name = "FILE")]
    script: PathBuf,
    /// Draws the random positions
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// On SIGINT or SIGTERM, writes what was counted to this file (JSON)
    #[arg(long, value_name = "FILE")]
    stats: Option<PathBuf>,
}

/// Exit codes as for the project's other programs.
const BAD_INPUT: u8 = 4;
const STORAGE: u8 = 5;
const NETWORK: u8 = 6;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let script = match Script::from_file(&arguments.script) {
        Ok(script) => script,
        Err(e) => return fail(BAD_INPUT, &format!("{}: {e}", arguments.script.display())),
    };
    let line = match start(&arguments, script).await {
        Ok(line) => line,
        Err(e) => return fail(NETWORK, &e.to_string()),
    };
    if let Err(e) = say_listening(line.addr()) {
        return fail(STORAGE, &format!("standard output: {e}"));
    }
    if let Err(e) = told_to_end().await {
        return fail(STORAGE, &format!("signals: {e}"));
    }
    match arguments.stats.map(|path| write_stats(&path, &line)) {
        None | Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(e)) => fail(STORAGE, &format!("statistics: {e}")),
    }
}

async fn start(arguments: &Arguments, script: Script) -> io::Result<RunningLine> {
    let listen = resolve(&arguments.listen).await?;
    let to = resolve(&arguments.to).await?;
    FaultLine::start(listen, to, script, arguments.seed)
        .await
        .map_err(|e| io::Error::new(e.kind(), format!("cannot listen on {}: {e}", arguments.listen)))
}

async fn resolve(address: &str) -> io::Result<SocketAddr> {
    let unknown =
        |why: String| io::Error::new(io::ErrorKind::InvalidInput, format!("address {address:?}: {why}"));
    let mut found = tokio::net::lookup_host(address)
        .await
        .map_err(|e| unknown(e.to_string()))?;
    found.next().ok_or_else(|| unknown("no such host".to_owned()))
}

fn say_listening(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening {address}")?;
    out.flush()
}

#[cfg(unix)]
async fn told_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn write_stats(path: &std::path::Path, line: &RunningLine) -> io::Result<()> {
    let mut json = serde_json::to_vec_pretty(&line.stats())?;
    json.push(b'\n');
    std::fs::write(path, json)
}

fn fail(code: u8, why: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "phananh-faults: {why}");
    ExitCode::from(code)
}
