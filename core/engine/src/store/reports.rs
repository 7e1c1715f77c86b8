//! Rows of reports: the citizen's words, place, answers.

use phananh_domain::id::{AccountId, CityId, ReportId, ServiceCode};
use phananh_domain::place::{Fix, Located, Place, Point};
use phananh_domain::report::{Answer, Content, Report};
use phananh_domain::service::Definition;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::attachments;
use super::row::{ms, time, time_opt, word, word_opt};
use crate::error::{Error, Result};

/// What is sealed or hashed at a report's birth.
pub(crate) struct ReportSecrets {
    /// The owner secret, sealed.
    pub(crate) owner_sealed: Vec<u8>,
    /// Its hash, which a willing city is told.
    pub(crate) owner_hash: String,
    /// Zone in which it was captured.
    pub(crate) zone: String,
}

/// Stores a new report.
pub(crate) fn insert(tx: &Transaction<'_>, report: &Report, secrets: &ReportSecrets) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO report (id, reference_code, city_id, account_id, phase, channel, practice, created_at, created_zone,
            updated_at, urgency, observed_at, identity_choice, publication, owner_sealed, owner_hash)
         VALUES (:id, :code, :city, :account, :phase, :channel, :practice, :created, :zone, :updated, :urgency, :observed,
            :identity, :publication, :sealed, :hash)",
    )?
    .execute(named_params! {
        ":id": report.id.to_string(), ":code": report.reference_code.digits(), ":city": report.city.as_str(),
        ":account": report.account.as_str(), ":phase": report.phase.as_str(), ":channel": report.channel.as_str(),
        ":practice": report.practice, ":created": report.created_at.as_millis(), ":zone": secrets.zone,
        ":updated": report.updated_at.as_millis(), ":urgency": report.content.urgency.as_str(),
        ":observed": report.content.observed_at.as_millis(), ":identity": report.content.identity.as_str(),
        ":publication": report.content.publication.as_str(), ":sealed": secrets.owner_sealed, ":hash": secrets.owner_hash,
    })?;
    update(tx, report)
}

/// Writes what the citizen may change of a report.
pub(crate) fn update(tx: &Transaction<'_>, report: &Report) -> Result<()> {
    let content = &report.content;
    let located = content.place.located;
    let changed = tx
        .prepare_cached(
            "UPDATE report SET city_id = :city, account_id = :account, phase = :phase, updated_at = :updated,
                queued_at = :queued, service = :service, title = :title, text = :text, urgency = :urgency,
                observed_at = :observed, lat = :lat, lon = :lon, accuracy_m = :accuracy, place_source = :source,
                place_words = :words, identity_choice = :identity, publication = :publication, index_owed = 1
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": report.id.to_string(), ":city": report.city.as_str(), ":account": report.account.as_str(),
            ":phase": report.phase.as_str(), ":updated": report.updated_at.as_millis(), ":queued": ms(report.queued_at),
            ":service": content.service.as_ref().map(ServiceCode::as_str), ":title": content.title, ":text": content.text,
            ":urgency": content.urgency.as_str(), ":observed": content.observed_at.as_millis(),
            ":lat": located.map(|l| l.point.lat()), ":lon": located.map(|l| l.point.lon()),
            ":accuracy": located.and_then(|l| l.accuracy_m), ":source": located.map(|l| l.source.as_str()),
            ":words": content.place.words, ":identity": content.identity.as_str(),
            ":publication": content.publication.as_str(),
        })?;
    if changed != 1 {
        return Err(Error::NotFound { what: "report" });
    }
    let id = report.id.to_string();
    tx.prepare_cached("DELETE FROM answer WHERE report_id = ?1")?
        .execute([&id])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO answer (report_id, code, position, value) VALUES (?1, ?2, ?3, ?4)")?;
    for answer in &content.answers {
        for (position, value) in (0_i64..).zip(&answer.values) {
            insert.execute((&id, &answer.code, position, value))?;
        }
    }
    Ok(())
}

/// Pins the definition that a draft is filled with.
pub(crate) fn pin_definition(
    tx: &Transaction<'_>,
    id: ReportId,
    definition: Option<&Definition>,
) -> Result<()> {
    let text = definition
        .map(serde_json::to_string)
        .transpose()
        .map_err(|_| Error::Damaged { table: "report" })?;
    tx.prepare_cached("UPDATE report SET definition = ?2 WHERE id = ?1")?
        .execute((id.to_string(), text))?;
    Ok(())
}

/// The definition that a draft is filled with.
pub(crate) fn pinned_definition(conn: &Connection, id: ReportId) -> Result<Option<Definition>> {
    let text: Option<String> = conn
        .prepare_cached("SELECT definition FROM report WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?
        .flatten();
    text.map(|t| serde_json::from_str(&t).map_err(|_| Error::Damaged { table: "report" }))
        .transpose()
}

/// A report, whole.
/// All reports, oldest first.
pub(crate) fn ids(conn: &Connection) -> Result<Vec<ReportId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM report ORDER BY number")?
        .query_map([], |row| word(row, "id"))?
        .collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn get(conn: &Connection, id: ReportId) -> Result<Report> {
    let report = conn
        .prepare_cached("SELECT * FROM report WHERE id = ?1")?
        .query_row([id.to_string()], head)
        .optional()?
        .ok_or(Error::NotFound { what: "report" })?;
    complete(conn, report)
}

/// Forgets a draft and all that hangs on it.
pub(crate) fn delete_draft(tx: &Transaction<'_>, id: ReportId) -> Result<()> {
    let gone = tx
        .prepare_cached("DELETE FROM report WHERE id = ?1 AND phase = 'draft'")?
        .execute([id.to_string()])?;
    if gone == 1 {
        Ok(())
    } else {
        Err(Error::NotNow {
            code: "error.not_a_draft",
        })
    }
}

/// Forgets somebody else's case and all that hangs on it.
pub(crate) fn forget_followed(tx: &Transaction<'_>, id: ReportId) -> Result<()> {
    for sql in [
        "DELETE FROM event_file WHERE report_id = ?1",
        "DELETE FROM event WHERE report_id = ?1",
        "DELETE FROM city_case WHERE report_id = ?1",
        "DELETE FROM refusal WHERE job_id IN (SELECT id FROM job WHERE report_id = ?1)",
        "DELETE FROM job WHERE report_id = ?1",
        "DELETE FROM lookup WHERE submission_id IN (SELECT id FROM submission WHERE report_id = ?1)",
        "DELETE FROM submission_attachment WHERE submission_id IN (SELECT id FROM submission WHERE report_id = ?1)",
        "DELETE FROM submission_pair WHERE submission_id IN (SELECT id FROM submission WHERE report_id = ?1)",
        "DELETE FROM submission WHERE report_id = ?1",
        "DELETE FROM attachment WHERE report_id = ?1",
        "DELETE FROM message WHERE report_id = ?1",
        "DELETE FROM report WHERE id = ?1 AND phase = 'followed'",
    ] {
        tx.prepare_cached(sql)?.execute([id.to_string()])?;
    }
    Ok(())
}

/// The sealed owner secret and its hash.
pub(crate) fn owner(conn: &Connection, id: ReportId) -> Result<(Vec<u8>, String)> {
    conn.prepare_cached("SELECT owner_sealed, owner_hash FROM report WHERE id = ?1")?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(Error::NotFound { what: "report" })
}

/// Ties a report to a sealed identity snapshot (or to none).
pub(crate) fn set_identity(tx: &Transaction<'_>, id: ReportId, identity: Option<i64>) -> Result<()> {
    tx.prepare_cached("UPDATE report SET identity_id = ?2 WHERE id = ?1")?
        .execute((id.to_string(), identity))?;
    Ok(())
}

/// Ties a report to the sealed identity of the person it is filed for.
pub(crate) fn set_on_behalf_of(tx: &Transaction<'_>, id: ReportId, identity: i64) -> Result<()> {
    tx.prepare_cached("UPDATE report SET on_behalf_of = ?2 WHERE id = ?1")?
        .execute((id.to_string(), identity))?;
    Ok(())
}

/// The sealed identity that travels with a report: of the person it is filed for, else the reporter's.
pub(crate) fn identity_of(conn: &Connection, id: ReportId) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT coalesce(on_behalf_of, identity_id) FROM report WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Keeps a sensor reading as evidence.
pub(crate) fn insert_fix(tx: &Transaction<'_>, id: ReportId, fix: &Fix) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO fix (report_id, at, lat, lon, accuracy_m, provider, mock) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        id.to_string(),
        fix.at.as_millis(),
        fix.point.lat(),
        fix.point.lon(),
        fix.accuracy_m,
        &fix.provider,
        fix.mock,
    ))?;
    Ok(())
}

pub(super) fn head(row: &Row<'_>) -> rusqlite::Result<Report> {
    Ok(Report {
        id: word(row, "id")?,
        reference_code: word(row, "reference_code")?,
        city: CityId::new(row.get::<_, String>("city_id")?),
        account: AccountId::new(row.get::<_, String>("account_id")?),
        phase: word(row, "phase")?,
        channel: word(row, "channel")?,
        practice: row.get("practice")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        queued_at: time_opt(row, "queued_at")?,
        content: Content {
            service: row.get::<_, Option<String>>("service")?.map(ServiceCode::new),
            title: row.get("title")?,
            text: row.get("text")?,
            urgency: word(row, "urgency")?,
            observed_at: time(row, "observed_at")?,
            place: Place {
                located: located(row)?,
                words: row.get("place_words")?,
            },
            answers: Vec::new(),
            identity: word(row, "identity_choice")?,
            publication: word(row, "publication")?,
        },
        attachments: Vec::new(),
    })
}

fn located(row: &Row<'_>) -> rusqlite::Result<Option<Located>> {
    let (lat, lon): (Option<f64>, Option<f64>) = (row.get("lat")?, row.get("lon")?);
    let point = lat.zip(lon).and_then(|(lat, lon)| Point::new(lat, lon).ok());
    match (point, word_opt(row, "place_source")?) {
        (Some(point), Some(source)) => Ok(Some(Located {
            point,
            accuracy_m: row.get("accuracy_m")?,
            source,
        })),
        _ => Ok(None),
    }
}

pub(super) fn complete(conn: &Connection, mut report: Report) -> Result<Report> {
    let id = report.id.to_string();
    let mut statement =
        conn.prepare_cached("SELECT code, value FROM answer WHERE report_id = ?1 ORDER BY code, position")?;
    let mut rows = statement.query([&id])?;
    while let Some(row) = rows.next()? {
        let (code, value): (String, String) = (row.get(0)?, row.get(1)?);
        match report.content.answers.iter_mut().find(|a| a.code == code) {
            Some(answer) => answer.values.push(value),
            None => report.content.answers.push(Answer {
                code,
                values: vec![value],
            }),
        }
    }
    report.attachments = attachments::of_report(conn, report.id)?;
    Ok(report)
}
