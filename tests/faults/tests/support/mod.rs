//! A small HTTP/1.1 server and a bare client that both remember every byte and how the stream ended.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::{
    io::ErrorKind,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use phananh_faults::{FaultLine, RunningLine, Script};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Eof,
    Reset,
}

/// One connection as the server saw it.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub bytes: Vec<u8>,
    pub end: End,
}

pub struct Server {
    pub addr: SocketAddr,
    /// Connections that have ended.
    pub ended: mpsc::UnboundedReceiver<Seen>,
    /// Request lines of requests received whole, before their answer was written.
    pub done: Arc<Mutex<Vec<String>>>,
}

pub const BODY: &str = "0123456789abcdefghijklmnopqrstuvwxyz, the answer";
pub const LENGTH: &str = "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 48\r\n\r\n";
pub const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What the server answers to a request for this path.
pub fn answer(path: &str) -> Vec<u8> {
    match path {
        "/chunked" => format!(
            "{CHUNKED}10\r\n{}\r\n20\r\n{}\r\n0\r\n\r\n",
            &BODY[..16],
            &BODY[16..]
        ),
        "/until-close" => format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{BODY}"),
        _ => format!("{LENGTH}{BODY}"),
    }
    .into_bytes()
}

/// A whole request in the buffer: its length and its first line.
fn whole_request(bytes: &[u8]) -> Option<(usize, String)> {
    let head = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let text = String::from_utf8(bytes[..head].to_vec())
        .unwrap()
        .to_ascii_lowercase();
    let body = if text.contains("transfer-encoding: chunked") {
        bytes[head..].windows(5).position(|w| w == b"0\r\n\r\n")? + 5
    } else {
        text.lines()
            .find_map(|l| l.strip_prefix("content-length: "))
            .map_or(0, |n| n.parse().unwrap())
    };
    let line = String::from_utf8_lossy(bytes).lines().next().unwrap().to_owned();
    (bytes.len() >= head + body).then_some((head + body, line))
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (report, ended) = mpsc::unbounded_channel();
        let done = Arc::new(Mutex::new(Vec::new()));
        let book = done.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (report, book) = (report.clone(), book.clone());
                tokio::spawn(async move {
                    let _ = report.send(serve(stream, book).await);
                });
            }
        });
        Self { addr, ended, done }
    }

    pub fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    pub async fn line(&self, script: Script, seed: u64) -> RunningLine {
        FaultLine::start(([127, 0, 0, 1], 0).into(), self.addr, script, seed)
            .await
            .unwrap()
    }
}

async fn serve(mut stream: TcpStream, book: Arc<Mutex<Vec<String>>>) -> Seen {
    let (mut bytes, mut at, mut buffer) = (Vec::new(), 0, [0; 8_192]);
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => return Seen { bytes, end: End::Eof },
            Err(e) => {
                assert_eq!(e.kind(), ErrorKind::ConnectionReset);
                return Seen {
                    bytes,
                    end: End::Reset,
                };
            }
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
        if bytes[0] == 0x16 {
            // As good as TLS: an echo.
            if stream.write_all(&bytes[at..]).await.is_err() {
                return Seen {
                    bytes,
                    end: End::Reset,
                };
            }
            at = bytes.len();
            continue;
        }
        while let Some((length, line)) = whole_request(&bytes[at..]) {
            at += length;
            let path = line.split(' ').nth(1).unwrap().to_owned();
            book.lock().unwrap().push(line);
            // The kernel reports a reset once, to whoever writes or reads first.
            if stream.write_all(&answer(&path)).await.is_err() {
                return Seen {
                    bytes,
                    end: End::Reset,
                };
            }
            if path == "/until-close" {
                let _ = stream.shutdown().await;
            }
        }
    }
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: city\r\n\r\n").into_bytes()
}

pub fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: city\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

pub fn head_length(message: &[u8]) -> usize {
    message.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4
}

/// Reads to the end of the stream, orderly or not.
pub async fn read_to_end(stream: &mut TcpStream) -> (Vec<u8>, End) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8_192]);
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => return (bytes, End::Eof),
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
            Err(e) => {
                assert_eq!(e.kind(), ErrorKind::ConnectionReset);
                return (bytes, End::Reset);
            }
        }
    }
}

/// Sends bytes on a connection of their own, in pieces of this size, and reads until the line ends it.
pub async fn talk(to: SocketAddr, bytes: &[u8], piece: usize) -> (Vec<u8>, End) {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in bytes.chunks(piece) {
        // The line may have cut already. The kernel reports a reset once, to whoever writes or reads first.
        if stream.write_all(piece).await.is_err() {
            return (read_to_end(&mut stream).await.0, End::Reset);
        }
        tokio::task::yield_now().await;
    }
    read_to_end(&mut stream).await
}

/// Sends a request and reads an answer of known length; the connection stays open.
pub async fn ask(stream: &mut TcpStream, request: &[u8], answer: &[u8]) {
    stream.write_all(request).await.unwrap();
    expect(stream, answer).await;
}

pub async fn expect(stream: &mut TcpStream, answer: &[u8]) {
    let mut got = vec![0; answer.len()];
    stream.read_exact(&mut got).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(answer));
}

/// Waits for something that other tasks bring about.
pub async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}
