//! What the city shows to everybody, fetched for the second file. Each page is kept under what was asked for, with the
//! time at which it was so. Of a bare city, the feed is its plain list.

use std::sync::Arc;

use georeport::read::{self, PublicPage, WireAnnouncement, WireStatistics};
use georeport::{FeedQuery, ListQuery, Paging, Request, ZoneOffset};
use phananh_domain::id::{CaseNumber, CityId, ServiceCode};
use phananh_domain::place::Point;
use phananh_domain::public::{
    Announcement, AnnouncementKind, CityText, Figure, Numbers, Precision, PublicCase,
};
use phananh_domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::reach;
use crate::city::Facts;
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::store::cache::{self, PageKind};
use crate::store::cities;
use crate::world::World;

/// A page, and when it was so.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept<T> {
    pub(crate) as_of: Timestamp,
    pub(crate) page: T,
}

/// Entries of a page, and the cursor of the next.
pub(crate) type Entries<T> = (Vec<T>, Option<String>);

/// What is asked of the feed.
#[derive(Debug, Clone, Default)]
pub(crate) struct FeedFilter {
    pub(crate) service: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) after: Option<String>,
}

impl FeedFilter {
    fn name(&self) -> String {
        asked(&[
            self.service.as_deref(),
            self.state.as_deref(),
            self.after.as_deref(),
        ])
    }
}

fn asked(parts: &[Option<&str>]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| part.unwrap_or_default()).collect();
    parts.join("\u{1f}")
}

/// A page as it was last fetched.
fn kept<T: DeserializeOwned>(
    world: &World,
    id: &CityId,
    kind: PageKind,
    asked: &str,
) -> Result<Option<Kept<T>>> {
    let city = world.store.read(|conn| cities::get(conn, id))?;
    let found = world
        .store
        .read_cache(|conn| cache::page(conn, &city, kind, asked))?;
    // One that an older program kept in another form is fetched again.
    Ok(found.and_then(|(as_of, body)| {
        let page = serde_json::from_str(&body).ok()?;
        Some(Kept { as_of, page })
    }))
}

async fn keep<T: Serialize + Send + 'static>(
    world: &Arc<World>,
    facts: Facts,
    kind: PageKind,
    asked: String,
    page: T,
    as_of: Timestamp,
) -> Result<Kept<T>> {
    world
        .blocking(move |w| {
            let body = serde_json::to_string(&page).map_err(|_| Error::Internal)?;
            w.store
                .write_cache(|tx| cache::put_page(tx, &facts.row, kind, &asked, &body, as_of))?;
            Ok(Kept { as_of, page })
        })
        .await
}

/// Asks, and reads the answer.
async fn ask<T>(
    world: &Arc<World>,
    facts: &Facts,
    request: &Request,
    traffic: &mut Traffic,
    read: impl FnOnce(&georeport::Answer<'_>, ZoneOffset) -> std::result::Result<T, georeport::ReadError>,
) -> Result<T> {
    let answered = line::ask(world, request, facts.total_timeout_ms(), traffic).await;
    let answer = answered.answer().map_err(|_| Error::Network {
        code: "error.network",
    })?;
    match read(&answer, facts.zone_offset(world.now())) {
        Ok(page) => Ok(page),
        // A cursor, a category, a period that the city does not take.
        Err(_) if matches!(answer.status, 400 | 410 | 422) => Err(Error::BadInput {
            field: "after",
            code: "error.bad_input",
        }),
        Err(_) => Err(Error::Network { code: "error.city" }),
    }
}

const NOT_OFFERED: Error = Error::NotNow {
    code: "error.not_offered",
};

/// Announcements as last fetched.
pub(crate) fn announcements(
    world: &World,
    id: &CityId,
    after: Option<&str>,
) -> Result<Option<Kept<Entries<Announcement>>>> {
    kept(world, id, PageKind::Announcements, &asked(&[after]))
}

/// Asks for announcements, and keeps them.
pub(crate) async fn fetch_announcements(
    world: &Arc<World>,
    id: &CityId,
    after: Option<String>,
) -> Result<Kept<Entries<Announcement>>> {
    let mut traffic = Traffic::default();
    let facts = reach(world, id, &mut traffic).await?;
    if !facts.extensions.as_ref().is_some_and(|e| e.announcements) {
        return Err(NOT_OFFERED);
    }
    let request = facts.endpoint()?.announcements(after.as_deref());
    let page = ask(world, &facts, &request, &mut traffic, read::announcements).await?;
    let entries = page.entries.into_iter().map(announcement).collect();
    let name = asked(&[after.as_deref()]);
    let now = world.now();
    keep(
        world,
        facts,
        PageKind::Announcements,
        name,
        (entries, page.next),
        now,
    )
    .await
}

/// The feed as last fetched.
pub(crate) fn feed(
    world: &World,
    id: &CityId,
    filter: &FeedFilter,
) -> Result<Option<Kept<Entries<PublicCase>>>> {
    kept(world, id, PageKind::Feed, &filter.name())
}

/// Asks for a page of public cases, and keeps it.
pub(crate) async fn fetch_feed(
    world: &Arc<World>,
    id: &CityId,
    filter: FeedFilter,
) -> Result<Kept<Entries<PublicCase>>> {
    let mut traffic = Traffic::default();
    let facts = reach(world, id, &mut traffic).await?;
    let page = if facts.extensions.as_ref().is_some_and(|e| e.statistics) {
        let query = FeedQuery {
            service_code: filter.service.as_deref(),
            state: filter.state.as_deref(),
            after: filter.after.as_deref(),
        };
        let request = facts.endpoint()?.feed(&query);
        ask(world, &facts, &request, &mut traffic, read::feed).await?
    } else {
        plain_list(world, &facts, &filter, &mut traffic).await?
    };
    let mut entries: Vec<_> = page
        .entries
        .into_iter()
        .map(|case| public(&facts, case))
        .collect();
    if let Some(state) = &filter.state {
        entries.retain(|case| {
            case.status
                .as_ref()
                .is_some_and(|status| status.as_str() == state)
        });
    }
    let now = world.now();
    keep(
        world,
        facts,
        PageKind::Feed,
        filter.name(),
        (entries, page.next),
        now,
    )
    .await
}

/// A page of the standard's list; its cursor is the number of the page.
async fn plain_list(
    world: &Arc<World>,
    facts: &Facts,
    filter: &FeedFilter,
    traffic: &mut Traffic,
) -> Result<PublicPage<read::Case>> {
    let page = match filter.after.as_deref() {
        None => 0,
        Some(text) => text.parse::<u32>().map_err(|_| Error::BadInput {
            field: "after",
            code: "error.bad_input",
        })?,
    };
    let query = ListQuery {
        service_code: filter.service.as_deref(),
        page,
        ..ListQuery::default()
    };
    let request = facts.endpoint()?.list(&query, None);
    let list = ask(world, facts, &request, traffic, read::cases).await?;
    let mut entries = list.cases;
    entries.sort_by_key(|case| std::cmp::Reverse(case.requested.as_ref().and_then(|t| t.unix_ms)));
    let has_pages = facts.dialect.paging != Paging::None && !entries.is_empty();
    Ok(PublicPage {
        next: has_pages.then(|| page.saturating_add(1).to_string()),
        entries,
    })
}

/// Figures as last fetched.
pub(crate) fn numbers(
    world: &World,
    id: &CityId,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Option<Kept<Numbers>>> {
    kept(world, id, PageKind::Numbers, &asked(&[from, to]))
}

/// Asks for the figures of a period, and keeps them.
pub(crate) async fn fetch_numbers(
    world: &Arc<World>,
    id: &CityId,
    from: Option<String>,
    to: Option<String>,
) -> Result<Kept<Numbers>> {
    let mut traffic = Traffic::default();
    let facts = reach(world, id, &mut traffic).await?;
    if !facts.extensions.as_ref().is_some_and(|e| e.statistics) {
        return Err(NOT_OFFERED);
    }
    let request = facts.endpoint()?.statistics(from.as_deref(), to.as_deref());
    let wire = ask(world, &facts, &request, &mut traffic, read::statistics).await?;
    let told = wire
        .as_of
        .as_ref()
        .and_then(|t| t.unix_ms)
        .map(Timestamp::from_millis);
    let name = asked(&[from.as_deref(), to.as_deref()]);
    let as_of = told.unwrap_or(world.now());
    keep(world, facts, PageKind::Numbers, name, figures(wire), as_of).await
}

fn figures(wire: WireStatistics) -> Numbers {
    let figure = |f: read::WireFigure| Figure {
        metric: f.metric,
        numerator: f.numerator,
        denominator: f.denominator,
    };
    Numbers {
        from: wire.from,
        to: wire.to,
        definition_version: wire.definition_version,
        events_n: wire.events_n,
        figures: wire.figures.into_iter().map(figure).collect(),
    }
}

fn announcement(wire: WireAnnouncement) -> Announcement {
    let time = |t: Option<georeport::WireTime>| t.and_then(|t| t.unix_ms).map(Timestamp::from_millis);
    let text = |t: read::WireTexts| CityText { vi: t.vi, en: t.en };
    Announcement {
        id: wire.id,
        at: time(wire.at),
        until: time(wire.until),
        kind: wire
            .kind
            .and_then(|kind| kind.parse().ok())
            .unwrap_or(AnnouncementKind::Info),
        title: text(wire.title),
        text: text(wire.text),
        url: wire.url,
        area: wire.area,
    }
}

fn public(facts: &Facts, case: read::Case) -> PublicCase {
    let time =
        |t: &Option<georeport::WireTime>| t.as_ref().and_then(|t| t.unix_ms).map(Timestamp::from_millis);
    let lead = case.duplicate_of.clone().map(CaseNumber::new);
    let is_rounded = case.raw.get("rounded").is_some_and(|value| {
        value.as_bool() == Some(true) || value.as_str().is_some_and(|text| text == "true")
    });
    PublicCase {
        status: facts.row.profile.map_status(
            case.detailed_status.as_deref(),
            case.status.as_deref(),
            lead.as_ref(),
        ),
        outcome: case.outcome.clone(),
        service: case.service_code.clone().map(ServiceCode::new),
        service_name: case.service_name.clone(),
        title: case.title.clone(),
        text: case.description.clone().unwrap_or_default(),
        requested_at: time(&case.requested),
        updated_at: time(&case.updated),
        due_at: time(&case.due_at).or_else(|| time(&case.expected)),
        agency: case.agency_responsible.clone(),
        place: case.address.clone(),
        point: case.point.and_then(|p| Point::new(p.lat, p.long).ok()),
        precision: if is_rounded {
            Precision::Rounded
        } else {
            Precision::Exact
        },
        media_url: case.media.first().map(|media| media.url.clone()),
        id: CaseNumber::new(case.id),
    }
}
