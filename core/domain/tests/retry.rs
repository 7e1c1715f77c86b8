//! When to try again: bounded gaps, budgets and breakers that no clock can stick, the order of sending.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::id::JobId;
use phananh_domain::job::JobKind;
use phananh_domain::reason::Reason;
use phananh_domain::report::Urgency;
use phananh_domain::retry::{
    BREAK_AFTER, Breaker, BreakerEvent, Budget, COME_BACK, DAILY_ATTEMPTS, LARGEST_GAP, LARGEST_WAIT,
    ONLINE_CAP, PATIENT_AFTER, Pass, Progress, RetryAfter, ceiling, due, failures_after, gap, network_back,
    priority,
};
use phananh_domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

#[test]
fn ceilings_double_from_two_seconds_rest_at_fifteen_minutes_and_end_at_six_hours() {
    assert_eq!(
        [1, 2, 3, 9].map(ceiling),
        [2 * SECOND, 4 * SECOND, 8 * SECOND, 512 * SECOND]
    );
    assert_eq!([10, 15, PATIENT_AFTER].map(ceiling), [ONLINE_CAP; 3]);
    let patient = [1, 2, 3, 4, 5, 1_000].map(|n| ceiling(PATIENT_AFTER + n));
    assert_eq!(
        patient,
        [30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, LARGEST_GAP, LARGEST_GAP]
    );
    assert_eq!(ceiling(u32::MAX), LARGEST_GAP);
    assert_eq!(gap(1, 0), 0);
    assert_eq!(gap(1, u64::MAX), 2 * SECOND);
    assert_eq!(
        gap(1, u64::MAX / 2),
        SECOND,
        "the middle of the numbers is the middle of the gap"
    );
}

#[test]
fn progress_starts_the_gaps_anew() {
    assert_eq!(failures_after(30, Progress::Stuck), 31);
    assert_eq!(failures_after(30, Progress::Moved), 1);
    assert_eq!(failures_after(u32::MAX, Progress::Stuck), u32::MAX);
}

#[test]
fn a_wait_ends_in_time_and_one_from_another_clock_ends_at_once() {
    assert!(due(None, NOW));
    assert!(due(Some(NOW), NOW));
    assert!(!due(Some(NOW.plus(1)), NOW));
    assert!(!due(Some(NOW.plus(LARGEST_WAIT)), NOW));
    assert!(due(Some(NOW.plus(LARGEST_WAIT + 1)), NOW));
    assert!(due(Some(NOW.plus(365 * DAY)), NOW), "the clock was a year ahead");
}

#[test]
fn retry_after_is_clamped_and_a_date_is_read_by_the_answers_own_clock() {
    assert_eq!(RetryAfter::Seconds(120).wait(NOW), 2 * MINUTE);
    assert_eq!(RetryAfter::Seconds(u64::MAX).wait(NOW), DAY);
    // The city's clock is a year off: its own Date makes no matter of it.
    let city_now = NOW.plus(-365 * DAY);
    let dated = |ms, date| {
        RetryAfter::At {
            at: city_now.plus(ms),
            date,
        }
        .wait(NOW)
    };
    assert_eq!(dated(MINUTE, Some(city_now)), MINUTE);
    assert_eq!(dated(-MINUTE, Some(city_now)), 0);
    assert_eq!(dated(2 * DAY, Some(city_now)), DAY);
    assert_eq!(
        dated(365 * DAY + HOUR, None),
        HOUR,
        "without a Date the phone's clock has to do"
    );
}

#[test]
fn a_day_has_so_many_attempts_and_then_a_next_day() {
    let mut budget = Budget::default();
    for n in 0..DAILY_ATTEMPTS {
        budget = budget.take(NOW.plus(i64::from(n) * MINUTE)).unwrap();
    }
    let spent = budget.take(NOW.plus(HOUR)).unwrap_err();
    assert_eq!(spent.until, NOW.plus(DAY));
    assert!(budget.check(NOW.plus(DAY - 1)).is_err());
    assert_eq!(
        budget.take(NOW.plus(DAY)).unwrap(),
        Budget {
            since: Some(NOW.plus(DAY)),
            used: 1
        }
    );
    assert_eq!(
        budget.take(NOW.plus(-1)).unwrap().used,
        1,
        "a clock set back must not lock a report up"
    );
}

#[test]
fn a_breaker_opens_after_some_failures_and_lets_one_probe() {
    let mut breaker = Breaker::default();
    for _ in 1..BREAK_AFTER {
        breaker = breaker.step(BreakerEvent::Failed, NOW, u64::MAX);
        assert_eq!(breaker.pass(NOW), Pass::Go);
    }
    let open = breaker.step(BreakerEvent::Failed, NOW, 0);
    // Third failure: ceiling 8 s, half of it certain.
    let until = NOW.plus(4 * SECOND);
    assert_eq!(open.pass(NOW), Pass::Wait(until));
    assert_eq!(open.pass(until), Pass::Probe);
    assert_eq!(
        open.pass(NOW.plus(-365 * DAY)),
        Pass::Probe,
        "the clock was set back"
    );
    let probing = open.step(BreakerEvent::Probe, until, 0);
    assert_eq!(probing.pass(until), Pass::WaitForProbe);
    assert_eq!(
        probing.step(BreakerEvent::Failed, until, 0).pass(until),
        Pass::Wait(until.plus(8 * SECOND))
    );
    assert_eq!(probing.step(BreakerEvent::Answered, until, 0), Breaker::default());
    assert_eq!(
        open.step(BreakerEvent::NetworkChanged, NOW, 0).pass(NOW),
        Pass::Probe
    );
}

#[test]
fn life_goes_first_then_urgent_then_words_then_the_oldest() {
    let job = |n: u8| JobId::mint(NOW, [n; 10]);
    let (old, new) = (NOW, NOW.plus(HOUR));
    let in_order = [
        priority(Urgency::Life, JobKind::Report, new, job(1)),
        priority(Urgency::Life, JobKind::Attachment, old, job(1)),
        priority(Urgency::Urgent, JobKind::Report, new, job(1)),
        priority(Urgency::Urgent, JobKind::Attachment, old, job(1)),
        priority(Urgency::Normal, JobKind::Message, old, job(1)),
        priority(Urgency::Normal, JobKind::Report, old, job(2)),
        priority(Urgency::Normal, JobKind::Report, new, job(1)),
        priority(Urgency::Normal, JobKind::Attachment, old, job(1)),
    ];
    let mut sorted = in_order;
    sorted.reverse();
    sorted.sort_unstable();
    assert_eq!(sorted, in_order);
}

proptest! {
    #[test]
    fn gaps_stay_below_their_ceiling_and_ceilings_never_shrink(failures in any::<u32>(), random in any::<u64>()) {
        let drawn = gap(failures, random);
        prop_assert!((0..=ceiling(failures)).contains(&drawn));
        prop_assert!(ceiling(failures) <= ceiling(failures.saturating_add(1)));
        prop_assert!(ceiling(failures) <= LARGEST_GAP);
        prop_assert!(due(Some(NOW.plus(drawn)), NOW.plus(LARGEST_GAP)));
    }

    #[test]
    fn a_network_that_comes_back_only_ever_shortens(wait in 0..LARGEST_WAIT, random in any::<u64>()) {
        let next_at = Some(NOW.plus(wait));
        let soon = network_back(next_at, Some(Reason::NoNetwork), NOW, random).unwrap();
        prop_assert!(soon <= NOW.plus(wait) && soon <= NOW.plus(COME_BACK) && soon >= NOW);
        for kept in [Reason::Busy, Reason::DailyLimit, Reason::Checking] {
            prop_assert_eq!(network_back(next_at, Some(kept), NOW, random), next_at);
        }
        prop_assert_eq!(network_back(None, None, NOW, random), None);
    }

    #[test]
    fn no_clock_gives_more_than_a_days_budget_within_a_day_or_locks_it_up(
        steps in prop::collection::vec(0..2 * HOUR, 1..200),
    ) {
        let mut now = NOW;
        let mut budget = Budget::default();
        let mut taken: Vec<Timestamp> = Vec::new();
        for step in steps {
            now = now.plus(step);
            match budget.take(now) {
                Ok(next) => { budget = next; taken.push(now); }
                Err(spent) => prop_assert!(spent.until > now && spent.until.since(now) <= DAY),
            }
            let since = budget.since.unwrap();
            prop_assert!(taken.iter().filter(|t| **t >= since).count() <= DAILY_ATTEMPTS as usize);
        }
    }

    #[test]
    fn a_retry_after_is_within_a_day(at in any::<i64>(), date in prop::option::of(any::<i64>()), s in any::<u64>()) {
        let stamp = Timestamp::from_millis;
        for answer in [RetryAfter::Seconds(s), RetryAfter::At { at: stamp(at), date: date.map(stamp) }] {
            prop_assert!((0..=DAY).contains(&answer.wait(NOW)));
        }
    }

    #[test]
    fn an_open_breaker_always_lets_a_probe_through_in_the_end(
        events in prop::collection::vec(prop::sample::select(vec![
            BreakerEvent::Answered, BreakerEvent::Failed, BreakerEvent::Probe, BreakerEvent::NetworkChanged,
        ]), 0..60),
        random in any::<u64>(),
    ) {
        let breaker = events.into_iter().fold(Breaker::default(), |b, e| b.step(e, NOW, random));
        match breaker.pass(NOW) {
            Pass::Wait(until) => {
                prop_assert!(until.since(NOW) <= LARGEST_GAP);
                prop_assert_eq!(breaker.pass(until), Pass::Probe);
            }
            Pass::Go | Pass::Probe => {}
            Pass::WaitForProbe => {
                prop_assert_eq!(breaker.step(BreakerEvent::Answered, NOW, random), Breaker::default());
            }
        }
    }
}

#[test]
fn a_token_is_asked_about_ever_more_rarely_and_never_given_up() {
    use phananh_domain::retry::poll_gap;
    // As long as it has taken so far, within bounds.
    for (waited, gap) in [
        (-HOUR, MINUTE),
        (0, MINUTE),
        (10 * MINUTE, 10 * MINUTE),
        (2 * HOUR, 2 * HOUR),
        (13 * DAY, 6 * HOUR),
        (14 * DAY, DAY),
        (365 * DAY, DAY),
    ] {
        assert_eq!(poll_gap(waited), gap, "{waited}");
    }
}
