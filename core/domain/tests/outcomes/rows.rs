//! One test a row of the table.

use phananh_domain::id::CaseNumber;
use phananh_domain::job::{self, Exposure, JobKind, JobState};
use phananh_domain::lookup::{Found, Looked, MatchRank, Verdict};
use phananh_domain::outcome::{
    Attempt, AttemptCount, BusyStatus, Change, Cue, KeyPromise, Next, Observation as O, Past, Pause,
    Question, Refusal, Scope, Sent, SignIn, Standing, Tracked, may_recall, may_revise, rule, settle,
};
use phananh_domain::profile::RefusalMeaning;
use phananh_domain::reason::Reason;
use phananh_domain::time::{MINUTE, SECOND, Timestamp};

use crate::{NOW, every_observation, exposure, state};

fn first(honours_keys: KeyPromise, sent: Sent) -> Attempt {
    let (before, stood) = (Exposure::None, Standing::Queued);
    Attempt {
        kind: JobKind::Report,
        honours_keys,
        now: NOW,
        before,
        stood,
        sent,
    }
}

fn bare() -> Attempt {
    first(KeyPromise::No, Sent::MayBe)
}

fn rich() -> Attempt {
    first(KeyPromise::ForEver, Sent::MayBe)
}

fn unsent() -> Attempt {
    first(KeyPromise::No, Sent::Nothing)
}

fn is_kept_back(observed: O, attempt: &Attempt, next: Next, scope: Scope, reason: Reason) {
    let ruling = rule(observed, attempt);
    assert_eq!(
        (ruling.next, ruling.scope, ruling.reason),
        (next, scope, Some(reason)),
        "{observed:?}"
    );
    assert_eq!(
        exposure(&ruling, attempt.before),
        attempt.before,
        "{observed:?} leaves nothing behind"
    );
    if !matches!(next, Next::Stop(_)) {
        assert_eq!(state(&ruling).as_str(), "queued", "{observed:?}");
    }
}

#[test]
fn no_network_waits_for_one_and_counts_no_attempt() {
    is_kept_back(
        O::NotConnected,
        &unsent(),
        Next::WaitFor(Cue::NetworkChange),
        Scope::City,
        Reason::NoNetwork,
    );
    assert_eq!(rule(O::NotConnected, &unsent()).counts, AttemptCount::Free);
}

#[test]
fn a_captive_portal_a_wrong_base_or_no_tls_pauses_the_city() {
    let pause = Next::Pause(Pause::City);
    is_kept_back(O::Captive, &unsent(), pause, Scope::City, Reason::Captive);
    is_kept_back(O::TlsFailed, &unsent(), pause, Scope::City, Reason::Tls);
    is_kept_back(O::WrongBase, &unsent(), pause, Scope::City, Reason::Unreachable);
    is_kept_back(O::WrongBase, &bare(), pause, Scope::City, Reason::Unreachable);
}

#[test]
fn a_lost_answer_is_unconfirmed_and_asks_by_key_where_keys_are_honoured() {
    let lost = [
        O::AnswerLost,
        O::ServerError,
        O::RequestTimeout,
        O::GeneralServiceError,
        O::NotOurReceipt,
        O::Other,
        O::Busy {
            status: BusyStatus::Unavailable,
            wait: None,
        },
    ];
    for observed in lost {
        for (attempt, next) in [
            (rich(), Next::RepostSameKey { not_before: None }),
            (
                first(KeyPromise::Until(NOW.plus(1)), Sent::MayBe),
                Next::RepostSameKey { not_before: None },
            ),
            (
                first(KeyPromise::Until(NOW), Sent::MayBe),
                Next::LookUp { not_before: None },
            ),
            (bare(), Next::LookUp { not_before: None }),
        ] {
            let ruling = rule(observed, &attempt);
            assert_eq!(
                (ruling.next, ruling.reason),
                (next, Some(Reason::Checking)),
                "{observed:?}"
            );
            assert_eq!(ruling.counts, AttemptCount::Counted);
            assert_eq!(exposure(&ruling, Exposure::None), Exposure::Unknown);
            assert_eq!(
                state(&ruling),
                JobState::Unconfirmed {
                    next_at: Some(NOW.plus(MINUTE))
                }
            );
        }
        is_kept_back(observed, &unsent(), Next::Retry, Scope::City, Reason::Unreachable);
    }
}

#[test]
fn a_receipt_delivers_tracked_or_not() {
    for tracked in Tracked::ALL {
        let ruling = rule(O::Receipt { tracked: *tracked }, &bare());
        assert_eq!(ruling.next, Next::Deliver { tracked: *tracked });
        assert_eq!(exposure(&ruling, Exposure::Unknown), Exposure::Accepted);
        assert_eq!(state(&ruling), JobState::Done);
    }
}

#[test]
fn a_city_that_takes_no_reports_is_told_before_the_first_byte() {
    let stop = Next::Stop(Reason::TakesNoReports);
    is_kept_back(
        O::TakesNoReports,
        &unsent(),
        stop,
        Scope::Report,
        Reason::TakesNoReports,
    );
}

#[test]
fn a_busy_city_is_obeyed() {
    let wait = Some(90 * SECOND);
    let at = Next::WaitFor(Cue::At(NOW.plus(90 * SECOND)));
    for attempt in [bare(), rich()] {
        for status in [BusyStatus::TooEarly, BusyStatus::TooMany] {
            is_kept_back(O::Busy { status, wait }, &attempt, at, Scope::City, Reason::Busy);
            is_kept_back(
                O::Busy { status, wait: None },
                &attempt,
                Next::Retry,
                Scope::City,
                Reason::Busy,
            );
        }
    }
    let down = O::Busy {
        status: BusyStatus::Unavailable,
        wait,
    };
    is_kept_back(down, &rich(), at, Scope::City, Reason::Busy);
    // A bare city may have stored it and say 503 all the same.
    let ruling = rule(down, &bare());
    assert_eq!(
        ruling.next,
        Next::LookUp {
            not_before: Some(NOW.plus(90 * SECOND))
        }
    );
    assert_eq!(exposure(&ruling, Exposure::None), Exposure::Unknown);
}

#[test]
fn a_sign_in_is_refreshed_once_then_the_account_is_paused() {
    let unauthorized = |sign_in| O::Unauthorized { sign_in };
    let pause = Next::Pause(Pause::Account);
    is_kept_back(
        unauthorized(SignIn::MayRefresh),
        &bare(),
        Next::RefreshSignIn,
        Scope::Account,
        Reason::SignedOut,
    );
    is_kept_back(
        unauthorized(SignIn::Spent),
        &bare(),
        pause,
        Scope::Account,
        Reason::SignedOut,
    );
    is_kept_back(O::AccountLocked, &rich(), pause, Scope::Account, Reason::Locked);
}

#[test]
fn a_refused_app_key_pauses_the_city_and_a_redirect_is_never_followed() {
    is_kept_back(
        O::KeyRefused,
        &bare(),
        Next::Pause(Pause::City),
        Scope::City,
        Reason::CitySetup,
    );
    let ruling = rule(O::Redirected, &bare());
    assert_eq!(ruling.next, Next::Pause(Pause::City));
    assert_eq!(ruling.reason, Some(Reason::CitySetup));
    assert_eq!(
        exposure(&ruling, Exposure::None),
        Exposure::Unknown,
        "not in the list of answers that prove"
    );
    assert_eq!(state(&ruling).as_str(), "unconfirmed");
}

#[test]
fn a_refusal_stops_at_the_citizen() {
    let told = [
        (Refusal::BadRequest, Reason::Refused),
        (Refusal::NotFound, Reason::Refused),
        (Refusal::ServiceGone, Reason::ServiceGone),
        (Refusal::TooLarge, Reason::PhotoTooLarge),
        (Refusal::Unsupported, Reason::Refused),
        (Refusal::Unprocessable, Reason::Refused),
    ];
    assert_eq!(told.len(), Refusal::ALL.len());
    for (refusal, reason) in told {
        let ruling = rule(O::Refused { refusal }, &bare());
        assert_eq!((ruling.next, ruling.scope), (Next::Stop(reason), Scope::Report));
        assert_eq!(exposure(&ruling, Exposure::None), Exposure::Refused);
        assert_eq!(state(&ruling), JobState::Blocked { reason });

        let photo = Attempt {
            kind: JobKind::Attachment,
            ..rich()
        };
        assert_eq!(rule(O::Refused { refusal }, &photo).scope, Scope::Attachment);

        // What an earlier attempt left behind is not answered by this one.
        let again = Attempt {
            before: Exposure::Unknown,
            stood: Standing::Unconfirmed,
            ..rich()
        };
        let ruling = rule(O::Refused { refusal }, &again);
        assert_eq!(ruling.next, Next::LookUp { not_before: None });
        assert_eq!(exposure(&ruling, Exposure::Unknown), Exposure::Unknown);
    }
}

#[test]
fn a_key_in_use_waits_with_the_same_key_and_a_reused_one_looks() {
    let ruling = rule(O::KeyInUse, &rich());
    assert_eq!(ruling.next, Next::RepostSameKey { not_before: None });
    assert_eq!(exposure(&ruling, Exposure::None), Exposure::Unknown);
    assert_eq!(rule(O::KeyInUse, &bare()).next, Next::LookUp { not_before: None });

    let ruling = rule(O::KeyReused, &rich());
    assert_eq!(ruling.next, Next::LookUp { not_before: None });
    assert_eq!(exposure(&ruling, Exposure::None), Exposure::Unknown);
}

#[test]
fn a_duplicate_is_ours_or_asks() {
    let ruling = rule(O::DuplicateSaid, &bare());
    assert_eq!(ruling.next, Next::Duplicate);
    assert_eq!(exposure(&ruling, Exposure::None), Exposure::Unknown);
    assert_eq!(state(&ruling).as_str(), "unconfirmed");

    assert_eq!(
        settle(Question::Duplicate, &found()).next,
        Next::Deliver {
            tracked: Tracked::ByNumber
        }
    );
    for verdict in [Verdict::CannotTell, Verdict::ProvenAbsent] {
        assert_eq!(
            settle(Question::Duplicate, &verdict).next,
            Next::Stop(Reason::AlreadyKnown)
        );
    }
    assert_eq!(settle(Question::Duplicate, &Verdict::CannotTell).exposed, None);
}

#[test]
fn a_photo_or_message_that_is_refused_asks_the_citizen_whatever_went_before() {
    let refusals = [
        O::Refused {
            refusal: Refusal::BadRequest,
        },
        O::KeyReused,
        O::KeyRefused,
        O::DuplicateSaid,
    ];
    for kind in [JobKind::Attachment, JobKind::Message] {
        for before in [Exposure::None, Exposure::Unknown] {
            for observed in refusals {
                let attempt = Attempt {
                    kind,
                    before,
                    ..rich()
                };
                let ruling = rule(observed, &attempt);
                assert_eq!(
                    ruling.next,
                    Next::Stop(Reason::Refused),
                    "{kind} {before} {observed:?}"
                );
                assert_ne!(ruling.scope, Scope::City, "one of many is no matter of the city");
            }
        }
    }
}

#[test]
fn what_was_refused_is_never_sent_again_by_itself() {
    assert!(matches!(
        settle(Question::Refused, &found()).next,
        Next::Deliver { .. }
    ));
    let proven = settle(Question::Refused, &Verdict::ProvenAbsent);
    assert_eq!(proven.next, Next::Stop(Reason::Refused));
    assert_eq!(exposure(&proven, Exposure::Refused), Exposure::None);
    let cannot_tell = settle(Question::Refused, &Verdict::CannotTell);
    assert_eq!(
        (cannot_tell.next, cannot_tell.exposed),
        (Next::Stop(Reason::CannotTell), None)
    );
}

fn found() -> Verdict {
    Verdict::Found(Found {
        id: CaseNumber::new("12"),
        rank: MatchRank::Code,
    })
}

#[test]
fn a_look_up_delivers_reposts_waits_or_asks() {
    let unconfirmed = JobState::Unconfirmed { next_at: None };
    let after = |verdict: &Verdict| {
        let ruling = settle(Question::LostAnswer, verdict);
        let exposure = ruling.exposed.map_or(Exposure::Unknown, |e| {
            Exposure::Unknown.step(e, Exposure::Unknown)
        });
        let next_at = match ruling.next {
            Next::LookUp { not_before } => not_before,
            _ => None,
        };
        (exposure, job::step(unconfirmed, ruling.event(next_at)).unwrap())
    };
    let later = NOW.plus(MINUTE);
    let (none, unknown) = (Exposure::None, Exposure::Unknown);
    assert_eq!(after(&found()), (Exposure::Accepted, JobState::Done));
    assert_eq!(
        after(&Verdict::ProvenAbsent),
        (
            none,
            JobState::Queued {
                next_at: None,
                reason: None
            }
        )
    );
    assert_eq!(
        after(&Verdict::CannotTell),
        (
            unknown,
            JobState::Blocked {
                reason: Reason::CannotTell
            }
        )
    );
    assert_eq!(
        after(&Verdict::NotYet { look_again_at: later }),
        (unknown, JobState::Unconfirmed { next_at: Some(later) })
    );
}

#[test]
fn a_missing_photo_waits_alone() {
    for observed in [O::AttachmentGone, O::AttachmentChanged] {
        is_kept_back(
            observed,
            &unsent(),
            Next::Stop(Reason::PhotoGone),
            Scope::Attachment,
            Reason::PhotoGone,
        );
        assert_eq!(
            state(&rule(observed, &bare())).as_str(),
            "unconfirmed",
            "cut in the middle of a file"
        );
    }
}

#[test]
fn secrets_and_storage_pause_and_keep() {
    let space = Next::WaitFor(Cue::Space);
    is_kept_back(
        O::SecretsLocked,
        &unsent(),
        Next::WaitFor(Cue::Unlock),
        Scope::Phone,
        Reason::PhoneLocked,
    );
    is_kept_back(
        O::SecretsMissing,
        &unsent(),
        Next::Stop(Reason::IdentityLost),
        Scope::Report,
        Reason::IdentityLost,
    );
    for observed in [O::SecretsFailed, O::DiskFull, O::LocalIo] {
        is_kept_back(observed, &unsent(), space, Scope::Phone, Reason::Storage);
        let torn = rule(observed, &bare());
        assert_eq!(
            (torn.stands, torn.scope),
            (Standing::Unconfirmed, Scope::Phone),
            "the answer may be lost"
        );
    }
}

#[test]
fn a_clean_failure_puts_an_unconfirmed_job_back_to_unconfirmed() {
    for observed in every_observation() {
        for honours_keys in [KeyPromise::No, KeyPromise::ForEver] {
            for sent in [Sent::Nothing, Sent::MayBe] {
                let attempt = Attempt {
                    before: Exposure::Unknown,
                    stood: Standing::Unconfirmed,
                    ..first(honours_keys, sent)
                };
                let ruling = rule(observed, &attempt);
                let after = exposure(&ruling, Exposure::Unknown);
                assert!(
                    matches!(after, Exposure::Unknown | Exposure::Accepted),
                    "{observed:?}"
                );
                let blind = matches!(ruling.next, Next::Retry | Next::WaitFor(Cue::At(_)));
                assert!(!blind, "{observed:?} sends again without asking first");
                assert_ne!(state(&ruling).as_str(), "queued", "{observed:?}");
            }
        }
    }
}

#[test]
fn a_revision_is_free_only_where_nothing_can_be_stored() {
    use Change::{Ask, Free, LookFirst, No};
    use RefusalMeaning::{MayBeStored, NotStored};
    let rows = [
        (Exposure::None, MayBeStored, Looked::Not, Free),
        (Exposure::Unknown, NotStored, Looked::NoMatch, No),
        (Exposure::Unknown, NotStored, Looked::ProvenAbsent, No),
        (Exposure::Unknown, NotStored, Looked::CannotTell, No),
        (Exposure::Accepted, NotStored, Looked::ProvenAbsent, No),
        (Exposure::Refused, NotStored, Looked::Not, LookFirst),
        (Exposure::Refused, NotStored, Looked::NoMatch, Free),
        (Exposure::Refused, NotStored, Looked::CannotTell, Free),
        (Exposure::Refused, NotStored, Looked::NeverWhole, Ask),
        (Exposure::Refused, MayBeStored, Looked::Not, LookFirst),
        (Exposure::Refused, MayBeStored, Looked::NoMatch, LookFirst),
        (Exposure::Refused, MayBeStored, Looked::CannotTell, Ask),
        (Exposure::Refused, MayBeStored, Looked::NeverWhole, Ask),
        (Exposure::Refused, MayBeStored, Looked::ProvenAbsent, Free),
    ];
    for (exposure, refusals, looked, expected) in rows {
        let past = Past {
            exposure,
            refusals,
            looked,
        };
        assert_eq!(may_revise(&past), expected, "{past:?}");
        assert_eq!(
            may_recall(
                JobState::Blocked {
                    reason: Reason::Refused
                },
                &past
            ),
            expected
        );
        for busy in [
            JobState::Sending,
            JobState::Done,
            JobState::Unconfirmed { next_at: None },
        ] {
            assert_eq!(may_recall(busy, &past), No);
        }
    }
}

#[test]
fn a_key_promise_ends_with_its_lifetime() {
    assert_eq!(KeyPromise::advertised(None, NOW), KeyPromise::No);
    assert!(KeyPromise::advertised(Some(None), NOW).holds(Timestamp::from_millis(i64::MAX)));
    let day = KeyPromise::advertised(Some(Some(86_400)), NOW);
    assert!(day.holds(NOW.plus(86_399_999)));
    assert!(!day.holds(NOW.plus(86_400_000)));
}
