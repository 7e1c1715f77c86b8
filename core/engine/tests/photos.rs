//! Photos of one call: all or none, whatever happens in the middle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::ErrorKind;
use std::path::Path;

use phananh_domain::id::ReportId;
use phananh_engine::ClientError;
use phananh_engine::client::{AddedPhoto, NewPhoto, RefusedPhoto};
use phananh_engine::effects::{Effect, Fault, Plan};
use support::phone::Phone;
use support::{Town, picture};

fn photo(path: &Path) -> NewPhoto {
    NewPhoto {
        original: path.to_string_lossy().into_owned(),
        rendition: None,
    }
}

async fn add_two(phone: &Phone, id: ReportId) -> Result<Vec<AddedPhoto>, RefusedPhoto> {
    let photos = [1, 2].map(|seed| photo(&picture(phone.dir.path(), seed)));
    phone.client().add_photos(id, photos.to_vec()).await
}

async fn photos_of(phone: &Phone, id: ReportId) -> usize {
    phone.client().report(id).await.unwrap().attachments.len()
}

#[tokio::test]
async fn a_kill_at_any_effect_keeps_both_or_none() {
    let town = Town::rich().await;
    let (mut both, mut none) = (0, 0);
    for n in 0.. {
        let mut phone = Phone::of(&town).await;
        let id = phone.drafted().await;
        phone.effects.plan(Plan::At(n, Fault::Kill));
        let said = add_two(&phone, id).await.is_ok();
        let all_effects_passed = phone.effects.count() <= n;
        phone.open().unwrap();
        phone.client().finish_photos().await.unwrap();
        let kept = phone.client().status(id).await.unwrap().attachments;
        match kept.len() {
            2 => both += 1,
            0 if !said => none += 1,
            other => panic!("killed at {n}: {other} photos, said {said}"),
        }
        assert!(kept.iter().all(|photo| photo.file.is_some()), "killed at {n}");
        if all_effects_passed {
            break;
        }
    }
    assert!(both > 10 && none > 0, "{both} {none}");
}

#[tokio::test]
async fn one_that_is_no_picture_or_a_disk_that_is_full_leaves_the_draft_as_it_was() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.drafted().await;
    let text = phone.dir.path().join("text.jpg");
    std::fs::write(&text, "this is a text").unwrap();
    let photos = vec![photo(&picture(phone.dir.path(), 1)), photo(&text)];
    let refused = phone.client().add_photos(id, photos).await.unwrap_err();
    let expected = ClientError::BadInput {
        field: "photo".to_owned(),
        code: "error.not_photo".to_owned(),
    };
    assert_eq!((refused.index, refused.error), (1, expected));
    assert_eq!(photos_of(&phone, id).await, 0);

    // From the second picture's first byte on: the rows stand already.
    let full = Fault::FailFrom(ErrorKind::StorageFull);
    phone.effects.plan(Plan::AtSort(Effect::FileWrite, 6, full));
    let refused = add_two(&phone, id).await.unwrap_err();
    assert_eq!(
        refused.error,
        ClientError::Storage {
            code: "error.disk_full".to_owned()
        }
    );
    phone.effects.plan(Plan::Count);
    assert_eq!(photos_of(&phone, id).await, 0);
    assert_eq!(add_two(&phone, id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_original_that_is_gone_at_the_next_open_is_told() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let id = phone.drafted().await;
    // Killed between the row and the first byte of the picture.
    phone
        .effects
        .plan(Plan::AtSort(Effect::FileWrite, 0, Fault::Kill));
    add_two(&phone, id).await.unwrap_err();
    std::fs::remove_file(picture(phone.dir.path(), 1)).unwrap();
    phone.open().unwrap();
    assert_eq!(photos_of(&phone, id).await, 2);
    let dropped = phone.client().finish_photos().await.unwrap();
    let told: Vec<_> = dropped.iter().map(|d| (d.report, d.code)).collect();
    assert_eq!(told, [(id, "error.photo_gone")]);
    assert_eq!(photos_of(&phone, id).await, 1);
}
