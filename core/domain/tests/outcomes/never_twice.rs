//! Random runs of attempts, look-ups, decisions and kills against a model that remembers the truth.

use phananh_domain::job::{self, Exposed, Exposure, JobEvent, JobKind, JobState};
use phananh_domain::lookup::{Looked, Verdict};
use phananh_domain::outcome::{
    Attempt, BusyStatus, Change, KeyPromise, Observation as O, Past, Question, Sent, Standing, may_recall,
    may_revise, rule, settle,
};
use phananh_domain::profile::RefusalMeaning;
use proptest::prelude::*;

use crate::{NOW, every_observation, exposure};

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
                    let past = Past { exposure: exposure_now, refusals, looked: *looked };
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
