//! The way to the city: how a report stands on it, why it waits, and what a drain came to.

use phananh_domain::delivery::Delivery;
use phananh_domain::id::ReportId;
use phananh_domain::job::{JobKind, JobState};
use phananh_domain::reason::Reason;
use phananh_domain::time::Timestamp;
use phananh_domain::why::{Network, WhenNext, Why};
use phananh_engine::client::{Decision, DrainLimits, DrainReport, Pace, QueuedJob};

/// Where a report stands on its way to the city.
#[uniffi::remote(Enum)]
pub enum Delivery {
    /// Not sent off yet.
    Draft,
    /// Waits to be sent.
    Queued,
    /// An attempt is under way.
    Sending,
    /// Being checked; no need to send again.
    Unconfirmed,
    /// The city has the words.
    Delivered {
        /// Photos that are still on their way.
        attachments_owed: u32,
        /// The city gave a number or a token.
        tracked: bool,
    },
    /// The citizen must act.
    Blocked {
        /// What to tell.
        reason: Reason,
    },
    /// Somebody else's case: the city has it, and nothing of ours was sent but what is said about it.
    Followed,
}

/// State of one job.
#[uniffi::remote(Enum)]
pub enum JobState {
    /// Waits for its turn.
    Queued {
        /// Not before this instant; absent = as soon as everything else allows.
        next_at: Option<Timestamp>,
        /// What held it last time.
        reason: Option<Reason>,
    },
    /// An attempt is under way.
    Sending,
    /// A byte may have left and no answer told what became of it.
    Unconfirmed {
        /// Next check not before this instant.
        next_at: Option<Timestamp>,
    },
    /// Delivered.
    Done,
    /// Stopped until the citizen acts.
    Blocked {
        /// What to tell.
        reason: Reason,
    },
}

/// What a job delivers.
#[uniffi::remote(Enum)]
pub enum JobKind {
    /// The words of a report.
    Report,
    /// One attachment.
    Attachment,
    /// One message about a case.
    Message,
}

/// One effect that is still owed.
#[uniffi::remote(Record)]
pub struct QueuedJob {
    /// Of which report.
    pub report: ReportId,
    /// What it delivers.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// Why it waits; absent while an attempt is under way.
    pub why: Option<Why>,
    /// What the citizen can decide about it; empty where nothing waits for them.
    pub choices: Vec<Decision>,
}

/// Why a report waits. Its text stands in the catalogue under `why.<reason>`.
#[uniffi::remote(Record)]
pub struct Why {
    /// The one reason.
    pub reason: Reason,
    /// What comes next.
    pub next: WhenNext,
    /// Jobs that go before it; told with `in_line`, else 0.
    pub ahead: u32,
}

/// When it goes on.
#[uniffi::remote(Enum)]
pub enum WhenNext {
    /// By itself, now.
    Now,
    /// By itself, at an instant.
    At {
        /// The instant.
        at: Timestamp,
    },
    /// By itself, with a network.
    WhenNetwork,
    /// By itself, with an unmetered network.
    WhenWifi,
    /// Once the citizen acted.
    AfterYou,
}

/// Why something waits or stopped.
#[uniffi::remote(Enum)]
pub enum Reason {
    /// A look-up cannot tell whether the city has it: send again, or wait?
    CannotTell,
    /// The city asks to change something, field by field.
    Refused,
    /// The city knows the matter already: follow, send anyway, edit?
    AlreadyKnown,
    /// The picture is gone or changed on disk.
    PhotoGone,
    /// The city refuses large pictures.
    PhotoTooLarge,
    /// The city takes no further photo with this report.
    PhotoNotTaken,
    /// The category is gone.
    ServiceGone,
    /// This city takes no reports by this way.
    TakesNoReports,
    /// The phone lost the contact details.
    IdentityLost,
    /// No server address of the city is known: it has to be given.
    NoEndpoint,
    /// Sign in to send.
    SignedOut,
    /// The account is locked by the city; reports are kept.
    Locked,
    /// The phone is nearly full.
    Storage,
    /// Unlock the phone once.
    PhoneLocked,
    /// No network.
    NoNetwork,
    /// The Wi-Fi wants a sign-in.
    Captive,
    /// Waits for Wi-Fi (data saver).
    WifiOnly,
    /// Battery saver.
    OsLimits,
    /// The city cannot be reached.
    Unreachable,
    /// No secure connection: check the clock.
    Tls,
    /// The city is busy.
    Busy,
    /// The city's server refuses the app.
    CitySetup,
    /// Asking back, so as not to file twice.
    Checking,
    /// The city gave a token and will give the number later.
    NumberPending,
    /// Tried often today.
    DailyLimit,
    /// Paused by the citizen.
    Paused,
    /// The photo is being made smaller.
    Preparing,
    /// Others go first.
    InLine,
}

/// The line as the platform tells it.
#[uniffi::remote(Enum)]
pub enum Network {
    /// None.
    Offline,
    /// Wi-Fi that wants a sign-in.
    Captive,
    /// Bytes cost money.
    Metered,
    /// Bytes are free.
    Unmetered,
}

/// A decision of the citizen about a report that waits for them.
#[uniffi::remote(Enum)]
pub enum Decision {
    /// Send the same payload under the same key again.
    Again,
    /// Wait and keep looking.
    Wait,
    /// The city's known case is mine too: follow it.
    Follow,
    /// The city knows it, and still: send.
    Anyway,
    /// Take it back to change it.
    Edit,
    /// Make the photos smaller and send.
    Smaller,
    /// Send without the photos that are still owed.
    WithoutPhoto,
}

/// How a drain treats waits.
#[uniffi::remote(Enum)]
pub enum Pace {
    /// Obeys every wait.
    Waits,
    /// Ignores backoff; never the waits of a look-up or of Retry-After.
    Now,
}

/// Bounds of a drain.
#[uniffi::remote(Record)]
pub struct DrainLimits {
    /// Keeps waiting for what comes due within this time, milliseconds; absent: only what is due now.
    #[uniffi(default)]
    pub deadline_ms: Option<i64>,
    /// Starts no request once this many bytes were sent.
    #[uniffi(default)]
    pub max_bytes: Option<u64>,
    /// How to treat waits.
    pub pace: Pace,
}

/// What a drain came to.
#[uniffi::remote(Record)]
pub struct DrainReport {
    /// Reports and messages that the city took in this drain.
    pub delivered: u32,
    /// Jobs still owed, those that wait for the citizen among them.
    pub owed: u32,
    /// Jobs that wait for the citizen.
    pub needs_citizen: u32,
    /// When the next one comes due, if by itself.
    pub next_due_at: Option<Timestamp>,
    /// Bytes sent: HTTP headers and bodies.
    pub bytes_sent: u64,
    /// Bytes received: HTTP headers and bodies.
    pub bytes_received: u64,
    /// Requests made.
    pub requests: u32,
}
