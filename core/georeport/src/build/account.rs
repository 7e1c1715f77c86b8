//! Requests of the extension `account`: somebody signs in with a code, and stays signed in.

use super::write::Media;
use crate::endpoint::{Endpoint, Pairs};
use crate::request::Request;

/// Where the city sends a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTo<'a> {
    /// A phone number, E.164 or as dialled in the city's country.
    Phone(&'a str),
    /// An e-mail address.
    Email(&'a str),
}

impl Endpoint {
    /// `POST account/start.json`: asks for a code.
    #[must_use]
    pub fn account_start(&self, to: CodeTo<'_>) -> Request {
        let (name, value) = match to {
            CodeTo::Phone(phone) => ("phone", phone),
            CodeTo::Email(email) => ("email", email),
        };
        self.form("account/start.json", &[(name, value)])
    }

    /// `POST account/verify.json`: the code that came.
    #[must_use]
    pub fn account_verify(&self, challenge: &str, code: &str) -> Request {
        self.form("account/verify.json", &[("challenge", challenge), ("code", code)])
    }

    /// `POST account/refresh.json`: a new pair of tokens for one that is used up.
    #[must_use]
    pub fn account_refresh(&self, refresh_token: &str) -> Request {
        self.form("account/refresh.json", &[("refresh_token", refresh_token)])
    }

    /// `POST account/sign-out.json`, with [`Request::bearing`].
    #[must_use]
    pub fn account_sign_out(&self) -> Request {
        self.form("account/sign-out.json", &[])
    }

    /// `GET account.json`, with [`Request::bearing`].
    #[must_use]
    pub fn account(&self) -> Request {
        self.get("account.json", Vec::new(), None)
    }

    /// A POST of a small form.
    pub(super) fn form(&self, path: &str, pairs: &[(&str, &str)]) -> Request {
        let pairs: Pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.post(path, pairs, Media::NONE, None, None)
    }
}
