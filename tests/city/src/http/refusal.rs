//! Refusals: an HTTP status and one problem for each thing that is wrong (GeoReport v2, errors).
//!
//! What a citizen may read stands in Vietnamese and English; faults of a client program in English.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::words::{Word as _, words};

words! {
    /// Words that a program can act on (`docs/extensions.md`, Errors).
    pub(crate) enum Reason {
        KeyReused = "key_reused",
        InProgress = "in_progress",
        NotOwner = "not_owner",
        NotNow = "not_now",
        HashMismatch = "hash_mismatch",
        CursorGone = "cursor_gone",
        NotOperator = "not_operator",
        WrongRole = "wrong_role",
        DeskClosed = "desk_closed",
        MovedOn = "moved_on",
        AgencyNotValid = "agency_not_valid",
        CheckDigit = "check_digit",
        SessionOver = "session_over",
        SignIn = "sign_in",
        AccountLocked = "account_locked",
        WrongCode = "wrong_code",
        ChallengeGone = "challenge_gone",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    description: String,
    reason: Option<Reason>,
    field: Option<String>,
    more: Map<String, Value>,
}

impl Problem {
    /// A problem with one field of a report.
    pub(crate) fn with_field(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            reason: None,
            field: Some(field.into()),
            more: Map::new(),
        }
    }
}

/// Why a request was not done. Nothing has been stored.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    problems: Vec<Problem>,
    retry_after_s: Option<u32>,
}

impl Refusal {
    /// One problem under this status.
    pub(crate) fn new(status: StatusCode, description: impl Into<String>) -> Self {
        let problem = Problem {
            description: description.into(),
            reason: None,
            field: None,
            more: Map::new(),
        };
        Self {
            status,
            problems: vec![problem],
            retry_after_s: None,
        }
    }

    /// 400 with everything that is wrong.
    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            problems,
            retry_after_s: None,
        }
    }

    /// 400 with one field at fault.
    pub(crate) fn field(field: &str, description: impl Into<String>) -> Self {
        Self::invalid(vec![Problem::with_field(field, description)])
    }

    /// 400 without a field.
    pub(crate) fn bad(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, description)
    }

    /// 404.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} not found"))
    }

    /// 404 for a case that is not there, or not for this caller: the two look the same.
    pub(crate) fn no_case() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Không tìm thấy phản ánh này. / service_request_id not found.",
        )
    }

    /// A status with a reason for programs.
    pub(crate) fn reason(status: StatusCode, reason: Reason, description: &str) -> Self {
        let problem = Problem {
            description: description.to_owned(),
            reason: Some(reason),
            field: None,
            more: Map::new(),
        };
        Self {
            status,
            problems: vec![problem],
            retry_after_s: None,
        }
    }

    /// The same with one more member beside `reason`.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        if let Some(problem) = self.problems.first_mut() {
            problem.more.insert(name.to_owned(), value);
        }
        self
    }

    /// The same, to be tried again after so many seconds.
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }

    /// 403: the owner secret is wrong or missing.
    pub(crate) fn not_owner() -> Self {
        Self::reason(
            StatusCode::FORBIDDEN,
            Reason::NotOwner,
            "Chỉ người gửi phản ánh mới làm được việc này. / Only who filed the report may do this: the owner secret is missing or wrong.",
        )
    }

    /// 400 for citizens, 409 at the desk: the state of the case does not allow it.
    pub(crate) fn not_now(status: StatusCode, description: &str) -> Self {
        Self::reason(status, Reason::NotNow, description)
    }

    /// 422: the key was used for something else.
    pub(crate) fn key_reused() -> Self {
        Self::reason(
            StatusCode::UNPROCESSABLE_ENTITY,
            Reason::KeyReused,
            "client_request_id was used before for something else; a changed report needs a new one",
        )
    }

    /// 413 with the limit.
    pub(crate) fn too_large(what: &str, limit_bytes: u64) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!(
                "Dữ liệu quá lớn, hãy gửi ảnh nhỏ hơn. / {what} is larger than {limit_bytes} bytes; send a smaller one."
            ),
        )
    }

    /// 503: the city is shutting down.
    pub(crate) fn stopping() -> Self {
        let refusal = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the city is stopping; try again soon",
        );
        refusal.retry_after(1)
    }

    /// 500; `what` goes to the log of the operator through the answer's own line, so it holds no data.
    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, what)
    }

    /// What the log should say of a fault of ours; never holds data of a request.
    pub(crate) fn fault(&self) -> Option<&str> {
        let ours = self.status.is_server_error();
        self.problems
            .first()
            .filter(|_| ours)
            .map(|problem| problem.description.as_str())
    }

    /// Seconds for `Retry-After`.
    pub(crate) fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// The bare array of the standard; a city with extensions adds `reason` and `field`.
    pub(crate) fn to_json(&self, bare: bool) -> Value {
        let one = |problem: &Problem| {
            let mut entry = json!({"code": self.status.as_u16(), "description": problem.description});
            if let Some(members) = entry.as_object_mut().filter(|_| !bare) {
                if let Some(reason) = problem.reason {
                    members.insert("reason".into(), reason.as_str().into());
                }
                if let Some(field) = &problem.field {
                    members.insert("field".into(), field.as_str().into());
                }
                members.extend(problem.more.clone());
            }
            entry
        };
        self.problems.iter().map(one).collect()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite's texts name tables and columns, never values.
        let full = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull);
        if full {
            Self::disk_full()
        } else {
            Self::broken(format!("database: {error}"))
        }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        if full {
            Self::disk_full()
        } else {
            Self::broken(format!("file: {}", error.kind()))
        }
    }
}

impl From<getrandom::Error> for Refusal {
    fn from(_: getrandom::Error) -> Self {
        Self::broken("no random numbers")
    }
}

impl Refusal {
    fn disk_full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "the city's disk is full; nothing was stored",
        )
    }
}
