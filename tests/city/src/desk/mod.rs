//! The operators' side (`docs/extensions.md`, Operators).
//!
//! Two roles. The intake centre sees everything it may need, each look at contact data leaving a line in the
//! audit trail. An agency sees the cases given to it, names only where the citizen allowed it, and takes the
//! steps of whoever handles a case, not those of the centre.

pub(crate) mod actions;
pub(crate) mod lists;
pub(crate) mod view;

use axum::http::{HeaderMap, StatusCode, header};

use crate::app::App;
use crate::cases::vocabulary::ActorType;
use crate::http::refusal::Refusal;
use crate::http::secrets;
use crate::store::Db;
use crate::store::cases::{self, Case};

/// Name of the intake centre on timelines.
const CENTRE: &str = "Trung tâm tiếp nhận";

/// Who sits at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operator {
    /// The intake centre.
    Intake,
    /// An agency, by name.
    Agency(String),
}

impl Operator {
    /// Reads `Authorization: Bearer TOKEN`.
    pub(crate) fn read(app: &App, headers: &HeaderMap) -> Result<Self, Refusal> {
        let config = &app.config;
        if config.operator_token.is_none() && config.agency_tokens.is_empty() {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "the desk is closed: this city was started without an operator token",
            ));
        }
        let header = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let given = header.and_then(|value| value.split_once(' '));
        let token = given
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let Some(token) = token else {
            return Err(Self::unknown());
        };
        if config
            .operator_token
            .as_deref()
            .is_some_and(|wanted| secrets::same(wanted, token))
        {
            return Ok(Self::Intake);
        }
        let agency = config
            .agency_tokens
            .iter()
            .find(|agency| secrets::same(&agency.token, token));
        agency
            .map(|agency| Self::Agency(agency.agency.clone()))
            .ok_or_else(Self::unknown)
    }

    fn unknown() -> Refusal {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            "Authorization: Bearer TOKEN of an operator is needed",
        )
    }

    /// 403 for what only the centre may do.
    fn wrong_role() -> Refusal {
        Refusal::new(
            StatusCode::FORBIDDEN,
            "only the intake centre may do this, or the case is not this agency's",
        )
    }

    /// Name on timelines and in the audit trail.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Intake => CENTRE,
            Self::Agency(name) => name,
        }
    }

    /// How timelines call this actor.
    pub(crate) fn actor(&self) -> ActorType {
        match self {
            Self::Intake => ActorType::Operator,
            Self::Agency(_) => ActorType::Agency,
        }
    }

    /// The case, where this operator has to do with it: an agency, where it leads or helps.
    pub(crate) fn case(&self, db: &Db<'_>, id: &str) -> Result<Case, Refusal> {
        let id = id.parse().map_err(|_| Refusal::no_case())?;
        let case = cases::find(db, id)?.ok_or_else(Refusal::no_case)?;
        match self {
            Self::Intake => Ok(case),
            Self::Agency(name) => {
                let leads = case.agency.as_ref() == Some(name);
                let helps = cases::co_agencies(db, case.id)?.contains(name);
                if leads || helps {
                    Ok(case)
                } else {
                    Err(Self::wrong_role())
                }
            }
        }
    }
}
