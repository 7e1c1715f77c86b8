//! Leases: an open screen sends by itself, a screen that goes in the middle loses nothing, and nobody is kept out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::delivery::Delivery;
use phananh_domain::why::Network;
use phananh_engine::client::LeaseKind;
use phananh_faults::{RequestAction, RequestMatch, RequestPosition, Script, Turn};
use support::Town;
use support::phone::Phone;

#[tokio::test]
async fn an_open_screen_sends_what_is_queued_and_tells_of_it() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    phone.client().set_connectivity(Network::Offline).await.unwrap();
    let _screen = phone.client().lease(LeaseKind::Foreground).unwrap();
    let mut events = phone.client().subscribe();
    let (id, _) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    phone.client().set_connectivity(Network::Unmetered).await.unwrap();
    let done = Delivery::Delivered {
        attachments_owed: 0,
        tracked: true,
    };
    while phone.client().status(id).await.unwrap().delivery != done {
        events.next().await.unwrap();
    }
    assert_eq!(town.only_case().photos.len(), 1);
}

#[tokio::test]
async fn a_screen_that_goes_in_the_middle_of_an_attempt_leaves_it_to_be_checked() {
    for town in [Town::rich().await, Town::bare().await] {
        let phone = Phone::of(&town).await;
        let first = RequestMatch::any().method("POST").turn(Turn::nth(1));
        let hangs = RequestAction::stall(RequestPosition::AfterRequest);
        town.line.set_script(Script::new().on_request(first, hangs));
        let screen = phone.client().lease(LeaseKind::Foreground).unwrap();
        let id = phone.submitted().await;
        while town.cases().is_empty() {
            tokio::task::yield_now().await;
        }
        let status = phone.client().status(id).await.unwrap();
        assert_eq!((status.delivery, status.why), (Delivery::Sending, None));
        drop(screen);
        assert_eq!(phone.settle().await.unwrap().owed, 0);
        assert_eq!(town.cases().len(), 1);
    }
}

#[tokio::test]
async fn after_shutting_down_the_store_is_free_and_its_log_is_in_the_file() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let screen = phone.client().lease(LeaseKind::Foreground).unwrap();
    let slice = phone.client().lease(LeaseKind::Drain).unwrap();
    let id = phone.submitted().await;
    drop(screen);
    phone.settle().await.unwrap();
    drop(slice);
    phone.take().shut_down().await.unwrap();
    let log = std::fs::metadata(phone.store().join("reports.sqlite-wal"));
    assert_eq!(log.map_or(0, |file| file.len()), 0);
    phone.open().unwrap();
    assert!(phone.client().status(id).await.unwrap().receipt.is_some());
}
