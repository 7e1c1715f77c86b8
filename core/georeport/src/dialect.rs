//! How one city's server differs from the standard, as data.
//!
//! A dialect is the `flags` object of a city profile. Every flag has the default that the most servers take without
//! complaint, and a parameter that no flag (and no advertised extension) speaks of is never sent: some servers refuse
//! a request for a parameter they do not know. An unknown flag is an error, so that a misspelt one is noticed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The differences of one server; `Dialect::default()` is the plain standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialect {
    /// Name of the multipart part that carries a photo.
    pub media_field: String,
    /// How many photos one POST may carry.
    pub media: MediaPerPost,
    /// How several values of one question travel.
    pub multi_value: MultiValue,
    /// Where `jurisdiction_id` travels.
    pub jurisdiction: JurisdictionIn,
    /// Where `api_key` travels.
    pub api_key_in: ApiKeyIn,
    /// How a date of a list filter is written.
    pub dates: DateForm,
    /// How `start_date` and `end_date` of a list are understood.
    pub date_filter: DateFilter,
    /// How a list is read in pages.
    pub paging: Paging,
    /// Rows a list without pages holds at most; as many rows or more mean a cut list. The standard says 1,000.
    pub list_cap: u32,
    /// Ids one list query or one changes query may name, from 1.
    pub ids_per_list: u16,
    /// How a list is narrowed to what changed.
    pub updated_filter: UpdatedFilter,
    /// Value of the list parameter `extensions` (`true`, `media`, `all`), where the server has one.
    pub extensions_param: Option<String>,
    /// Characters the server stores.
    pub characters: Characters,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            media_field: "media".to_owned(),
            media: MediaPerPost::default(),
            multi_value: MultiValue::default(),
            jurisdiction: JurisdictionIn::default(),
            api_key_in: ApiKeyIn::default(),
            dates: DateForm::default(),
            date_filter: DateFilter::default(),
            paging: Paging::default(),
            list_cap: 1_000,
            ids_per_list: 50,
            updated_filter: UpdatedFilter::default(),
            extensions_param: None,
            characters: Characters::default(),
        }
    }
}

impl Dialect {
    /// A text as this server can store it. To be applied before a payload is frozen and hashed, so that what was
    /// promised is what travels.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.characters {
            Characters::Bmp if text.chars().any(beyond_bmp) => {
                Cow::Owned(text.chars().filter(|c| !beyond_bmp(*c)).collect())
            }
            Characters::Bmp | Characters::All => Cow::Borrowed(text),
        }
    }

    /// Ids in groups that one list query may carry.
    pub fn id_batches<'a>(&self, ids: &'a [String]) -> impl Iterator<Item = &'a [String]> + use<'a> {
        ids.chunks(usize::from(self.ids_per_list.max(1)))
    }
}

fn beyond_bmp(c: char) -> bool {
    u32::from(c) > 0xFFFF
}

/// How many photos one POST may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaPerPost {
    /// None: photos cannot travel with a report.
    None,
    /// One (some servers lose the report over a second part).
    #[default]
    One,
    /// Any number.
    Many,
}

/// How several values of one question travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MultiValue {
    /// `attribute[CODE][]` for each value: the standard's way.
    #[default]
    Brackets,
    /// `attribute[CODE]` repeated (FixMyStreet, open311-adapter).
    Repeated,
}

/// Where `jurisdiction_id` travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JurisdictionIn {
    /// With the other parameters: query of a GET, form of a POST.
    #[default]
    Params,
    /// In the query, of a POST too (Libre311).
    QueryAlways,
    /// Nowhere.
    None,
}

/// Where `api_key` travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyIn {
    /// In the form of a POST only.
    #[default]
    Form,
    /// In the query of a GET too: only for a key that is public anyhow, since URLs end up in logs.
    QueryToo,
}

/// How a date of a list filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// `YYYY-MM-DDThh:mm:ssZ`.
    #[default]
    Zulu,
    /// The same instant in UTC without the `Z` (Chicago).
    NoZone,
}

/// How `start_date` and `end_date` of a list are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFilter {
    /// As the standard says.
    #[default]
    Standard,
    /// The one taken for the other (codefornl).
    Swapped,
    /// Not at all: the dates are not sent, the caller filters.
    None,
}

/// How a list is narrowed to what changed after an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdatedFilter {
    /// It cannot be: own ids are asked for again.
    #[default]
    None,
    /// By `updated_after` (Chicago, Boston, uReport, 6aika, Klarschiff).
    UpdatedAfter,
    /// By `updated` (Mark-a-Spot).
    Updated,
}

/// Characters a server stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Characters {
    /// All of Unicode.
    #[default]
    All,
    /// The basic plane only: one emoji loses the description or the report (MySQL `utf8`).
    Bmp,
}

/// How a list is read in pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paging {
    /// It cannot be: one answer is all there is.
    #[default]
    None,
    /// By the number of the page: `{"page_size": {"page": "page", "size": "per_page", "rows": 100}}`.
    PageSize(PageSize),
    /// By the number of the first row: `{"limit_offset": {"rows": 100}}`.
    LimitOffset(LimitOffset),
}

/// Names and numbers of paging by page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageSize {
    /// Name of the parameter that carries the number of the page.
    pub page: String,
    /// Name of the parameter that carries the rows of a page.
    pub size: String,
    /// Rows of a page.
    pub rows: u32,
    /// Number of the first page: 1, or 0 (Libre311).
    pub first: u32,
}

impl Default for PageSize {
    fn default() -> Self {
        Self {
            page: "page".to_owned(),
            size: "page_size".to_owned(),
            rows: 50,
            first: 1,
        }
    }
}

/// Names and numbers of paging by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitOffset {
    /// Name of the parameter that carries the rows of a page.
    pub limit: String,
    /// Name of the parameter that carries the number of the first row, from 0.
    pub offset: String,
    /// Rows of a page.
    pub rows: u32,
}

impl Default for LimitOffset {
    fn default() -> Self {
        Self {
            limit: "limit".to_owned(),
            offset: "offset".to_owned(),
            rows: 100,
        }
    }
}
