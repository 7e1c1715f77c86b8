//! The schema: its page, the kept files of landed versions, and files that are not for this program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::Delivery;
use phananh_domain::report::Phase;
use phananh_engine::ClientError;
use phananh_engine::client::ListQuery;
use rusqlite::Connection;
use serde_json::json;
use support::Town;
use support::phone::Phone;
use support::story::{WORDS, draft, rating};

const FILES: [&str; 2] = ["reports.sqlite", "cache.sqlite"];

/// Name and SQL of everything in a database, without comments and blanks; SQLite keeps both as written.
fn schema(connection: &Connection) -> BTreeMap<String, String> {
    let mut all = connection
        .prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    all.query_map([], |row| Ok((row.get(0)?, plain(&row.get::<_, String>(1)?))))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap()
}

fn plain(sql: &str) -> String {
    // A table that was made anew and renamed has its name in quotes.
    let sql = sql.replace('"', "");
    let code = sql.lines().map(|line| line.split("--").next().unwrap());
    let words: Vec<_> = code.flat_map(str::split_whitespace).collect();
    // A column that was added later stands behind a blank of SQLite's own.
    words.join(" ").replace(" ,", ",").replace(" )", ")")
}

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[tokio::test]
async fn the_page_says_what_a_fresh_store_has() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    phone.close();
    let page = std::fs::read_to_string(project("../../docs/schema.sql")).unwrap();
    let (_, parts) = page.split_once("-- == ").unwrap();
    let mut parts = parts.split("-- == ");
    for file in FILES {
        let (title, part) = parts.next().unwrap().split_once('\n').unwrap();
        assert!(title.starts_with(file), "{title}");
        let documented = Connection::open_in_memory().unwrap();
        documented.execute_batch(part).unwrap();
        let fresh = Connection::open(phone.store().join(file)).unwrap();
        assert_eq!(schema(&documented), schema(&fresh), "{file}");
    }
    assert_eq!(parts.next(), None);
}

/// Versions of which a store is kept, as a program of that version left it; the last is this program's.
const KEPT: [&str; 3] = ["v1", "v2", "v3"];

fn kept(version: &str) -> PathBuf {
    project("tests/schemas").join(version)
}

/// Tells the story that the kept files hold, at the version of this program. Run it once a version, before it lands:
/// `cargo test -p phananh-engine --test schema -- --ignored keep`.
#[tokio::test]
#[ignore = "writes the kept file of the version that is about to land"]
async fn keep_a_store_of_this_version() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let city = phone.client().only_city().await.unwrap();
    phone.client().fetch_services(city).await.unwrap();
    let (id, _) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    phone.settle().await.unwrap();
    let case = town.only_case().id;
    for step in [
        json!({"action": "receive"}),
        json!({"action": "verify"}),
        json!({"action": "assign", "agency": "Cây xanh"}),
        json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn"}),
    ] {
        town.act(&case, step).await;
    }
    phone.client().sync().await.unwrap();
    phone.client().message(id, rating()).await.unwrap();
    phone.settle().await.unwrap();
    phone.client().create_draft(draft()).await.unwrap();
    town.line.off().await.unwrap();
    phone.submitted().await;
    phone.close();
    let folder = kept(KEPT[KEPT.len() - 1]);
    std::fs::create_dir_all(&folder).unwrap();
    for file in FILES {
        let to = folder.join(file);
        let _ = std::fs::remove_file(&to);
        let store = Connection::open(phone.store().join(file)).unwrap();
        store.execute("VACUUM INTO ?1", [to.to_str().unwrap()]).unwrap();
    }
}

#[tokio::test]
async fn a_store_of_each_version_opens_with_everything_in_it() {
    let town = Town::rich().await;
    for version in KEPT {
        opens_with_everything(&town, version).await;
    }
}

async fn opens_with_everything(town: &Town, version: &str) {
    let mut phone = Phone::new(&town.clock);
    std::fs::create_dir_all(phone.store()).unwrap();
    for file in FILES {
        std::fs::copy(kept(version).join(file), phone.store().join(file)).unwrap();
    }
    phone.open().unwrap();
    let client = phone.client();
    let page = client.list(ListQuery::default()).await.unwrap();
    let [owed, draft, rated] = &page.entries[..] else {
        panic!("{page:?}");
    };
    for entry in &page.entries {
        assert_eq!(entry.report.content.text, WORDS);
    }
    assert_eq!(owed.report.phase, Phase::Submitted);
    // Its secrets did not come along: the store is a restored one.
    assert_eq!(owed.delivery, Delivery::Unconfirmed);
    assert_eq!(draft.delivery, Delivery::Draft);
    assert_eq!(rated.case_status, Some(CaseStatus::Resolved));
    let status = client.status(rated.report.id).await.unwrap();
    assert!(status.receipt.is_some());
    assert_eq!(status.outcome.as_deref(), Some("fixed"));
    assert_eq!(status.attachments.len(), 1);
    assert!(status.timeline.len() >= 4, "{:?}", status.timeline);
    let city = client.only_city().await.unwrap();
    assert!(
        client
            .services(city)
            .await
            .unwrap()
            .iter()
            .any(|s| s.code.as_str() == "cay-xanh")
    );
    let query = ListQuery {
        query: Some("cay do duong ngo quyen".to_owned()),
        ..ListQuery::default()
    };
    assert_eq!(client.list(query).await.unwrap().entries.len(), 3, "{version}");
    phone.close();
    let fresh = Phone::of(town).await;
    for file in FILES {
        let migrated = Connection::open(phone.store().join(file)).unwrap();
        let new = Connection::open(fresh.store().join(file)).unwrap();
        assert_eq!(schema(&migrated), schema(&new), "{version} {file}");
        let broken = migrated
            .prepare("PRAGMA foreign_key_check")
            .unwrap()
            .exists([])
            .unwrap();
        assert!(!broken, "{version} {file}");
    }
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    files
        .filter(|file| file.file_type().unwrap().is_file())
        .map(|file| {
            (
                file.file_name().into_string().unwrap(),
                std::fs::read(file.path()).unwrap(),
            )
        })
        // The index of the WAL is made by whoever reads.
        .filter(|(name, _)| !name.ends_with("-shm") && name != "lock")
        .collect()
}

#[tokio::test]
async fn a_newer_store_is_refused_kindly_and_not_touched() {
    let town = Town::rich().await;
    // The other file holds what the city can give again: a newer one is made anew (cache.rs).
    let file = FILES[0];
    for journal in ["wal", "delete"] {
        let mut phone = Phone::of(&town).await;
        phone.drafted().await;
        phone.close();
        let newer = Connection::open(phone.store().join(file)).unwrap();
        newer.pragma_update(None, "journal_mode", journal).unwrap();
        newer
            .execute_batch("CREATE TABLE of_tomorrow (x); PRAGMA user_version = 9")
            .unwrap();
        let before = bytes(&phone.store());
        let refused = phone.open().unwrap_err();
        let ClientError::StoreHeld { code, .. } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(code, "error.newer_store");
        assert_eq!(
            before.keys().collect::<Vec<_>>(),
            bytes(&phone.store()).keys().collect::<Vec<_>>()
        );
        assert!(before == bytes(&phone.store()), "{file} {journal}");
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_old_file_readable() {
    let town = Town::rich().await;
    let mut phone = Phone::new(&town.clock);
    std::fs::create_dir_all(phone.store()).unwrap();
    let path = phone.store().join(FILES[0]);
    // In the way of the first migration, behind a good part of it.
    let old = Connection::open(&path).unwrap();
    old.execute_batch("CREATE TABLE receipt (old TEXT); INSERT INTO receipt VALUES ('kept')")
        .unwrap();
    drop(old);
    phone.open().unwrap_err();
    let old = Connection::open(&path).unwrap();
    let kept: String = old
        .query_row("SELECT old FROM receipt", [], |row| row.get(0))
        .unwrap();
    let version: i64 = old
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!((kept.as_str(), version, schema(&old).len()), ("kept", 0, 1));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_kept_and_told() {
    let town = Town::rich().await;
    let mut phone = Phone::new(&town.clock);
    std::fs::create_dir_all(phone.store()).unwrap();
    let path = phone.store().join(FILES[0]);
    let garbage = b"not a database, and longer than the header of one ".repeat(100);
    std::fs::write(&path, &garbage).unwrap();
    phone.open().unwrap();
    let told = phone.client().rescued().unwrap();
    assert_eq!(std::fs::read(told.folder.join(FILES[0])).unwrap(), garbage);
}
