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
use std::process::{Command, ExitCode};

use phananh_engine::client::{DraftChanges, ListQuery};
use phananh_engine::{Client, ClientError};
use support::phone::Phone;
use support::story::{WORDS, draft};
use support::{Town, picture, profile};

const NAME: &str = "a_disk_that_fills_up_loses_nothing_and_stops_nothing_for_good";

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

fn full<T>(result: Result<T, ClientError>) {
    let expected = ClientError::Storage {
        code: "error.disk_full".to_owned(),
    };
    assert_eq!(result.err(), Some(expected));
}

async fn story(folder: &Path, disk: &Path) {
    let town = Town::rich().await;
    let phone = Phone::new(&town.clock);
    let client = Client::open(phone.config(&disk.join("store"))).unwrap();
    client.set_city(profile(), Some(town.url())).await.unwrap();
    let id = client.create_draft(draft()).await.unwrap().id;
    client.set_pin(id, 16.4637, 107.5909, None).await.unwrap();
    let photo = picture(folder, 1).to_string_lossy().into_owned();

    let filler = disk.join("filler");
    fill(&filler);
    // What fits into the space that SQLite holds already may still be saved; more than that may not.
    let long = DraftChanges {
        text: Some("Nước ngập ".repeat(1_900)),
        ..DraftChanges::default()
    };
    let mut refused = 0;
    for _ in 0..40 {
        match client.edit_draft(id, long.clone()).await {
            Ok(_) => {}
            error => {
                full(error);
                refused += 1;
                break;
            }
        }
    }
    assert_eq!(refused, 1, "the disk never was full");
    full(client.create_draft(draft()).await);
    full(client.add_photo(id, photo.clone(), None).await);
    full(client.submit(id).await);
    let page = client.list(ListQuery::default()).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    let text = &page.entries[0].report.content.text;
    assert!(
        [WORDS, long.text.as_deref().unwrap()].contains(&text.as_str()),
        "half a text"
    );

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

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| NAME.contains(part.as_str())) {
        println!("\n0 passed, 0 failed, 0 skipped");
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = match SmallDisk::mount(&folder.path().join("disk")) {
        Ok(disk) => disk,
        Err(reason) => {
            println!("test {NAME} ... skipped: cannot mount a tmpfs ({reason})");
            println!("\n0 passed, 0 failed, 1 skipped");
            return ExitCode::SUCCESS;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(story(folder.path(), &disk.0));
    }));
    let (word, passed, failed) = if told.is_ok() {
        ("ok", 1, 0)
    } else {
        ("FAILED", 0, 1)
    };
    println!("test {NAME} ... {word}\n\n{passed} passed, {failed} failed, 0 skipped");
    drop(disk);
    if told.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
