//! Sockets seen from both directions at once: reading, writing and watching by shared reference.

use std::{io, net::Shutdown, time::Duration};

use socket2::SockRef;
use tokio::{io::Interest, net::TcpStream, time::sleep};

use crate::{script::Direction, stats::Entry};

/// How many bytes one read may bring.
const READ_BYTES: usize = 16_384;

/// Between two looks at a client that has sent more than is being read. The kernel reports the end of a stream
/// at once, but tokio cannot wait for it alone while bytes lie unread.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Appends what the stream brings; 0 is its end.
pub(crate) async fn read_some(stream: &TcpStream, into: &mut Vec<u8>) -> io::Result<usize> {
    into.reserve(READ_BYTES);
    loop {
        stream.readable().await?;
        match stream.try_read_buf(into) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            read => return read,
        }
    }
}

/// Writes the first of these bytes, at least one, and counts them; returns how many.
pub(crate) async fn write_some(
    stream: &TcpStream,
    bytes: &[u8],
    entry: &Entry,
    direction: Direction,
) -> io::Result<usize> {
    loop {
        stream.writable().await?;
        match entry.passing(direction, || stream.try_write(bytes)) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            written => return written,
        }
    }
}

/// Returns once the other side has closed its direction or reset, also while bytes of it are still unread.
pub(crate) async fn closed_by_peer(stream: &TcpStream) {
    loop {
        match stream.ready(Interest::READABLE).await {
            Ok(ready) if !ready.is_read_closed() => sleep(LOOK_AGAIN).await,
            _ => return,
        }
    }
}

/// Sends the end of the stream in one direction. A socket already gone needs no end.
pub(crate) fn half_close(stream: &TcpStream) {
    let _ = SockRef::from(stream).shutdown(Shutdown::Write);
}
