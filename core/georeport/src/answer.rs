//! An answer of a server as the engine received it, and what its headers say.

use crate::time::http_date_unix_s;

/// One HTTP answer. The engine has bounded the body.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Headers as name and value, in order.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
}

/// When to come back, as a server says it (RFC 9110, section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u64),
    /// At a time of the server's clock.
    At {
        /// The time, Unix seconds.
        unix_s: i64,
        /// The answer's own `Date`, Unix seconds: the wait is the difference, whatever the phone's clock says.
        answer_date_unix_s: Option<i64>,
    },
}

impl<'a> Answer<'a> {
    /// First header of that name, in any case, trimmed.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// Status 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// `Retry-After`, in seconds or as a date; `None` where absent or unreadable.
#[must_use]
pub fn retry_after(answer: &Answer<'_>) -> Option<RetryAfter> {
    let value = answer.header("Retry-After")?;
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // A number beyond u64 is a very long wait, not none.
        return Some(RetryAfter::Seconds(value.parse().unwrap_or(u64::MAX)));
    }
    Some(RetryAfter::At {
        unix_s: http_date_unix_s(value)?,
        answer_date_unix_s: answer.header("Date").and_then(http_date_unix_s),
    })
}

/// The server's clock by the answer's `Date`, Unix milliseconds.
#[must_use]
pub fn date_header(answer: &Answer<'_>) -> Option<i64> {
    answer
        .header("Date")
        .and_then(http_date_unix_s)
        .and_then(|s| s.checked_mul(1_000))
}
