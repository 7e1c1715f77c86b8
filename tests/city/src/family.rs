//! Families of servers: how a city departs from the letter of the standard.
//!
//! A family is chosen at each start and stored nowhere: the same data can be shown by another family tomorrow.

use std::fmt;
use std::str::FromStr;

/// How this city behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// As GeoReport v2 says.
    #[default]
    Spec,
    /// A new report is in no list, and its single answer is 404, until an operator verified it.
    Moderated,
    /// A report is answered with a token; its number comes later.
    Tokens,
}

impl Family {
    const BUILT: [Self; 3] = [Self::Spec, Self::Moderated, Self::Tokens];

    /// Names that the design knows and this server does not have yet.
    const LATER: [&'static str; 12] = [
        "fixmystreet",
        "adapter",
        "connectedbits",
        "seeclickfix",
        "ureport",
        "markaspot",
        "klarschiff",
        "sixaika",
        "tampere",
        "toronto",
        "libre311",
        "codefornl",
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Moderated => "moderated",
            Self::Tokens => "tokens",
        }
    }
}

/// A name that was asked for and is not there. The text says what is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct NotOffered(String);

impl NotOffered {
    pub(crate) fn new(what: &str, name: &str, known_for_later: bool, offered: &[&str]) -> Self {
        let why = if known_for_later {
            "is not built yet"
        } else {
            "is unknown"
        };
        Self(format!(
            "{what} `{name}` {why}; this server has: {}",
            offered.join(", ")
        ))
    }
}

impl fmt::Display for NotOffered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for Family {
    type Err = NotOffered;

    fn from_str(name: &str) -> Result<Self, NotOffered> {
        Self::BUILT
            .into_iter()
            .find(|family| family.name() == name)
            .ok_or_else(|| {
                let offered = Self::BUILT.map(Self::name);
                NotOffered::new("family", name, Self::LATER.contains(&name), &offered)
            })
    }
}
