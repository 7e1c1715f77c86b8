//! A damaged store: drafts come back where they can be read whole, nothing that may have left is sent again, the damaged
//! file and every picture are kept, and a kill in the middle of it changes none of this.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use phananh_domain::id::ReportId;
use phananh_domain::report::{Phase, Report};
use phananh_engine::client::{DraftChanges, ListQuery, NewDraft, Saved};
use phananh_engine::effects::{Fault, Plan};
use phananh_engine::{Client, ClientError};
use serde_json::Value;
use support::phone::Phone;
use support::story::{WORDS, draft};
use support::{Town, picture};

const PAGE: usize = 4_096;

fn change(file: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    how(&mut bytes);
    fs::write(file, bytes).unwrap();
}

/// A phone with a draft, a report that is queued, and one that the city has; each with a photo. Closed, whole.
struct Before {
    phone: Phone,
    draft: Report,
    queued: Report,
    sent: Report,
}

async fn before(town: &Town) -> Before {
    let mut phone = Phone::of(town).await;
    let with_photo = async |seed: u32| {
        let id = phone.drafted().await;
        let path = picture(phone.dir.path(), seed).to_string_lossy().into_owned();
        phone.client().add_photo(id, path, None).await.unwrap();
        id
    };
    let sent = with_photo(1).await;
    phone.client().submit(sent).await.unwrap();
    phone.settle().await.unwrap();
    let queued = with_photo(2).await;
    phone.client().submit(queued).await.unwrap();
    let draft = with_photo(3).await;
    let client = phone.client();
    let (draft, queued, sent) = (
        client.report(draft).await.unwrap(),
        client.report(queued).await.unwrap(),
        client.report(sent).await.unwrap(),
    );
    phone.take().shut_down().await.unwrap();
    Before {
        phone,
        draft,
        queued,
        sent,
    }
}

fn rescued_folders(store: &Path) -> Vec<PathBuf> {
    fs::read_dir(store)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("rescued-")
        })
        .collect()
}

fn photo_name(report: &Report) -> String {
    let file = report.attachments[0].file.as_ref().unwrap();
    format!("{}.jpg", file.sha256.as_str())
}

/// What holds after every rescue, whatever was read.
async fn nothing_is_lost_and_nothing_sent_twice(before: &mut Before, town: &Town, damaged: &[u8], how: &str) {
    let client = before.phone.client();
    assert_eq!(client.queue().await.unwrap(), [], "{how}");
    before.phone.settle().await.unwrap();
    assert_eq!(town.cases().len(), 1, "{how}: nothing is sent by itself");
    let folders = rescued_folders(&before.phone.store());
    let [folder] = folders.as_slice() else {
        panic!("{how}: {folders:?}")
    };
    assert_eq!(fs::read(folder.join("reports.sqlite")).unwrap(), damaged, "{how}");
    let store = before.phone.store();
    for report in [&before.draft, &before.queued, &before.sent] {
        let name = photo_name(report);
        let is_kept = [store.join("photos"), folder.join("photos")]
            .iter()
            .any(|photos| photos.join(&name).exists());
        assert!(is_kept, "{how}: {name}");
    }
    // The next time there is nothing to tell, and nothing of it is swept.
    before.phone.take().shut_down().await.unwrap();
    before.phone.open().unwrap();
    assert_eq!(before.phone.client().rescued(), None, "{how}");
    assert_eq!(rescued_folders(&store), folders, "{how}");
    assert!(folder.join("reports.json").exists(), "{how}");
}

fn words(query: &str) -> ListQuery {
    ListQuery {
        query: Some(query.to_owned()),
        ..ListQuery::default()
    }
}

fn list(folder: &Path) -> Vec<Value> {
    let list: Value = serde_json::from_slice(&fs::read(folder.join("reports.json")).unwrap()).unwrap();
    list["reports"].as_array().unwrap().clone()
}

/// All of it could be read: the draft is as it was, what was sent off is listed.
async fn everything_was_read(before: &Before, how: &str) {
    let client = before.phone.client();
    let draft = client.report(before.draft.id).await.unwrap();
    assert_eq!(draft, before.draft, "{how}");
    let page = client.list(ListQuery::default()).await.unwrap();
    assert_eq!(page.entries.len(), 1, "{how}");
    let found = client.list(words("cay do")).await.unwrap().entries;
    assert_eq!(found[0].report.id, before.draft.id, "{how}: found by its words");
    let folder = &rescued_folders(&before.phone.store())[0];
    let listed = list(folder);
    let fates: Vec<_> = [&before.draft, &before.queued, &before.sent]
        .map(|report| {
            let code = report.reference_code.to_string();
            let entry = listed
                .iter()
                .find(|entry| entry["reference_code"] == code.as_str());
            let entry = entry.unwrap_or_else(|| panic!("{how}: {listed:?}"));
            assert_eq!(entry["text"], WORDS, "{how}");
            entry["fate"].as_str().unwrap().to_owned()
        })
        .to_vec();
    assert_eq!(
        fates,
        ["back_as_draft", "may_have_left", "may_have_left"],
        "{how}"
    );
    assert!(
        folder.join("photos").join(photo_name(&before.queued)).exists(),
        "{how}"
    );
    let number = listed
        .iter()
        .filter(|entry| !entry["service_request_id"].is_null());
    assert_eq!(
        number.count(),
        1,
        "{how}: the city's number of the one that it has"
    );
}

#[tokio::test]
async fn a_header_of_garbage_costs_nothing() {
    let town = Town::rich().await;
    let mut before = before(&town).await;
    let file = before.phone.store().join("reports.sqlite");
    change(&file, |bytes| bytes[..PAGE].fill(0xa5));
    let damaged = fs::read(&file).unwrap();
    before.phone.open().unwrap();
    let told = before.phone.client().rescued().unwrap().clone();
    assert_eq!(told.saved, Saved::Parts { drafts: 1, listed: 2 });
    everything_was_read(&before, "header").await;
    nothing_is_lost_and_nothing_sent_twice(&mut before, &town, &damaged, "header").await;
    // The draft goes on where it was.
    before.phone.client().submit(before.draft.id).await.unwrap();
    before.phone.settle().await.unwrap();
    assert_eq!(town.cases().len(), 2);
}

#[tokio::test]
async fn whatever_is_left_of_the_file_the_store_opens_and_the_rest_is_kept() {
    type Harm = fn(&mut Vec<u8>);
    let harms: [(&str, Harm); 5] = [
        ("all garbage", |b| b.fill(0xa5)),
        ("half", |b| b.truncate(b.len() / 2)),
        ("not a page", |b| b.truncate(50)),
        ("nothing", Vec::clear),
        ("all but the first page", |b| b[PAGE..].fill(0x5a)),
    ];
    for (how, harm) in harms {
        let town = Town::rich().await;
        let mut before = before(&town).await;
        let file = before.phone.store().join("reports.sqlite");
        change(&file, harm);
        let damaged = fs::read(&file).unwrap();
        before
            .phone
            .open()
            .unwrap_or_else(|error| panic!("{how}: {error}"));
        assert!(before.phone.client().rescued().is_some(), "{how}");
        nothing_is_lost_and_nothing_sent_twice(&mut before, &town, &damaged, how).await;
        let client = before.phone.client();
        client
            .set_city(support::profile(), Some(town.url()))
            .await
            .unwrap();
        client.create_draft(draft()).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_of_garbage_costs_the_rows_on_it_and_no_more() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let mut written: Vec<(ReportId, String)> = Vec::new();
    for n in 0..60 {
        let text = format!("{n}: {}", "Nước ngập trước cổng trường ".repeat(10));
        let new = NewDraft {
            changes: DraftChanges {
                text: Some(text.clone()),
                ..DraftChanges::default()
            },
            ..draft()
        };
        written.push((phone.client().create_draft(new).await.unwrap().id, text));
    }
    phone.take().shut_down().await.unwrap();
    let file = phone.store().join("reports.sqlite");
    // Some page that holds words of the thirtieth, all of it.
    change(&file, |bytes| {
        let words = "30: Nước".as_bytes();
        let at = bytes.windows(words.len()).position(|w| w == words).unwrap();
        bytes[at / PAGE * PAGE..][..PAGE].fill(0xa5);
    });
    phone.open().unwrap();
    let told = phone.client().rescued().unwrap().clone();
    let mut back = 0;
    for (id, text) in &written {
        match phone.client().report(*id).await {
            Ok(report) => {
                assert_eq!((&report.content.text, report.phase), (text, Phase::Draft));
                back += 1;
            }
            Err(error) => assert!(matches!(error, ClientError::NotFound { .. }), "{error}"),
        }
    }
    // A page of 4 KB holds three or four of these.
    assert!((55..60).contains(&back), "{back} of 60");
    let listed = match told.saved {
        Saved::Parts { drafts, listed } if drafts == back => listed,
        other => panic!("{back} are back, told: {other:?}"),
    };
    assert_eq!(listed, 0);
}

#[tokio::test]
async fn a_kill_at_any_step_of_a_rescue_changes_nothing_of_it() {
    for n in 0.. {
        let town = Town::rich().await;
        let mut before = before(&town).await;
        let file = before.phone.store().join("reports.sqlite");
        change(&file, |bytes| bytes[..PAGE].fill(0xa5));
        let damaged = fs::read(&file).unwrap();
        let how = format!("killed at {n}");
        let was_killed = before.phone.open_with(Plan::At(n, Fault::Kill)).is_err();
        before
            .phone
            .open()
            .unwrap_or_else(|error| panic!("{how}: {error}"));
        assert!(
            before.phone.client().rescued().is_some(),
            "{how}: told all the same"
        );
        everything_was_read(&before, &how).await;
        nothing_is_lost_and_nothing_sent_twice(&mut before, &town, &damaged, &how).await;
        if !was_killed {
            assert!(n > 10, "{n} steps");
            break;
        }
    }
}

/// The page that an index or a table begins at.
fn root_page(store: &Path, name: &str) -> usize {
    let store = rusqlite::Connection::open(store).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: u32 = store.query_row(sql, [name], |row| row.get(0)).unwrap();
    page as usize
}

#[tokio::test]
async fn where_only_indexes_are_damaged_nothing_is_missing_and_the_city_is_asked_first() {
    let town = Town::rich().await;
    let mut before = before(&town).await;
    let file = before.phone.store().join("reports.sqlite");
    for index in ["sqlite_autoindex_report_1", "job_owed"] {
        let root = root_page(&file, index);
        change(&file, |bytes| bytes[(root - 1) * PAGE..][..PAGE].fill(0xa5));
    }
    let damaged = fs::read(&file).unwrap();
    before.phone.open().unwrap();
    let client = before.phone.client();
    let told = client.rescued().unwrap();
    assert_eq!(told.saved, Saved::Everything);
    assert_eq!(fs::read(told.folder.join("reports.sqlite")).unwrap(), damaged);
    for report in [&before.draft, &before.queued, &before.sent] {
        assert_eq!(&client.report(report.id).await.unwrap(), report);
    }
    assert_eq!(client.list(words("cay do")).await.unwrap().entries.len(), 3);
    let queued = client.status(before.queued.id).await.unwrap();
    assert_eq!(queued.delivery.as_str(), "unconfirmed");
    assert!(client.status(before.sent.id).await.unwrap().receipt.is_some());
    assert_eq!(before.phone.settle().await.unwrap().owed, 0);
    assert_eq!(town.cases().len(), 2, "once each");
}

#[tokio::test]
async fn what_stands_in_the_log_alone_is_read_too() {
    let town = Town::rich().await;
    let mut before = before(&town).await;
    before.phone.open().unwrap();
    let late = before.phone.drafted().await;
    // As a kill leaves it, and a first page of garbage.
    let killed = before.phone.dir.path().join("killed");
    fs::create_dir_all(killed.join("photos")).unwrap();
    for file in ["reports.sqlite", "reports.sqlite-wal", "reports.schema"] {
        fs::copy(before.phone.store().join(file), killed.join(file)).unwrap();
    }
    change(&killed.join("reports.sqlite"), |bytes| bytes[..PAGE].fill(0xa5));
    let log = fs::read(killed.join("reports.sqlite-wal")).unwrap();
    let client = Client::open(before.phone.config(&killed)).unwrap();
    let told = client.rescued().unwrap();
    assert_eq!(told.saved, Saved::Parts { drafts: 2, listed: 2 });
    assert_eq!(client.report(late).await.unwrap().content.text, WORDS);
    assert_eq!(fs::read(told.folder.join("reports.sqlite-wal")).unwrap(), log);
}

#[tokio::test]
async fn a_store_that_is_whole_is_left_alone() {
    let town = Town::rich().await;
    let mut before = before(&town).await;
    before.phone.open().unwrap();
    let client: &Client = before.phone.client();
    assert_eq!(client.rescued(), None);
    assert_eq!(client.queue().await.unwrap().len(), 2, "words and photo");
    assert!(rescued_folders(&before.phone.store()).is_empty());
}
