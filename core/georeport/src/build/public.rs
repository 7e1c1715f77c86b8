//! What a city shows to everybody: announcements, the feed of public cases, its figures (docs/extensions.md).

use crate::endpoint::{Endpoint, Pairs};
use crate::request::Request;

/// Filters of the feed; `FeedQuery::default()` asks for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedQuery<'a> {
    /// One category.
    pub service_code: Option<&'a str>,
    /// One state, a word of the events.
    pub state: Option<&'a str>,
    /// Cursor of the page before.
    pub after: Option<&'a str>,
}

impl Endpoint {
    /// `GET announcements.json`, from the newest or after a cursor.
    #[must_use]
    pub fn announcements(&self, after: Option<&str>) -> Request {
        self.get("announcements.json", given(&[("after", after)]), None)
    }

    /// `GET feed.json`.
    #[must_use]
    pub fn feed(&self, query: &FeedQuery<'_>) -> Request {
        let pairs = [
            ("after", query.after),
            ("service_code", query.service_code),
            ("state", query.state),
        ];
        self.get("feed.json", given(&pairs), None)
    }

    /// `GET statistics.json` of a period, days as `2026-11-25`, both inclusive.
    #[must_use]
    pub fn statistics(&self, from: Option<&str>, to: Option<&str>) -> Request {
        self.get("statistics.json", given(&[("from", from), ("to", to)]), None)
    }
}

fn given(pairs: &[(&str, Option<&str>)]) -> Pairs {
    pairs
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.to_owned())))
        .collect()
}
