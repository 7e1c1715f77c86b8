//! My reports found again: search, filters, pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod support;

use phananh_domain::delivery::Delivery;
use phananh_domain::id::ReportId;
use phananh_domain::search::ListState;
use phananh_engine::ClientError;
use phananh_engine::client::{DraftChanges, ListQuery, NewDraft};
use serde_json::json;
use support::phone::Phone;
use support::{CITY, Town};

async fn drafted(phone: &Phone, text: &str) -> ReportId {
    let new = NewDraft {
        city: CITY.to_owned(),
        changes: DraftChanges {
            text: Some(text.to_owned()),
            ..DraftChanges::default()
        },
        ..NewDraft::default()
    };
    phone.client().create_draft(new).await.unwrap().id
}

async fn found(phone: &Phone, query: &str) -> Vec<ReportId> {
    let query = ListQuery {
        query: Some(query.to_owned()),
        ..ListQuery::default()
    };
    let page = phone.client().list(query).await.unwrap();
    page.entries.into_iter().map(|entry| entry.report.id).collect()
}

async fn standing(phone: &Phone, state: ListState) -> Vec<ReportId> {
    let query = ListQuery {
        state: Some(state),
        ..ListQuery::default()
    };
    let page = phone.client().list(query).await.unwrap();
    page.entries.into_iter().map(|entry| entry.report.id).collect()
}

#[tokio::test]
async fn what_is_written_is_found_however_it_is_typed_and_what_is_changed_is_found_anew() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let tree = drafted(&phone, "Cây đổ ở đường Hùng Vương").await;
    let flood = drafted(&phone, "Ngập sâu").await;
    phone
        .client()
        .set_place_words(flood, "P. Thuận Hoá, gần chợ".to_owned())
        .await
        .unwrap();
    assert_eq!(found(&phone, "duong hung vuong").await, [tree]);
    assert_eq!(found(&phone, "hung vu").await, [tree], "the beginning of a word");
    assert_eq!(found(&phone, "Đường Hu\u{300}ng").await, [tree], "decomposed");
    for typed in ["P. thuan hoa", "phường Thuận Hóa", "thuan hoa ngap"] {
        assert_eq!(found(&phone, typed).await, [flood], "{typed}");
    }
    assert_eq!(found(&phone, "").await, [flood, tree], "newest first");

    let changes = DraftChanges {
        text: Some("Đèn hỏng ở Lê Lợi".to_owned()),
        ..DraftChanges::default()
    };
    phone.client().edit_draft(tree, changes).await.unwrap();
    assert!(found(&phone, "hung vuong").await.is_empty());
    assert_eq!(found(&phone, "le loi").await, [tree]);
    phone.client().discard_draft(tree).await.unwrap();
    assert!(found(&phone, "le loi").await.is_empty());
}

#[tokio::test]
async fn a_report_is_found_by_parts_of_its_code_and_by_the_citys_number() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = phone.submitted().await;
    let code = phone.client().report(id).await.unwrap().reference_code;
    drafted(&phone, "khác").await;
    let digits = code.digits();
    for part in [&digits[..4], &digits[5..10], &digits[8..], &code.to_string()] {
        assert_eq!(found(&phone, part).await, [id], "{part}");
        assert_eq!(phone.client().resolve(part).await.unwrap(), id, "{part}");
    }
    // The search before the number came has indexed it without.
    phone.settle().await.unwrap();
    let number = town.only_case().id;
    assert!(found(&phone, &number).await.contains(&id), "{number}");
    assert_eq!(phone.client().resolve(&number).await.unwrap(), id);
}

#[tokio::test]
async fn lists_are_narrowed_by_how_a_report_stands_on_either_side() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let sent = phone.submitted().await;
    phone.settle().await.unwrap();
    let case = town.only_case().id;
    town.act(&case, json!({"action": "receive"})).await;
    town.act(&case, json!({"action": "ask", "text": "Ở đâu?"})).await;
    phone.client().sync().await.unwrap();
    town.line.off().await.unwrap();
    let owed = phone.submitted().await;
    let draft = phone.drafted().await;
    phone.drain().await;
    for state in ListState::ALL {
        let expected: &[ReportId] = match state {
            ListState::Draft => &[draft],
            ListState::Queued => &[owed],
            ListState::Delivered | ListState::WaitingCitizen => &[sent],
            _ => &[],
        };
        assert_eq!(standing(&phone, *state).await, expected, "{state}");
    }
    // The word of the filter is the word of the row.
    let page = phone.client().list(ListQuery::default()).await.unwrap();
    let told: Vec<_> = page.entries.iter().map(|entry| entry.delivery).collect();
    let delivered = Delivery::Delivered {
        attachments_owed: 0,
        tracked: true,
    };
    assert_eq!(told, [Delivery::Draft, Delivery::Queued, delivered]);
    let both = ListQuery {
        query: Some("ngo quyen".to_owned()),
        state: Some(ListState::WaitingCitizen),
        ..ListQuery::default()
    };
    assert_eq!(
        phone.client().list(both).await.unwrap().entries[0].report.id,
        sent
    );
}

#[tokio::test]
async fn pages_hold_every_report_once_while_new_ones_arrive() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let mut written = Vec::new();
    for n in 0..25 {
        written.push(drafted(&phone, &format!("Ổ gà {n}")).await);
    }
    for query in [None, Some("o ga".to_owned())] {
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = ListQuery {
                query: query.clone(),
                after: after.take(),
                limit: 10,
                ..ListQuery::default()
            };
            let page = phone.client().list(page).await.unwrap();
            read.extend(page.entries.iter().map(|entry| entry.report.id));
            drafted(&phone, "Ổ gà mới").await;
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        read.retain(|id| written.contains(id));
        let mut expected = written.clone();
        expected.reverse();
        assert_eq!(read, expected, "{query:?}");
    }
    let bad = ListQuery {
        after: Some("'; DROP TABLE report".to_owned()),
        ..ListQuery::default()
    };
    let error = phone.client().list(bad).await.unwrap_err();
    assert!(
        matches!(error, ClientError::BadInput { ref field, .. } if field == "after"),
        "{error:?}"
    );
}

#[tokio::test]
async fn hostile_questions_are_answered_like_any_other() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let id = drafted(&phone, "Đường \"Hùng Vương\" NEAR chợ").await;
    for typed in [
        "\"hung vuong\"",
        "hung* AND",
        "NEAR(hung vuong, 2)",
        "words:hung",
        "hung\0vuong",
        "hung - vuong ^ + ( ) { } : ;",
    ] {
        let sure = !["AND", "words", "2"].iter().any(|other| typed.contains(other));
        assert_eq!(found(&phone, typed).await.contains(&id), sure, "{typed:?}");
    }
    for typed in ["\"", "*", "()", "\0", "🚧"] {
        assert!(found(&phone, typed).await.is_empty(), "{typed:?}");
    }
    let long = "hung vuong ".repeat(1_000);
    assert_eq!(found(&phone, &long).await, [id]);
    assert!(found(&phone, &"x".repeat(10_000)).await.is_empty());
}

#[tokio::test]
async fn a_discarded_draft_leaves_no_word_in_the_files() {
    let town = Town::rich().await;
    let mut phone = Phone::of(&town).await;
    let id = drafted(&phone, "Bí mật zzyzxqua của tôi").await;
    assert_eq!(found(&phone, "zzyzxqua").await, [id]);
    phone.client().discard_draft(id).await.unwrap();
    phone.take().shut_down().await.unwrap();
    for file in std::fs::read_dir(phone.store()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(8).any(|run| run == b"zzyzxqua");
            assert!(!holds, "{}", path.display());
        }
    }
}
