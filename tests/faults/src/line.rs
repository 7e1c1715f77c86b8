//! The line itself: its address, its script, and the switch that takes the whole network away.
//!
//! Off means what a phone sees without a network: connections are *refused by the kernel*, so that no byte can
//! have left. The port belongs to a socket that never listens and lives as long as the line: what listens beside it
//! comes and goes, and nobody else can take the port in between.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpSocket},
    sync::{mpsc, oneshot, watch},
    task::{AbortHandle, JoinSet},
    time::sleep,
};

use crate::{
    connection::carry,
    plan::Book,
    script::Script,
    stats::{Ledger, Stats, Totals},
};

const BACKLOG: u32 = 1_024;
/// After an `accept` that failed for want of file handles.
const BREATH: Duration = Duration::from_millis(20);

/// Starts fault lines.
pub struct FaultLine;

impl FaultLine {
    /// Listens on `listen` (port 0: any free one) and carries connections to `to`, disturbed as `script` says
    /// and `seed` draws. Runs on the current tokio runtime until the returned line is dropped.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub async fn start(
        listen: SocketAddr,
        to: SocketAddr,
        script: Script,
        seed: u64,
    ) -> io::Result<RunningLine> {
        let kept = bind(listen)?;
        let address = kept.local_addr()?;
        let port = Port {
            open: Some(bind(address)?.listen(BACKLOG)?),
            address,
            _kept: kept,
        };
        let shared = Shared {
            book: Arc::new(Mutex::new(Book::new(script, seed))),
            target: watch::Sender::new(to),
            going_down: watch::Sender::new(()),
            ledger: Ledger::default(),
        };
        let (commands, orders) = mpsc::channel(1);
        let serving = tokio::spawn(serve(port, shared.clone(), orders)).abort_handle();
        Ok(RunningLine {
            address,
            shared,
            commands,
            serving,
        })
    }
}

/// A line at work. Dropping it ends the line and every connection on it.
pub struct RunningLine {
    address: SocketAddr,
    shared: Shared,
    commands: mpsc::Sender<(Switch, oneshot::Sender<io::Result<()>>)>,
    serving: AbortHandle,
}

impl RunningLine {
    /// The address clients connect to; the same for the life of the line.
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Takes another script: matches count from 1 again. What is decided for connections and requests under
    /// way stays.
    pub fn set_script(&self, script: Script) {
        self.shared.book().replace(script);
    }

    /// Sends connections that come from now on to another server.
    pub fn retarget(&self, to: SocketAddr) {
        self.shared.target.send_replace(to);
    }

    /// Takes the network away: returns once every connection has been reset and new ones are refused by the
    /// kernel.
    ///
    /// # Errors
    /// Where the runtime of the line has ended.
    pub async fn off(&self) -> io::Result<()> {
        self.switch(Switch::Off).await
    }

    /// Gives the network back: returns once connections are accepted again, at the same address.
    ///
    /// # Errors
    /// Where the port cannot be listened on any more.
    pub async fn on(&self) -> io::Result<()> {
        self.switch(Switch::On).await
    }

    async fn switch(&self, to: Switch) -> io::Result<()> {
        let (done, answer) = oneshot::channel();
        self.commands.send((to, done)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Returns once every request that was read has ended in some way, so that [`RunningLine::stats`] tells
    /// outcomes and not what is on its way.
    pub async fn settled(&self) {
        self.shared.ledger.settled().await;
    }

    /// Everything counted so far. A byte that has been received is counted.
    pub fn stats(&self) -> Stats {
        self.shared.ledger.stats()
    }

    /// The sums counted so far.
    pub fn totals(&self) -> Totals {
        self.shared.ledger.totals()
    }
}

impl Drop for RunningLine {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn stopped() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotConnected,
        "the fault line's runtime has been shut down",
    )
}

enum Switch {
    Off,
    On,
}

/// What every connection of a line knows.
#[derive(Clone)]
pub(crate) struct Shared {
    book: Arc<Mutex<Book>>,
    target: watch::Sender<SocketAddr>,
    pub(crate) going_down: watch::Sender<()>,
    pub(crate) ledger: Ledger,
}

impl Shared {
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn target(&self) -> SocketAddr {
        *self.target.borrow()
    }
}

/// The port of the line.
struct Port {
    /// What listens, while the network is there.
    open: Option<TcpListener>,
    address: SocketAddr,
    /// Bound and never listening: the kernel gives the port to nobody else, and refuses whoever connects.
    _kept: TcpSocket,
}

impl Port {
    fn open(&mut self) -> io::Result<()> {
        if self.open.is_none() {
            self.open = Some(bind(self.address)?.listen(BACKLOG)?);
        }
        Ok(())
    }

    async fn accept(&self) -> io::Result<tokio::net::TcpStream> {
        match &self.open {
            Some(listener) => listener.accept().await.map(|(client, _)| client),
            None => std::future::pending().await,
        }
    }
}

/// Two sockets of this process may have the port together, and no socket of anything else.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn serve(
    mut port: Port,
    shared: Shared,
    mut orders: mpsc::Receiver<(Switch, oneshot::Sender<io::Result<()>>)>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            order = orders.recv() => {
                let Some((switch, done)) = order else { return };
                let switched = match switch {
                    Switch::On => port.open(),
                    Switch::Off => {
                        port.open = None;
                        shared.going_down.send_replace(());
                        while connections.join_next().await.is_some() {}
                        Ok(())
                    }
                };
                // Who asked may have gone; the switch is made all the same.
                let _ = done.send(switched);
            }
            Some(_) = connections.join_next() => {}
            accepted = port.accept() => match accepted {
                Ok(client) => {
                    connections.spawn(carry(client, shared.clone()));
                }
                Err(_) => sleep(BREATH).await,
            },
        }
    }
}
