//! `discovery.json`: where the endpoints are, and what a willing city adds to the standard (docs/extensions.md).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{boolean, count, list_of_texts, text};
use crate::tree::{Tree, list, member, one, success};

/// A discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discovery {
    /// Changes whenever services or definitions do; as written.
    pub changeset: Option<String>,
    /// Whom to ask for help.
    pub contact: Option<String>,
    /// Whom to ask for a key.
    pub key_service: Option<String>,
    /// Endpoints, as listed.
    pub endpoints: Vec<DiscoveredEndpoint>,
    /// Extensions that the document itself advertises.
    pub extensions: Extensions,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiscoveredEndpoint {
    /// URL as told.
    pub url: Option<String>,
    /// Specification that it follows, a URL.
    pub specification: Option<String>,
    /// Changeset of this endpoint.
    pub changeset: Option<String>,
    /// `production` or `test`, as written.
    pub kind: Option<String>,
    /// MIME types.
    pub formats: Vec<String>,
    /// Extensions of this endpoint; `None` where its entry says nothing of them.
    pub extensions: Option<Extensions>,
}

/// What a city adds; `Extensions::default()` is a bare city.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extensions {
    /// Keys of submissions are honoured, so long.
    pub idempotency: Option<KeyLifetime>,
    /// Owner secrets are honoured.
    pub owner: bool,
    /// `requests/changes.json` exists.
    pub changes: bool,
    /// `requests/ID/events.json` exists.
    pub events: bool,
    /// Case messages are taken.
    pub messages: Option<Messages>,
    /// Named fields that a POST may carry.
    pub fields: BTreeSet<String>,
    /// People may sign in.
    pub account: Option<AccountOffer>,
    /// `agencies.json` exists.
    pub agencies: bool,
    /// Cases of others can be followed.
    pub follow: bool,
    /// Hints are pushed, by these providers.
    pub push: Option<BTreeSet<String>>,
    /// `announcements.json` exists.
    pub announcements: bool,
    /// `feed.json` and `statistics.json` exist.
    pub statistics: bool,
}

/// What the extension `account` offers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountOffer {
    /// `phone`, `email`: where a code can go.
    pub by: BTreeSet<String>,
    /// Reports are taken of signed-in people only.
    pub required_to_file: bool,
    /// Days after which a session ends.
    pub session_days: Option<u64>,
}

/// How long a city remembers a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyLifetime {
    /// For ever.
    Forever,
    /// So many seconds after the first use.
    Seconds(u64),
}

/// What the extension `messages` takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Messages {
    /// Kinds of message.
    pub kinds: BTreeSet<String>,
    /// `requests/ID/attachments.json` exists.
    pub attachments: bool,
}

impl Discovery {
    /// Extensions of the endpoint at `base`: those of its own entry, else those of the document.
    #[must_use]
    pub fn extensions_at(&self, base: &Url) -> &Extensions {
        let bare = |url: &str| url.trim_end_matches('/').to_owned();
        let here = bare(base.as_str());
        let entry = self
            .endpoints
            .iter()
            .find(|entry| entry.url.as_deref().map(bare).as_ref() == Some(&here));
        entry
            .and_then(|entry| entry.extensions.as_ref())
            .unwrap_or(&self.extensions)
    }
}

/// Reads a discovery document.
///
/// # Errors
/// Any [`ReadError`]; many cities have no such document (404, a page).
pub fn discovery(answer: &Answer<'_>) -> Result<Discovery, ReadError> {
    let tree = success(answer)?;
    let body = one(&tree, &["discovery"], "a discovery document")?;
    let known = ["changeset", "contact", "key_service", "endpoints", "extensions"];
    if !known.iter().any(|name| body.get(name).is_some()) {
        return Err(ReadError::Malformed {
            what: "a discovery document",
        });
    }
    let entries = member(body, "endpoints")
        .map(|tree| list(tree, &["endpoint"]))
        .transpose()?
        .unwrap_or_default();
    Ok(Discovery {
        changeset: text(body, "changeset"),
        contact: text(body, "contact"),
        key_service: text(body, "key_service"),
        endpoints: entries
            .into_iter()
            .filter(|entry| entry.is_object())
            .map(endpoint)
            .collect(),
        extensions: member(body, "extensions").map(extensions).unwrap_or_default(),
    })
}

fn endpoint(entry: &Tree) -> DiscoveredEndpoint {
    DiscoveredEndpoint {
        url: text(entry, "url"),
        specification: text(entry, "specification"),
        changeset: text(entry, "changeset"),
        kind: text(entry, "type"),
        formats: list_of_texts(entry, "formats"),
        extensions: member(entry, "extensions").map(extensions),
    }
}

fn extensions(tree: &Tree) -> Extensions {
    let offered = |name: &str| member(tree, name).filter(|value| !matches!(value, Value::Bool(false)));
    Extensions {
        idempotency: offered("idempotency").and_then(lifetime),
        owner: offered("owner").is_some(),
        changes: offered("changes").is_some(),
        events: offered("events").is_some(),
        messages: offered("messages").map(|messages| Messages {
            kinds: list_of_texts(messages, "kinds").into_iter().collect(),
            attachments: boolean(messages, "attachments").unwrap_or(false),
        }),
        fields: offered("fields")
            .map(|fields| list_of_texts(fields, "names"))
            .unwrap_or_default()
            .into_iter()
            .collect(),
        account: offered("account").map(|account| AccountOffer {
            by: list_of_texts(account, "by").into_iter().collect(),
            required_to_file: boolean(account, "required_to_file").unwrap_or(false),
            session_days: count(account, "session_days"),
        }),
        agencies: offered("agencies").is_some(),
        follow: offered("follow").is_some(),
        push: offered("push").map(|push| list_of_texts(push, "providers").into_iter().collect()),
        announcements: offered("announcements").is_some(),
        statistics: offered("statistics").is_some(),
    }
}

/// `key_lifetime_s: null` is for ever; a lifetime that is missing or unreadable is no promise to re-post on.
fn lifetime(idempotency: &Tree) -> Option<KeyLifetime> {
    match idempotency.get("key_lifetime_s")? {
        Value::Null => Some(KeyLifetime::Forever),
        value => crate::scalar::scalar(value)?
            .trim()
            .parse()
            .ok()
            .map(KeyLifetime::Seconds),
    }
}
