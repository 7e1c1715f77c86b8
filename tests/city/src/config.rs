//! What decides how a city behaves at one start. Nothing of it is written into the data folder.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::extensions::Extensions;
use crate::family::Family;

/// How bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// HTTP in the clear.
    #[default]
    Plain,
    /// TLS 1.2 or 1.3 with a certificate for `localhost`, `127.0.0.1` and `::1`, made at the first start and
    /// signed by an authority whose certificate lies in the data folder as `ca.pem`.
    Tls,
}

/// Whether reports of people who are not signed in are taken, where the city has accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignIn {
    /// Anybody may file.
    #[default]
    Optional,
    /// Who files is signed in, or an operator.
    Required,
}

/// Where the log goes: one line a request, with the route and never with a parameter, an id of a picture, a
/// name or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Log {
    /// Nowhere.
    #[default]
    Silent,
    /// Standard error.
    Stderr,
}

/// The token of an agency at the desk: it sees the cases given to it and no confidential names.
#[derive(Clone)]
pub struct AgencyToken {
    /// The agency's name as cases carry it.
    pub agency: String,
    /// The bearer token.
    pub token: String,
}

/// A year of a city's life, made from a seed: cases with their timelines up to now, and announcements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeYear {
    /// How many cases were filed in the year.
    pub cases: u32,
    /// How many announcements were made.
    pub announcements: u32,
    /// The same seed and the same time make the same year.
    pub seed: u64,
}

/// How to start a city.
#[derive(Clone)]
pub struct CityConfig {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the database, the pictures and the certificates; made when missing.
    pub data_dir: PathBuf,
    /// Path before every resource: empty, or like `/open311/v2`.
    pub base_path: String,
    /// Departures from the standard.
    pub family: Family,
    /// Additions to the standard.
    pub extensions: Extensions,
    /// When set, a POST without this `api_key` is 403.
    pub api_key: Option<String>,
    /// Bearer token of the intake centre; without it the desk is closed.
    pub operator_token: Option<String>,
    /// Bearer tokens of agencies.
    pub agency_tokens: Vec<AgencyToken>,
    /// Whether reports of people who are not signed in are taken, where the city has accounts.
    pub sign_in: SignIn,
    /// Fills an empty data folder with a made year before the city serves.
    pub made_year: Option<MadeYear>,
    /// Plain or TLS.
    pub transport: Transport,
    /// Where the city reads the time.
    pub clock: Arc<dyn Clock>,
    /// Where the log goes.
    pub log: Log,
    /// A new case appears in lists only when this has passed, by the clock; whole seconds.
    pub list_lag: Duration,
    /// How many polls of a token are answered without a number, unless the case is received before.
    pub token_polls: u32,
}

impl CityConfig {
    /// A rich city of family `spec` on a free loopback port, desk closed.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data_dir: data_dir.into(),
            base_path: String::new(),
            family: Family::default(),
            extensions: Extensions::all(),
            api_key: None,
            operator_token: None,
            agency_tokens: Vec::new(),
            sign_in: SignIn::default(),
            made_year: None,
            transport: Transport::default(),
            clock: Arc::new(SystemClock),
            log: Log::default(),
            list_lag: Duration::ZERO,
            token_polls: 2,
        }
    }
}
