//! From what came back to one observation of the outcome table. Facts only: what they mean is the domain's.

use georeport::receipt::{
    Account, Duplicate, NotOurs, PostAnswer, Sent as Echo, attachment_receipt, message_receipt, receipt,
};
use georeport::{Format, WireError};
use phananh_domain::id::CaseNumber;
use phananh_domain::job::JobKind;
use phananh_domain::outcome::{BusyStatus, Observation, Refusal, Sent, SignIn, Tracked};
use phananh_domain::receipt::Tracking;
use phananh_domain::service::ServiceType;
use phananh_domain::time::Timestamp;

use super::build::Prepared;
use crate::contact::{failed, ours};
use crate::line::Answered;

/// What an attempt observed, and what it brought.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) observation: Observation,
    pub(super) sent: Sent,
    /// Of a report: what to follow it by.
    pub(super) tracking: Option<Tracking>,
    /// The city's words beside a receipt.
    pub(super) notice: Option<String>,
    /// The city's id of a message or a file.
    pub(super) city_id: Option<String>,
    /// Status and text of a refusal, to be kept sealed.
    pub(super) refusal: Option<(u16, String)>,
    /// The city's own words for it.
    pub(super) said: Option<String>,
    /// The case that it names, where it says that the matter is known.
    pub(super) named: Option<CaseNumber>,
}

/// What an answer is read with.
pub(super) struct Context {
    /// Kind of the report's service, where known.
    pub(super) service_type: Option<ServiceType>,
    /// What a refusal for want of a sign-in would mean.
    pub(super) sign_in: SignIn,
    pub(super) now: Timestamp,
}

impl Observed {
    /// Something that happened before any byte.
    pub(super) fn before_sending(observation: Observation) -> Self {
        Self {
            observation,
            sent: Sent::Nothing,
            tracking: None,
            notice: None,
            city_id: None,
            refusal: None,
            said: None,
            named: None,
        }
    }
}

/// A 2xx answer to a report that is well-formed and gives neither number nor token: how a blackbox service says yes.
pub(super) fn names_nothing(kind: JobKind, prepared: &Prepared, answered: &Answered) -> bool {
    let (JobKind::Report, Ok(answer)) = (kind, answered.answer()) else {
        return false;
    };
    let payload = prepared.submission.as_ref().map(|s| &s.payload);
    let echo = Echo {
        service_code: payload.and_then(|p| p.get("service_code")),
        description: payload.and_then(|p| p.get("description")),
        client_request_id: None,
    };
    matches!(receipt(&answer, &echo), PostAnswer::Untracked { .. })
}

/// Observes the answer to the POST of a job.
pub(super) fn post(kind: JobKind, prepared: &Prepared, answered: &Answered, context: &Context) -> Observed {
    let sent = answered.sent();
    let seen = |observation| Observed {
        sent,
        ..Observed::before_sending(observation)
    };
    let answer = match answered.answer() {
        Ok(answer) => answer,
        Err(failure) => return seen(failed(failure)),
    };
    let key = prepared
        .request
        .headers
        .iter()
        .find(|(name, _)| name == "Idempotency-Key")
        .map(|(_, v)| v.trim_matches('"'));
    let elsewhere = Context {
        service_type: None,
        ..*context
    };
    match kind {
        JobKind::Report => {
            let payload = prepared.submission.as_ref().map(|s| &s.payload);
            let echo = Echo {
                service_code: payload.and_then(|p| p.get("service_code")),
                description: payload.and_then(|p| p.get("description")),
                client_request_id: key,
            };
            let answer = receipt(&answer, &echo);
            classify(seen, &answer, context, |receipt, observed| {
                observed.tracking = Some(match &receipt.tracking {
                    georeport::receipt::Tracking::Id(id) => Tracking::Number(CaseNumber::new(id.clone())),
                    georeport::receipt::Tracking::Token(t) => {
                        Tracking::Token(phananh_domain::id::Token::new(t.clone()))
                    }
                });
                observed.notice.clone_from(&receipt.notice);
                observed.tracking.as_ref().map_or(Tracked::Not, Tracked::from)
            })
        }
        JobKind::Attachment => {
            let echo = Echo {
                service_code: None,
                description: None,
                client_request_id: key,
            };
            let answer = attachment_receipt(&answer, &echo);
            let expected = prepared.file.as_ref().map(|f| f.sha256.as_str());
            let mut torn = false;
            let observed = classify(seen, &answer, &elsewhere, |receipt, observed| {
                torn = receipt
                    .sha256
                    .as_deref()
                    .is_some_and(|hash| Some(hash) != expected);
                observed.city_id = Some(receipt.attachment_id.clone());
                Tracked::Not
            });
            // What arrived is not what we sent: as good as no receipt.
            if torn {
                seen(Observation::NotOurReceipt)
            } else {
                observed
            }
        }
        JobKind::Message => {
            let echo = Echo {
                service_code: None,
                description: None,
                client_request_id: key,
            };
            let answer = message_receipt(&answer, &echo);
            classify(seen, &answer, &elsewhere, |receipt, observed| {
                observed.city_id = Some(receipt.message_id.clone());
                Tracked::Not
            })
        }
    }
}

fn classify<R>(
    seen: impl Fn(Observation) -> Observed,
    answer: &PostAnswer<R>,
    context: &Context,
    accept: impl FnOnce(&R, &mut Observed) -> Tracked,
) -> Observed {
    match answer {
        PostAnswer::Receipt(receipt) => {
            let mut observed = seen(Observation::Receipt {
                tracked: Tracked::Not,
            });
            let tracked = accept(receipt, &mut observed);
            observed.observation = Observation::Receipt { tracked };
            observed
        }
        PostAnswer::Untracked { notice } if context.service_type == Some(ServiceType::Blackbox) => Observed {
            tracking: Some(Tracking::Untracked),
            notice: notice.clone(),
            ..seen(Observation::Receipt {
                tracked: Tracked::Not,
            })
        },
        PostAnswer::Untracked { .. } => seen(Observation::NotOurReceipt),
        PostAnswer::NotOurs {
            why: NotOurs::SaysError,
            errors,
        } => Observed {
            refusal: Some((200, say(errors))),
            ..seen(Observation::NotOurReceipt)
        },
        PostAnswer::NotOurs { .. } => seen(Observation::NotOurReceipt),
        PostAnswer::Refused(refused) => Observed {
            refusal: Some((refused.status, say(&refused.errors))),
            named: refused
                .errors
                .iter()
                .find_map(|error| error.case_id.clone())
                .map(CaseNumber::new),
            ..seen(refusal(refused))
        },
        PostAnswer::Busy { status, retry_after } => {
            let wait = retry_after.map(|r| ours(r).wait(context.now));
            let status = match status {
                425 => BusyStatus::TooEarly,
                429 => BusyStatus::TooMany,
                _ => BusyStatus::Unavailable,
            };
            seen(Observation::Busy { status, wait })
        }
        PostAnswer::KeyInProgress => seen(Observation::KeyInUse),
        PostAnswer::ServerError { status, errors } => Observed {
            refusal: Some((*status, say(errors))),
            ..seen(match status {
                400 => Observation::GeneralServiceError,
                408 => Observation::RequestTimeout,
                _ => Observation::ServerError,
            })
        },
        PostAnswer::Redirect { .. } => seen(Observation::Redirected),
        PostAnswer::Forbidden { errors } => Observed {
            refusal: Some((403, say(errors))),
            ..seen(Observation::KeyRefused)
        },
        PostAnswer::Unauthorized { account, errors } => Observed {
            refusal: Some((401, say(errors))),
            said: errors.iter().find_map(|error| error.description.clone()),
            ..seen(match account {
                Account::SignIn => Observation::Unauthorized {
                    sign_in: context.sign_in,
                },
                Account::Locked => Observation::AccountLocked,
            })
        },
        PostAnswer::Other { status, errors, .. } => Observed {
            refusal: Some((*status, say(errors))),
            ..seen(Observation::Other)
        },
    }
}

fn refusal(refused: &georeport::receipt::Refusal) -> Observation {
    let reason = |word: &str| refused.errors.iter().any(|e| e.reason.as_deref() == Some(word));
    let about_service = refused
        .errors
        .iter()
        .any(|e| e.field.as_deref() == Some("service_code"));
    if refused.duplicate == Duplicate::Said {
        return Observation::DuplicateSaid;
    }
    match refused.status {
        // A page where an endpoint should be: the base is wrong, nobody read the report.
        404 if matches!(refused.format, Format::Html | Format::Empty | Format::Text) => {
            Observation::WrongBase
        }
        404 => Observation::Refused {
            refusal: Refusal::NotFound,
        },
        413 => Observation::Refused {
            refusal: Refusal::TooLarge,
        },
        415 => Observation::Refused {
            refusal: Refusal::Unsupported,
        },
        422 if reason("key_reused") => Observation::KeyReused,
        422 if reason("hash_mismatch") => Observation::NotOurReceipt,
        422 => Observation::Refused {
            refusal: Refusal::Unprocessable,
        },
        _ if about_service => Observation::Refused {
            refusal: Refusal::ServiceGone,
        },
        _ => Observation::Refused {
            refusal: Refusal::BadRequest,
        },
    }
}

/// Errors of a city as one text, for the sealed row.
pub(super) fn say(errors: &[WireError]) -> String {
    let mut text = String::new();
    for error in errors {
        for part in [&error.field, &error.code, &error.description]
            .into_iter()
            .flatten()
        {
            if !text.is_empty() {
                text.push_str(" · ");
            }
            text.push_str(part);
        }
    }
    text.chars().take(2_048).collect()
}
