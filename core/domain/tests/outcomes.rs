//! The outcome table row by row, and what no sequence of outcomes may do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::id::CaseNumber;
use phananh_domain::job::{self, Exposed, Exposure, JobEvent, JobKind, JobState};
use phananh_domain::lookup::{Found, Looked, MatchRank, Verdict};
use phananh_domain::outcome::{
    Attempt, AttemptCount, BusyStatus, Change, Cue, KeyPromise, Next, Observation as O, Past, Pause,
    Question, Refusal, Ruling, Scope, Sent, SignIn, Standing, Tracked, may_recall, may_revise, rule, settle,
};
use phananh_domain::profile::RefusalMeaning;
use phananh_domain::reason::Reason;
use phananh_domain::time::{MINUTE, SECOND, Timestamp};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

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

/// The exposure after the attempt, as the engine writes it.
fn exposure(ruling: &Ruling, before: Exposure) -> Exposure {
    let running = before.step(Exposed::Leaving, before);
    ruling.exposed.map_or(running, |e| running.step(e, before))
}

/// The job after the attempt.
fn state(ruling: &Ruling) -> JobState {
    job::step(JobState::Sending, ruling.event(Some(NOW.plus(MINUTE)))).unwrap()
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
    use Change::{Free, LookFirst, No};
    use RefusalMeaning::{MayBeStored, NotStored};
    let past = |exposure, honours_keys, refusals, looked| Past {
        exposure,
        honours_keys,
        refusals,
        looked,
        now: NOW,
    };
    let (bare, rich) = (KeyPromise::No, KeyPromise::ForEver);
    let rows = [
        (Exposure::None, bare, MayBeStored, Looked::Not, Free),
        (Exposure::Unknown, rich, NotStored, Looked::NoMatch, No),
        (Exposure::Unknown, rich, NotStored, Looked::ProvenAbsent, No),
        (Exposure::Accepted, rich, NotStored, Looked::ProvenAbsent, No),
        (Exposure::Refused, rich, NotStored, Looked::Not, Free),
        (Exposure::Refused, bare, NotStored, Looked::Not, LookFirst),
        (
            Exposure::Refused,
            KeyPromise::Until(NOW),
            NotStored,
            Looked::Not,
            LookFirst,
        ),
        (Exposure::Refused, bare, NotStored, Looked::NoMatch, Free),
        (Exposure::Refused, rich, MayBeStored, Looked::Not, LookFirst),
        (Exposure::Refused, bare, MayBeStored, Looked::NoMatch, LookFirst),
        (Exposure::Refused, bare, MayBeStored, Looked::ProvenAbsent, Free),
    ];
    for (exposure, keys, refusals, looked, expected) in rows {
        let past = past(exposure, keys, refusals, looked);
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

fn every_observation() -> Vec<O> {
    let mut all = vec![
        O::NotConnected,
        O::Captive,
        O::WrongBase,
        O::TlsFailed,
        O::AnswerLost,
        O::ServerError,
        O::RequestTimeout,
        O::GeneralServiceError,
        O::NotOurReceipt,
        O::TakesNoReports,
        O::AccountLocked,
        O::KeyRefused,
        O::Redirected,
        O::KeyInUse,
        O::KeyReused,
        O::DuplicateSaid,
        O::AttachmentGone,
        O::AttachmentChanged,
        O::SecretsLocked,
        O::SecretsMissing,
        O::SecretsFailed,
        O::DiskFull,
        O::LocalIo,
        O::Other,
    ];
    all.extend(Tracked::ALL.iter().map(|t| O::Receipt { tracked: *t }));
    all.extend(Refusal::ALL.iter().map(|r| O::Refused { refusal: *r }));
    all.extend(SignIn::ALL.iter().map(|s| O::Unauthorized { sign_in: *s }));
    for status in BusyStatus::ALL {
        all.extend([None, Some(30 * SECOND)].map(|wait| O::Busy {
            status: *status,
            wait,
        }));
    }
    all
}

/// What a run of attempts may do to one submission; a model of the engine's side of the contract.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Attempt(O, Sent),
    Look(Verdict3),
    Again,
    KeepChecking,
    Killed,
}

#[derive(Debug, Clone, Copy)]
enum Verdict3 {
    NotYet,
    CannotTell,
    Absent,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let observed = prop::sample::select(every_observation());
    let sent = prop::sample::select(vec![Sent::Nothing, Sent::MayBe, Sent::MayBe]);
    let look = prop::sample::select(vec![Verdict3::NotYet, Verdict3::CannotTell, Verdict3::Absent]);
    let turn = prop_oneof![
        6 => (observed, sent).prop_map(|(o, s)| Turn::Attempt(o, s)),
        2 => look.prop_map(Turn::Look),
        1 => Just(Turn::Again),
        1 => Just(Turn::KeepChecking),
        1 => Just(Turn::Killed),
    ];
    prop::collection::vec(turn, 1..40)
}

/// True as long as an attempt by which a byte may have left was neither disproved nor answered.
fn uncertain_after(observed: O, keys: KeyPromise) -> Option<bool> {
    match observed {
        O::Receipt { .. } => Some(false),
        // The answers that DESIGN.md names as proof that this attempt kept nothing.
        O::Unauthorized { .. } | O::AccountLocked | O::KeyRefused | O::WrongBase => None,
        O::Busy {
            status: BusyStatus::TooEarly | BusyStatus::TooMany,
            ..
        } => None,
        O::Busy {
            status: BusyStatus::Unavailable,
            wait: Some(_),
        } if keys == KeyPromise::ForEver => None,
        O::Refused { .. } => None,
        _ => Some(true),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens: while an attempt may be stored, nothing is recalled, edited or sent under a new key, and no
    /// send is made blindly unless the citizen said so.
    #[test]
    fn nothing_that_may_be_stored_is_ever_changed(
        turns in turns(),
        keys in prop::sample::select(vec![KeyPromise::No, KeyPromise::ForEver]),
    ) {
        let mut exposure_now = Exposure::None;
        let mut job_now = JobState::Queued { next_at: None, reason: None };
        // The truth, kept apart from the rules: some attempt may be stored; the citizen asked for one more send.
        let mut may_be_stored = false;
        let mut asked = false;
        for turn in turns {
            match turn {
                Turn::Attempt(observed, sent) => {
                    let stood = match job_now {
                        JobState::Queued { .. } => Standing::Queued,
                        JobState::Unconfirmed { .. } => Standing::Unconfirmed,
                        _ => continue,
                    };
                    if stood == Standing::Queued {
                        prop_assert!(!may_be_stored || asked, "a blind send");
                    } else if keys == KeyPromise::No {
                        // At a bare city an unconfirmed job only looks: a GET.
                        if sent == Sent::MayBe { continue; }
                    }
                    let before = exposure_now;
                    let attempt =
                        Attempt { kind: JobKind::Report, honours_keys: keys, now: NOW, before, stood, sent };
                    let ruling = rule(observed, &attempt);
                    exposure_now = exposure(&ruling, before);
                    let sending = job::step(job_now, JobEvent::Start).unwrap();
                    job_now = job::step(sending, ruling.event(None)).unwrap();
                    match (sent, uncertain_after(observed, keys)) {
                        (_, Some(false)) => may_be_stored = false,
                        (Sent::MayBe, Some(true)) => { may_be_stored = true; asked = false; }
                        (Sent::MayBe, None) | (Sent::Nothing, _) => {}
                    }
                    if matches!(job_now, JobState::Unconfirmed { .. }) { asked = false; }
                }
                Turn::Look(verdict) => {
                    if !matches!(job_now, JobState::Unconfirmed { .. }) { continue; }
                    let verdict = match verdict {
                        Verdict3::NotYet => Verdict::NotYet { look_again_at: NOW },
                        Verdict3::CannotTell => Verdict::CannotTell,
                        Verdict3::Absent => { may_be_stored = false; Verdict::ProvenAbsent }
                    };
                    let ruling = settle(Question::LostAnswer, &verdict);
                    exposure_now = ruling.exposed.map_or(exposure_now, |e| exposure_now.step(e, exposure_now));
                    job_now = job::step(job_now, ruling.event(None)).unwrap();
                }
                Turn::Again => {
                    if matches!(job_now, JobState::Blocked { .. }) { asked = true; }
                    if matches!(job_now, JobState::Blocked { .. }) {
                        job_now = job::step(job_now, JobEvent::SendAgain).unwrap();
                    }
                }
                Turn::KeepChecking => {
                    if let Ok(next) = job::step(job_now, JobEvent::KeepChecking { next_at: None }) {
                        job_now = next;
                        asked = false;
                    }
                }
                Turn::Killed => {
                    if !matches!(job_now, JobState::Queued { .. }) || (may_be_stored && !asked) { continue; }
                    // Killed after the first byte: what was persisted says so.
                    exposure_now = exposure_now.step(Exposed::Leaving, exposure_now);
                    let sending = job::step(job_now, JobEvent::Start).unwrap();
                    job_now = job::step(sending, JobEvent::Restarted { exposure: exposure_now }).unwrap();
                    may_be_stored = true;
                    asked = false;
                }
            }
            for refusals in [RefusalMeaning::NotStored, RefusalMeaning::MayBeStored] {
                for looked in Looked::ALL {
                    let past = Past { exposure: exposure_now, honours_keys: keys, refusals, looked: *looked, now: NOW };
                    if may_be_stored || exposure_now == Exposure::Unknown {
                        prop_assert_eq!(may_revise(&past), Change::No);
                        prop_assert_eq!(may_recall(job_now, &past), Change::No);
                    }
                }
            }
            if job_now == JobState::Done { break; }
        }
    }
}
