//! Who sends a request: nobody that we know, somebody signed in, or an operator who files for a caller.

use axum::http::{HeaderMap, StatusCode};

use super::tokens::TokenKey;
use super::{is_alive, session_over, sign_in};
use crate::app::App;
use crate::config::SignIn;
use crate::desk::Operator;
use crate::extensions::Extension;
use crate::http::refusal::{Reason, Refusal};
use crate::http::secrets;
use crate::store::Db;
use crate::store::accounts::{self, Account, Session};

/// The bearer token of a request, not judged yet.
#[derive(Debug, Clone)]
pub(crate) enum Bearer {
    Nothing,
    Operator(Operator),
    Token(String),
}

/// Who it is.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Nobody,
    Operator(Operator),
    Account(Account),
}

impl Bearer {
    /// Reads the header. A city without accounts knows operators only, and ignores any other token.
    pub(crate) fn read(app: &App, headers: &HeaderMap) -> Self {
        let Some(token) = secrets::bearer(headers) else {
            return Self::Nothing;
        };
        match Operator::of_token(app, token) {
            Some(operator) => Self::Operator(operator),
            None if app.has(Extension::Account) => Self::Token(token.to_owned()),
            None => Self::Nothing,
        }
    }

    /// Who it is; a token that is over or unknown is refused.
    pub(crate) fn caller(&self, app: &App, db: &Db<'_>) -> Result<Caller, Refusal> {
        let token = match self {
            Self::Nothing => return Ok(Caller::Nobody),
            Self::Operator(operator) => return Ok(Caller::Operator(operator.clone())),
            Self::Token(token) => token,
        };
        let access = TokenKey::of(db)?
            .read_access(token)
            .filter(|access| app.now() < access.expires)
            .ok_or_else(session_over)?;
        let session = accounts::session(db, &access.session)?
            .filter(|session| is_alive(session, app.now()))
            .ok_or_else(session_over)?;
        let account = accounts::find(db, &session.account_id)?.ok_or_else(session_over)?;
        Ok(Caller::Account(account))
    }

    /// The session of a token of ours, over or not: enough to end it, and to hear again what was done under it.
    pub(crate) fn session_of(&self, db: &Db<'_>) -> Result<Option<Session>, Refusal> {
        let Self::Token(token) = self else {
            return Ok(None);
        };
        match TokenKey::of(db)?.read_access(token) {
            Some(access) => accounts::session(db, &access.session),
            None => Ok(None),
        }
    }
}

impl Caller {
    /// The account of somebody signed in.
    pub(crate) fn account(self) -> Option<Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Nobody | Self::Operator(_) => None,
        }
    }

    /// The id of the account of somebody signed in.
    pub(crate) fn account_id(&self) -> Option<&str> {
        match self {
            Self::Account(account) => Some(&account.id),
            Self::Nobody | Self::Operator(_) => None,
        }
    }

    /// Whether this one may change anything: a locked account may only read.
    pub(crate) fn check_unlocked(&self) -> Result<(), Refusal> {
        match self {
            Self::Account(Account {
                locked: Some((_, text)),
                ..
            }) => Err(Refusal::reason(
                StatusCode::FORBIDDEN,
                Reason::AccountLocked,
                text,
            )),
            _ => Ok(()),
        }
    }

    /// Whether this one may file a report here.
    pub(crate) fn check_may_file(&self, app: &App) -> Result<(), Refusal> {
        self.check_unlocked()?;
        match (self, app.config.sign_in) {
            (Self::Nobody, SignIn::Required) if app.has(Extension::Account) => Err(sign_in()),
            _ => Ok(()),
        }
    }
}
