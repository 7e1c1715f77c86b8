//! The owner of a case, by secret or by account: who proves it sees and does what only the citizen may.

use axum::http::HeaderMap;
use sha2::{Digest as _, Sha256};

use super::Extension;
use super::account::caller::{Bearer, Caller};
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

/// What a request carries to prove whose it is, not judged yet.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    secret: Option<Secret>,
    bearer: Bearer,
}

/// Who sends a request, and for which case they are the owner.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    secret: Option<Secret>,
    /// The account of the one who is signed in.
    account: Option<String>,
    pub(crate) caller: Caller,
}

impl Credentials {
    /// Reads `Owner-Secret` and `Authorization`.
    pub(crate) fn read(app: &App, headers: &HeaderMap) -> Result<Self, Refusal> {
        Ok(Self {
            secret: Secret::read(app, headers)?,
            bearer: Bearer::read(app, headers),
        })
    }

    /// Judges them; a session that is over is refused.
    pub(crate) fn prove(&self, app: &App, db: &Db<'_>) -> Result<Proof, Refusal> {
        let caller = self.bearer.caller(app, db)?;
        Ok(Proof {
            secret: self.secret.clone(),
            account: caller.account_id().map(str::to_owned),
            caller,
        })
    }

    /// Judges them for hearing again what was done already: a session counts also when it is over, since a receipt
    /// that was lost must be had without signing in.
    pub(crate) fn prove_for_receipt(&self, db: &Db<'_>) -> Result<Proof, Refusal> {
        Ok(Proof {
            secret: self.secret.clone(),
            account: self.bearer.session_of(db)?.map(|session| session.account_id),
            caller: Caller::Nobody,
        })
    }
}

/// The timeline of the case with this number. Who filed a report that was merged into it may read what the public
/// would of its timeline, also where the case itself is not public: their own timeline continues there.
pub(crate) fn see_timeline(db: &Db<'_>, id: &str, proof: &Proof) -> Result<(Case, Reader), Refusal> {
    let number = id.parse().map_err(|_| Refusal::no_case())?;
    let is_of_twin = cases::merged_into(db, number)?
        .iter()
        .any(|twin| proof.owns(twin));
    if is_of_twin {
        let case = cases::find(db, number)?.ok_or_else(Refusal::no_case)?;
        let reader = if proof.owns(&case) {
            Reader::Owner
        } else {
            Reader::Public
        };
        return Ok((case, reader));
    }
    see(db, id, proof)
}

impl Proof {
    /// Whether the case is theirs.
    fn owns(&self, case: &Case) -> bool {
        let by_secret = self.secret.as_ref().is_some_and(|secret| secret.opens(case));
        let by_account = self.account.is_some() && self.account == case.session_account;
        by_secret || by_account
    }
}

/// What a caller may see of a case: None, as if it were not there. A wrong secret is 403 where the case has an
/// owner; a case filed without `owner_hash` has none, and a secret beside it says nothing.
pub(crate) fn sight(case: &Case, proof: &Proof) -> Result<Option<Reader>, Refusal> {
    if proof.owns(case) {
        return Ok(Some(Reader::Owner));
    }
    match &proof.secret {
        Some(_) if case.owner_hash.is_some() => Err(Refusal::not_owner()),
        _ => Ok(Some(Reader::Public).filter(|_| case.is_public)),
    }
}

/// The case with this number, as far as the caller may see it; else 404.
pub(crate) fn see(db: &Db<'_>, id: &str, proof: &Proof) -> Result<(Case, Reader), Refusal> {
    let id = id.parse().map_err(|_| Refusal::no_case())?;
    let case = cases::find(db, id)?.ok_or_else(Refusal::no_case)?;
    let reader = sight(&case, proof)?.ok_or_else(Refusal::no_case)?;
    Ok((case, reader))
}
