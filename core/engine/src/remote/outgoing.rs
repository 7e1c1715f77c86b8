//! A request ready to leave: its files open, its length known.

use std::fmt;
use std::fs::File;
use std::io::Cursor;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use georeport::{Body, Chunk, Method, Request};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_util::io::ReaderStream;

/// Read from files and handed to the connection in pieces of this many bytes.
const PIECE: usize = 16 * 1024;

/// Part of a body.
enum Piece {
    Bytes(Bytes),
    File { file: File, bytes: u64 },
}

/// A request with its files opened: a file that is gone is found before a byte leaves.
pub(crate) struct Outgoing {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    body: Vec<Piece>,
    /// `None` where the request has no body at all.
    pub(super) length: Option<u64>,
    /// Longest time for all of it, milliseconds; `None`: the configured one.
    pub(super) total_ms: Option<u64>,
}

// URL, headers and body name people and hold secrets: none is shown.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({}, {:?} bytes)", self.method.as_str(), self.length)
    }
}

impl Outgoing {
    /// Prepares a request; `open(source, bytes)` gives each file, whose size it has compared.
    ///
    /// # Errors
    /// What `open` says.
    pub(crate) fn new<E>(
        request: &Request,
        mut open: impl FnMut(&str, u64) -> Result<File, E>,
    ) -> Result<Self, E> {
        let body = match &request.body {
            Body::Empty => Vec::new(),
            Body::Form(bytes) => vec![Piece::Bytes(Bytes::copy_from_slice(bytes))],
            Body::Multipart(multipart) => multipart
                .chunks()
                .map(|chunk| match chunk {
                    Chunk::Bytes(bytes) => Ok(Piece::Bytes(bytes.into())),
                    Chunk::File { source, bytes } => Ok(Piece::File {
                        file: open(&source, bytes)?,
                        bytes,
                    }),
                })
                .collect::<Result<_, E>>()?,
        };
        let length = match request.method {
            Method::Get | Method::Delete => None,
            Method::Post => Some(request.body.content_length()),
        };
        let (url, headers) = (request.url.clone(), request.headers.clone());
        Ok(Self {
            method: request.method,
            url,
            headers,
            body,
            length,
            total_ms: None,
        })
    }

    /// Allows it this much time, milliseconds, in place of the configured one.
    #[must_use]
    pub(crate) fn within(self, total_ms: u64) -> Self {
        Self {
            total_ms: Some(total_ms),
            ..self
        }
    }

    /// The body as a stream that tells `progress` what was taken from it.
    pub(super) fn into_body(self, progress: &Arc<Progress>) -> reqwest::Body {
        let mut reader: Box<dyn AsyncRead + Send + Unpin> = Box::new(tokio::io::empty());
        for piece in self.body {
            reader = match piece {
                Piece::Bytes(bytes) => Box::new(reader.chain(Cursor::new(bytes))),
                Piece::File { file, bytes } => {
                    Box::new(reader.chain(tokio::fs::File::from_std(file).take(bytes)))
                }
            };
        }
        let counted = Counted {
            reader,
            length: self.length.unwrap_or(0),
            progress: Arc::clone(progress),
        };
        reqwest::Body::wrap_stream(ReaderStream::with_capacity(counted, PIECE))
    }
}

/// How far a body got.
#[derive(Debug, Default)]
pub(super) struct Progress {
    taken: AtomicU64,
    torn: std::sync::atomic::AtomicBool,
}

impl Progress {
    /// Bytes of the body that the connection took.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether the body ended early by our own fault: a file could not be read, or was shorter than it had been.
    pub(super) fn is_torn(&self) -> bool {
        self.torn.load(Ordering::Relaxed)
    }
}

struct Counted {
    reader: Box<dyn AsyncRead + Send + Unpin>,
    length: u64,
    progress: Arc<Progress>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.reader).poll_read(cx, buffer);
        if let Poll::Ready(result) = &polled {
            let read = buffer.filled().len().saturating_sub(before) as u64;
            let taken = self
                .progress
                .taken
                .fetch_add(read, Ordering::Relaxed)
                .saturating_add(read);
            let ended = read == 0 && buffer.remaining() > 0 && taken < self.length;
            if result.is_err() || ended {
                self.progress.torn.store(true, Ordering::Relaxed);
            }
        }
        polled
    }
}
