//! GET requests.

use crate::dialect::{DateFilter, DateForm, Paging, UpdatedFilter};
use crate::endpoint::{Endpoint, Pairs, segment};
use crate::error::BuildError;
use crate::request::Request;
use crate::time::zulu;

/// Filters of a list; `ListQuery::default()` asks for all. A server may ignore any of them: filter again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListQuery<'a> {
    /// Cases by id; the standard says that they override every other filter. At most
    /// [`crate::Dialect::ids_per_list`] (see [`crate::Dialect::id_batches`]).
    pub ids: &'a [String],
    /// One category.
    pub service_code: Option<&'a str>,
    /// Filed at or after, Unix milliseconds. The standard's span is at most 90 days.
    pub start_ms: Option<i64>,
    /// Filed at or before, Unix milliseconds.
    pub end_ms: Option<i64>,
    /// `open`, `closed`, or both with a comma.
    pub status: Option<&'a str>,
    /// Key of a submission (extension `idempotency`, with the owner secret of the report).
    pub client_request_id: Option<&'a str>,
    /// Changed after, Unix milliseconds; sent only where the dialect has a filter for it.
    pub updated_after_ms: Option<i64>,
    /// Page, from 0, whatever the server counts from; sent only where the dialect has pages.
    pub page: u32,
}

impl Endpoint {
    /// `GET discovery.json`.
    #[must_use]
    pub fn discovery(&self) -> Request {
        self.get("discovery.json", Vec::new(), None)
    }

    /// `GET services.json`.
    #[must_use]
    pub fn services(&self) -> Request {
        self.get("services.json", Vec::new(), None)
    }

    /// `GET services/CODE.json`.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for a code that cannot stand in a path.
    pub fn service_definition(&self, code: &str) -> Result<Request, BuildError> {
        Ok(self.get(&format!("services/{}.json", segment(code)?), Vec::new(), None))
    }

    /// `GET requests.json` with filters.
    #[must_use]
    pub fn list(&self, query: &ListQuery<'_>, owner_secret: Option<&str>) -> Request {
        self.get("requests.json", self.list_pairs(query), owner_secret)
    }

    /// `GET requests/ID.json`.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for an id that cannot stand in a path.
    pub fn single(&self, id: &str, owner_secret: Option<&str>) -> Result<Request, BuildError> {
        let mut pairs = Pairs::new();
        self.push_extensions(&mut pairs);
        Ok(self.get(&format!("requests/{}.json", segment(id)?), pairs, owner_secret))
    }

    /// `GET tokens/TOKEN.json`.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for a token that cannot stand in a path.
    pub fn token(&self, token: &str) -> Result<Request, BuildError> {
        Ok(self.get(&format!("tokens/{}.json", segment(token)?), Vec::new(), None))
    }

    /// `GET requests/ID/events.json?after=SEQ` (extension `events`); 0 asks from the beginning.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for an id that cannot stand in a path.
    pub fn events(&self, id: &str, after: u64, owner_secret: Option<&str>) -> Result<Request, BuildError> {
        let pairs = vec![("after".to_owned(), after.to_string())];
        Ok(self.get(
            &format!("requests/{}/events.json", segment(id)?),
            pairs,
            owner_secret,
        ))
    }

    /// `GET requests/changes.json?since=CURSOR` (extension `changes`); an empty cursor asks from the beginning, no ids
    /// ask for every public case. At most 100 ids.
    #[must_use]
    pub fn changes(&self, since: &str, ids: &[String]) -> Request {
        let mut pairs = vec![("since".to_owned(), since.to_owned())];
        if !ids.is_empty() {
            pairs.push(("service_request_id".to_owned(), ids.join(",")));
        }
        self.get("requests/changes.json", pairs, None)
    }

    fn list_pairs(&self, query: &ListQuery<'_>) -> Pairs {
        let mut pairs = Pairs::new();
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if !query.ids.is_empty() {
            push("service_request_id", query.ids.join(","));
        }
        if let Some(code) = query.service_code {
            push("service_code", code.to_owned());
        }
        let (start, end) = match self.dialect.date_filter {
            DateFilter::Standard => (query.start_ms, query.end_ms),
            DateFilter::Swapped => (query.end_ms, query.start_ms),
            DateFilter::None => (None, None),
        };
        if let Some(start) = start {
            push("start_date", self.date(start));
        }
        if let Some(end) = end {
            push("end_date", self.date(end));
        }
        if let Some(status) = query.status {
            push("status", status.to_owned());
        }
        if let Some(key) = query.client_request_id {
            push("client_request_id", key.to_owned());
        }
        match (self.dialect.updated_filter, query.updated_after_ms) {
            (UpdatedFilter::UpdatedAfter, Some(ms)) => push("updated_after", self.date(ms)),
            (UpdatedFilter::Updated, Some(ms)) => push("updated", self.date(ms)),
            (UpdatedFilter::None, _) | (_, None) => {}
        }
        match &self.dialect.paging {
            Paging::None => {}
            Paging::PageSize(names) => {
                push(&names.page, names.first.saturating_add(query.page).to_string());
                push(&names.size, names.rows.to_string());
            }
            Paging::LimitOffset(names) => {
                push(&names.limit, names.rows.to_string());
                push(
                    &names.offset,
                    (u64::from(names.rows) * u64::from(query.page)).to_string(),
                );
            }
        }
        self.push_extensions(&mut pairs);
        pairs
    }

    fn push_extensions(&self, pairs: &mut Pairs) {
        if let Some(value) = &self.dialect.extensions_param {
            pairs.push(("extensions".to_owned(), value.clone()));
        }
    }

    fn date(&self, unix_ms: i64) -> String {
        let mut text = zulu(unix_ms);
        match self.dialect.dates {
            DateForm::Zulu => text,
            DateForm::NoZone => {
                text.truncate(text.trim_end_matches('Z').len());
                text
            }
        }
    }
}
