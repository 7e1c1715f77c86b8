//! A kill before and after every effect, from the first tap to the rating: what was said to be saved is there on the
//! next open, old or new and never half; the city has one case, each photo once.
//!
//! The story is written so that it can be told again from any point: each step looks at the store first, as a citizen
//! looks at the screen. A run kills effect `n`, opens the folder anew, tells the story to its end, and counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::case::CaseStatus;
use phananh_domain::id::ReportId;
use phananh_domain::message::MessageBody;
use phananh_domain::report::Phase;
use phananh_engine::ClientError;
use phananh_engine::client::{Decision, DraftChanges, ListQuery, NewMessage};
use phananh_engine::effects::{Effect, Fault, Plan};
use serde_json::json;
use support::phone::Phone;
use support::story::{WORDS, draft, rating};
use support::{Town, picture, profile};

const EDITED: &str = "Cây đổ chắn đường, xe máy không qua được";

/// What the citizen was told is saved.
#[derive(Debug, Default)]
struct Told {
    draft: Option<ReportId>,
    edited: bool,
    photo: bool,
    submitted: bool,
    rated: bool,
}

/// Tells the story from where the store stands to its end. An error is the kill.
async fn tell(phone: &Phone, town: &Town, told: &mut Told) -> Result<(), ClientError> {
    let client = phone.client();
    if client.cities().await?.is_empty() {
        client.set_city(profile(), Some(town.url())).await?;
    }
    let page = client.list(ListQuery::default()).await?;
    assert!(page.entries.len() <= 1, "one draft was asked for");
    let id = match page.entries.first() {
        Some(entry) => entry.report.id,
        None => client.create_draft(draft()).await?.id,
    };
    told.draft = Some(id);
    let report = client.report(id).await?;
    if report.phase == Phase::Draft {
        if report.content.text != EDITED {
            let text = Some(EDITED.to_owned());
            client
                .edit_draft(
                    id,
                    DraftChanges {
                        text,
                        ..DraftChanges::default()
                    },
                )
                .await?;
        }
        told.edited = true;
        client.set_pin(id, 16.4637, 107.5909, Some(8.0)).await?;
        if report.attachments.is_empty() {
            let path = picture(phone.dir.path(), 1).to_string_lossy().into_owned();
            client.add_photo(id, path, None).await?;
        }
        told.photo = true;
        client.submit(id).await?;
    }
    told.submitted = true;
    loop {
        let report = phone.settle().await?;
        if report.needs_citizen == 0 {
            break;
        }
        assert!(
            town.cases().is_empty(),
            "the citizen was asked although the city has it"
        );
        client.decide(id, Decision::Again).await?;
    }
    let case = town.only_case();
    if case.status != "resolved" {
        for step in [
            json!({"action": "receive"}),
            json!({"action": "verify"}),
            json!({"action": "assign", "agency": "Cây xanh"}),
            json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn"}),
        ] {
            town.act(&case.id, step).await;
        }
    }
    client.sync().await?;
    let status = client.status(id).await?;
    if status.case_status == Some(CaseStatus::Resolved) && case.rating.is_none() {
        let owed = client.queue().await?;
        if owed.is_empty() && !told.rated {
            match client.message(id, rating()).await {
                Ok(_) => {}
                Err(ClientError::NotNow { code }) if code == "error.no_messages" => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        told.rated = true;
        phone.settle().await?;
    }
    client.sync().await?;
    Ok(())
}

/// Opens after a kill, and compares with what the citizen was told.
async fn reopened(phone: &mut Phone, told: &Told) {
    phone.open().unwrap();
    let client = phone.client();
    let page = client.list(ListQuery::default()).await.unwrap();
    let Some(entry) = page.entries.first() else {
        assert!(told.draft.is_none(), "{told:?}");
        return;
    };
    let content = &entry.report.content;
    assert!([WORDS, EDITED].contains(&content.text.as_str()), "{content:?}");
    assert!(!told.edited || content.text == EDITED, "{told:?}");
    assert!(!told.photo || entry.report.attachments.len() == 1, "{told:?}");
    assert!(
        !told.submitted || entry.report.phase == Phase::Submitted,
        "{told:?}"
    );
    client.finish_photos().await.unwrap();
    for photo in &entry.report.attachments {
        let path = client.photo_path(photo.id).await.unwrap();
        image::open(path).unwrap();
    }
}

/// Effects of the story from the first opening to its end.
async fn effects(town: Town) -> u64 {
    let mut phone = Phone::new(&town.clock);
    phone.open().unwrap();
    tell(&phone, &town, &mut Told::default()).await.unwrap();
    phone.effects.count()
}

async fn killed_at(n: u64, town: Town) -> Town {
    let mut phone = Phone::new(&town.clock);
    let mut told = Told::default();
    if phone.open_with(Plan::At(n, Fault::Kill)).is_ok() {
        let died = tell(&phone, &town, &mut told).await.is_err();
        assert!(
            died || phone.effects.count() <= n + 1,
            "effect {n}: nobody noticed the kill"
        );
    }
    reopened(&mut phone, &told).await;
    tell(&phone, &town, &mut told).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(phone.store().join("photos"))
        .unwrap()
        .map(|f| f.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".jpg"))
        .collect();
    assert_eq!(files, Vec::<String>::new(), "effect {n}");
    town
}

#[tokio::test]
async fn a_rich_city_has_exactly_one_case_whatever_was_killed() {
    let total = effects(Town::rich().await).await;
    assert!(
        total > 60,
        "{total} effects: the story is shorter than it should be"
    );
    for n in 0..total {
        let town = killed_at(n, Town::rich().await).await;
        let case = town.only_case();
        assert_eq!(case.description.as_deref(), Some(EDITED), "effect {n}");
        assert_eq!(case.photos.len(), 1, "effect {n}");
        let ratings = case.events.iter().filter(|e| e.kind == "rating").count();
        assert_eq!(
            (ratings, case.rating.as_deref()),
            (1, Some("satisfied")),
            "effect {n}"
        );
    }
}

#[tokio::test]
async fn a_bare_city_never_has_two() {
    let total = effects(Town::bare().await).await;
    assert!(
        total > 40,
        "{total} effects: the story is shorter than it should be"
    );
    for n in 0..total {
        let town = killed_at(n, Town::bare().await).await;
        let case = town.only_case();
        assert!(case.description.unwrap().starts_with(EDITED), "effect {n}");
        assert_eq!(case.photos.len(), 1, "effect {n}");
    }
}

#[tokio::test]
async fn a_message_whose_photo_went_with_the_kill_leaves_nothing_that_waits_for_ever() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let id = phone.submitted().await;
    phone.settle().await.unwrap();
    phone
        .effects
        .plan(Plan::AtSort(Effect::StoreCommitted, 0, Fault::Kill));
    let path = picture(phone.dir.path(), 3);
    let comment = NewMessage {
        body: MessageBody::Comment {
            text: "Xem ảnh".to_owned(),
        },
        photos: vec![path.to_string_lossy().into_owned()],
    };
    phone.client().message(id, comment.clone()).await.unwrap_err();
    std::fs::remove_file(&path).unwrap();
    phone.open().unwrap();
    phone.settle().await.unwrap();
    assert_eq!(phone.client().queue().await.unwrap(), []);
    picture(phone.dir.path(), 3);
    phone.client().message(id, comment).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    let comments: Vec<_> = town
        .only_case()
        .events
        .into_iter()
        .filter(|e| e.kind == "comment")
        .collect();
    assert_eq!(comments.len(), 1);
    assert_eq!(comments[0].photos.len(), 1);
}
