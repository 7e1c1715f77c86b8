//! Profiles as the engine takes them: the form of the flags is that of the wire, and a mistake is never a default.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use georeport::Dialect;
use phananh_domain::profile::CityProfile;
use phananh_domain::profile::form::{Form, Member};
use phananh_domain::validate::Severity;
use phananh_engine::profile::{FLAGS, examine, read};
use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, ClientError, Config};
use serde_json::{Value, json};

fn profile(flags: &Value) -> String {
    json!({"name": "x", "zone": "UTC", "languages": ["vi"], "flags": flags}).to_string()
}

/// Path, code and nearest name of each mistake.
fn mistakes(flags: &Value) -> Vec<(String, String, Option<String>)> {
    let examined = examine(&profile(flags)).unwrap();
    let problems = examined.problems.into_iter();
    problems
        .map(|p| (p.path, p.code.to_string(), p.nearest))
        .collect()
}

fn members(form: Form) -> &'static [Member] {
    match form {
        Form::Members { members, .. } => members,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_form_of_the_flags_is_that_of_the_dialect() {
    let Value::Object(standard) = serde_json::to_value(Dialect::default()).unwrap() else {
        panic!()
    };
    let of_dialect: BTreeSet<_> = standard.keys().map(String::as_str).collect();
    let of_form: BTreeSet<_> = members(FLAGS).iter().map(|member| member.name).collect();
    assert_eq!(of_form, of_dialect);
    let page = include_str!("../../../docs/profile.md");
    for name in &of_form {
        assert!(page.contains(&format!("\n| `{name}` |")), "{name}");
    }
    assert_eq!(mistakes(&Value::Object(standard)), []);
    // Each word that the form allows, the wire reads; and no other word.
    for member in members(FLAGS) {
        if let Form::Word(words) = member.form {
            for word in words {
                assert!(
                    serde_json::from_value::<Dialect>(json!({member.name: word})).is_ok(),
                    "{word}"
                );
            }
            let other = serde_json::from_value::<Dialect>(json!({member.name: "other"})).unwrap_err();
            let listed = words
                .iter()
                .filter(|word| other.to_string().contains(&format!("`{word}`")));
            assert_eq!(
                listed.count(),
                other.to_string().matches('`').count() / 2 - 1,
                "{other}"
            );
        }
    }
    for paging in [
        json!({"page_size": {"page": "p", "size": "s", "rows": 5, "first": 0}}),
        json!({"limit_offset": {"limit": "l", "offset": "o", "rows": 5}}),
        json!({"page_size": {}}),
    ] {
        let flags = json!({"paging": paging});
        assert_eq!(mistakes(&flags), []);
        assert!(serde_json::from_value::<Dialect>(flags).is_ok());
    }
}

#[test]
fn every_mistake_in_the_flags_is_named() {
    let mistake = |path: &str, code: &str, near: Option<&str>| {
        (path.to_owned(), code.to_owned(), near.map(str::to_owned))
    };
    let flags = json!({
        "medai": "many", "jurisdiction": "querry_always", "list_cap": 0, "ids_per_list": "50", "characters": "utf8",
        "paging": {"page_size": {"row": 5}, "limit_offset": {}}, "photos": "many",
    });
    assert_eq!(
        mistakes(&flags),
        [
            mistake("flags.jurisdiction", "not_a_choice", Some("query_always")),
            mistake("flags.paging", "wrong_form", None),
            mistake("flags.list_cap", "out_of_range", None),
            mistake("flags.ids_per_list", "wrong_form", None),
            mistake("flags.characters", "not_a_choice", None),
            mistake("flags.medai", "misspelt", Some("media")),
            mistake("flags.photos", "unknown_member", None),
        ]
    );
    let paging = json!({"paging": {"page_size": {"row": 5}}});
    assert_eq!(
        mistakes(&paging),
        [mistake("flags.paging.page_size.row", "misspelt", Some("rows"))]
    );
    let examined = examine(&profile(&json!({"photos": 1}))).unwrap();
    assert_eq!(examined.problems[0].severity, Severity::Blocks);
}

#[tokio::test]
async fn a_city_with_a_mistake_in_its_profile_is_refused_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::open(Config::new(
        folder.path().to_owned(),
        Arc::new(MemorySecrets::default()),
    ))
    .unwrap();
    for (flags, member, code) in [
        (json!({"medai": "many"}), "flags.medai", "profile.misspelt"),
        (json!({"media": "lots"}), "flags.media", "profile.not_a_choice"),
    ] {
        // Whoever reads a profile without looking at it.
        let profile = CityProfile::parse(&profile(&flags)).unwrap();
        let refused = client.set_city(profile, None).await.unwrap_err();
        let ClientError::BadInput { field, code: told } = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((field.as_str(), told.as_str()), (member, code));
    }
    // Where it is read from its text, a member that is nearly a known one is none of tomorrow.
    let text = json!({"name": "x", "zone": "UTC", "languages": ["vi"], "refusal": "may_be_stored"});
    let refused = read(&text.to_string()).unwrap_err();
    assert!(matches!(refused, ClientError::BadInput { field, .. } if field == "refusal"));
    // A member of tomorrow keeps nobody from the city.
    let mut newer = CityProfile::bundled("generic").unwrap();
    newer.unknown.insert("tomorrow".to_owned(), json!(1));
    client.set_city(newer, None).await.unwrap();
    assert_eq!(client.cities().await.unwrap().len(), 1);
}
