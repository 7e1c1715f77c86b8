//! What happens, step by step, as a person likes to read it.

use std::path::{Path, PathBuf};

use phananh_domain::id::ReportId;
use phananh_domain::message::{MessageBody, Satisfaction, StillThere};
use phananh_domain::place::{Fix, Point};
use phananh_domain::reason::Reason;
use phananh_domain::time::{SECOND, Timestamp};
use phananh_engine::client::{
    AddedPhoto, CityView, DraftChanges, DrainLimits, NewDraft, NewMessage, Pace, ReportStatus,
};
use phananh_engine::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use super::cut::{self, Cut};
use super::stage::Stage;
use super::{picture, say};
use crate::args::DemoArgs;
use crate::exit::{Exit, Failure};
use crate::output::progress::Progress;
use crate::output::report::CaseDetails;
use crate::output::texts::Bilingual;
use crate::output::{Page, Span, Tone, size};

/// The category of the story, as the city names it.
const SERVICE: &str = "ha-tang-giao-thong";
/// The citadel of Huế: where the phone is when a photo of one's own knows no place.
const CITADEL: (f64, f64) = (16.4637, 107.5909);
/// A drain waits for what comes due within this time, milliseconds.
const PATIENCE_MS: i64 = 40 * SECOND;

/// What came of it.
pub(super) struct Told {
    pub(super) code: String,
    pub(super) city: CityView,
    pub(super) photo: AddedPhoto,
    /// Why it waited while the city was off.
    pub(super) waited_for: Option<Reason>,
    /// How often the report was posted.
    pub(super) attempts: usize,
    pub(super) cut: Cut,
    /// Jobs still owed at the end.
    pub(super) owed: usize,
    /// The report as the phone knows it at the end.
    pub(super) status: ReportStatus,
}

impl Told {
    pub(super) fn saved_percent(&self) -> u64 {
        let saved = self.photo.original_bytes.saturating_sub(self.photo.file.bytes);
        saved
            .saturating_mul(100)
            .checked_div(self.photo.original_bytes)
            .unwrap_or(0)
    }
}

/// Plays it to the end.
pub(super) async fn play(stage: &mut Stage, args: &DemoArgs) -> Result<Told, Failure> {
    let mut steps = Steps { n: 0 };
    let (id, photo) = draft(stage, &mut steps, args).await?;
    let waited_for = wait(stage, &mut steps, id).await?;
    stage.open_the_city().await?;
    let (attempts, cut) = deliver(stage, &mut steps, id, args.seed).await?;
    work_the_case(stage, &mut steps, id, args.seed).await?;
    follow_and_rate(stage, &mut steps, id).await?;
    let client = &stage.phone.client;
    let status = client.status(id).await?;
    let code = status.report.reference_code.to_string();
    let city = stage.phone.city_of(&status.report).await?;
    let owed = client.queue().await?.len();
    Ok(Told {
        code,
        city,
        photo,
        waited_for,
        attempts,
        cut,
        owed,
        status,
    })
}

/// Numbers the steps as they are told.
struct Steps {
    n: usize,
}

impl Steps {
    fn open(&mut self, stage: &Stage, title: Bilingual) {
        self.n += 1;
        let mut page = Page::new();
        if self.n > 1 {
            page.blank();
        }
        page.spans(vec![
            Span::new(format!("{}  ", self.n), Tone::Calm),
            Span::new(stage.output.words.say(title), Tone::Strong),
        ]);
        stage.output.page(&page);
    }
}

fn tell(stage: &Stage, tone: Tone, text: impl AsRef<str>) {
    let mut page = Page::new();
    page.toned(tone, format!("   {}", text.as_ref()));
    stage.output.page(&page);
}

async fn draft(stage: &Stage, steps: &mut Steps, args: &DemoArgs) -> Result<(ReportId, AddedPhoto), Failure> {
    let words = stage.output.words;
    let client = &stage.phone.client;
    steps.open(stage, say::WRITES);
    let now = SystemClock.now();
    let picture = match &args.photo {
        Some(own) => own.clone(),
        None => write(
            &stage.pictures,
            "before.jpg",
            &picture::made_picture(args.seed, now.as_millis() / SECOND),
        )?,
    };
    let changes = DraftChanges {
        service: Some(SERVICE.to_owned()),
        title: Some(say::REPORT_TITLE.to_owned()),
        text: Some(say::REPORT_TEXT.to_owned()),
        ..DraftChanges::default()
    };
    let city = stage.phone.city().await?.id.as_str().to_owned();
    let report = client
        .create_draft(NewDraft {
            city,
            changes,
            ..NewDraft::default()
        })
        .await?;
    let code = report.reference_code.to_string();
    tell(stage, Tone::Good, words.fill(say::SAVED, &[("code", &code)]));

    let progress = Progress::show(&stage.output, client.subscribe());
    let photo = client
        .add_photo(report.id, picture.to_string_lossy().into_owned(), None)
        .await;
    let photo = photo.map_err(|error| Failure::from(error).saying(picture.display()))?;
    drop(progress);
    let percent = photo
        .original_bytes
        .saturating_sub(photo.file.bytes)
        .saturating_mul(100)
        / photo.original_bytes.max(1);
    let values = [
        ("before", size(photo.original_bytes)),
        ("after", size(photo.file.bytes)),
        ("percent", percent.to_string()),
    ];
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    tell(stage, Tone::Plain, words.fill(say::PHOTO, &values));

    place(stage, report.id, now).await?;
    Ok((report.id, photo))
}

/// The photo's own position where it has one, else the phone's; and the place in words.
async fn place(stage: &Stage, id: ReportId, now: Timestamp) -> Result<(), Failure> {
    let client = &stage.phone.client;
    let mut report = client.set_place_words(id, say::REPORT_PLACE.to_owned()).await?;
    if report.content.place.located.is_none()
        && let Ok(point) = Point::new(CITADEL.0, CITADEL.1)
    {
        let fix = Fix {
            at: now,
            point,
            accuracy_m: Some(12.0),
            provider: "gps".to_owned(),
            mock: false,
        };
        report = client.add_fix(id, fix).await?;
    }
    let place = stage
        .output
        .words
        .place(&report.content.place)
        .replace('\n', "; ");
    tell(
        stage,
        Tone::Plain,
        stage.output.words.fill(say::PLACE, &[("place", &place)]),
    );
    Ok(())
}

async fn wait(stage: &Stage, steps: &mut Steps, id: ReportId) -> Result<Option<Reason>, Failure> {
    let words = stage.output.words;
    steps.open(stage, say::WAITS);
    let city = stage.phone.city().await?;
    stage
        .phone
        .client
        .submit(id)
        .await
        .map_err(|error| stage.phone.told(error, &city))?;
    stage.phone.client.drain(DrainLimits::default()).await?;
    let status = stage.phone.client.status(id).await?;
    tell(
        stage,
        Tone::Warn,
        words.delivery(&status.report, &status.delivery),
    );
    if let Some(why) = &status.why {
        tell(stage, Tone::Plain, words.why(why, &city.profile));
        if let Some(next) = words.next_beside(why, &city.profile.zone_or_utc()) {
            tell(stage, Tone::Calm, next);
        }
    }
    Ok(status.why.map(|why| why.reason))
}

async fn deliver(stage: &Stage, steps: &mut Steps, id: ReportId, seed: u64) -> Result<(usize, Cut), Failure> {
    let words = stage.output.words;
    let client = &stage.phone.client;
    steps.open(stage, say::BACK);
    client
        .drain(DrainLimits {
            pace: Pace::Now,
            ..DrainLimits::default()
        })
        .await?;
    stage.line.settled().await;
    let cut = Cut::of(seed, &stage.line.stats());
    tell(
        stage,
        Tone::Warn,
        words.fill(say::LOST, &[("cut", &cut.tell(words))]),
    );
    let status = client.status(id).await?;
    tell(
        stage,
        Tone::Plain,
        words.delivery(&status.report, &status.delivery),
    );
    send_everything(stage).await?;
    stage.line.settled().await;
    let stats = stage.line.stats();
    let cut = Cut::of(seed, &stats);
    if cut.broke_photo() {
        tell(stage, Tone::Warn, words.say(say::STALL));
    }
    let attempts = cut::posts(&stats);
    let number = client
        .status(id)
        .await?
        .service_request_id
        .map_or_else(|| "?".to_owned(), |n| n.as_str().to_owned());
    let cases = stage.cases()?.len().to_string();
    let values = [
        ("attempts", attempts.to_string()),
        ("cases", cases),
        ("number", number),
    ];
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    tell(stage, Tone::Good, words.fill(say::ONCE, &values));
    Ok((attempts, cut))
}

/// Sends as `phananh send --now --deadline` does, until nothing is owed.
async fn send_everything(stage: &Stage) -> Result<(), Failure> {
    let progress = Progress::show(&stage.output, stage.phone.client.subscribe());
    let limits = DrainLimits {
        pace: Pace::Now,
        deadline_ms: Some(PATIENCE_MS),
        max_bytes: None,
    };
    let report = stage.phone.client.drain(limits).await?;
    drop(progress);
    match (report.needs_citizen, report.owed) {
        (1.., _) => Err(Failure::new(Exit::NeedsCitizen, "delivery.blocked")),
        (0, 1..) => Err(Failure::new(Exit::Network, "delivery.queued")),
        (0, 0) => Ok(()),
    }
}

async fn work_the_case(stage: &Stage, steps: &mut Steps, id: ReportId, seed: u64) -> Result<(), Failure> {
    let words = stage.output.words;
    steps.open(stage, say::DESK);
    let desk = stage.desk()?;
    // The desk finds it as on the phone: by the code that the caller reads aloud.
    let code = stage.phone.client.report(id).await?.reference_code.digits();
    let found = desk.list(&[("q", code)]).await?;
    let case = found
        .pointer("/cases/0/case")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let after = write(&stage.pictures, "after.jpg", &picture::made_after_picture(seed))?;
    let actions = [
        (json!({"action": "receive"}), Vec::new()),
        (json!({"action": "verify"}), Vec::new()),
        (json!({"action": "assign", "agency": say::AGENCY}), Vec::new()),
        (json!({"action": "start"}), Vec::new()),
        (
            json!({"action": "resolve", "outcome": "fixed", "text": say::RESULT}),
            vec![after],
        ),
    ];
    for (action, photos) in actions {
        let answer = desk.act(&case, &action, &photos).await?;
        let state = answer
            .get("detailed_status")
            .and_then(Value::as_str)
            .unwrap_or_default();
        tell(stage, Tone::Plain, words.word("case", state));
    }
    Ok(())
}

async fn follow_and_rate(stage: &Stage, steps: &mut Steps, id: ReportId) -> Result<(), Failure> {
    let words = stage.output.words;
    let client = &stage.phone.client;
    steps.open(stage, say::RATES);
    client.sync().await?;
    let status = client.status(id).await?;
    let state = status
        .case_status
        .as_ref()
        .map(|case| words.case(case, &CaseDetails::default()))
        .unwrap_or_default();
    let outcome = status
        .outcome
        .as_ref()
        .map(|outcome| words.word("outcome", outcome))
        .unwrap_or_default();
    tell(
        stage,
        Tone::Good,
        words.fill(say::SYNCED, &[("state", &state), ("outcome", &outcome)]),
    );
    let body = MessageBody::Rating {
        satisfaction: Some(Satisfaction::Satisfied),
        fixed: Some(StillThere::Yes),
        text: Some(say::THANKS.to_owned()),
    };
    client
        .message(
            id,
            NewMessage {
                body,
                photos: Vec::new(),
            },
        )
        .await?;
    for (question, answer) in [("ask.fixed", "fixed.yes"), ("ask.rating", "rating.satisfied")] {
        tell(
            stage,
            Tone::Plain,
            format!("{} {}", words.of(question), words.of(answer)),
        );
    }
    send_everything(stage).await?;
    client.sync().await?;
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    std::fs::write(&path, bytes)
        .map_err(|error| Failure::new(Exit::Storage, "error.storage").saying(error))?;
    Ok(path)
}
