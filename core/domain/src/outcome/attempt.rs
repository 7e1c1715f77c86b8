//! What one attempt can observe, and what must be known of it.

use crate::job::{Exposure, JobKind};
use crate::receipt::Tracking;
use crate::snake::words;
use crate::time::{Millis, SECOND, Timestamp};

words!(
    /// Whether a byte of the payload may have left in this attempt. A GET carries no payload: `Nothing`.
    Sent {
        /// Surely none.
        Nothing = "nothing",
        /// Some, or nobody knows.
        MayBe = "may_be",
    }
);

words!(
    /// Where an owed job stands while it waits: before an attempt, and after.
    Standing {
        /// It may be sent.
        Queued = "queued",
        /// It may have arrived: to be found out.
        Unconfirmed = "unconfirmed",
    }
);

words!(
    /// What a receipt gives to follow the case by; the value itself is in [`Tracking`].
    Tracked {
        /// A number.
        ByNumber = "by_number",
        /// A promise of a number.
        ByToken = "by_token",
        /// Nothing (Open311 `blackbox`, or a job that needs none).
        Not = "not",
    }
);

impl From<&Tracking> for Tracked {
    fn from(tracking: &Tracking) -> Self {
        match tracking {
            Tracking::Number(_) => Self::ByNumber,
            Tracking::Token(_) => Self::ByToken,
            Tracking::Untracked => Self::Not,
        }
    }
}

words!(
    /// Answers that ask to come back later (RFC 6585, RFC 8470, RFC 9110).
    BusyStatus {
        /// 425.
        TooEarly = "too_early",
        /// 429.
        TooMany = "too_many",
        /// 503 that carries Retry-After; without it a 503 is a [`Observation::ServerError`].
        Unavailable = "unavailable",
    }
);

words!(
    /// Answers by which a city refuses a payload.
    Refusal {
        /// 400 that names what is wrong.
        BadRequest = "bad_request",
        /// 404 to a POST on a base that is right.
        NotFound = "not_found",
        /// The answer names the service (or its code) as unknown.
        ServiceGone = "service_gone",
        /// 413.
        TooLarge = "too_large",
        /// 415.
        Unsupported = "unsupported",
        /// 422.
        Unprocessable = "unprocessable",
    }
);

words!(
    /// Whether the sign-in may still be renewed before the account is paused.
    SignIn {
        /// There is a sign-in that was not refreshed for this attempt yet.
        MayRefresh = "may_refresh",
        /// Refreshed already, refused again, or nobody is signed in.
        Spent = "spent",
    }
);

/// Everything that one attempt can observe. One variant a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observation {
    /// No network, no address, connection refused.
    NotConnected,
    /// On a GET: HTML with 200 where the base was right before.
    Captive,
    /// 404 or 405 of the base itself, or HTML that never was an endpoint.
    WrongBase,
    /// The TLS handshake failed.
    TlsFailed,
    /// No answer, or a torn one.
    AnswerLost,
    /// 500..=599, but for 503 with Retry-After.
    ServerError,
    /// 408.
    RequestTimeout,
    /// 400 that says "general service error" (open311.md 1.8).
    GeneralServiceError,
    /// 2xx to a POST that is not our receipt: HTML, a search list, somebody else's id.
    NotOurReceipt,
    /// 2xx with exactly one usable entry; or without id, of a blackbox service (`Not`).
    Receipt {
        /// What it gives to follow the case by.
        tracked: Tracked,
    },
    /// The profile says that this city takes no reports by this way.
    TakesNoReports,
    /// 425, 429, 503 with Retry-After.
    Busy {
        /// Which.
        status: BusyStatus,
        /// Wait in milliseconds, by [`crate::retry::RetryAfter::wait`]; absent where the answer states none.
        wait: Option<Millis>,
    },
    /// 401.
    Unauthorized {
        /// Whether refreshing may help.
        sign_in: SignIn,
    },
    /// The city locked the account.
    AccountLocked,
    /// 403 on the app's key.
    KeyRefused,
    /// 3xx to a POST: never followed.
    Redirected,
    /// 400, 404, 413, 415, 422.
    Refused {
        /// Which.
        refusal: Refusal,
    },
    /// 409: an earlier request with the same key is still running.
    KeyInUse,
    /// 422: the key is already taken by other content, so something is stored under it.
    KeyReused,
    /// The city says that it knows the matter.
    DuplicateSaid,
    /// The file is not there any more.
    AttachmentGone,
    /// The file is not what was hashed.
    AttachmentChanged,
    /// SecureStore: locked until the phone is unlocked once.
    SecretsLocked,
    /// SecureStore: the secret is gone.
    SecretsMissing,
    /// SecureStore: broken.
    SecretsFailed,
    /// No space left on the phone.
    DiskFull,
    /// Any other local error of files or database.
    LocalIo,
    /// Anything else.
    Other,
}

/// Whether the city takes one key once, and for how long that holds for *this* key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPromise {
    /// It promises nothing.
    No,
    /// Up to this instant (first attempt plus the advertised `key_lifetime_s`), exclusive.
    Until(Timestamp),
    /// For ever.
    ForEver,
}

impl KeyPromise {
    /// The promise for a key first used at `first_attempt_at`, from discovery: `None` where the city does not
    /// advertise `idempotency`, `Some(None)` for a lifetime of `null` (for ever).
    #[must_use]
    pub const fn advertised(lifetime_s: Option<Option<u32>>, first_attempt_at: Timestamp) -> Self {
        match lifetime_s {
            None => Self::No,
            Some(None) => Self::ForEver,
            Some(Some(s)) => Self::Until(first_attempt_at.plus(s as Millis * SECOND)),
        }
    }

    /// The promise holds at `now`.
    #[must_use]
    pub fn holds(self, now: Timestamp) -> bool {
        match self {
            Self::No => false,
            Self::Until(end) => now < end,
            Self::ForEver => true,
        }
    }
}

/// What must be known of an attempt to judge what it observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// Kind of the job.
    pub kind: JobKind,
    /// What the city promises about this job's key.
    pub honours_keys: KeyPromise,
    /// Now.
    pub now: Timestamp,
    /// Exposure from before the attempt (before `Leaving` was written).
    pub before: Exposure,
    /// Standing of the job from before the attempt.
    pub stood: Standing,
    /// Whether a byte of the payload may have left in this attempt.
    pub sent: Sent,
}
