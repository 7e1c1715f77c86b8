//! The reference code as people read it out: twelve digits, the last one by Damm ("Total anti-symmetrische
//! Quasigruppen", 2004), so that a wrong digit or two swapped neighbours are noticed on the telephone.

/// Digits of a code.
pub(crate) const LENGTH: usize = 12;

/// The totally anti-symmetric quasigroup of order 10 of Damm's thesis.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Whether the last digit fits the ones before it; of digits only.
pub(crate) fn check_digit_fits(digits: &str) -> bool {
    let end = digits.bytes().try_fold(0_u8, |interim, digit| {
        let column = usize::from(digit.checked_sub(b'0')?);
        DAMM.get(usize::from(interim))?.get(column).copied()
    });
    end == Some(0)
}

/// A number of eleven digits with its check digit behind.
pub(crate) fn with_check_digit(eleven: u64) -> String {
    let wanted = (0..10).map(|digit| format!("{eleven:011}{digit}"));
    wanted
        .into_iter()
        .find(|code| check_digit_fits(code))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 572 with check digit 4 is the example that Damm's thesis is usually told by.
    #[test]
    fn the_published_example_fits_and_its_neighbours_do_not() {
        assert!(check_digit_fits("5724"));
        for wrong in ["5723", "5274", "7524", "572a", "4572"] {
            assert!(!check_digit_fits(wrong), "{wrong}");
        }
        assert!(check_digit_fits(&with_check_digit(12_345_678_901)));
    }
}
