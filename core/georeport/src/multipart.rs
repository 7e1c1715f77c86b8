//! `multipart/form-data` (RFC 7578) whose length is known before the first byte.
//!
//! The framing is made here, the bytes of files stay with the caller: [`Multipart::chunks`] says in which order they
//! go on the line. Names and file names escape `"`, CR and LF as browsers do (WHATWG HTML, "multipart/form-data
//! encoding algorithm"), so that no value of a citizen can break out of its header.

use crate::request::FilePart;

/// One part.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// A value.
    Field {
        /// Name of the field.
        name: String,
        /// Its value, UTF-8.
        value: String,
    },
    /// A file.
    File {
        /// Name of the field.
        name: String,
        /// The file.
        file: FilePart,
    },
}

/// A body of parts. It has no `Debug`: a report is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Multipart {
    boundary: String,
    parts: Vec<Part>,
}

/// What goes on the line next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// These bytes.
    Bytes(Vec<u8>),
    /// All bytes of a file of the caller.
    File {
        /// Id given in [`FilePart::source`].
        source: String,
        /// How many: a file of another size now must not be sent (the answer would be lost to a broken body).
        bytes: u64,
    },
}

impl Multipart {
    /// A body with a boundary that the caller drew at random (at least 128 bits, so that no file holds it).
    /// Characters that RFC 2046 forbids in a boundary are left out and it is cut at 70.
    #[must_use]
    pub fn new(boundary: &str, parts: Vec<Part>) -> Self {
        let boundary = boundary
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(70)
            .collect();
        Self { boundary, parts }
    }

    /// Value of the `Content-Type` header.
    #[must_use]
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The body in order. Each call starts anew: the caller streams it once an attempt.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk> + '_ {
        let parts = self.parts.iter().flat_map(|part| self.part(part));
        parts.chain(std::iter::once(Chunk::Bytes(
            format!("--{}--\r\n", self.boundary).into_bytes(),
        )))
    }

    /// Exact number of bytes of [`Self::chunks`].
    #[must_use]
    pub fn content_length(&self) -> u64 {
        self.chunks().fold(0u64, |sum, chunk| {
            sum.saturating_add(match chunk {
                Chunk::Bytes(bytes) => bytes.len() as u64,
                Chunk::File { bytes, .. } => bytes,
            })
        })
    }

    fn part(&self, part: &Part) -> Vec<Chunk> {
        match part {
            Part::Field { name, value } => vec![Chunk::Bytes(
                format!(
                    "--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n",
                    self.boundary,
                    quoted(name)
                )
                .into_bytes(),
            )],
            Part::File { name, file } => vec![
                Chunk::Bytes(
                    format!(
                        "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
                        self.boundary,
                        quoted(name),
                        quoted(&file.file_name),
                        file.content_type.replace(['\r', '\n'], " ")
                    )
                    .into_bytes(),
                ),
                Chunk::File { source: file.source.clone(), bytes: file.bytes },
                Chunk::Bytes(b"\r\n".to_vec()),
            ],
        }
    }
}

fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
