//! Every machine of the domain, explored breadth-first over all its states and events.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use phananh_domain::case::{self, CaseEvent, CaseState, CaseStatus};
use phananh_domain::id::CaseNumber;
use phananh_domain::job::{self, Exposed, Exposure, JobEvent, JobState};
use phananh_domain::reason::Reason;
use phananh_domain::time::Timestamp;

const LATER: Option<Timestamp> = Some(Timestamp::from_millis(5_000));

/// All states that can be reached, each with its ways on.
fn explore<S: Clone + Eq + Hash, E: Copy>(
    start: S,
    events: &[E],
    step: impl Fn(&S, E) -> Option<S>,
) -> HashMap<S, Vec<(E, S)>> {
    let mut ways: HashMap<S, Vec<(E, S)>> = HashMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(state) = open.pop_front() {
        if ways.contains_key(&state) {
            continue;
        }
        let on: Vec<(E, S)> = events
            .iter()
            .filter_map(|e| Some((*e, step(&state, *e)?)))
            .collect();
        open.extend(on.iter().map(|(_, next)| next.clone()));
        ways.insert(state, on);
    }
    ways
}

fn job_events() -> Vec<JobEvent> {
    let mut events = vec![
        JobEvent::Start,
        JobEvent::Accepted,
        JobEvent::ProvenAbsent,
        JobEvent::SendAgain,
    ];
    for next_at in [None, LATER] {
        events.push(JobEvent::Postpone {
            next_at,
            reason: None,
        });
        events.push(JobEvent::Postpone {
            next_at,
            reason: Some(Reason::Busy),
        });
        events.push(JobEvent::Lost { next_at });
        events.push(JobEvent::KeepChecking { next_at });
    }
    for reason in [Reason::CannotTell, Reason::Refused, Reason::PhotoGone] {
        events.push(JobEvent::Stop { reason });
    }
    for exposure in Exposure::ALL {
        events.push(JobEvent::Restarted { exposure: *exposure });
    }
    events
}

fn jobs() -> HashMap<JobState, Vec<(JobEvent, JobState)>> {
    let start = JobState::Queued {
        next_at: None,
        reason: None,
    };
    explore(start, &job_events(), |state, event| job::step(*state, event).ok())
}

#[test]
fn every_state_of_a_job_is_reached_and_leads_to_done() {
    let ways = jobs();
    let words: HashSet<&str> = ways.keys().map(JobState::as_str).collect();
    assert_eq!(
        words,
        HashSet::from(["queued", "sending", "unconfirmed", "done", "blocked"])
    );
    for (state, on) in &ways {
        let accepted = on.iter().find(|(event, _)| *event == JobEvent::Accepted);
        assert_eq!(accepted.map(|(_, next)| *next), Some(JobState::Done), "{state:?}");
        if *state == JobState::Done {
            assert!(
                on.iter().all(|(_, next)| *next == JobState::Done),
                "done is final"
            );
        } else {
            assert!(
                on.iter().any(|(_, next)| next.as_str() != state.as_str()),
                "{state:?} has a way out"
            );
        }
    }
}

#[test]
fn what_may_have_left_is_sent_anew_only_on_proof_or_by_the_citizen() {
    for (state, on) in &jobs() {
        for (event, next) in on {
            if matches!(state, JobState::Unconfirmed { .. }) && matches!(next, JobState::Queued { .. }) {
                assert!(
                    matches!(event, JobEvent::ProvenAbsent | JobEvent::SendAgain),
                    "{event:?}"
                );
            }
        }
    }
}

#[test]
fn a_blocked_job_leaves_by_the_citizen_by_proof_or_by_the_case_and_not_by_the_worker() {
    let mut blocked = 0;
    for (state, on) in &jobs() {
        if !matches!(state, JobState::Blocked { .. }) {
            continue;
        }
        blocked += 1;
        let leaves = |event: JobEvent| {
            on.iter()
                .any(|(e, next)| *e == event && next.as_str() != "blocked")
        };
        assert!(leaves(JobEvent::SendAgain));
        assert!(leaves(JobEvent::KeepChecking { next_at: None }));
        assert!(leaves(JobEvent::Accepted));
        for (event, next) in on {
            let by_worker = matches!(
                event,
                JobEvent::Start | JobEvent::Postpone { .. } | JobEvent::Restarted { .. }
            );
            assert!(!by_worker || next.as_str() == "blocked", "{event:?}");
        }
    }
    assert_eq!(blocked, 3);
}

#[test]
fn a_kill_in_the_middle_is_settled_by_what_was_persisted() {
    let after = |exposure| {
        job::step(JobState::Sending, JobEvent::Restarted { exposure })
            .unwrap()
            .as_str()
    };
    assert_eq!(after(Exposure::None), "queued");
    assert_eq!(after(Exposure::Unknown), "unconfirmed");
    assert_eq!(after(Exposure::Refused), "queued");
    assert_eq!(after(Exposure::Accepted), "done");
}

/// An attempt as the engine runs it: `Leaving` is written, then the outcome, with the exposure from before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Exposing {
    now: Exposure,
    before: Exposure,
}

#[test]
fn an_unknown_exposure_ends_only_by_acceptance_or_proof() {
    let all = [
        Exposed::Leaving,
        Exposed::NothingKept,
        Exposed::Refusal,
        Exposed::Acceptance,
        Exposed::ProvenAbsent,
    ];
    let ways = explore(
        Exposing {
            now: Exposure::None,
            before: Exposure::None,
        },
        &all,
        |state, event| {
            Some(match event {
                Exposed::Leaving => Exposing {
                    now: state.now.step(event, state.now),
                    before: state.now,
                },
                _ => {
                    let now = state.now.step(event, state.before);
                    Exposing { now, before: now }
                }
            })
        },
    );
    let seen: HashSet<Exposure> = ways.keys().map(|s| s.now).collect();
    assert_eq!(seen.len(), Exposure::ALL.len());
    for (state, on) in &ways {
        for (event, next) in on {
            match (state.now, next.now) {
                (Exposure::Accepted, after) => assert_eq!(after, Exposure::Accepted),
                (Exposure::Unknown, Exposure::None | Exposure::Refused) => {
                    let earlier_known = state.before != Exposure::Unknown;
                    let fair = match event {
                        Exposed::ProvenAbsent => true,
                        Exposed::NothingKept => earlier_known && next.now == state.before,
                        Exposed::Refusal => earlier_known && next.now == Exposure::Refused,
                        Exposed::Leaving | Exposed::Acceptance => false,
                    };
                    assert!(fair, "{state:?} {event:?} {next:?}");
                }
                _ => {}
            }
        }
    }
}

const STATUS_WORDS: &[&str] = &[
    "submitted",
    "received",
    "verifying",
    "assigned",
    "in_progress",
    "extended",
    "transferred",
    "waiting_citizen",
    "resolved",
    "closed",
    "closed_unresolved",
    "rejected",
    "duplicate",
    "reopened",
    "withdrawn",
    "open",
];
const TALK: &[&str] = &[
    "answer",
    "comment",
    "rating",
    "remind",
    "attachment",
    "a word of tomorrow",
    "",
];

fn told(kind: &str, seq: i64) -> CaseEvent {
    CaseEvent {
        id: seq.to_string(),
        seq,
        at: Timestamp::from_millis(seq),
        kind: kind.to_owned(),
        actor: None,
        reason_code: None,
        text: None,
        due_at: None,
        outcome: None,
        duplicate_of: (kind == "duplicate").then(|| CaseNumber::new("77")),
        attachments: Vec::new(),
    }
}

#[test]
fn a_case_follows_its_newest_status_word_and_keeps_it_through_talk() {
    let kinds: Vec<&str> = STATUS_WORDS.iter().chain(TALK).copied().collect();
    let ways = explore(CaseStatus::Open, &kinds, |status, kind| {
        Some(
            case::step(
                &CaseState {
                    status: status.clone(),
                    seq: 4,
                },
                &told(kind, 5),
            )
            .status,
        )
    });
    assert_eq!(
        ways.len(),
        STATUS_WORDS.len(),
        "every status is reached, and no other"
    );
    for (status, on) in &ways {
        assert_eq!(on.len(), kinds.len());
        for (kind, next) in on {
            if STATUS_WORDS.contains(kind) {
                assert_eq!(next.as_str(), *kind);
            } else {
                assert_eq!(next, status, "{kind:?} changes nothing");
            }
        }
    }
    assert!(
        ways.contains_key(&CaseStatus::Duplicate(CaseNumber::new("77"))),
        "with the lead's number"
    );
}

#[test]
fn an_event_that_comes_late_or_twice_changes_nothing() {
    let state = CaseState {
        status: CaseStatus::Resolved,
        seq: 9,
    };
    for seq in [9, 8, 0, i64::MIN] {
        assert_eq!(case::step(&state, &told("assigned", seq)), state);
    }
    let talk = case::step(&state, &told("comment", 12));
    assert_eq!(
        talk,
        CaseState {
            status: CaseStatus::Resolved,
            seq: 12
        }
    );
    assert_eq!(
        case::step(&talk, &told("assigned", 11)),
        talk,
        "older than the talk that was folded in"
    );
}

#[test]
fn a_merge_without_the_lead_case_does_not_invent_one() {
    let state = CaseState {
        status: CaseStatus::Received,
        seq: 1,
    };
    let merged = CaseEvent {
        duplicate_of: None,
        ..told("duplicate", 2)
    };
    assert_eq!(case::step(&state, &merged).status, CaseStatus::Received);
}
