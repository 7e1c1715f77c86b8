//! Folding: what a Vietnamese reader takes for the same words is the same text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::fold::{count_chars, fold, fold_place, same_words};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

#[test]
fn marks_case_and_old_spelling_make_no_difference() {
    for written in [
        "Thuận Hoá",
        "thuận hóa",
        "THUẬN HÓA",
        "  Thuận\u{A0}\n Hóa ",
        "Thua\u{323}\u{302}n Ho\u{301}a",
    ] {
        assert_eq!(fold(written), "thuan hoa", "{written:?}");
    }
    assert_eq!(fold("Đường Đống Đa"), "duong dong da");
    // Eth and African D look like Đ on a keyboard.
    assert_eq!(fold("\u{D0}ường \u{189}iện Biên"), "duong dien bien");
    assert!(same_words("Ổ gà\r\nsâu", "o\u{302}\u{309} ga\u{300} sâu"));
    assert!(!same_words("ổ gà", "ổ gà sâu"));
}

#[test]
fn the_kind_of_a_unit_is_dropped_before_its_name() {
    for written in [
        "Phường Thuận Hóa",
        "P. Thuận Hoá",
        "p.thuận hóa",
        "Thuận Hóa",
        "PHƯỜNG  THUẬN HÓA",
    ] {
        assert_eq!(fold_place(written), "thuan hoa", "{written}");
    }
    assert_eq!(
        fold_place("12 Lê Lợi, P. Vĩnh Ninh,xã A Lưới 1"),
        "12 le loi, vinh ninh, a luoi 1"
    );
    // Inside a name the word is part of it, and nothing is dropped to nothing.
    assert_eq!(fold_place("Nhà văn hóa xã"), "nha van hoa xa");
    assert_eq!(fold_place("Phường"), "phuong");
}

#[test]
fn characters_are_code_points() {
    assert_eq!(count_chars("Huế"), 3);
    assert_eq!(count_chars("Hue\u{302}\u{301}"), 5);
    assert_eq!(count_chars("🕳"), 1);
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in "\\PC{0,40}", viet in "[ăâđêôơưáàảãạĐƯỚ .,pxPX]{0,20}") {
        for text in [text, viet] {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            let place = fold_place(&text);
            prop_assert_eq!(fold_place(&place), place);
        }
    }

    #[test]
    fn composed_and_decomposed_fold_alike(text in "\\PC{0,40}") {
        let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
        prop_assert_eq!(fold(&nfc), fold(&nfd));
        prop_assert_eq!(fold_place(&nfc), fold_place(&nfd));
    }
}
