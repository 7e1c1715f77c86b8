//! Why a report waits: exactly one reason, in a fixed order, for every combination of causes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::job::{JobKind, JobState};
use phananh_domain::reason::{Rank, Reason};
use phananh_domain::time::{MINUTE, Timestamp};
use phananh_domain::why::{
    AccountPause, Address, CityPause, Making, Network, PhotoLine, Power, SendPolicy, Storage, Switch,
    WORDS_MAX_BYTES, WaitingJob, WhenNext, Why, WhyInputs, may_send_now, why,
};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SOON: Timestamp = NOW.plus(MINUTE);

const fn words(state: JobState) -> WaitingJob {
    WaitingJob {
        kind: JobKind::Report,
        state,
        bytes: 900,
        making: Making::Ready,
    }
}

const fn photo(state: JobState) -> WaitingJob {
    WaitingJob {
        kind: JobKind::Attachment,
        state,
        bytes: 290_000,
        making: Making::Ready,
    }
}

const QUEUED: JobState = JobState::Queued {
    next_at: None,
    reason: None,
};

fn calm(jobs: &[WaitingJob]) -> WhyInputs<'_> {
    WhyInputs {
        jobs,
        address: Address::Known,
        account: None,
        storage: Storage::Ready,
        network: Network::Unmetered,
        policy: SendPolicy::default(),
        city: None,
        ahead: 3,
        now: NOW,
    }
}

fn told(inputs: &WhyInputs<'_>) -> (Reason, WhenNext) {
    let why = why(inputs).expect("it waits");
    (why.reason, why.next)
}

#[test]
fn causes_are_told_from_the_citizen_down_to_the_queue() {
    let blocked = [words(JobState::Blocked {
        reason: Reason::Refused,
    })];
    let jobs = [
        words(QUEUED),
        WaitingJob {
            making: Making::Preparing,
            ..photo(QUEUED)
        },
    ];
    let all = WhyInputs {
        address: Address::Missing,
        account: Some(AccountPause::Locked),
        storage: Storage::Full,
        network: Network::Offline,
        city: Some(CityPause {
            reason: Reason::Tls,
            until: SOON,
        }),
        ..calm(&jobs)
    };
    assert_eq!(
        told(&WhyInputs {
            jobs: &blocked,
            ..all
        }),
        (Reason::Refused, WhenNext::AfterYou)
    );
    // Offline too: without an address no network would help.
    assert_eq!(told(&all), (Reason::NoEndpoint, WhenNext::AfterYou));
    let rest = WhyInputs {
        address: Address::Known,
        ..all
    };
    assert_eq!(told(&rest), (Reason::Locked, WhenNext::AfterYou));
    let rest = WhyInputs {
        account: None,
        ..rest
    };
    assert_eq!(told(&rest), (Reason::Storage, WhenNext::AfterYou));
    let rest = WhyInputs {
        storage: Storage::Ready,
        ..rest
    };
    assert_eq!(told(&rest), (Reason::NoNetwork, WhenNext::WhenNetwork));
    let rest = WhyInputs {
        network: Network::Metered,
        ..rest
    };
    assert_eq!(told(&rest), (Reason::Tls, WhenNext::At { at: SOON }));
    let paused = SendPolicy {
        switch: Switch::Paused,
        ..SendPolicy::default()
    };
    let rest = WhyInputs {
        city: None,
        policy: paused,
        ..rest
    };
    assert_eq!(told(&rest), (Reason::Paused, WhenNext::AfterYou));
    let rest = WhyInputs {
        policy: SendPolicy::default(),
        ..rest
    };
    assert_eq!(told(&rest), (Reason::Preparing, WhenNext::Now));
    let rest = WhyInputs {
        jobs: &jobs[..1],
        ..rest
    };
    assert_eq!(
        why(&rest),
        Some(Why {
            reason: Reason::InLine,
            next: WhenNext::Now,
            ahead: 3
        })
    );
}

#[test]
fn every_combination_of_causes_has_exactly_one_reason_of_the_least_rank() {
    let mut states = vec![JobState::Sending, JobState::Done];
    for next_at in [None, Some(NOW), Some(SOON)] {
        states.push(JobState::Unconfirmed { next_at });
        states.extend(
            [
                None,
                Some(Reason::Busy),
                Some(Reason::NoNetwork),
                Some(Reason::CannotTell),
            ]
            .map(|reason| JobState::Queued { next_at, reason }),
        );
    }
    states.extend(
        Reason::ALL
            .iter()
            .filter(|r| r.rank() == Rank::Citizen)
            .map(|reason| JobState::Blocked { reason: *reason }),
    );
    let cities = [None, Some(NOW), Some(SOON)].map(|until| {
        until.map(|until| CityPause {
            reason: Reason::Captive,
            until,
        })
    });
    let mut combinations = 0_u32;
    for (i, first) in states.iter().enumerate() {
        for second in &states {
            for making in Making::ALL {
                let jobs = [
                    words(*first),
                    WaitingJob {
                        making: *making,
                        ..photo(*second)
                    },
                ];
                for account in [None, Some(AccountPause::SignedOut), Some(AccountPause::Locked)] {
                    for (storage, network, city) in worlds(&cities) {
                        let policy = policy(i);
                        // Turn by turn too: what it decides depends on nothing else.
                        let address = Address::ALL[combinations as usize % 2];
                        let inputs = WhyInputs {
                            address,
                            account,
                            storage,
                            network,
                            policy,
                            city,
                            ..calm(&jobs)
                        };
                        check(&inputs);
                        combinations += 1;
                    }
                }
            }
        }
    }
    // 2 + 3 * 5 + 10 states, squared; 2 * 3 * (3 * 4 * 3) worlds.
    assert_eq!(combinations, 27 * 27 * 2 * 3 * 36);
}

fn worlds(cities: &[Option<CityPause>]) -> impl Iterator<Item = (Storage, Network, Option<CityPause>)> {
    Storage::ALL.iter().flat_map(move |storage| {
        Network::ALL
            .iter()
            .flat_map(move |network| cities.iter().map(move |city| (*storage, *network, *city)))
    })
}

/// All eight policies, turn by turn.
fn policy(n: usize) -> SendPolicy {
    SendPolicy {
        switch: Switch::ALL[n % 2],
        photos: PhotoLine::ALL[n / 2 % 2],
        power: Power::ALL[n / 4 % 2],
    }
}

fn check(inputs: &WhyInputs<'_>) {
    let owed = inputs.jobs.iter().any(|job| job.state.is_owed());
    let sending = inputs.jobs.iter().any(|job| job.state == JobState::Sending);
    let blocked = inputs
        .jobs
        .iter()
        .any(|job| matches!(job.state, JobState::Blocked { .. }));
    let Some(why) = why(inputs) else {
        assert!(
            !owed || (sending && !blocked),
            "it waits without a reason: {inputs:?}"
        );
        return;
    };
    assert!(owed && (blocked || !sending));
    let waits = inputs
        .jobs
        .iter()
        .any(|job| matches!(job.state, JobState::Queued { .. } | JobState::Unconfirmed { .. }));
    let rank = why.reason.rank();
    let expected = match () {
        () if blocked => Some(Rank::Citizen),
        () if waits && inputs.address == Address::Missing => Some(Rank::Citizen),
        () if waits && inputs.account.is_some() => Some(Rank::Account),
        () if waits && inputs.storage != Storage::Ready => Some(Rank::Storage),
        () if waits && matches!(inputs.network, Network::Offline | Network::Captive) => Some(Rank::Network),
        () => None,
    };
    assert!(
        expected.is_none_or(|expected| expected == rank),
        "{why:?} {inputs:?}"
    );
    assert!(expected.is_some() || rank >= Rank::Network, "{why:?} {inputs:?}");
    match why.next {
        WhenNext::At { at } => assert!(at > NOW, "{why:?}"),
        WhenNext::AfterYou => assert!(rank <= Rank::Network || why.reason == Reason::Paused, "{why:?}"),
        WhenNext::Now | WhenNext::WhenNetwork | WhenNext::WhenWifi => {
            assert!(rank >= Rank::Network, "{why:?}")
        }
    }
    assert_eq!(why.ahead, if why.reason == Reason::InLine { 3 } else { 0 });
}

#[test]
fn what_a_job_remembers_holds_until_its_next_attempt_and_yields_to_the_network_of_now() {
    let held = |reason| {
        [words(JobState::Queued {
            next_at: Some(SOON),
            reason: Some(reason),
        })]
    };
    let at = WhenNext::At { at: SOON };
    assert_eq!(told(&calm(&held(Reason::NoNetwork))), (Reason::NoNetwork, at));
    assert_eq!(told(&calm(&held(Reason::WifiOnly))), (Reason::Unreachable, at));
    assert_eq!(told(&calm(&held(Reason::Busy))), (Reason::Busy, at));
    assert_eq!(told(&calm(&held(Reason::DailyLimit))), (Reason::DailyLimit, at));
    let offline = WhyInputs {
        network: Network::Offline,
        ..calm(&[])
    };
    let jobs = held(Reason::Busy);
    assert_eq!(
        told(&WhyInputs {
            jobs: &jobs,
            ..offline
        }),
        (Reason::NoNetwork, WhenNext::WhenNetwork)
    );
    let over = [words(JobState::Queued {
        next_at: Some(NOW),
        reason: Some(Reason::Busy),
    })];
    assert_eq!(told(&calm(&over)), (Reason::InLine, WhenNext::Now));
    let over = [words(JobState::Queued {
        next_at: Some(NOW),
        reason: Some(Reason::NoNetwork),
    })];
    assert_eq!(told(&calm(&over)), (Reason::NoNetwork, WhenNext::Now));
}

#[test]
fn an_unconfirmed_report_is_being_checked() {
    let jobs = [words(JobState::Unconfirmed { next_at: Some(SOON) })];
    assert_eq!(told(&calm(&jobs)), (Reason::Checking, WhenNext::At { at: SOON }));
    let jobs = [words(JobState::Unconfirmed { next_at: None })];
    assert_eq!(told(&calm(&jobs)), (Reason::Checking, WhenNext::Now));
}

#[test]
fn words_go_on_any_line_and_photos_where_the_citizen_lets_them() {
    let saver = SendPolicy {
        photos: PhotoLine::Unmetered,
        ..SendPolicy::default()
    };
    let may = |kind, bytes, network| may_send_now(kind, bytes, network, &saver);
    assert_eq!(may(JobKind::Report, 2_000, Network::Metered), Ok(()));
    assert_eq!(may(JobKind::Message, WORDS_MAX_BYTES, Network::Metered), Ok(()));
    assert_eq!(
        may(JobKind::Attachment, 2_000, Network::Metered),
        Err(Reason::WifiOnly)
    );
    // A bare city takes the photo in the same request.
    assert_eq!(
        may(JobKind::Report, WORDS_MAX_BYTES + 1, Network::Metered),
        Err(Reason::WifiOnly)
    );
    assert_eq!(may(JobKind::Attachment, 2_000, Network::Unmetered), Ok(()));
    assert_eq!(may(JobKind::Report, 1, Network::Offline), Err(Reason::NoNetwork));
    assert_eq!(may(JobKind::Report, 1, Network::Captive), Err(Reason::Captive));
    let tired = SendPolicy {
        power: Power::Saver,
        ..SendPolicy::default()
    };
    assert_eq!(
        may_send_now(JobKind::Attachment, 1, Network::Unmetered, &tired),
        Err(Reason::OsLimits)
    );
    assert_eq!(
        may_send_now(JobKind::Report, 1, Network::Unmetered, &tired),
        Ok(())
    );
    let paused = SendPolicy {
        switch: Switch::Paused,
        ..SendPolicy::default()
    };
    assert_eq!(
        may_send_now(JobKind::Report, 1, Network::Unmetered, &paused),
        Err(Reason::Paused)
    );
}

#[test]
fn what_comes_next_is_written_as_the_command_line_promises() {
    let json = |next: WhenNext| serde_json::to_string(&next).unwrap();
    assert_eq!(json(WhenNext::Now), r#"{"kind":"now"}"#);
    assert_eq!(json(WhenNext::WhenNetwork), r#"{"kind":"network"}"#);
    assert_eq!(json(WhenNext::WhenWifi), r#"{"kind":"wifi"}"#);
    assert_eq!(json(WhenNext::AfterYou), r#"{"kind":"citizen"}"#);
    // 1,800,000,060 s after 1970: 15 January 2027, 08:01:00 UTC.
    assert_eq!(
        json(WhenNext::At { at: SOON }),
        r#"{"kind":"at","at":"2027-01-15T08:01:00Z"}"#
    );
}

#[test]
fn a_number_that_is_to_come_is_told_after_what_holds_things_back_and_before_our_own_queue() {
    use phananh_domain::why::number_pending;
    let told = |reason| {
        Some(Why {
            reason,
            next: WhenNext::Now,
            ahead: 0,
        })
    };
    for reason in Reason::ALL {
        let expected = match reason.rank() {
            Rank::Queue => Reason::NumberPending,
            _ => *reason,
        };
        assert_eq!(number_pending(told(*reason), None, NOW).reason, expected);
    }
    let alone = number_pending(None, Some(SOON), NOW);
    assert_eq!(
        (alone.reason, alone.next),
        (Reason::NumberPending, WhenNext::At { at: SOON })
    );
    assert_eq!(number_pending(None, Some(NOW), NOW).next, WhenNext::Now);
}
