//! A report that appears at the city under our key is delivered, without a second send of ours.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::delivery::Delivery;
use phananh_domain::reason::Reason;
use phananh_domain::time::DAY;
use phananh_engine::client::Decision;
use phananh_faults::{RequestAction, RequestMatch, Script, Turn};
use support::Town;
use support::phone::Phone;

#[tokio::test]
async fn sync_sees_our_own_report_at_the_city_and_nothing_is_sent_again() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let first = RequestMatch::any().method("POST").turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(first, RequestAction::lose_answer()));
    let id = phone.submitted().await;
    phone.drain().await;
    assert_eq!(
        phone.client().status(id).await.unwrap().delivery,
        Delivery::Unconfirmed
    );

    phone.client().sync().await.unwrap();

    let status = phone.client().status(id).await.unwrap();
    assert!(
        matches!(status.delivery, Delivery::Delivered { tracked: true, .. }),
        "{:?}",
        status.delivery
    );
    assert!(status.receipt.unwrap().found);
    assert_eq!(status.service_request_id.unwrap().as_str(), town.only_case().id);
    assert_eq!(town.city.counts().unwrap().report_posts, 1);
}

#[tokio::test]
async fn sync_does_not_take_what_the_city_does_not_have_for_delivered() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.submitted().await;
    phone.client().sync().await.unwrap();
    assert_eq!(
        phone.client().status(id).await.unwrap().delivery,
        Delivery::Queued
    );
    assert!(town.cases().is_empty());
}

#[tokio::test]
async fn a_report_that_became_visible_after_the_question_is_not_sent_again() {
    let town = Town::with(|config| {
        config.extensions = phananh_city::Extensions::none();
        config.list_lag = std::time::Duration::from_secs(24 * 3_600);
    })
    .await;
    let phone = Phone::of(&town).await;
    let first = RequestMatch::any().method("POST").turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(first, RequestAction::lose_answer()));
    let id = phone.submitted().await;
    assert_eq!(phone.settle().await.unwrap().needs_citizen, 1);
    assert_eq!(phone.why(id).await, Some(Reason::CannotTell));

    // The city shows it by now; the citizen, who cannot know, says "again".
    phone.clock.advance(2 * DAY);
    phone.client().decide(id, Decision::Again).await.unwrap();
    phone.settle().await.unwrap();

    let delivery = phone.client().status(id).await.unwrap().delivery;
    assert!(matches!(delivery, Delivery::Delivered { .. }), "{delivery:?}");
    assert_eq!(town.cases().len(), 1);
    assert_eq!(town.city.counts().unwrap().report_posts, 1);
}
