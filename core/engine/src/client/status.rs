//! One report, whole: delivery, photos, the city's side, timeline, and why it waits.

use phananh_domain::attachment::{AttachmentKind, IngestState, ReadyFile};
use phananh_domain::case::{CaseEvent, CaseStatus};
use phananh_domain::delivery::Delivery;
use phananh_domain::id::{AttachmentId, CaseNumber, ReportId, Token};
use phananh_domain::job::JobState;
use phananh_domain::message::{MessageBody, Satisfaction, StillThere};
use phananh_domain::receipt::Receipt;
use phananh_domain::report::Report;
use phananh_domain::time::Timestamp;
use phananh_domain::why::Why;

use super::Client;
use super::lists::delivery;
use super::queue;
use crate::error::{ClientError, Result};
use crate::sealed::open_refusal;
use crate::store::{JobRow, attachments, cases, jobs, messages, receipts, reports};
use crate::world::World;

/// How an attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentState {
    /// Being made smaller.
    Preparing,
    /// On the phone, the report not sent off.
    Ready,
    /// Owed.
    Owed(JobState),
    /// The city has it.
    Delivered,
    /// The original cannot be used.
    Failed,
}

impl AttachmentState {
    /// The word: `preparing, ready, queued, sending, unconfirmed, blocked, delivered, failed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Owed(state) => state.as_str(),
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// An attachment of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentView {
    /// Local id.
    pub id: AttachmentId,
    /// Kind.
    pub kind: AttachmentKind,
    /// How it stands.
    pub state: AttachmentState,
    /// The stored file, once made.
    pub file: Option<ReadyFile>,
    /// Size of the original, once read, bytes.
    pub original_bytes: Option<u64>,
}

/// A line of the timeline: the city's event, or a message of ours that is still on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum TimelineEntry {
    /// The city says.
    City(CaseEvent),
    /// We said, and it is not delivered yet.
    Pending {
        /// When it was written.
        at: Timestamp,
        /// Kind of message.
        kind: phananh_domain::message::MessageKind,
        /// Words.
        text: Option<String>,
        /// How it stands on its way.
        state: JobState,
    },
    /// We wrote it and took it back: it never reached the city.
    TakenBack {
        /// When it was written.
        at: Timestamp,
        /// Kind of message.
        kind: phananh_domain::message::MessageKind,
        /// Words.
        text: Option<String>,
    },
}

/// A refusal of the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The city's words, field by field where it names fields.
    pub text: String,
}

/// A report, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportStatus {
    /// What it says.
    pub report: Report,
    /// How it stands on its way.
    pub delivery: Delivery,
    /// Its photos.
    pub attachments: Vec<AttachmentView>,
    /// How it stands at the city.
    pub case_status: Option<CaseStatus>,
    /// Result, the city's word.
    pub outcome: Option<String>,
    /// The city's number.
    pub service_request_id: Option<CaseNumber>,
    /// The city's token.
    pub token: Option<Token>,
    /// Due date, as the city says.
    pub due_at: Option<Timestamp>,
    /// Agency, as the city writes it.
    pub agency: Option<String>,
    /// The city no longer shows the case.
    pub gone: bool,
    /// How we rated the result, delivered or on its way.
    pub rating: Option<Satisfaction>,
    /// What we said of whether it is gone.
    pub fixed: Option<StillThere>,
    /// Proof of delivery.
    pub receipt: Option<Receipt>,
    /// What the city said when it refused, while the citizen has to act on it.
    pub refusal: Option<Refusal>,
    /// Why it waits.
    pub why: Option<Why>,
    /// Timeline, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

impl Client {
    /// A report, whole.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn status(&self, id: ReportId) -> std::result::Result<ReportStatus, ClientError> {
        self.on_disk(move |world| whole(world, id)).await
    }
}

/// All that is known of a report.
pub(super) fn whole(world: &World, id: ReportId) -> Result<ReportStatus> {
    let why = queue::why(world, id)?;
    world.store.read(|conn| {
        let report = reports::get(conn, id)?;
        let delivery = delivery(conn, id, report.phase)?;
        let case = cases::of_report(conn, id)?;
        let all = jobs::of_report(conn, id)?;
        let mut views = Vec::new();
        for attachment in &report.attachments {
            let row = attachments::get(conn, attachment.id)?;
            let job = all.iter().find(|j| j.attachment == Some(attachment.id));
            let state = match (row.ingest, job, row.acknowledged_at) {
                (_, _, Some(_)) => AttachmentState::Delivered,
                (IngestState::Failed, ..) => AttachmentState::Failed,
                (_, Some(job), _) if !job.state.is_owed() => AttachmentState::Delivered,
                (IngestState::Pending, ..) => AttachmentState::Preparing,
                (IngestState::Ready, Some(job), _) => AttachmentState::Owed(job.state),
                (IngestState::Ready, None, _) => AttachmentState::Ready,
            };
            views.push(AttachmentView {
                id: attachment.id,
                kind: attachment.kind,
                state,
                file: row.file,
                original_bytes: row.original_bytes,
            });
        }
        let mut timeline: Vec<_> = cases::events(conn, id)?
            .into_iter()
            .map(TimelineEntry::City)
            .collect();
        let mut said = messages::of_report(conn, id)?;
        for message in said.iter().filter(|m| m.city_id.is_none()) {
            let (at, kind) = (message.created_at, message.body.kind());
            let text = message.body.text().map(str::to_owned);
            timeline.push(match way(&all, message) {
                Some(job) => TimelineEntry::Pending {
                    at,
                    kind,
                    text,
                    state: job.state,
                },
                None => TimelineEntry::TakenBack { at, kind, text },
            });
        }
        said.retain(|message| message.city_id.is_some() || way(&all, message).is_some());
        let (rating, fixed) = rated(&said);
        let refusal = match queue::asking(&all) {
            None => None,
            // A locked phone shows the reason without the city's words.
            Some(job) => jobs::newest_refusal(conn, job.id)?.map(|(status, sealed)| Refusal {
                status,
                text: open_refusal(world, job.id, &sealed).unwrap_or_default(),
            }),
        };
        let receipt = receipts::of_report(conn, id)?.map(|r| r.receipt);
        let (case_status, outcome, number, token, due_at, agency, gone) = match case {
            None => (None, None, None, None, None, None, false),
            Some(c) => (c.status, c.outcome, c.number, c.token, c.due_at, c.agency, c.gone),
        };
        Ok(ReportStatus {
            report,
            delivery,
            attachments: views,
            case_status,
            outcome,
            service_request_id: number,
            token,
            due_at,
            agency,
            gone,
            rating,
            fixed,
            receipt,
            refusal,
            why,
            timeline,
        })
    })
}

/// The job of a message; a message without one was taken back.
fn way<'a>(all: &'a [JobRow], message: &messages::MessageRow) -> Option<&'a JobRow> {
    all.iter().find(|job| job.message == Some(message.id))
}

/// The newest answer to each of the two questions; oldest message first.
fn rated(said: &[messages::MessageRow]) -> (Option<Satisfaction>, Option<StillThere>) {
    said.iter()
        .fold((None, None), |(rating, fixed), message| match &message.body {
            MessageBody::Rating {
                satisfaction,
                fixed: now,
                ..
            } => (satisfaction.or(rating), now.or(fixed)),
            _ => (rating, fixed),
        })
}
