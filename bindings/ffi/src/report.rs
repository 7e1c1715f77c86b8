//! A report as the citizen writes it, and its drafts.

use phananh_domain::attachment::{Attachment, AttachmentKind, IngestState, ReadyFile, Sha256};
use phananh_domain::id::{AccountId, AttachmentId, CityId, ReportId, ServiceCode};
use phananh_domain::identity::{IdentityChoice, Publication};
use phananh_domain::place::{Located, Place, PlaceSource, Point};
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::report::{Answer, Channel, Content, Phase, Report, Urgency};
use phananh_domain::time::Timestamp;
use phananh_engine::client::{AddedPhoto, DraftChanges, NewDraft, OnBehalfOf};

/// What a new draft starts with.
#[uniffi::remote(Record)]
pub struct NewDraft {
    /// City, by the name of its profile.
    pub city: String,
    /// Account; `default` where empty.
    #[uniffi(default)]
    pub account: String,
    /// A practice run: never leaves the phone.
    #[uniffi(default)]
    pub practice: bool,
    /// The person it is filed for.
    #[uniffi(default)]
    pub on_behalf_of: Option<OnBehalfOf>,
    /// First content.
    pub changes: DraftChanges,
}

/// A person an operator files for.
#[uniffi::remote(Record)]
pub struct OnBehalfOf {
    /// Whole name.
    pub name: String,
    /// Phone number.
    #[uniffi(default)]
    pub phone: Option<String>,
}

/// Changes to a draft; what is absent stays as it is, an empty text clears.
#[uniffi::remote(Record)]
pub struct DraftChanges {
    /// Open311 service code.
    #[uniffi(default)]
    pub service: Option<String>,
    /// Title.
    #[uniffi(default)]
    pub title: Option<String>,
    /// Words.
    #[uniffi(default)]
    pub text: Option<String>,
    /// How pressing.
    #[uniffi(default)]
    pub urgency: Option<Urgency>,
    /// When it was seen.
    #[uniffi(default)]
    pub observed_at: Option<Timestamp>,
    /// Who learns the name.
    #[uniffi(default)]
    pub identity: Option<IdentityChoice>,
    /// Who sees the report.
    #[uniffi(default)]
    pub publication: Option<Publication>,
    /// City, while nothing was ever sent off.
    #[uniffi(default)]
    pub city: Option<String>,
}

/// A report, whole.
#[uniffi::remote(Record)]
pub struct Report {
    /// Local id, from birth.
    pub id: ReportId,
    /// The code that people read aloud, from birth: twelve digits, 4-4-4.
    pub reference_code: ReferenceCode,
    /// The city it is for.
    pub city: CityId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Draft or sent off.
    pub phase: Phase,
    /// By what way it came.
    pub channel: Channel,
    /// A practice run: never leaves the phone.
    pub practice: bool,
    /// Born.
    pub created_at: Timestamp,
    /// Last changed by the citizen.
    pub updated_at: Timestamp,
    /// Sent off, once it was.
    pub queued_at: Option<Timestamp>,
    /// What it says.
    pub content: Content,
    /// What hangs on it, in the order added.
    pub attachments: Vec<Attachment>,
}

/// What the citizen has put into a report so far.
#[uniffi::remote(Record)]
pub struct Content {
    /// The city's category.
    pub service: Option<ServiceCode>,
    /// A short title.
    pub title: Option<String>,
    /// The words of the report, verbatim.
    pub text: String,
    /// How pressing.
    pub urgency: Urgency,
    /// When it was seen.
    pub observed_at: Timestamp,
    /// Where.
    pub place: Place,
    /// Answers to the service's questions.
    pub answers: Vec<Answer>,
    /// Who learns the name.
    pub identity: IdentityChoice,
    /// Who sees the report.
    pub publication: Publication,
}

/// One answer to a question of the service.
#[uniffi::remote(Record)]
pub struct Answer {
    /// Code of the question.
    pub code: String,
    /// The values, in the order given; never empty.
    pub values: Vec<String>,
}

/// The place of a report: a point, words, or both.
#[uniffi::remote(Record)]
pub struct Place {
    /// The point with its evidence.
    pub located: Option<Located>,
    /// Words for the place.
    pub words: Option<String>,
}

/// A point and how well it is known.
#[uniffi::remote(Record)]
pub struct Located {
    /// Where.
    pub point: Point,
    /// Radius of 68 % confidence in metres; absent for a pin.
    pub accuracy_m: Option<f64>,
    /// What gave it.
    pub source: PlaceSource,
}

/// An attachment of a report.
#[uniffi::remote(Record)]
pub struct Attachment {
    /// Local id.
    pub id: AttachmentId,
    /// Kind.
    pub kind: AttachmentKind,
    /// State of the picture on the phone.
    pub ingest: IngestState,
    /// The finished file, once ready.
    pub file: Option<ReadyFile>,
}

/// A finished photo: what will be sent.
#[uniffi::remote(Record)]
pub struct ReadyFile {
    /// Hash of the bytes that are sent, lower-case hex.
    pub sha256: Sha256,
    /// Their number.
    pub bytes: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A photo that was taken in.
#[uniffi::remote(Record)]
pub struct AddedPhoto {
    /// Its id.
    pub attachment: AttachmentId,
    /// The stored picture.
    pub file: ReadyFile,
    /// Size of the original file, bytes.
    pub original_bytes: u64,
    /// Catalogue codes of what the reporter should know, e.g. that only a part of the file could be read.
    pub warnings: Vec<String>,
}

/// How pressing a report is.
#[uniffi::remote(Enum)]
pub enum Urgency {
    /// Danger to life: goes first.
    Life,
    /// Urgent.
    Urgent,
    /// The rest.
    Normal,
}

/// By what way a report came.
#[uniffi::remote(Enum)]
pub enum Channel {
    /// The citizen's own phone.
    App,
    /// An operator who files while listening.
    Hotline,
}

/// Where a report stands on this phone.
#[uniffi::remote(Enum)]
pub enum Phase {
    /// Not yet sent.
    Draft,
    /// Sent off.
    Submitted,
    /// Somebody else's case, followed.
    Followed,
}

/// Who learns the name.
#[uniffi::remote(Enum)]
pub enum IdentityChoice {
    /// The handling agency may know it.
    Named,
    /// The intake centre only.
    Confidential,
    /// Nobody: no name travels.
    None,
}

/// Who sees the report.
#[uniffi::remote(Enum)]
pub enum Publication {
    /// Everybody, at once.
    Public,
    /// Everybody, after the centre looked at it.
    AfterReview,
    /// Nobody but the city and the reporter.
    Never,
}

/// What gave a point.
#[uniffi::remote(Enum)]
pub enum PlaceSource {
    /// The citizen put the pin.
    Pin,
    /// A sensor of the phone.
    Device,
    /// The position inside a photo.
    Photo,
}

/// Kind of an attachment.
#[uniffi::remote(Enum)]
pub enum AttachmentKind {
    /// A still picture.
    Photo,
    /// A film.
    Video,
    /// A sound.
    Audio,
    /// A document.
    Document,
}

/// How far an attachment has come on the phone.
#[uniffi::remote(Enum)]
pub enum IngestState {
    /// The original is named; the picture is not made yet.
    Pending,
    /// The picture is on disk.
    Ready,
    /// The original cannot be used.
    Failed,
}
