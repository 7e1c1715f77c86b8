//! `services/CODE.json`: the questions of a service.

use crate::answer::Answer;
use crate::error::ReadError;
use crate::scalar::{boolean, count, scalar, text};
use crate::tree::{Tree, list, member, one, success};

/// The questions of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireDefinition {
    /// Code of the service, where told.
    pub service_code: Option<String>,
    /// Questions, by `order` where given, else as listed.
    pub attributes: Vec<WireAttribute>,
    /// Texts of attributes with `variable` false: shown, never sent.
    pub notices: Vec<String>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireAttribute {
    /// Opaque code.
    pub code: String,
    /// Kind of value.
    pub datatype: WireDatatype,
    /// Must be answered.
    pub required: bool,
    /// The question as people read it.
    pub label: Option<String>,
    /// How to answer.
    pub hint: Option<String>,
    /// Place among the others.
    pub order: Option<u64>,
    /// Choices of a list question.
    pub choices: Vec<WireChoice>,
    /// Who answers, where it is not the citizen (open311-adapter).
    pub automated: Option<Automated>,
}

/// The standard's datatypes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WireDatatype {
    /// One line.
    String,
    /// Lines.
    Text,
    /// A number.
    Number,
    /// ISO 8601.
    Datetime,
    /// One of a list.
    SingleValueList,
    /// Some of a list.
    MultiValueList,
    /// Another word, kept raw: to be treated as a string.
    Other(String),
}

/// Who fills an attribute that the citizen is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automated {
    /// The server: not shown, not sent.
    ServerSet,
    /// The client: not shown, sent.
    HiddenField,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireChoice {
    /// What travels.
    pub key: String,
    /// What people read.
    pub name: String,
    /// Set where the choice takes no report: the city's words, which send the citizen elsewhere (may be empty).
    pub disabled: Option<String>,
}

/// Reads a definition.
///
/// # Errors
/// Any [`ReadError`]; a service without questions is 404 or 400 on some servers, so those are no trouble by themselves.
pub fn definition(answer: &Answer<'_>) -> Result<WireDefinition, ReadError> {
    let tree = success(answer)?;
    let body = one(&tree, &["service_definition"], "a service definition")?;
    if !["service_code", "attributes", "attribute"]
        .iter()
        .any(|name| body.get(name).is_some())
    {
        return Err(ReadError::Malformed {
            what: "a service definition",
        });
    }
    let mut read = WireDefinition {
        service_code: text(body, "service_code"),
        ..WireDefinition::default()
    };
    // `attribute` straight under the definition, without the wrapper, is seen too.
    let listed = member(body, "attributes").or_else(|| member(body, "attribute"));
    for row in listed
        .map(|attributes| list(attributes, &["attribute"]))
        .transpose()?
        .unwrap_or_default()
    {
        if boolean(row, "variable") == Some(false) {
            read.notices.extend(text(row, "description"));
        } else {
            read.attributes.extend(attribute(row)?);
        }
    }
    read.attributes
        .sort_by_key(|attribute| attribute.order.unwrap_or(u64::MAX));
    Ok(read)
}

fn attribute(row: &Tree) -> Result<Option<WireAttribute>, ReadError> {
    let Some(code) = text(row, "code") else {
        return Ok(None);
    };
    let choices = member(row, "values")
        .map(choices)
        .transpose()?
        .unwrap_or_default();
    Ok(Some(WireAttribute {
        code,
        datatype: datatype(text(row, "datatype").as_deref()),
        required: boolean(row, "required").unwrap_or(false),
        label: text(row, "description"),
        hint: text(row, "datatype_description"),
        order: count(row, "order"),
        choices,
        automated: match text(row, "automated").as_deref() {
            Some("server_set") => Some(Automated::ServerSet),
            Some("hidden_field") => Some(Automated::HiddenField),
            _ => None,
        },
    }))
}

fn datatype(word: Option<&str>) -> WireDatatype {
    let Some(word) = word else {
        return WireDatatype::String;
    };
    match word.to_ascii_lowercase().as_str() {
        "string" => WireDatatype::String,
        "text" => WireDatatype::Text,
        "number" => WireDatatype::Number,
        "datetime" => WireDatatype::Datetime,
        "singlevaluelist" => WireDatatype::SingleValueList,
        "multivaluelist" => WireDatatype::MultiValueList,
        _ => WireDatatype::Other(word.to_owned()),
    }
}

fn choices(values: &Tree) -> Result<Vec<WireChoice>, ReadError> {
    if let Tree::Object(pairs) = values
        && !["value", "key", "name"]
            .iter()
            .any(|name| pairs.contains_key(*name))
    {
        // A map from key to name.
        let pair = |(key, name): (&String, &Tree)| {
            Some(WireChoice {
                key: key.clone(),
                name: scalar(name)?,
                disabled: None,
            })
        };
        return Ok(pairs.iter().filter_map(pair).collect());
    }
    Ok(list(values, &["value"])?.into_iter().filter_map(choice).collect())
}

fn choice(row: &Tree) -> Option<WireChoice> {
    let (key, name) = match row {
        Tree::Object(_) => (text(row, "key"), text(row, "name")),
        // A list of plain words: each is its own key.
        word => (scalar(word), None),
    };
    let key = key.or_else(|| name.clone())?;
    let disabled = match boolean(row, "disable") {
        Some(true) => Some(text(row, "disable_message").unwrap_or_default()),
        _ => None,
    };
    Some(WireChoice {
        name: name.unwrap_or_else(|| key.clone()),
        key,
        disabled,
    })
}
