//! What is known of a city at this moment: its profile, how its server differs, what it can beyond the standard.
//!
//! Capabilities come from the discovery document, read at the first contact and again after a day. Before the first
//! contact nothing is known: a payload is then frozen for a city that takes every named field, and frozen again for
//! what the city really takes before the first byte of the first attempt leaves.

use georeport::read::{Extensions, KeyLifetime};
use georeport::{Answer, Dialect, Endpoint, MediaPerPost, MultiValue, ZoneOffset};
use phananh_domain::id::CityId;
use phananh_domain::lookup::{CityTrust, Evidence, Listing, Looked, looked};
use phananh_domain::outcome::{KeyPromise, Past};
use phananh_domain::payload::{Fields, MultiValueStyle};
use phananh_domain::service::Service;
use phananh_domain::time::{DAY, MINUTE, Millis, SECOND, Timestamp};
use phananh_domain::why::Address;
use phananh_domain::words::Language;
use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::store::{CityRow, SubmissionRow, cache, cities, submissions};
use crate::world::World;

/// How long a discovery document is taken as true.
const DISCOVERY_AGE: Millis = DAY;
/// Two clocks that were never compared may differ by this much.
const SKEW_UNKNOWN: Millis = 5 * MINUTE;

/// A city, as known.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) row: CityRow,
    pub(crate) dialect: Dialect,
    /// What it can beyond the standard; absent before the first contact.
    pub(crate) extensions: Option<Extensions>,
}

impl Facts {
    /// Reads the facts out of a row.
    pub(crate) fn of(row: CityRow) -> Result<Self> {
        let flags = serde_json::Value::Object(row.profile.flags.clone());
        let dialect = serde_json::from_value(flags).map_err(|_| Error::BadInput {
            field: "city",
            code: "error.bad_profile",
        })?;
        let extensions = row.discovery.as_deref().map(|body| {
            let answer = Answer {
                status: 200,
                headers: &[],
                body: body.as_bytes(),
            };
            let base = url::Url::parse(&row.endpoint).ok();
            let document = georeport::read::discovery(&answer).unwrap_or_default();
            base.map_or(document.extensions.clone(), |base| {
                document.extensions_at(&base).clone()
            })
        });
        Ok(Self {
            row,
            dialect,
            extensions,
        })
    }

    /// The facts of a stored city.
    pub(crate) fn load(conn: &Connection, id: &CityId) -> Result<Self> {
        Self::of(cities::get(conn, id)?)
    }

    /// Whether the city has an address.
    pub(crate) fn address(&self) -> Address {
        if self.row.endpoint.is_empty() {
            Address::Missing
        } else {
            Address::Known
        }
    }

    /// Where requests go.
    pub(crate) fn endpoint(&self) -> Result<Endpoint> {
        let base = url::Url::parse(&self.row.endpoint).map_err(|_| Error::Network {
            code: "error.no_endpoint",
        })?;
        Ok(Endpoint {
            base,
            jurisdiction_id: self.row.profile.jurisdiction_id.clone(),
            api_key: self.row.profile.api_key.clone(),
            dialect: self.dialect.clone(),
        })
    }

    /// Offset of the city's zone, for times that it writes without one.
    pub(crate) fn zone_offset(&self, now: Timestamp) -> ZoneOffset {
        ZoneOffset(self.row.profile.zone_or_utc().offset_seconds(now))
    }

    /// The discovery document was read lately enough.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        self.row
            .discovered_at
            .is_some_and(|at| (0..DISCOVERY_AGE).contains(&now.since(at)))
    }

    /// Named fields that the city takes; all of them while nothing is known.
    pub(crate) fn fields_or_all(&self) -> Fields {
        match &self.extensions {
            None => Fields::all(),
            Some(extensions) => Fields::from_names(&extensions.fields),
        }
    }

    /// Names of list answers.
    pub(crate) fn multi_value(&self) -> MultiValueStyle {
        match self.dialect.multi_value {
            MultiValue::Brackets => MultiValueStyle::Brackets,
            MultiValue::Repeated => MultiValueStyle::Repeated,
        }
    }

    /// What the city promises about a key that was first used then.
    pub(crate) fn key_promise(&self, first_attempt_at: Timestamp) -> KeyPromise {
        let lifetime = self
            .extensions
            .as_ref()
            .and_then(|e| e.idempotency)
            .map(|lifetime| match lifetime {
                KeyLifetime::Forever => None,
                KeyLifetime::Seconds(s) => Some(u32::try_from(s).unwrap_or(u32::MAX)),
            });
        KeyPromise::advertised(lifetime, first_attempt_at)
    }

    /// Photos go by themselves after the words, each with a key of its own.
    pub(crate) fn takes_attachments(&self) -> bool {
        self.extensions
            .as_ref()
            .is_some_and(|e| e.owner && e.messages.as_ref().is_some_and(|m| m.attachments))
    }

    /// Messages about a case can be sent.
    pub(crate) fn takes_messages(&self) -> bool {
        self.extensions
            .as_ref()
            .is_some_and(|e| e.owner && e.messages.is_some())
    }

    /// Cases of others can be followed.
    pub(crate) fn takes_follows(&self) -> bool {
        self.extensions.as_ref().is_some_and(|e| e.follow)
    }

    /// How many photos ride with the words, where they do not go by themselves.
    pub(crate) fn photos_with_words(&self) -> usize {
        match (self.takes_attachments(), self.dialect.media) {
            (true, _) | (false, MediaPerPost::None) => 0,
            (false, MediaPerPost::One) => 1,
            (false, MediaPerPost::Many) => usize::MAX,
        }
    }

    /// Longest time that one request may take.
    pub(crate) fn total_timeout_ms(&self) -> Millis {
        Millis::from(self.row.profile.total_timeout_s.max(1)) * SECOND
    }

    /// When the first byte of a submission may have left, by the city's clock, and how far that may be wrong: the skew
    /// of that moment counts, since the phone's clock may have been set right in the meantime.
    pub(crate) fn first_attempt_there(&self, submission: &SubmissionRow) -> (Timestamp, Millis) {
        let ours = submission.first_attempt_at.unwrap_or(submission.created_at);
        let doubt = if self.row.discovered_at.is_some() {
            MINUTE
        } else {
            SKEW_UNKNOWN
        };
        (ours.plus(submission.skew_ms), doubt)
    }

    /// How the city has listed new reports of ours.
    pub(crate) fn listing(&self) -> Listing {
        match (self.row.ever_late, self.row.listed_within_ms) {
            (true, _) => Listing::Failed,
            (false, None) => Listing::NotSeen,
            (false, Some(ms)) => Listing::Within(ms),
        }
    }

    /// Keeps how the city has listed new reports of ours.
    pub(crate) fn set_listing(&mut self, listing: Listing) {
        (self.row.ever_late, self.row.listed_within_ms) = match listing {
            Listing::Failed => (true, None),
            Listing::NotSeen => (false, None),
            Listing::Within(ms) => (false, Some(ms)),
        };
    }

    /// Time after which a new report is surely listed.
    pub(crate) fn lag_ms(&self) -> Millis {
        Millis::from(self.row.profile.visibility_lag_s) * SECOND
    }

    /// What look-ups of a submission have shown so far, all without a match.
    pub(crate) fn evidence(&self, conn: &Connection, submission: &SubmissionRow) -> Result<Evidence> {
        let last_attempt_at = submission.last_attempt_at.unwrap_or(submission.created_at);
        let lists = submissions::lookups(conn, submission.id)?
            .into_iter()
            .filter(|list| list.at >= last_attempt_at)
            .collect();
        Ok(Evidence {
            lists,
            city: CityTrust {
                visibility_lag_ms: self.lag_ms(),
                listing: self.listing(),
            },
            total_timeout_ms: self.total_timeout_ms(),
            last_attempt_at,
        })
    }

    /// What decides whether a submission may still be changed.
    pub(crate) fn past(&self, conn: &Connection, submission: &SubmissionRow) -> Result<Past> {
        let looked = match submission.first_attempt_at {
            None => Looked::Not,
            Some(_) => looked(&self.evidence(conn, submission)?),
        };
        Ok(Past {
            exposure: submission.exposure,
            refusals: self.row.profile.refusals,
            looked,
        })
    }
}

/// The services that can be offered, and whether they are the city's own list.
pub(crate) struct KnownServices {
    pub(crate) list: Vec<Service>,
    pub(crate) fetched: bool,
}

/// The services of a city as last fetched, else those of its profile.
pub(crate) fn services(world: &World, id: &CityId, language: Language) -> Result<KnownServices> {
    let city = world.store.read(|conn| cities::get(conn, id))?;
    let cached = world
        .store
        .read_cache(|conn| cache::services(conn, &city, language.as_str()))?;
    let profile = city.profile;
    Ok(match cached {
        Some((_, mut list)) => {
            for service in &mut list {
                service.needs = profile.needs_of(Some(&service.code)).unwrap_or_default();
            }
            KnownServices { list, fetched: true }
        }
        None => KnownServices {
            list: profile.default_services(language),
            fetched: false,
        },
    })
}
