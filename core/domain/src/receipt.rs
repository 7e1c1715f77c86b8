//! The city's answer to a delivery (xác nhận đã gửi).

use serde::{Deserialize, Serialize};

use crate::attachment::Sha256;
use crate::id::{CaseNumber, Token};
use crate::time::Timestamp;

/// What the city gave to follow the case by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "value", rename_all = "snake_case")]
pub enum Tracking {
    /// Its number.
    Number(CaseNumber),
    /// A promise of a number.
    Token(Token),
    /// Nothing (Open311 `blackbox`): sent, and that is all.
    Untracked,
}

/// Proof of delivery: stored in the transaction that marks the job done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What to follow the case by.
    pub tracking: Tracking,
    /// When the answer came.
    pub at: Timestamp,
    /// Hash of the canonical payload that was sent.
    pub payload_sha256: Sha256,
    /// The city's words beside it (Open311 `service_notice`).
    pub notice: Option<String>,
    /// Found by a look-up or seen in a list, rather than answered to a POST of ours.
    pub found: bool,
}
