//! The operators' side (`docs/extensions.md`, Operators).
//!
//! Two roles. The intake centre sees everything it may need, each look at contact data leaving a line in the
//! audit trail. An agency sees the cases given to it, names only where the citizen allowed it, and takes the
//! steps of whoever handles a case, not those of the centre.

pub(crate) mod accounts;
pub(crate) mod actions;
pub(crate) mod agencies;
pub(crate) mod find;
pub(crate) mod lists;
pub(crate) mod similar;
pub(crate) mod view;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::cases::vocabulary::ActorType;
use crate::http::body;
use crate::http::refusal::{Reason, Refusal};
use crate::http::secrets::{self, bearer};
use crate::store::cases::{self, Case};
use crate::store::conditions::Conditions;
use crate::store::{Db, agencies as rows};

/// Largest JSON body at the desk, in bytes.
const JSON_LIMIT: usize = 64 * 1024;

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
            return Err(Refusal::reason(
                StatusCode::FORBIDDEN,
                Reason::DeskClosed,
                "the desk is closed: this city was started without an operator token",
            ));
        }
        bearer(headers)
            .and_then(|token| Self::of_token(app, token))
            .ok_or_else(Self::unknown)
    }

    /// Who holds this token.
    pub(crate) fn of_token(app: &App, token: &str) -> Option<Self> {
        let config = &app.config;
        if config
            .operator_token
            .as_deref()
            .is_some_and(|wanted| secrets::same(wanted, token))
        {
            return Some(Self::Intake);
        }
        let agency = config
            .agency_tokens
            .iter()
            .find(|agency| secrets::same(&agency.token, token));
        agency.map(|agency| Self::Agency(agency.agency.clone()))
    }

    fn unknown() -> Refusal {
        Refusal::reason(
            StatusCode::UNAUTHORIZED,
            Reason::NotOperator,
            "Authorization: Bearer TOKEN of an operator is needed",
        )
    }

    /// The intake centre; 403 for anybody else.
    pub(crate) fn intake(app: &App, headers: &HeaderMap) -> Result<Self, Refusal> {
        match Self::read(app, headers)? {
            Self::Intake => Ok(Self::Intake),
            Self::Agency(_) => Err(Self::wrong_role()),
        }
    }

    /// 403 for what only the centre may do.
    fn wrong_role() -> Refusal {
        Refusal::reason(
            StatusCode::FORBIDDEN,
            Reason::WrongRole,
            "Chỉ trung tâm tiếp nhận làm được việc này, hoặc phản ánh không thuộc cơ quan này. / Only the intake centre may do this, or the case is not this agency's",
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
                let helps = rows::helping(db.tx, case.id)?.contains(name);
                if leads || helps {
                    Ok(case)
                } else {
                    Err(Self::wrong_role())
                }
            }
        }
    }

    /// Narrows a query to the cases that this operator has to do with.
    pub(crate) fn narrow(&self, conditions: &mut Conditions) {
        if let Self::Agency(name) = self {
            conditions.and_value(
                "{} IN (SELECT name FROM agencies a WHERE a.id = cases.agency_id OR a.id IN
                        (SELECT agency_id FROM co_agencies c WHERE c.case_id = cases.id))",
                name.clone(),
            );
        }
    }
}

/// Reads a JSON body.
pub(crate) async fn read_json<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let bytes = body::read_small(request, JSON_LIMIT).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::bad(format!("not the JSON that is needed: {error}")))
}

/// A text that says something, at most so many characters.
pub(crate) fn needed<'t>(field: &str, text: &'t str, max: usize) -> Result<&'t str, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        Err(Refusal::field(field, format!("{field} must not be empty")))
    } else if text.chars().count() > max {
        Err(Refusal::field(
            field,
            format!("{field} has at most {max} characters"),
        ))
    } else {
        Ok(text)
    }
}
