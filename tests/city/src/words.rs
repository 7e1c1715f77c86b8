//! Closed lists of words, as they stand on the wire and in the database.
//!
//! One macro makes an enum from a list of words, so that a word is written once and an unknown one cannot be
//! stored. Reading an unknown word is an error for whoever reads: a request is refused, a database row is damage.

/// An enum whose variants each have exactly one word.
pub(crate) trait Word: Copy + Sized + 'static {
    /// Every variant, in the order of its declaration.
    const ALL: &'static [Self];

    /// The word, as on the wire and in the database.
    fn as_str(self) -> &'static str;

    /// The variant that has this word; letter case counts.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }

    /// All words, for messages: `a, b, c`.
    fn choices() -> String {
        Self::ALL
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $crate::words::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok($crate::words::Word::as_str(*self).into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                let word = value.as_str()?;
                $crate::words::Word::parse(word)
                    .ok_or_else(|| rusqlite::types::FromSqlError::Other(format!("unknown word {word}").into()))
            }
        }
    };
}
pub(crate) use words;
