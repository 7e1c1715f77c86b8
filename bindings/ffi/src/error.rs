//! The one error: a variant only where a shell would do something different. Codes, not sentences: texts are in the
//! word catalogues of each platform.

use phananh_domain::validate::{Problem, ProblemCode, Severity};
use phananh_engine::ClientError;

/// Why a call did not do what it says.
#[uniffi::remote(Error)]
pub enum ClientError {
    /// Mend the input and call again: `problems` says what, field by field.
    Invalid {
        /// All problems at once.
        problems: Vec<Problem>,
    },
    /// One argument is wrong.
    BadInput {
        /// Which.
        field: String,
        /// Catalogue code.
        code: String,
    },
    /// The thing does not exist on this phone.
    NotFound {
        /// Kind of thing.
        what: String,
    },
    /// Several things are meant.
    Ambiguous,
    /// The step makes no sense now.
    NotNow {
        /// Catalogue code that says why.
        code: String,
    },
    /// The phone is full, or its disk fails; nothing was changed.
    Storage {
        /// Catalogue code.
        code: String,
    },
    /// The store is held by another process, or written by a newer version.
    StoreHeld {
        /// Catalogue code: `error.store_held` or `error.newer_store`.
        code: String,
        /// Who holds it, where known.
        holder: String,
    },
    /// The phone's secrets are locked, missing or failing.
    Secrets {
        /// Catalogue code: `error.secrets_locked`, `error.secrets_missing`, `error.secrets_failed`.
        code: String,
    },
    /// The network or the city.
    Network {
        /// Catalogue code.
        code: String,
    },
    /// The client was shut down.
    Closed,
    /// A bug: quote the id.
    Internal {
        /// Names the place in the code; no personal data.
        id: String,
    },
}

/// One problem of a report. Its text stands in the catalogue under `problem.<code>`.
#[uniffi::remote(Record)]
pub struct Problem {
    /// Where: `city`, `service_code`, `description`, `place`, `photo`, `attribute[CODE]`.
    pub field: String,
    /// What.
    pub code: ProblemCode,
    /// What it does.
    pub severity: Severity,
    /// The question in the city's words, of an attribute.
    pub question: Option<String>,
    /// The limit that is exceeded: characters, photos, bytes, answers.
    pub limit: Option<u64>,
    /// What there is instead, in the unit of `limit`.
    pub actual: Option<u64>,
}

/// What is wrong with a report.
#[uniffi::remote(Enum)]
pub enum ProblemCode {
    /// Must be given.
    Required,
    /// The city's list does not hold this category.
    UnknownService,
    /// The category takes no reports now.
    Stopped,
    /// The city asks to go elsewhere with this category.
    Redirected,
    /// The category has no such question.
    UnknownAttribute,
    /// Not one of the choices.
    NotAChoice,
    /// Not a number.
    NotANumber,
    /// Not a date or time by ISO 8601.
    NotATime,
    /// One answer only.
    TooManyAnswers,
    /// More characters than the city takes, footer included.
    TooLong,
    /// More photos than the city takes.
    TooManyPhotos,
    /// The city takes fewer photos with a report, and none afterwards: the others stay on the phone.
    PhotosStay,
    /// A photo that could not be read.
    PhotoFailed,
    /// A photo with more bytes than the city takes.
    PhotoTooLarge,
    /// A kind of file that cannot be sent yet.
    KindNotYet,
    /// Outside the city's area: may be refused.
    Outside,
    /// Neither words nor a photo.
    EmptyReport,
    /// The city takes no reports by this way.
    TakesNoReports,
}

/// What a problem does.
#[uniffi::remote(Enum)]
pub enum Severity {
    /// Not without a change.
    Blocks,
    /// Told, and left to the person.
    Warns,
}
