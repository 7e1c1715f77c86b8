//! What this city adds to GeoReport v2 (`docs/extensions.md`), each part switchable.
//!
//! A part that is off does not exist: its paths are not routed, its parameters are ignored like any unknown
//! parameter, and discovery does not name it. With all parts off the city is bare.

pub(crate) mod account;
pub(crate) mod agencies;
pub(crate) mod announcements;
pub(crate) mod attachments;
pub(crate) mod changes;
pub(crate) mod events;
pub(crate) mod follow;
pub(crate) mod idempotency;
pub(crate) mod messages;
pub(crate) mod owner;
pub(crate) mod public;
pub(crate) mod push;

use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::cases::statistics;
use crate::config::SignIn;
use crate::family::NotOffered;

/// One addition to the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extension {
    /// `client_request_id` and `Idempotency-Key`: a report is filed once.
    Idempotency,
    /// The owner secret proves who may act on a case.
    Owner,
    /// `requests/changes.json`: what changed since a cursor.
    Changes,
    /// `requests/{id}/events.json`: the timeline.
    Events,
    /// Answers, comments, ratings and later photos.
    Messages,
    /// Named fields in a report.
    Fields,
    /// Agencies as rows, due dates and pauses.
    Agencies,
    /// Signing in, and an account's own cases.
    Account,
    /// Following somebody else's case.
    Follow,
    /// Hints to phones that something is new.
    Push,
    /// Announcements in the city's languages.
    Announcements,
    /// The public feed, and figures over it.
    Statistics,
}

impl Extension {
    const BUILT: [Self; 12] = [
        Self::Idempotency,
        Self::Owner,
        Self::Changes,
        Self::Events,
        Self::Messages,
        Self::Fields,
        Self::Agencies,
        Self::Account,
        Self::Follow,
        Self::Push,
        Self::Announcements,
        Self::Statistics,
    ];

    const LATER: [&'static str; 4] = ["tus", "stub", "boundaries", "profile"];

    /// The name on the command line and in discovery.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idempotency => "idempotency",
            Self::Owner => "owner",
            Self::Changes => "changes",
            Self::Events => "events",
            Self::Messages => "messages",
            Self::Fields => "fields",
            Self::Agencies => "agencies",
            Self::Account => "account",
            Self::Follow => "follow",
            Self::Push => "push",
            Self::Announcements => "announcements",
            Self::Statistics => "statistics",
        }
    }

    fn advertisement(self, sign_in: SignIn) -> Value {
        match self {
            Self::Account => json!({
                "by": ["phone", "email"],
                "required_to_file": sign_in == SignIn::Required,
                "session_days": account::SESSION_DAYS,
            }),
            Self::Idempotency => json!({"key_lifetime_s": null}),
            Self::Owner
            | Self::Changes
            | Self::Events
            | Self::Agencies
            | Self::Follow
            | Self::Announcements => json!({}),
            Self::Push => json!({"providers": ["unifiedpush", "fcm", "apns"]}),
            Self::Statistics => json!({"definition_version": statistics::DEFINITION_VERSION}),
            Self::Messages => json!({
                "kinds": ["answer", "comment", "rating", "reopen", "withdraw", "remind"],
                "attachments": true,
            }),
            Self::Fields => json!({"names": [
                "reference_code", "title", "urgency", "observed_at", "queued_at", "channel", "publication",
                "identity", "place_words", "accuracy_m", "call_id", "filed_by", "on_behalf_of",
            ]}),
        }
    }
}

/// The additions that are switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extensions(BTreeSet<Extension>);

impl Extensions {
    /// Everything this server has.
    #[must_use]
    pub fn all() -> Self {
        Self(Extension::BUILT.into())
    }

    /// A bare city.
    #[must_use]
    pub fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Exactly these.
    #[must_use]
    pub fn only(extensions: impl IntoIterator<Item = Extension>) -> Self {
        Self(extensions.into_iter().collect())
    }

    /// Whether this one is on.
    #[must_use]
    pub fn has(&self, extension: Extension) -> bool {
        self.0.contains(&extension)
    }

    /// Whether none is on.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.0.is_empty()
    }

    /// The `extensions` member of discovery.
    pub(crate) fn advertisement(&self, sign_in: SignIn) -> Value {
        self.0
            .iter()
            .map(|extension| (extension.name().to_owned(), extension.advertisement(sign_in)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

impl FromStr for Extensions {
    type Err = NotOffered;

    /// Reads `all`, `none`, or names with commas between.
    fn from_str(text: &str) -> Result<Self, NotOffered> {
        match text.trim() {
            "all" => Ok(Self::all()),
            "none" | "" => Ok(Self::none()),
            names => names
                .split(',')
                .map(|name| {
                    let name = name.trim();
                    Extension::BUILT
                        .into_iter()
                        .find(|known| known.name() == name)
                        .ok_or_else(|| {
                            let offered = Extension::BUILT.map(Extension::name);
                            NotOffered::new("extension", name, Extension::LATER.contains(&name), &offered)
                        })
                })
                .collect::<Result<_, _>>()
                .map(Self),
        }
    }
}
