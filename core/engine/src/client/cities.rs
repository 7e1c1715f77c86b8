//! Cities of this store, their services and questions.

use phananh_domain::id::{CityId, ServiceCode};
use phananh_domain::profile::CityProfile;
use phananh_domain::service::{Definition, Service};
use phananh_domain::time::Timestamp;

use super::Client;
use crate::city;
use crate::error::{ClientError, Error};
use crate::events::Event;
use crate::store::{cache, cities};

/// A city as a shell shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct CityView {
    /// Its id: the name of its profile.
    pub id: CityId,
    /// Its profile.
    pub profile: CityProfile,
    /// Base URL in use; empty where the app still has to ask for one.
    pub endpoint: String,
    /// When its discovery document was last read.
    pub discovered_at: Option<Timestamp>,
}

impl Client {
    /// Adds a city, or refreshes its profile; `endpoint` overrides the profile's own.
    ///
    /// # Errors
    /// `BadInput` for a profile with a mistake that blocks (the member is the field), and for an endpoint that is no
    /// http(s) URL.
    pub async fn set_city(
        &self,
        profile: CityProfile,
        endpoint: Option<String>,
    ) -> std::result::Result<CityId, ClientError> {
        crate::profile::usable(&profile)?;
        let endpoint = endpoint.or_else(|| profile.endpoint.clone()).unwrap_or_default();
        if !endpoint.is_empty() {
            crate::remote::check_base(&endpoint).map_err(|code| ClientError::BadInput {
                field: "city".into(),
                code: code.into(),
            })?;
        }
        let id = self
            .on_disk(move |world| {
                world
                    .store
                    .write(|tx| cities::put_profile(tx, &profile, &endpoint))
            })
            .await?;
        self.world.events.tell(Event::City { city: id.clone() });
        Ok(id)
    }

    /// A city.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn city(&self, id: CityId) -> std::result::Result<CityView, ClientError> {
        self.on_disk(move |world| world.store.read(|conn| cities::get(conn, &id)))
            .await
            .map(view)
    }

    /// Every city of this store.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn cities(&self) -> std::result::Result<Vec<CityView>, ClientError> {
        let rows = self.on_disk(|world| world.store.read(cities::all)).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    /// The services of a city as last fetched, else those of its profile; at once, without the network.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn services(&self, id: CityId) -> std::result::Result<Vec<Service>, ClientError> {
        let language = self.language;
        self.on_disk(move |world| city::services(world, &id, language).map(|known| known.list))
            .await
    }

    /// Asks the city for its services, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotFound`.
    pub async fn fetch_services(&self, id: CityId) -> std::result::Result<Vec<Service>, ClientError> {
        let (world, language) = (std::sync::Arc::clone(&self.world), self.language);
        let fetched = self.run(async move {
            crate::sync::fetch_services(&world, &id, language)
                .await
                .map(|s| (id, s))
        });
        let (id, services) = fetched.await?;
        self.world.events.tell(Event::City { city: id });
        Ok(services)
    }

    /// The questions of a service as last fetched, else those of the profile; `None` where nothing is known.
    ///
    /// # Errors
    /// `NotFound` for an unknown city.
    pub async fn definition(
        &self,
        id: CityId,
        code: ServiceCode,
    ) -> std::result::Result<Option<Definition>, ClientError> {
        self.on_disk(move |world| {
            let city = world.store.read(|conn| cities::get(conn, &id))?;
            let cached = world
                .store
                .read_cache(|conn| cache::definition(conn, &city, &code))?;
            Ok(cached.or_else(|| city.profile.default_definition(&code)))
        })
        .await
    }

    /// Asks the city for the questions of a service, and keeps them.
    ///
    /// # Errors
    /// `Network`; `NotFound` for a service the city does not know.
    pub async fn fetch_definition(
        &self,
        id: CityId,
        code: ServiceCode,
    ) -> std::result::Result<Definition, ClientError> {
        let world = std::sync::Arc::clone(&self.world);
        self.run(async move { crate::sync::fetch_definition(&world, &id, &code).await })
            .await
    }

    /// The one city of a store, or an error that says to name one.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Ambiguous` where there are several.
    pub async fn only_city(&self) -> std::result::Result<CityId, ClientError> {
        self.on_disk(|world| {
            let mut all = world.store.read(cities::all)?.into_iter();
            match (all.next(), all.next()) {
                (None, _) => Err(Error::NotFound { what: "city" }),
                (Some(city), None) => Ok(city.id),
                (Some(_), Some(_)) => Err(Error::Ambiguous),
            }
        })
        .await
    }
}

fn view(row: cities::CityRow) -> CityView {
    CityView {
        id: row.id,
        profile: row.profile,
        endpoint: row.endpoint,
        discovered_at: row.discovered_at,
    }
}
