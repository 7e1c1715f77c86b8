//! Who is signed in where: sessions of accounts, their tokens, and the one place that renews them.
//!
//! Tokens live in the phone's secrets and nowhere else: no row, no log, no file of ours holds one. Writing and queueing
//! never ask for a session; only an attempt does ([`pass`]), just before its request is built. A token that is about to
//! end is renewed then; one that the city refuses in the middle of a send is renewed once a drain ([`renew`]), and the
//! same payload goes again under the same key: a refusal with 401 has stored nothing. Where no session can be had, the
//! account is paused with its reason and everything of it is kept.
//!
//! A refresh token is used once, so renewing is serialised (`World::sign_in`), and whoever waited takes what the other
//! got.

use std::sync::Arc;

use georeport::{Answer, Request, read};
use phananh_domain::attachment::Sha256;
use phananh_domain::id::{AccountId, CityId};
use phananh_domain::outcome::{Observation, SignIn};
use phananh_domain::time::{Millis, SECOND, Timestamp};
use serde::{Deserialize, Serialize};

use crate::city::Facts;
use crate::contact::{failed, unreadable};
use crate::error::{Error, Result};
use crate::line::{self, Traffic};
use crate::secrets::SecretError;
use crate::world::World;

/// A token that ends within this time is renewed before it is used.
const MARGIN: Millis = 10 * SECOND;

/// An account that somebody is signed in to. Holds tokens: never shown, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The city's name of the account.
    pub(crate) account_id: Option<String>,
    access_token: String,
    access_ends_at: Timestamp,
    refresh_token: String,
    /// When all of it ends, by the city's clock.
    pub(crate) ends_at: Option<Timestamp>,
    /// `phone` or `email`.
    pub(crate) by: Option<String>,
    /// Where codes go, as far as the city shows it.
    pub(crate) masked: Option<String>,
    /// The city's words for a lock, while there is one.
    pub(crate) locked: Option<String>,
}

/// A code that was asked for and has not come back.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub(crate) id: String,
    pub(crate) expires_at: Timestamp,
}

/// Names of secrets: accounts are named by people, and keepers of secrets have rules for names.
fn name(kind: &str, city: &CityId, account: &AccountId) -> String {
    let whole = format!("{}\n{}", city.as_str(), account.as_str());
    let short: String = Sha256::of(whole.as_bytes()).as_str().chars().take(16).collect();
    format!("{kind}-{short}")
}

fn get<T: for<'de> Deserialize<'de>>(world: &World, name: &str) -> Result<Option<T>> {
    match world.secrets.get(name) {
        // One that cannot be read is of a newer program, or damaged: signing in again mends both.
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(SecretError::Missing) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn set<T: Serialize>(world: &World, name: &str, value: &T) -> Result<()> {
    let bytes = serde_json::to_vec(value).map_err(|_| Error::Internal)?;
    Ok(world.secrets.set(name, &bytes)?)
}

/// The session of an account, if there is one.
pub(crate) fn session(world: &World, city: &CityId, account: &AccountId) -> Result<Option<Session>> {
    get(world, &name("session", city, account))
}

/// Keeps a session.
pub(crate) fn keep(world: &World, city: &CityId, account: &AccountId, session: &Session) -> Result<()> {
    set(world, &name("session", city, account), session)
}

/// Forgets a session.
pub(crate) fn forget(world: &World, city: &CityId, account: &AccountId) -> Result<()> {
    Ok(world.secrets.remove(&name("session", city, account))?)
}

/// The code that an account waits for.
pub(crate) fn challenge(world: &World, city: &CityId, account: &AccountId) -> Result<Option<Challenge>> {
    get(world, &name("challenge", city, account))
}

/// Keeps what a code is given back with; `None` forgets it.
pub(crate) fn keep_challenge(
    world: &World,
    city: &CityId,
    account: &AccountId,
    challenge: Option<&Challenge>,
) -> Result<()> {
    let name = name("challenge", city, account);
    match challenge {
        Some(challenge) => set(world, &name, challenge),
        None => Ok(world.secrets.remove(&name)?),
    }
}

impl Session {
    /// A session as the city gave it; what it does not say is taken over from the one before.
    pub(crate) fn of(wire: read::WireSession, before: Option<&Self>, now: Timestamp) -> Self {
        let lifetime = Millis::try_from(wire.expires_in_s)
            .unwrap_or(0)
            .saturating_mul(SECOND);
        let kept = |field: fn(&Self) -> Option<String>| before.and_then(field);
        Self {
            account_id: wire.account_id.or_else(|| kept(|s| s.account_id.clone())),
            access_token: wire.access_token,
            access_ends_at: now.plus(lifetime),
            refresh_token: wire.refresh_token,
            ends_at: wire
                .ends_at
                .and_then(|at| at.unix_ms)
                .map(Timestamp::from_millis)
                .or_else(|| before.and_then(|s| s.ends_at)),
            by: kept(|s| s.by.clone()),
            masked: kept(|s| s.masked.clone()),
            locked: kept(|s| s.locked.clone()),
        }
    }

    /// A request of this account.
    pub(crate) fn sign(&self, request: Request) -> Request {
        request.bearing(&self.access_token)
    }

    fn works_at(&self, now: Timestamp) -> bool {
        now.plus(MARGIN) < self.access_ends_at
    }
}

/// The session that an attempt goes with, renewed where it is about to end; `None` where nobody is signed in. An
/// observation is what keeps it from being renewed.
pub(crate) async fn pass(
    world: &Arc<World>,
    facts: &Facts,
    account: &AccountId,
    traffic: &mut Traffic,
) -> Result<std::result::Result<Option<Session>, Observation>> {
    let (city, id) = (facts.row.id.clone(), account.clone());
    let known = world.blocking(move |w| session(w, &city, &id)).await?;
    match known {
        Some(session) if !session.works_at(world.now()) => {
            Ok(renew(world, facts, account, &session, traffic).await?.map(Some))
        }
        known => Ok(Ok(known)),
    }
}

/// A new pair of tokens in place of `used`. Where the city says that the session is over, it is forgotten.
pub(crate) async fn renew(
    world: &Arc<World>,
    facts: &Facts,
    account: &AccountId,
    used: &Session,
    traffic: &mut Traffic,
) -> Result<std::result::Result<Session, Observation>> {
    let spent = Observation::Unauthorized {
        sign_in: SignIn::Spent,
    };
    let _one_at_a_time = world.sign_in.lock().await;
    let (city, id) = (facts.row.id.clone(), account.clone());
    let before = match world.blocking(move |w| session(w, &city, &id)).await? {
        None => return Ok(Err(spent)),
        Some(other) if other.refresh_token != used.refresh_token => return Ok(Ok(other)),
        Some(same) => same,
    };
    let request = facts.endpoint()?.account_refresh(&before.refresh_token);
    let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
    let answer = match answered.answer() {
        Ok(answer) => answer,
        Err(failure) => return Ok(Err(failed(failure))),
    };
    let now = world.now();
    let (city, id) = (facts.row.id.clone(), account.clone());
    match read::session(&answer, facts.zone_offset(now)) {
        Ok(wire) => {
            let session = Session::of(wire, Some(&before), now);
            let kept = session.clone();
            world.blocking(move |w| keep(w, &city, &id, &kept)).await?;
            Ok(Ok(session))
        }
        Err(_) if is_over(&answer) => {
            world.blocking(move |w| forget(w, &city, &id)).await?;
            Ok(Err(spent))
        }
        Err(_) => Ok(Err(unreadable(&answer, now))),
    }
}

/// The city says that the session, or the token, is no longer one. A page with the same status says nothing of it.
fn is_over(answer: &Answer<'_>) -> bool {
    matches!(answer.status, 400 | 401) && georeport::sniff(answer.body) == georeport::Format::Json
}
