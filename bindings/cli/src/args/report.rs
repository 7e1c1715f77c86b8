//! Arguments of the commands about one's own reports.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use phananh_domain::identity::{IdentityChoice, Publication};
use phananh_domain::message::{Satisfaction, StillThere};
use phananh_domain::report::Urgency;
use phananh_domain::search::ListState;
use phananh_domain::time::Timestamp;

use super::ReportArg;
use super::values::{TIME, Wanted, answer, bytes, one_of, seconds, word};

#[derive(Debug, Subcommand)]
pub(crate) enum DraftCommand {
    /// A new draft
    New(NewArgs),
    /// Everything in a draft, and what it still lacks
    Show(ReportArg),
    /// Change a draft; an empty text clears
    Edit {
        #[command(flatten)]
        report: ReportArg,
        #[command(flatten)]
        content: ContentArgs,
        /// File it in another city of this machine, by its name (see `city list`); until it is first sent off
        #[arg(long, value_name = "CITY")]
        to_city: Option<String>,
    },
    /// Forget a draft that was never sent off
    Discard(ReportArg),
    /// All drafts
    List,
}

/// What a report says.
#[derive(Debug, Default, Args)]
pub(crate) struct ContentArgs {
    /// Category of the city, by its code
    #[arg(long, value_name = "C")]
    pub(crate) service: Option<String>,
    /// The words
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// A short title
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) title: Option<String>,
    /// How pressing: normal, urgent, life
    #[arg(long, value_name = "U", value_parser = word::<Urgency>(&["normal", "urgent", "life"]))]
    pub(crate) urgency: Option<Urgency>,
    /// When it was seen, like 2026-11-25T14:05:00+07:00; by default now
    #[arg(long, value_name = "T", value_parser = time)]
    pub(crate) observed_at: Option<Timestamp>,
    /// Who learns the name: named (the agency), confidential (the intake centre only), none
    #[arg(long, value_name = "I", value_parser = word::<IdentityChoice>(&["named", "confidential", "none"]))]
    pub(crate) identity: Option<IdentityChoice>,
    /// Who sees the report: public, after-review, never
    #[arg(long, value_name = "P", value_parser = word::<Publication>(&["public", "after-review", "never"]))]
    pub(crate) publication: Option<Publication>,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    #[command(flatten)]
    pub(crate) content: ContentArgs,
    /// A practice run: never leaves this machine
    #[arg(long)]
    pub(crate) practice: bool,
    /// File it for this person
    #[arg(long = "for", value_name = "NAME")]
    pub(crate) on_behalf_of: Option<String>,
    /// Phone number of that person
    #[arg(long, value_name = "P", requires = "on_behalf_of", allow_hyphen_values = true)]
    pub(crate) phone: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    #[command(flatten)]
    pub(crate) report: ReportArg,
    /// Code of the question and the answer; nothing after = takes it back
    #[arg(value_name = "CODE=VALUE", required = true, value_parser = answer)]
    pub(crate) answers: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhotoCommand {
    /// Add photos: all of them, or none
    Add {
        #[command(flatten)]
        report: ReportArg,
        /// JPEG, PNG or WebP
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Take a photo off
    Remove {
        #[command(flatten)]
        report: ReportArg,
        /// Its place in the draft, from 1
        #[arg(value_name = "N")]
        number: usize,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlaceCommand {
    /// Put the pin, or say the place in words
    Set(PlaceSetArgs),
    /// Add readings of a sensor: one JSON object a line with t_ms, lat, lon, accuracy_m, provider, mock
    Fix {
        #[command(flatten)]
        report: ReportArg,
        /// The readings
        #[arg(value_name = "FIXES.jsonl")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["lat", "words"]))]
pub(crate) struct PlaceSetArgs {
    #[command(flatten)]
    pub(crate) report: ReportArg,
    /// Latitude, degrees
    #[arg(long, value_name = "L", requires = "lon", allow_hyphen_values = true)]
    pub(crate) lat: Option<f64>,
    /// Longitude, degrees
    #[arg(long, value_name = "L", requires = "lat", allow_hyphen_values = true)]
    pub(crate) lon: Option<f64>,
    /// How exact, metres
    #[arg(long, value_name = "M", requires = "lat")]
    pub(crate) accuracy: Option<f64>,
    /// The place in words: an address, a landmark; an empty text clears
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) words: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    #[command(flatten)]
    pub(crate) report: ReportArg,
    /// What to do
    #[arg(value_enum, value_name = "DECISION")]
    pub(crate) decision: DecisionWord,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DecisionWord {
    /// Send the same again, under the same key
    Again,
    /// Wait and keep checking
    Wait,
    /// Follow the case that the city knows
    Follow,
    /// The city knows it, and still send
    Anyway,
    /// Take it back to change it
    Edit,
    /// Make the photos smaller and send
    Smaller,
    /// Send without the photos that are still owed
    WithoutPhoto,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// Keep going for so many seconds, waiting for what comes due
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(crate) deadline: Option<i64>,
    /// Start nothing more once so many bytes were sent
    #[arg(long, value_name = "N", value_parser = bytes)]
    pub(crate) max_bytes: Option<u64>,
    /// Do not wait for the next try; the waits of a check and of the city still hold
    #[arg(long)]
    pub(crate) now: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Words that must be in it, with or without marks, or their beginnings; four digits or more find reference codes,
    /// and the city's number its report
    #[arg(long, value_name = "Q", allow_hyphen_values = true)]
    pub(crate) query: Option<String>,
    /// Only those that stand so, like draft, blocked, delivered, waiting_citizen, resolved
    #[arg(long, value_name = "S", value_parser = one_of::<ListState>(ListState::ALL))]
    pub(crate) state: Option<ListState>,
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
    /// Reports of a page, at most 200
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct FeedArgs {
    /// Only this category
    #[arg(long, value_name = "C")]
    pub(crate) service: Option<String>,
    /// Only this state, like received or resolved
    #[arg(long, value_name = "S")]
    pub(crate) state: Option<String>,
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AnnouncementArgs {
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NumbersArgs {
    /// First day, like 2026-11-01; by default the city's choice
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    #[command(flatten)]
    pub(crate) report: ReportArg,
    /// Kind of message
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: MessageWord,
    /// The words
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// How was the result: satisfied, acceptable, dissatisfied
    #[arg(long, value_name = "S", value_parser = word::<Satisfaction>(&["satisfied", "acceptable", "dissatisfied"]))]
    pub(crate) rating: Option<Satisfaction>,
    /// Is it gone: yes, partly, no
    #[arg(long, value_name = "F", value_parser = word::<StillThere>(&["yes", "partly", "no"]))]
    pub(crate) fixed: Option<StillThere>,
    /// Photos
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) photo: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageWord {
    /// Answer a question of the city
    Answer,
    /// A comment
    Comment,
    /// The two questions after a result
    Rate,
    /// Ask again: it is still there
    Reopen,
    /// Take the report back at the city
    Withdraw,
    /// Remind after the deadline
    Remind,
    /// Drop the message that the city refused
    Drop,
}

fn time(text: &str) -> Result<Timestamp, Wanted> {
    text.parse().map_err(|_| TIME)
}
