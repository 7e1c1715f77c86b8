//! Reading profiles, and what a profile says once it is read.

use crate::case::CaseStatus;
use crate::case_words::{normal_form, of_servers, ours};
use crate::id::{CaseNumber, CityId, ServiceCode};
use crate::place::Point;
use crate::service::{Definition, Needs, Service, ServiceType};
use crate::snake::words;
use crate::time::{NotATime, Zone};
use crate::words::Language;

use super::{BoundingBox, CityProfile, DefaultService, Label};

/// A profile file is read up to this size.
pub const MAX_PROFILE_BYTES: usize = 256 * 1024;

words!(
    /// Why a text is no profile.
    ProfileErrorCode {
        /// Longer than [`MAX_PROFILE_BYTES`].
        TooLarge = "too_large",
        /// Not JSON.
        NotJson = "not_json",
        /// A member is missing or has the wrong form.
        WrongMember = "wrong_member",
    }
);

/// A text that is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("profile: {code} at {path}: {detail}")]
pub struct ProfileError {
    /// Member at fault, e.g. `emergency[0].number`; `.` for the whole.
    pub path: String,
    /// What is wrong.
    pub code: ProfileErrorCode,
    /// What the reader said, with line and column; at most 200 characters.
    pub detail: String,
}

words!(
    /// The profiles that come with the core.
    BundledProfile {
        /// Huế. No public endpoint is known: the app asks for one.
        Hue = "hue",
        /// Any GeoReport v2 city.
        Generic = "generic",
    }
);

impl BundledProfile {
    /// Its text.
    #[must_use]
    pub const fn json(self) -> &'static str {
        match self {
            Self::Hue => include_str!("../../profiles/hue.json"),
            Self::Generic => include_str!("../../profiles/generic.json"),
        }
    }
}

impl CityProfile {
    /// Reads a profile. Members that are unknown are kept aside; what is wrong beyond the form is [`Self::check`]'s.
    ///
    /// # Errors
    /// Too long, not JSON, or a member that is missing or has the wrong form, with its path.
    pub fn parse(json: &str) -> Result<Self, ProfileError> {
        let mut reader = serde_json::Deserializer::from_str(bounded(json)?);
        let profile = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            if error.inner().is_data() {
                ProfileError::new(
                    &error.path().to_string(),
                    ProfileErrorCode::WrongMember,
                    error.inner(),
                )
            } else {
                ProfileError::new(".", ProfileErrorCode::NotJson, error.inner())
            }
        })?;
        reader
            .end()
            .map_err(|error| ProfileError::new(".", ProfileErrorCode::NotJson, &error))?;
        Ok(profile)
    }

    /// Reads the JSON of a profile, whatever it says.
    pub(super) fn tree(json: &str) -> Result<serde_json::Value, ProfileError> {
        serde_json::from_str(bounded(json)?)
            .map_err(|error| ProfileError::new(".", ProfileErrorCode::NotJson, &error))
    }

    /// A profile that comes with the core, by name: `hue`, `generic`.
    #[must_use]
    pub fn bundled(name: &str) -> Option<Self> {
        let bundled: BundledProfile = name.parse().ok()?;
        Self::parse(bundled.json()).ok()
    }

    /// The city's id in a store.
    #[must_use]
    pub fn city_id(&self) -> CityId {
        CityId::new(self.name.as_str())
    }

    /// The city's zone.
    ///
    /// # Errors
    /// The IANA database that is compiled in does not know the name.
    pub fn zone(&self) -> Result<Zone, NotATime> {
        Zone::named(&self.zone)
    }

    /// The city's zone, UTC where its name is unknown: a report is never held up by a name of a zone.
    #[must_use]
    pub fn zone_or_utc(&self) -> Zone {
        self.zone().unwrap_or(Zone::UTC)
    }

    /// The language in which the core writes to the city: the first of its languages that we have words in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.languages
            .iter()
            .find_map(|code| code.parse().ok())
            .unwrap_or(Language::En)
    }

    /// Name of the city as people read it.
    #[must_use]
    pub fn label(&self, language: Language) -> &str {
        self.label
            .as_ref()
            .map_or(self.name.as_str(), |label| label.text(language))
    }

    /// What the profile says that a service wants: by code, else by `*`; `None` where it says nothing.
    #[must_use]
    pub fn needs_of(&self, service: Option<&ServiceCode>) -> Option<Needs> {
        service
            .and_then(|code| self.needs.get(code.as_str()))
            .or_else(|| self.needs.get("*"))
            .copied()
    }

    /// The categories to offer before the city's list was ever fetched.
    #[must_use]
    pub fn default_services(&self, language: Language) -> Vec<Service> {
        self.services
            .iter()
            .map(|service| self.default_service(service, language))
            .collect()
    }

    /// The questions of a default category, where the profile knows any.
    #[must_use]
    pub fn default_definition(&self, code: &ServiceCode) -> Option<Definition> {
        let service = self.services.iter().find(|s| s.code == code.as_str())?;
        (!service.attributes.is_empty()).then(|| Definition {
            attributes: service.attributes.clone(),
            notices: Vec::new(),
        })
    }

    /// What the city's words say of a case: the detailed word counts before the plain `status`; the profile's map
    /// before our words before those of deployed servers. A word that nobody knows is kept raw.
    ///
    /// `None` where the city says nothing, or that nothing changed (`unchanged`): keep the state as it was.
    #[must_use]
    pub fn map_status(
        &self,
        detailed: Option<&str>,
        status: Option<&str>,
        duplicate_of: Option<&CaseNumber>,
    ) -> Option<CaseStatus> {
        let raw = [detailed, status]
            .into_iter()
            .flatten()
            .map(str::trim)
            .find(|raw| !raw.is_empty() && normal_form(raw) != "unchanged")?;
        let word = normal_form(raw);
        let mapped = self
            .status_map
            .iter()
            .find(|(theirs, _)| normal_form(theirs) == word);
        let known = match mapped {
            Some((_, own)) => ours(&normal_form(own), duplicate_of),
            None => ours(&word, duplicate_of).or_else(|| ours(of_servers(&word)?, duplicate_of)),
        };
        Some(known.unwrap_or_else(|| CaseStatus::Other(raw.to_owned())))
    }

    fn default_service(&self, service: &DefaultService, language: Language) -> Service {
        let code = ServiceCode::new(service.code.as_str());
        let needs = self.needs_of(Some(&code)).unwrap_or_default();
        Service {
            code,
            name: service.name.text(language).to_owned(),
            description: None,
            group: None,
            keywords: Vec::new(),
            service_type: ServiceType::Realtime,
            has_definition: !service.attributes.is_empty(),
            needs,
        }
    }
}

/// A text that may be read, without the byte order mark that some editors leave.
fn bounded(json: &str) -> Result<&str, ProfileError> {
    if json.len() > MAX_PROFILE_BYTES {
        let detail = format!("{} bytes, at most {MAX_PROFILE_BYTES}", json.len());
        return Err(ProfileError {
            path: ".".to_owned(),
            code: ProfileErrorCode::TooLarge,
            detail,
        });
    }
    Ok(json.trim_start_matches('\u{FEFF}'))
}

impl ProfileError {
    fn new(path: &str, code: ProfileErrorCode, error: &serde_json::Error) -> Self {
        Self {
            path: path.to_owned(),
            code,
            detail: error.to_string().chars().take(200).collect(),
        }
    }
}

impl Label {
    /// The text in a language; where it has none, in Vietnamese, English, or whatever there is.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match self {
            Self::One(text) => text,
            Self::ByLanguage(texts) => [language, Language::Vi, Language::En]
                .iter()
                .find_map(|l| texts.get(l.as_str()))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }
}

impl BoundingBox {
    /// Whether a point lies in the box, edges included.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let (lat, lon) = (point.lat(), point.lon());
        let in_lon = if self.west <= self.east {
            (self.west..=self.east).contains(&lon)
        } else {
            lon >= self.west || lon <= self.east
        };
        in_lon && (self.south..=self.north).contains(&lat)
    }
}
