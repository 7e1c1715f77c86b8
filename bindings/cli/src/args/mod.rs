//! The command line: exactly the words that scripts rely on. Help is in English, with the `examples` of docs/cli.md;
//! everything else speaks the language that is asked for, `usage` too, which tells what was not understood.

mod desk;
mod examples;
mod picture;
mod report;
pub(crate) mod usage;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use phananh_domain::words::Language;

pub(crate) use desk::{DeskAction, DeskArgs};
pub(crate) use examples::taught;
pub(crate) use picture::{PictureCommand, Preset, ScoreArgs, ShrinkArgs};
pub(crate) use report::{
    AnnouncementArgs, AnswerArgs, ContentArgs, DecideArgs, DecisionWord, DraftCommand, FeedArgs, ListArgs,
    MessageArgs, MessageWord, NewArgs, NumbersArgs, PhotoCommand, PlaceCommand, PlaceSetArgs, SendArgs,
};

/// Tell the city what you saw, and follow it until it is resolved: drafts without a network, sent once.
#[derive(Debug, Parser)]
#[command(name = "phananh", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command; all but --json stand before it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Globals {
    /// Folder of the reports; by default where this platform keeps the data of programs
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Folder of the secrets; by default one for each data folder, where this platform keeps the state of programs
    #[arg(long, value_name = "DIR")]
    pub(crate) secrets: Option<PathBuf>,
    /// City profile: a file, or the name of one (see `city list`); remembered
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) profile: Option<String>,
    /// Address of the city's Open311 server; remembered
    #[arg(long, value_name = "URL")]
    pub(crate) city: Option<String>,
    /// Account that new drafts belong to
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Language: vi or en
    #[arg(long, value_name = "vi|en", value_parser = values::language)]
    pub(crate) lang: Option<Language>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Wait up to 60 seconds while another program has the reports open
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Own(OwnCommand),
    #[command(flatten)]
    Picture(PictureCommand),
    /// City profiles
    #[command(subcommand)]
    City(CityCommand),
    /// The operator's side of a city
    Desk(DeskArgs),
    /// Check this machine: data, city, network, clock
    Doctor(DoctorArgs),
    /// The whole way of one report, with a city and a bad line of its own
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Completions for a shell
    Completions {
        /// bash, elvish, fish, powershell, zsh
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Give up after so many seconds in which the city's server says nothing
    #[arg(long, value_name = "S", default_value = "20", value_parser = values::seconds)]
    pub(crate) timeout: i64,
}

/// Commands about one's own reports: they open the store.
#[derive(Debug, Subcommand)]
pub(crate) enum OwnCommand {
    /// Write a report; everything is saved at once
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Answer the extra questions of a category: CODE=VALUE, the same code again for several values
    Answer(AnswerArgs),
    /// Photos of a draft
    #[command(subcommand)]
    Photo(PhotoCommand),
    /// Where it is
    #[command(subcommand)]
    Place(PlaceCommand),
    /// Send a draft off: it goes as soon as the line allows
    Submit(ReportArg),
    /// Take a report back to change it, while the city surely knows nothing of it
    Recall(ReportArg),
    /// Try again now; looks first wherever the city may have it already
    Retry(ReportArg),
    /// Decide where a report waits for you
    Decide(DecideArgs),
    /// Send what is owed
    Send(SendArgs),
    /// What is still owed
    Queue,
    /// Why a report waits
    Why(ReportArg),
    /// Ask the city what is new
    Sync,
    /// My reports
    List(ListArgs),
    /// One report, whole
    Status(OneReportArg),
    /// Say something about a case: answer, comment, rate, reopen, withdraw, remind; drop one that the city refused
    Message(MessageArgs),
    /// Follow somebody else's public case
    Follow {
        /// The city's number of the case
        #[arg(value_name = "CASE_ID", allow_hyphen_values = true)]
        case: String,
    },
    /// Follow it no longer
    Unfollow(ReportArg),
    /// Public cases of the city, newest first
    Feed(FeedArgs),
    /// Announcements of the city
    Announcements(AnnouncementArgs),
    /// The city's figures, as sums over its public events
    Numbers(NumbersArgs),
    /// Categories of the city
    Services {
        /// Words that must be in it, with or without marks
        #[arg(long, value_name = "Q")]
        query: Option<String>,
    },
    /// One category and its questions
    Service {
        /// Code of the category
        #[arg(value_name = "C")]
        code: String,
    },
    /// Numbers to call in danger, and the place to read aloud; needs no network
    Emergency(OneReportArg),
    /// Who I am
    #[command(subcommand)]
    Me(MeCommand),
}

/// A report: its local id, any unique four or more digits of its reference code, or the city's number.
#[derive(Debug, Args)]
pub(crate) struct ReportArg {
    /// Local id, reference code (any unique 4 or more digits), or the city's number
    #[arg(value_name = "R")]
    pub(crate) report: String,
}

/// A report, or the only one there is.
#[derive(Debug, Args)]
pub(crate) struct OneReportArg {
    /// Local id, reference code (any unique 4 or more digits), or the city's number
    #[arg(value_name = "R")]
    pub(crate) report: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MeCommand {
    /// What this machine keeps about me
    Show,
    /// Change it; an empty text clears
    Set {
        /// Whole name
        #[arg(long, value_name = "N")]
        name: Option<String>,
        /// Phone number
        #[arg(long, value_name = "P", allow_hyphen_values = true)]
        phone: Option<String>,
        /// E-mail address
        #[arg(long, value_name = "E")]
        email: Option<String>,
    },
    /// Sign in to the city: a code is sent, and `me verify` takes it back. Only sending may ever need it
    SignIn {
        /// Where the code goes
        #[arg(value_name = "PHONE|EMAIL", allow_hyphen_values = true)]
        address: String,
    },
    /// Give back the code that came
    Verify {
        /// The code
        #[arg(value_name = "CODE")]
        code: String,
    },
    /// Everything of mine as one ZIP file: reports, timelines, messages, photos; needs no network
    Export {
        /// The file to write
        #[arg(value_name = "FILE.zip")]
        file: PathBuf,
    },
    /// End the sign-in on this machine; reports stay
    SignOut {
        /// Also while reports of this account are unsent: they are kept
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CityCommand {
    /// Check a profile, or list those that can be named
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Cities and profiles that can be named
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Name every mistake in a profile
    Check {
        /// The profile, JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Cities and profiles that can be named
    List,
}

/// Options of the demo.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// A photo of your own; else a made one of 12 megapixels
    #[arg(long, value_name = "FILE")]
    pub(crate) photo: Option<PathBuf>,
    /// Moves the cut of the line, and the made photo
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Leave the reports in DIR/phone and the city in DIR/city
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}
