//! Why a report waits: exactly one reason, and what comes next.
//!
//! Several things hold a report back at once: the phone is offline, the city is paused, three others go first. People
//! need one: the one that they can do most about. So every present cause is a candidate, and the first in the order
//! citizen, account, storage, network, city, our own queue is told ([`crate::reason::Rank`]). What a job remembers from
//! its last attempt counts only while it holds: the present network speaks for itself.

use serde::{Deserialize, Serialize};

use crate::job::{JobKind, JobState};
use crate::reason::{Rank, Reason};
use crate::snake::words;
use crate::time::Timestamp;

/// When it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum WhenNext {
    /// By itself, now.
    #[serde(rename = "now")]
    Now,
    /// By itself, at an instant.
    #[serde(rename = "at")]
    At {
        /// The instant.
        at: Timestamp,
    },
    /// By itself, with a network.
    #[serde(rename = "network")]
    WhenNetwork,
    /// By itself, with an unmetered network.
    #[serde(rename = "wifi")]
    WhenWifi,
    /// Once the citizen acted.
    #[serde(rename = "citizen")]
    AfterYou,
}

impl WhenNext {
    /// The word: `now, at, network, wifi, citizen`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::At { .. } => "at",
            Self::WhenNetwork => "network",
            Self::WhenWifi => "wifi",
            Self::AfterYou => "citizen",
        }
    }

    /// The instant, of `at`.
    #[must_use]
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::At { at } => Some(at),
            Self::Now | Self::WhenNetwork | Self::WhenWifi | Self::AfterYou => None,
        }
    }

    const fn at_or_now(at: Timestamp, now: Timestamp) -> Self {
        if at.as_millis() > now.as_millis() {
            Self::At { at }
        } else {
            Self::Now
        }
    }
}

/// The answer to "why is it not sent yet?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Why {
    /// The reason; its words stand under `why.<reason>`.
    pub reason: Reason,
    /// What comes next.
    pub next: WhenNext,
    /// Jobs that go before it; told with `in_line`, else 0.
    pub ahead: u32,
}

words!(
    /// The line as the platform tells it.
    Network {
        /// None.
        Offline = "offline",
        /// Wi-Fi that wants a sign-in.
        Captive = "captive",
        /// Bytes cost money.
        Metered = "metered",
        /// Bytes are free.
        Unmetered = "unmetered",
    }
);

words!(
    /// On which lines photos go.
    PhotoLine {
        /// On any.
        Any = "any",
        /// On unmetered ones (data saver).
        Unmetered = "unmetered",
    }
);

words!(
    /// What the battery allows.
    Power {
        /// Everything.
        Free = "free",
        /// The saver is on and the app is not in front: words only.
        Saver = "saver",
    }
);

words!(
    /// The citizen's switch.
    Switch {
        /// Send.
        On = "on",
        /// Paused by the citizen.
        Paused = "paused",
    }
);

/// When the core may send: read at send time, never frozen with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SendPolicy {
    /// The citizen's switch.
    pub switch: Switch,
    /// On which lines photos go.
    pub photos: PhotoLine,
    /// What the battery allows.
    pub power: Power,
}

impl Default for SendPolicy {
    fn default() -> Self {
        Self {
            switch: Switch::On,
            photos: PhotoLine::Any,
            power: Power::Free,
        }
    }
}

/// Up to this many bytes a request counts as words: they go on any line.
pub const WORDS_MAX_BYTES: u64 = 64_000;

/// Whether a job may be sent on this line now; `bytes` is what it would still send.
///
/// # Errors
/// What holds it back.
pub fn may_send_now(kind: JobKind, bytes: u64, network: Network, policy: &SendPolicy) -> Result<(), Reason> {
    let heavy = kind == JobKind::Attachment || bytes > WORDS_MAX_BYTES;
    match (network, policy.photos, policy.power, policy.switch) {
        (Network::Offline, ..) => Err(Reason::NoNetwork),
        (Network::Captive, ..) => Err(Reason::Captive),
        (Network::Metered, PhotoLine::Unmetered, ..) if heavy => Err(Reason::WifiOnly),
        (_, _, Power::Saver, _) if heavy => Err(Reason::OsLimits),
        (_, _, _, Switch::Paused) => Err(Reason::Paused),
        (Network::Metered | Network::Unmetered, ..) => Ok(()),
    }
}

words!(
    /// The phone's own storage and secrets.
    Storage {
        /// Fine.
        Ready = "ready",
        /// Nearly full, or failing.
        Full = "full",
        /// Secrets are locked until the phone is unlocked once.
        Locked = "locked",
    }
);

words!(
    /// Whether the files of a job are made.
    Making {
        /// They are.
        Ready = "ready",
        /// A photo is being made smaller.
        Preparing = "preparing",
    }
);

/// One job as `why` sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingJob {
    /// Kind.
    pub kind: JobKind,
    /// State.
    pub state: JobState,
    /// Bytes it would still send.
    pub bytes: u64,
    /// Whether its files are made.
    pub making: Making,
}

words!(
    /// Whether it is known where the city's server is.
    Address {
        /// It is.
        Known = "known",
        /// The profile names none, and nobody has given one.
        Missing = "missing",
    }
);

words!(
    /// Why an account is paused.
    AccountPause {
        /// Sign in again.
        SignedOut = "signed_out",
        /// Locked by the city.
        Locked = "locked",
    }
);

/// A city that is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CityPause {
    /// Why.
    pub reason: Reason,
    /// Next probe.
    pub until: Timestamp,
}

/// All that can hold a report.
#[derive(Debug, Clone, Copy)]
pub struct WhyInputs<'a> {
    /// Jobs of the report's newest submission, or those of one message.
    pub jobs: &'a [WaitingJob],
    /// Address of the city.
    pub address: Address,
    /// Pause of the account.
    pub account: Option<AccountPause>,
    /// The phone.
    pub storage: Storage,
    /// The line.
    pub network: Network,
    /// What the citizen allows.
    pub policy: SendPolicy,
    /// Pause of the city.
    pub city: Option<CityPause>,
    /// Jobs that go before the first of these.
    pub ahead: u32,
    /// Now.
    pub now: Timestamp,
}

/// The one reason why something waits; `None` where nothing is owed or an attempt is under way right now.
#[must_use]
pub fn why(inputs: &WhyInputs<'_>) -> Option<Why> {
    let causes = inputs.jobs.iter().flat_map(|job| causes(inputs, job));
    let told = causes.min_by_key(|(reason, next)| (reason.rank(), *reason, next.at()))?;
    let under_way = inputs.jobs.iter().any(|job| job.state == JobState::Sending);
    let is_blocked = |job: &WaitingJob| matches!(job.state, JobState::Blocked { .. });
    if under_way && !inputs.jobs.iter().any(is_blocked) {
        return None;
    }
    let ahead = if told.0 == Reason::InLine { inputs.ahead } else { 0 };
    Some(Why {
        reason: told.0,
        next: told.1,
        ahead,
    })
}

/// The reason of a report that the city knows by a token: its number is still to come. What is held back on the phone, or
/// waits for the citizen, is told before that; the place in our own queue is not. `next_poll_at` is when the city is asked
/// next.
#[must_use]
pub fn number_pending(told: Option<Why>, next_poll_at: Option<Timestamp>, now: Timestamp) -> Why {
    let pending = Why {
        reason: Reason::NumberPending,
        next: next_poll_at.map_or(WhenNext::Now, |at| WhenNext::at_or_now(at, now)),
        ahead: 0,
    };
    told.filter(|told| told.reason.rank() < Rank::Queue)
        .unwrap_or(pending)
}

/// Everything that holds one job at present; the queue itself is always a cause of a job that waits.
fn causes(inputs: &WhyInputs<'_>, job: &WaitingJob) -> Vec<(Reason, WhenNext)> {
    let held = match job.state {
        JobState::Done | JobState::Sending => return Vec::new(),
        JobState::Blocked { reason } => return vec![(reason, WhenNext::AfterYou)],
        // That nothing could be reached is the best knowledge until the next attempt, due or not: the platform may call
        // the line up all the same.
        JobState::Queued {
            next_at: Some(at),
            reason: Some(Reason::NoNetwork),
        } => Some((Reason::NoNetwork, WhenNext::at_or_now(at, inputs.now))),
        JobState::Queued { next_at, reason } => next_at.filter(|at| *at > inputs.now).map(|at| {
            // The rest speak for themselves, at present, through the other inputs.
            let own = reason
                .filter(|r| r.rank() == Rank::City)
                .unwrap_or(Reason::Unreachable);
            (own, WhenNext::At { at })
        }),
        JobState::Unconfirmed { next_at } => Some((
            Reason::Checking,
            next_at.map_or(WhenNext::Now, |at| WhenNext::at_or_now(at, inputs.now)),
        )),
    };
    let address = match inputs.address {
        Address::Known => None,
        Address::Missing => Some((Reason::NoEndpoint, WhenNext::AfterYou)),
    };
    let account = inputs.account.map(|pause| match pause {
        AccountPause::SignedOut => (Reason::SignedOut, WhenNext::AfterYou),
        AccountPause::Locked => (Reason::Locked, WhenNext::AfterYou),
    });
    let storage = match inputs.storage {
        Storage::Ready => None,
        Storage::Full => Some((Reason::Storage, WhenNext::AfterYou)),
        Storage::Locked => Some((Reason::PhoneLocked, WhenNext::AfterYou)),
    };
    let line = may_send_now(job.kind, job.bytes, inputs.network, &inputs.policy).err();
    let line = line.map(|reason| match reason {
        Reason::WifiOnly => (reason, WhenNext::WhenWifi),
        Reason::OsLimits | Reason::Paused => (reason, WhenNext::AfterYou),
        _ => (reason, WhenNext::WhenNetwork),
    });
    let city = inputs.city.filter(|pause| pause.until > inputs.now);
    let city = city.map(|pause| (pause.reason, WhenNext::At { at: pause.until }));
    let making = (job.making == Making::Preparing).then_some((Reason::Preparing, WhenNext::Now));
    [
        held,
        address,
        account,
        storage,
        line,
        city,
        making,
        Some((Reason::InLine, WhenNext::Now)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
