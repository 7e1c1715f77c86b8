//! Following somebody else's case: a message of kind `follow` or `unfollow`, by anybody who may see the case.
//!
//! It leaves no event: who looks at a case is nobody's business. A follower is a hash that means nothing elsewhere, so
//! one phone counts once however often it says so.

use super::Extension;
use crate::app::App;
use crate::georeport::validation::Check;
use crate::http::body::Fields;
use crate::http::refusal::Refusal;
use crate::store::cases::CaseId;
use crate::store::{Db, follows, random_id};
use crate::words::{Word as _, words};

words! {
    /// What a follower wishes.
    pub(crate) enum Following { Begin = "follow", End = "unfollow" }
}

/// A wish that was read.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    following: Following,
    follower: String,
}

/// Reads a wish; None where the message is of another kind, or the city does not do this.
pub(crate) fn read(app: &App, fields: &Fields) -> Result<Option<Wish>, Refusal> {
    let kind = fields.get("kind").and_then(Following::parse);
    let Some(following) = kind.filter(|_| app.has(Extension::Follow)) else {
        return Ok(None);
    };
    let mut check = Check::new(fields);
    let follower = check.hash("follower");
    check.finish()?;
    let follower = follower.ok_or_else(|| {
        Refusal::field(
            "follower",
            "follower is needed: 64 hex digits, the SHA-256 of a secret of the phone's",
        )
    })?;
    Ok(Some(Wish { following, follower }))
}

impl Wish {
    /// Does as wished; returns an id for the receipt.
    pub(crate) fn take(&self, db: &Db<'_>, case: CaseId, now: i64) -> Result<String, Refusal> {
        match self.following {
            Following::Begin => follows::begin(db, case, &self.follower, now)?,
            Following::End => follows::end(db, case, &self.follower)?,
        }
        Ok(random_id()?)
    }
}
