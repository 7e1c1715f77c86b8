//! Reference code (mã tra cứu): what people read aloud on the phone.
//!
//! Twelve digits, no letters (letters mishear), read in groups of four. The last digit is a check digit by Damm
//! ("Total anti-symmetrische Quasigruppen", 2004): every single wrong digit and every swap of two neighbours is
//! noticed while the caller is still on the line. A code names a report; it proves nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A report's reference code: 12 digits, the last one a check digit. A minted one never starts with 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReferenceCode(u64);

/// A text that is no reference code: three ways, each with something to say to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAReferenceCode {
    /// Not 12 digits; `digits` were read (counted up to 13).
    #[error("a reference code has 12 digits, not {digits}")]
    WrongLength {
        /// Digits read.
        digits: usize,
    },
    /// Something other than digits, blanks, dashes and dots.
    #[error("a reference code has digits only")]
    NotDigits,
    /// A digit is wrong, or two were swapped.
    #[error("the check digit of the reference code does not fit: a digit is wrong or two are swapped")]
    WrongCheckDigit,
}

/// Damm's quasigroup of order 10: totally anti-symmetric, with a zero diagonal, so that a number followed by its check
/// digit ends at 0.
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

/// Digits of a code.
const LENGTH: usize = 12;
/// Smallest number of 11 digits: the first digit of a minted code is never 0.
const FIRST: u64 = 10_000_000_000;
/// How many numbers of 11 digits there are.
const COUNT: u64 = 90_000_000_000;

/// Runs digits (each 0..=9) through the quasigroup: the check digit of a number, or 0 of a number that holds one.
fn damm(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |interim, digit| {
        DAMM.get(usize::from(interim))
            .and_then(|row| row.get(usize::from(digit)))
            .copied()
            .unwrap_or(interim)
    })
}

impl ReferenceCode {
    /// Mints a code from eight random bytes. The 9·10¹⁰ codes are equally likely to within 10⁻⁸.
    #[must_use]
    pub fn mint(random: [u8; 8]) -> Self {
        let number = FIRST + u64::from_be_bytes(random) % COUNT;
        let check = damm(number.to_string().bytes().map(|b| b - b'0'));
        Self(number * 10 + u64::from(check))
    }

    /// Reads a code as people write it: blanks, dashes and dots anywhere are ignored.
    ///
    /// # Errors
    /// Anything but digits and those separators, another number of digits, a check digit that does not fit.
    pub fn parse(text: &str) -> Result<Self, NotAReferenceCode> {
        let mut digits = Vec::with_capacity(LENGTH + 1);
        for c in text.chars() {
            match c {
                '0'..='9' => digits.push(u8::try_from(u32::from(c) - u32::from('0')).unwrap_or(0)),
                '-' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
                c if c.is_whitespace() => {}
                _ => return Err(NotAReferenceCode::NotDigits),
            }
            if digits.len() > LENGTH {
                break;
            }
        }
        if digits.len() != LENGTH {
            return Err(NotAReferenceCode::WrongLength { digits: digits.len() });
        }
        if damm(digits.iter().copied()) != 0 {
            return Err(NotAReferenceCode::WrongCheckDigit);
        }
        Ok(Self(digits.iter().fold(0, |n, d| n * 10 + u64::from(*d))))
    }

    /// The 12 digits, as they stand in SQL, JSON and on the wire.
    #[must_use]
    pub fn digits(self) -> String {
        format!("{:012}", self.0)
    }
}

impl fmt::Display for ReferenceCode {
    /// As people read it: `1234-5678-9012`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:04}-{:04}",
            self.0 / 100_000_000,
            self.0 / 10_000 % 10_000,
            self.0 % 10_000
        )
    }
}

impl FromStr for ReferenceCode {
    type Err = NotAReferenceCode;
    fn from_str(s: &str) -> Result<Self, NotAReferenceCode> {
        Self::parse(s)
    }
}

impl Serialize for ReferenceCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.digits())
    }
}

impl<'de> Deserialize<'de> for ReferenceCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}
