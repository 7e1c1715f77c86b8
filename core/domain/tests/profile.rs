//! City profiles: read with the member at fault named, checked whole, and the words of cities mapped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::case::{CaseStatus, Outcome};
use phananh_domain::case_words::implied_outcome;
use phananh_domain::id::CaseNumber;
use phananh_domain::identity::{IdentityChoice, Publication};
use phananh_domain::place::Point;
use phananh_domain::profile::{BundledProfile, CityProfile, ProfileErrorCode, ProfileProblemCode};
use phananh_domain::validate::Severity;
use phananh_domain::words::Language;

#[test]
fn the_bundled_profiles_are_without_mistake() {
    for bundled in BundledProfile::ALL {
        let profile = CityProfile::parse(bundled.json()).unwrap();
        assert_eq!(profile.check(), [], "{bundled}");
        assert_eq!(profile.name, bundled.as_str());
        assert_eq!(profile.endpoint, None);
    }
    assert_eq!(CityProfile::bundled("atlantis"), None);
}

#[test]
fn hue_is_what_is_known_of_hue() {
    let hue = CityProfile::bundled("hue").unwrap();
    assert_eq!(
        (hue.identity, hue.publication),
        (IdentityChoice::Confidential, Publication::AfterReview)
    );
    assert_eq!(hue.hotline.as_deref(), Some("19001075"));
    let numbers: Vec<_> = hue.emergency.iter().map(|e| e.number.as_str()).collect();
    assert_eq!(numbers, ["112", "113", "114", "115"]);
    assert_eq!(
        (hue.label(Language::Vi), hue.label(Language::En)),
        ("Thành phố Huế", "Huế city")
    );
    let bbox = hue.bbox.unwrap();
    let point = |lat, lon| Point::new(lat, lon).unwrap();
    // The citadel; A Lưới; Lăng Cô; then Đà Nẵng and Đông Hà, which are other cities.
    for inside in [
        point(16.4698, 107.5786),
        point(16.2760, 107.2327),
        point(16.2387, 108.0760),
    ] {
        assert!(bbox.contains(inside), "{inside:?}");
    }
    for outside in [point(16.0678, 108.2208), point(16.8163, 107.1003)] {
        assert!(!bbox.contains(outside), "{outside:?}");
    }
    let noon = "2026-11-25T05:00:00Z".parse().unwrap();
    assert_eq!(hue.zone().unwrap().offset_seconds(noon), 7 * 3600);
    assert!(
        hue.default_services(Language::En)
            .iter()
            .all(|service| !service.name.is_empty())
    );
    let generic = CityProfile::bundled("generic").unwrap();
    assert_eq!(
        (generic.identity, generic.publication),
        (IdentityChoice::Named, Publication::Public)
    );
}

#[test]
fn a_small_file_is_a_profile() {
    let json = r#"{"name": "spot", "endpoint": "http://127.0.0.1:8080/v2", "zone": "America/Chicago",
        "languages": ["en"], "bbox": [-88.0, 41.6, -87.5, 42.1], "emergency": [{"number": "911", "label": "Emergency"}]}"#;
    let profile = CityProfile::parse(json).unwrap();
    assert_eq!(profile.check(), []);
    assert_eq!(
        (profile.max_photos, profile.description_max, profile.takes_reports),
        (3, 4_000, true)
    );
    assert!(profile.bbox.unwrap().contains(Point::new(41.88, -87.63).unwrap()));
    // Written and read again it is the same.
    assert_eq!(
        CityProfile::parse(&serde_json::to_string(&profile).unwrap()).unwrap(),
        profile
    );
}

#[test]
fn the_member_at_fault_is_named() {
    let error = |json: &str| {
        let error = CityProfile::parse(json).unwrap_err();
        (error.path, error.code)
    };
    let member = ProfileErrorCode::WrongMember;
    assert_eq!(error("{"), (".".to_owned(), ProfileErrorCode::NotJson));
    assert_eq!(
        error(r#"{"name":"x","zone":"UTC","languages":[]} trailing"#).1,
        ProfileErrorCode::NotJson
    );
    assert_eq!(
        error(r#"{"name":"x","zone":"UTC","languages":"en"}"#),
        ("languages".to_owned(), member)
    );
    let nested = r#"{"name":"x","zone":"UTC","languages":["en"],"emergency":[{"number":112,"label":"a"}]}"#;
    assert_eq!(error(nested), ("emergency[0].number".to_owned(), member));
    assert_eq!(error(r#"{"name":"x","zone":"UTC"}"#).1, member);
    assert_eq!(error(&" ".repeat(300_000)).1, ProfileErrorCode::TooLarge);
    assert!(CityProfile::parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn every_mistake_is_found_at_once() {
    let json = r#"{"name": "a/b", "endpoint": "http://city.example/", "zone": "Asia/Hue", "languages": ["fr"],
        "hotline": "gọi", "emergency": [{"number": "", "label": {}}], "bbox": {"south": 2, "west": 0, "north": 1, "east": 1},
        "max_photos": 21, "services": [{"code": "a", "name": "A"}, {"code": "a", "name": "B"}],
        "status_map": {"done": "finished"}, "endpont": "https://city.example"}"#;
    let problems = CityProfile::parse(json).unwrap().check();
    let found: Vec<_> = problems.iter().map(|p| (p.path.as_str(), p.code)).collect();
    use ProfileProblemCode as C;
    assert_eq!(
        found,
        [
            ("name", C::BadName),
            ("endpoint", C::NotHttps),
            ("zone", C::UnknownZone),
            ("languages[0]", C::UnknownLanguage),
            ("hotline", C::BadNumber),
            ("emergency[0].number", C::BadNumber),
            ("emergency[0].label", C::Empty),
            ("bbox", C::BadBox),
            ("max_photos", C::OutOfRange),
            ("services[1].code", C::Twice),
            ("status_map.done", C::UnknownStatus),
            ("endpont", C::UnknownMember),
        ]
    );
    // A member of tomorrow does not keep the phone of today from the city.
    assert_eq!(problems.last().unwrap().severity, Severity::Warns);
}

#[test]
fn endpoints_are_https_but_for_loopback_and_hold_no_secret() {
    let judge = |endpoint: &str| {
        let mut profile = CityProfile::bundled("generic").unwrap();
        profile.endpoint = Some(endpoint.to_owned());
        profile.check().first().map(|p| p.code)
    };
    for right in [
        "https://city.example/open311/v2",
        "http://localhost:1",
        "http://127.0.0.9:80/",
        "http://[::1]:8/x",
    ] {
        assert_eq!(judge(right), None, "{right}");
    }
    use ProfileProblemCode as C;
    for (wrong, code) in [
        ("http://127.0.0.1.city.example/", C::NotHttps),
        ("http://localhost@city.example/", C::SecretInUrl),
        ("https://me:secret@city.example/", C::SecretInUrl),
        ("https://city.example/?api_key=1", C::BadUrl),
        ("ftp://city.example/", C::BadUrl),
        ("city.example", C::BadUrl),
    ] {
        assert_eq!(judge(wrong), Some(code), "{wrong}");
    }
}

#[test]
fn words_of_cities_become_ours_and_unknown_ones_stay() {
    let mut profile = CityProfile::bundled("generic").unwrap();
    let lead = CaseNumber::new("0042");
    let map =
        |profile: &CityProfile, detailed, status| profile.map_status(detailed, status, Some(&lead)).unwrap();
    use CaseStatus as S;
    for (detailed, status, expected) in [
        (Some("verifying"), Some("open"), S::Verifying),
        (Some("IN_PROCESS"), Some("open"), S::InProgress),
        (Some("In Progress"), None, S::InProgress),
        (Some("  "), Some("Closed"), S::Closed),
        (None, Some("OPEN"), S::Open),
        (Some("fixed"), Some("closed"), S::Resolved),
        (Some("duplicate"), Some("closed"), S::Duplicate(lead.clone())),
        (Some("unchanged"), Some("open"), S::Open),
        (
            Some("Chờ phê duyệt"),
            Some("open"),
            S::Other("Chờ phê duyệt".to_owned()),
        ),
    ] {
        assert_eq!(
            map(&profile, detailed, status),
            expected,
            "{detailed:?} {status:?}"
        );
    }
    assert_eq!(profile.map_status(None, Some(""), None), None);
    assert_eq!(profile.map_status(Some("unchanged"), None, None), None);
    // Without the number of the lead case there is nothing to follow.
    assert_eq!(
        profile.map_status(Some("Duplicate"), None, None),
        Some(S::Other("Duplicate".to_owned()))
    );
    assert_eq!(implied_outcome("Fixed"), Some(Outcome::Fixed));
    assert_eq!(implied_outcome("closed"), None);
    // The city's own map comes first.
    profile
        .status_map
        .insert("Đang xử lý".to_owned(), "in_progress".to_owned());
    profile
        .status_map
        .insert("closed".to_owned(), "resolved".to_owned());
    assert_eq!(map(&profile, Some("đang  XỬ LÝ"), None), S::InProgress);
    assert_eq!(map(&profile, None, Some("closed")), S::Resolved);
}

#[test]
fn the_commented_example_of_the_documentation_is_a_profile_without_mistake() {
    let page = include_str!("../../../docs/profile.md");
    let (_, rest) = page.split_once("```jsonc\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    // A comment begins after a blank; "https://" does not.
    let json: String = example
        .lines()
        .map(|line| line.split(" //").next().unwrap_or_default())
        .collect();
    assert_eq!(CityProfile::parse(&json).unwrap().check(), []);
}
