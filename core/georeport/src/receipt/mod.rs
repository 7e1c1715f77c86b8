//! Answers to POST requests, as neutral facts.
//!
//! An answer is taken as ours only with exactly one entry, a usable id or token, and no field that contradicts what was
//! sent: some servers run a POST as a search and answer with strangers' cases, captive portals answer anything with a
//! page and 200. What a fact means for a report (wait, ask, send again) is decided by the delivery rules, not here.

mod echo;
mod kinds;

pub use kinds::{
    AttachmentReceipt, MessageReceipt, ReportReceipt, Tracking, attachment_receipt, message_receipt, receipt,
};

use crate::answer::{Answer, RetryAfter, retry_after};
use crate::error::WireError;
use crate::read::errors;
use crate::sniff::{Format, sniff};

/// What was sent, as far as an answer may echo it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent<'a> {
    /// Category, where one was sent.
    pub service_code: Option<&'a str>,
    /// Description, where one was sent.
    pub description: Option<&'a str>,
    /// Key, where one was sent.
    pub client_request_id: Option<&'a str>,
}

/// What a POST was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostAnswer<R> {
    /// 2xx with our receipt.
    Receipt(R),
    /// 2xx without content, or with one entry that has neither id nor token: how a `blackbox` service says yes.
    Untracked {
        /// The city's words.
        notice: Option<String>,
    },
    /// 2xx with something that is not our receipt.
    NotOurs {
        /// Why not.
        why: NotOurs,
        /// What it says went wrong, if it does.
        errors: Vec<WireError>,
    },
    /// 400, 404, 413, 415, 422.
    Refused(Refusal),
    /// 425 or 429; 503 with a readable `Retry-After`.
    Busy {
        /// HTTP status.
        status: u16,
        /// When to come back.
        retry_after: Option<RetryAfter>,
    },
    /// 409 while the first request with our key is still running.
    KeyInProgress,
    /// 5xx, 408, and 400 that says "general service error": nobody knows what happened.
    ServerError {
        /// HTTP status.
        status: u16,
        /// What it says.
        errors: Vec<WireError>,
    },
    /// 3xx: never followed.
    Redirect {
        /// HTTP status.
        status: u16,
    },
    /// 403: the key, the right, or the owner secret.
    Forbidden {
        /// What it says.
        errors: Vec<WireError>,
    },
    /// 401, 423, or any refusal that says that the account is locked.
    Unauthorized {
        /// Sign in, or locked.
        account: Account,
        /// What it says.
        errors: Vec<WireError>,
    },
    /// Any other status.
    Other {
        /// HTTP status.
        status: u16,
        /// What the body is.
        format: Format,
        /// What it says.
        errors: Vec<WireError>,
    },
}

/// Why a 2xx answer is not our receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOurs {
    /// A page, text, XML, or broken JSON.
    Format(Format),
    /// A list without entries.
    NoEntry,
    /// More than one entry: a search result.
    ManyEntries,
    /// One entry whose named field contradicts what was sent.
    Contradicts(&'static str),
    /// An error message with a success status.
    SaysError,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// What it says.
    pub errors: Vec<WireError>,
    /// Whether it says that the city has this report already.
    pub duplicate: Duplicate,
    /// What the body is: a page with 404 is a wrong base, not a refusal of the report.
    pub format: Format,
}

/// Whether a refusal speaks of a duplicate (Boston: `base is a duplicate`; Mark-a-Spot: `100 - Duplicate`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicate {
    /// It does.
    Said,
    /// It does not.
    NotSaid,
}

/// State of the account that a refusal speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Not signed in, or no longer.
    SignIn,
    /// Locked.
    Locked,
}

/// Classifies by status; `accept` reads a 2xx answer.
fn classify<R>(
    answer: &Answer<'_>,
    sent: &Sent<'_>,
    accept: impl FnOnce(&Answer<'_>) -> PostAnswer<R>,
) -> PostAnswer<R> {
    let status = answer.status;
    if answer.is_success() {
        return accept(answer);
    }
    let errors = errors(answer);
    let says = |words: &[&str]| errors.iter().any(|error| mentions(error, words));
    let format = sniff(answer.body);
    if status == 423
        || ((400..500).contains(&status) && says(&["account_locked", "account locked", "account is locked"]))
    {
        return PostAnswer::Unauthorized {
            account: Account::Locked,
            errors,
        };
    }
    let duplicate = if says(&["duplicate"]) {
        Duplicate::Said
    } else {
        Duplicate::NotSaid
    };
    match status {
        300..=399 => PostAnswer::Redirect { status },
        401 => PostAnswer::Unauthorized {
            account: Account::SignIn,
            errors,
        },
        403 => PostAnswer::Forbidden { errors },
        409 if says(&["in_progress"]) => PostAnswer::KeyInProgress,
        409 if duplicate == Duplicate::Said => PostAnswer::Refused(Refusal {
            status,
            errors,
            duplicate,
            format,
        }),
        409 if sent.client_request_id.is_some() => PostAnswer::KeyInProgress,
        425 | 429 => PostAnswer::Busy {
            status,
            retry_after: retry_after(answer),
        },
        503 if retry_after(answer).is_some() => PostAnswer::Busy {
            status,
            retry_after: retry_after(answer),
        },
        400 if says(&["general service error", "general_service_error"]) => {
            PostAnswer::ServerError { status, errors }
        }
        400 | 404 | 413 | 415 | 422 => PostAnswer::Refused(Refusal {
            status,
            errors,
            duplicate,
            format,
        }),
        408 | 500..=599 => PostAnswer::ServerError { status, errors },
        status => PostAnswer::Other {
            status,
            format,
            errors,
        },
    }
}

fn mentions(error: &WireError, words: &[&str]) -> bool {
    let texts = [&error.code, &error.description, &error.reason];
    texts.into_iter().flatten().any(|text| {
        let text = text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}
