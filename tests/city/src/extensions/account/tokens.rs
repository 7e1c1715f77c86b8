//! Tokens and codes as HMACs under a key of the database (HMAC-SHA-256, RFC 2104).
//!
//! A token says whose it is and proves it: `kind.session.generation[.expires].mac`. So none has to be stored, the same
//! pair can be answered again when an answer was lost, and a guess costs no look-up. The comparison takes the same
//! time wherever it fails.

use ring::hmac;
use rusqlite::OptionalExtension as _;

use crate::http::refusal::Refusal;
use crate::http::secrets::{hex, parse_hex_32};
use crate::store::Db;

const ACCESS: &str = "pa";
const REFRESH: &str = "pr";
const CODE: &str = "code";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) session: String,
    pub(crate) expires: i64,
}

/// The key of one database.
pub(crate) struct TokenKey(hmac::Key);

impl TokenKey {
    /// The key of this database.
    pub(crate) fn of(db: &Db<'_>) -> Result<Self, Refusal> {
        let bytes: Option<Vec<u8>> = db
            .tx
            .query_row("SELECT token_key FROM city", [], |row| row.get(0))
            .optional()?
            .flatten();
        let bytes = bytes
            .filter(|bytes| bytes.len() == 32)
            .ok_or_else(|| Refusal::broken("the database has no key for tokens"))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The access token of a generation of a session.
    pub(crate) fn access(&self, session: &str, generation: i64, expires: i64) -> String {
        self.sealed(&format!("{ACCESS}.{session}.{generation}.{expires}"))
    }

    /// The refresh token of a generation of a session.
    pub(crate) fn refresh(&self, session: &str, generation: i64) -> String {
        self.sealed(&format!("{REFRESH}.{session}.{generation}"))
    }

    /// Reads an access token of ours, whether its time is over or not.
    pub(crate) fn read_access(&self, token: &str) -> Option<Access> {
        let mut parts = self.opened(token)?.split('.');
        let (kind, session) = (parts.next()?, parts.next()?);
        let (_, expires) = (parts.next()?, parts.next()?);
        Some(Access {
            session: session.to_owned(),
            expires: expires.parse().ok()?,
        })
        .filter(|_| kind == ACCESS)
    }

    /// Reads a refresh token of ours: its session and generation.
    pub(crate) fn read_refresh(&self, token: &str) -> Option<(String, i64)> {
        let mut parts = self.opened(token)?.split('.');
        let (kind, session, generation) = (parts.next()?, parts.next()?, parts.next()?);
        Some((session.to_owned(), generation.parse().ok()?)).filter(|_| kind == REFRESH)
    }

    /// What is stored of a one-time code.
    pub(crate) fn code_mac(&self, challenge: &str, code: &str) -> Vec<u8> {
        let said = format!("{CODE}.{challenge}.{code}");
        hmac::sign(&self.0, said.as_bytes()).as_ref().to_vec()
    }

    /// Whether this is the code that was stored.
    pub(crate) fn is_code(&self, challenge: &str, code: &str, mac: &[u8]) -> bool {
        let said = format!("{CODE}.{challenge}.{code}");
        hmac::verify(&self.0, said.as_bytes(), mac).is_ok()
    }

    fn sealed(&self, said: &str) -> String {
        format!("{said}.{}", hex(hmac::sign(&self.0, said.as_bytes()).as_ref()))
    }

    fn opened<'t>(&self, token: &'t str) -> Option<&'t str> {
        let (said, mac) = token.rsplit_once('.')?;
        let mac = parse_hex_32(mac)?;
        hmac::verify(&self.0, said.as_bytes(), &mac).ok()?;
        Some(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_ours_whole_or_not_at_all() {
        let key = TokenKey(hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]));
        let access = key.access("s", 3, 1000);
        let expected = Access {
            session: "s".to_owned(),
            expires: 1000,
        };
        assert_eq!(key.read_access(&access), Some(expected));
        assert_eq!(key.read_refresh(&access), None, "one kind is not the other");
        assert_eq!(key.read_refresh(&key.refresh("s", 3)), Some(("s".to_owned(), 3)));
        let other = TokenKey(hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]));
        assert_eq!(other.read_access(&access), None);
        for forged in [
            access.replace(".1000.", ".9999."),
            String::new(),
            ".".into(),
            "pa.s.3.1000.00".into(),
        ] {
            assert_eq!(key.read_access(&forged), None, "{forged}");
        }
    }
}
