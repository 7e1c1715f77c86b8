//! On its way: sending off, taking back, deciding, sending, and why something waits.

use phananh_domain::id::ReportId;
use phananh_domain::reason::Reason;
use phananh_domain::report::Report;
use phananh_domain::validate::blocks;
use phananh_domain::why::{WhenNext, Why};
use phananh_engine::client::{
    CityView, Decided, Decision, DrainLimits, DrainReport, Pace, QueuedJob, ReportStatus, WhyView,
};
use serde_json::{Value, json};

use crate::args::{DecideArgs, DecisionWord, SendArgs};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::progress::Progress;
use crate::output::report::{alarm, merged, names, next_json, why_json};
use crate::output::{Answer, Page, Span, Tone, problem_json, size, texts};

pub(super) async fn submit(context: &Context, name: &str) -> Result<Answer, Failure> {
    let words = context.words();
    let id = context.report(name).await?;
    let city = context.city_of(&context.client.report(id).await?).await?;
    let warnings = context
        .client
        .submit(id)
        .await
        .map_err(|error| context.told(error, &city))?;
    let status = context.client.status(id).await?;
    let values = context.values(&city);
    let json = json!({
        "delivery": status.delivery.as_str(),
        "problems": warnings.iter().map(|p| problem_json(words, p, &values)).collect::<Vec<_>>(),
    });
    let mut page = Page::new();
    match &status.why {
        _ if status.report.practice => page.toned(Tone::Good, words.of("done.practice")),
        // What the citizen has to do first is told at once: no network would help.
        Some(why) if why.next == WhenNext::AfterYou => page
            .toned(Tone::Good, words.say(texts::SAVED_FOR_SENDING))
            .toned(Tone::Warn, explained(context, why, &[], &status.report, &city)),
        _ => page.toned(Tone::Good, words.of("done.queued")),
    };
    debug_assert!(!blocks(&warnings), "what blocks is an error");
    for line in context.problem_lines(&warnings, &city) {
        page.toned(Tone::Warn, line);
    }
    append_alarm(context, &status, &mut page).await?;
    Ok(Answer::new(merged(names(&status.report), json), page))
}

async fn append_alarm(context: &Context, status: &ReportStatus, page: &mut Page) -> Result<(), Failure> {
    let city = context.city_of(&status.report).await?;
    if let Some(alarm) = alarm(context.words(), &status.report, &status.delivery, &city.profile) {
        page.spans(vec![alarm]);
    }
    Ok(())
}

pub(super) async fn recall(context: &Context, name: &str) -> Result<Answer, Failure> {
    let id = context.report(name).await?;
    context.client.recall(id).await?;
    moved(context, id, context.words().of("done.recalled")).await
}

pub(super) async fn retry(context: &Context, name: &str) -> Result<Answer, Failure> {
    let id = context.report(name).await?;
    let said = match context.client.retry(id).await? {
        Decided::Done => context.words().say(texts::WILL_TRY_AGAIN).to_owned(),
        Decided::AlreadyThere => context.words().of("done.already_there"),
        Decided::MessageTakenBack => context.words().of("done.message_taken_back"),
    };
    moved(context, id, said).await
}

pub(super) async fn decide(context: &Context, args: &DecideArgs) -> Result<Answer, Failure> {
    let id = context.report(&args.report.report).await?;
    let decision = match args.decision {
        DecisionWord::Again => Decision::Again,
        DecisionWord::Wait => Decision::Wait,
        DecisionWord::Follow => Decision::Follow,
        DecisionWord::Anyway => Decision::Anyway,
        DecisionWord::Edit => Decision::Edit,
        DecisionWord::Smaller => Decision::Smaller,
        DecisionWord::WithoutPhoto => Decision::WithoutPhoto,
    };
    let words = context.words();
    let said = match context.client.decide(id, decision).await? {
        Decided::Done => {
            let decision = words.of(decision_code(args.decision));
            words.fill(texts::DECIDED, &[("decision", &decision)])
        }
        Decided::AlreadyThere => words.of("done.already_there"),
        Decided::MessageTakenBack => words.of("done.message_taken_back"),
    };
    moved(context, id, said).await
}

const fn decision_code(decision: DecisionWord) -> &'static str {
    match decision {
        DecisionWord::Again => "decide.again",
        DecisionWord::Wait => "decide.wait",
        DecisionWord::Follow => "decide.follow",
        DecisionWord::Anyway => "decide.anyway",
        DecisionWord::Edit => "decide.edit",
        DecisionWord::Smaller => "decide.smaller",
        DecisionWord::WithoutPhoto => "decide.without_photo",
    }
}

/// Where a report stands after a step of the citizen.
async fn moved(context: &Context, id: ReportId, said: String) -> Result<Answer, Failure> {
    let status = context.client.status(id).await?;
    let city = context.city_of(&status.report).await?;
    let json = json!({"delivery": status.delivery.as_str(), "why": status.why.as_ref().map(why_json)});
    let mut page = Page::new();
    page.line(said);
    if let Some(why) = &status.why {
        let choices = context.client.why(id).await?.choices;
        page.toned(
            Tone::Calm,
            explained(context, why, &choices, &status.report, &city),
        );
    }
    Ok(Answer::new(merged(names(&status.report), json), page))
}

pub(super) async fn send(context: &Context, args: &SendArgs) -> Result<Answer, Failure> {
    let limits = DrainLimits {
        deadline_ms: args.deadline,
        max_bytes: args.max_bytes,
        pace: if args.now { Pace::Now } else { Pace::Waits },
    };
    let progress = Progress::show(&context.output, context.client.subscribe());
    let report = context.client.drain(limits).await?;
    drop(progress);
    let exit = match report {
        DrainReport {
            needs_citizen: 1.., ..
        } => Exit::NeedsCitizen,
        DrainReport { owed: 1.., .. } => Exit::Network,
        _ => Exit::Done,
    };
    let json = json!({
        "delivered": report.delivered, "owed": report.owed, "needs_citizen": report.needs_citizen,
        "next_due_at": report.next_due_at, "requests": report.requests,
        "bytes_sent": report.bytes_sent, "bytes_received": report.bytes_received,
    });
    Ok(Answer::new(json, sent_page(context, &report).await?).ending(exit))
}

async fn sent_page(context: &Context, report: &DrainReport) -> Result<Page, Failure> {
    let words = context.words();
    let count = |text, n: u32| words.fill(text, &[("n", &n.to_string())]);
    let mut page = Page::new();
    if report.delivered > 0 {
        page.toned(Tone::Good, count(texts::SENT_COUNT, report.delivered));
    }
    if report.owed == 0 {
        page.toned(Tone::Good, words.of("done.nothing_owed"));
    } else {
        page.toned(Tone::Warn, count(texts::OWED_COUNT, report.owed));
        page.append(queue_page(context, &context.client.queue().await?).await?);
    }
    if report.needs_citizen > 0 {
        page.toned(Tone::Bad, count(texts::NEEDS_YOU_COUNT, report.needs_citizen));
    }
    if let Some(at) = report.next_due_at {
        let zone = context.city().await?.profile.zone_or_utc();
        page.fact(words.say(texts::NEXT_TRY), at.to_people(&zone));
    }
    let (up, down) = (size(report.bytes_sent), size(report.bytes_received));
    let values = [
        ("requests", report.requests.to_string()),
        ("up", up),
        ("down", down),
    ];
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    page.toned(Tone::Calm, words.fill(texts::BYTES_MOVED, &values));
    Ok(page)
}

pub(super) async fn queue(context: &Context) -> Result<Answer, Failure> {
    let jobs = context.client.queue().await?;
    let json = json!({"jobs": jobs.iter().map(job_json).collect::<Vec<_>>()});
    let page = queue_page(context, &jobs).await?;
    Ok(Answer::new(json, page))
}

fn job_json(job: &QueuedJob) -> Value {
    let why = job.why.as_ref();
    json!({
        "report": job.report, "kind": job.kind, "state": job.state.as_str(),
        "why": why.map(|why| why.reason), "next": why.map(next_json), "choices": choices_json(&job.choices),
    })
}

/// As `decide` takes them.
fn choices_json(choices: &[Decision]) -> Vec<String> {
    choices.iter().map(|d| d.as_str().replace('_', "-")).collect()
}

async fn queue_page(context: &Context, jobs: &[QueuedJob]) -> Result<Page, Failure> {
    let words = context.words();
    let mut page = Page::new();
    if jobs.is_empty() {
        page.toned(Tone::Good, words.of("done.nothing_owed"));
        return Ok(page);
    }
    let mut rows = Vec::new();
    let mut asked = None;
    for job in jobs {
        let status = context.client.status(job.report).await?;
        let city = context.city_of(&status.report).await?;
        if asked != Some(job.report) {
            asked = Some(job.report);
            if let Some(alarm) = alarm(words, &status.report, &status.delivery, &city.profile) {
                page.spans(vec![alarm]);
            }
        }
        let why = job.why.as_ref();
        let why = why.map(|why| explained(context, why, &job.choices, &status.report, &city));
        let why = why.unwrap_or_default();
        rows.push(vec![
            Span::new(status.report.reference_code.to_string(), Tone::Strong),
            Span::from(words.of(&format!("job_kind.{}", job.kind))),
            Span::from(words.of(&format!("job.{}", job.state.as_str()))),
            Span::from(why),
        ]);
    }
    page.table(rows);
    Ok(page)
}

/// Why it waits, and the command for what the citizen can do about it.
fn explained(context: &Context, why: &Why, choices: &[Decision], report: &Report, city: &CityView) -> String {
    let words = context.words();
    let told = words.why(why, &city.profile);
    let code = report.reference_code.to_string();
    let how = match why.reason {
        Reason::NoEndpoint => {
            let how = words.fill(texts::GIVE_ADDRESS, &[("city", city.id.as_str())]);
            return format!("{told}: {how}");
        }
        Reason::SignedOut | Reason::Locked => words.fill(texts::THEN_RETRY, &[("code", &code)]),
        _ if choices.is_empty() => return told,
        _ => {
            let choices = choices_json(choices).join("|");
            words.fill(texts::CHOICES, &[("code", &code), ("choices", &choices)])
        }
    };
    let stop = if told.ends_with('?') { "" } else { "." };
    format!("{told}{stop} {how}")
}

pub(super) async fn why(context: &Context, name: &str) -> Result<Answer, Failure> {
    let words = context.words();
    let report = context.client.report(context.report(name).await?).await?;
    let city = context.city_of(&report).await?;
    let WhyView { why, choices } = context.client.why(report.id).await?;
    let json = match &why {
        Some(why) => why_json(why),
        None => json!({"reason": null, "next": null}),
    };
    let json = merged(json, json!({"choices": choices_json(&choices)}));
    let mut page = Page::new();
    match &why {
        None => {
            page.toned(Tone::Calm, words.say(texts::NOT_WAITING));
        }
        Some(why) => {
            page.line(explained(context, why, &choices, &report, &city));
            if let Some(next) = words.next_beside(why, &city.profile.zone_or_utc()) {
                page.toned(Tone::Calm, next);
            }
        }
    }
    if why.as_ref().is_some_and(|why| why.reason == Reason::Locked) {
        // The city's own words, unchanged.
        let account = context
            .client
            .account(report.city.clone(), report.account.clone())
            .await?;
        page.fact_if("", account.locked_text);
    }
    let status = context.client.status(report.id).await?;
    append_alarm(context, &status, &mut page).await?;
    Ok(Answer::new(merged(names(&report), json), page))
}
