//! The owner secret: who proves it sees and does what only the citizen may.

use axum::http::HeaderMap;
use sha2::{Digest as _, Sha256};

use super::Extension;
use crate::app::App;
use crate::http::refusal::Refusal;
use crate::http::secrets::{self, hex, parse_hex_32};
use crate::store::Db;
use crate::store::cases::{self, Case};
use crate::store::events::Reader;

/// The hash of an owner secret that a caller presented.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    hash: String,
}

impl Secret {
    /// Reads `Owner-Secret: HEX`. None where there is none or the city does not do this; what is not 64 hex
    /// digits proves nothing and is refused.
    pub(crate) fn read(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let mut secrets = Self::read_all(app, headers)?;
        if secrets.len() > 1 {
            Err(Refusal::not_owner())
        } else {
            Ok(secrets.pop())
        }
    }

    /// Reads several secrets, with commas between or in several headers: for a query over many cases of one
    /// citizen.
    pub(crate) fn read_all(app: &App, headers: &HeaderMap) -> Result<Vec<Self>, Refusal> {
        if !app.has(Extension::Owner) {
            return Ok(Vec::new());
        }
        let mut secrets = Vec::new();
        for header in headers.get_all("owner-secret") {
            let text = header.to_str().map_err(|_| Refusal::not_owner())?;
            for one in text.split(',') {
                let bytes = parse_hex_32(one.trim()).ok_or_else(Refusal::not_owner)?;
                secrets.push(Self {
                    hash: hex(&Sha256::digest(bytes)),
                });
            }
        }
        Ok(secrets)
    }

    /// Whether this is the secret of the case.
    pub(crate) fn opens(&self, case: &Case) -> bool {
        case.owner_hash
            .as_deref()
            .is_some_and(|hash| secrets::same(hash, &self.hash))
    }
}

/// The timeline of the case with this number. Who filed a report that was merged into it may read what the public
/// would of its timeline, also where the case itself is not public: their own timeline continues there.
pub(crate) fn see_timeline(
    db: &Db<'_>,
    id: &str,
    secret: Option<&Secret>,
) -> Result<(Case, Reader), Refusal> {
    let number = id.parse().map_err(|_| Refusal::no_case())?;
    if let Some(secret) = secret
        && cases::merged_into(db, number)?
            .iter()
            .any(|merged| secret.opens(merged))
    {
        let case = cases::find(db, number)?.ok_or_else(Refusal::no_case)?;
        return Ok((case, Reader::Public));
    }
    see(db, id, secret)
}

/// What a caller may see of a case: None, as if it were not there. A wrong secret is 403 where the case has an
/// owner; a case filed without `owner_hash` has none, and a secret beside it says nothing.
pub(crate) fn sight(case: &Case, secret: Option<&Secret>) -> Result<Option<Reader>, Refusal> {
    match secret {
        Some(secret) if secret.opens(case) => Ok(Some(Reader::Owner)),
        Some(_) if case.owner_hash.is_some() => Err(Refusal::not_owner()),
        _ => Ok(Some(Reader::Public).filter(|_| case.is_public)),
    }
}

/// The case with this number, as far as the caller may see it; else 404.
pub(crate) fn see(db: &Db<'_>, id: &str, secret: Option<&Secret>) -> Result<(Case, Reader), Refusal> {
    let id = id.parse().map_err(|_| Refusal::no_case())?;
    let case = cases::find(db, id)?.ok_or_else(Refusal::no_case)?;
    let reader = sight(&case, secret)?.ok_or_else(Refusal::no_case)?;
    Ok((case, reader))
}
