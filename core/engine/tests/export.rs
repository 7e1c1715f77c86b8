//! The archive that a person takes along: everything of theirs, no secret, whole or not at all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use phananh_domain::attachment::Sha256;
use phananh_engine::ClientError;
use phananh_engine::client::Me;
use phananh_engine::effects::{Fault, Plan};
use serde_json::{Value, json};
use support::Town;
use support::phone::Phone;
use support::story::{WORDS, rating};

/// Every entry of an archive, read as any ZIP program does.
fn entries(file: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(File::open(file).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test]
async fn everything_is_in_it_and_no_secret() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let client = phone.client();
    let me = Me {
        name: Some("Nguyễn Văn An".to_owned()),
        ..Me::default()
    };
    client.set_me(me).await.unwrap();
    let (sent, photo) = phone.drafted_with_photo().await;
    client.submit(sent).await.unwrap();
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
    client.sync().await.unwrap();
    client.message(sent, rating()).await.unwrap();
    let draft = phone.drafted().await;
    // The city is gone for good.
    town.line.off().await.unwrap();

    let file = phone.dir.path().join("mine.zip");
    let exported = client.export(file.clone()).await.unwrap();
    assert_eq!((exported.reports, exported.photos), (2, 1));
    assert_eq!(exported.bytes, file.metadata().unwrap().len());
    let entries = entries(&file);
    let manifest = parsed(&entries["manifest.json"]);
    assert_eq!(manifest["format"], 1);
    assert_eq!(manifest["me"]["name"], "Nguyễn Văn An");
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len() + 1, entries.len(), "all but itself");
    for file in listed {
        let bytes = &entries[file["name"].as_str().unwrap()];
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["sha256"], Sha256::of(bytes).as_str());
    }
    let report = async |id| {
        let code = client.report(id).await.unwrap().reference_code;
        parsed(&entries[&format!("reports/{code}.json")])
    };
    let (sent, draft) = (report(sent).await, report(draft).await);
    assert_eq!(draft["content"]["text"], WORDS);
    assert_eq!(json!([draft["phase"], draft["receipt"]]), json!(["draft", null]));
    assert_eq!(sent["service_request_id"], case.as_str());
    assert_eq!(sent["case_status"], "resolved");
    assert!(
        sent["timeline"].as_array().unwrap().len() >= 2,
        "{}",
        sent["timeline"]
    );
    let said = &sent["messages"][0];
    assert_eq!(
        json!([said["kind"], said["rating"], said["delivered"]]),
        json!(["rating", "satisfied", false])
    );
    assert_eq!(sent["photos"][0]["file"], format!("photos/{photo}.jpg"));
    assert_eq!(
        Sha256::of(&entries[&format!("photos/{photo}.jpg")]).as_str(),
        photo
    );
    for (name, bytes) in &entries {
        // Keys; shorter values are numbers of keys.
        for secret in phone.secrets.values().iter().filter(|value| value.len() >= 16) {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{name}");
        }
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("owner"), "{name}");
    }
}

#[tokio::test]
async fn where_it_cannot_be_written_what_was_there_before_stays() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    phone.drafted_with_photo().await;
    let folder = phone.dir.path().join("out");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("mine.zip");
    std::fs::write(&file, b"before").unwrap();
    for n in 0.. {
        phone
            .effects
            .plan(Plan::At(n, Fault::Fail(ErrorKind::StorageFull)));
        let done = phone.client().export(file.clone()).await;
        let names: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert_eq!(names.len(), 1, "failed at {n}: nothing half is left");
        if phone.effects.count() <= n {
            done.unwrap();
            assert!(n > 5, "{n} effects");
            break;
        }
        let full = ClientError::Storage {
            code: "error.disk_full".to_owned(),
        };
        assert_eq!(done.unwrap_err(), full, "failed at {n}");
    }
    assert!(entries(&file).contains_key("manifest.json"));
    phone.effects.plan(Plan::Count);
    let nowhere = phone.client().export(folder.join("no/such/mine.zip")).await;
    assert!(
        matches!(&nowhere, Err(ClientError::BadInput { field, .. }) if field == "file"),
        "{nowhere:?}"
    );
}
