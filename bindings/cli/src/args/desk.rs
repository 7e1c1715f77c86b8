//! Arguments of the operator's side.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::values::seconds;

#[derive(Debug, Args)]
pub(crate) struct DeskArgs {
    /// Address of the city's server
    #[arg(id = "desk_city", long = "city", value_name = "URL", global = true)]
    pub(crate) city: Option<String>,
    /// Token of the operator
    #[arg(
        long,
        value_name = "T",
        env = "PHANANH_OPERATOR_TOKEN",
        hide_env_values = true,
        global = true
    )]
    pub(crate) token: Option<String>,
    /// Give up after so many seconds in which the city's server says nothing
    #[arg(long, value_name = "S", default_value = "20", value_parser = seconds, global = true)]
    pub(crate) timeout: i64,
    #[command(subcommand)]
    pub(crate) action: DeskAction,
}

/// How fast a case goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Track {
    Instant,
    Timed,
}

impl Track {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Timed => "timed",
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeskAction {
    /// Cases, oldest first
    List {
        /// Only those in this state, like submitted or in_progress
        #[arg(long, value_name = "S")]
        state: Option<String>,
        /// Where the page before ended
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        /// Cases of a page
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Find by reference code (or 4 or more digits of it), the city's number, or phone number; a look by phone is recorded
    Find {
        /// Reference code or a part of it, the city's number, or phone number
        #[arg(value_name = "CODE|PHONE", allow_hyphen_values = true)]
        text: String,
    },
    /// Open cases that may be the same as what a caller tells, best first
    Similar {
        /// Category
        #[arg(long, value_name = "C")]
        service: Option<String>,
        /// Latitude, degrees
        #[arg(long, value_name = "L", requires = "lon", allow_hyphen_values = true)]
        lat: Option<f64>,
        /// Longitude, degrees
        #[arg(long, value_name = "L", requires = "lat", allow_hyphen_values = true)]
        lon: Option<f64>,
        /// What the caller says
        #[arg(long, value_name = "T", allow_hyphen_values = true)]
        text: Option<String>,
    },
    /// One case, whole; a look at contact data is recorded
    Show {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
    },
    /// Take it in
    Receive {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
    },
    /// Verify it
    Verify {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// Another category
        #[arg(long, value_name = "S")]
        service: Option<String>,
    },
    /// Give it to an agency
    Assign {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// The agency that leads
        #[arg(long, value_name = "A")]
        agency: String,
        /// An agency that helps; may be repeated
        #[arg(long, value_name = "A")]
        co: Vec<String>,
        /// How fast
        #[arg(long, value_enum)]
        track: Option<Track>,
        /// Due date, RFC 3339
        #[arg(long, value_name = "T")]
        due: Option<String>,
    },
    /// Start work
    Start {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
    },
    /// Ask the citizen
    Ask {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// The question
        #[arg(long, value_name = "T", allow_hyphen_values = true)]
        text: String,
    },
    /// Give it more time
    Extend {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// New due date, RFC 3339
        #[arg(long, value_name = "T")]
        due: String,
        /// Why
        #[arg(long, value_name = "X", allow_hyphen_values = true)]
        reason: String,
    },
    /// Give the result
    Resolve {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// fixed, partly, planned, explained, not_competent, not_found
        #[arg(long, value_name = "O")]
        outcome: String,
        /// What was done
        #[arg(long, value_name = "T", allow_hyphen_values = true)]
        text: String,
        /// Photos of the result
        #[arg(long, value_name = "FILE", num_args = 1..)]
        photo: Vec<PathBuf>,
    },
    /// Not accepted
    Reject {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// Why: a word for programs or words for people
        #[arg(long, value_name = "X", allow_hyphen_values = true)]
        reason: String,
    },
    /// Pass it to another agency
    Transfer {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// The agency
        #[arg(long, value_name = "A")]
        agency: String,
    },
    /// Join it to another case
    Merge {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// The case that leads
        #[arg(long, value_name = "D")]
        into: String,
    },
    /// Close it
    Close {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
    },
    /// A note that stays at the desk
    Note {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
        /// The words
        #[arg(long, value_name = "T", allow_hyphen_values = true)]
        text: String,
    },
    /// Who did what, and who looked
    Audit {
        /// The city's number
        #[arg(value_name = "C")]
        case: String,
    },
}
