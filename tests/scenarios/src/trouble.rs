//! Why a scenario does not hold, for people.

use std::fmt;

/// A sentence about what went wrong.
#[derive(Debug)]
pub struct Trouble(String);

impl Trouble {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The sentence of a comparison that failed.
    pub(crate) fn differs(what: &str, wanted: &impl fmt::Debug, found: &impl fmt::Debug) -> Self {
        Self(format!("{what}: expected {wanted:?}, found {found:?}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// `Trouble` itself is no `Error`: that keeps this conversion open for every other one.
impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(format!("{error} ({error:?})"))
    }
}

/// Compares what is wanted, if anything is.
pub(crate) fn same<T: PartialEq<U> + fmt::Debug, U: fmt::Debug>(
    what: &str,
    wanted: Option<&T>,
    found: U,
) -> Result<(), Trouble> {
    match wanted {
        Some(wanted) if *wanted != found => Err(Trouble::differs(what, wanted, &found)),
        _ => Ok(()),
    }
}
