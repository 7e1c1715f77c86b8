//! The city's public side: asked of the city, and readable without a network as it last was.

use phananh_domain::id::CityId;
use phananh_engine::ClientError;
use phananh_engine::client::{AnnouncementPage, FeedPage, NumbersView, Period, PublicQuery};

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// Announcements as last fetched; absent where that page never was.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    #[uniffi::method(default(after = None))]
    pub async fn announcements(
        &self,
        city: CityId,
        after: Option<String>,
    ) -> Result<Option<AnnouncementPage>, ClientError> {
        self.call(|client| async move { client.announcements(city, after).await })
            .await
    }

    /// Asks the city for announcements, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotNow` where the city has none; `BadInput` for a cursor that is none.
    #[uniffi::method(default(after = None))]
    pub async fn fetch_announcements(
        &self,
        city: CityId,
        after: Option<String>,
    ) -> Result<AnnouncementPage, ClientError> {
        self.call(|client| async move { client.fetch_announcements(city, after).await })
            .await
    }

    /// Public cases as last fetched; absent where that page never was.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn feed(&self, city: CityId, query: PublicQuery) -> Result<Option<FeedPage>, ClientError> {
        self.call(|client| async move { client.feed(city, query).await })
            .await
    }

    /// Asks the city for public cases, and keeps them; of a city without a feed, its list.
    ///
    /// # Errors
    /// `Network`; `BadInput` for a cursor that is none.
    pub async fn fetch_feed(&self, city: CityId, query: PublicQuery) -> Result<FeedPage, ClientError> {
        self.call(|client| async move { client.fetch_feed(city, query).await })
            .await
    }

    /// Figures as last fetched; absent where those of this period never were.
    ///
    /// # Errors
    /// `NotFound` for an unknown city; `BadInput` for a day that is none.
    pub async fn numbers(&self, city: CityId, period: Period) -> Result<Option<NumbersView>, ClientError> {
        self.call(|client| async move { client.numbers(city, period).await })
            .await
    }

    /// Asks the city for its figures, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotNow` where the city has none; `BadInput` for a day that is none.
    pub async fn fetch_numbers(&self, city: CityId, period: Period) -> Result<NumbersView, ClientError> {
        self.call(|client| async move { client.fetch_numbers(city, period).await })
            .await
    }
}
