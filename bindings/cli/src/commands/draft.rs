//! Drafts: written, changed, shown, forgotten.

use std::collections::BTreeMap;

use phananh_domain::report::Phase;
use phananh_domain::search::ListState;
use phananh_domain::validate::{Problem, blocks};
use phananh_engine::client::{DraftChanges, ListEntry, ListQuery, NewDraft, OnBehalfOf};
use serde_json::json;

use crate::args::{AnswerArgs, ContentArgs, DraftCommand, NewArgs};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::report::{attachment_json, attachment_line, content_json, content_page, merged, names};
use crate::output::{Answer, Page, Span, Tone, problem_json, short, texts};

pub(super) async fn run(context: &Context, command: DraftCommand) -> Result<Answer, Failure> {
    match command {
        DraftCommand::New(new) => create(context, new).await,
        DraftCommand::Show(report) => show(context, &report.report).await,
        DraftCommand::Edit {
            report,
            content,
            to_city,
        } => {
            let changes = DraftChanges {
                city: to_city,
                ..changes(content)
            };
            edit(context, &report.report, changes).await
        }
        DraftCommand::Discard(report) => discard(context, &report.report).await,
        DraftCommand::List => list(context).await,
    }
}

fn changes(content: ContentArgs) -> DraftChanges {
    DraftChanges {
        service: content.service,
        title: content.title,
        text: content.text,
        urgency: content.urgency,
        observed_at: content.observed_at,
        identity: content.identity,
        publication: content.publication,
        city: None,
    }
}

async fn create(context: &Context, new: NewArgs) -> Result<Answer, Failure> {
    let city = context.city().await?;
    let phone = new.phone;
    let draft = NewDraft {
        city: city.id.as_str().to_owned(),
        account: context.account.clone(),
        practice: new.practice,
        on_behalf_of: new.on_behalf_of.map(|name| OnBehalfOf { name, phone }),
        changes: changes(new.content),
    };
    let report = context.client.create_draft(draft).await?;
    let code = report.reference_code.to_string();
    Ok(Answer::line(
        names(&report),
        context.words().with("done.saved", &[("number", &code)]),
    ))
}

async fn edit(context: &Context, name: &str, changes: DraftChanges) -> Result<Answer, Failure> {
    let id = context.report(name).await?;
    let report = context.client.edit_draft(id, changes).await?;
    Ok(Answer::line(
        merged(names(&report), content_json(&report)),
        context.words().say(texts::CHANGED),
    ))
}

/// The same code several times gives several values; an empty value takes the answer back.
pub(super) async fn answer(context: &Context, args: AnswerArgs) -> Result<Answer, Failure> {
    let id = context.report(&args.report.report).await?;
    let mut by_code: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (code, value) in args.answers {
        let values = by_code.entry(code).or_default();
        if !value.is_empty() {
            values.push(value);
        }
    }
    let report = context.client.answer(id, by_code.into_iter().collect()).await?;
    Ok(Answer::line(
        merged(names(&report), content_json(&report)),
        context.words().say(texts::CHANGED),
    ))
}

async fn show(context: &Context, name: &str) -> Result<Answer, Failure> {
    let words = context.words();
    let status = context.client.status(context.report(name).await?).await?;
    let city = context.city_of(&status.report).await?;
    let problems = match status.report.phase {
        Phase::Draft => context.client.problems(status.report.id).await?,
        Phase::Submitted | Phase::Followed => Vec::new(),
    };
    let values = context.values(&city);
    let json = json!({
        "delivery": status.delivery.as_str(),
        "attachments": status.attachments.iter().map(attachment_json).collect::<Vec<_>>(),
        "problems": problems.iter().map(|p| problem_json(words, p, &values)).collect::<Vec<_>>(),
    });
    let mut page = content_page(words, &status.report, &city);
    for view in &status.attachments {
        page.fact(words.field("photo"), attachment_line(words, &status.report, view));
    }
    if status.report.phase == Phase::Draft {
        page.blank().append(verdict(
            context,
            &problems,
            &status.report.reference_code.to_string(),
            &city,
        ));
    }
    Ok(Answer::new(
        merged(merged(names(&status.report), content_json(&status.report)), json),
        page,
    ))
}

/// What a draft still lacks, or how to send it.
fn verdict(
    context: &Context,
    problems: &[Problem],
    code: &str,
    city: &phananh_engine::client::CityView,
) -> Page {
    let words = context.words();
    let mut page = Page::new();
    if !problems.is_empty() {
        let title = if blocks(problems) {
            texts::STILL_LACKS
        } else {
            texts::WARNED
        };
        page.toned(Tone::Warn, words.say(title));
        for line in context.problem_lines(problems, city) {
            page.line(line);
        }
    }
    if !blocks(problems) {
        page.toned(Tone::Good, words.fill(texts::READY_TO_SEND, &[("code", code)]));
    }
    page
}

async fn discard(context: &Context, name: &str) -> Result<Answer, Failure> {
    let report = context.client.report(context.report(name).await?).await?;
    context.client.discard_draft(report.id).await?;
    Ok(Answer::line(
        merged(names(&report), json!({"discarded": true})),
        context.words().of("done.discarded"),
    ))
}

async fn list(context: &Context) -> Result<Answer, Failure> {
    let mut drafts: Vec<ListEntry> = Vec::new();
    let mut after = None;
    loop {
        let query = ListQuery {
            state: Some(ListState::Draft),
            after: after.take(),
            limit: 200,
            query: None,
        };
        let page = context.client.list(query).await?;
        drafts.extend(page.entries);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let rows = drafts.iter().map(|draft| {
        let content = &draft.report.content;
        merged(
            names(&draft.report),
            json!({
                "text": content.text, "service": content.service, "title": content.title,
                "updated_at": draft.report.updated_at, "photos": draft.report.attachments.len(),
            }),
        )
    });
    let json = json!({"drafts": rows.collect::<Vec<_>>()});
    let mut page = Page::new();
    if drafts.is_empty() {
        page.toned(Tone::Calm, context.words().say(texts::NO_DRAFTS));
    }
    page.table(
        drafts
            .iter()
            .map(|draft| {
                let content = &draft.report.content;
                vec![
                    Span::new(draft.report.reference_code.to_string(), Tone::Strong),
                    Span::from(
                        content
                            .service
                            .as_ref()
                            .map(|s| s.as_str().to_owned())
                            .unwrap_or_default(),
                    ),
                    Span::from(short(content.title.as_deref().unwrap_or(&content.text), 60)),
                ]
            })
            .collect(),
    );
    Ok(Answer::new(json, page))
}
