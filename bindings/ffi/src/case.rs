//! The city's side: lists, one report whole, its timeline, messages about it.

use phananh_domain::attachment::{AttachmentKind, ReadyFile, Sha256};
use phananh_domain::case::{Actor, ActorType, CaseEvent, CaseFile, CaseStatus};
use phananh_domain::delivery::Delivery;
use phananh_domain::id::{AttachmentId, CaseNumber, Token as CaseToken};
use phananh_domain::job::JobState;
use phananh_domain::message::{MessageBody, MessageKind, Satisfaction, StillThere};
use phananh_domain::receipt::{Receipt, Tracking};
use phananh_domain::report::Report;
use phananh_domain::search::ListState;
use phananh_domain::time::Timestamp;
use phananh_domain::why::Why;
use phananh_engine::client::{
    AttachmentState, AttachmentView, ListEntry, ListQuery, NewMessage, Page, Refusal, ReportStatus,
    SyncReport, TimelineEntry,
};

/// What to list.
#[uniffi::remote(Record)]
pub struct ListQuery {
    /// Words, with or without marks; all must be in the report, each as the beginning of a word. Four digits or more find
    /// reference codes, and a city's number finds its report.
    #[uniffi(default)]
    pub query: Option<String>,
    /// Cursor of the page before.
    #[uniffi(default)]
    pub after: Option<String>,
    /// Rows; 0 = 50, at most 200.
    #[uniffi(default)]
    pub limit: u32,
    /// Only what stands so.
    #[uniffi(default)]
    pub state: Option<ListState>,
}

/// How a report stands, as a list is narrowed: a word of delivery, or of the case at the city.
#[uniffi::remote(Enum)]
pub enum ListState {
    /// Not sent off yet.
    Draft,
    /// Waits to be sent.
    Queued,
    /// An attempt is under way.
    Sending,
    /// Being checked.
    Unconfirmed,
    /// The city has it.
    Delivered,
    /// The citizen must act.
    Blocked,
    /// Somebody else's case, followed.
    Followed,
    /// Awaiting intake.
    Submitted,
    /// Accepted by the centre.
    Received,
    /// Being verified.
    Verifying,
    /// Sent to an agency.
    Assigned,
    /// Being worked on.
    InProgress,
    /// Given a later due date.
    Extended,
    /// Passed to another agency.
    Transferred,
    /// The city asks the citizen something.
    WaitingCitizen,
    /// A result is there.
    Resolved,
    /// Closed, result not stated.
    Closed,
    /// Closed, not fixed.
    ClosedUnresolved,
    /// Not accepted.
    Rejected,
    /// Merged with another case.
    Duplicate,
    /// Taken up again.
    Reopened,
    /// Withdrawn by the citizen.
    Withdrawn,
    /// No result yet (all that a bare city says).
    Open,
    /// A word of the city that we do not know.
    Other,
}

/// A page of reports, newest first.
#[uniffi::remote(Record)]
pub struct Page {
    /// Its rows.
    pub entries: Vec<ListEntry>,
    /// Cursor of the next page; absent on the last.
    pub next: Option<String>,
}

/// A row of the list.
#[uniffi::remote(Record)]
pub struct ListEntry {
    /// The report.
    pub report: Report,
    /// How it stands on its way.
    pub delivery: Delivery,
    /// How it stands at the city.
    pub case_status: Option<CaseStatus>,
    /// The city's number.
    pub service_request_id: Option<CaseNumber>,
}

/// A report, whole.
#[uniffi::remote(Record)]
pub struct ReportStatus {
    /// What it says.
    pub report: Report,
    /// How it stands on its way.
    pub delivery: Delivery,
    /// Its photos.
    pub attachments: Vec<AttachmentView>,
    /// How it stands at the city.
    pub case_status: Option<CaseStatus>,
    /// Result, the city's word.
    pub outcome: Option<String>,
    /// The city's number.
    pub service_request_id: Option<CaseNumber>,
    /// The city's token.
    pub token: Option<CaseToken>,
    /// Due date, as the city says.
    pub due_at: Option<Timestamp>,
    /// Agency, as the city writes it.
    pub agency: Option<String>,
    /// The city no longer shows the case.
    pub gone: bool,
    /// How we rated the result, delivered or on its way.
    pub rating: Option<Satisfaction>,
    /// What we said of whether it is gone.
    pub fixed: Option<StillThere>,
    /// Proof of delivery.
    pub receipt: Option<Receipt>,
    /// What the city said when it refused, while the citizen has to act on it.
    pub refusal: Option<Refusal>,
    /// Why it waits.
    pub why: Option<Why>,
    /// Timeline, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// An attachment of a report, with its way.
#[uniffi::remote(Record)]
pub struct AttachmentView {
    /// Local id.
    pub id: AttachmentId,
    /// Kind.
    pub kind: AttachmentKind,
    /// How it stands.
    pub state: AttachmentState,
    /// The stored file, once made.
    pub file: Option<ReadyFile>,
    /// Size of the original, once read, bytes.
    pub original_bytes: Option<u64>,
}

/// How an attachment stands.
#[uniffi::remote(Enum)]
pub enum AttachmentState {
    /// Being made smaller.
    Preparing,
    /// On the phone, the report not sent off.
    Ready,
    /// Owed.
    Owed(JobState),
    /// The city has it.
    Delivered,
    /// The original cannot be used.
    Failed,
}

/// The city's answer to a delivery.
#[uniffi::remote(Record)]
pub struct Receipt {
    /// What to follow the case by.
    pub tracking: Tracking,
    /// When the answer came.
    pub at: Timestamp,
    /// Hash of the payload that was sent.
    pub payload_sha256: Sha256,
    /// The city's words beside it.
    pub notice: Option<String>,
    /// Found by a look-up or seen in a list, rather than answered.
    pub found: bool,
}

/// A refusal of the city.
#[uniffi::remote(Record)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The city's words, field by field where it names fields.
    pub text: String,
}

/// What the city gave to follow a case by.
#[uniffi::remote(Enum)]
pub enum Tracking {
    /// Its number.
    Number(CaseNumber),
    /// A promise of a number.
    Token(CaseToken),
    /// Nothing: sent, and that is all.
    Untracked,
}

/// State of a case at the city.
#[uniffi::remote(Enum)]
pub enum CaseStatus {
    /// Awaiting intake.
    Submitted,
    /// Accepted by the centre.
    Received,
    /// Being verified.
    Verifying,
    /// Sent to an agency.
    Assigned,
    /// Being worked on.
    InProgress,
    /// Given a later due date.
    Extended,
    /// Passed to another agency.
    Transferred,
    /// The city asks the citizen something.
    WaitingCitizen,
    /// A result is there: not the same as fixed.
    Resolved,
    /// Closed, result not stated.
    Closed,
    /// Closed, not fixed.
    ClosedUnresolved,
    /// Not accepted.
    Rejected,
    /// Merged with another case.
    Duplicate(CaseNumber),
    /// Taken up again.
    Reopened,
    /// Withdrawn by the citizen.
    Withdrawn,
    /// No result yet.
    Open,
    /// A word of the city that we do not know.
    Other(String),
}

/// A line of the timeline.
#[uniffi::remote(Enum)]
pub enum TimelineEntry {
    /// The city says.
    City(CaseEvent),
    /// We said, and it is not delivered yet.
    Pending {
        /// When it was written.
        at: Timestamp,
        /// Kind of message.
        kind: MessageKind,
        /// Words.
        text: Option<String>,
        /// How it stands on its way.
        state: JobState,
    },
    /// We wrote it and took it back: it never reached the city.
    TakenBack {
        /// When it was written.
        at: Timestamp,
        /// Kind of message.
        kind: MessageKind,
        /// Words.
        text: Option<String>,
    },
}

/// One event of a case's timeline.
#[uniffi::remote(Record)]
pub struct CaseEvent {
    /// The city's id of the event.
    pub id: String,
    /// Its place in the case, growing.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The city's word for it, raw.
    pub kind: String,
    /// Who.
    pub actor: Option<Actor>,
    /// Machine word of a reason.
    pub reason_code: Option<String>,
    /// The city's words, unchanged.
    pub text: Option<String>,
    /// Due date set by this event.
    pub due_at: Option<Timestamp>,
    /// Result told by this event; raw where unknown.
    pub outcome: Option<String>,
    /// Lead case, of a merge.
    pub duplicate_of: Option<CaseNumber>,
    /// Files of the event.
    pub attachments: Vec<CaseFile>,
}

/// Who did something.
#[uniffi::remote(Record)]
pub struct Actor {
    /// Kind; absent where the city's word is unknown.
    pub kind: Option<ActorType>,
    /// Unit, as the city writes it.
    pub unit: Option<String>,
}

/// Kind of an actor.
#[uniffi::remote(Enum)]
pub enum ActorType {
    /// The reporter or another citizen.
    Citizen,
    /// The intake centre.
    Operator,
    /// The handling agency.
    Agency,
    /// The city's system.
    System,
}

/// A file that the city shows.
#[uniffi::remote(Record)]
pub struct CaseFile {
    /// Where it is.
    pub url: String,
    /// Kind, raw.
    pub kind: String,
    /// Hash of its bytes, where told.
    pub sha256: Option<String>,
    /// Number of its bytes, where told.
    pub bytes: Option<u64>,
}

/// A message to write.
#[uniffi::remote(Record)]
pub struct NewMessage {
    /// What it says.
    pub body: MessageBody,
    /// Paths of photos.
    #[uniffi(default)]
    pub photos: Vec<String>,
}

/// What a message says.
#[uniffi::remote(Enum)]
pub enum MessageBody {
    /// Answer to a question of the city.
    Answer {
        /// The words.
        text: String,
    },
    /// A comment.
    Comment {
        /// The words.
        text: String,
    },
    /// The two questions: at least one is answered.
    Rating {
        /// How satisfied.
        satisfaction: Option<Satisfaction>,
        /// Is it gone?
        fixed: Option<StillThere>,
        /// Words beside it.
        text: Option<String>,
    },
    /// Ask again.
    Reopen {
        /// Why.
        text: String,
    },
    /// Take the report back at the city.
    Withdraw {
        /// Why, if told.
        text: Option<String>,
    },
    /// Remind after the deadline.
    Remind {
        /// Words beside it.
        text: Option<String>,
    },
    /// Follow somebody's case; said by `follow` alone.
    Follow,
    /// Follow it no longer; said by `unfollow` alone.
    Unfollow,
}

/// Kind of a message.
#[uniffi::remote(Enum)]
pub enum MessageKind {
    /// Answer to a question of the city.
    Answer,
    /// A comment.
    Comment,
    /// The two questions after a result.
    Rating,
    /// Ask again.
    Reopen,
    /// Take the report back at the city.
    Withdraw,
    /// Remind after the deadline.
    Remind,
    /// Follow somebody's public case.
    Follow,
    /// Follow it no longer.
    Unfollow,
}

/// How was the result?
#[uniffi::remote(Enum)]
pub enum Satisfaction {
    /// Hài lòng.
    Satisfied,
    /// Chấp nhận được.
    Acceptable,
    /// Không hài lòng.
    Dissatisfied,
}

/// Is it gone?
#[uniffi::remote(Enum)]
pub enum StillThere {
    /// Gone.
    Yes,
    /// Partly gone.
    Partly,
    /// Still there.
    No,
}

/// What a sync came to.
#[uniffi::remote(Record)]
pub struct SyncReport {
    /// Requests made.
    pub requests: u32,
    /// Bytes sent: HTTP headers and bodies.
    pub bytes_sent: u64,
    /// Bytes received: HTTP headers and bodies.
    pub bytes_received: u64,
    /// Cases that changed.
    pub changed: u32,
}
