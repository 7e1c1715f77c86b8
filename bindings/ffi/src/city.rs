//! Cities: profile, services, the questions of a service.

use phananh_domain::id::{CityId, ServiceCode};
use phananh_domain::profile::CityProfile;
use phananh_domain::service::{
    Attribute, Choice, DataType, Definition, Need, Needs, Notice, NoticeKind, Service, ServiceType,
};
use phananh_domain::time::Timestamp;
use phananh_engine::client::CityView;

/// A city as a shell shows it.
#[uniffi::remote(Record)]
pub struct CityView {
    /// Its id: the name of its profile.
    pub id: CityId,
    /// Its profile, JSON (docs/profile.md).
    pub profile: CityProfile,
    /// Base URL in use; empty where the app still has to ask for one.
    pub endpoint: String,
    /// When its discovery document was last read.
    pub discovered_at: Option<Timestamp>,
}

/// A category of the city (lĩnh vực).
#[uniffi::remote(Record)]
pub struct Service {
    /// Code on the wire.
    pub code: ServiceCode,
    /// Name in the language asked for.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Group it stands in.
    pub group: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// How soon a number comes.
    pub service_type: ServiceType,
    /// It has questions: a definition exists at the city.
    pub has_definition: bool,
    /// What it wants.
    pub needs: Needs,
}

/// How soon the city gives a number (Open311 `type`).
#[uniffi::remote(Enum)]
pub enum ServiceType {
    /// At once.
    Realtime,
    /// Later: a token first.
    Batch,
    /// Never.
    Blackbox,
}

/// What parts of a report a service wants.
#[uniffi::remote(Record)]
pub struct Needs {
    /// Photos.
    pub photo: Need,
    /// Place.
    pub place: Need,
    /// Words.
    pub words: Need,
}

/// Whether a part of a report is wanted for a service.
#[uniffi::remote(Enum)]
pub enum Need {
    /// Not without it.
    Required,
    /// Welcome.
    Optional,
    /// Not asked for.
    Hidden,
}

/// The questions of a service, as they were when fetched.
#[uniffi::remote(Record)]
pub struct Definition {
    /// Questions in their order.
    pub attributes: Vec<Attribute>,
    /// Words of the city that are not questions.
    pub notices: Vec<Notice>,
}

/// A question of a service (câu hỏi thêm).
#[uniffi::remote(Record)]
pub struct Attribute {
    /// Code on the wire.
    pub code: String,
    /// The question as people read it.
    pub label: String,
    /// Kind of value.
    pub datatype: DataType,
    /// Must be answered.
    pub required: bool,
    /// How to answer, in the city's words.
    pub hint: Option<String>,
    /// Place among the others, from 1.
    pub order: u32,
    /// Choices of a list question; empty for the others.
    pub choices: Vec<Choice>,
}

/// Open311 datatype of a question; anything unknown is a string.
#[uniffi::remote(Enum)]
pub enum DataType {
    /// One line.
    String,
    /// Lines.
    Text,
    /// A number.
    Number,
    /// ISO 8601.
    Datetime,
    /// One of a list.
    SingleValueList,
    /// Some of a list.
    MultiValueList,
}

/// One choice of a list question.
#[uniffi::remote(Record)]
pub struct Choice {
    /// What travels.
    pub key: String,
    /// What people read.
    pub name: String,
}

/// A word of the city to whoever picks a service.
#[uniffi::remote(Record)]
pub struct Notice {
    /// What it asks.
    pub kind: NoticeKind,
    /// The city's words.
    pub text: String,
}

/// What a notice of a service asks of the citizen.
#[uniffi::remote(Enum)]
pub enum NoticeKind {
    /// Read it.
    Info,
    /// This service takes no reports now.
    Stop,
    /// Go elsewhere.
    Redirect,
    /// Call the emergency number.
    Emergency,
}
