//! Where an HTTP/1 message begins and ends on a connection: just enough of RFC 9112 to know positions.
//!
//! The line changes no byte of what it passes on, so it needs no header but those of the framing (RFC 9112
//! section 6). Anything it does not understand is not an error: it is opaque, and passes unread.

use httparse::Status;

/// The longest head that is waited for, in bytes; a longer one is opaque.
const MAX_HEAD_BYTES: usize = 65_536;
const MAX_HEADERS: usize = 200;

/// What the bytes received so far are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading<H> {
    /// The beginning of a head.
    Partial,
    /// No HTTP/1 head.
    Opaque,
    /// A whole head.
    Head(H),
}

/// The head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestHead {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Length of the head in bytes, the empty line included.
    pub(crate) length: usize,
    pub(crate) body: Body,
    /// Whether the client waits for "100 Continue" before it sends the body.
    pub(crate) expects_continue: bool,
}

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AnswerHead {
    pub(crate) status: u16,
    /// Length of the head in bytes, the empty line included.
    pub(crate) length: usize,
    pub(crate) body: Body,
}

impl RequestHead {
    /// Reads the request that `bytes` begins with.
    pub(crate) fn read(bytes: &[u8]) -> Reading<Self> {
        // A method begins with a letter; a TLS record, for one, does not, and would never become a head.
        if bytes.first().is_some_and(|first| !first.is_ascii_alphabetic()) {
            return Reading::Opaque;
        }
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(bytes) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) if bytes.len() < MAX_HEAD_BYTES => return Reading::Partial,
            _ => return Reading::Opaque,
        };
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Reading::Opaque;
        };
        let body = match framing(request.headers) {
            Framing::None => Body::Length(0),
            Framing::Length(length) => Body::Length(length),
            Framing::Chunked => Body::Chunked(Chunked::start()),
            Framing::Unknown => return Reading::Opaque,
        };
        let expects_continue = request.headers.iter().any(|header| {
            header.name.eq_ignore_ascii_case("expect") && header.value.eq_ignore_ascii_case(b"100-continue")
        });
        Reading::Head(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            length,
            body,
            expects_continue,
        })
    }
}

impl AnswerHead {
    /// Reads the answer to a request of this method that `bytes` begins with.
    pub(crate) fn read(bytes: &[u8], method: &str) -> Reading<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let length = match response.parse(bytes) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) if bytes.len() < MAX_HEAD_BYTES => return Reading::Partial,
            _ => return Reading::Opaque,
        };
        let Some(status) = response.code else {
            return Reading::Opaque;
        };
        // RFC 9112 section 6.3, in its order.
        let body = if method == "HEAD" || (100..200).contains(&status) || status == 204 || status == 304 {
            Body::Length(0)
        } else {
            match framing(response.headers) {
                Framing::Length(length) => Body::Length(length),
                Framing::Chunked => Body::Chunked(Chunked::start()),
                Framing::None | Framing::Unknown => Body::UntilClose,
            }
        };
        Reading::Head(Self { status, length, body })
    }

    /// Whether another answer to the same request follows.
    pub(crate) const fn is_interim(&self) -> bool {
        self.status >= 100 && self.status < 200 && !self.switches_protocols()
    }

    /// Whether the connection leaves HTTP/1 after this head.
    pub(crate) const fn switches_protocols(&self) -> bool {
        self.status == 101
    }
}

enum Framing {
    None,
    Length(u64),
    Chunked,
    Unknown,
}

fn framing(headers: &[httparse::Header<'_>]) -> Framing {
    let mut found = Framing::None;
    for header in headers {
        let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            let last = value.rsplit(',').next().unwrap_or_default().trim();
            // Transfer-Encoding overrides Content-Length.
            return if last.eq_ignore_ascii_case("chunked") {
                Framing::Chunked
            } else {
                Framing::Unknown
            };
        }
        if header.name.eq_ignore_ascii_case("content-length") {
            found = match (value.parse(), &found) {
                (Ok(length), Framing::None) => Framing::Length(length),
                (Ok(length), Framing::Length(before)) if *before == length => Framing::Length(length),
                _ => Framing::Unknown,
            };
        }
    }
    found
}

/// What is still to come of a message's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// So many bytes.
    Length(u64),
    /// Chunks (RFC 9112 section 7.1).
    Chunked(Chunked),
    /// All that comes until the server ends the stream.
    UntilClose,
}

impl Body {
    /// Whether the message has ended.
    pub(crate) const fn is_done(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunked(State::Done)))
    }

    /// The length of a body not begun, in bytes on the wire, where its head tells it.
    pub(crate) const fn known_length(&self) -> Option<u64> {
        match self {
            Self::Length(length) => Some(*length),
            Self::Chunked(_) | Self::UntilClose => None,
        }
    }

    /// Takes the bytes that belong to this body and returns how many of `bytes`, from the first, those are.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left = left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
                taken
            }
            Self::Chunked(chunked) => match chunked.take(bytes) {
                Some(taken) => taken,
                None => {
                    // Broken chunks have no end that could be trusted; the bytes pass all the same.
                    *self = Self::UntilClose;
                    bytes.len()
                }
            },
            Self::UntilClose => bytes.len(),
        }
    }
}

/// A reader of chunk boundaries, one byte after the other, so that it does not matter how the bytes arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunked(State);

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Size {
        size: u64,
        digits: u8,
    },
    Extension {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataEnd,
    /// In the trailer section, with so many bytes of the current line seen (line ends apart).
    Trailer {
        line: u64,
    },
    Done,
}

impl Chunked {
    const fn start() -> Self {
        Self(State::Size { size: 0, digits: 0 })
    }

    /// How many of `bytes` belong to the body, or `None` where they are no chunks.
    fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            if let State::Data { left } = self.0 {
                let step = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let left = left.checked_sub(u64::try_from(step).ok()?)?;
                self.0 = if left == 0 {
                    State::DataEnd
                } else {
                    State::Data { left }
                };
                taken += step;
                continue;
            }
            if self.0 == State::Done {
                break;
            }
            self.0 = self.step(*rest.first()?)?;
            taken += 1;
        }
        Some(taken)
    }

    fn step(&self, byte: u8) -> Option<State> {
        let after_size = |size| {
            if size == 0 {
                State::Trailer { line: 0 }
            } else {
                State::Data { left: size }
            }
        };
        Some(match (&self.0, byte) {
            (State::Size { digits: 1.., size }, b'\n') => after_size(*size),
            (State::Size { digits: 1.., size }, b'\r' | b';' | b' ' | b'\t') => {
                State::Extension { size: *size }
            }
            (
                State::Size {
                    size,
                    digits: digits @ 0..=15,
                },
                digit,
            ) => {
                let value = char::from(digit).to_digit(16)?;
                State::Size {
                    size: size * 16 + u64::from(value),
                    digits: digits + 1,
                }
            }
            (State::Extension { size }, b'\n') => after_size(*size),
            (State::Extension { size }, _) => State::Extension { size: *size },
            (State::DataEnd, b'\r') => State::DataEnd,
            (State::DataEnd, b'\n') => State::Size { size: 0, digits: 0 },
            (State::Trailer { line: 0 }, b'\n') => State::Done,
            (State::Trailer { .. }, b'\n') => State::Trailer { line: 0 },
            (State::Trailer { line }, b'\r') => State::Trailer { line: *line },
            (State::Trailer { line }, _) => State::Trailer {
                line: line.saturating_add(1),
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chunked_body_ends_where_the_specification_says() {
        // The shape of RFC 9112 section 7.1: sizes with extension, last chunk, trailer, empty line.
        let body = b"4;name=value\r\nWiki\r\nA\r\n0123456789\r\n0\r\nExpires: never\r\n\r\n";
        let mut next = body.to_vec();
        next.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        let mut reader = Body::Chunked(Chunked::start());
        assert_eq!(reader.take(&next), body.len());
        assert!(reader.is_done());
    }

    #[test]
    fn transfer_encoding_wins_over_content_length() {
        let head = b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n";
        let Reading::Head(head) = RequestHead::read(head) else {
            panic!("no head")
        };
        assert_eq!(head.body, Body::Chunked(Chunked::start()));
    }

    #[test]
    fn answers_without_a_body_end_with_their_head() {
        for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304)] {
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: 99\r\n\r\n");
            let Reading::Head(head) = AnswerHead::read(head.as_bytes(), method) else {
                panic!("no head")
            };
            assert!(head.body.is_done());
        }
    }

    #[test]
    fn what_is_no_http_is_opaque() {
        assert_eq!(RequestHead::read(&[0x16, 0x03, 0x01]), Reading::Opaque);
        assert_eq!(RequestHead::read(b"SSH-2.0-x y z w\r\n\r\n"), Reading::Opaque);
        assert_eq!(RequestHead::read(b"GET / HT"), Reading::Partial);
        let endless = vec![b'A'; MAX_HEAD_BYTES];
        assert_eq!(RequestHead::read(&endless), Reading::Opaque);
        let conflict = b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n";
        assert_eq!(RequestHead::read(conflict), Reading::Opaque);
    }

    proptest! {
        #[test]
        fn slicing_does_not_move_the_end(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
            slices in prop::collection::vec(1_usize..9, 1..400),
        ) {
            let mut wire = Vec::new();
            for chunk in &chunks {
                wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                wire.extend_from_slice(chunk);
                wire.extend_from_slice(b"\r\n");
            }
            wire.extend_from_slice(b"0\r\n\r\n");
            let end = wire.len();
            wire.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
            let mut body = Body::Chunked(Chunked::start());
            let (mut at, mut slices) = (0, slices.into_iter().cycle());
            while !body.is_done() {
                let stop = (at + slices.next().unwrap()).min(wire.len());
                at += body.take(&wire[at..stop]);
            }
            prop_assert_eq!(at, end);
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = RequestHead::read(&bytes);
            let _ = AnswerHead::read(&bytes, "GET");
            prop_assert!(Body::Chunked(Chunked::start()).take(&bytes) <= bytes.len());
        }
    }
}
