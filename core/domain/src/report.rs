//! A report and its draft.

use serde::{Deserialize, Serialize};

use crate::attachment::Attachment;
use crate::id::{AccountId, CityId, ReportId, ServiceCode};
use crate::identity::{IdentityChoice, Publication};
use crate::place::Place;
use crate::refcode::ReferenceCode;
use crate::snake::words;
use crate::time::Timestamp;

words!(
    /// How pressing it is. The order is the order of sending.
    Urgency {
        /// Danger to life: goes first, and never looks calm while unsent.
        Life = "life",
        /// Urgent.
        Urgent = "urgent",
        /// The rest.
        Normal = "normal",
    }
);

words!(
    /// By what way the report came.
    Channel {
        /// The citizen's own phone.
        App = "app",
        /// An operator who files while listening.
        Hotline = "hotline",
    }
);

words!(
    /// Where a report stands on this phone, before any question of delivery.
    Phase {
        /// Not yet sent; every keystroke batch is durable.
        Draft = "draft",
        /// Sent off: a submission exists.
        Submitted = "submitted",
        /// Somebody else's case, followed: nothing of it is owed but messages.
        Followed = "followed",
    }
);

/// One answer to a question of the service. A list question may have several values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Code of the attribute.
    pub code: String,
    /// The values, in the order given; never empty.
    pub values: Vec<String>,
}

/// What the citizen has put into a report so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The city's category; may stay open where the city allows.
    pub service: Option<ServiceCode>,
    /// A short title, where the city has a field for it.
    pub title: Option<String>,
    /// The words of the report, verbatim.
    pub text: String,
    /// How pressing.
    pub urgency: Urgency,
    /// When it was seen: frozen with the draft, never refreshed at sending.
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

/// A report, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Local id, from birth.
    pub id: ReportId,
    /// The code that people read aloud, from birth.
    pub reference_code: ReferenceCode,
    /// The city it is for; may change until the first submit.
    pub city: CityId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Draft or sent off.
    pub phase: Phase,
    /// By what way it came.
    pub channel: Channel,
    /// A practice run: goes all the way on the phone and never leaves it.
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
