//! The city's public side: asked of the city where there is a network, else as it last was, and always with its time.

use phananh_domain::case::CaseStatus;
use phananh_domain::public::{Announcement, AnnouncementKind, PublicCase};
use phananh_domain::time::Timestamp;
use phananh_engine::ClientError;
use phananh_engine::client::{AnnouncementPage, CityView, FeedPage, NumbersView, Period, PublicQuery};
use serde_json::{Value, json};

use crate::args::{AnnouncementArgs, FeedArgs, NumbersArgs};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Answer, Page, Span, Tone, short, texts};

/// What the city says, else what is kept of it; the city's own failure where nothing is.
fn or_kept<T>(
    fetched: Result<T, ClientError>,
    kept: Result<Option<T>, ClientError>,
) -> Result<(T, Source), Failure> {
    match fetched {
        Ok(page) => Ok((page, Source::City)),
        Err(error @ ClientError::Network { .. }) => match kept? {
            Some(page) => Ok((page, Source::Known)),
            None => Err(error.into()),
        },
        Err(other) => Err(other.into()),
    }
}

/// Where what is shown comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    City,
    Known,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Known => "known",
        }
    }
}

/// The note beside what could not be asked for now.
fn head(context: &Context, city: &CityView, source: Source, as_of: Timestamp) -> Page {
    let mut page = Page::new();
    if source == Source::Known {
        let at = as_of.to_people(&city.profile.zone_or_utc());
        page.toned(Tone::Warn, context.words().fill(texts::AS_OF, &[("time", &at)]));
    }
    page
}

fn more(context: &Context, page: &mut Page, next: Option<&str>) {
    if let Some(next) = next {
        page.toned(
            Tone::Calm,
            context.words().fill(texts::MORE_WITH, &[("cursor", next)]),
        );
    }
}

pub(super) async fn announcements(context: &Context, args: AnnouncementArgs) -> Result<Answer, Failure> {
    let city = context.city().await?;
    let fetched = context
        .client
        .fetch_announcements(city.id.clone(), args.after.clone())
        .await;
    let kept = context.client.announcements(city.id.clone(), args.after).await;
    let (found, source): (AnnouncementPage, _) = or_kept(fetched, kept)?;
    let json = json!({
        "announcements": found.announcements, "next": found.next, "as_of": found.as_of, "source": source.as_str(),
    });
    let mut page = head(context, &city, source, found.as_of);
    if found.announcements.is_empty() {
        page.toned(Tone::Calm, context.words().say(texts::NO_ANNOUNCEMENTS));
    }
    for announcement in &found.announcements {
        tell(context, &city, announcement, &mut page);
    }
    more(context, &mut page, found.next.as_deref());
    Ok(Answer::new(json, page))
}

fn tell(context: &Context, city: &CityView, announcement: &Announcement, page: &mut Page) {
    let language = context.words().0;
    let tone = match announcement.kind {
        AnnouncementKind::Info => Tone::Strong,
        AnnouncementKind::Warning => Tone::Warn,
        AnnouncementKind::Emergency => Tone::Bad,
    };
    page.toned(tone, announcement.title.in_language(language).to_owned());
    let zone = city.profile.zone_or_utc();
    let times: Vec<_> = [announcement.at, announcement.until]
        .into_iter()
        .flatten()
        .map(|at| at.to_people(&zone))
        .collect();
    let facts = [
        Some(times.join(" – ")),
        announcement.area.clone(),
        announcement.url.clone(),
    ];
    let facts: Vec<_> = facts
        .into_iter()
        .flatten()
        .filter(|fact| !fact.is_empty())
        .collect();
    page.toned(Tone::Calm, facts.join(" · "));
    page.line(announcement.text.in_language(language).to_owned())
        .blank();
}

pub(super) async fn feed(context: &Context, args: FeedArgs) -> Result<Answer, Failure> {
    let words = context.words();
    let city = context.city().await?;
    let query = PublicQuery {
        service: args.service,
        state: args.state.map(|state| state.replace('-', "_")),
        after: args.after,
    };
    let fetched = context.client.fetch_feed(city.id.clone(), query.clone()).await;
    let kept = context.client.feed(city.id.clone(), query).await;
    let (found, source): (FeedPage, _) = or_kept(fetched, kept)?;
    let json = json!({
        "cases": found.cases.iter().map(case_json).collect::<Vec<_>>(), "next": found.next, "as_of": found.as_of,
        "source": source.as_str(),
    });
    let mut page = head(context, &city, source, found.as_of);
    if found.cases.is_empty() {
        page.toned(Tone::Calm, words.say(texts::NO_CASES));
    }
    let row = |case: &PublicCase| {
        let status = case
            .status
            .as_ref()
            .map_or_else(String::new, |s| words.word("case", s.as_str()));
        vec![
            Span::new(case.id.as_str().to_owned(), Tone::Strong),
            Span::from(status),
            Span::from(short(case.title.as_deref().unwrap_or(&case.text), 60)),
        ]
    };
    page.table(found.cases.iter().map(row).collect());
    more(context, &mut page, found.next.as_deref());
    Ok(Answer::new(json, page))
}

fn case_json(case: &PublicCase) -> Value {
    json!({
        "id": case.id, "case_status": case.status.as_ref().map(CaseStatus::as_str), "outcome": case.outcome,
        "service": case.service, "service_name": case.service_name, "title": case.title, "text": case.text,
        "requested_at": case.requested_at, "updated_at": case.updated_at, "due_at": case.due_at,
        "agency": case.agency, "place": case.place, "lat": case.point.map(|p| p.lat()),
        "lon": case.point.map(|p| p.lon()), "precision": case.precision, "media_url": case.media_url,
    })
}

pub(super) async fn numbers(context: &Context, args: NumbersArgs) -> Result<Answer, Failure> {
    let words = context.words();
    let city = context.city().await?;
    let period = Period {
        from: args.from,
        to: args.to,
    };
    let fetched = context
        .client
        .fetch_numbers(city.id.clone(), period.clone())
        .await;
    let kept = context.client.numbers(city.id.clone(), period).await;
    let (found, source): (NumbersView, _) = or_kept(fetched, kept)?;
    let numbers = &found.numbers;
    let json = json!({
        "as_of": found.as_of, "from": numbers.from, "to": numbers.to, "events_n": numbers.events_n,
        "definition_version": numbers.definition_version, "figures": numbers.figures, "source": source.as_str(),
    });
    let mut page = head(context, &city, source, found.as_of);
    let days: Vec<_> = [&numbers.from, &numbers.to]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    page.toned(Tone::Strong, days.join(" – "));
    let row = |figure: &phananh_domain::public::Figure| {
        let of = figure.denominator.map_or_else(String::new, |n| format!("/ {n}"));
        vec![
            Span::from(words.word("metric", &figure.metric)),
            Span::new(figure.numerator.to_string(), Tone::Strong),
            Span::from(of),
        ]
    };
    page.table(numbers.figures.iter().map(row).collect());
    Ok(Answer::new(json, page))
}
