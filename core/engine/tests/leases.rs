//! Leases: an open screen sends by itself, a screen that goes in the middle loses nothing, and nobody is kept out: after
//! the last lease the folder is free, and whoever comes next finds the store open.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use phananh_domain::delivery::Delivery;
use phananh_domain::id::ReportId;
use phananh_domain::why::Network;
use phananh_engine::client::{DraftChanges, LeaseKind, ListQuery};
use phananh_engine::secrets::FileSecrets;
use phananh_engine::{Client, ClientError, Config, Event};
use phananh_faults::{RequestAction, RequestMatch, RequestPosition, Script, Turn};
use support::phone::Phone;
use support::story::{WORDS, draft};
use support::{CITY, Town, profile};

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

/// Files of a folder that this process holds open: SQLite's and the lock.
fn open_files(folder: &Path) -> usize {
    let folder = folder.canonicalize().unwrap();
    std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|file| file.starts_with(&folder))
        .count()
}

fn words(text: &str) -> DraftChanges {
    DraftChanges {
        text: Some(text.to_owned()),
        ..DraftChanges::default()
    }
}

/// One after the other: between a fork and its exec a child holds every lock of its parent, those of other tests too.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const FOLDER: &str = "PHANANH_SECOND_PROCESS_FOLDER";
const DRAFT: &str = "PHANANH_SECOND_PROCESS_DRAFT";

fn shared(folder: &Path) -> Config {
    let secrets = FileSecrets::open(&folder.join("secrets")).unwrap();
    Config::new(folder.join("store"), Arc::new(secrets))
}

#[tokio::test]
#[ignore = "the second process of the test below, which runs it"]
async fn the_second_process() {
    let folder = std::env::var(FOLDER).unwrap();
    let draft: ReportId = std::env::var(DRAFT).unwrap().parse().unwrap();
    let client = Client::open(shared(Path::new(&folder))).unwrap();
    client
        .edit_draft(draft, words("Của tiến trình kia"))
        .await
        .unwrap();
    client.shut_down().await.unwrap();
}

/// Runs the second process to its end; whether it could have the folder.
fn second_process(folder: &Path, draft: ReportId) -> bool {
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_second_process", "--ignored"])
        .env(FOLDER, folder)
        .env(DRAFT, draft.to_string())
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&run.stdout);
    let held = out.contains("StoreHeld");
    assert_eq!(run.status.success(), !held, "{out}");
    !held
}

#[tokio::test]
async fn after_the_last_lease_another_process_may_have_the_folder_and_nothing_of_it_is_missed() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let client = Client::open(shared(folder.path())).unwrap();
    client.set_city(profile(), None).await.unwrap();
    let screen = client.lease(LeaseKind::Foreground).unwrap();
    let slice = client.lease(LeaseKind::Drain).unwrap();
    let id = client.create_draft(draft()).await.unwrap().id;
    assert!(!second_process(folder.path(), id), "a lease holds it");
    screen.end().await;
    assert!(!second_process(folder.path(), id), "the other lease holds it");
    let mut events = client.subscribe();
    slice.end().await;
    assert_eq!(open_files(folder.path()), 0);
    assert!(second_process(folder.path(), id));
    // A call needs no lease, and leaves the folder as free as it was.
    let text = |report: phananh_domain::report::Report| report.content.text;
    assert_eq!(text(client.report(id).await.unwrap()), "Của tiến trình kia");
    // Told before the call came back: nothing has to be waited for, and a silence is no hang.
    let told = tokio::select! {
        biased;
        event = events.next() => event,
        () = std::future::ready(()) => None,
    };
    assert_eq!(told, Some(Event::Resync));
    assert_eq!(open_files(folder.path()), 0);
    client.edit_draft(id, words(WORDS)).await.unwrap();
    assert!(second_process(folder.path(), id));
    let _screen = client.lease(LeaseKind::Foreground).unwrap();
    assert_eq!(text(client.report(id).await.unwrap()), "Của tiến trình kia");
    assert!(!second_process(folder.path(), id), "held again");
}

#[tokio::test]
async fn a_folder_that_somebody_else_has_now_is_an_error_for_now() {
    let _alone = ALONE.lock().await;
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    phone.client().lease(LeaseKind::Drain).unwrap().end().await;
    let other = Client::open(phone.config(&phone.store())).unwrap();
    let screen = phone.client().lease(LeaseKind::Foreground).unwrap();
    let refused = phone.client().list(ListQuery::default()).await.unwrap_err();
    assert!(matches!(refused, ClientError::StoreHeld { .. }), "{refused}");
    other.shut_down().await.unwrap();
    phone.client().create_draft(draft()).await.unwrap();
    drop(screen);
    phone.client().list(ListQuery::default()).await.unwrap();
}

#[tokio::test]
async fn a_thousand_leases_leave_nothing_open() {
    let _alone = ALONE.lock().await;
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.drafted().await;
    for n in 0..1_000 {
        let kind = [LeaseKind::Foreground, LeaseKind::Drain][n % 2];
        let lease = phone.client().lease(kind).unwrap();
        if n % 10 == 0 {
            phone
                .client()
                .edit_draft(id, words(&n.to_string()))
                .await
                .unwrap();
        }
        lease.end().await;
        assert_eq!(open_files(&phone.store()), 0, "after {n}");
    }
    assert_eq!(phone.client().report(id).await.unwrap().content.text, "990");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_sees_a_store_that_is_closed() {
    let _alone = ALONE.lock().await;
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let ids = [
        phone.drafted().await,
        phone.drafted().await,
        phone.drafted().await,
    ];
    let client = Arc::new(phone.take());
    let calls = ids.map(|id| {
        let client = Arc::clone(&client);
        tokio::spawn(async move {
            for n in 0..60 {
                client.edit_draft(id, words(&n.to_string())).await.unwrap();
                client.list(ListQuery::default()).await.unwrap();
                client.drain(Default::default()).await.unwrap();
                client
                    .services(phananh_domain::id::CityId::new(CITY))
                    .await
                    .unwrap();
            }
        })
    });
    let leases = Arc::clone(&client);
    let flips = tokio::spawn(async move {
        for n in 0..300 {
            let lease = leases
                .lease([LeaseKind::Foreground, LeaseKind::Drain][n % 2])
                .unwrap();
            tokio::task::yield_now().await;
            match n % 3 {
                0 => drop(lease),
                _ => lease.end().await,
            }
        }
    });
    for call in calls {
        call.await.unwrap();
    }
    flips.await.unwrap();
    client.lease(LeaseKind::Drain).unwrap().end().await;
    assert_eq!(open_files(&phone.store()), 0);
    for id in ids {
        assert_eq!(client.report(id).await.unwrap().content.text, "59");
    }
}
