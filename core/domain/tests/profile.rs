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
use phananh_domain::profile::form::Form;
use phananh_domain::profile::{
    BundledProfile, CityProfile, ProfileErrorCode, ProfileProblemCode, member_names,
};
use phananh_domain::validate::Severity;
use phananh_domain::words::Language;
use serde_json::{Value, json};

#[test]
fn the_bundled_profiles_are_without_mistake() {
    for bundled in BundledProfile::ALL {
        let profile = CityProfile::parse(bundled.json()).unwrap();
        assert!(profile.check(Form::Free).is_empty(), "{bundled}");
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
    assert!(profile.check(Form::Free).is_empty());
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
fn a_profile_of_the_wrong_kinds_of_values_is_explained_whole() {
    let json = r#"{"name": 7, "zone": "Asia/Ho_Chi_Min", "languages": "vi", "label": {"vi": 1}, "max_photos": "three",
        "max_photo_bytes": 1.5, "description_max": -1, "takes_reports": "yes", "identity": "confidental",
        "emergency": [{"number": 112, "label": "a"}, {"label": "b"}], "bbox": {"south": "15", "west": 1, "north": 2},
        "services": [{"code": "a", "nmae": "A"}], "needs": {"*": {"photo": "maybe", "place": "required", "words": "hidden"}},
        "status_map": {"xong": "resolvd"}, "refusal": "may_be_stored", "footer": null, "colour": 1,
        "zone": "Asia/Ho_Chi_Minh"}"#;
    let examined = CityProfile::examine(json, Form::Free).unwrap();
    assert!(examined.profile.is_none());
    let told: Vec<_> = examined
        .problems
        .iter()
        .map(|p| (p.path.as_str(), p.code.as_str(), p.nearest.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("name", "wrong_form", None),
            ("label.vi", "wrong_form", None),
            ("languages", "wrong_form", None),
            ("emergency[0].number", "wrong_form", None),
            ("emergency[1].number", "missing", None),
            ("bbox.south", "wrong_form", None),
            ("bbox.east", "missing", None),
            ("max_photos", "wrong_form", None),
            ("max_photo_bytes", "wrong_form", None),
            ("description_max", "out_of_range", None),
            ("takes_reports", "wrong_form", None),
            ("identity", "not_a_choice", Some("confidential")),
            ("services[0].name", "missing", None),
            ("services[0].nmae", "misspelt", Some("name")),
            ("needs.*.photo", "not_a_choice", None),
            ("status_map.xong", "unknown_status", Some("resolved")),
            ("footer", "wrong_form", None),
            ("colour", "unknown_member", None),
            ("refusal", "misspelt", Some("refusals")),
            ("zone", "member_twice", None),
        ]
    );
    for language in Language::ALL {
        for problem in &examined.problems {
            let told = problem.tell(*language);
            assert!(
                !told.contains('{') && told.contains(&problem.path) && !told.starts_with("profile."),
                "{told}"
            );
        }
    }
    let told = |path: &str, language| {
        let problem = examined.problems.iter().find(|p| p.path == path).unwrap();
        problem.tell(language)
    };
    assert_eq!(
        told("identity", Language::En),
        "identity is \"confidental\". Choose: named, confidential, none. Is confidential meant?"
    );
    assert_eq!(
        told("description_max", Language::Vi),
        "Mục description_max là -1, ngoài khoảng cho phép. Cần: số nguyên từ 100 đến 1000000"
    );
}

#[test]
fn a_zone_that_is_nearly_one_is_named_and_a_password_is_not_repeated() {
    let json = r#"{"name": "x", "zone": "Asia/Ho_Chi_Min", "languages": ["vi"],
        "endpoint": "https://me:secret@city.example/"}"#;
    let examined = CityProfile::examine(json, Form::Free).unwrap();
    let [url, zone] = examined.problems.as_slice() else {
        panic!("{:?}", examined.problems)
    };
    assert_eq!(zone.nearest.as_deref(), Some("Asia/Ho_Chi_Minh"));
    assert!(url.found.is_none() && !url.tell(Language::En).contains("secret"));
}

#[test]
fn a_new_member_beside_a_known_one_of_nearly_its_name_is_one_of_tomorrow() {
    let json = r#"{"name": "x", "zone": "UTC", "languages": ["vi"], "hotline": "1", "hotlines": ["1"]}"#;
    let examined = CityProfile::examine(json, Form::Free).unwrap();
    assert!(examined.profile.is_some());
    assert_eq!(examined.problems[0].code, ProfileProblemCode::UnknownMember);
}

/// The commented example of the documentation, as JSON.
fn example() -> String {
    let page = include_str!("../../../docs/profile.md");
    let (_, rest) = page.split_once("```jsonc\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    // A comment begins after a blank; "https://" does not.
    example
        .lines()
        .map(|line| line.split(" //").next().unwrap_or_default())
        .collect()
}

/// All values of a tree, by the way to them.
fn ways(value: &Value, way: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            let way = format!("{way}/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(way.clone());
            ways(value, &way, found);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| {
            let way = format!("{way}/{i}");
            found.push(way.clone());
            ways(value, &way, found);
        }),
        _ => {}
    }
}

#[test]
fn what_the_walk_lets_pass_the_reader_takes_and_what_the_reader_refuses_the_walk_names() {
    let whole: Value = serde_json::from_str(&example()).unwrap();
    let mut all = Vec::new();
    ways(&whole, "", &mut all);
    let others = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(7),
        json!(1.5),
        json!(1e30),
        json!(""),
        json!("none"),
        json!([]),
        json!([1, 2, 3, 4]),
        json!([1, 2]),
        json!({}),
        json!({"vi": "a"}),
        json!([{}]),
    ];
    let mut passed = 0;
    let mut examine = |value: &Value, changed: &str| {
        let text = value.to_string();
        let examined = CityProfile::examine(&text, Form::Free).unwrap();
        let read = CityProfile::parse(&text);
        assert_eq!(
            examined.profile.is_some(),
            read.is_ok() && examined.profile.is_some(),
            "{changed}"
        );
        assert!(
            read.is_ok() || examined.problems.iter().any(|p| p.severity == Severity::Blocks),
            "{changed}"
        );
        passed += u32::from(examined.profile.is_some());
    };
    for way in &all {
        let (above, name) = way.rsplit_once('/').unwrap();
        for other in &others {
            let mut changed = whole.clone();
            *changed.pointer_mut(way).unwrap() = other.clone();
            examine(&changed, &format!("{way} = {other}"));
        }
        let mut without = whole.clone();
        match without.pointer_mut(above).unwrap() {
            Value::Object(object) => drop(object.remove(&name.replace("~1", "/").replace("~0", "~"))),
            Value::Array(list) => drop(list.remove(name.parse().unwrap())),
            _ => unreachable!(),
        }
        examine(&without, &format!("{way} removed"));
    }
    assert!(passed > 100, "{passed} of these are profiles still");
}

#[test]
fn every_mistake_is_found_at_once() {
    let json = r#"{"name": "a/b", "endpoint": "http://city.example/", "zone": "Asia/Hue", "languages": ["fr"],
        "hotline": "gọi", "emergency": [{"number": "", "label": {}}], "bbox": {"south": 2, "west": 0, "north": 1, "east": 1},
        "max_photos": 21, "services": [{"code": "a", "name": "A"}, {"code": "a", "name": "B"}],
        "status_map": {"done": "finished"}, "endpont": "https://city.example"}"#;
    let problems = CityProfile::parse(json).unwrap().check(Form::Free);
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
        profile.check(Form::Free).first().map(|p| p.code)
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
fn the_commented_example_of_the_documentation_is_a_profile_without_mistake_and_names_every_member() {
    let json = example();
    let whole: Value = serde_json::from_str(&json).unwrap();
    for name in member_names() {
        assert!(whole.get(name).is_some(), "{name}");
    }
    assert!(CityProfile::parse(&json).unwrap().check(Form::Free).is_empty());
}
