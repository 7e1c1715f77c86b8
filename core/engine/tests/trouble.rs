//! What a phone goes through: two programs on one store, a restored backup, locked secrets, wrong clocks, false roots.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::path::Path;

use phananh_city::Transport;
use phananh_domain::reason::Reason;
use phananh_domain::time::{DAY, Timestamp};
use phananh_domain::why::Network;
use phananh_engine::client::Me;
use phananh_engine::clock::ManualClock;
use phananh_engine::effects::{Fault, Plan};
use phananh_engine::secrets::SecureStore as _;
use phananh_engine::{Client, ClientError, Roots};
use support::phone::Phone;
use support::story::draft;
use support::{START, Town, profile};

#[tokio::test]
async fn a_second_client_is_refused_and_told_who_holds_the_store() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let refused = Client::open(phone.config(&phone.store())).err();
    let Some(ClientError::StoreHeld { code, holder }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(code, "error.store_held");
    assert!(
        holder.contains(&format!("process {}", std::process::id())),
        "{holder}"
    );
    phone.close();
    phone.open().unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A phone with one report sent off, and a second one restored from its backup: with the same keys where the keystore
/// came along, without where it did not.
async fn restored(town: &Town, keys: &[&str]) -> (Phone, Phone) {
    let mut first = Phone::of(town).await;
    first.submitted().await;
    first.close();
    let mut second = Phone::new(&town.clock);
    copy(&first.store(), &second.store());
    for key in keys {
        second.secrets.set(key, &first.secrets.get(key).unwrap()).unwrap();
    }
    first.open().unwrap();
    second.open().unwrap();
    (first, second)
}

const KEYS: [&str; 2] = ["seal.1", "seal.current"];

#[tokio::test]
async fn a_restored_store_never_files_what_the_first_one_filed() {
    for town in [Town::rich().await, Town::bare().await] {
        for keys in [&KEYS[..], &[]] {
            let before = town.cases().len();
            let (first, second) = restored(&town, keys).await;
            let owed = second.client().queue().await.unwrap();
            assert_eq!(owed[0].state.as_str(), "unconfirmed");
            assert_eq!(first.settle().await.unwrap().owed, 0);
            assert_eq!(second.settle().await.unwrap().owed, 0);
            assert_eq!(town.cases().len(), before + 1);
        }
    }
}

#[tokio::test]
async fn a_restored_store_asks_where_a_bare_city_cannot_tell() {
    let town = Town::bare().await;
    let (first, second) = restored(&town, &KEYS).await;
    let report = second.settle().await.unwrap();
    assert_eq!(
        (report.needs_citizen, town.city.counts().unwrap().report_posts),
        (1, 0)
    );
    assert_eq!(first.settle().await.unwrap().owed, 0);
    assert_eq!(town.cases().len(), 1);
}

#[tokio::test]
async fn a_copy_is_found_out_whenever_it_is_killed_or_locked() {
    let town = Town::bare().await;
    for n in 0..4 {
        let mut first = Phone::of(&town).await;
        first.submitted().await;
        first.close();
        let mut copied = Phone::new(&town.clock);
        copy(&first.store(), &copied.store());
        let _ = copied.open_with(Plan::At(n, Fault::Kill));
        copied.open().unwrap();
        let owed = copied.client().queue().await.unwrap();
        assert_eq!(owed[0].state.as_str(), "unconfirmed", "effect {n}");

        let mut locked = Phone::new(&town.clock);
        copy(&first.store(), &locked.store());
        locked.secrets.lock();
        locked.open().unwrap();
        assert_eq!(locked.drain().await.requests, 0);
        locked.secrets.unlock();
        locked.drain().await;
        assert_eq!(town.city.counts().unwrap().report_posts, 0);
    }
}

#[tokio::test]
async fn a_locked_phone_says_so_and_goes_on_after_unlocking() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let me = Me {
        name: Some("Nguyễn Thị Thử".to_owned()),
        ..Me::default()
    };
    phone.client().set_me(me).await.unwrap();
    let id = phone.submitted().await;
    phone.secrets.lock();
    phone.open().unwrap();
    let refused = phone.client().create_draft(draft()).await.unwrap_err();
    let locked = ClientError::Secrets {
        code: "error.secrets_locked".to_owned(),
    };
    assert_eq!(refused, locked);
    let report = phone.drain().await;
    assert_eq!((report.owed, report.needs_citizen), (1, 0));
    assert_eq!(phone.why(id).await, Some(Reason::PhoneLocked));
    assert_eq!(town.cases(), []);
    phone.secrets.unlock();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert_eq!(town.cases().len(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_a_year_never_holds_a_report_for_a_year() {
    for jump in [365 * DAY, -365 * DAY] {
        let town = Town::rich().await;
        let clock = ManualClock::new(Timestamp::from_millis(START));
        let mut phone = Phone::new(&clock);
        phone.open().unwrap();
        phone
            .client()
            .set_city(profile(), Some(town.url()))
            .await
            .unwrap();
        town.line.off().await.unwrap();
        phone.submitted().await;
        for _ in 0..8 {
            let due = phone.drain().await.next_due_at.unwrap();
            clock.set_wall(due);
        }
        assert!(phone.drain().await.next_due_at.is_some());
        town.line.on().await.unwrap();
        clock.set_wall(Timestamp::from_millis(START).plus(jump));
        assert_eq!(phone.drain().await.owed, 0, "{jump}");
        assert_eq!(town.cases().len(), 1);
    }
}

#[tokio::test]
async fn tls_trusts_the_given_roots_and_nobody_else() {
    let town = Town::with(|config| config.transport = Transport::Tls).await;
    let other = Town::with(|config| config.transport = Transport::Tls).await;
    let url = town.url().replace("http:", "https:");
    let mut phone = Phone::new(&town.clock);
    phone.roots = Roots::Pem(other.city.ca_pem().unwrap().as_bytes().to_vec());
    phone.open().unwrap();
    phone.client().set_city(profile(), Some(url)).await.unwrap();
    let id = phone.submitted().await;
    let report = phone.drain().await;
    assert_eq!((report.owed, report.needs_citizen), (1, 0));
    assert_eq!(phone.why(id).await, Some(Reason::Tls));
    assert_eq!(town.city.counts().unwrap().requests, 0);

    phone.roots = Roots::Pem(town.city.ca_pem().unwrap().as_bytes().to_vec());
    phone.open().unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert_eq!(town.cases().len(), 1);
}

#[tokio::test]
async fn no_byte_of_the_store_holds_a_name_a_number_or_an_owner_secret_in_the_clear() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    phone.client().set_connectivity(Network::Offline).await.unwrap();
    let me = Me {
        name: Some("Nguyễn Thị Thử Nghiệm".to_owned()),
        phone: Some("0912000345".to_owned()),
        email: Some("thu.nghiem@example.org".to_owned()),
    };
    phone.client().set_me(me).await.unwrap();
    let (id, _) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    let words = ["Thị Thử Nghiệm", "0912000345", "thu.nghiem"];
    assert_eq!(found(&phone.store(), &words), Vec::<String>::new());
    phone.client().set_connectivity(Network::Unmetered).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    assert_eq!(found(&phone.store(), &words), Vec::<String>::new());
    phone.close();
    assert_eq!(found(&phone.store(), &words), Vec::<String>::new());
    // The city, for whom it is meant, has it.
    assert_ne!(found(town.dir.path(), &words[..1]), Vec::<String>::new());
}

fn found(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut hits = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hits.extend(found(&path, words));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for word in words {
            if bytes.windows(word.len()).any(|w| w == word.as_bytes()) {
                hits.push(format!("{word} in {}", path.display()));
            }
        }
    }
    hits
}
