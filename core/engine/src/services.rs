//! The city's list of services, read from the city: for whoever shows it, and for the outbox, which must know what an
//! answer without a number means.

use std::sync::Arc;

use georeport::read::{self, WireService};
use phananh_domain::id::ServiceCode;
use phananh_domain::service::{Service, ServiceType};
use phananh_domain::words::Language;

use crate::city::{self, Facts};
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::store::cache;
use crate::world::World;

/// Asks the city for its services.
///
/// # Errors
/// `Network` where it does not answer with a list.
pub(crate) async fn list(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<Vec<Service>> {
    let request = facts.endpoint()?.services();
    let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
    let answer = answered.answer().map_err(|_| Error::Network {
        code: "error.network",
    })?;
    let wire = read::services(&answer).map_err(|_| Error::Network {
        code: "error.not_a_city",
    })?;
    Ok(wire.into_iter().map(|s| service(facts, s)).collect())
}

/// Fetches the list and keeps it in every language that has none yet. A city that cannot be asked is no error here:
/// nothing is known then, as before.
pub(crate) async fn fetch_missing(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<()> {
    let id = facts.row.id.clone();
    let missing = world
        .blocking(move |w| {
            let mut missing = Vec::new();
            for language in Language::ALL {
                if !city::services(w, &id, *language)?.fetched {
                    missing.push(*language);
                }
            }
            Ok(missing)
        })
        .await?;
    if missing.is_empty() {
        return Ok(());
    }
    let services = match list(world, facts, traffic).await {
        Ok(services) => services,
        Err(Error::Network { .. }) => return Ok(()),
        Err(other) => return Err(other),
    };
    let (city, now) = (facts.row.clone(), world.now());
    world
        .blocking(move |w| {
            w.store.write_cache(|tx| {
                for language in &missing {
                    cache::put_services(tx, &city, language.as_str(), &services, now)?;
                }
                Ok(())
            })
        })
        .await
}

fn service(facts: &Facts, wire: WireService) -> Service {
    let code = ServiceCode::new(wire.code);
    let service_type = wire
        .service_type
        .as_deref()
        .and_then(|t| t.parse().ok())
        .unwrap_or(ServiceType::Realtime);
    Service {
        name: wire.name.unwrap_or_else(|| code.as_str().to_owned()),
        description: wire.description,
        group: wire.groups.into_iter().next(),
        keywords: wire.keywords,
        service_type,
        has_definition: wire.metadata.unwrap_or(true),
        needs: facts.row.profile.needs_of(Some(&code)).unwrap_or_default(),
        code,
    }
}
