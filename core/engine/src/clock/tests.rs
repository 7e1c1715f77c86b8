use phananh_domain::time::{HOUR, SECOND};

use super::*;

fn noon() -> Timestamp {
    "2026-11-25T05:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_manual_clock_wakes_sleepers_in_order_and_only_when_due() {
    let clock = ManualClock::new(noon());
    let short = tokio::spawn(clock.wait(10 * SECOND));
    let long = tokio::spawn(clock.wait(HOUR));
    assert_eq!(clock.advance_to_next_wake().await, 10 * SECOND);
    short.await.unwrap();
    assert!(!long.is_finished());
    assert_eq!(clock.next_wake(), Some(HOUR - 10 * SECOND));
    clock.advance(HOUR);
    long.await.unwrap();
    assert_eq!(clock.next_wake(), None);
    assert_eq!(clock.now(), noon().plus(HOUR + 10 * SECOND));
}

#[tokio::test]
async fn setting_the_wall_clock_wakes_nobody_and_a_dropped_wait_is_forgotten() {
    let clock = ManualClock::new(noon());
    let wait = clock.wait(HOUR);
    clock.set_wall(noon().plus(48 * HOUR));
    assert_eq!(clock.next_wake(), Some(HOUR));
    assert_eq!(clock.boot().elapsed_ms, 0);
    drop(wait);
    assert_eq!(clock.next_wake(), None);
}

#[tokio::test]
async fn a_boot_has_its_own_name_and_ends_the_waits_of_the_one_before() {
    let clock = ManualClock::new(noon());
    clock.advance(HOUR);
    let before = clock.boot();
    let wait = clock.wait(HOUR);
    clock.reboot();
    wait.await;
    assert_ne!(clock.boot().boot_id, before.boot_id);
    assert_eq!(clock.boot().elapsed_ms, 0);
}

#[tokio::test]
async fn the_system_clock_names_one_boot_and_never_runs_backwards() {
    let (first, second) = (SystemClock.boot(), SystemClock.boot());
    assert_eq!(first.boot_id, second.boot_id);
    assert!(!first.boot_id.is_empty());
    assert!(first.elapsed_ms >= 0 && second.elapsed_ms >= first.elapsed_ms);
    let before = SystemClock.boot().elapsed_ms;
    SystemClock.wait(5).await;
    assert!(SystemClock.boot().elapsed_ms >= before + 5);
    SystemClock.wait(-1).await;
}
