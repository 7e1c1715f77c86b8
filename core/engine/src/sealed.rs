//! What is sealed in rows, and to what each value is bound: owner secrets, identities, words of refusals.

use phananh_domain::attachment::Sha256;
use phananh_domain::id::{JobId, ReportId};
use phananh_domain::identity::Identity;
use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::store::reports;
use crate::world::World;

/// Snapshots of identities are bound to their table, not to a row: a report may point to one that another made.
const IDENTITY: &str = "identity";

/// Seals the owner secret of a report.
pub(crate) fn seal_owner(world: &World, report: ReportId, secret: &[u8; 32]) -> Result<Vec<u8>> {
    Ok(world
        .sealer()?
        .seal(&owner_of(report), secret, world.random.bytes()?)?)
}

/// The owner secret of a report, 64 hex digits, as the header `Owner-Secret` carries it.
pub(crate) fn owner_secret(world: &World, conn: &Connection, report: ReportId) -> Result<String> {
    let (sealed, _) = reports::owner(conn, report)?;
    let plain = world.sealer()?.open(&owner_of(report), &sealed)?;
    Ok(Sha256::from_digest(&plain).as_str().to_owned())
}

/// Seals a snapshot of an identity.
pub(crate) fn seal_identity(world: &World, identity: &Identity) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(identity).map_err(|_| Error::Internal)?;
    Ok(world.sealer()?.seal(IDENTITY, &plain, world.random.bytes()?)?)
}

/// Opens a snapshot of an identity.
pub(crate) fn open_identity(world: &World, sealed: &[u8]) -> Result<Identity> {
    let plain = world.sealer()?.open(IDENTITY, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Error::Damaged { table: "identity" })
}

/// Seals what a city said when it refused: servers echo names.
pub(crate) fn seal_refusal(world: &World, job: JobId, words: &str) -> Result<Vec<u8>> {
    Ok(world
        .sealer()?
        .seal(&refusal_of(job), words.as_bytes(), world.random.bytes()?)?)
}

/// Opens what a city said when it refused.
pub(crate) fn open_refusal(world: &World, job: JobId, sealed: &[u8]) -> Result<String> {
    let plain = world.sealer()?.open(&refusal_of(job), sealed)?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

fn owner_of(report: ReportId) -> String {
    format!("owner/{report}")
}

fn refusal_of(job: JobId) -> String {
    format!("refusal/{job}")
}
