//! The request of a job, from rows: what is frozen stays frozen, what may differ between attempts is added beside it.

use georeport::{Endpoint, FilePart, PostAttachment, PostMessage, PostReport, Request};
use phananh_domain::attachment::{IngestState, ReadyFile, Sha256};
use phananh_domain::id::AttachmentId;
use phananh_domain::identity::{Identity, IdentityChoice};
use phananh_domain::job::{Exposure, JobKind};
use phananh_domain::message::{MessageBody, Satisfaction, StillThere};
use phananh_domain::outcome::Observation;
use phananh_domain::payload::{Line, Payload, Wire, queued_at};
use phananh_domain::report::{Phase, Report};
use phananh_domain::time::MINUTE;
use rusqlite::Connection;

use crate::city::Facts;
use crate::error::{Error, Result};
use crate::seal::SealError;
use crate::sealed::{open_identity, owner_secret};
use crate::secrets::SecretError;
use crate::store::{JobRow, SubmissionRow, attachments, cases, identity, messages, reports, submissions};
use crate::world::World;

/// A report that left more than this after it was sent off says so in its footer.
const LATE: i64 = 10 * MINUTE;

/// A request that is ready to leave.
pub(super) struct Prepared {
    pub(super) request: Request,
    pub(super) facts: Facts,
    /// Of a report: the revision, with the payload as it is sent.
    pub(super) submission: Option<SubmissionRow>,
    /// Photos that ride with it.
    pub(super) riding: Vec<AttachmentId>,
    /// Hash of what is sent, for the receipt of a file.
    pub(super) file: Option<ReadyFile>,
}

/// Prepares the request of a job; an observation is what makes sending impossible.
pub(super) fn prepare(
    world: &World,
    job: &JobRow,
    facts: Facts,
) -> Result<std::result::Result<Prepared, Observation>> {
    let built = world.store.read(|conn| {
        Ok(match job.kind {
            JobKind::Report => report(world, conn, job, facts),
            JobKind::Attachment => attachment(world, conn, job, facts),
            JobKind::Message => message(world, conn, job, facts),
        })
    })?;
    match built {
        Ok(prepared) => Ok(Ok(prepared)),
        Err(Stop::Observed(observation)) => Ok(Err(observation)),
        Err(Stop::Failed(error)) => observe_local(error).map(Err),
    }
}

/// Why no request came to be.
enum Stop {
    Observed(Observation),
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Built<T> = std::result::Result<T, Stop>;

/// What the phone itself got in the way.
pub(super) fn observe_local(error: Error) -> Result<Observation> {
    Ok(match error {
        Error::Secret(SecretError::Locked) | Error::Seal(SealError::Locked) => Observation::SecretsLocked,
        Error::Secret(SecretError::Missing) | Error::Seal(SealError::Lost) => Observation::SecretsMissing,
        Error::Secret(SecretError::Failed(_)) | Error::Seal(_) => Observation::SecretsFailed,
        other if other.is_disk_full() => Observation::DiskFull,
        other => return Err(other),
    })
}

fn report(world: &World, conn: &Connection, job: &JobRow, facts: Facts) -> Built<Prepared> {
    if !facts.row.profile.takes_reports {
        return Err(Stop::Observed(Observation::TakesNoReports));
    }
    let id = job.submission.ok_or(Error::Damaged { table: "job" })?;
    let mut submission = submissions::get(conn, id)?;
    let report = reports::get(conn, job.report)?;
    let fields = facts.fields_or_all();
    if submission.first_attempt_at.is_none() {
        submission.payload = for_this_city(world, conn, &report, &facts, &submission)?;
        submission.payload_sha256 = submission.payload.sha256();
    }
    let extensions = facts.extensions.clone().unwrap_or_default();
    let key = job.key.to_string();
    let mut extras: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: &str| extras.push((name.to_owned(), value.to_owned()));
    if extensions.idempotency.is_some() {
        put("client_request_id", &key);
        put("content_sha256", submission.payload_sha256.as_str());
        put("form", "full");
    }
    if extensions.owner {
        put("owner_hash", &reports::owner(conn, job.report)?.1);
    }
    extras.extend(queued_at(&report, &fields));
    extras.extend(identity_pairs(world, conn, &report)?);
    let (media, riding) = riding(world, conn, &submission, &facts)?;
    let boundary = boundary(world)?;
    let request = endpoint(&facts)?
        .post_report(&PostReport {
            pairs: &submission.payload.pairs,
            extras: &extras,
            idempotency_key: extensions.idempotency.map(|_| key.as_str()),
            media: &media,
            boundary: &boundary,
        })
        .map_err(|_| Error::Internal)?;
    Ok(Prepared {
        request,
        facts,
        submission: Some(submission),
        riding,
        file: None,
    })
}

/// The payload for what the city really takes, frozen for good by the first attempt.
fn for_this_city(
    world: &World,
    conn: &Connection,
    report: &Report,
    facts: &Facts,
    submission: &SubmissionRow,
) -> Result<Payload> {
    let definition = reports::pinned_definition(conn, report.id)?;
    let late = report.queued_at.is_some_and(|at| world.now().since(at) > LATE);
    let fields = facts.fields_or_all();
    let wire = Wire {
        fields: &fields,
        multi_value: facts.multi_value(),
        definition: definition.as_ref(),
        line: if late { Line::Down } else { Line::Up },
    };
    let mut payload = Payload::freeze(report, &facts.row.profile, &wire);
    for (_, value) in &mut payload.pairs {
        *value = facts.dialect.text(value).into_owned();
    }
    // The attachments are those that were sent off with it, whatever was taken off since.
    payload.attachments.clone_from(&submission.payload.attachments);
    Ok(payload)
}

/// Name and contact as GeoReport has them. A Vietnamese name is never split: it travels whole.
fn identity_pairs(world: &World, conn: &Connection, report: &Report) -> Result<Vec<(String, String)>> {
    let Some(id) = reports::identity_of(conn, report.id)? else {
        return Ok(Vec::new());
    };
    if report.content.identity == IdentityChoice::None {
        return Ok(Vec::new());
    }
    let sealed = identity::get(conn, id)?.ok_or(Error::Damaged { table: "identity" })?;
    let Identity { name, phone, email } = open_identity(world, &sealed)?;
    let pairs = [("first_name", name), ("phone", phone), ("email", email)];
    Ok(pairs
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect())
}

/// Photos that go in the same request, as far as the city takes them so.
fn riding(
    world: &World,
    conn: &Connection,
    submission: &SubmissionRow,
    facts: &Facts,
) -> Built<(Vec<FilePart>, Vec<AttachmentId>)> {
    let mut media = Vec::new();
    let mut riding = Vec::new();
    for id in submission
        .payload
        .attachments
        .iter()
        .take(facts.photos_with_words())
    {
        let row = attachments::get(conn, *id)?;
        let (Some(file), IngestState::Ready) = (row.file, row.ingest) else {
            return Err(Stop::Observed(Observation::AttachmentGone));
        };
        media.push(part(world, &file, media.len())?);
        riding.push(*id);
    }
    Ok((media, riding))
}

/// A stored picture as a part of a request; checked to be there and whole before the first byte leaves.
fn part(world: &World, file: &ReadyFile, index: usize) -> Built<FilePart> {
    use crate::files::FileError;
    match world.files.verify(&file.sha256) {
        Ok(()) => {}
        Err(FileError::Gone) => return Err(Stop::Observed(Observation::AttachmentGone)),
        Err(FileError::Changed) => return Err(Stop::Observed(Observation::AttachmentChanged)),
        Err(other) => return Err(Stop::Failed(other.into())),
    }
    Ok(FilePart {
        source: file.sha256.as_str().to_owned(),
        file_name: format!("photo-{}.jpg", index + 1),
        content_type: "image/jpeg".to_owned(),
        bytes: file.bytes,
    })
}

fn attachment(world: &World, conn: &Connection, job: &JobRow, facts: Facts) -> Built<Prepared> {
    let id = job.attachment.ok_or(Error::Damaged { table: "job" })?;
    let row = attachments::get(conn, id)?;
    let Some(file) = row.file else {
        return Err(Stop::Observed(Observation::AttachmentGone));
    };
    let number = number(conn, job)?;
    let part = part(world, &file, 0)?;
    let (key, boundary) = (job.key.to_string(), boundary(world)?);
    let request = endpoint(&facts)?
        .attachment(
            &PostAttachment {
                id: &number,
                client_request_id: &key,
                content_sha256: file.sha256.as_str(),
                kind: row.kind.as_str(),
                file: &part,
                boundary: &boundary,
            },
            Some(&owner_secret(world, conn, job.report)?),
        )
        .map_err(|_| Error::Damaged { table: "city_case" })?;
    Ok(Prepared {
        request,
        facts,
        submission: None,
        riding: Vec::new(),
        file: Some(file),
    })
}

fn message(world: &World, conn: &Connection, job: &JobRow, facts: Facts) -> Built<Prepared> {
    let id = job.message.ok_or(Error::Damaged { table: "job" })?;
    let row = messages::get(conn, id)?;
    let number = number(conn, job)?;
    let mut media = Vec::new();
    for photo in attachments::of_message(conn, id)? {
        let Some(file) = photo.file else {
            return Err(Stop::Observed(Observation::AttachmentGone));
        };
        media.push(part(world, &file, media.len())?);
    }
    let mut pairs: Vec<(String, String)> = vec![("kind".to_owned(), row.body.kind().as_str().to_owned())];
    let mut put =
        |name: &str, value: Option<&str>| pairs.extend(value.map(|v| (name.to_owned(), v.to_owned())));
    put("text", row.body.text());
    if let MessageBody::Rating {
        satisfaction, fixed, ..
    } = &row.body
    {
        put("rating", satisfaction.map(Satisfaction::as_str));
        put("fixed", fixed.map(StillThere::as_str));
    }
    put("at", Some(&row.created_at.to_wire()));
    if matches!(row.body, MessageBody::Follow | MessageBody::Unfollow) {
        put("follower", Some(&follower(world, &facts, &number)?));
    }
    let hash = Payload {
        wire_version: 1,
        pairs: pairs.clone(),
        attachments: Vec::new(),
    }
    .sha256();
    let key = job.key.to_string();
    pairs.push(("client_request_id".to_owned(), key.clone()));
    pairs.push(("content_sha256".to_owned(), hash.as_str().to_owned()));
    let boundary = boundary(world)?;
    // On somebody else's case a secret of ours would be refused.
    let secret = match reports::get(conn, job.report)?.phase {
        Phase::Followed => None,
        Phase::Draft | Phase::Submitted => Some(owner_secret(world, conn, job.report)?),
    };
    let request = endpoint(&facts)?
        .message(
            &PostMessage {
                id: &number,
                pairs: &pairs,
                idempotency_key: Some(&key),
                media: &media,
                boundary: &boundary,
            },
            secret.as_deref(),
        )
        .map_err(|_| Error::Damaged { table: "city_case" })?;
    Ok(Prepared {
        request,
        facts,
        submission: None,
        riding: Vec::new(),
        file: None,
    })
}

/// Name of the secret behind every name of this phone as a follower.
const FOLLOWER: &str = "follower";

/// What this phone is called as a follower of one case: the same each time, and another one for each case, so that
/// nobody sees what else it follows.
fn follower(world: &World, facts: &Facts, number: &str) -> Result<String> {
    let secret = match world.secrets.get(FOLLOWER) {
        Ok(secret) => secret,
        Err(SecretError::Missing) => {
            let fresh: [u8; 32] = world.random.bytes()?;
            world.secrets.set(FOLLOWER, &fresh)?;
            fresh.to_vec()
        }
        Err(other) => return Err(other.into()),
    };
    let of_this_case = [&secret, facts.row.endpoint.as_bytes(), b"\n", number.as_bytes()].concat();
    let own = Sha256::of(&of_this_case);
    Ok(Sha256::of(own.as_str().as_bytes()).as_str().to_owned())
}

fn endpoint(facts: &Facts) -> Result<Endpoint> {
    facts.endpoint()
}

fn number(conn: &Connection, job: &JobRow) -> Result<String> {
    let case = cases::require(conn, job.report)?;
    Ok(case
        .number
        .ok_or(Error::NotNow {
            code: "error.not_delivered",
        })?
        .as_str()
        .to_owned())
}

/// A boundary that no text holds by chance: 16 random bytes, hex.
fn boundary(world: &World) -> Result<String> {
    let random: [u8; 16] = world.random.bytes()?;
    Ok(Sha256::from_digest(&random).as_str().to_owned())
}

/// Whether a payload may have been seen by the city before this attempt.
pub(super) fn before(job: &JobRow, submission: Option<&SubmissionRow>) -> Exposure {
    submission.map_or(job.exposure, |s| s.exposure)
}
