//! Why something waits: each state gives one reason and what comes next, and goes on when that comes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::delivery::Delivery;
use phananh_domain::id::ReportId;
use phananh_domain::reason::Reason;
use phananh_domain::time::{MINUTE, SECOND, Timestamp};
use phananh_domain::why::{Network, PhotoLine, SendPolicy, Switch, WhenNext, Why};
use phananh_engine::client::{DrainLimits, NewDraft, Pace};
use phananh_faults::{Answer, Forward, RequestAction, RequestMatch, RequestPosition, Script, Turn};
use support::phone::Phone;
use support::story::draft;
use support::{START, Town};

async fn why(phone: &Phone, id: ReportId) -> (Reason, WhenNext) {
    let Why { reason, next, .. } = phone.client().why(id).await.unwrap().why.unwrap();
    (reason, next)
}

/// Drains as `send --now` does.
async fn now(phone: &Phone) -> phananh_engine::client::DrainReport {
    let limits = DrainLimits {
        pace: Pace::Now,
        ..DrainLimits::default()
    };
    phone.client().drain(limits).await.unwrap()
}

#[tokio::test]
async fn no_network_and_a_portal_wait_for_the_network() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.submitted().await;
    for (network, reason) in [
        (Network::Offline, Reason::NoNetwork),
        (Network::Captive, Reason::Captive),
    ] {
        phone.client().set_connectivity(network).await.unwrap();
        assert_eq!(why(&phone, id).await, (reason, WhenNext::WhenNetwork));
        assert_eq!(now(&phone).await.requests, 0);
    }
    phone.client().set_connectivity(Network::Metered).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert_eq!(phone.why(id).await, None);
}

#[tokio::test]
async fn a_data_saver_lets_words_go_and_keeps_photos_for_wifi() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let (id, _) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    phone.client().set_connectivity(Network::Metered).await.unwrap();
    phone.client().set_policy(SendPolicy {
        photos: PhotoLine::Unmetered,
        ..SendPolicy::default()
    });
    phone.settle().await.unwrap();
    assert_eq!(town.only_case().photos, []);
    assert_eq!(why(&phone, id).await, (Reason::WifiOnly, WhenNext::WhenWifi));
    let status = phone.client().status(id).await.unwrap();
    let delivered = Delivery::Delivered {
        attachments_owed: 1,
        tracked: true,
    };
    assert_eq!(status.delivery, delivered);
    phone.client().set_connectivity(Network::Unmetered).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert_eq!(town.only_case().photos.len(), 1);
}

#[tokio::test]
async fn the_citizens_switch_pauses_everything() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.submitted().await;
    phone.client().set_policy(SendPolicy {
        switch: Switch::Paused,
        ..SendPolicy::default()
    });
    assert_eq!(now(&phone).await.requests, 0);
    assert_eq!(why(&phone, id).await, (Reason::Paused, WhenNext::AfterYou));
    phone.client().set_policy(SendPolicy::default());
    assert_eq!(why(&phone, id).await, (Reason::InLine, WhenNext::Now));
    assert_eq!(phone.settle().await.unwrap().owed, 0);
}

#[tokio::test]
async fn a_busy_city_is_left_alone_as_long_as_it_says() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let busy = Answer::new(503, Forward::No).header("Retry-After", "120");
    let once = RequestMatch::any().method("POST").turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(once, RequestAction::Answer(busy)));
    let id = phone.submitted().await;
    phone.drain().await;
    let until = Timestamp::from_millis(START).plus(120 * SECOND);
    assert_eq!(why(&phone, id).await, (Reason::Busy, WhenNext::At { at: until }));
    let report = now(&phone).await;
    assert_eq!((report.requests, report.next_due_at), (0, Some(until)));
    // A practice run goes to its end meanwhile, and is no sign that the city has time again.
    let practice = NewDraft {
        practice: true,
        ..draft()
    };
    let practice = phone.client().create_draft(practice).await.unwrap().id;
    let place = "Chợ Đông Ba".to_owned();
    phone.client().set_place_words(practice, place).await.unwrap();
    phone.client().submit(practice).await.unwrap();
    assert_eq!(now(&phone).await.requests, 0);
    assert_eq!(phone.why(practice).await, None);
    assert_eq!(why(&phone, id).await, (Reason::Busy, WhenNext::At { at: until }));
    phone.client().retry(id).await.unwrap();
    assert_eq!(
        now(&phone).await.requests,
        0,
        "not even where the citizen insists"
    );
    phone.clock.advance(120 * SECOND);
    assert_eq!(phone.drain().await.owed, 0);
    assert_eq!(town.cases().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_checked_and_where_nobody_can_tell_the_citizen_decides() {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    let half = RequestAction::cut(RequestPosition::InBody);
    let once = RequestMatch::any().method("POST").turn(Turn::nth(1));
    town.line.set_script(Script::new().on_request(once, half));
    let id = phone.submitted().await;
    phone.drain().await;
    let (reason, next) = why(&phone, id).await;
    assert_eq!(reason, Reason::Checking);
    // The first look that can prove something: after twice the total timeout (DESIGN.md, look-up).
    let settled = Timestamp::from_millis(START).plus(2 * 5 * SECOND);
    assert_eq!(next, WhenNext::At { at: settled });
    assert_eq!(
        now(&phone).await.requests,
        0,
        "the waits of a look-up are part of its proof"
    );

    phone.clock.advance(10 * SECOND);
    phone.drain().await;
    let (reason, next) = why(&phone, id).await;
    assert_eq!(
        (reason, next),
        (
            Reason::Checking,
            WhenNext::At {
                at: settled.plus(MINUTE)
            }
        )
    );
    phone.clock.advance(MINUTE);
    let report = phone.drain().await;
    assert_eq!(
        (report.owed, report.needs_citizen, report.next_due_at),
        (1, 1, None)
    );
    // This city never showed us a report of ours: its silence proves nothing.
    assert_eq!(why(&phone, id).await, (Reason::CannotTell, WhenNext::AfterYou));
    assert_eq!(
        (town.cases().len(), town.city.counts().unwrap().report_posts),
        (0, 1)
    );
}

#[tokio::test]
async fn a_city_that_is_down_is_knocked_at_by_the_schedule() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    town.line.off().await.unwrap();
    let id = phone.submitted().await;
    let report = phone.drain().await;
    let at = report.next_due_at.unwrap();
    assert_eq!(why(&phone, id).await, (Reason::NoNetwork, WhenNext::At { at }));
    town.line.on().await.unwrap();
    phone.clock.advance(at.since(Timestamp::from_millis(START)));
    assert_eq!(phone.drain().await.owed, 0);
}
