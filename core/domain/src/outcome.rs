//! The outcome table: what to do after one attempt, as one exhaustive match (DESIGN.md section 4).
//!
//! An attempt is one request made for one job. What it showed is an [`Observation`]; what that means depends on little
//! else ([`Attempt`]): whether a byte of the payload may have left, what the city may have known before, and whether it
//! promises to take one key once. The answer is a [`Ruling`]: what we now know of the city's knowledge ([`Exposed`]),
//! what comes next, for whom, and what the citizen is told.
//!
//! Two rules carry the table. *Nothing was kept*: everything is put back as it stood before the attempt, both exposure
//! and standing, so that a clean failure can never launder an earlier unknown one. *A byte may have left*: the job
//! stands unconfirmed, and the way on is the same key where the city honours it, else a look-up. Whatever the table
//! does not name falls under the second rule if a byte may have left, else under the first.

mod attempt;
mod change;

pub use attempt::{Attempt, BusyStatus, KeyPromise, Observation, Refusal, Sent, SignIn, Standing, Tracked};
pub use change::{Change, Past, may_recall, may_revise};

use crate::job::{Exposed, Exposure, JobEvent, JobKind};
use crate::lookup::Verdict;
use crate::reason::Reason;
use crate::snake::words;
use crate::time::{Millis, Timestamp};

/// What a job waits for, other than the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cue {
    /// The network changes; the schedule ticks along as a net below it.
    NetworkChange,
    /// This instant.
    At(Timestamp),
    /// The phone is unlocked.
    Unlock,
    /// There is space again, or the store works again.
    Space,
}

words!(
    /// What is paused as a whole; nothing of it is lost.
    Pause {
        /// Every job of the city; one gentle probe at a time.
        City = "city",
        /// Every job of the account, until somebody signs in.
        Account = "account",
    }
);

/// What comes next for the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// It is done.
    Deliver {
        /// What the receipt gives.
        tracked: Tracked,
    },
    /// Same payload, same key, by the schedule ([`crate::retry`]).
    Retry,
    /// Same payload, same key, at a cue.
    WaitFor(Cue),
    /// Send the same key again: the city tells a repetition from a new report. By the schedule, not before the instant.
    RepostSameKey {
        /// Stated by the city.
        not_before: Option<Timestamp>,
    },
    /// Ask the city's lists ([`crate::lookup`]). By the schedule, not before the instant.
    LookUp {
        /// Stated by the city, or by the rules of proof.
        not_before: Option<Timestamp>,
    },
    /// Refresh the sign-in and try again at once; if that fails, observe `Unauthorized` with `Spent`.
    RefreshSignIn,
    /// Pause city or account.
    Pause(Pause),
    /// Look whether the case that the city knows is ours, then [`settle`] with [`Question::Duplicate`].
    Duplicate,
    /// Only the citizen can help.
    Stop(Reason),
}

words!(
    /// What an outcome concerns.
    Scope {
        /// One attachment: the report goes on without it.
        Attachment = "attachment",
        /// One report or message.
        Report = "report",
        /// All of an account.
        Account = "account",
        /// All of a city; a failure here counts for its breaker.
        City = "city",
        /// The phone.
        Phone = "phone",
    }
);

words!(
    /// Whether an attempt uses up some of the day's budget.
    AttemptCount {
        /// It does.
        Counted = "counted",
        /// It does not: nothing left the phone.
        Free = "free",
    }
);

/// What the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ruling {
    /// What became of the exposure; apply with [`Exposure::step`] and `before`. `None`: unchanged.
    pub exposed: Option<Exposed>,
    /// What comes next.
    pub next: Next,
    /// What it concerns.
    pub scope: Scope,
    /// What the citizen is told while it waits.
    pub reason: Option<Reason>,
    /// Whether it counts.
    pub counts: AttemptCount,
    /// Where the job stands if it is still owed and not stopped.
    pub stands: Standing,
}

impl Ruling {
    /// The event for the job's machine; `next_at` is what the caller computed for waiting (schedule, cue, pause).
    #[must_use]
    pub const fn event(&self, next_at: Option<Timestamp>) -> JobEvent {
        match (self.next, self.exposed, self.stands) {
            (Next::Deliver { .. }, _, _) => JobEvent::Accepted,
            (Next::Stop(reason), _, _) => JobEvent::Stop { reason },
            (_, Some(Exposed::ProvenAbsent), _) => JobEvent::ProvenAbsent,
            (_, _, Standing::Unconfirmed) => JobEvent::Lost { next_at },
            (_, _, Standing::Queued) => JobEvent::Postpone {
                next_at,
                reason: self.reason,
            },
        }
    }
}

/// The outcome table.
#[must_use]
pub fn rule(observed: Observation, attempt: &Attempt) -> Ruling {
    use Observation as O;
    let a = attempt;
    match observed {
        O::NotConnected => a.clean(
            Next::WaitFor(Cue::NetworkChange),
            Scope::City,
            Some(Reason::NoNetwork),
        ),
        O::Captive => a.clean(Next::Pause(Pause::City), Scope::City, Some(Reason::Captive)),
        O::TlsFailed => a.clean(Next::Pause(Pause::City), Scope::City, Some(Reason::Tls)),
        O::WrongBase => a.put_back(Next::Pause(Pause::City), Scope::City, Some(Reason::Unreachable)),

        O::AnswerLost
        | O::ServerError
        | O::RequestTimeout
        | O::GeneralServiceError
        | O::NotOurReceipt
        | O::KeyInUse
        | O::Other => a.uncertain(None),
        // Something is stored under our key, perhaps by an older version of ourselves: sending it again cannot help.
        O::KeyReused if a.kind == JobKind::Report => a.look_up(),
        O::KeyReused => a.refused(Refusal::Unprocessable),

        O::Receipt { tracked } => a.ruling(
            Some(Exposed::Acceptance),
            Next::Deliver { tracked },
            a.own_scope(),
            None,
        ),
        O::TakesNoReports => a.clean(
            Next::Stop(Reason::TakesNoReports),
            a.own_scope(),
            Some(Reason::TakesNoReports),
        ),

        O::Busy {
            status: BusyStatus::TooEarly | BusyStatus::TooMany,
            wait,
        } => a.busy(wait),
        O::Busy {
            status: BusyStatus::Unavailable,
            wait: Some(wait),
        } if a.keys_hold() => a.busy(Some(wait)),
        // A bare city may have stored it and still say 503: nothing is proven, but it is left in peace that long.
        O::Busy {
            status: BusyStatus::Unavailable,
            wait,
        } => a.uncertain(wait.map(|ms| a.now.plus(ms))),

        O::Unauthorized {
            sign_in: SignIn::MayRefresh,
        } => a.put_back(Next::RefreshSignIn, Scope::Account, Some(Reason::SignedOut)),
        O::Unauthorized {
            sign_in: SignIn::Spent,
        } => a.put_back(
            Next::Pause(Pause::Account),
            Scope::Account,
            Some(Reason::SignedOut),
        ),
        O::AccountLocked => a.put_back(Next::Pause(Pause::Account), Scope::Account, Some(Reason::Locked)),
        // The app's key was good enough for the report: what is refused is this photo or message.
        O::KeyRefused if a.kind != JobKind::Report => a.refused(Refusal::BadRequest),
        O::KeyRefused => a.put_back(Next::Pause(Pause::City), Scope::City, Some(Reason::CitySetup)),
        // The other side may have acted on what it redirects.
        O::Redirected => Ruling {
            next: Next::Pause(Pause::City),
            scope: Scope::City,
            reason: Some(Reason::CitySetup),
            ..a.uncertain(None)
        },

        O::Refused { refusal } => a.refused(refusal),
        O::DuplicateSaid if a.kind != JobKind::Report => a.refused(Refusal::BadRequest),
        O::DuplicateSaid => match a.sent {
            Sent::Nothing => a.uncertain(None),
            Sent::MayBe => Ruling {
                next: Next::Duplicate,
                ..a.uncertain(None)
            },
        },

        O::AttachmentGone | O::AttachmentChanged => a.clean(
            Next::Stop(Reason::PhotoGone),
            Scope::Attachment,
            Some(Reason::PhotoGone),
        ),
        O::SecretsLocked => a.clean(
            Next::WaitFor(Cue::Unlock),
            Scope::Phone,
            Some(Reason::PhoneLocked),
        ),
        O::SecretsMissing => a.clean(
            Next::Stop(Reason::IdentityLost),
            Scope::Report,
            Some(Reason::IdentityLost),
        ),
        O::SecretsFailed | O::DiskFull | O::LocalIo => {
            a.clean(Next::WaitFor(Cue::Space), Scope::Phone, Some(Reason::Storage))
        }
    }
}

impl Attempt {
    fn keys_hold(&self) -> bool {
        self.honours_keys.holds(self.now)
    }

    const fn own_scope(&self) -> Scope {
        match self.kind {
            JobKind::Attachment => Scope::Attachment,
            JobKind::Report | JobKind::Message => Scope::Report,
        }
    }

    const fn ruling(
        &self,
        exposed: Option<Exposed>,
        next: Next,
        scope: Scope,
        reason: Option<Reason>,
    ) -> Ruling {
        let counts = match self.sent {
            Sent::Nothing => AttemptCount::Free,
            Sent::MayBe => AttemptCount::Counted,
        };
        Ruling {
            exposed,
            next,
            scope,
            reason,
            counts,
            stands: self.stood,
        }
    }

    /// Nothing was kept: exposure and standing go back to what they were.
    fn put_back(&self, next: Next, scope: Scope, reason: Option<Reason>) -> Ruling {
        let next = match (self.stood, next) {
            (Standing::Unconfirmed, Next::Retry) => self.find_out(None),
            (Standing::Unconfirmed, Next::WaitFor(Cue::At(t))) => self.find_out(Some(t)),
            (Standing::Queued | Standing::Unconfirmed, next) => next,
        };
        self.ruling(Some(Exposed::NothingKept), next, scope, reason)
    }

    /// What can only happen before the first byte; if one may have left all the same, it is not what it seems.
    fn clean(&self, next: Next, scope: Scope, reason: Option<Reason>) -> Ruling {
        match self.sent {
            Sent::Nothing => self.put_back(next, scope, reason),
            Sent::MayBe => Ruling {
                scope,
                ..self.uncertain(None)
            },
        }
    }

    /// The rule for all that is not named: unconfirmed if a byte may have left, else a transient failure.
    fn uncertain(&self, not_before: Option<Timestamp>) -> Ruling {
        match self.sent {
            Sent::Nothing => {
                let next = not_before.map_or(Next::Retry, |t| Next::WaitFor(Cue::At(t)));
                self.put_back(next, Scope::City, Some(Reason::Unreachable))
            }
            Sent::MayBe => Ruling {
                stands: Standing::Unconfirmed,
                ..self.ruling(
                    Some(Exposed::Leaving),
                    self.find_out(not_before),
                    self.own_scope(),
                    Some(Reason::Checking),
                )
            },
        }
    }

    fn look_up(&self) -> Ruling {
        Ruling {
            next: Next::LookUp { not_before: None },
            ..self.uncertain(None)
        }
    }

    fn find_out(&self, not_before: Option<Timestamp>) -> Next {
        if self.keys_hold() {
            Next::RepostSameKey { not_before }
        } else {
            Next::LookUp { not_before }
        }
    }

    fn busy(&self, wait: Option<Millis>) -> Ruling {
        let next = wait.map_or(Next::Retry, |ms| Next::WaitFor(Cue::At(self.now.plus(ms))));
        self.put_back(next, Scope::City, Some(Reason::Busy))
    }

    fn refused(&self, refusal: Refusal) -> Ruling {
        let reason = match refusal {
            Refusal::TooLarge => Reason::PhotoTooLarge,
            Refusal::ServiceGone => Reason::ServiceGone,
            Refusal::BadRequest | Refusal::NotFound | Refusal::Unsupported | Refusal::Unprocessable => {
                Reason::Refused
            }
        };
        match (self.sent, self.before) {
            // A GET that is refused says nothing of the payload.
            (Sent::Nothing, _) => self.uncertain(None),
            // An earlier attempt may be stored: this answer says nothing of that one. Photos and messages cannot be looked
            // for, and need not: where they go, a key that was stored is answered with its receipt, not refused.
            (Sent::MayBe, Exposure::Unknown) if matches!(self.kind, JobKind::Report) => Ruling {
                exposed: Some(Exposed::Refusal),
                ..self.look_up()
            },
            (Sent::MayBe, _) => self.ruling(
                Some(Exposed::Refusal),
                Next::Stop(reason),
                self.own_scope(),
                Some(reason),
            ),
        }
    }
}

words!(
    /// Why a look-up was made.
    Question {
        /// An answer was lost.
        LostAnswer = "lost_answer",
        /// The city said "duplicate": is it ours?
        Duplicate = "duplicate",
        /// The city refused it, and is to be changed: did it store what it refused? Never kept: it follows from the
        /// exposure.
        Refused = "refused",
    }
);

/// The rows of the table that follow a look-up: Found, ProvenAbsent, CannotTell, and "look again".
#[must_use]
pub fn settle(question: Question, verdict: &Verdict) -> Ruling {
    let (exposed, next, reason) = match (verdict, question) {
        (Verdict::Found(found), _) => (
            Some(Exposed::Acceptance),
            Next::Deliver {
                tracked: Tracked::from(&found.tracking()),
            },
            None,
        ),
        (Verdict::NotYet { look_again_at }, _) => (
            None,
            Next::LookUp {
                not_before: Some(*look_again_at),
            },
            Some(Reason::Checking),
        ),
        (Verdict::ProvenAbsent, Question::LostAnswer) => (Some(Exposed::ProvenAbsent), Next::Retry, None),
        // Surely not there: what the city asked to change can be changed. The same again would be refused again.
        (Verdict::ProvenAbsent, Question::Refused) => (
            Some(Exposed::ProvenAbsent),
            Next::Stop(Reason::Refused),
            Some(Reason::Refused),
        ),
        (Verdict::CannotTell, Question::LostAnswer | Question::Refused) => {
            (None, Next::Stop(Reason::CannotTell), Some(Reason::CannotTell))
        }
        (Verdict::ProvenAbsent, Question::Duplicate) => (
            Some(Exposed::ProvenAbsent),
            Next::Stop(Reason::AlreadyKnown),
            Some(Reason::AlreadyKnown),
        ),
        (Verdict::CannotTell, Question::Duplicate) => {
            (None, Next::Stop(Reason::AlreadyKnown), Some(Reason::AlreadyKnown))
        }
    };
    let stands = if exposed == Some(Exposed::ProvenAbsent) {
        Standing::Queued
    } else {
        Standing::Unconfirmed
    };
    Ruling {
        exposed,
        next,
        scope: Scope::Report,
        reason,
        counts: AttemptCount::Free,
        stands,
    }
}
