//! A store on a real file system of 8 MB that fills up: the kernel's own "no space", not one that a test made up.
//!
//! The file system is a `tmpfs`, which only root may mount; where it cannot be, the test counts as skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use phananh_domain::id::{CityId, ReportId};
use phananh_domain::report::Phase;
use phananh_engine::client::{DraftChanges, ListQuery};
use phananh_engine::clock::{Clock as _, ManualClock, SystemClock};
use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, ClientError};
use support::phone::Phone;
use support::story::{WORDS, draft};
use support::{CITY, Town, picture, profile};

const FILLS_UP: &str = "a_disk_that_fills_up_loses_nothing_and_stops_nothing_for_good";
const IS_FULL: &str = "a_store_on_a_full_disk_opens_and_is_read";

/// A mounted file system, gone with the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
            .arg(at)
            .output()
            .map_err(|error| format!("mount: {error}"))?;
        if mounted.status.success() {
            Ok(Self(at.to_owned()))
        } else {
            Err(String::from_utf8_lossy(&mounted.stderr).trim().to_owned())
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// Writes until not a byte is left.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    for size in [64 * 1024, 4_096, 1] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
}

/// More than fits into the space that SQLite holds already.
fn long() -> DraftChanges {
    DraftChanges {
        text: Some("Nước ngập ".repeat(1_900)),
        ..DraftChanges::default()
    }
}

#[track_caller]
fn full<T>(result: Result<T, ClientError>) {
    let expected = ClientError::Storage {
        code: "error.disk_full".to_owned(),
    };
    assert_eq!(result.err(), Some(expected));
}

/// What fits into the space that SQLite holds already may still be saved; more than that may not.
async fn until_full(client: &Client, id: ReportId) {
    for _ in 0..40 {
        let edited = client.edit_draft(id, long()).await;
        if edited.is_err() {
            return full(edited);
        }
    }
    panic!("the disk never was full");
}

#[track_caller]
fn is_old_or_new(text: &str) {
    assert!(
        [WORDS, long().text.as_deref().unwrap()].contains(&text),
        "half a text"
    );
}

async fn fills_up(folder: &Path, disk: &Path) {
    let town = Town::rich().await;
    let phone = Phone::new(&town.clock);
    let client = Client::open(phone.config(&disk.join("store"))).unwrap();
    client.set_city(profile(), Some(town.url())).await.unwrap();
    let id = client.create_draft(draft()).await.unwrap().id;
    client.set_pin(id, 16.4637, 107.5909, None).await.unwrap();
    let photo = picture(folder, 1).to_string_lossy().into_owned();

    let filler = disk.join("filler");
    fill(&filler);
    until_full(&client, id).await;
    full(client.create_draft(draft()).await);
    full(client.add_photo(id, photo.clone(), None).await);
    full(client.submit(id).await);
    let page = client.list(ListQuery::default()).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    is_old_or_new(&page.entries[0].report.content.text);

    std::fs::remove_file(&filler).unwrap();
    let text = Some(WORDS.to_owned());
    let changes = DraftChanges {
        text,
        ..DraftChanges::default()
    };
    client.edit_draft(id, changes).await.unwrap();
    if client.report(id).await.unwrap().attachments.is_empty() {
        client.add_photo(id, photo, None).await.unwrap();
    }
    client.submit(id).await.unwrap();

    fill(&filler);
    match client.drain(Default::default()).await {
        Ok(report) => assert_eq!(report.owed, 0, "it fitted"),
        error => full(error),
    }
    std::fs::remove_file(&filler).unwrap();
    while client.drain(Default::default()).await.unwrap().owed > 0 {
        town.clock.advance(phananh_domain::time::MINUTE);
    }
    let case = town.only_case();
    assert_eq!((case.description.as_deref(), case.photos.len()), (Some(WORDS), 1));
    client.shut_down().await.unwrap();
}

/// Everything that a person looks up, on a disk that takes not one byte.
async fn is_read(client: &Client, draft: ReportId, sent: ReportId) {
    let page = client.list(ListQuery::default()).await.unwrap();
    assert_eq!(page.entries.len(), 2);
    is_old_or_new(&client.report(draft).await.unwrap().content.text);
    assert_eq!(client.status(sent).await.unwrap().report.phase, Phase::Submitted);
    assert!(client.why(sent).await.unwrap().why.is_some());
    assert_eq!(client.queue().await.unwrap().len(), 1);
    assert_eq!(client.cities().await.unwrap().len(), 1);
    client.services(CityId::new(CITY)).await.unwrap();
}

async fn is_full(_: &Path, disk: &Path) {
    let clock = ManualClock::new(SystemClock.now());
    let phone = Phone::new(&clock);
    let store = disk.join("store");
    let client = Client::open(phone.config(&store)).unwrap();
    client.set_city(profile(), None).await.unwrap();
    let kept = client.create_draft(draft()).await.unwrap().id;
    let sent = client.create_draft(draft()).await.unwrap().id;
    client.set_pin(sent, 16.4637, 107.5909, None).await.unwrap();
    client.submit(sent).await.unwrap();
    // As a kill leaves it: what was said last stands in the log alone. And as a copy to another phone.
    let (killed, copied) = (disk.join("killed"), disk.join("copied"));
    for folder in [&killed, &copied] {
        std::fs::create_dir_all(folder.join("photos")).unwrap();
        for file in ["reports.sqlite", "reports.sqlite-wal", "cache.sqlite", "lock"] {
            std::fs::copy(store.join(file), folder.join(file)).unwrap();
        }
    }
    client.shut_down().await.unwrap();

    let filler = disk.join("filler");
    fill(&filler);
    for folder in [&store, &killed, &copied] {
        let mut config = phone.config(folder);
        if folder == &copied {
            config.secrets = Arc::new(MemorySecrets::default());
        }
        let client = Client::open(config).unwrap();
        is_read(&client, kept, sent).await;
        until_full(&client, kept).await;
        full(client.create_draft(draft()).await);
        let recalled = client.recall(sent).await;
        // The doubt about a copy may have fitted: then that is what speaks against it.
        if folder != &copied || !matches!(recalled, Err(ClientError::NotNow { .. })) {
            full(recalled);
        }
        is_read(&client, kept, sent).await;
        if folder == &copied {
            // The other copy may have sent it: that could not be noted, and is before anything else is done.
            std::fs::remove_file(&filler).unwrap();
            let refused = client.recall(sent).await.unwrap_err();
            assert!(matches!(refused, ClientError::NotNow { .. }), "{refused}");
            assert_eq!(
                client.status(sent).await.unwrap().delivery.as_str(),
                "unconfirmed"
            );
        }
        client.shut_down().await.unwrap();
    }

    let client = Client::open(phone.config(&store)).unwrap();
    is_read(&client, kept, sent).await;
    client.edit_draft(kept, long()).await.unwrap();
    client.recall(sent).await.unwrap();
    client.shut_down().await.unwrap();
}

type Story = fn(PathBuf, PathBuf) -> Pin<Box<dyn Future<Output = ()>>>;
const TESTS: [(&str, Story); 2] = [
    (FILLS_UP, |folder, disk| {
        Box::pin(async move { fills_up(&folder, &disk).await })
    }),
    (IS_FULL, |folder, disk| {
        Box::pin(async move { is_full(&folder, &disk).await })
    }),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, story) in TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let disk = match SmallDisk::mount(&folder.path().join("disk")) {
            Ok(disk) => disk,
            Err(reason) => {
                skipped += 1;
                println!("test {name} ... skipped: cannot mount a tmpfs ({reason})");
                continue;
            }
        };
        let run = || runtime.block_on(story(folder.path().to_owned(), disk.0.clone()));
        let word = if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_ok() {
            passed += 1;
            "ok"
        } else {
            failed += 1;
            "FAILED"
        };
        println!("test {name} ... {word}");
        drop(disk);
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
