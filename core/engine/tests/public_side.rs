//! The city's public side: read with a network and without.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use phananh_domain::id::CityId;
use phananh_domain::public::AnnouncementKind;
use phananh_domain::time::HOUR;
use phananh_domain::words::Language;
use phananh_engine::ClientError;
use phananh_engine::client::{Period, PublicQuery};
use phananh_engine::clock::Clock as _;
use serde_json::json;
use support::phone::Phone;
use support::story::draft;
use support::{CITY, Town};

fn city() -> CityId {
    CityId::new(CITY)
}

async fn public_report(phone: &Phone, text: &str) {
    let mut new = draft();
    new.changes.publication = Some(phananh_domain::identity::Publication::Public);
    new.changes.text = Some(text.to_owned());
    let id = phone.client().create_draft(new).await.unwrap().id;
    phone.client().set_pin(id, 16.4637, 107.5909, None).await.unwrap();
    phone.client().submit(id).await.unwrap();
    phone.settle().await.unwrap();
}

#[tokio::test]
async fn announcements_come_in_pages_and_stay_readable_offline_with_their_time() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let client = phone.client();
    for n in 0..25 {
        let kind = if n == 24 { "emergency" } else { "info" };
        town.desk(
            "announcements.json",
            json!({"kind": kind, "title": {"vi": format!("Thông báo {n}"), "en": format!("Notice {n}")}, "text": {"vi": "Nước lên"}}),
        )
        .await;
        town.clock.advance(1_000);
    }
    assert_eq!(
        client.announcements(city(), None).await.unwrap(),
        None,
        "never fetched"
    );
    let first = client.fetch_announcements(city(), None).await.unwrap();
    assert_eq!(first.announcements.len(), 20);
    let newest = &first.announcements[0];
    assert_eq!(newest.kind, AnnouncementKind::Emergency);
    assert_eq!(newest.title.in_language(Language::En), "Notice 24");
    assert_eq!(
        newest.text.in_language(Language::En),
        "Nước lên",
        "the city's words, whatever the language"
    );
    let rest = client
        .fetch_announcements(city(), first.next.clone())
        .await
        .unwrap();
    assert_eq!((rest.announcements.len(), rest.next.as_deref()), (5, None));
    let asked_at = town.clock.now();
    town.line.off().await.unwrap();
    town.clock.advance(HOUR);
    let error = client.fetch_announcements(city(), None).await.unwrap_err();
    assert!(matches!(error, ClientError::Network { .. }), "{error:?}");
    let kept = client.announcements(city(), None).await.unwrap().unwrap();
    assert_eq!((kept.as_of, kept), (asked_at, first.clone()));
    assert_eq!(
        client.announcements(city(), first.next).await.unwrap(),
        Some(rest)
    );
}

#[tokio::test]
async fn the_feed_shows_public_cases_and_the_figures_are_those_of_the_city() {
    let town = Town::rich().await;
    let phone = Phone::of(&town).await;
    let client = phone.client();
    for n in 0..3 {
        public_report(&phone, &format!("Cây đổ {n}")).await;
        town.clock.advance(60_000);
    }
    let case = town.cases()[0].id.clone();
    town.act(&case, json!({"action": "receive"})).await;
    let page = client.fetch_feed(city(), PublicQuery::default()).await.unwrap();
    let texts: Vec<_> = page.cases.iter().map(|case| case.text.as_str()).collect();
    assert_eq!(texts, ["Cây đổ 2", "Cây đổ 1", "Cây đổ 0"]);
    let received = PublicQuery {
        state: Some("received".to_owned()),
        ..PublicQuery::default()
    };
    let narrowed = client.fetch_feed(city(), received.clone()).await.unwrap();
    assert_eq!(narrowed.cases.len(), 1);
    assert_eq!(narrowed.cases[0].id.as_str(), case);
    let bad = PublicQuery {
        after: Some("no cursor".to_owned()),
        ..PublicQuery::default()
    };
    let error = client.fetch_feed(city(), bad).await.unwrap_err();
    assert!(matches!(error, ClientError::BadInput { .. }), "{error:?}");

    let numbers = client.fetch_numbers(city(), Period::default()).await.unwrap();
    let figure = |metric: &str| {
        let found = numbers
            .numbers
            .figures
            .iter()
            .find(|f| f.metric == metric)
            .unwrap();
        (found.numerator, found.denominator)
    };
    assert_eq!(figure("received"), (3, None));
    assert_eq!(figure("taken_in"), (1, Some(3)));
    let period = Period {
        from: Some("25.11.2026".to_owned()),
        to: None,
    };
    let error = client.fetch_numbers(city(), period).await.unwrap_err();
    assert!(
        matches!(error, ClientError::BadInput { ref code, .. } if code == "error.bad_day"),
        "{error:?}"
    );

    town.line.off().await.unwrap();
    assert_eq!(client.feed(city(), received).await.unwrap(), Some(narrowed));
    assert_eq!(
        client
            .numbers(city(), Period::default())
            .await
            .unwrap()
            .unwrap()
            .numbers,
        numbers.numbers
    );
}

#[tokio::test]
async fn of_a_bare_city_the_feed_is_its_list_and_what_it_does_not_offer_is_told() {
    let town = Town::bare().await;
    let phone = Phone::of(&town).await;
    public_report(&phone, "Cây đổ").await;
    let page = phone
        .client()
        .fetch_feed(city(), PublicQuery::default())
        .await
        .unwrap();
    assert!(page.cases[0].text.starts_with("Cây đổ"), "{page:?}");
    for error in [
        phone
            .client()
            .fetch_announcements(city(), None)
            .await
            .unwrap_err(),
        phone
            .client()
            .fetch_numbers(city(), Period::default())
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(error, ClientError::NotNow { ref code } if code == "error.not_offered"),
            "{error:?}"
        );
    }
}
