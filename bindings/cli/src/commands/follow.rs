//! Following: what is new at the city, my reports, one of them whole, messages about it.

use phananh_domain::case::CaseStatus;
use phananh_domain::id::CaseNumber;
use phananh_domain::message::MessageBody;
use phananh_engine::client::{ListQuery, NewMessage};
use serde_json::json;

use super::photo::refused;
use crate::args::{ListArgs, MessageArgs, MessageWord};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::report::{alarm, merged, names, row, status_json, status_page};
use crate::output::{Answer, Page, Tone, size, texts};

pub(super) async fn sync(context: &Context) -> Result<Answer, Failure> {
    let words = context.words();
    let report = context.client.sync().await?;
    let json = json!({
        "requests": report.requests, "bytes_sent": report.bytes_sent, "bytes_received": report.bytes_received,
        "changed": report.changed,
    });
    let mut page = Page::new();
    page.toned(
        Tone::Good,
        words.with("done.synced", &[("n", &report.changed.to_string())]),
    );
    let values = [
        ("requests", report.requests.to_string()),
        ("up", size(report.bytes_sent)),
        ("down", size(report.bytes_received)),
    ];
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    page.toned(Tone::Calm, words.fill(texts::BYTES_MOVED, &values));
    Ok(Answer::new(json, page))
}

pub(super) async fn list(context: &Context, args: ListArgs) -> Result<Answer, Failure> {
    let words = context.words();
    let query = ListQuery {
        query: args.query,
        after: args.after,
        limit: args.limit,
        state: args.state,
    };
    let found = context.client.list(query).await?;
    let rows = found.entries.iter().map(|entry| {
        let rest = json!({
            "delivery": entry.delivery.as_str(),
            "case_status": entry.case_status.as_ref().map(CaseStatus::as_str),
            "service_request_id": entry.service_request_id,
            "text": entry.report.content.text, "title": entry.report.content.title,
            "service": entry.report.content.service, "created_at": entry.report.created_at,
        });
        merged(names(&entry.report), rest)
    });
    let json = json!({"reports": rows.collect::<Vec<_>>(), "next": found.next});
    let mut page = Page::new();
    if found.entries.is_empty() {
        page.toned(Tone::Calm, words.say(texts::NOTHING_YET));
    }
    for entry in &found.entries {
        let city = context.city_of(&entry.report).await?;
        if let Some(alarm) = alarm(words, &entry.report, &entry.delivery, &city.profile) {
            page.spans(vec![alarm]);
        }
    }
    let table = found
        .entries
        .iter()
        .map(|e| row(words, &e.report, &e.delivery, e.case_status.as_ref()));
    page.table(table.collect());
    if let Some(next) = &found.next {
        page.toned(Tone::Calm, words.fill(texts::MORE_WITH, &[("cursor", next)]));
    }
    Ok(Answer::new(json, page))
}

pub(super) async fn status(context: &Context, name: Option<&str>) -> Result<Answer, Failure> {
    let status = context.client.status(context.one_report(name).await?).await?;
    let city = context.city_of(&status.report).await?;
    Ok(Answer::new(
        status_json(&status),
        status_page(context.words(), &status, &city),
    ))
}

pub(super) async fn begin(context: &Context, case: String) -> Result<Answer, Failure> {
    let city = context.city().await?.id;
    let number = CaseNumber::new(case.trim());
    let id = context.client.follow(city, context.account(), number).await?;
    let status = context.client.status(id).await?;
    let json = json!({"delivery": status.delivery.as_str(), "service_request_id": status.service_request_id});
    let shown = status
        .service_request_id
        .as_ref()
        .map_or("", CaseNumber::as_str)
        .to_owned();
    Ok(Answer::line(
        merged(names(&status.report), json),
        context.words().with("done.followed", &[("number", &shown)]),
    ))
}

pub(super) async fn end(context: &Context, name: &str) -> Result<Answer, Failure> {
    let report = context.client.report(context.report(name).await?).await?;
    context.client.unfollow(report.id).await?;
    Ok(Answer::line(
        merged(names(&report), json!({"followed": false})),
        context.words().of("done.unfollowed"),
    ))
}

pub(super) async fn message(context: &Context, args: MessageArgs) -> Result<Answer, Failure> {
    let id = context.report(&args.report.report).await?;
    if args.kind == MessageWord::Drop {
        let kind = context.client.drop_message(id).await?;
        let report = context.client.report(id).await?;
        return Ok(Answer::line(
            merged(names(&report), json!({"dropped": kind})),
            context.words().of("done.message_dropped"),
        ));
    }
    let photos: Vec<String> = args
        .photo
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let body = body(&args)?;
    let kind = body.kind();
    let message = context.client.message(id, NewMessage { body, photos }).await;
    let message = message.map_err(|error| match args.photo.first() {
        Some(file) => refused(error, file),
        None => error.into(),
    })?;
    let report = context.client.report(id).await?;
    let json = json!({"message": message, "kind": kind});
    Ok(Answer::line(
        merged(names(&report), json),
        context.words().of("done.message_queued"),
    ))
}

/// What is said; nothing of a word that says nothing.
fn body(args: &MessageArgs) -> Result<MessageBody, Failure> {
    if args.kind != MessageWord::Rate && (args.rating.is_some() || args.fixed.is_some()) {
        return Err(Failure::bad_input("rating", "error.rating_elsewhere"));
    }
    let text = args.text.clone();
    let said = text.clone().unwrap_or_default();
    Ok(match args.kind {
        MessageWord::Answer => MessageBody::Answer { text: said },
        MessageWord::Comment => MessageBody::Comment { text: said },
        MessageWord::Reopen => MessageBody::Reopen { text: said },
        MessageWord::Rate => MessageBody::Rating {
            satisfaction: args.rating,
            fixed: args.fixed,
            text,
        },
        MessageWord::Withdraw => MessageBody::Withdraw { text },
        MessageWord::Remind => MessageBody::Remind { text },
        MessageWord::Drop => return Err(Failure::new(Exit::Usage, "error.usage")),
    })
}
