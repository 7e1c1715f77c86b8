//! Starting, serving, stopping.
//!
//! Each connection is a task of its own, so that a stop can let answers in flight finish for a moment and then
//! cut the rest: when [`RunningCity::stop`] returns, the port, the database and the folder are free, and a city
//! can start again on the same ones. Dropping a running city cuts everything at once.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::app::{App, Counters, router};
use crate::catalogue::{Catalogue, ServiceType};
use crate::config::{CityConfig, Transport};
use crate::extensions::Extension;
use crate::extensions::push::Pusher;
use crate::family::Family;
use crate::inspect::{self, CaseView};
use crate::made_year;
use crate::store::Store;
use crate::tls;

/// How long answers in flight may take once the city stops.
const GRACE: Duration = Duration::from_secs(2);
/// How long a peer may take for the head of a request, and for a TLS handshake.
const HEAD: Duration = Duration::from_secs(30);

/// Why a city does not start, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// Another process holds the data folder.
    #[error("{} is in use by another city; stop that one first", .0.display())]
    Held(PathBuf),
    /// The database was written by a newer program.
    #[error("the data was written by a newer phananh-city; update this one")]
    Newer,
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The database does not work.
    #[error("the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// Rows point to rows that are not there; the data was not touched.
    #[error("the database is damaged: {0} rows point nowhere")]
    Damaged(u64),
    /// The data folder does not work.
    #[error("the data folder: {0}")]
    Files(#[from] io::Error),
    /// The certificates do not work.
    #[error("the certificates: {0}")]
    Tls(String),
    /// A made year cannot be stored.
    #[error("the made year: {0}")]
    MadeYear(String),
    /// The list of services is damaged.
    #[error("the list of services: {0}")]
    Services(#[from] serde_json::Error),
    /// The system gave no random numbers.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// How often clients knocked since the start, and what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// HTTP requests of every kind.
    pub requests: u64,
    /// `POST requests.json`, whatever came of it.
    pub report_posts: u64,
    /// Of these, repeats of a key that got the first receipt again.
    pub replays: u64,
    /// Cases in the database, from all starts.
    pub cases: u64,
}

/// The city as a thing to start.
#[derive(Debug)]
pub struct City;

/// A city that serves until it is stopped or dropped.
pub struct RunningCity {
    url: String,
    address: SocketAddr,
    data_dir: PathBuf,
    ca_pem: Option<String>,
    store: Arc<Store>,
    counters: Arc<Counters>,
    stopping: watch::Sender<()>,
    accepting: Option<JoinHandle<()>>,
    pushing: JoinHandle<()>,
}

impl City {
    /// Opens the data folder, binds the address and serves. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the folder is held or damaged, the address taken, or the certificates unusable.
    pub async fn start(config: CityConfig) -> Result<RunningCity, CityError> {
        let store = Arc::new(Store::open(&config.data_dir, config.family)?);
        let identity = match config.transport {
            Transport::Plain => None,
            Transport::Tls => Some(tls::identity(&config.data_dir)?),
        };
        let listener = TcpListener::bind(config.listen).await;
        let listener = listener.map_err(|error| CityError::Listen(config.listen, error))?;
        let address = listener.local_addr()?;
        let scheme = if identity.is_some() { "https" } else { "http" };
        let realtime_becomes = match config.family {
            Family::Spec | Family::Moderated => ServiceType::Realtime,
            Family::Tokens => ServiceType::Batch,
        };
        let counters = Arc::new(Counters::default());
        let url = format!("{scheme}://{address}{}", config.base_path);
        let data_dir = config.data_dir.clone();
        let pusher = config
            .extensions
            .has(Extension::Push)
            .then(Pusher::new)
            .transpose()?;
        let app = Arc::new(App {
            config,
            address,
            catalogue: Catalogue::built_in(realtime_becomes)?,
            store: Arc::clone(&store),
            running_keys: Default::default(),
            counters: Arc::clone(&counters),
            pusher,
        });
        if let Some(year) = app.config.made_year {
            made_year::fill(&app, year)
                .await
                .map_err(|refusal| CityError::MadeYear(refusal.to_json(false).to_string()))?;
        }
        let (ca_pem, acceptor) = match identity {
            Some(identity) => (Some(identity.ca_pem), Some(TlsAcceptor::from(identity.server))),
            None => (None, None),
        };
        let (stopping, stopped) = watch::channel(());
        let accepting = tokio::spawn(accept(listener, acceptor, router(&app), stopped));
        let pushing = tokio::spawn(async move {
            if let Some(pusher) = &app.pusher {
                pusher.run(&app).await;
            }
        });
        Ok(RunningCity {
            url,
            address,
            data_dir,
            ca_pem,
            store,
            counters,
            stopping,
            accepting: Some(accepting),
            pushing,
        })
    }
}

impl RunningCity {
    /// The endpoint's base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bound address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the authority that clients must trust, as PEM; None for a plain city. Also in the data
    /// folder as `ca.pem`.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Counts since the start.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn counts(&self) -> Result<Counts, CityError> {
        let (requests, report_posts, replays) = self.counters.read();
        Ok(Counts {
            requests,
            report_posts,
            replays,
            cases: inspect::count(&self.data_dir)?,
        })
    }

    /// All cases, oldest first, read straight from the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn cases(&self) -> Result<Vec<CaseView>, CityError> {
        inspect::cases_in(&self.data_dir)
    }

    /// Stops: answers in flight get a moment, then port, database and folder are free.
    pub async fn stop(mut self) {
        let _ = self.stopping.send(());
        self.pushing.abort();
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.await;
        }
        let store = Arc::clone(&self.store);
        let _ = tokio::task::spawn_blocking(move || store.close()).await;
    }
}

impl Drop for RunningCity {
    fn drop(&mut self) {
        self.pushing.abort();
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            self.store.close();
        }
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    routes: Router,
    mut stopped: watch::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, acceptor.clone(), routes.clone(), stopped.clone()));
                }
                // Out of file descriptors, or the peer left at once: give the machine a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    connections.shutdown().await;
}

async fn serve(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    routes: Router,
    stopped: watch::Receiver<()>,
) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => speak(stream, routes, stopped).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HEAD, acceptor.accept(stream)).await {
                Box::pin(speak(stream, routes, stopped)).await;
            }
        }
    }
}

async fn speak<S>(stream: S, routes: Router, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
