//! One GeoReport endpoint: where it is, as whom we speak, how its server differs.

use std::fmt;

use url::Url;

use crate::dialect::{ApiKeyIn, Dialect, JurisdictionIn};
use crate::encode::{percent_encode, query_string};
use crate::error::BuildError;
use crate::request::{Body, Method, Request};

/// An endpoint; all requests are built from it (see [`crate::build`]).
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Base URL, as `https://city.example/open311/v2/`; query and fragment are not used, the last slash is optional.
    pub base: Url,
    /// The standard's `jurisdiction_id`; empty means absent.
    pub jurisdiction_id: Option<String>,
    /// Key of the app; empty means absent.
    pub api_key: Option<String>,
    /// Differences of the server.
    pub dialect: Dialect,
}

impl fmt::Debug for Endpoint {
    /// All but the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base", &self.base.as_str())
            .field("jurisdiction_id", &self.jurisdiction_id)
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

/// Query parameters of a request, in order.
pub(crate) type Pairs = Vec<(String, String)>;

impl Endpoint {
    pub(crate) fn jurisdiction(&self) -> Option<&str> {
        self.jurisdiction_id.as_deref().filter(|id| !id.is_empty())
    }

    pub(crate) fn key(&self) -> Option<&str> {
        self.api_key.as_deref().filter(|key| !key.is_empty())
    }

    /// URL of a resource: the base, the path (segments already encoded), the query.
    pub(crate) fn url(&self, path: &str, query: &[(String, String)]) -> String {
        let mut base = self.base.clone();
        base.set_query(None);
        base.set_fragment(None);
        let mut url = String::from(base.as_str());
        if !url.ends_with('/') {
            url.push('/');
        }
        url.push_str(path);
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query_string(query));
        }
        url
    }

    /// A GET of a resource, with jurisdiction (and key, where the dialect says so) before the other parameters.
    pub(crate) fn get(&self, path: &str, query: Pairs, owner_secret: Option<&str>) -> Request {
        let mut all: Pairs = Vec::with_capacity(query.len() + 2);
        if let (JurisdictionIn::Params | JurisdictionIn::QueryAlways, Some(id)) =
            (self.dialect.jurisdiction, self.jurisdiction())
        {
            all.push(("jurisdiction_id".to_owned(), id.to_owned()));
        }
        if let (ApiKeyIn::QueryToo, Some(key)) = (self.dialect.api_key_in, self.key()) {
            all.push(("api_key".to_owned(), key.to_owned()));
        }
        all.extend(query);
        let mut headers = vec![("Accept".to_owned(), "*/*".to_owned())];
        headers.extend(owner_header(owner_secret));
        Request {
            method: Method::Get,
            url: self.url(path, &all),
            headers,
            body: Body::Empty,
        }
    }
}

pub(crate) fn owner_header(secret: Option<&str>) -> Option<(String, String)> {
    secret.map(|hex| ("Owner-Secret".to_owned(), hex.to_owned()))
}

/// An id, code or token as one segment of a path. Codes hold blanks, colons and apostrophes on real servers; dot
/// segments would climb to another resource.
pub(crate) fn segment(id: &str) -> Result<String, BuildError> {
    match id {
        "" | "." | ".." => Err(BuildError::UnusableId),
        id => Ok(percent_encode(id)),
    }
}
