//! Finding again: what a question asks for, and what an index holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use phananh_domain::refcode::ReferenceCode;
use phananh_domain::search::{ListState, Machine, QUESTION_MAX, Question, WORD_MAX, WORDS_MAX, index_text};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn code() -> ReferenceCode {
    ReferenceCode::mint([7; 8])
}

/// As an index answers: every word begins one of its words.
fn finds(typed: &str, text: &str) -> bool {
    let indexed = index_text([text], code(), Some("SR-2026-17"));
    match Question::parse(typed) {
        Question::Anything => true,
        Question::NoWord => false,
        Question::Words(words) => words
            .iter()
            .all(|word| indexed.split(' ').any(|one| one.starts_with(word.as_str()))),
    }
}

#[test]
fn a_vietnamese_text_is_found_however_it_is_typed() {
    let text = "Cây đổ ở đường Hùng Vương, P. Thuận Hoá (gần chợ)";
    for typed in [
        "duong hung vuong",
        "ĐƯỜNG HÙNG VƯƠNG",
        "Hùng Vương đường",
        "hung vuo",
        "P. thuan hoa",
        "p.thuận hóa",
        "phường Thuận Hóa",
        "phuong thuan hoa",
        "p thuan hoa",
        "Thua\u{323}\u{302}n Ho\u{301}a",
        "\"thuan\" AND* (hoa",
        "đ. hung vuong",
    ] {
        // "and" is a word like any other, and not in the text.
        let has_and = typed.contains("AND");
        assert_eq!(finds(typed, text), !has_and, "{typed}");
    }
    for typed in ["xa thuan hoa", "ung", "duong le loi", "🚧", "\"*\""] {
        assert!(!finds(typed, text), "{typed}");
    }
    // The question may name the unit where the text does not.
    assert!(finds("P. Thuận Hóa", "ngập ở Thuận Hóa"));
    assert!(
        finds("p.", "Phường Thuận Hóa"),
        "an abbreviation alone is what is asked for"
    );
}

#[test]
fn a_code_is_found_by_any_four_digits_of_it_and_the_citys_number_too() {
    let digits = code().digits();
    for start in 0..=8 {
        assert!(finds(&digits[start..start + 4], ""), "{start}");
    }
    assert!(finds(&code().to_string(), ""), "as it is read aloud");
    assert!(finds(&digits, ""));
    let in_threes = format!(
        "{} {} {} {}",
        &digits[..3],
        &digits[3..6],
        &digits[6..9],
        &digits[9..]
    );
    assert!(finds(&in_threes, ""), "{in_threes}");
    for start in 0..=9 {
        assert!(
            !finds(&digits[start..start + 3], ""),
            "three digits name a house, not a code"
        );
    }
    assert!(finds("sr-2026-17", ""));
    assert!(!finds("18", ""));
}

#[test]
fn a_blank_question_asks_for_anything_and_signs_for_nothing() {
    assert_eq!(Question::parse(" \t\u{A0}"), Question::Anything);
    for typed in ["\"", "*", "\0", "()", "-", "🚧"] {
        assert_eq!(Question::parse(typed), Question::NoWord, "{typed:?}");
    }
}

#[test]
fn every_word_of_a_state_belongs_to_one_machine() {
    let of_delivery: Vec<_> = ListState::ALL
        .iter()
        .filter(|state| state.machine() == Machine::Delivery)
        .map(|state| state.as_str())
        .collect();
    assert_eq!(
        of_delivery,
        [
            "draft",
            "queued",
            "sending",
            "unconfirmed",
            "delivered",
            "blocked",
            "followed"
        ]
    );
    for word in phananh_domain::case_words::OUR_WORDS {
        let state: ListState = word.parse().unwrap();
        assert_eq!(state.machine(), Machine::Case, "{word}");
    }
}

proptest! {
    #[test]
    fn a_question_is_bounded_and_holds_letters_and_digits_alone(typed in "(?s).{0,400}", long in "[a-zđ0-9 .\"*]{0,2500}") {
        for typed in [typed, long] {
            let Question::Words(words) = Question::parse(&typed) else { continue };
            prop_assert!(!words.is_empty() && words.len() <= WORDS_MAX);
            for word in words {
                let bare = word.trim_start_matches('\u{2116}');
                prop_assert!(bare.chars().all(char::is_alphanumeric), "{word:?}");
                prop_assert!((1..=WORD_MAX).contains(&bare.chars().count()));
            }
        }
    }

    #[test]
    fn a_text_is_found_by_itself_in_any_normal_form(text in "[a-zA-Zăâđêôơưáàảãạẫểởự .,]{1,60}") {
        let decomposed: String = text.nfd().collect();
        prop_assert!(text.chars().count() <= QUESTION_MAX);
        let few: String = decomposed.split_whitespace().take(WORDS_MAX).collect::<Vec<_>>().join(" ");
        if Question::parse(&few) != Question::NoWord {
            prop_assert!(finds(&few, &text), "{few:?} in {text:?}");
        }
    }
}
