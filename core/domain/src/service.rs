//! The city's categories and the questions of one (Open311 services and attributes).

use serde::{Deserialize, Serialize};

use crate::id::ServiceCode;
use crate::snake::words;

words!(
    /// How soon the city gives a number (Open311 `type`).
    ServiceType {
        /// At once.
        Realtime = "realtime",
        /// Later: a token first.
        Batch = "batch",
        /// Never.
        Blackbox = "blackbox",
    }
);

words!(
    /// Whether a part of a report is wanted for a service.
    Need {
        /// Not without it.
        Required = "required",
        /// Welcome.
        Optional = "optional",
        /// Not asked for.
        Hidden = "hidden",
    }
);

words!(
    /// Open311 datatype of a question; anything unknown is a string.
    DataType {
        /// One line.
        String = "string",
        /// Lines.
        Text = "text",
        /// A number.
        Number = "number",
        /// ISO 8601.
        Datetime = "datetime",
        /// One of a list.
        SingleValueList = "singlevaluelist",
        /// Some of a list.
        MultiValueList = "multivaluelist",
    }
);

words!(
    /// What a notice of a service asks of the citizen.
    NoticeKind {
        /// Read it.
        Info = "info",
        /// This service takes no reports now.
        Stop = "stop",
        /// Go elsewhere.
        Redirect = "redirect",
        /// Call the emergency number.
        Emergency = "emergency",
    }
);

/// A word of the city to whoever picks a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it asks.
    pub kind: NoticeKind,
    /// The city's words.
    pub text: String,
}

/// One choice of a list question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What travels.
    pub key: String,
    /// What people read.
    pub name: String,
}

/// A question of a service (câu hỏi thêm).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// What parts of a report a service wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Photos.
    pub photo: Need,
    /// Place.
    pub place: Need,
    /// Words.
    pub words: Need,
}

impl Default for Needs {
    /// What GeoReport v2 says of every service: a place is required, the rest is welcome.
    fn default() -> Self {
        Self {
            photo: Need::Optional,
            place: Need::Required,
            words: Need::Optional,
        }
    }
}

/// A category of the city (lĩnh vực).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The questions of a service, as they were when fetched: a draft keeps the ones it was filled with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Definition {
    /// Questions in their order.
    pub attributes: Vec<Attribute>,
    /// Words of the city that are not questions.
    pub notices: Vec<Notice>,
}
