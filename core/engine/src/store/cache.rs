//! The second file: services, definitions and what a city shows to everybody, as it last gave them. One list a
//! jurisdiction: several may share one server, and a profile may change to another.

use phananh_domain::id::ServiceCode;
use phananh_domain::service::{Definition, Needs, Service};
use phananh_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::CityRow;
use super::row::{time, word};
use crate::error::{Error, Result};

fn jurisdiction(city: &CityRow) -> &str {
    city.profile.jurisdiction_id.as_deref().unwrap_or_default()
}

/// Replaces the list of services of a city in one language.
pub(crate) fn put_services(
    tx: &Transaction<'_>,
    city: &CityRow,
    language: &str,
    services: &[Service],
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached("DELETE FROM service WHERE city_id = ?1 AND jurisdiction_id = ?2 AND language = ?3")?
        .execute([city.id.as_str(), jurisdiction(city), language])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO service (city_id, jurisdiction_id, language, position, code, name, description, grp, keywords, service_type,
            has_definition)
         VALUES (:city, :jurisdiction, :language, :position, :code, :name, :description, :grp, :keywords, :type, :definition)
         ON CONFLICT DO NOTHING",
    )?;
    for (position, service) in (0_i64..).zip(services) {
        insert.execute(named_params! {
            ":city": city.id.as_str(), ":jurisdiction": jurisdiction(city), ":language": language, ":position": position, ":code": service.code.as_str(),
            ":name": service.name, ":description": service.description, ":grp": service.group,
            ":keywords": service.keywords.join(","), ":type": service.service_type.as_str(),
            ":definition": service.has_definition,
        })?;
    }
    tx.prepare_cached(
        "INSERT INTO service_list (city_id, jurisdiction_id, language, fetched_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (city_id, jurisdiction_id, language) DO UPDATE SET fetched_at = excluded.fetched_at",
    )?
    .execute((city.id.as_str(), jurisdiction(city), language, now.as_millis()))?;
    Ok(())
}

/// The services of a city and when they were fetched; absent before the first time.
pub(crate) fn services(
    conn: &Connection,
    city: &CityRow,
    language: &str,
) -> Result<Option<(Timestamp, Vec<Service>)>> {
    let fetched = conn
        .prepare_cached("SELECT fetched_at FROM service_list WHERE city_id = ?1 AND jurisdiction_id = ?2 AND language = ?3")?
        .query_row([city.id.as_str(), jurisdiction(city), language], |row| time(row, "fetched_at"))
        .optional()?;
    let Some(fetched) = fetched else { return Ok(None) };
    let rows = conn
        .prepare_cached("SELECT * FROM service WHERE city_id = ?1 AND jurisdiction_id = ?2 AND language = ?3 ORDER BY position")?
        .query_map([city.id.as_str(), jurisdiction(city), language], |row| {
            let keywords: String = row.get("keywords")?;
            Ok(Service {
                code: ServiceCode::new(row.get::<_, String>("code")?),
                name: row.get("name")?,
                description: row.get("description")?,
                group: row.get("grp")?,
                keywords: keywords
                    .split(',')
                    .filter(|k| !k.is_empty())
                    .map(str::to_owned)
                    .collect(),
                service_type: word(row, "service_type")?,
                has_definition: row.get("has_definition")?,
                needs: Needs::default(),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Some((fetched, rows)))
}

/// Keeps the questions of a service.
pub(crate) fn put_definition(
    tx: &Transaction<'_>,
    city: &CityRow,
    code: &ServiceCode,
    definition: &Definition,
    now: Timestamp,
) -> Result<()> {
    let body = serde_json::to_string(definition).map_err(|_| Error::Damaged { table: "definition" })?;
    tx.prepare_cached(
        "INSERT INTO definition (city_id, jurisdiction_id, code, body, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (city_id, jurisdiction_id, code) DO UPDATE SET body = excluded.body, fetched_at = excluded.fetched_at",
    )?
    .execute((city.id.as_str(), jurisdiction(city), code.as_str(), body, now.as_millis()))?;
    Ok(())
}

/// The questions of a service, as last fetched.
pub(crate) fn definition(
    conn: &Connection,
    city: &CityRow,
    code: &ServiceCode,
) -> Result<Option<Definition>> {
    let body: Option<String> = conn
        .prepare_cached(
            "SELECT body FROM definition WHERE city_id = ?1 AND jurisdiction_id = ?2 AND code = ?3",
        )?
        .query_row([city.id.as_str(), jurisdiction(city), code.as_str()], |row| {
            row.get(0)
        })
        .optional()?;
    body.map(|b| serde_json::from_str(&b).map_err(|_| Error::Damaged { table: "definition" }))
        .transpose()
}
