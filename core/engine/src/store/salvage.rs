//! What can still be read of a damaged `reports.sqlite`.
//!
//! Where only indexes are damaged, the tables are read whole ([`mend`]) and nothing is missing. Else each report is
//! looked for by its number ([`salvage`]), so that one page of garbage costs only the rows on it. Where not even the
//! tables can be found, the kept pages of the schema tell where they are (`schema_pages`). All reading is done on a copy.
//!
//! A draft that is whole (words, place, answers, photos, the people it names) comes into the new file as it was, with
//! its code: it never left. What was sent off does not come back: whether it left is exactly what a damaged file cannot
//! tell, and a draft of it could be filed a second time. It is listed for a person to read.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use phananh_domain::attachment::Sha256;
use phananh_domain::id::ReportId;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::time::Timestamp;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, named_params};
use serde::Serialize;

use super::database::{check, with_wal};
use super::{REPORTS, attachments, cities, migrations, reports, schema_pages, search};
use crate::error::{Error, Result};

/// Numbers of reports that are looked for at most.
const NUMBERS_MAX: i64 = 1_000_000;
/// Fewer bytes than any report takes.
const BYTES_OF_A_REPORT: u64 = 64;

macro_rules! whole {
    ($($table:literal)*) => {
        &[$((
            $table,
            concat!("INSERT OR REPLACE INTO main.", $table, " SELECT * FROM old.", $table, " NOT INDEXED WHERE true"),
        )),*]
    };
}

/// How each table is read past its indexes: every table of every version has its line.
const WHOLE_TABLES: &[(&str, &str)] = whole!(
    "meta" "city" "account" "identity" "report" "answer" "fix" "message" "attachment" "submission" "submission_pair"
    "submission_attachment" "job" "lookup" "refusal" "receipt" "city_case" "event" "event_file" "sqlite_sequence"
);

/// Longer than any text or blob of a store; what claims to be longer is garbage.
const BYTES_OF_A_VALUE: i32 = 1_000_000;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    /// It is a draft again, as it was.
    BackAsDraft,
    /// A draft of which a part cannot be read: only what stands here is left.
    DraftInPart,
    /// It was sent off, and the city may have it: ask there before it is written again.
    MayHaveLeft,
}

/// A report, as far as it can be read.
#[derive(Debug, Serialize)]
pub(crate) struct Salvaged {
    pub(crate) fate: Fate,
    pub(crate) id: Option<String>,
    /// Twelve digits, 4-4-4.
    pub(crate) reference_code: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) place_words: Option<String>,
    pub(crate) lat: Option<f64>,
    pub(crate) lon: Option<f64>,
    pub(crate) urgency: Option<String>,
    pub(crate) observed_at: Option<Timestamp>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) queued_at: Option<Timestamp>,
    /// The city's number or token, where the city gave one.
    pub(crate) service_request_id: Option<String>,
    /// The city's status word.
    pub(crate) case_status: Option<String>,
    /// Names of the stored pictures, without their ending.
    pub(crate) photos: Vec<String>,
}

/// Makes a whole store file at `new` out of one whose tables are whole; false where they are not, or something that
/// belongs together was torn apart.
///
/// # Errors
/// The disk.
pub(crate) fn mend(damaged: &Path, work: &Path, new: &Path) -> Result<bool> {
    let copy = work.join(REPORTS);
    copy_all(damaged, &copy)?;
    let mended = read_whole(&copy, new);
    clear(&copy)?;
    match mended {
        Ok(()) => Ok(true),
        Err(error) if error.is_disk_full() => Err(error),
        Err(_) => clear(new).map(|()| false),
    }
}

fn read_whole(copy: &Path, new: &Path) -> Result<()> {
    let version = version_with_reports(copy).ok_or(Error::Damaged {
        table: "sqlite_schema",
    })?;
    let mut store = begin(new, Some(version))?;
    attach(&store, copy)?;
    // Row by row, past all indexes, which are made anew: a copy of whole tables would copy theirs with them.
    let tables = store
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema'",
        )?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    // Tables come in any order; what belongs together is looked through at the end.
    store.pragma_update(None, "foreign_keys", false)?;
    let transaction = store.transaction()?;
    for table in tables {
        let copied = WHOLE_TABLES.iter().find(|(name, _)| *name == table);
        let (_, copied) = copied.ok_or(Error::Internal)?;
        transaction.execute(copied, [])?;
    }
    transaction.commit()?;
    store.execute("DETACH old", [])?;
    check(&store)?;
    if store.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(Error::Damaged { table: "foreign_key" });
    }
    migrations::run(&mut store, migrations::REPORTS)?;
    let transaction = store.transaction()?;
    search::begin_anew(&transaction)?;
    // Damage may have taken what was written last: as in a copy of a store, the city is asked before anything is sent.
    cities::set_meta(&transaction, cities::EPOCH, "mended")?;
    transaction.commit()?;
    store.close().map_err(|(_, error)| error.into())
}

/// Begins a new file, at first of the version of the damaged one, so that rows fit as they are.
fn begin(new: &Path, version: Option<usize>) -> Result<Connection> {
    let mut store = open(new)?;
    let steps = version.and_then(|version| migrations::REPORTS.get(..version));
    migrations::run(&mut store, steps.unwrap_or(migrations::REPORTS))?;
    Ok(store)
}

fn attach(store: &Connection, copy: &Path) -> Result<()> {
    store.execute("ATTACH ?1 AS old", [copy.to_str().ok_or(Error::Internal)?])?;
    Ok(())
}

/// Makes a new store file at `new` with the whole drafts of the damaged file at `damaged`, and lists every report that
/// can be read. `work` is an empty folder for copies.
///
/// # Errors
/// The disk. A file of which nothing can be read gives an empty list.
pub(crate) fn salvage(damaged: &Path, work: &Path, new: &Path) -> Result<Vec<Salvaged>> {
    let copy = work.join(REPORTS);
    copy_all(damaged, &copy)?;
    let mut version = version_with_reports(&copy);
    if version.is_none() {
        // Again from the original: SQLite drops the log of a file that it cannot read.
        copy_all(damaged, &copy)?;
        schema_pages::lend(damaged, &copy)?;
        version = version_with_reports(&copy);
    }
    let mut fresh = begin(new, version)?;
    fresh.pragma_update(None, "foreign_keys", true)?;
    let mut found = Vec::new();
    if version.is_some() {
        attach(&fresh, &copy)?;
        let last = last_number(&fresh, fs::metadata(&copy)?.len());
        for number in 1..=last {
            let transaction = fresh.transaction()?;
            if let Ok(Some(mut report)) = read(&transaction, number) {
                if report.fate == Fate::DraftInPart && bring_back(&transaction, number).is_ok() {
                    report.fate = Fate::BackAsDraft;
                    transaction.commit()?;
                }
                found.push(report);
            }
        }
        fresh.execute("DETACH old", [])?;
    }
    migrations::run(&mut fresh, migrations::REPORTS)?;
    keep_those_that_make_sense(&mut fresh, &mut found)?;
    fresh.close().map_err(|(_, error)| error)?;
    Ok(found)
}

/// Hashes of the pictures that a store file names.
pub(crate) fn pictures(file: &Path) -> Result<HashSet<Sha256>> {
    let store = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    attachments::known_files(&store)
}

/// Opens a file that may hold anything.
fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, BYTES_OF_A_VALUE)?;
    Ok(connection)
}

/// Copies a file and its log, as far as they are there.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for (from, to) in with_wal(from).iter().zip(with_wal(to)).take(2) {
        if from.exists() {
            fs::copy(from, to)?;
        } else {
            File::create(to)?;
        }
    }
    Ok(())
}

fn clear(file: &Path) -> Result<()> {
    for file in with_wal(file) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// The version of a file whose table of reports can be found; none of a newer program.
fn version_with_reports(copy: &Path) -> Option<usize> {
    let file = open(copy).ok()?;
    let version = usize::try_from(migrations::version(&file).ok()?).ok()?;
    let has_reports = file
        .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'report'")
        .and_then(|mut ask| ask.exists([]));
    (has_reports.unwrap_or(false) && (1..=migrations::REPORTS.len()).contains(&version)).then_some(version)
}

/// The highest number that a report can have.
fn last_number(fresh: &Connection, bytes: u64) -> i64 {
    let ask = |sql| {
        fresh
            .query_row(sql, [], |row| row.get::<_, Option<i64>>(0))
            .ok()
            .flatten()
    };
    let told = ask("SELECT seq FROM old.sqlite_sequence WHERE name = 'report'")
        .max(ask("SELECT max(number) FROM old.report"));
    let possible = i64::try_from(bytes / BYTES_OF_A_REPORT).unwrap_or(NUMBERS_MAX);
    told.filter(|told| *told > 0).unwrap_or(possible).min(NUMBERS_MAX)
}

/// A report as far as it can be read; none of that number.
fn read(fresh: &Connection, number: i64) -> Result<Option<Salvaged>> {
    let Some(mut report) = fresh
        .prepare_cached("SELECT * FROM old.report WHERE number = ?1")?
        .query_row([number], |row| Ok(head(row)))
        .optional()?
    else {
        return Ok(None);
    };
    let case = fresh
        .prepare_cached(
            "SELECT coalesce(number, token), coalesce(status_raw, status) FROM old.city_case WHERE report_id = ?1",
        )
        .and_then(|mut ask| ask.query_row([&report.id], |row| Ok((text(row, 0), text(row, 1)))));
    if let Ok((number, status)) = case {
        (report.service_request_id, report.case_status) = (number, status);
    }
    let photos = fresh
        .prepare_cached("SELECT sha256 FROM old.attachment WHERE report_id = ?1 AND sha256 IS NOT NULL")
        .and_then(|mut ask| {
            let rows = ask.query_map([&report.id], |row| row.get(0))?;
            Ok(rows.map_while(rusqlite::Result::ok).collect())
        });
    report.photos = photos.unwrap_or_default();
    Ok(Some(report))
}

fn head(row: &Row<'_>) -> Salvaged {
    let named = |column| {
        row.as_ref()
            .column_index(column)
            .ok()
            .and_then(|at| text(row, at))
    };
    let time = |column| row.get::<_, i64>(column).ok().map(Timestamp::from_millis);
    let fate = match named("phase").as_deref() {
        Some("draft") => Fate::DraftInPart,
        // A word that cannot be read proves nothing.
        Some(_) | None => Fate::MayHaveLeft,
    };
    Salvaged {
        fate,
        id: named("id"),
        reference_code: named("reference_code")
            .map(|digits| ReferenceCode::parse(&digits).map_or(digits, |code| code.to_string())),
        city: named("city_id"),
        service: named("service"),
        title: named("title"),
        text: named("text"),
        place_words: named("place_words"),
        lat: row.get("lat").ok(),
        lon: row.get("lon").ok(),
        urgency: named("urgency"),
        observed_at: time("observed_at"),
        created_at: time("created_at"),
        queued_at: time("queued_at"),
        service_request_id: None,
        case_status: None,
        photos: Vec::new(),
    }
}

/// Text, also where some of its bytes are none.
fn text(row: &Row<'_>, at: usize) -> Option<String> {
    match row.get_ref(at) {
        Ok(ValueRef::Text(bytes)) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

/// Copies a draft with all that belongs to it; an error where a part cannot be read or makes no sense.
fn bring_back(tx: &Transaction<'_>, number: i64) -> Result<()> {
    const PARTS: [&str; 6] = [
        "INSERT OR IGNORE INTO main.city SELECT * FROM old.city
         WHERE id = (SELECT city_id FROM old.report WHERE number = :number)",
        "INSERT OR IGNORE INTO main.account SELECT * FROM old.account
         WHERE (city_id, id) = (SELECT city_id, account_id FROM old.report WHERE number = :number)",
        "INSERT OR IGNORE INTO main.identity SELECT * FROM old.identity
         WHERE id IN (SELECT identity_id FROM old.report WHERE number = :number
            UNION SELECT on_behalf_of FROM old.report WHERE number = :number)",
        "INSERT INTO main.report SELECT * FROM old.report WHERE number = :number AND phase = 'draft'",
        "INSERT INTO main.answer SELECT * FROM old.answer
         WHERE report_id = (SELECT id FROM main.report WHERE number = :number)",
        "INSERT INTO main.attachment SELECT * FROM old.attachment
         WHERE report_id = (SELECT id FROM main.report WHERE number = :number) AND message_id IS NULL",
    ];
    for part in PARTS {
        tx.prepare_cached(part)?
            .execute(named_params! { ":number": number })?;
    }
    // Evidence for the place, not the place: what cannot be read of it keeps no draft from coming back.
    let _ = tx
        .prepare_cached(
            "INSERT INTO main.fix SELECT * FROM old.fix
             WHERE report_id = (SELECT id FROM main.report WHERE number = ?1)",
        )?
        .execute([number]);
    Ok(())
}

/// A draft that is a report to no other part of the program is none.
fn keep_those_that_make_sense(fresh: &mut Connection, found: &mut [Salvaged]) -> Result<()> {
    let transaction = fresh.transaction()?;
    search::begin_anew(&transaction)?;
    for report in found.iter_mut().filter(|report| report.fate == Fate::BackAsDraft) {
        let id: Option<ReportId> = report.id.as_deref().and_then(|id| id.parse().ok());
        if id.is_none_or(|id| reports::get(&transaction, id).is_err()) {
            transaction.execute("DELETE FROM report WHERE id = ?1", [&report.id])?;
            report.fate = Fate::DraftInPart;
        }
    }
    Ok(transaction.commit()?)
}
