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

/// What a city shows to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    /// Announcements.
    Announcements,
    /// Public cases.
    Feed,
    /// Figures.
    Numbers,
}

impl PageKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Announcements => "announcements",
            Self::Feed => "feed",
            Self::Numbers => "numbers",
        }
    }
}

/// Pages of a kind that are kept of a city: the newest.
const PAGES: u32 = 100;

/// Keeps a page under what was asked for; the oldest of too many goes.
pub(crate) fn put_page(
    tx: &Transaction<'_>,
    city: &CityRow,
    kind: PageKind,
    asked: &str,
    body: &str,
    as_of: Timestamp,
) -> Result<()> {
    let named = (city.id.as_str(), jurisdiction(city), kind.as_str());
    tx.prepare_cached(
        "INSERT INTO public_page (city_id, jurisdiction_id, kind, asked, body, as_of) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (city_id, jurisdiction_id, kind, asked) DO UPDATE SET body = excluded.body, as_of = excluded.as_of",
    )?
    .execute((named.0, named.1, named.2, asked, body, as_of.as_millis()))?;
    tx.prepare_cached(
        "DELETE FROM public_page WHERE city_id = ?1 AND jurisdiction_id = ?2 AND kind = ?3 AND asked NOT IN
            (SELECT asked FROM public_page WHERE city_id = ?1 AND jurisdiction_id = ?2 AND kind = ?3
                ORDER BY as_of DESC, asked LIMIT ?4)",
    )?
    .execute((named.0, named.1, named.2, PAGES))?;
    Ok(())
}

/// A page as last fetched, and when it was so.
pub(crate) fn page(
    conn: &Connection,
    city: &CityRow,
    kind: PageKind,
    asked: &str,
) -> Result<Option<(Timestamp, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT as_of, body FROM public_page
             WHERE city_id = ?1 AND jurisdiction_id = ?2 AND kind = ?3 AND asked = ?4",
        )?
        .query_row(
            (city.id.as_str(), jurisdiction(city), kind.as_str(), asked),
            |row| Ok((time(row, "as_of")?, row.get("body")?)),
        )
        .optional()?)
}
