//! `phananh-city`: the reference city as a program.
//!
//! Prints `listening URL` once it serves, logs to standard error without personal data, and stops in order on
//! SIGTERM and SIGINT. Killed any other way it loses nothing that it acknowledged.

use std::io::Write as _;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use phananh_city::{
    AgencyToken, City, CityConfig, CityError, Extensions, Family, Log, MadeYear, SignIn, Transport,
};

/// Exit codes of DESIGN section 12.
const STORAGE: u8 = 5;
const NETWORK: u8 = 6;
const HELD: u8 = 7;

/// A reference city: Open311 GeoReport v2 with the extensions of Phản Ánh.
#[derive(Debug, Parser)]
#[command(name = "phananh-city", version)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// Folder of the database and the pictures; made when missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How the city departs from the standard: spec, moderated or tokens.
    #[arg(long, value_name = "NAME", default_value = "spec")]
    family: Family,
    /// What it adds: all, none, or names of idempotency, owner, changes, events, messages, fields, agencies, account, follow,
    /// push, announcements, statistics.
    #[arg(long, value_name = "all|none|a,b", default_value = "all")]
    extensions: Extensions,
    /// Formats of answers.
    #[arg(long, value_name = "both|json|xml", default_value = "json", value_parser = format)]
    format: Format,
    /// Asks for this api_key on each POST.
    #[arg(long, value_name = "K")]
    api_key: Option<String>,
    /// Opens the desk for who holds this token.
    #[arg(
        long,
        value_name = "T",
        env = "PHANANH_OPERATOR_TOKEN",
        hide_env_values = true
    )]
    operator_token: Option<String>,
    /// Opens the desk for an agency; may be repeated.
    #[arg(long, value_name = "AGENCY=T", value_parser = agency_token)]
    agency_token: Vec<(String, String)>,
    /// Whether people who are not signed in may file: optional or required.
    #[arg(long, value_name = "optional|required", default_value = "optional", value_parser = sign_in)]
    sign_in: SignIn,
    /// Fills an empty folder with a made year of this many cases before it serves.
    #[arg(long, value_name = "CASES")]
    made_year: Option<u32>,
    /// Path before every resource, like /open311/v2.
    #[arg(long, value_name = "PATH", default_value = "", value_parser = base_path)]
    base_path: String,
    /// Serves TLS; clients trust DIR/ca.pem.
    #[arg(long)]
    tls: bool,
    /// Polls of a token that are answered without a number.
    #[arg(long, value_name = "N", default_value_t = 2)]
    token_polls: u32,
    /// Seconds until lists show a new case.
    #[arg(long, value_name = "S", default_value_t = 0)]
    list_lag: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "json" => Ok(Format::Json),
        "xml" | "both" => Err("XML answers are not built yet; this server has: json".to_owned()),
        _ => Err("unknown format; this server has: json".to_owned()),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text
        .to_socket_addrs()
        .map_err(|error| format!("{error}; an address is like 127.0.0.1:8311"))?;
    found.next().ok_or_else(|| "this name has no address".to_owned())
}

fn agency_token(text: &str) -> Result<(String, String), String> {
    let (agency, token) = text.split_once('=').ok_or("write AGENCY=TOKEN")?;
    Ok((agency.to_owned(), token.to_owned()))
}

fn sign_in(text: &str) -> Result<SignIn, String> {
    match text {
        "optional" => Ok(SignIn::Optional),
        "required" => Ok(SignIn::Required),
        _ => Err("write optional or required".to_owned()),
    }
}

fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
    if path.is_empty() || (path.starts_with('/') && plain) {
        Ok(path.to_owned())
    } else {
        Err("a path starts with /".into())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("phananh-city: {error}");
            ExitCode::from(match error {
                CityError::Listen(..) => NETWORK,
                CityError::Held(_) | CityError::Newer => HELD,
                _ => STORAGE,
            })
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), CityError> {
    let Format::Json = arguments.format;
    let config = CityConfig {
        listen: arguments.listen,
        base_path: arguments.base_path,
        family: arguments.family,
        extensions: arguments.extensions,
        api_key: arguments.api_key,
        operator_token: arguments.operator_token.filter(|token| !token.is_empty()),
        agency_tokens: arguments
            .agency_token
            .into_iter()
            .map(|(agency, token)| AgencyToken { agency, token })
            .collect(),
        sign_in: arguments.sign_in,
        made_year: arguments.made_year.map(|cases| MadeYear {
            cases,
            announcements: cases / 50,
            seed: u64::from(cases),
        }),
        transport: if arguments.tls {
            Transport::Tls
        } else {
            Transport::Plain
        },
        log: Log::Stderr,
        list_lag: std::time::Duration::from_secs(arguments.list_lag),
        token_polls: arguments.token_polls,
        ..CityConfig::new(&arguments.data)
    };
    let mut stop = Stop::listen()?;
    let city = City::start(config).await?;
    if city.ca_pem().is_some() {
        eprintln!("clients trust {}", arguments.data.join("ca.pem").display());
    }
    let mut out = std::io::stdout();
    // A reader that left is no reason to stop serving.
    let _ = writeln!(out, "listening {}", city.url()).and_then(|()| out.flush());
    stop.wait().await;
    city.stop().await;
    Ok(())
}

/// The signals that end a city in order.
#[cfg(unix)]
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Stop;

#[cfg(not(unix))]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
