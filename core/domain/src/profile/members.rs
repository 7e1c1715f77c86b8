//! Every member of a profile, and what it may be (docs/profile.md).

use url::{Host, Url};

use super::form::{Form, Member, Rule};
use super::{BoundingBox, ProfileProblemCode as Code};
use crate::case_words::{OUR_WORDS, normal_form};
use crate::identity::{IdentityChoice, Publication};
use crate::service::{DataType, Need};
use crate::time::Zone;
use crate::validate::Severity::{self, Blocks, Warns};
use crate::words::Language;

/// A profile, but for its `flags`, which are the wire's to judge.
pub(super) const PROFILE: &[Member] = &[
    Member::required("name", Form::Text(NAME)),
    Member::nullable("label", Form::Label),
    Member::nullable("endpoint", Form::Text(ENDPOINT)),
    Member::nullable("jurisdiction_id", Form::Text(Rule::ANY)),
    Member::nullable("api_key", Form::Text(Rule::ANY)),
    Member::required("zone", Form::Text(ZONE)),
    Member::required("languages", list(&Form::Text(LANGUAGE), 1, None)),
    Member::nullable("hotline", Form::Text(HOTLINE)),
    Member::optional("emergency", list(&EMERGENCY, 0, None)),
    Member::nullable("bbox", Form::Box),
    Member::optional("max_photos", Form::Whole { min: 0, max: 20 }),
    Member::optional(
        "max_photo_bytes",
        Form::Whole {
            min: 20_000,
            max: 50_000_000,
        },
    ),
    Member::optional(
        "description_max",
        Form::Whole {
            min: 100,
            max: 1_000_000,
        },
    ),
    Member::optional("total_timeout_s", Form::Whole { min: 1, max: 600 }),
    Member::optional("visibility_lag_s", Form::Whole { min: 0, max: 604_800 }),
    Member::optional("takes_reports", Form::Switch),
    Member::optional("identity", Form::Word(IdentityChoice::WORDS)),
    Member::optional("publication", Form::Word(Publication::WORDS)),
    Member::optional("service_required", Form::Switch),
    Member::optional("services", list(&SERVICE, 0, Some("code"))),
    Member::optional("needs", Form::Named(&NEEDS)),
    Member::optional("status_map", Form::Named(&Form::Text(STATUS))),
    Member::optional("refusals", Form::Word(&["not_stored", "may_be_stored"])),
    Member::optional("footer", Form::Word(&["where_needed", "never"])),
    Member::optional("flags", Form::Named(&Form::Free)),
];

const fn list(of: &'static Form, least: usize, key: Option<&'static str>) -> Form {
    Form::List { of, least, key }
}

const fn object(members: &'static [Member]) -> Form {
    Form::Members {
        members,
        strangers: Warns,
    }
}

const EMERGENCY: Form = object(&[
    Member::required("number", Form::Text(DIALLED)),
    Member::required("label", Form::Label),
]);

const SERVICE: Form = object(&[
    Member::required("code", Form::Text(Rule::SOME)),
    Member::required("name", Form::Label),
    Member::optional("attributes", list(&ATTRIBUTE, 0, Some("code"))),
]);

const ATTRIBUTE: Form = object(&[
    Member::required("code", Form::Text(Rule::SOME)),
    Member::required("label", Form::Text(Rule::ANY)),
    Member::required("datatype", Form::Word(DataType::WORDS)),
    Member::required("required", Form::Switch),
    Member::nullable("hint", Form::Text(Rule::ANY)),
    Member::required(
        "order",
        Form::Whole {
            min: 0,
            max: u32::MAX as u64,
        },
    ),
    Member::required("choices", list(&CHOICE, 0, Some("key"))),
]);

const CHOICE: Form = object(&[
    Member::required("key", Form::Text(Rule::ANY)),
    Member::required("name", Form::Text(Rule::ANY)),
]);

const NEEDS: Form = object(&[
    Member::required("photo", Form::Word(Need::WORDS)),
    Member::required("place", Form::Word(Need::WORDS)),
    Member::required("words", Form::Word(Need::WORDS)),
]);

const NAME: Rule = Rule {
    flaw: |name| (!is_name(name)).then_some((Code::BadName, Blocks)),
    known: Vec::new,
};

const ENDPOINT: Rule = Rule {
    flaw: |url| endpoint_problem(url).map(|code| (code, Blocks)),
    known: Vec::new,
};

const ZONE: Rule = Rule {
    flaw: |name| Zone::named(name).is_err().then_some((Code::UnknownZone, Blocks)),
    known: Zone::names,
};

const LANGUAGE: Rule = Rule {
    flaw: |code| {
        code.parse::<Language>()
            .is_err()
            .then_some((Code::UnknownLanguage, Warns))
    },
    known: Vec::new,
};

const DIALLED: Rule = Rule {
    flaw: |number| number_problem(number, Blocks),
    known: Vec::new,
};

const HOTLINE: Rule = Rule {
    flaw: |number| number_problem(number, Warns),
    known: Vec::new,
};

const STATUS: Rule = Rule {
    flaw: |own| {
        let is_ours = OUR_WORDS.contains(&normal_form(own).as_str());
        (!is_ours).then_some((Code::UnknownStatus, Blocks))
    },
    known: || OUR_WORDS.iter().map(|word| (*word).to_owned()).collect(),
};

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&name.chars().count())
        && name.chars().all(allowed)
        && name.chars().any(char::is_alphanumeric)
}

fn number_problem(number: &str, severity: Severity) -> Option<(Code, Severity)> {
    let is_dialled = number.chars().any(|c| c.is_ascii_digit())
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || " +-.()*#".contains(c));
    (!is_dialled).then_some((Code::BadNumber, severity))
}

impl BoundingBox {
    pub(super) fn is_on_earth(self) -> bool {
        let lat = |degrees: f64| (-90.0..=90.0).contains(&degrees);
        let lon = |degrees: f64| (-180.0..=180.0).contains(&degrees);
        lat(self.south) && lat(self.north) && self.south < self.north && lon(self.west) && lon(self.east)
    }
}

/// What is wrong with the base URL of an endpoint, if anything.
fn endpoint_problem(endpoint: &str) -> Option<Code> {
    let Ok(url) = Url::parse(endpoint) else {
        return Some(Code::BadUrl);
    };
    if url.query().is_some() || url.fragment().is_some() {
        return Some(Code::BadUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some(Code::SecretInUrl);
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => None,
        ("http", Some(host)) => (!is_loopback(&host)).then_some(Code::NotHttps),
        _ => Some(Code::BadUrl),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
