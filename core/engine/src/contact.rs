//! First contact: is there a city at the other end, and what can it do beyond the standard?
//!
//! Asked before anything is sent, and again after a day. A page where data should be, a wrong base, a busy server are
//! then found out by a GET, on which nothing depends, and not by the POST of a report.

use std::sync::Arc;

use georeport::{Answer, Format, RetryAfter as WireRetryAfter, read};
use phananh_domain::id::CityId;
use phananh_domain::outcome::{BusyStatus, Observation, SignIn};
use phananh_domain::retry::RetryAfter;
use phananh_domain::time::Timestamp;

use crate::city::Facts;
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::remote::Failure;
use crate::store::cities;
use crate::world::World;

/// Makes sure that what the city can is known: reads its discovery document at the first contact and after a day.
///
/// An error of the inner result is what was observed instead, with what was known before.
pub(crate) async fn contact(
    world: &Arc<World>,
    id: &CityId,
    traffic: &mut Traffic,
) -> Result<std::result::Result<Facts, (Facts, Observation)>> {
    let facts = {
        let id = id.clone();
        world
            .blocking(move |w| w.store.read(|conn| Facts::load(conn, &id)))
            .await?
    };
    let now = world.now();
    if facts.is_fresh(now) {
        return Ok(Ok(facts));
    }
    let Ok(endpoint) = facts.endpoint() else {
        return Ok(Err((facts, Observation::WrongBase)));
    };
    let total = facts.total_timeout_ms();
    let answered = line::ask(world, &endpoint.discovery(), total, traffic).await;
    let answer = match answered.answer() {
        Ok(answer) => answer,
        Err(failure) => {
            let observation = failed(failure);
            return Ok(Err((facts, observation)));
        }
    };
    let discovery = match read::discovery(&answer) {
        Ok(_) => String::from_utf8_lossy(answer.body).into_owned(),
        // Many cities have no such document; whether a city is there at all, its services tell.
        Err(_) if (400..500).contains(&answer.status) && answer.status != 429 && answer.status != 425 => {
            String::new()
        }
        Err(_) if answer.is_success() => String::new(),
        Err(_) => {
            let observation = unreadable(&answer, now);
            return Ok(Err((facts, observation)));
        }
    };
    if discovery.is_empty() {
        let answered = line::ask(world, &endpoint.services(), total, traffic).await;
        let answer = match answered.answer() {
            Ok(answer) => answer,
            Err(failure) => {
                let observation = failed(failure);
                return Ok(Err((facts, observation)));
            }
        };
        if read::services(&answer).is_err() {
            let observation = unreadable(&answer, now);
            return Ok(Err((facts, observation)));
        }
    }
    let skew = answered.skew_ms(now);
    let id = id.clone();
    let facts = world
        .blocking(move |w| {
            w.store.write(|tx| {
                let mut row = cities::get(tx, &id)?;
                row.discovery = Some(discovery);
                row.discovered_at = Some(now);
                row.skew_ms = skew.unwrap_or(row.skew_ms);
                cities::update(tx, &row)?;
                Facts::of(row)
            })
        })
        .await?;
    Ok(Ok(facts))
}

/// What a failed exchange observes, on POST and GET alike.
pub(crate) fn failed(failure: &Failure) -> Observation {
    match failure {
        Failure::NotConnected(_) => Observation::NotConnected,
        Failure::Tls => Observation::TlsFailed,
        Failure::Timeout | Failure::Broken => Observation::AnswerLost,
        // Endless: whatever it is, it is not our receipt.
        Failure::TooLong(_) => Observation::NotOurReceipt,
        Failure::NotAllowed(_) => Observation::WrongBase,
        Failure::File => Observation::AttachmentChanged,
    }
}

/// The domain's form of a stated wait.
pub(crate) fn ours(wire: WireRetryAfter) -> RetryAfter {
    match wire {
        WireRetryAfter::Seconds(s) => RetryAfter::Seconds(s),
        WireRetryAfter::At {
            unix_s,
            answer_date_unix_s,
        } => {
            let at = |s: i64| Timestamp::from_millis(s.saturating_mul(1_000));
            RetryAfter::At {
                at: at(unix_s),
                date: answer_date_unix_s.map(at),
            }
        }
    }
}

/// Observes the answer to a GET that is not data: what holds back a whole city.
pub(crate) fn unreadable(answer: &Answer<'_>, now: Timestamp) -> Observation {
    let busy = |status| Observation::Busy {
        status,
        wait: georeport::retry_after(answer).map(|r| ours(r).wait(now)),
    };
    match (answer.status, georeport::sniff(answer.body)) {
        (200..=299, Format::Html) => Observation::Captive,
        (300..=399, _) => Observation::Captive,
        (401, _) => Observation::Unauthorized {
            sign_in: SignIn::Spent,
        },
        (403, _) => Observation::KeyRefused,
        (404 | 405, _) => Observation::WrongBase,
        (425, _) => busy(BusyStatus::TooEarly),
        (429, _) => busy(BusyStatus::TooMany),
        (503, _) if georeport::retry_after(answer).is_some() => busy(BusyStatus::Unavailable),
        (500..=599, _) => Observation::ServerError,
        _ => Observation::Other,
    }
}

/// Catalogue code of what keeps a foreground question from being answered.
pub(crate) fn code(trouble: Observation) -> &'static str {
    match trouble {
        Observation::Captive => "error.captive",
        Observation::TlsFailed => "error.tls",
        Observation::WrongBase => "error.not_a_city",
        Observation::NotConnected | Observation::AnswerLost => "error.network",
        _ => "error.city",
    }
}
