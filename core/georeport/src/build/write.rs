//! POST requests. Their bodies are a pure function of what is given: the same submission gives the same bytes.

use crate::dialect::{JurisdictionIn, MediaPerPost};
use crate::encode::form;
use crate::endpoint::{Endpoint, Pairs, owner_header, segment};
use crate::error::BuildError;
use crate::multipart::{Multipart, Part};
use crate::request::{Body, FilePart, Method, Request};

/// A report to file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostReport<'a> {
    /// The frozen payload: name and value of each pair in order, as hashed; names and values as the dialect wants them
    /// ([`crate::Dialect::multi_value`], [`crate::Dialect::text`]).
    pub pairs: &'a [(String, String)],
    /// Pairs that travel outside the hash: `client_request_id`, `content_sha256`, `form`, `queued_at`, identity.
    /// Only what the standard or an advertised extension names.
    pub extras: &'a [(String, String)],
    /// Key of the submission, for the header `Idempotency-Key` (extension `idempotency`).
    pub idempotency_key: Option<&'a str>,
    /// Photos that travel with the report, in order.
    pub media: &'a [FilePart],
    /// Random text for the multipart boundary; unused without photos.
    pub boundary: &'a str,
}

/// A case message (extension `messages`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostMessage<'a> {
    /// Case.
    pub id: &'a str,
    /// Pairs in order: `kind`, `text`, `client_request_id`, `content_sha256`, `at`, `rating`, `fixed`.
    pub pairs: &'a [(String, String)],
    /// Key of the message, for the header.
    pub idempotency_key: Option<&'a str>,
    /// Files.
    pub media: &'a [FilePart],
    /// Random text for the multipart boundary; unused without files.
    pub boundary: &'a str,
}

/// A photo for a case that the city has (extension `messages` with `attachments`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostAttachment<'a> {
    /// Case.
    pub id: &'a str,
    /// Key of the attachment; sent in the form and the header.
    pub client_request_id: &'a str,
    /// SHA-256 of the file, lower-case hex.
    pub content_sha256: &'a str,
    /// `photo`.
    pub kind: &'a str,
    /// The file.
    pub file: &'a FilePart,
    /// Random text for the multipart boundary.
    pub boundary: &'a str,
}

impl Endpoint {
    /// `POST requests.json`: form without photos, multipart with.
    ///
    /// # Errors
    /// [`BuildError::TooManyMedia`] where the dialect takes fewer photos with one POST.
    pub fn post_report(&self, report: &PostReport<'_>) -> Result<Request, BuildError> {
        let allowed = match self.dialect.media {
            MediaPerPost::None => 0,
            MediaPerPost::One => 1,
            MediaPerPost::Many => usize::MAX,
        };
        if report.media.len() > allowed {
            return Err(BuildError::TooManyMedia {
                given: report.media.len(),
                allowed,
            });
        }
        let pairs = [report.pairs, report.extras].concat();
        let media = Media {
            field: &self.dialect.media_field,
            files: report.media,
            boundary: report.boundary,
        };
        Ok(self.post("requests.json", pairs, media, report.idempotency_key, None))
    }

    /// `POST requests/ID/messages.json`; the owner secret is needed for all but a `comment` on a public case.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for an id that cannot stand in a path.
    pub fn message(
        &self,
        message: &PostMessage<'_>,
        owner_secret: Option<&str>,
    ) -> Result<Request, BuildError> {
        let path = format!("requests/{}/messages.json", segment(message.id)?);
        let media = Media {
            field: "media",
            files: message.media,
            boundary: message.boundary,
        };
        Ok(self.post(
            &path,
            message.pairs.to_vec(),
            media,
            message.idempotency_key,
            owner_secret,
        ))
    }

    /// `POST requests/ID/attachments.json`, with the owner secret of the case.
    ///
    /// # Errors
    /// [`BuildError::UnusableId`] for an id that cannot stand in a path.
    pub fn attachment(
        &self,
        attachment: &PostAttachment<'_>,
        owner_secret: Option<&str>,
    ) -> Result<Request, BuildError> {
        let path = format!("requests/{}/attachments.json", segment(attachment.id)?);
        let pairs = [
            ("client_request_id", attachment.client_request_id),
            ("content_sha256", attachment.content_sha256),
            ("kind", attachment.kind),
        ];
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let files = std::slice::from_ref(attachment.file);
        let media = Media {
            field: "media",
            files,
            boundary: attachment.boundary,
        };
        Ok(self.post(
            &path,
            pairs,
            media,
            Some(attachment.client_request_id),
            owner_secret,
        ))
    }

    pub(super) fn post(
        &self,
        path: &str,
        given: Pairs,
        media: Media<'_>,
        key: Option<&str>,
        owner_secret: Option<&str>,
    ) -> Request {
        let mut query = Pairs::new();
        let mut pairs = Pairs::with_capacity(given.len() + 2);
        if let Some(api_key) = self.key() {
            pairs.push(("api_key".to_owned(), api_key.to_owned()));
        }
        if let Some(id) = self.jurisdiction() {
            let pair = ("jurisdiction_id".to_owned(), id.to_owned());
            match self.dialect.jurisdiction {
                JurisdictionIn::Params => pairs.push(pair),
                JurisdictionIn::QueryAlways => query.push(pair),
                JurisdictionIn::None => {}
            }
        }
        pairs.extend(given.into_iter().map(|(name, value)| {
            let value = self.dialect.text(&value).into_owned();
            (name, value)
        }));
        let (content_type, body) = media.body(pairs);
        let mut headers = vec![
            ("Accept".to_owned(), "*/*".to_owned()),
            ("Content-Type".to_owned(), content_type),
        ];
        headers.extend(key.map(|key| ("Idempotency-Key".to_owned(), structured_string(key))));
        headers.extend(owner_header(owner_secret));
        Request {
            method: Method::Post,
            url: self.url(path, &query),
            headers,
            body,
        }
    }
}

pub(super) struct Media<'a> {
    field: &'a str,
    files: &'a [FilePart],
    boundary: &'a str,
}

impl Media<'_> {
    /// A form without files.
    pub(super) const NONE: Media<'static> = Media {
        field: "media",
        files: &[],
        boundary: "",
    };

    fn body(&self, pairs: Pairs) -> (String, Body) {
        if self.files.is_empty() {
            return (
                "application/x-www-form-urlencoded".to_owned(),
                Body::Form(form(&pairs)),
            );
        }
        let fields = pairs.into_iter().map(|(name, value)| Part::Field { name, value });
        // Files last: a server that reads as it goes knows the words before the first large byte.
        let files = self.files.iter().map(|file| Part::File {
            name: self.field.to_owned(),
            file: file.clone(),
        });
        let multipart = Multipart::new(self.boundary, fields.chain(files).collect());
        (multipart.content_type(), Body::Multipart(multipart))
    }
}

/// A string of a structured field (RFC 8941, section 3.3.3): quoted, `"` and `\` escaped, printable ASCII only.
fn structured_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars().filter(|c| (' '..='~').contains(c)) {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
