//! The receipts: of a report, of a case message, of an attachment.

use super::echo::contradiction;
use super::{NotOurs, PostAnswer, Sent, classify};
use crate::answer::Answer;
use crate::error::ReadError;
use crate::read::{WireMedia, errors, media_of};
use crate::scalar::{count, text};
use crate::sniff::{Format, sniff};
use crate::tree::{Tree, list, parse, says_error};

/// How a filed report is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tracking {
    /// By the city's number (`service_request_id`).
    Id(String),
    /// By a token, until the city gives a number.
    Token(String),
}

/// Receipt of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportReceipt {
    /// Number or token.
    pub tracking: Tracking,
    /// The city's words to the citizen.
    pub notice: Option<String>,
    /// Account that the city files it under.
    pub account_id: Option<String>,
    /// Key, echoed.
    pub client_request_id: Option<String>,
    /// Hash of the payload, echoed.
    pub content_sha256: Option<String>,
}

/// Receipt of a case message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReceipt {
    /// Number of the message.
    pub message_id: String,
    /// Case.
    pub service_request_id: Option<String>,
    /// Key, echoed.
    pub client_request_id: Option<String>,
    /// Files that the city took.
    pub media: Vec<WireMedia>,
}

/// Receipt of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentReceipt {
    /// Number of the attachment.
    pub attachment_id: String,
    /// Case.
    pub service_request_id: Option<String>,
    /// SHA-256 of the bytes that arrived, lower-case hex.
    pub sha256: Option<String>,
    /// How many arrived.
    pub bytes: Option<u64>,
    /// Where they are served.
    pub url: Option<String>,
}

/// Reads the answer to `POST requests.json`.
#[must_use]
pub fn receipt(answer: &Answer<'_>, sent: &Sent<'_>) -> PostAnswer<ReportReceipt> {
    classify(answer, sent, |answer| {
        accept(answer, sent, |entry| {
            let id = crate::read::case_id(entry).map(Tracking::Id);
            Some(ReportReceipt {
                tracking: id.or_else(|| text(entry, "token").map(Tracking::Token))?,
                notice: text(entry, "service_notice"),
                account_id: text(entry, "account_id"),
                client_request_id: text(entry, "client_request_id"),
                content_sha256: text(entry, "content_sha256"),
            })
        })
    })
}

/// Reads the answer to `POST requests/ID/messages.json`.
#[must_use]
pub fn message_receipt(answer: &Answer<'_>, sent: &Sent<'_>) -> PostAnswer<MessageReceipt> {
    classify(answer, sent, |answer| {
        accept(answer, sent, |entry| {
            Some(MessageReceipt {
                message_id: text(entry, "message_id")?,
                service_request_id: text(entry, "service_request_id"),
                client_request_id: text(entry, "client_request_id"),
                media: media_of(entry, "media"),
            })
        })
    })
}

/// Reads the answer to `POST requests/ID/attachments.json`.
#[must_use]
pub fn attachment_receipt(answer: &Answer<'_>, sent: &Sent<'_>) -> PostAnswer<AttachmentReceipt> {
    classify(answer, sent, |answer| {
        accept(answer, sent, |entry| {
            Some(AttachmentReceipt {
                attachment_id: text(entry, "attachment_id")?,
                service_request_id: text(entry, "service_request_id"),
                sha256: text(entry, "sha256").map(|hex| hex.to_ascii_lowercase()),
                bytes: count(entry, "bytes"),
                url: text(entry, "url"),
            })
        })
    })
}

fn accept<R>(answer: &Answer<'_>, sent: &Sent<'_>, read: impl FnOnce(&Tree) -> Option<R>) -> PostAnswer<R> {
    let not_ours = |why: NotOurs| PostAnswer::NotOurs {
        why,
        errors: errors(answer),
    };
    let tree = match parse(answer.body) {
        Ok(tree) => tree,
        Err(ReadError::NotReadable {
            format: Format::Empty,
        }) => return PostAnswer::Untracked { notice: None },
        Err(_) => return not_ours(NotOurs::Format(sniff(answer.body))),
    };
    if says_error(&tree) {
        return not_ours(NotOurs::SaysError);
    }
    let nothing = || PostAnswer::NotOurs {
        why: NotOurs::NoEntry,
        errors: Vec::new(),
    };
    let entry = match list(&tree, &crate::read::WRAPPERS).as_deref() {
        Ok([entry]) if entry.is_object() => *entry,
        Ok([]) => return nothing(),
        Ok([_]) => return not_ours(NotOurs::Format(Format::Json)),
        Ok(_) | Err(ReadError::TooMany) => {
            return PostAnswer::NotOurs {
                why: NotOurs::ManyEntries,
                errors: Vec::new(),
            };
        }
        Err(_) => return not_ours(NotOurs::Format(Format::Json)),
    };
    if let Some(field) = contradiction(entry, sent, answer) {
        return PostAnswer::NotOurs {
            why: NotOurs::Contradicts(field),
            errors: Vec::new(),
        };
    }
    match read(entry) {
        Some(receipt) => PostAnswer::Receipt(receipt),
        None => PostAnswer::Untracked {
            notice: text(entry, "service_notice"),
        },
    }
}
