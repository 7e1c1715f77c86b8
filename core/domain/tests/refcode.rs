//! Reference codes: minted ones are right, and a slip of the tongue is heard.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::refcode::{NotAReferenceCode, ReferenceCode};
use proptest::prelude::*;

#[test]
fn the_check_digit_is_damms() {
    // The worked example in the literature: 572 has the check digit 4; leading zeros change nothing.
    assert!(ReferenceCode::parse("000000005724").is_ok());
    for wrong in ["000000005720", "000000005723", "000000005725"] {
        assert_eq!(
            ReferenceCode::parse(wrong),
            Err(NotAReferenceCode::WrongCheckDigit)
        );
    }
}

#[test]
fn a_code_is_read_as_people_write_it() {
    let code = ReferenceCode::parse("123456789018").unwrap();
    for written in [
        "1234-5678-9018",
        " 1234 5678 9018 ",
        "1234.5678.9018",
        "1234\u{2013}5678\u{A0}9018",
    ] {
        assert_eq!(ReferenceCode::parse(written), Ok(code), "{written}");
    }
    assert_eq!(code.to_string(), "1234-5678-9018");
    assert_eq!(serde_json::to_string(&code).unwrap(), "\"123456789018\"");
    assert!(serde_json::from_str::<ReferenceCode>("\"123456789010\"").is_err());
}

#[test]
fn what_is_no_code_is_told_apart() {
    assert_eq!(
        ReferenceCode::parse(""),
        Err(NotAReferenceCode::WrongLength { digits: 0 })
    );
    assert_eq!(
        ReferenceCode::parse("1234-5678-901"),
        Err(NotAReferenceCode::WrongLength { digits: 11 })
    );
    assert_eq!(
        ReferenceCode::parse(&"1".repeat(100_000)),
        Err(NotAReferenceCode::WrongLength { digits: 13 })
    );
    for letters in ["1234-5678-901O", "１２３４５６７８９０１８", "+23456789018"] {
        assert_eq!(
            ReferenceCode::parse(letters),
            Err(NotAReferenceCode::NotDigits),
            "{letters}"
        );
    }
}

proptest! {
    #[test]
    fn a_minted_code_reads_back_and_never_starts_with_zero(random: [u8; 8]) {
        let code = ReferenceCode::mint(random);
        prop_assert_eq!(ReferenceCode::parse(&code.to_string()), Ok(code));
        prop_assert_eq!(ReferenceCode::parse(&code.digits()), Ok(code));
        prop_assert_ne!(code.digits().as_bytes()[0], b'0');
    }

    #[test]
    fn one_wrong_digit_or_a_swap_of_neighbours_is_noticed(random: [u8; 8], at in 0usize..12, plus in 1u8..10) {
        let mut digits = ReferenceCode::mint(random).digits().into_bytes();
        let mut swapped = digits.clone();
        digits[at] = b'0' + (digits[at] - b'0' + plus) % 10;
        prop_assert_eq!(
            ReferenceCode::parse(std::str::from_utf8(&digits).unwrap()),
            Err(NotAReferenceCode::WrongCheckDigit)
        );
        let next = at.min(10);
        swapped.swap(next, next + 1);
        if swapped[next] != swapped[next + 1] {
            prop_assert_eq!(
                ReferenceCode::parse(std::str::from_utf8(&swapped).unwrap()),
                Err(NotAReferenceCode::WrongCheckDigit)
            );
        }
    }
}
