//! From a draft with no network to a rated case, at a city that can everything and at one that can nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::case::CaseStatus;
use phananh_domain::delivery::Delivery;
use phananh_domain::reason::Reason;
use phananh_domain::why::Network;
use phananh_engine::client::TimelineEntry;
use phananh_faults::{RequestAction, RequestMatch, Script, Turn};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use support::Town;
use support::phone::Phone;
use support::story::{WORDS, rating};

fn sha256(path: &std::path::Path) -> String {
    let digest = Sha256::digest(std::fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_rich_city_gets_one_case_works_it_and_is_rated() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    town.line.off().await.unwrap();
    phone.client().set_connectivity(Network::Offline).await.unwrap();

    let (id, hash) = phone.drafted_with_photo().await;
    assert_eq!(phone.client().submit(id).await.unwrap(), []);
    assert_eq!(phone.why(id).await, Some(Reason::NoNetwork));
    let report = phone.drain().await;
    assert_eq!((report.delivered, report.owed, report.requests), (0, 2, 0));

    town.line.on().await.unwrap();
    phone.client().set_connectivity(Network::Unmetered).await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!((report.owed, report.needs_citizen), (0, 0));

    let case = town.only_case();
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(case.description.as_deref(), Some(WORDS));
    assert_eq!(case.reference_code, Some(status.report.reference_code.digits()));
    assert_eq!(
        status.service_request_id.as_ref().map(|n| n.as_str()),
        Some(case.id.as_str())
    );
    assert_eq!(
        status.delivery,
        Delivery::Delivered {
            attachments_owed: 0,
            tracked: true
        }
    );
    let photos: Vec<_> = case.photos.iter().map(|p| p.sha256.clone()).collect();
    assert_eq!(photos, std::slice::from_ref(&hash));
    assert_eq!(sha256(&case.photos[0].path), hash);

    for step in [
        json!({"action": "receive"}),
        json!({"action": "verify"}),
        json!({"action": "assign", "agency": "Trung tâm Công viên Cây xanh"}),
        json!({"action": "start"}),
        json!({"action": "resolve", "outcome": "fixed", "text": "Đã dọn cây"}),
    ] {
        town.act(&case.id, step).await;
    }
    let report = phone.client().sync().await.unwrap();
    assert_eq!(report.changed, 1);
    let status = phone.client().status(id).await.unwrap();
    assert_eq!(status.case_status, Some(CaseStatus::Resolved));
    assert_eq!(status.outcome.as_deref(), Some("fixed"));
    let kinds: Vec<_> = status
        .timeline
        .iter()
        .map(|entry| match entry {
            TimelineEntry::City(event) => event.kind.clone(),
            TimelineEntry::Pending { .. } | TimelineEntry::TakenBack { .. } => panic!("nothing is owed"),
        })
        .collect();
    let shown: Vec<_> = town
        .only_case()
        .events
        .into_iter()
        .filter(|e| e.visibility != "internal")
        .collect();
    assert_eq!(kinds, shown.iter().map(|e| e.kind.clone()).collect::<Vec<_>>());

    phone.client().message(id, rating()).await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!(report.owed, 0);
    let case = town.only_case();
    assert_eq!(
        (case.rating.as_deref(), case.fixed.as_deref()),
        (Some("satisfied"), Some("yes"))
    );
    assert_eq!(phone.client().sync().await.unwrap().changed, 1);
    assert_eq!(phone.client().sync().await.unwrap().changed, 0);
}

#[tokio::test]
async fn a_bare_city_gets_photo_and_footer_in_one_request() {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    let (id, hash) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!((report.owed, report.needs_citizen), (0, 0));

    let case = town.only_case();
    let code = phone.client().report(id).await.unwrap().reference_code;
    let description = case.description.unwrap();
    let (words, footer) = description.rsplit_once('\n').unwrap();
    assert_eq!(words.trim_end(), WORDS);
    assert!(footer.contains(&code.to_string()), "{footer}");
    assert_eq!(case.photos.len(), 1);
    assert_eq!(
        (case.photos[0].sha256.as_str(), sha256(&case.photos[0].path)),
        (hash.as_str(), hash.clone())
    );
    assert_eq!(town.city.counts().unwrap().report_posts, 1);
}

#[tokio::test]
async fn a_lost_answer_of_a_bare_city_is_found_by_its_code() {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    let post = || RequestMatch::any().method("POST").turn(Turn::nth(1));
    town.line
        .set_script(Script::new().on_request(post(), RequestAction::lose_answer()));
    let (id, hash) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    let report = phone.settle().await.unwrap();
    assert_eq!((report.owed, report.needs_citizen), (0, 0));
    assert_eq!(town.city.counts().unwrap().report_posts, 1);
    let case = town.only_case();
    assert_eq!(case.photos[0].sha256, hash);
    let status = phone.client().status(id).await.unwrap();
    assert!(status.receipt.unwrap().found);
    assert_eq!(status.service_request_id.unwrap().as_str(), case.id);
}

#[tokio::test]
async fn a_lost_answer_of_a_rich_city_is_asked_for_again_under_the_same_key() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let posts = RequestMatch::any().method("POST").turn(Turn::nth(1).times(2));
    town.line
        .set_script(Script::new().on_request(posts, RequestAction::lose_answer()));
    let (id, hash) = phone.drafted_with_photo().await;
    phone.client().submit(id).await.unwrap();
    assert_eq!(phone.settle().await.unwrap().owed, 0);
    let case = town.only_case();
    assert_eq!(
        case.photos.iter().map(|p| p.sha256.as_str()).collect::<Vec<_>>(),
        [hash.as_str()]
    );
    let counts = town.city.counts().unwrap();
    assert_eq!((counts.report_posts, counts.replays), (3, 2));
}
