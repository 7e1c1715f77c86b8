//! The disk is full: a typed error, everything kept as it was, and on with it once there is room.
//!
//! A full disk fails every write of one sort from some point on, while reading and the network go on. Whatever the
//! point, what was saved before stays, and after room was made the same client goes on without being opened anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::ErrorKind;

use phananh_domain::id::ReportId;
use phananh_engine::ClientError;
use phananh_engine::client::DraftChanges;
use phananh_engine::effects::{Effect, Fault, Plan};
use support::phone::Phone;
use support::story::{WORDS, draft};
use support::{Town, picture};

const WRITES: [Effect; 5] = [
    Effect::StoreCommit,
    Effect::FileWrite,
    Effect::FileSync,
    Effect::FileRename,
    Effect::FolderSync,
];

fn full() -> ClientError {
    ClientError::Storage {
        code: "error.disk_full".to_owned(),
    }
}

/// Edits, takes a photo in and sends; each step at most once.
async fn go_on(phone: &Phone, id: ReportId) -> Result<(), ClientError> {
    let client = phone.client();
    let report = client.report(id).await?;
    if report.queued_at.is_none() {
        client.set_place_words(id, "trước chợ".to_owned()).await?;
        if report.attachments.is_empty() {
            let path = picture(phone.dir.path(), 1).to_string_lossy().into_owned();
            client.add_photo(id, path, None).await?;
        }
        client.finish_photos().await?;
        client.submit(id).await?;
    }
    phone.settle().await?;
    client.sync().await?;
    Ok(())
}

#[tokio::test]
async fn at_every_write_nothing_is_lost_and_it_goes_on_in_the_same_client() {
    for rich in [true, false] {
        for sort in WRITES {
            for n in 0.. {
                let town = if rich {
                    Town::rich().await
                } else {
                    Town::bare().await
                };
                let phone = Phone::of(&town).await;
                let id = phone.drafted().await;
                phone
                    .effects
                    .plan(Plan::AtSort(sort, n, Fault::FailFrom(ErrorKind::StorageFull)));
                match go_on(&phone, id).await {
                    // So many writes of this sort there are not.
                    Ok(()) => {
                        assert!(n > 0, "{sort:?} never happens");
                        break;
                    }
                    Err(error) => assert_eq!(error, full(), "{sort:?} {n}"),
                }
                let report = phone.client().report(id).await.unwrap();
                assert_eq!(report.content.text, WORDS);
                phone.effects.plan(Plan::Count);
                go_on(&phone, id).await.unwrap();
                let case = town.only_case();
                assert_eq!(case.photos.len(), 1, "{sort:?} {n}");
                assert_eq!(phone.client().queue().await.unwrap(), [], "{sort:?} {n}");
            }
        }
    }
}

#[tokio::test]
async fn a_draft_that_could_not_be_saved_is_not_called_saved() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.drafted().await;
    let fault = Fault::Fail(ErrorKind::StorageFull);
    phone.effects.plan(Plan::AtSort(Effect::StoreCommit, 0, fault));
    assert_eq!(phone.client().create_draft(draft()).await.unwrap_err(), full());
    phone.effects.plan(Plan::AtSort(Effect::StoreCommit, 0, fault));
    let changes = DraftChanges {
        text: Some("mới".to_owned()),
        ..DraftChanges::default()
    };
    assert_eq!(phone.client().edit_draft(id, changes).await.unwrap_err(), full());
    let page = phone.client().list(Default::default()).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    assert_eq!(page.entries[0].report.content.text, WORDS);
}
