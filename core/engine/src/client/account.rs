//! Signing in: a code by phone or e-mail, and a session that lasts. Nothing but sending ever waits for it.

use std::sync::Arc;

use georeport::{Answer, CodeTo, ReadError, read};
use phananh_domain::id::{AccountId, CityId};
use phananh_domain::identity::SignInAddress;
use phananh_domain::reason::Reason;
use phananh_domain::time::{Millis, SECOND, Timestamp};

use super::Client;
use crate::account::{self, Challenge, Session};
use crate::city::Facts;
use crate::error::{ClientError, Error, Result};
use crate::events::Event;
use crate::line::{self, Traffic};
use crate::store::{cities, jobs};
use crate::sync::reach;
use crate::world::World;

/// Characters of a code, whatever a city uses.
const CODE_MAX: usize = 64;

/// A code is on its way to the citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSent {
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When another may be asked for.
    pub resend_at: Timestamp,
    /// Its number of digits, where the city says.
    pub digits: Option<u32>,
}

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// It was right.
    SignedIn {
        /// The account.
        account: AccountView,
    },
    /// It was not; the same code may be tried again.
    WrongCode {
        /// So often, where the city says.
        attempts_left: Option<u32>,
    },
}

/// Somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// `phone` or `email`, as the city says.
    pub by: Option<String>,
    /// The number or address as far as the city shows it.
    pub masked: Option<String>,
    /// When the session ends, whatever is done.
    pub ends_at: Option<Timestamp>,
}

/// An account of a city, as far as this phone knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// City.
    pub city: CityId,
    /// Its name on this phone.
    pub account: AccountId,
    /// The sign-in, if there is one.
    pub signed_in: Option<SignedIn>,
    /// Why nothing of it is sent: `signed_out`, `locked`.
    pub pause: Option<Reason>,
    /// The city's words for a lock.
    pub locked_text: Option<String>,
}

/// What to do about reports that are still owed when somebody signs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OwedAtSignOut {
    /// Ask first: refuse to sign out.
    #[default]
    Ask,
    /// They are kept, and wait for the next sign-in where the city wants one.
    Keep,
}

impl Client {
    /// Asks the city for a code, to a phone number or an e-mail address.
    ///
    /// # Errors
    /// `NotNow` with `error.no_sign_in` where the city has no accounts or not by this way, `error.too_many_codes`;
    /// `BadInput` for what is neither a number nor an address; `Network`; `Secrets`.
    pub async fn start_sign_in(
        &self,
        city: CityId,
        account: AccountId,
        address: &str,
    ) -> std::result::Result<CodeSent, ClientError> {
        let to = SignInAddress::parse(address).ok_or_else(|| ClientError::BadInput {
            field: "contact".into(),
            code: "error.bad_contact".into(),
        })?;
        let world = Arc::clone(&self.world);
        self.run(async move { start(&world, city, account, &to).await })
            .await
    }

    /// Gives the code back that came. Reports that waited for a sign-in go on by themselves.
    ///
    /// # Errors
    /// `NotNow` with `error.no_code_asked`, or `error.code_gone` where it is over or was tried too often; `Network`;
    /// `Secrets`.
    pub async fn verify_sign_in(
        &self,
        city: CityId,
        account: AccountId,
        code: &str,
    ) -> std::result::Result<Verified, ClientError> {
        let code: String = code
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(CODE_MAX)
            .collect();
        let world = Arc::clone(&self.world);
        let verified = self
            .run(async move { verify(&world, city, account, &code).await })
            .await?;
        if let Verified::SignedIn { account } = &verified {
            self.world.events.tell(Event::City {
                city: account.city.clone(),
            });
            self.world.wake.notify_one();
        }
        Ok(verified)
    }

    /// Renews the session of an account now; an attempt does so by itself where it is needed.
    ///
    /// # Errors
    /// `NotNow` with `error.signed_out` where nobody is signed in, or no longer; `Network`; `Secrets`.
    pub async fn refresh_sign_in(
        &self,
        city: CityId,
        account: AccountId,
    ) -> std::result::Result<AccountView, ClientError> {
        let world = Arc::clone(&self.world);
        self.run(async move {
            let mut traffic = Traffic::default();
            let facts = reach(&world, &city, &mut traffic).await?;
            let (c, a) = (city.clone(), account.clone());
            let signed_out = || Error::NotNow {
                code: "error.signed_out",
            };
            let session = world.blocking(move |w| account::session(w, &c, &a)).await?;
            let session = session.ok_or_else(signed_out)?;
            match account::renew(&world, &facts, &account, &session, &mut traffic).await? {
                Ok(_) => {}
                Err(phananh_domain::outcome::Observation::Unauthorized { .. }) => return Err(signed_out()),
                Err(trouble) => {
                    return Err(Error::Network {
                        code: crate::contact::code(trouble),
                    });
                }
            }
            world.blocking(move |w| view(w, city, account)).await
        })
        .await
    }

    /// Ends the session on this phone at once, and at the city as far as the line allows. No report is ever lost by it.
    ///
    /// # Errors
    /// `NotNow` with `error.owed_reports` where something of the account is still owed and nobody was asked; `Secrets`.
    pub async fn sign_out(
        &self,
        city: CityId,
        account: AccountId,
        owed: OwedAtSignOut,
    ) -> std::result::Result<(), ClientError> {
        let world = Arc::clone(&self.world);
        let told = city.clone();
        self.run(async move { sign_out(&world, city, account, owed).await })
            .await?;
        self.world.events.tell(Event::City { city: told });
        Ok(())
    }

    /// An account, as far as this phone knows it.
    ///
    /// # Errors
    /// `Secrets`.
    pub async fn account(
        &self,
        city: CityId,
        account: AccountId,
    ) -> std::result::Result<AccountView, ClientError> {
        self.on_disk(move |world| view(world, city, account)).await
    }

    /// Every account of this store.
    ///
    /// # Errors
    /// `Secrets`, `Storage`.
    pub async fn accounts(&self) -> std::result::Result<Vec<AccountView>, ClientError> {
        self.on_disk(|world| {
            let mut all = Vec::new();
            for city in world.store.read(cities::all)? {
                let id = city.id.clone();
                for account in world.store.read(|conn| cities::accounts(conn, &id))? {
                    all.push(view(world, city.id.clone(), account)?);
                }
            }
            Ok(all)
        })
        .await
    }
}

fn view(world: &World, city: CityId, account: AccountId) -> Result<AccountView> {
    let session = account::session(world, &city, &account)?;
    let pause = world
        .store
        .read(|conn| cities::account_pause(conn, &city, &account))?;
    let locked_text = match pause {
        Some(Reason::Locked) => session.as_ref().and_then(|s| s.locked.clone()),
        _ => None,
    };
    Ok(AccountView {
        city,
        account,
        signed_in: session.map(|s| SignedIn {
            by: s.by,
            masked: s.masked,
            ends_at: s.ends_at,
        }),
        pause,
        locked_text,
    })
}

/// The facts of a city that has accounts.
async fn with_accounts(world: &Arc<World>, city: &CityId, traffic: &mut Traffic) -> Result<Facts> {
    let facts = reach(world, city, traffic).await?;
    match facts.extensions.as_ref().is_some_and(|e| e.account.is_some()) {
        true => Ok(facts),
        false => Err(Error::NotNow {
            code: "error.no_sign_in",
        }),
    }
}

async fn start(world: &Arc<World>, city: CityId, account: AccountId, to: &SignInAddress) -> Result<CodeSent> {
    let mut traffic = Traffic::default();
    let facts = with_accounts(world, &city, &mut traffic).await?;
    let (way, to) = match to {
        SignInAddress::Phone(phone) => ("phone", CodeTo::Phone(phone)),
        SignInAddress::Email(email) => ("email", CodeTo::Email(email)),
    };
    let offered = facts.extensions.as_ref().and_then(|e| e.account.as_ref());
    if offered.is_some_and(|offer| !offer.by.is_empty() && !offer.by.contains(way)) {
        return Err(Error::NotNow {
            code: "error.no_sign_in",
        });
    }
    let request = facts.endpoint()?.account_start(to);
    let answered = line::ask(world, &request, facts.total_timeout_ms(), &mut traffic).await;
    let answer = answered.answer().map_err(|_| no_network())?;
    let sent = match read::challenge(&answer) {
        Ok(sent) => sent,
        Err(_) if answer.status == 429 => {
            return Err(Error::NotNow {
                code: "error.too_many_codes",
            });
        }
        Err(ReadError::Status {
            status: 400 | 422, ..
        }) => {
            return Err(Error::BadInput {
                field: "contact",
                code: "error.bad_contact",
            });
        }
        Err(_) => return Err(Error::Network { code: "error.city" }),
    };
    let now = world.now();
    let after = |seconds: u64| now.plus(Millis::try_from(seconds.min(86_400)).unwrap_or(0) * SECOND);
    let challenge = Challenge {
        id: sent.challenge,
        expires_at: after(sent.expires_in_s),
    };
    let told = CodeSent {
        expires_at: challenge.expires_at,
        resend_at: after(sent.resend_in_s),
        digits: sent.digits.and_then(|n| u32::try_from(n).ok()),
    };
    world
        .blocking(move |w| {
            w.store.write(|tx| cities::ensure_account(tx, &city, &account))?;
            account::keep_challenge(w, &city, &account, Some(&challenge))
        })
        .await?;
    Ok(told)
}

async fn verify(world: &Arc<World>, city: CityId, account: AccountId, code: &str) -> Result<Verified> {
    let (c, a) = (city.clone(), account.clone());
    let challenge = world.blocking(move |w| account::challenge(w, &c, &a)).await?;
    let challenge = challenge.ok_or(Error::NotNow {
        code: "error.no_code_asked",
    })?;
    let mut traffic = Traffic::default();
    let facts = with_accounts(world, &city, &mut traffic).await?;
    let request = facts.endpoint()?.account_verify(&challenge.id, code);
    let answered = line::ask(world, &request, facts.total_timeout_ms(), &mut traffic).await;
    let answer = answered.answer().map_err(|_| no_network())?;
    let now = world.now();
    let session = match read::session(&answer, facts.zone_offset(now)) {
        Ok(wire) => Session::of(wire, None, now),
        Err(refused) => return not_verified(world, city, account, &answer, &refused).await,
    };
    {
        let (c, a, s) = (city.clone(), account.clone(), session.clone());
        world
            .blocking(move |w| {
                account::keep(w, &c, &a, &s)?;
                account::keep_challenge(w, &c, &a, None)?;
                w.store.write(|tx| {
                    cities::ensure_account(tx, &c, &a)?;
                    cities::set_account_pause(tx, &c, &a, None)
                })
            })
            .await?;
    }
    describe(world, &facts, &account, session, &mut traffic).await?;
    let account = world.blocking(move |w| view(w, city, account)).await?;
    Ok(Verified::SignedIn { account })
}

async fn not_verified(
    world: &Arc<World>,
    city: CityId,
    account: AccountId,
    answer: &Answer<'_>,
    refused: &ReadError,
) -> Result<Verified> {
    let says = |word: &str| match refused {
        ReadError::Status { errors, .. } => errors.iter().any(|e| e.reason.as_deref() == Some(word)),
        _ => false,
    };
    if says("wrong_code") {
        let attempts_left = read::attempts_left(answer).and_then(|n| u32::try_from(n).ok());
        return Ok(Verified::WrongCode { attempts_left });
    }
    if answer.status == 410 || says("challenge_gone") {
        world
            .blocking(move |w| account::keep_challenge(w, &city, &account, None))
            .await?;
        return Err(Error::NotNow {
            code: "error.code_gone",
        });
    }
    Err(match answer.status {
        429 => Error::NotNow {
            code: "error.too_many_codes",
        },
        _ => Error::Network { code: "error.city" },
    })
}

/// Asks the city how it shows the account. Without an answer the sign-in stands all the same.
async fn describe(
    world: &Arc<World>,
    facts: &Facts,
    account: &AccountId,
    mut session: Session,
    traffic: &mut Traffic,
) -> Result<()> {
    let request = session.sign(facts.endpoint()?.account());
    let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
    let Ok(answer) = answered.answer() else {
        return Ok(());
    };
    let Ok(shown) = read::account(&answer) else {
        return Ok(());
    };
    session.by = shown.by;
    session.masked = shown.masked;
    session.locked = shown.locked;
    let (city, id) = (facts.row.id.clone(), account.clone());
    world
        .blocking(move |w| {
            let pause = session.locked.as_ref().map(|_| Reason::Locked);
            account::keep(w, &city, &id, &session)?;
            w.store
                .write(|tx| cities::set_account_pause(tx, &city, &id, pause))
        })
        .await
}

async fn sign_out(world: &Arc<World>, city: CityId, account: AccountId, owed: OwedAtSignOut) -> Result<()> {
    let (c, a) = (city.clone(), account.clone());
    let (session, facts) = world
        .blocking(move |w| {
            let is_owed = w
                .store
                .read(jobs::owed)?
                .iter()
                .any(|job| job.city == c && job.account == a);
            if is_owed && owed == OwedAtSignOut::Ask {
                return Err(Error::NotNow {
                    code: "error.owed_reports",
                });
            }
            let session = account::session(w, &c, &a)?;
            account::forget(w, &c, &a)?;
            account::keep_challenge(w, &c, &a, None)?;
            // Who signs out is not locked out: another may sign in.
            w.store.write(|tx| cities::set_account_pause(tx, &c, &a, None))?;
            Ok((session, w.store.read(|conn| Facts::load(conn, &c))?))
        })
        .await?;
    // The session is gone from this phone, whatever the line does now; at the city it ends by itself.
    if let (Some(session), Ok(endpoint)) = (session, facts.endpoint()) {
        let request = session.sign(endpoint.account_sign_out());
        line::ask(world, &request, facts.total_timeout_ms(), &mut Traffic::default()).await;
    }
    Ok(())
}

const fn no_network() -> Error {
    Error::Network {
        code: "error.network",
    }
}
