//! Signing in: codes, sessions, accounts as a shell shows them.

use phananh_domain::id::{AccountId, CityId};
use phananh_domain::reason::Reason;
use phananh_domain::time::Timestamp;
use phananh_engine::client::{AccountView, CodeSent, OwedAtSignOut, SignedIn, Verified};

/// A code is on its way to the citizen.
#[uniffi::remote(Record)]
pub struct CodeSent {
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When another may be asked for.
    pub resend_at: Timestamp,
    /// Its number of digits, where the city says.
    pub digits: Option<u32>,
}

/// What became of a code.
#[uniffi::remote(Enum)]
pub enum Verified {
    /// It was right.
    SignedIn {
        /// The account.
        account: AccountView,
    },
    /// It was not; the same code may be tried again.
    WrongCode {
        /// So often, where the city says.
        attempts_left: Option<u32>,
    },
}

/// Somebody is signed in.
#[uniffi::remote(Record)]
pub struct SignedIn {
    /// `phone` or `email`, as the city says.
    pub by: Option<String>,
    /// The number or address as far as the city shows it.
    pub masked: Option<String>,
    /// When the session ends, whatever is done.
    pub ends_at: Option<Timestamp>,
}

/// An account of a city, as far as this phone knows it.
#[uniffi::remote(Record)]
pub struct AccountView {
    /// City.
    pub city: CityId,
    /// Its name on this phone.
    pub account: AccountId,
    /// The sign-in, if there is one.
    pub signed_in: Option<SignedIn>,
    /// Why nothing of it is sent: signed out, locked.
    pub pause: Option<Reason>,
    /// The city's words for a lock.
    pub locked_text: Option<String>,
}

/// What to do about reports that are still owed when somebody signs out.
#[uniffi::remote(Enum)]
pub enum OwedAtSignOut {
    /// Ask first: refuse to sign out.
    Ask,
    /// They are kept, and wait for the next sign-in where the city wants one.
    Keep,
}
