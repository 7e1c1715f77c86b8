//! Reading what a POST carries: form or multipart, bounded, pictures straight to the disk.
//!
//! A body is read to its end even when its head or its first bytes already earned a refusal (up to a hard stop):
//! a server that answers and closes over unread bytes resets the connection, and the client never hears why.
//! Chunked bodies are read like any other. A peer that stops talking is given up after [`IDLE`].

use std::path::PathBuf;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use percent_encoding::percent_decode;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::refusal::Refusal;
use super::secrets::hex;
use crate::store::files::{Files, Upload};

/// Largest picture, in bytes.
pub(crate) const MEDIA_LIMIT: u64 = 20 * 1024 * 1024;
/// Most pictures in one body.
pub(crate) const MEDIA_COUNT: usize = 10;
/// All fields of one body together, in bytes.
const FIELDS_LIMIT: usize = 512 * 1024;
/// Most fields in one body.
const FIELDS_COUNT: usize = 500;
/// How much of an oversized body is read before the connection is given up.
const DRAIN_LIMIT: u64 = 256 * 1024 * 1024;
/// The same for a body that carries no pictures.
const DRAIN_SMALL: usize = 16 * 1024 * 1024;
/// Longest silence of a peer within a body.
const IDLE: Duration = Duration::from_secs(60);

/// Name and value pairs in the order sent; texts come as they were, NFC or NFD, with any emoji.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of this name; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs()
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// All pairs.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Fields of this program's own making.
    pub(crate) fn of(pairs: Vec<(&str, String)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    fn push(&mut self, name: String, value: String) -> Result<(), Refusal> {
        if self.0.len() >= FIELDS_COUNT {
            return Err(Refusal::bad(format!("more than {FIELDS_COUNT} fields")));
        }
        self.0.push((name, value));
        Ok(())
    }
}

/// A whole body.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    pub(crate) fields: Fields,
    pub(crate) media: Vec<Upload>,
}

/// Reads a body by its content type.
pub(crate) async fn read(files: &Files, request: Request) -> Result<Intake, Refusal> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/x-www-form-urlencoded" => {
            let bytes = read_small(request, FIELDS_LIMIT).await?;
            Ok(Intake {
                fields: parse_form(&bytes)?,
                media: Vec::new(),
            })
        }
        "multipart/form-data" => read_multipart(files, request).await,
        _ => {
            read_small(request, FIELDS_LIMIT).await?;
            Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send application/x-www-form-urlencoded or multipart/form-data",
            ))
        }
    }
}

/// Reads a body without pictures into memory; more than `limit` bytes are 413.
pub(crate) async fn read_small(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::too_large("the body", limit as u64);
    let bytes = within_patience(to_bytes(request.into_body(), DRAIN_SMALL)).await?;
    // A cut connection ends here too; nobody is left to hear the wrong reason.
    bytes
        .ok()
        .filter(|bytes| bytes.len() <= limit)
        .ok_or_else(too_large)
}

/// Reads a form strictly: what is not UTF-8 is refused rather than stored as something else.
pub(crate) fn parse_form(bytes: &[u8]) -> Result<Fields, Refusal> {
    let mut fields = Fields::default();
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let mut half = || decode(halves.next().unwrap_or_default());
        let (name, value) = (half()?, half()?);
        fields.push(name, value)?;
    }
    Ok(fields)
}

fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let text = percent_decode(&spaced)
        .decode_utf8()
        .map_err(|_| Refusal::bad("the form is not UTF-8"))?;
    Ok(text.into_owned())
}

async fn within_patience<T>(work: impl Future<Output = T>) -> Result<T, Refusal> {
    tokio::time::timeout(IDLE, work)
        .await
        .map_err(|_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "the rest of the body did not come"))
}

fn torn(_: axum::extract::multipart::MultipartError) -> Refusal {
    Refusal::bad("the multipart body is damaged or ended early")
}

async fn read_multipart(files: &Files, request: Request) -> Result<Intake, Refusal> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::bad("multipart/form-data without a usable boundary"))?;
    let mut intake = Intake::default();
    let mut reading = Reading::default();
    while let Some(part) = within_patience(parts.next_field()).await?.map_err(torn)? {
        let name = part.name().unwrap_or("").to_owned();
        let is_media = matches!(name.as_str(), "media" | "media[]");
        if is_media || (part.file_name().is_some() && name != "action") {
            if let Some(upload) = reading.media(files, part).await?.filter(|_| is_media) {
                intake.media.push(upload);
            }
        } else {
            let value = reading.text(part).await?;
            intake.fields.push(name, value)?;
        }
    }
    if intake.media.len() > MEDIA_COUNT {
        return Err(Refusal::field("media", format!("more than {MEDIA_COUNT} files")));
    }
    match reading.trouble {
        Some(refusal) => Err(refusal),
        None => Ok(intake),
    }
}

/// Progress through a multipart body; trouble is remembered and told at the end.
#[derive(Default)]
struct Reading {
    text_bytes: usize,
    all_bytes: u64,
    trouble: Option<Refusal>,
}

impl Reading {
    fn count(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.all_bytes += bytes as u64;
        if self.all_bytes > DRAIN_LIMIT {
            Err(Refusal::too_large("the body", DRAIN_LIMIT))
        } else {
            Ok(())
        }
    }

    async fn text(&mut self, mut part: Field<'_>) -> Result<String, Refusal> {
        let mut value = Vec::new();
        while let Some(chunk) = within_patience(part.chunk()).await?.map_err(torn)? {
            self.count(chunk.len())?;
            self.text_bytes += chunk.len();
            if self.text_bytes <= FIELDS_LIMIT {
                value.extend_from_slice(&chunk);
            } else {
                self.trouble
                    .get_or_insert_with(|| Refusal::too_large("the fields", FIELDS_LIMIT as u64));
            }
        }
        String::from_utf8(value).map_err(|_| Refusal::bad("a field of the body is not UTF-8"))
    }

    /// Streams one file to the disk and syncs it. None: nothing usable came, an empty file input of a web form
    /// or a file that was refused.
    async fn media(&mut self, files: &Files, mut part: Field<'_>) -> Result<Option<Upload>, Refusal> {
        let declared = part.content_type().unwrap_or("").to_owned();
        let mut writing = Writing::begin(files.incoming()?).await?;
        while let Some(chunk) = within_patience(part.chunk()).await?.map_err(torn)? {
            self.count(chunk.len())?;
            if writing.upload.bytes + chunk.len() as u64 > MEDIA_LIMIT {
                self.trouble
                    .get_or_insert_with(|| Refusal::too_large("a file", MEDIA_LIMIT));
            } else {
                writing.add(&chunk).await?;
            }
        }
        if writing.upload.bytes == 0 {
            Ok(None)
        } else {
            Ok(Some(writing.finish(&declared).await?))
        }
    }
}

struct Writing {
    upload: Upload,
    file: File,
    hash: Sha256,
    head: Vec<u8>,
}

impl Writing {
    const HEAD: usize = 16;

    async fn begin(path: PathBuf) -> Result<Self, Refusal> {
        let file = File::create(&path).await?;
        let upload = Upload {
            path,
            content_type: String::new(),
            bytes: 0,
            sha256: String::new(),
        };
        Ok(Self {
            upload,
            file,
            hash: Sha256::new(),
            head: Vec::new(),
        })
    }

    async fn add(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        let wanted = Self::HEAD.saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(wanted));
        self.hash.update(chunk);
        self.upload.bytes += chunk.len() as u64;
        Ok(self.file.write_all(chunk).await?)
    }

    async fn finish(mut self, declared: &str) -> Result<Upload, Refusal> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        self.upload.sha256 = hex(&self.hash.finalize());
        self.upload.content_type = content_type(&self.head, declared);
        Ok(self.upload)
    }
}

/// The content type by the first bytes; else the declared one where it is a plain picture type; else unknown.
/// Nothing that a browser would run is ever served.
fn content_type(head: &[u8], declared: &str) -> String {
    let brand = head.get(8..12).unwrap_or_default();
    match head {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', ..] if brand == b"WEBP" => "image/webp",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if brand.starts_with(b"avif") => "image/avif",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if brand.starts_with(b"he") || brand == b"mif1" => {
            "image/heic"
        }
        _ => match declared {
            plain @ ("image/jpeg" | "image/png" | "image/gif" | "image/webp" | "image/heic") => plain,
            _ => "application/octet-stream",
        },
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_written() {
        let fields = parse_form(b"a=1+2&b=%F0%9F%8C%8A&c&=d&attribute%5Bx%5D%5B%5D=y%3D&a=second").unwrap();
        let pairs: Vec<_> = fields.pairs().collect();
        assert_eq!(
            pairs,
            [
                ("a", "1 2"),
                ("b", "🌊"),
                ("c", ""),
                ("", "d"),
                ("attribute[x][]", "y="),
                ("a", "second")
            ]
        );
        assert_eq!(fields.get("a"), Some("1 2"));
        assert_eq!(fields.get("c"), None);
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(parse_form(b"description=%ff%fe").is_err());
        assert!(parse_form(b"description=\xff").is_err());
    }
}
