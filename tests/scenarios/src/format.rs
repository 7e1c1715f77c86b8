//! The steps as types. What is unknown here is refused: a misspelt expectation must not hold by being ignored.

use phananh_domain::message::{Satisfaction, StillThere};
use phananh_domain::report::Urgency;
use phananh_domain::why::Network;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::trouble::Trouble;

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in one sentence.
    pub says: String,
    /// Seed of the phone's ids and jitter and of the line's draws.
    #[serde(default = "seven")]
    pub seed: u64,
    /// How the city behaves.
    #[serde(default)]
    pub(crate) city: CityAt,
    /// Members laid over the profile that the phone has of it.
    #[serde(default)]
    pub(crate) profile: Map<String, Value>,
    pub(crate) steps: Vec<Step>,
}

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// Not JSON, or a step or field that the format does not know.
    pub fn parse(json: &str) -> Result<Self, Trouble> {
        Ok(serde_json::from_str(json)?)
    }
}

fn seven() -> u64 {
    7
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CityAt {
    pub(crate) family: String,
    pub(crate) extensions: String,
    pub(crate) list_lag_s: u64,
    pub(crate) token_polls: u32,
}

impl Default for CityAt {
    fn default() -> Self {
        Self {
            family: "spec".into(),
            extensions: "all".into(),
            list_lag_s: 0,
            token_polls: 2,
        }
    }
}

/// One step: what somebody does, or what must hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(
    private_interfaces,
    missing_docs,
    reason = "the steps are described in this package's README"
)]
pub enum Step {
    // the line and the clocks
    Line(Line),
    Network(Network),
    AdvanceS(i64),
    PhoneClockByS(i64),
    Reboot {},
    // the citizen
    Draft(Draft),
    Edit(Edit),
    Photo(Photo),
    Submit(Of),
    Recall(Of),
    Retry(Of),
    Decide(Decide),
    Message(Message),
    // the phone
    Drain(Drain),
    Settle {},
    Sync {},
    Services {},
    Reopen {},
    // the city
    Desk(Desk),
    Stranger(Stranger),
    // what must hold
    Expect(Box<Expect>),
    ExpectCity(Box<ExpectCity>),
    ExpectDrain(ExpectDrain),
    Fails(Fails),
}

/// `on`, `off`, or a fault script as tests/faults/README.md describes it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    Switch(Switch),
    Script(Value),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Switch {
    On,
    Off,
}

/// Which report is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Name(pub(crate) String);

impl Default for Name {
    fn default() -> Self {
        Self("it".into())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Of {
    #[serde(default)]
    pub(crate) report: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) text: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) urgency: Option<Urgency>,
    /// Latitude and longitude, degrees.
    pub(crate) pin: Option<(f64, f64)>,
    pub(crate) place: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Photo {
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) made: Size,
}

/// `WIDTHxHEIGHT`, pixels.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let sides = text
            .split_once('x')
            .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
        match sides {
            Some((width @ 1..=12_000, height @ 1..=12_000)) => Ok(Self { width, height }),
            _ => Err(serde::de::Error::custom(
                "a size is WIDTHxHEIGHT, each 1 to 12000",
            )),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decide {
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) decision: Decision,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    Again,
    Wait,
    Follow,
    Anyway,
    Edit,
    Smaller,
    WithoutPhoto,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) says: Says,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Says {
    Answer(String),
    Comment(String),
    Reopen(String),
    Rating {
        satisfaction: Option<Satisfaction>,
        fixed: Option<StillThere>,
        text: Option<String>,
    },
    Withdraw(Option<String>),
    Remind(Option<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drain {
    #[serde(default)]
    pub(crate) pace: Pace,
    pub(crate) max_bytes: Option<u64>,
    /// The process dies there: the drain must not come back, and the next step is `reopen`.
    pub(crate) killed_at: Option<Killed>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pace {
    #[default]
    Waits,
    Now,
}

/// The `nth` effect of one sort from now, from 1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Killed {
    pub(crate) effect: Effect,
    pub(crate) nth: u64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effect {
    StoreCommit,
    StoreCommitted,
    NetConnect,
    NetSend,
    NetReceive,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Desk {
    #[serde(default)]
    pub(crate) report: Name,
    /// As `POST desk/cases/{id}/actions.json` takes it (docs/extensions.md, Operators).
    pub(crate) action: Value,
    pub(crate) photo: Option<Size>,
}

/// Somebody else's report, filed at the city past the line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stranger {
    pub(crate) service: String,
    pub(crate) text: String,
    pub(crate) pin: (f64, f64),
}

/// What the phone tells of one report. What is left out is not looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) phase: Option<String>,
    pub(crate) delivery: Option<String>,
    pub(crate) attachments_owed: Option<u32>,
    pub(crate) tracked: Option<bool>,
    /// The reason, or null: nothing waits.
    #[serde(default, deserialize_with = "told")]
    pub(crate) why: Option<Option<String>>,
    pub(crate) next: Option<String>,
    #[serde(default, deserialize_with = "told")]
    pub(crate) case_status: Option<Option<String>>,
    pub(crate) outcome: Option<String>,
    /// Kinds of the city's events, in this order; others may stand between them.
    pub(crate) timeline: Option<Vec<String>>,
    /// A text of the city that the timeline shows.
    pub(crate) timeline_says: Option<String>,
    /// Kinds of our messages that are still on their way.
    pub(crate) pending: Option<Vec<String>>,
    /// HTTP status of the refusal that the citizen has to act on.
    pub(crate) refused_with: Option<u16>,
}

/// What the city holds, read from its database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectCity {
    /// Cases, without those of strangers.
    pub(crate) cases: Option<usize>,
    /// `POST requests` that reached it, torn ones too, whatever came of them; without those of strangers.
    pub(crate) posts: Option<u64>,
    /// The rest is about the one case that carries the words of this report; the phone must follow no other.
    #[serde(default)]
    pub(crate) report: Name,
    pub(crate) status: Option<String>,
    pub(crate) rating: Option<String>,
    pub(crate) fixed: Option<String>,
    /// Photos; each must be one of the phone's, byte for byte by its hash, and none twice.
    pub(crate) photos: Option<usize>,
    /// Events of the whole timeline that have this kind.
    pub(crate) events: Option<Events>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Events {
    pub(crate) kind: String,
    pub(crate) count: usize,
}

/// What the last drain, or the last of `settle`, came to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectDrain {
    pub(crate) delivered: Option<u32>,
    pub(crate) owed: Option<u32>,
    pub(crate) needs_citizen: Option<u32>,
    pub(crate) requests: Option<u32>,
    /// Seconds until the next job comes due by itself; null: none does.
    #[serde(default, deserialize_with = "told")]
    pub(crate) next_due_in_s: Option<Option<i64>>,
}

/// A step that must be refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fails {
    pub(crate) step: Box<Step>,
    /// `invalid`, `bad_input`, `not_now`, `network`, …
    pub(crate) error: String,
    /// Its catalogue code; of `invalid`, the code of one of its problems.
    pub(crate) code: Option<String>,
}

/// A field that is there, even with null, is told.
fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}
