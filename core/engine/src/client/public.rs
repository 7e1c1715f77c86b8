//! The city's public side: announcements, public cases, figures. Asked of the city, and readable without a network as
//! they last were.

use std::sync::Arc;

use phananh_domain::id::CityId;
use phananh_domain::public::{Announcement, Numbers, PublicCase};
use phananh_domain::time::Timestamp;

use super::Client;
use super::drafts::bounded;
use crate::error::{ClientError, Error, Result};
use crate::sync::public::{self, Entries, FeedFilter, Kept};

/// A page of announcements, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnouncementPage {
    /// Its entries.
    pub announcements: Vec<Announcement>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// When it was so.
    pub as_of: Timestamp,
}

/// A page of public cases, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedPage {
    /// Its entries.
    pub cases: Vec<PublicCase>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// When it was so.
    pub as_of: Timestamp,
}

/// Figures, and when they were taken.
#[derive(Debug, Clone, PartialEq)]
pub struct NumbersView {
    /// The figures.
    pub numbers: Numbers,
    /// When they were taken.
    pub as_of: Timestamp,
}

/// What to show of the public cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicQuery {
    /// One category.
    pub service: Option<String>,
    /// One state of the case.
    pub state: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
}

/// A period, days as `2026-11-25`, both inclusive, in the city's zone; open ends are the city's to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Period {
    /// First day.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
}

impl Client {
    /// Announcements of a city as last fetched; `None` where that page never was.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn announcements(
        &self,
        city: CityId,
        after: Option<String>,
    ) -> std::result::Result<Option<AnnouncementPage>, ClientError> {
        self.on_disk(move |world| Ok(public::announcements(world, &city, after.as_deref())?.map(page)))
            .await
    }

    /// Asks the city for announcements, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotNow` with `error.not_offered` where the city has none; `BadInput` for a cursor that is none.
    pub async fn fetch_announcements(
        &self,
        city: CityId,
        after: Option<String>,
    ) -> std::result::Result<AnnouncementPage, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move { public::fetch_announcements(&world, &city, after).await.map(page) })
            .await
    }

    /// Public cases of a city as last fetched; `None` where that page never was.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn feed(
        &self,
        city: CityId,
        query: PublicQuery,
    ) -> std::result::Result<Option<FeedPage>, ClientError> {
        self.on_disk(move |world| Ok(public::feed(world, &city, &filter(query)?)?.map(cases)))
            .await
    }

    /// Asks the city for public cases, and keeps them. Of a city without a feed, its list.
    ///
    /// # Errors
    /// `Network`; `BadInput` for a cursor that is none.
    pub async fn fetch_feed(
        &self,
        city: CityId,
        query: PublicQuery,
    ) -> std::result::Result<FeedPage, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move { public::fetch_feed(&world, &city, filter(query)?).await.map(cases) })
            .await
    }

    /// Figures of a city as last fetched; `None` where those of this period never were.
    ///
    /// # Errors
    /// `NotFound` for an unknown city; `BadInput` for a day that is none.
    pub async fn numbers(
        &self,
        city: CityId,
        period: Period,
    ) -> std::result::Result<Option<NumbersView>, ClientError> {
        self.on_disk(move |world| {
            let (from, to) = days(period)?;
            Ok(public::numbers(world, &city, from.as_deref(), to.as_deref())?.map(view))
        })
        .await
    }

    /// Asks the city for its figures, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotNow` with `error.not_offered` where the city has none; `BadInput` for a day that is none.
    pub async fn fetch_numbers(
        &self,
        city: CityId,
        period: Period,
    ) -> std::result::Result<NumbersView, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move {
            let (from, to) = days(period)?;
            public::fetch_numbers(&world, &city, from, to).await.map(view)
        })
        .await
    }
}

fn page(kept: Kept<Entries<Announcement>>) -> AnnouncementPage {
    let (announcements, next) = kept.page;
    AnnouncementPage {
        announcements,
        next,
        as_of: kept.as_of,
    }
}

fn cases(kept: Kept<Entries<PublicCase>>) -> FeedPage {
    let (cases, next) = kept.page;
    FeedPage {
        cases,
        next,
        as_of: kept.as_of,
    }
}

fn view(kept: Kept<Numbers>) -> NumbersView {
    NumbersView {
        numbers: kept.page,
        as_of: kept.as_of,
    }
}

fn filter(query: PublicQuery) -> Result<FeedFilter> {
    for text in [&query.service, &query.state, &query.after].into_iter().flatten() {
        bounded("after", text)?;
    }
    Ok(FeedFilter {
        service: query.service,
        state: query.state,
        after: query.after,
    })
}

fn days(period: Period) -> Result<(Option<String>, Option<String>)> {
    for day in [&period.from, &period.to].into_iter().flatten() {
        day.parse::<jiff::civil::Date>().map_err(|_| Error::BadInput {
            field: "period",
            code: "error.bad_day",
        })?;
    }
    Ok((period.from, period.to))
}
