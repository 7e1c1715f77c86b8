//! Requests of the extension `push`: where hints go, and about which cases.

use crate::endpoint::{Endpoint, Pairs, segment};
use crate::error::BuildError;
use crate::request::{Body, Method, Request};

/// Where hints about some cases go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostRegistration<'a> {
    /// `unifiedpush`, `fcm`, `apns`.
    pub provider: &'a str,
    /// URL or token.
    pub endpoint: &'a str,
    /// Cases, at most 100.
    pub ids: &'a [String],
    /// Owner secrets of the cases, 64 hex digits each.
    pub owner_secrets: &'a [String],
}

impl Endpoint {
    /// `POST push/registrations.json`; in place of an earlier one of the same provider and endpoint.
    #[must_use]
    pub fn register_push(&self, registration: &PostRegistration<'_>) -> Request {
        let ids = registration.ids.join(",");
        let mut request = self.form(
            "push/registrations.json",
            &[
                ("provider", registration.provider),
                ("endpoint", registration.endpoint),
                ("service_request_id", &ids),
            ],
        );
        if !registration.owner_secrets.is_empty() {
            let secrets = registration.owner_secrets.join(",");
            request.headers.push(("Owner-Secret".to_owned(), secrets));
        }
        request
    }

    /// `DELETE push/registrations/ID.json`.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for an id that cannot stand in a path.
    pub fn unregister_push(&self, id: &str) -> Result<Request, BuildError> {
        Ok(Request {
            method: Method::Delete,
            url: self.url(
                &format!("push/registrations/{}.json", segment(id)?),
                &Pairs::new(),
            ),
            headers: vec![("Accept".to_owned(), "*/*".to_owned())],
            body: Body::Empty,
        })
    }
}
