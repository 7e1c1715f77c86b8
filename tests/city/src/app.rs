//! What handlers share, and the table of paths.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{delete, get, post};

use crate::catalogue::Catalogue;
use crate::config::CityConfig;
use crate::desk;
use crate::extensions::idempotency::RunningKeys;
use crate::extensions::public::{feed, statistics};
use crate::extensions::push::{self, Pusher};
use crate::extensions::{
    Extension, account, agencies, announcements, attachments, changes, events, messages,
};
use crate::georeport::{discovery, lists, media, reports, services, single, tokens};
use crate::http::answer::render;
use crate::http::refusal::Refusal;
use crate::store::Store;

/// Counts since the start, for tests that ask how often a client knocked.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    report_posts: AtomicU64,
    replays: AtomicU64,
}

impl Counters {
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
    pub(crate) fn count_report_post(&self) {
        self.report_posts.fetch_add(1, Ordering::Relaxed);
    }
    pub(crate) fn count_replay(&self) {
        self.replays.fetch_add(1, Ordering::Relaxed);
    }
    pub(crate) fn read(&self) -> (u64, u64, u64) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (
            read(&self.requests),
            read(&self.report_posts),
            read(&self.replays),
        )
    }
}

/// The running city.
pub(crate) struct App {
    pub(crate) config: CityConfig,
    pub(crate) address: SocketAddr,
    pub(crate) catalogue: Catalogue,
    pub(crate) store: Arc<Store>,
    pub(crate) running_keys: RunningKeys,
    pub(crate) counters: Arc<Counters>,
    /// Where the city sends hints.
    pub(crate) pusher: Option<Pusher>,
}

impl App {
    /// The present second.
    pub(crate) fn now(&self) -> i64 {
        self.config.clock.now().as_second()
    }

    /// Whether this addition is on.
    pub(crate) fn has(&self, extension: Extension) -> bool {
        self.config.extensions.has(extension)
    }
}

/// All paths of this city; an addition that is off has none.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut routes = Router::new()
        .route("/discovery.json", get(discovery::discovery))
        .route("/services.json", get(services::list))
        .route("/services/{file}", get(services::definition))
        .route("/requests.json", get(lists::list).post(reports::post))
        .route("/requests/{id}", get(single::single))
        .route("/tokens/{file}", get(tokens::token))
        .route("/media/{id}", get(media::media))
        .route("/desk/cases.json", get(desk::lists::list))
        .route("/desk/cases/{id}", get(desk::lists::single))
        .route("/desk/cases/{id}/audit.json", get(desk::lists::audit))
        .route("/desk/cases/{id}/actions.json", post(desk::actions::act))
        .route("/desk/find.json", get(desk::find::find))
        .route("/desk/similar.json", get(desk::similar::similar));
    if app.has(Extension::Changes) {
        routes = routes.route("/requests/changes.json", get(changes::changes));
    }
    if app.has(Extension::Events) {
        routes = routes.route("/requests/{id}/events.json", get(events::events));
    }
    if app.has(Extension::Agencies) {
        routes = routes
            .route("/agencies.json", get(agencies::list))
            .route("/requests/{id}/due.json", get(agencies::due))
            .route(
                "/desk/agencies.json",
                get(desk::agencies::list).post(desk::agencies::begin),
            )
            .route("/desk/agencies/{id}/end.json", post(desk::agencies::end));
    }
    if app.has(Extension::Account) {
        routes = routes
            .route("/account.json", get(account::account))
            .route("/account/start.json", post(account::start))
            .route("/account/verify.json", post(account::verify))
            .route("/account/refresh.json", post(account::refresh))
            .route("/account/sign-out.json", post(account::sign_out))
            .route("/account/requests.json", get(account::requests))
            .route("/desk/accounts/lock.json", post(desk::accounts::lock))
            .route("/desk/accounts/unlock.json", post(desk::accounts::unlock));
    }
    if app.has(Extension::Push) {
        routes = routes
            .route("/push/registrations.json", post(push::register))
            .route("/push/registrations/{file}", delete(push::unregister))
            .route("/desk/push.json", get(push::list));
    }
    if app.has(Extension::Announcements) {
        routes = routes
            .route("/announcements.json", get(announcements::list))
            .route(
                "/desk/announcements.json",
                get(announcements::desk_list).post(announcements::announce),
            )
            .route(
                "/desk/announcements/{id}/withdraw.json",
                post(announcements::withdraw),
            );
    }
    if app.has(Extension::Statistics) {
        routes = routes
            .route("/feed.json", get(feed::cases))
            .route("/feed/events.json", get(feed::events))
            .route("/statistics.json", get(statistics::statistics));
    }
    if app.has(Extension::Messages) || app.has(Extension::Follow) {
        routes = routes.route("/requests/{id}/messages.json", post(messages::post));
    }
    if app.has(Extension::Messages) {
        routes = routes.route("/requests/{id}/attachments.json", post(attachments::post));
    }
    let routes = routes
        .fallback(|| async { Refusal::not_found("resource") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "this resource does not take this method",
            )
        })
        .layer(DefaultBodyLimit::disable());
    let based = match app.config.base_path.as_str() {
        "" => routes,
        base => Router::new()
            .nest(base, routes)
            .fallback(|| async { Refusal::not_found("resource") }),
    };
    based
        .layer(middleware::from_fn_with_state(Arc::clone(app), render))
        .with_state(Arc::clone(app))
}
