//! From the fields of a POST to a valid report, or to everything that is wrong with it.

use jiff::Timestamp;

use crate::app::App;
use crate::cases::calendar::parse_time;
use crate::cases::vocabulary::{Identity, Publication};
use crate::catalogue::{Attribute, Datatype, Service};
use crate::extensions::{Extension, Extensions};
use crate::http::body::Fields;
use crate::http::refusal::{Problem, Refusal};
use crate::http::secrets::parse_hex_32;
use crate::store::cases::{Contact, Named};
use crate::words::Word;

/// Unicode characters of a description (GeoReport v2).
pub(crate) const DESCRIPTION_MAX: usize = 4000;
/// Unicode characters of any other field.
const SHORT_MAX: usize = 1000;

/// A report that keeps all rules.
#[derive(Debug)]
pub(crate) struct ValidReport {
    pub(crate) service: Service,
    pub(crate) description: Option<String>,
    pub(crate) lat: Option<f64>,
    pub(crate) long: Option<f64>,
    pub(crate) address: Option<String>,
    pub(crate) address_id: Option<String>,
    pub(crate) media_url: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) named: Named,
    pub(crate) owner_hash: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) contact: Contact,
}

/// Collects problems while reading fields.
pub(crate) struct Check<'f> {
    fields: &'f Fields,
    problems: Vec<Problem>,
}

impl<'f> Check<'f> {
    pub(crate) fn new(fields: &'f Fields) -> Self {
        Self {
            fields,
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, field: &str, description: impl Into<String>) {
        self.problems.push(Problem::with_field(field, description));
    }

    /// A text of at most `max` Unicode characters, as it came.
    pub(crate) fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.fields.get(name)?;
        let length = text.chars().count();
        if length > max {
            self.problem(
                name,
                format!(
                    "{name}: {length} ký tự, tối đa {max}. / {name} has {length} characters; at most {max}."
                ),
            );
        }
        Some(text.to_owned())
    }

    fn short(&mut self, name: &str) -> Option<String> {
        self.text(name, SHORT_MAX)
    }

    /// One word of a closed list.
    pub(crate) fn word<W: Word>(&mut self, name: &str) -> Option<W> {
        let text = self.fields.get(name)?;
        let word = W::parse(text);
        if word.is_none() {
            self.problem(name, format!("{name} is one of: {}", W::choices()));
        }
        word
    }

    /// A number within a range.
    pub(crate) fn number(&mut self, name: &str, low: f64, high: f64) -> Option<f64> {
        let text = self.fields.get(name)?;
        let number = text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| (low..=high).contains(number));
        if number.is_none() {
            self.problem(
                name,
                format!("{name} không hợp lệ. / {name} is a number from {low} to {high}."),
            );
        }
        number
    }

    /// A time, kept as it was sent.
    pub(crate) fn time(&mut self, name: &str) -> Option<String> {
        let text = self.fields.get(name)?;
        if text.parse::<Timestamp>().is_err() {
            self.problem(name, format!("{name} is a time by RFC 3339, with Z or an offset"));
        }
        Some(text.to_owned())
    }

    /// 64 hex digits, in lower case.
    pub(crate) fn hash(&mut self, name: &str) -> Option<String> {
        let text = self.fields.get(name)?;
        if parse_hex_32(text).is_none() {
            self.problem(name, format!("{name} is 64 hex digits (SHA-256)"));
        }
        Some(text.to_ascii_lowercase())
    }

    /// Ok when nothing was wrong.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Refusal::invalid(self.problems))
        }
    }
}

/// Checks a report against the standard, the service's questions and the additions that are on.
pub(crate) fn report(app: &App, fields: &Fields) -> Result<ValidReport, Refusal> {
    let extensions = &app.config.extensions;
    let mut check = Check::new(fields);
    let service = match fields.get("service_code") {
        Some(code) => app.catalogue.find(code).cloned(),
        None => None,
    };
    if service.is_none() {
        let why = match fields.get("service_code") {
            None => "Chưa chọn lĩnh vực. / service_code is required.",
            Some(_) => "Lĩnh vực này không còn, hãy chọn lại. / service_code is unknown.",
        };
        check.problem("service_code", why);
    }
    let lat = check.number("lat", -90.0, 90.0);
    let long = check.number("long", -180.0, 180.0);
    let address = check.short("address_string");
    let address_id = check.short("address_id");
    location(&mut check, fields);
    let attributes = match &service {
        Some(service) => answers(&mut check, service, fields),
        None => Vec::new(),
    };
    let description = check.text("description", DESCRIPTION_MAX);
    let media_url = check.short("media_url");
    if media_url
        .as_deref()
        .is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://"))
    {
        check.problem("media_url", "media_url is an http or https address");
    }
    let account_id = check.short("account_id");
    let contact = Contact {
        first_name: check.short("first_name"),
        last_name: check.short("last_name"),
        email: check.short("email"),
        phone: check.short("phone"),
        device_id: check.short("device_id"),
        on_behalf_of: if extensions.has(Extension::Fields) {
            check.short("on_behalf_of")
        } else {
            None
        },
    };
    let named = named(&mut check, extensions);
    let owner_hash = if extensions.has(Extension::Owner) {
        check.hash("owner_hash")
    } else {
        None
    };
    check.finish()?;
    let service = service.ok_or_else(|| Refusal::not_found("service_code"))?;
    Ok(ValidReport {
        service,
        description,
        lat,
        long,
        address,
        address_id,
        media_url,
        account_id,
        named,
        owner_hash,
        attributes,
        contact,
    })
}

fn location(check: &mut Check<'_>, fields: &Fields) {
    let has = |name| fields.get(name).is_some();
    match (has("lat"), has("long")) {
        (true, false) => check.problem("long", "Thiếu kinh độ. / lat is given without long."),
        (false, true) => check.problem("lat", "Thiếu vĩ độ. / long is given without lat."),
        (false, false) if !has("address_string") && !has("address_id") => check.problem(
            "location",
            "Chưa có vị trí: cần tọa độ hoặc địa chỉ. / A location is required: lat and long, address_string or address_id.",
        ),
        _ => {}
    }
}

/// The code within `attribute[CODE]` or `attribute[CODE][]`.
fn attribute_code(name: &str) -> Option<&str> {
    let inner = name.strip_prefix("attribute[")?;
    inner.strip_suffix("][]").or_else(|| inner.strip_suffix(']'))
}

/// Reads the answers to a service's questions; what the service does not ask is ignored, as any unknown field.
fn answers(check: &mut Check<'_>, service: &Service, fields: &Fields) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for attribute in service.attributes.iter().filter(|attribute| attribute.variable) {
        let given: Vec<&str> = fields
            .pairs()
            .filter(|(name, value)| attribute_code(name) == Some(&attribute.code) && !value.is_empty())
            .map(|(_, value)| value)
            .collect();
        let field = format!("attribute[{}]", attribute.code);
        if given.is_empty() && attribute.required {
            check.problem(
                &field,
                format!(
                    "Chưa trả lời: {} / An answer is required: {field}.",
                    attribute.description
                ),
            );
        }
        if given.len() > 1 && attribute.datatype != Datatype::Multivaluelist {
            check.problem(&field, format!("{field} takes one value"));
        }
        for value in given {
            match wrong_value(attribute, value) {
                Some(rule) => check.problem(
                    &field,
                    format!(
                        "Câu trả lời không hợp lệ: {} / {field}: {rule}.",
                        attribute.description
                    ),
                ),
                None => kept.push((attribute.code.clone(), value.to_owned())),
            }
        }
    }
    kept
}

/// The rule that a value breaks, if any (GeoReport v2, datatypes).
fn wrong_value(attribute: &Attribute, value: &str) -> Option<String> {
    let within = |max: usize| value.chars().count() <= max;
    let (kept, rule) = match attribute.datatype {
        Datatype::String => (
            within(SHORT_MAX) && !value.contains(['\n', '\r']),
            format!("one line of at most {SHORT_MAX} characters"),
        ),
        Datatype::Text => (
            within(DESCRIPTION_MAX),
            format!("at most {DESCRIPTION_MAX} characters"),
        ),
        Datatype::Number => (
            value.trim().parse::<f64>().is_ok_and(f64::is_finite),
            "a number with a decimal point".to_owned(),
        ),
        Datatype::Datetime => (
            parse_time(value).is_some(),
            "a date and time by ISO 8601".to_owned(),
        ),
        Datatype::Singlevaluelist | Datatype::Multivaluelist => {
            let keys: Vec<&str> = attribute
                .values
                .iter()
                .map(|choice| choice.key.as_str())
                .collect();
            (keys.contains(&value), format!("one of {}", keys.join(", ")))
        }
    };
    Some(rule).filter(|_| !kept)
}

fn named(check: &mut Check<'_>, extensions: &Extensions) -> Named {
    if !extensions.has(Extension::Fields) {
        return Named {
            reference_code: None,
            title: None,
            urgency: None,
            observed_at: None,
            queued_at: None,
            channel: None,
            publication: Publication::Public,
            identity: Identity::Named,
            place_words: None,
            accuracy_m: None,
            call_id: None,
            filed_by: None,
        };
    }
    let reference_code = check.short("reference_code");
    if reference_code
        .as_deref()
        .is_some_and(|code| code.len() != 12 || !code.bytes().all(|byte| byte.is_ascii_digit()))
    {
        check.problem("reference_code", "reference_code is 12 digits");
    }
    Named {
        reference_code,
        title: check.short("title"),
        urgency: check.word("urgency"),
        observed_at: check.time("observed_at"),
        queued_at: check.time("queued_at"),
        channel: check.word("channel"),
        publication: check.word("publication").unwrap_or(Publication::Public),
        identity: check.word("identity").unwrap_or(Identity::Named),
        place_words: check.short("place_words"),
        accuracy_m: check.number("accuracy_m", 0.0, 1e7),
        call_id: check.short("call_id"),
        filed_by: check.short("filed_by"),
    }
}
