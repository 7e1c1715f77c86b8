//! What hangs on a report or a message. Photos are built; the schema, the surface and the wire carry the kind.

use serde::{Deserialize, Serialize};

use crate::id::AttachmentId;
use crate::snake::words;

words!(
    /// Kind of an attachment.
    AttachmentKind {
        /// A still picture.
        Photo = "photo",
        /// A film: refused in plain words for now.
        Video = "video",
        /// A sound: refused in plain words for now.
        Audio = "audio",
        /// A document: refused in plain words for now.
        Document = "document",
    }
);

words!(
    /// How far an attachment has come on the phone. A row exists before the first byte is read: cheap phones kill the
    /// app under the camera.
    IngestState {
        /// The original is named; the picture is not made yet.
        Pending = "pending",
        /// The picture is on disk under its content hash.
        Ready = "ready",
        /// The original cannot be used: the reason stands beside it.
        Failed = "failed",
    }
);

/// SHA-256 of the bytes that are sent, lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sha256(String);

impl Sha256 {
    /// Hash of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest;
        Self::from_digest(&sha2::Sha256::digest(bytes))
    }

    /// From a finished digest (32 bytes).
    #[must_use]
    pub fn from_digest(digest: &[u8]) -> Self {
        use std::fmt::Write;
        let mut hex = String::with_capacity(64);
        for byte in digest {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// From 64 hex digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        (hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| Self(hex.to_ascii_lowercase()))
    }

    /// 64 lower-case hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A finished photo: what will be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyFile {
    /// Hash of the bytes that are sent.
    pub sha256: Sha256,
    /// Their number.
    pub bytes: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// An attachment as lists and screens see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Local id.
    pub id: AttachmentId,
    /// Kind.
    pub kind: AttachmentKind,
    /// State of the picture on the phone.
    pub ingest: IngestState,
    /// The finished file, once `ready`.
    pub file: Option<ReadyFile>,
}
