//! Telephone numbers as one spelling: E.164 (ITU-T), for a city in Vietnam (country code 84, trunk prefix 0).

const COUNTRY: &str = "84";
/// Digits of a number with its country code (E.164, 6.2.1: at most 15).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// The number as `+84…`, from any usual spelling: blanks, dots, dashes, brackets and slashes are left out, and
/// `0905 123 567`, `84 905 123 567`, `0084 905…` and `+84 (0) 905…` are one number. None when it is none.
pub(crate) fn e164(text: &str) -> Option<String> {
    let text = text.trim();
    let international = text.starts_with('+');
    let mut digits = String::new();
    for sign in text.chars().skip(usize::from(international)) {
        match sign {
            '0'..='9' => digits.push(sign),
            ' ' | '.' | '-' | '(' | ')' | '/' | '\u{a0}' => {}
            _ => return None,
        }
    }
    let whole = match (international, digits.strip_prefix("00"), digits.strip_prefix('0')) {
        (true, _, _) => digits.clone(),
        (false, Some(abroad), _) => abroad.to_owned(),
        (false, None, Some(national)) => format!("{COUNTRY}{national}"),
        (false, None, None) if digits.starts_with(COUNTRY) && digits.len() > 9 => digits.clone(),
        (false, None, None) => return None,
    };
    // The trunk prefix that people leave in after the country code.
    let whole = match whole
        .strip_prefix(COUNTRY)
        .and_then(|rest| rest.strip_prefix('0'))
    {
        Some(national) => format!("{COUNTRY}{national}"),
        None => whole,
    };
    Some(format!("+{whole}")).filter(|_| DIGITS.contains(&whole.len()) && !whole.starts_with('0'))
}

/// The number as it may be shown to its owner: `09xx xxx 567`.
pub(crate) fn masked(e164: &str) -> String {
    let national = match e164.strip_prefix("+84") {
        Some(rest) => format!("0{rest}"),
        None => e164.to_owned(),
    };
    let length = national.chars().count();
    let mut masked = String::new();
    for (place, sign) in national.chars().enumerate() {
        if place == 4 || (place > 4 && length - place > 2 && (place - 4) % 3 == 0) {
            masked.push(' ');
        }
        masked.push(if place < 2 || length - place <= 3 {
            sign
        } else {
            'x'
        });
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_that_number() {
        for spelling in [
            "0905123567",
            "0905 123 567",
            "0905.123.567",
            "(0905) 123-567",
            "+84905123567",
            "+84 905 123 567",
            "+84 (0) 905 123 567",
            "84905123567",
            "0084905123567",
        ] {
            assert_eq!(e164(spelling).as_deref(), Some("+84905123567"), "{spelling}");
        }
        assert_eq!(e164("+1 212 555 0100").as_deref(), Some("+12125550100"));
        for none in [
            "",
            "12",
            "Nguyễn",
            "0905x123567",
            "905123567",
            "+",
            "0000000000",
            "+8490512356712345",
        ] {
            assert_eq!(e164(none), None, "{none}");
        }
    }

    #[test]
    fn a_masked_number_shows_what_its_owner_knows_it_by() {
        assert_eq!(masked("+84905123567"), "09xx xxx 567");
    }
}
