//! Cities of the store, their services and the questions of one.

use phananh_domain::id::{CityId, ServiceCode};
use phananh_domain::profile::CityProfile;
use phananh_domain::service::{Definition, Service};
use phananh_engine::ClientError;
use phananh_engine::client::CityView;

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// Adds a city by its profile (JSON, docs/profile.md), or refreshes it; `endpoint` overrides the profile's own.
    /// Gives the name that drafts say.
    ///
    /// # Errors
    /// `BadInput` for a text that is no profile, a profile with a mistake (its member is the field), or an endpoint that
    /// is no http(s) URL.
    #[uniffi::method(default(endpoint = None))]
    pub async fn set_city(
        &self,
        profile: CityProfile,
        endpoint: Option<String>,
    ) -> Result<CityId, ClientError> {
        self.call(|client| async move { client.set_city(profile, endpoint).await })
            .await
    }

    /// Every city of this store.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn cities(&self) -> Result<Vec<CityView>, ClientError> {
        self.call(|client| async move { client.cities().await }).await
    }

    /// The services of a city as last fetched, else those of its profile; at once, without the network.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn services(&self, city: CityId) -> Result<Vec<Service>, ClientError> {
        self.call(|client| async move { client.services(city).await })
            .await
    }

    /// Asks the city for its services, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotFound`.
    pub async fn fetch_services(&self, city: CityId) -> Result<Vec<Service>, ClientError> {
        self.call(|client| async move { client.fetch_services(city).await })
            .await
    }

    /// The questions of a service as last fetched, else those of the profile; absent where nothing is known.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn definition(
        &self,
        city: CityId,
        service: ServiceCode,
    ) -> Result<Option<Definition>, ClientError> {
        self.call(|client| async move { client.definition(city, service).await })
            .await
    }

    /// Asks the city for the questions of a service, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotFound` for a service the city does not know.
    pub async fn fetch_definition(
        &self,
        city: CityId,
        service: ServiceCode,
    ) -> Result<Definition, ClientError> {
        self.call(|client| async move { client.fetch_definition(city, service).await })
            .await
    }
}
