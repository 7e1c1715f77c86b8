//! The pages that say where everything in a database lies, kept a second time.
//!
//! The header and the table of tables stand on the first page, and on those that it points to. Where they are garbage,
//! every other page may be whole and nobody can tell which table it belongs to. So a copy of them lies beside the file
//! (`reports.schema`), made anew whenever a migration changed them; the rescue puts it over a copy of a damaged file.
//!
//! The copy is page after page, each behind its number (4 bytes, big endian). Formats: <https://sqlite.org/fileformat2.html>,
//! sections 1.3 (header) and 1.6 (b-tree pages).

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::folders;

/// Bytes of the header on the first page.
const HEADER: usize = 100;
/// Of the header: size of a page, file format of writer and reader, pages in all, schema cookie.
const PAGE_SIZE: usize = 16;
const FORMAT: u64 = 18;
const PAGE_COUNT: u64 = 28;
const COOKIE: usize = 40;
/// First byte of a page of a table: with pages below it, and with rows.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;
/// Pages that a table of tables can have at most; ours has four.
const PAGES_MAX: usize = 64;
/// A longer statement would stand on a page of another kind.
const STATEMENT_MAX: i64 = 3_900;

/// Name of the copy of a file's pages.
pub(super) fn beside(store: &Path) -> PathBuf {
    store.with_extension("schema")
}

/// Brings the copy up to date. Nobody else may have the file open.
///
/// # Errors
/// The disk; a schema of a kind that this cannot read. The old copy is then as it was.
pub(super) fn keep(store: &Path, connection: &Connection) -> Result<()> {
    let cookie: u32 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
    let place = beside(store);
    if fs::read(&place).is_ok_and(|kept| be32(&kept, 4 + COOKIE) == Some(cookie)) {
        return Ok(());
    }
    let longest: i64 =
        connection.query_row("SELECT max(length(sql)) FROM sqlite_schema", [], |row| row.get(0))?;
    if longest > STATEMENT_MAX {
        return Err(Error::Internal);
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let copy = pages(&mut File::open(store)?)?;
    let new = place.with_extension("schema.new");
    let mut file = File::create(&new)?;
    file.write_all(&copy)?;
    file.sync_all()?;
    fs::rename(&new, &place)?;
    Ok(place.parent().map_or(Ok(()), folders::sync)?)
}

/// Puts the kept pages of `store` over those of `damaged`, a copy of it; none where nothing was kept.
///
/// # Errors
/// The disk.
pub(super) fn lend(store: &Path, damaged: &Path) -> io::Result<()> {
    let kept = match fs::read(beside(store)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let Some(size) = page_size(kept.get(4..).unwrap_or_default()) else {
        return Ok(());
    };
    let mut file = fs::OpenOptions::new().write(true).open(damaged)?;
    let mut count = file.metadata()?.len().div_ceil(size as u64);
    for page in kept.chunks_exact(4 + size) {
        let (Some(number), Some(bytes)) = (be32(page, 0), page.get(4..)) else {
            continue;
        };
        count = count.max(u64::from(number));
        file.seek(SeekFrom::Start(u64::from(number).saturating_sub(1) * size as u64))?;
        file.write_all(bytes)?;
    }
    file.set_len(count * size as u64)?;
    // A file that is read with its WAL.
    file.seek(SeekFrom::Start(FORMAT))?;
    file.write_all(&[2, 2])?;
    file.seek(SeekFrom::Start(PAGE_COUNT))?;
    file.write_all(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes())
}

/// The pages of the table of tables, the first page first.
fn pages(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = [0; HEADER];
    file.read_exact(&mut head)?;
    let size = page_size(&head).ok_or(ErrorKind::InvalidData)?;
    let (mut copy, mut to_read) = (Vec::new(), vec![1_u32]);
    while let Some(number) = to_read.pop() {
        if copy.len() / size >= PAGES_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut page = vec![0; size];
        file.seek(SeekFrom::Start(u64::from(number).saturating_sub(1) * size as u64))?;
        file.read_exact(&mut page)?;
        to_read.extend(below(&page, number).ok_or(ErrorKind::InvalidData)?);
        copy.extend(number.to_be_bytes());
        copy.extend(page);
    }
    Ok(copy)
}

/// The pages below one of a table.
fn below(page: &[u8], number: u32) -> Option<Vec<u32>> {
    let start = if number == 1 { HEADER } else { 0 };
    match *page.get(start)? {
        LEAF => Some(Vec::new()),
        INTERIOR => {
            let cells = usize::from(be16(page, start + 3)?);
            let mut below = vec![be32(page, start + 8)?];
            for cell in 0..cells {
                let at = be16(page, start + 12 + 2 * cell)?;
                below.push(be32(page, usize::from(at))?);
            }
            Some(below)
        }
        _ => None,
    }
}

/// The size of a page, by the header; 1 stands for 65,536.
fn page_size(header: &[u8]) -> Option<usize> {
    match be16(header, PAGE_SIZE)? {
        1 => Some(65_536),
        size if size >= 512 && size.is_power_of_two() => Some(usize::from(size)),
        _ => None,
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*bytes))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}
