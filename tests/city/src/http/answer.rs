//! Answers without a format, and the layer that gives them one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::refusal::Refusal;
use crate::app::App;
use crate::config::{Log, Transport};

/// Something to tell the caller.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: StatusCode,
    /// None: an answer without a body.
    document: Option<Value>,
}

impl Answer {
    /// 200.
    pub(crate) fn ok(document: Value) -> Self {
        Self {
            status: StatusCode::OK,
            document: Some(document),
        }
    }

    /// 201.
    pub(crate) fn created(document: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            document: Some(document),
        }
    }

    /// 202.
    pub(crate) fn accepted(document: Value) -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            document: Some(document),
        }
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            document: None,
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What handlers return.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// Takes the format suffix off the last part of a path: `12.json` is `12`. Another suffix is 404, as is none.
pub(crate) fn without_suffix(file: &str) -> Result<&str, Refusal> {
    file.strip_suffix(".json").ok_or_else(|| {
        let xml = file.ends_with(".xml");
        Refusal::not_found(if xml {
            "XML answers are not built yet: this resource as .xml"
        } else {
            "resource"
        })
    })
}

/// Writes answers and refusals out, stamps the city's time, and logs one line without personal data.
pub(crate) async fn render(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    app.counters.count_request();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let mut fault = String::new();
    let mut response = next.run(request).await;
    if let Some(answer) = response.extensions_mut().remove::<Answer>() {
        if let Some(document) = &answer.document {
            write_json(&mut response, document);
        }
    } else if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        if let Some(seconds) = refusal.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        fault = refusal.fault().unwrap_or_default().to_owned();
        // The desk is ours in a bare city too.
        let is_desk = route.as_deref().is_some_and(|route| route.contains("/desk/"));
        let bare = app.config.extensions.is_bare() && !is_desk;
        write_json(&mut response, &refusal.to_json(bare));
    }
    if let Some(pusher) = &app.pusher {
        pusher.ring();
    }
    stamp(&app, &mut response);
    log(&app, &method, route.as_deref(), response.status(), &fault);
    response
}

fn write_json(response: &mut Response, document: &Value) {
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    *response.body_mut() = Body::from(document.to_string());
}

/// `Date` comes from the city's clock: clients measure their skew with it.
fn stamp(app: &App, response: &mut Response) {
    let now = app.config.clock.now();
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
    if let Some(date) = date.ok().and_then(|date| HeaderValue::from_str(&date).ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
}

fn log(app: &App, method: &Method, route: Option<&str>, status: StatusCode, fault: &str) {
    match app.config.log {
        Log::Silent => {}
        Log::Stderr => {
            // The route's pattern, not the path: paths carry numbers, tokens and picture ids.
            let (now, route) = (app.config.clock.now(), route.unwrap_or("(no route)"));
            eprintln!("{now} {method} {route} {} {fault}", status.as_u16());
        }
    }
}

/// The base URL that this caller reached, without a slash at the end: links must lead back by the same way, be
/// it a proxy or another name of this machine.
pub(crate) fn base_url(app: &App, headers: &HeaderMap) -> String {
    let scheme = match app.config.transport {
        Transport::Plain => "http",
        Transport::Tls => "https",
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte))
        })
        .map_or_else(|| app.address.to_string(), str::to_owned);
    format!("{scheme}://{host}{}", app.config.base_path)
}
