//! The catalogue: complete in both languages, for every word that the core can say, by the house rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;

use phananh_domain::attachment::{AttachmentKind, IngestState};
use phananh_domain::case::{ActorType, Outcome};
use phananh_domain::case_words::OUR_WORDS;
use phananh_domain::identity::{IdentityChoice, Publication};
use phananh_domain::job::JobKind;
use phananh_domain::message::{MessageKind, Satisfaction, StillThere};
use phananh_domain::place::PlaceSource;
use phananh_domain::profile::{ProfileErrorCode, ProfileProblemCode};
use phananh_domain::reason::Reason;
use phananh_domain::report::{Channel, Urgency};
use phananh_domain::service::NoticeKind;
use phananh_domain::validate::ProblemCode;
use phananh_domain::words::{CATALOGUE, Language, render, text};

#[test]
fn every_code_stands_once_in_two_languages_with_the_same_values() {
    let mut codes = BTreeSet::new();
    for entry in CATALOGUE {
        assert!(
            codes.insert(entry.code.replace('.', "_")),
            "{}: twice (or the same on Android)",
            entry.code
        );
        assert!(
            !entry.vi.trim().is_empty() && !entry.en.trim().is_empty(),
            "{}: empty",
            entry.code
        );
        assert!(entry.vi != entry.en, "{}: not translated", entry.code);
        assert_eq!(values(entry.vi), values(entry.en), "{}", entry.code);
    }
}

fn values(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .map(|rest| rest.split_once('}').expect("a closing brace").0)
        .collect()
}

#[test]
fn every_word_of_the_core_has_its_text() {
    macro_rules! all {
        ($($prefix:literal: $list:ty),+ $(,)?) => {
            [$((<$list>::ALL.iter().map(|w| format!(concat!($prefix, ".{}"), w)).collect::<Vec<_>>())),+].concat()
        };
    }
    let mut codes = all!(
        "why": Reason, "problem": ProblemCode, "urgency": Urgency, "publication": Publication, "identity": IdentityChoice,
        "privacy": IdentityChoice, "outcome": Outcome, "actor": ActorType, "channel": Channel, "place": PlaceSource,
        "attachment": AttachmentKind, "attachment": IngestState, "job_kind": JobKind, "message": MessageKind,
        "rating": Satisfaction, "fixed": StillThere, "notice": NoticeKind, "profile": ProfileProblemCode,
        "profile": ProfileErrorCode,
    );
    for status in OUR_WORDS {
        codes.push(format!("case.{status}"));
    }
    // Of a bare city "open" is a state, never an event.
    let events = OUR_WORDS.iter().filter(|word| **word != "open");
    codes.extend(
        events
            .chain(&["answer", "comment", "rating", "remind", "attachment"])
            .map(|k| format!("event.{k}")),
    );
    for state in [
        "draft",
        "queued",
        "sending",
        "unconfirmed",
        "delivered",
        "blocked",
    ] {
        codes.push(format!("delivery.{state}"));
    }
    for state in ["queued", "sending", "unconfirmed", "done", "blocked"] {
        codes.push(format!("job.{state}"));
    }
    let missing: Vec<_> = codes
        .iter()
        .filter(|code| text(code, Language::Vi).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_house_rules_hold() {
    for entry in CATALOGUE {
        let vi = entry.vi.to_lowercase();
        for forbidden in [
            "bị chặn",
            "ẩn danh",
            "sos",
            "cứu hộ",
            "huỷ",
            "xoá",
            "hoá",
            "gần đây",
            "quý khách",
        ] {
            assert!(!vi.contains(forbidden), "{}: {forbidden}", entry.code);
        }
        for forbidden in ["anonymous", "SOS", "rescue"] {
            assert!(!entry.en.contains(forbidden), "{}: {forbidden}", entry.code);
        }
        let composed: String = unicode_normalization::UnicodeNormalization::nfc(entry.vi).collect();
        assert_eq!(composed, entry.vi, "{}: not NFC", entry.code);
    }
    // Sent is not taken in; a result is not a repair.
    assert!(
        !text("delivery.delivered", Language::Vi)
            .unwrap()
            .contains("tiếp nhận")
    );
    assert!(!text("case.resolved", Language::Vi).unwrap().contains("khắc phục"));
}

#[test]
fn values_are_set_in_once_and_nothing_is_lost() {
    let shown = render("why.locked", Language::En, &[("reason", "{n} {reason}")]);
    assert_eq!(shown, "Account locked: {n} {reason}. Reports are kept");
    assert_eq!(
        render("why.in_line", Language::Vi, &[]),
        "Còn {n} phản ánh gửi trước"
    );
    assert_eq!(render("case.unheard_of", Language::Vi, &[]), "case.unheard_of");
    assert_eq!(
        render("delivery.delivered_owing", Language::En, &[("n", "2")]),
        "Sent, 2 photos left"
    );
}
