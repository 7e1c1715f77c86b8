//! Who reports. Identity lives apart from content: its own sealed table, never in content rows, logs, file names.
//!
//! Two axes, never one "anonymous" switch: who learns the name ([`IdentityChoice`]), and who sees the report
//! ([`Publication`]).

use serde::{Deserialize, Serialize};

use crate::snake::words;

words!(
    /// Who learns the name.
    IdentityChoice {
        /// The handling agency may know it.
        Named = "named",
        /// The intake centre only (what Hue-S calls keeping the name private).
        Confidential = "confidential",
        /// Nobody: no name travels.
        None = "none",
    }
);

words!(
    /// Who sees the report.
    Publication {
        /// Everybody, at once.
        Public = "public",
        /// Everybody, after the centre looked at it.
        AfterReview = "after_review",
        /// Nobody but the city and the reporter.
        Never = "never",
    }
);

/// Name and contact of a person. The name stays whole: Vietnamese names have three or four words, family name first,
/// and are never split on blanks.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Identity {
    /// The whole name as the person writes it.
    pub name: Option<String>,
    /// Phone number as written.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

impl Identity {
    /// Nothing known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.phone.is_none() && self.email.is_none()
    }
}

impl std::fmt::Debug for Identity {
    /// Never prints personal data: a log line may hold a `Debug`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("name", &self.name.as_ref().map(|_| "…"))
            .field("phone", &self.phone.as_ref().map(|_| "…"))
            .field("email", &self.email.as_ref().map(|_| "…"))
            .finish()
    }
}

/// Where a code for signing in goes.
#[derive(Clone, PartialEq, Eq)]
pub enum SignInAddress {
    /// A phone number, blanks and dots off.
    Phone(String),
    /// An e-mail address.
    Email(String),
}

impl SignInAddress {
    /// Reads what somebody typed: an address has an `@`, a number nothing but digits, a `+` before them, and blanks,
    /// dots, dashes and brackets between them. What it is precisely, the city says.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.chars().count() > 254 || typed.chars().any(char::is_control) {
            return None;
        }
        if let Some((local, domain)) = typed.split_once('@') {
            let plain =
                |part: &str| !part.is_empty() && !part.contains(char::is_whitespace) && !part.contains('@');
            return (plain(local) && plain(domain)).then(|| Self::Email(typed.to_owned()));
        }
        let number: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')'))
            .collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let is_number = (6..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(Self::Phone(number))
    }
}
