//! What the city can give again may be lost without a question: whatever is in `cache.sqlite`, the citizen writes, sends
//! and reads as before, and the next contact with the city fills it again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::fs;
use std::path::Path;

use phananh_domain::id::CityId;
use support::phone::Phone;
use support::{CITY, Town};

fn city() -> CityId {
    CityId::new(CITY.to_owned())
}

/// Does to a file of SQLite what broken phones do.
type Harm = fn(&Path);
const HARMS: [(&str, Harm); 7] = [
    ("garbage", |file| fs::write(file, [0xa5; 8_192]).unwrap()),
    ("a header of garbage", |file| {
        change(file, |b| b[..100].fill(0xa5))
    }),
    ("half", |file| change(file, |b| b.truncate(b.len() / 2))),
    ("nothing", |file| fs::write(file, "").unwrap()),
    ("pages of garbage", |file| change(file, |b| b[4_096..].fill(0xa5))),
    // The user version is the big-endian number at offset 60 (SQLite file format, 1.3).
    ("a newer version", |file| change(file, |b| b[60..64].fill(0x01))),
    ("no version", |file| change(file, |b| b[60..64].fill(0x00))),
];

fn change(file: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    how(&mut bytes);
    fs::write(file, bytes).unwrap();
}

/// Drafts, sends, and asks the city for its services again.
async fn goes_on(phone: &Phone, harm: &str) {
    phone.submitted().await;
    assert_eq!(phone.drain().await.owed, 0, "{harm}");
    let fetched = phone.client().fetch_services(city()).await.unwrap();
    let kept = phone.client().services(city()).await.unwrap();
    assert_eq!(kept, fetched, "{harm}");
}

#[tokio::test]
async fn a_damaged_or_newer_cache_is_made_anew_and_nobody_is_asked() {
    for (name, harm) in HARMS {
        let town = Town::rich().await;
        let mut phone = Phone::of(&town).await;
        phone.client().fetch_services(city()).await.unwrap();
        let draft = phone.drafted().await;
        phone.take().shut_down().await.unwrap();
        harm(&phone.store().join("cache.sqlite"));
        // A WAL of the old file must not be moved into the new one.
        fs::write(phone.store().join("cache.sqlite-wal"), "not a log").unwrap();
        phone.open().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(phone.client().report(draft).await.unwrap().id, draft, "{name}");
        goes_on(&phone, name).await;
        phone.take().shut_down().await.unwrap();
        phone.open().unwrap();
        let kept = rusqlite::Connection::open(phone.store().join("cache.sqlite")).unwrap();
        let lists: i64 = kept
            .query_row("SELECT count(*) FROM service_list", [], |row| row.get(0))
            .unwrap();
        assert_eq!(lists, 1, "{name}: on disk, not in memory");
    }
}

#[tokio::test]
async fn damage_that_shows_while_the_cache_is_read_fails_nothing() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    phone.client().fetch_services(city()).await.unwrap();
    phone.take().shut_down().await.unwrap();
    phone.open().unwrap();
    // Behind the back of the open client, every page but those that it has read.
    let file = phone.store().join("cache.sqlite");
    let roots: Vec<u64> = {
        let other = rusqlite::Connection::open(&file).unwrap();
        let mut names = other
            .prepare("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")
            .unwrap();
        let pages = names.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        pages.map(|page| page.unwrap() as u64).collect()
    };
    change(&file, |bytes| {
        for page in roots {
            let start = (page as usize - 1) * 4_096;
            bytes[start..start + 4_096].fill(0xa5);
        }
    });
    phone.client().services(city()).await.unwrap();
    goes_on(&phone, "while open").await;
}

#[tokio::test]
async fn a_word_that_nobody_wrote_counts_as_damage() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    phone.client().fetch_services(city()).await.unwrap();
    phone.take().shut_down().await.unwrap();
    let file = rusqlite::Connection::open(phone.store().join("cache.sqlite")).unwrap();
    file.execute("UPDATE service SET service_type = 'q'", []).unwrap();
    drop(file);
    phone.open().unwrap();
    phone.client().services(city()).await.unwrap();
    goes_on(&phone, "a word").await;
}
