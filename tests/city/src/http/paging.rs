//! Pages by keyset: the next page begins behind the last row of this one, so that what comes in between moves nothing.

use super::body::Fields;
use super::refusal::Refusal;

/// Rows of a page, unless asked for fewer or more.
const PAGE: u32 = 20;
/// Most rows of a page.
const PAGE_MAX: u32 = 100;

/// The place behind a row of a list that is ordered by time, then by id; opaque on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) at: i64,
    pub(crate) id: i64,
}

impl After {
    /// Reads `after`; None at the beginning.
    pub(crate) fn read(query: &Fields) -> Result<Option<Self>, Refusal> {
        let Some(text) = query.get("after") else {
            return Ok(None);
        };
        text.split_once('.')
            .and_then(|(at, id)| {
                Some(Self {
                    at: at.parse().ok()?,
                    id: id.parse().ok()?,
                })
            })
            .map(Some)
            .ok_or_else(|| Refusal::field("after", "after is the `next` of an earlier answer"))
    }

    /// The value of `next`.
    pub(crate) fn to_text(self) -> String {
        format!("{}.{}", self.at, self.id)
    }
}

/// Reads `limit`, kept within 1 to 100.
pub(crate) fn limit(query: &Fields) -> Result<u32, Refusal> {
    limit_up_to(query, PAGE, PAGE_MAX)
}

/// Reads `limit`, kept within 1 to `max`.
pub(crate) fn limit_up_to(query: &Fields, usual: u32, max: u32) -> Result<u32, Refusal> {
    match query.get("limit") {
        None => Ok(usual),
        Some(text) => text
            .parse::<u32>()
            .map(|limit| limit.clamp(1, max))
            .map_err(|_| Refusal::field("limit", "limit is a number")),
    }
}

/// Cuts a list that was read one row longer than the page; true when there is more behind it.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: u32) -> bool {
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    more
}
