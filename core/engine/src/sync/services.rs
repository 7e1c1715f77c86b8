//! The city's services and their questions, fetched for the second file.

use std::sync::Arc;

use georeport::read::{self, WireAttribute, WireDatatype, WireDefinition};
use phananh_domain::id::{CityId, ServiceCode};
use phananh_domain::service::{Attribute, Choice, DataType, Definition, Notice, NoticeKind, Service};
use phananh_domain::words::Language;

use super::reach;
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::services;
use crate::store::cache;
use crate::world::World;

/// Fetches and keeps the list of services.
pub(crate) async fn fetch_services(
    world: &Arc<World>,
    id: &CityId,
    language: Language,
) -> Result<Vec<Service>> {
    let mut traffic = Traffic::default();
    let facts = reach(world, id, &mut traffic).await?;
    let services = services::list(world, &facts, &mut traffic).await?;
    let (city, now, kept) = (facts.row, world.now(), services.clone());
    world
        .blocking(move |w| {
            w.store
                .write_cache(|tx| cache::put_services(tx, &city, language.as_str(), &kept, now))
        })
        .await?;
    Ok(services)
}

/// Fetches and keeps the questions of a service. A city that has none (404 or 400 on real servers) asks none.
pub(crate) async fn fetch_definition(
    world: &Arc<World>,
    id: &CityId,
    code: &ServiceCode,
) -> Result<Definition> {
    let mut traffic = Traffic::default();
    let facts = reach(world, id, &mut traffic).await?;
    let request = facts
        .endpoint()?
        .service_definition(code.as_str())
        .map_err(|_| Error::BadInput {
            field: "service_code",
            code: "problem.unknown_service",
        })?;
    let answered = line::ask(world, &request, facts.total_timeout_ms(), &mut traffic).await;
    let answer = answered.answer().map_err(|_| Error::Network {
        code: "error.network",
    })?;
    let definition = match read::definition(&answer) {
        Ok(wire) => definition(wire),
        Err(_) if matches!(answer.status, 400 | 404) => Definition::default(),
        Err(_) => return Err(Error::Network { code: "error.city" }),
    };
    let (city, code, kept, now) = (facts.row, code.clone(), definition.clone(), world.now());
    world
        .blocking(move |w| {
            w.store
                .write_cache(|tx| cache::put_definition(tx, &city, &code, &kept, now))
        })
        .await?;
    Ok(definition)
}

fn definition(wire: WireDefinition) -> Definition {
    let notice = |text: String| Notice {
        kind: NoticeKind::Info,
        text,
    };
    Definition {
        // What the server fills by itself is nobody's question.
        attributes: (1_u32..)
            .zip(wire.attributes.into_iter().filter(|a| a.automated.is_none()))
            .map(|(order, a)| attribute(order, a))
            .collect(),
        notices: wire.notices.into_iter().map(notice).collect(),
    }
}

fn attribute(order: u32, wire: WireAttribute) -> Attribute {
    let datatype = match wire.datatype {
        WireDatatype::String | WireDatatype::Other(_) => DataType::String,
        WireDatatype::Text => DataType::Text,
        WireDatatype::Number => DataType::Number,
        WireDatatype::Datetime => DataType::Datetime,
        WireDatatype::SingleValueList => DataType::SingleValueList,
        WireDatatype::MultiValueList => DataType::MultiValueList,
    };
    Attribute {
        label: wire.label.unwrap_or_else(|| wire.code.clone()),
        code: wire.code,
        datatype,
        required: wire.required,
        hint: wire.hint,
        order,
        choices: wire
            .choices
            .into_iter()
            .filter(|c| c.disabled.is_none())
            .map(|c| Choice {
                key: c.key,
                name: c.name,
            })
            .collect(),
    }
}
