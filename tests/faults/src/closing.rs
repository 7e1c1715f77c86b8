//! Ending a connection without losing a byte that was let through.
//!
//! A reset throws away what the kernel has not delivered yet, so it must wait for the acknowledgement of the
//! last byte; a close with unread bytes in the socket turns into a reset, so it must read them first.

use std::time::Duration;

use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    script::How,
    wire::{half_close, read_some},
};

/// How long a peer that does not read may hold up a reset, or one that does not close a close.
const PATIENCE: Duration = Duration::from_secs(10);
const LINGER: Duration = Duration::from_secs(2);
/// Between two looks at the kernel's table of connections.
const LOOK_AGAIN: Duration = Duration::from_millis(1);
/// Where the kernel does not tell what is undelivered.
const GRACE: Duration = Duration::from_millis(50);

/// Ends both sockets.
pub(crate) async fn end(client: TcpStream, upstream: TcpStream, how: How) {
    tokio::join!(end_one(client, how), end_one(upstream, how));
}

/// Ends one socket.
pub(crate) async fn end_one(stream: TcpStream, how: How) {
    match how {
        How::Reset => {
            let _ = timeout(PATIENCE, delivered(&stream)).await;
            reset(stream);
        }
        How::Close => {
            half_close(&stream);
            let _ = timeout(LINGER, read_to_end(&stream)).await;
        }
    }
}

/// Resets at once.
pub(crate) fn reset(stream: TcpStream) {
    // Fails on a socket that is gone already.
    let _ = stream.set_zero_linger();
}

async fn read_to_end(stream: &TcpStream) {
    let mut dropped = Vec::new();
    while let Ok(1..) = read_some(stream, &mut dropped).await {
        dropped.clear();
    }
}

/// Returns once the peer has acknowledged every byte written.
async fn delivered(stream: &TcpStream) {
    loop {
        match undelivered(stream) {
            Some(0) => return,
            Some(_) => sleep(LOOK_AGAIN).await,
            None => return sleep(GRACE).await,
        }
    }
}

/// Bytes written and not acknowledged, where the kernel tells (`tx_queue` of proc_pid_net(5)). The ioctl for
/// the same number, `SIOCOUTQ`, has no safe wrapper.
#[cfg(target_os = "linux")]
fn undelivered(stream: &TcpStream) -> Option<u64> {
    let (local, peer) = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
    let table = if local.is_ipv4() {
        "/proc/self/net/tcp"
    } else {
        "/proc/self/net/tcp6"
    };
    let (local, peer) = (in_table(local), in_table(peer));
    let table = std::fs::read_to_string(table).ok()?;
    table.lines().find_map(|line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let queue = (columns.next()? == local && columns.next()? == peer).then(|| columns.nth(1))??;
        u64::from_str_radix(queue.split(':').next()?, 16).ok()
    })
}

#[cfg(not(target_os = "linux"))]
fn undelivered(_: &TcpStream) -> Option<u64> {
    None
}

/// An address as that table writes it: 32-bit words in the byte order of the machine.
#[cfg(target_os = "linux")]
fn in_table(address: std::net::SocketAddr) -> String {
    let octets = match address.ip() {
        std::net::IpAddr::V4(ip) => ip.octets().to_vec(),
        std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = octets.as_chunks::<4>().0.iter();
    let host: String = words
        .map(|word| format!("{:08X}", u32::from_ne_bytes(*word)))
        .collect();
    format!("{host}:{:04X}", address.port())
}
