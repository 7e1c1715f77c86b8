//! How text is compared and searched: Vietnamese is typed with and without marks, composed and decomposed, and old and
//! new spelling set the mark on different letters (Hoá, Hóa). Folding takes all of that away; the text that people read
//! is never folded.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds text for search: lower case, marks off, đ to d, runs of blanks to one, none at the ends; the result is NFC.
/// Canonically equal texts (NFC, NFD) fold alike, and folding twice changes nothing.
#[must_use]
pub fn fold(text: &str) -> String {
    let bare: String = text
        .nfd()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
        .map(|c| match c {
            // đ has no decomposition; ð and ɖ are typed for it by mistake (their capitals look the same).
            'đ' | 'ð' | 'ɖ' => 'd',
            other => other,
        })
        .nfc()
        .collect();
    let mut folded = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Folds the words for a place: as [`fold`], and the kind of a unit before its name (`phường`, `xã`, `p.`, `x.`) is
/// dropped, at the beginning and after each comma. What is nothing but such a word stays.
#[must_use]
pub fn fold_place(text: &str) -> String {
    let folded = fold(text);
    let parts: Vec<&str> = folded.split(',').map(|part| without_unit(part.trim())).collect();
    parts.join(", ").trim().to_owned()
}

/// Whether two texts are the same words to a reader who does not mind case, marks and blanks.
#[must_use]
pub fn same_words(a: &str, b: &str) -> bool {
    fold(a) == fold(b)
}

/// Unicode characters (code points) of a text: what the limits of GeoReport servers count.
#[must_use]
pub fn count_chars(text: &str) -> usize {
    text.chars().count()
}

/// Zero-width characters that copied text carries.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

fn without_unit(mut name: &str) -> &str {
    loop {
        let rest = ["phuong ", "xa ", "p.", "x."]
            .iter()
            .find_map(|unit| name.strip_prefix(unit))
            .map(str::trim_start);
        match rest {
            Some(rest) if !rest.is_empty() => name = rest,
            _ => return name,
        }
    }
}
