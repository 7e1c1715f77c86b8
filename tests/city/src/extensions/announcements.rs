//! `GET announcements.json`, and what operators do with announcements.
//!
//! In both languages where the city has both; Vietnamese is never missing. The list is newest first and paged by
//! keyset: one that comes or goes while somebody reads on moves nothing.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::{format_time, parse_time};
use crate::desk::{Operator, needed, read_json};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::{Fields, parse_form};
use crate::http::paging::{self, After};
use crate::http::refusal::Refusal;
use crate::store::announcements::{self, Announcement, AnnouncementKind, NewAnnouncement, Sight, Texts};
use crate::store::audit;
use crate::words::Word as _;

/// Unicode characters of a title, and of an area.
const TITLE_MAX: usize = 200;
/// Unicode characters of a text.
const TEXT_MAX: usize = 4000;
/// Bytes of a link.
const URL_MAX: usize = 1000;

/// `GET announcements.json?after=CURSOR&limit=N`.
pub(crate) async fn list(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Outcome {
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    page(&app, &query, Sight::Public).await
}

/// `GET desk/announcements.json`: also those that are over, withdrawn, or not begun.
pub(crate) async fn desk_list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Outcome {
    Operator::read(&app, &headers)?;
    let query = parse_form(query.unwrap_or_default().as_bytes())?;
    page(&app, &query, Sight::Desk).await
}

async fn page(app: &Arc<App>, query: &Fields, sight: Sight) -> Outcome {
    let (after, limit) = (After::read(query)?, paging::limit(query)?);
    let now = app.now();
    app.store
        .transact(move |db| {
            let mut found = announcements::list(db, sight, after, now, limit.saturating_add(1))?;
            let more = paging::cut(&mut found, limit);
            let next = found.last().filter(|_| more).map(|last| {
                let (at, id) = (last.announced.at, last.id);
                After { at, id }.to_text()
            });
            let entries: Vec<Value> = found.iter().map(|one| to_json(one, sight)).collect();
            Ok(Answer::ok(json!({"announcements": entries, "next": next})))
        })
        .await
}

#[derive(Debug, Deserialize)]
struct Written {
    at: Option<String>,
    until: Option<String>,
    kind: Option<String>,
    title: WrittenTexts,
    text: WrittenTexts,
    url: Option<String>,
    area: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WrittenTexts {
    vi: String,
    en: Option<String>,
}

/// `POST desk/announcements.json`.
pub(crate) async fn announce(State(app): State<Arc<App>>, request: Request) -> Outcome {
    let operator = Operator::intake(&app, request.headers())?;
    let written: Written = read_json(request).await?;
    let now = app.now();
    let announced = check(&written, now)?;
    app.store
        .transact(move |db| {
            let id = announcements::insert(db, &announced)?;
            audit::record(db, now, operator.name(), None, "announce", Some(&id.to_string()))?;
            let made = announcements::find(db, id)?.ok_or_else(no_announcement)?;
            Ok(Answer::created(to_json(&made, Sight::Desk)))
        })
        .await
}

/// `POST desk/announcements/{id}/withdraw.json`.
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome {
    let operator = Operator::intake(&app, &headers)?;
    let id: i64 = id.parse().map_err(|_| no_announcement())?;
    let now = app.now();
    app.store
        .transact(move |db| {
            announcements::withdraw(db, id, now)?;
            let gone = announcements::find(db, id)?.ok_or_else(no_announcement)?;
            audit::record(
                db,
                now,
                operator.name(),
                None,
                "withdraw_announcement",
                Some(&id.to_string()),
            )?;
            Ok(Answer::ok(to_json(&gone, Sight::Desk)))
        })
        .await
}

fn check(written: &Written, now: i64) -> Result<NewAnnouncement, Refusal> {
    let time = |field: &str, text: &Option<String>| {
        let read = |text: &String| {
            parse_time(text).ok_or_else(|| Refusal::field(field, format!("{field} is a time by RFC 3339")))
        };
        text.as_ref().map(read).transpose()
    };
    let at = time("at", &written.at)?.unwrap_or(now);
    let until = time("until", &written.until)?;
    if until.is_some_and(|until| until <= at) {
        return Err(Refusal::field("until", "until is after at"));
    }
    let kind = match written.kind.as_deref() {
        None => AnnouncementKind::Info,
        Some(word) => AnnouncementKind::parse(word).ok_or_else(|| {
            Refusal::field("kind", format!("kind is one of: {}", AnnouncementKind::choices()))
        })?,
    };
    let is_link =
        |url: &&String| url.len() <= URL_MAX && (url.starts_with("https://") || url.starts_with("http://"));
    if written.url.as_ref().is_some_and(|url| !is_link(&url)) {
        return Err(Refusal::field("url", "url is an http or https address"));
    }
    let area = written
        .area
        .as_deref()
        .map(|area| needed("area", area, TITLE_MAX));
    Ok(NewAnnouncement {
        at,
        until,
        kind,
        title: texts("title", &written.title, TITLE_MAX)?,
        text: texts("text", &written.text, TEXT_MAX)?,
        url: written.url.clone(),
        area: area.transpose()?.map(str::to_owned),
    })
}

fn texts(field: &str, written: &WrittenTexts, max: usize) -> Result<Texts, Refusal> {
    let en = written.en.as_deref().map(|text| needed(field, text, max));
    Ok(Texts {
        vi: needed(field, &written.vi, max)?.to_owned(),
        en: en.transpose()?.map(str::to_owned),
    })
}

fn to_json(one: &Announcement, sight: Sight) -> Value {
    let announced = &one.announced;
    let texts = |texts: &Texts| match &texts.en {
        Some(en) => json!({"vi": texts.vi, "en": en}),
        None => json!({"vi": texts.vi}),
    };
    let mut entry = json!({
        "id": one.id.to_string(),
        "at": format_time(announced.at),
        "until": announced.until.map(format_time),
        "kind": announced.kind.as_str(),
        "title": texts(&announced.title),
        "text": texts(&announced.text),
        "url": announced.url,
        "area": announced.area,
    });
    if let (Sight::Desk, Some(members)) = (sight, entry.as_object_mut()) {
        members.insert("withdrawn_at".into(), json!(one.withdrawn.map(format_time)));
    }
    entry
}

fn no_announcement() -> Refusal {
    Refusal::not_found("announcement")
}
