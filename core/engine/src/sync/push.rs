//! Hints: where the city may say "look" when a case of ours has news. A hint says nothing else, so what it is about is
//! asked for by the next sync.
//!
//! What the shell wants and what each city knows are one value in the phone's secrets, since the address of a hint lets
//! whoever has it wake the phone. Each sync brings the cities up to date: cases that came, an address that changed, an
//! address that is wanted no longer.

use std::collections::BTreeMap;
use std::sync::Arc;

use georeport::{PostRegistration, read};
use phananh_domain::attachment::Sha256;
use phananh_domain::report::Phase;
use serde::{Deserialize, Serialize};

use super::numbered;
use crate::city::Facts;
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::sealed::owner_secret;
use crate::secrets::SecretError;
use crate::store::reports;
use crate::world::World;

/// Name of the secret.
const PUSH: &str = "push";
/// Cases of one registration.
const CASES: usize = 100;

/// Where hints go.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HintAddress {
    /// `unifiedpush`, `fcm`, `apns`.
    pub(crate) provider: String,
    /// URL or token.
    pub(crate) endpoint: String,
}

/// What is wanted, and what the cities know of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hints {
    pub(crate) wanted: Option<HintAddress>,
    known: BTreeMap<String, Known>,
}

/// What a city knows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    registration: String,
    /// Hash of address and cases.
    covers: String,
}

pub(crate) fn load(world: &World) -> Result<Hints> {
    match world.secrets.get(PUSH) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(SecretError::Missing) => Ok(Hints::default()),
        Err(other) => Err(other.into()),
    }
}

pub(crate) fn keep(world: &World, hints: &Hints) -> Result<()> {
    let bytes = serde_json::to_vec(hints).map_err(|_| Error::Internal)?;
    Ok(world.secrets.set(PUSH, &bytes)?)
}

/// Tells the city where hints go, if it does not know. Whatever keeps it from knowing, the next sync tries again.
pub(super) async fn tell(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<()> {
    let Some(providers) = facts.extensions.as_ref().and_then(|e| e.push.clone()) else {
        return Ok(());
    };
    let hints = match world.blocking(load).await {
        Ok(hints) => hints,
        // A locked phone gets no hints that it could act on.
        Err(Error::Secret(_)) => return Ok(()),
        Err(other) => return Err(other),
    };
    let city = facts.row.id.as_str().to_owned();
    let known = hints.known.get(&city).cloned();
    let wanted = hints
        .wanted
        .filter(|address| providers.contains(&address.provider));
    match (wanted, known) {
        (Some(address), known) => register(world, facts, &address, known, traffic).await,
        (None, Some(known)) => {
            let Ok(request) = facts.endpoint()?.unregister_push(&known.registration) else {
                return remember(world, city, None).await;
            };
            let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
            match answered.answer() {
                Ok(answer) if answer.is_success() || matches!(answer.status, 404 | 410) => {
                    remember(world, city, None).await
                }
                _ => Ok(()),
            }
        }
        (None, None) => Ok(()),
    }
}

async fn register(
    world: &Arc<World>,
    facts: &Facts,
    address: &HintAddress,
    known: Option<Known>,
    traffic: &mut Traffic,
) -> Result<()> {
    let mut cases = numbered(world, &facts.row.id).await?;
    cases.retain(|case| !case.gone);
    // Open ones first, and of these the newest.
    cases.sort_by_key(|case| {
        (
            case.status.as_ref().is_some_and(|s| s.is_final()),
            std::cmp::Reverse(case.report),
        )
    });
    let ours = world
        .blocking(move |w| {
            w.store.read(|conn| {
                let mut ours = Vec::new();
                for case in cases {
                    let is_ours = reports::get(conn, case.report)?.phase != Phase::Followed;
                    if let (true, Some(number), true) = (is_ours, case.number, ours.len() < CASES) {
                        let secret = owner_secret(w, conn, case.report)?;
                        ours.push((number.as_str().to_owned(), secret));
                    }
                }
                Ok(ours)
            })
        })
        .await?;
    let (ids, owner_secrets): (Vec<_>, Vec<_>) = ours.into_iter().unzip();
    let whole = format!("{}\n{}\n{}", address.provider, address.endpoint, ids.join(","));
    let covers = Sha256::of(whole.as_bytes()).as_str().to_owned();
    if ids.is_empty() || known.is_some_and(|known| known.covers == covers) {
        return Ok(());
    }
    let request = facts.endpoint()?.register_push(&PostRegistration {
        provider: &address.provider,
        endpoint: &address.endpoint,
        ids: &ids,
        owner_secrets: &owner_secrets,
    });
    let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
    let Ok(answer) = answered.answer() else {
        return Ok(());
    };
    let Some(registration) = read::registration(&answer) else {
        return Ok(());
    };
    let known = Known { registration, covers };
    remember(world, facts.row.id.as_str().to_owned(), Some(known)).await
}

/// Keeps what a city knows now; what the shell wants may have changed in the meantime and stays.
async fn remember(world: &Arc<World>, city: String, known: Option<Known>) -> Result<()> {
    world
        .blocking(move |w| {
            let mut hints = load(w)?;
            match known {
                Some(known) => hints.known.insert(city, known),
                None => hints.known.remove(&city),
            };
            keep(w, &hints)
        })
        .await
}
