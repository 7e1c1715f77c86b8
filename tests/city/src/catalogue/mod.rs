//! The services of this city and the questions each one asks. Data: `services.json` beside this file.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a report of a service is answered (GeoReport v2, `type`): with a number, a token, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServiceType {
    Realtime,
    Batch,
    Blackbox,
}

/// The datatypes of an attribute (GeoReport v2, service definition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Datatype {
    String,
    Text,
    Number,
    Datetime,
    Singlevaluelist,
    Multivaluelist,
}

/// One choice of a list.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Choice {
    pub(crate) key: String,
    pub(crate) name: String,
}

/// One question of a service, or a text to show (`variable: false`).
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Attribute {
    pub(crate) variable: bool,
    pub(crate) code: String,
    pub(crate) datatype: Datatype,
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) datatype_description: String,
    pub(crate) order: u32,
    pub(crate) description: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<Choice>,
}

/// One service.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Service {
    pub(crate) service_code: String,
    pub(crate) service_name: String,
    pub(crate) description: String,
    pub(crate) keywords: String,
    pub(crate) group: String,
    #[serde(rename = "type")]
    pub(crate) answered: ServiceType,
    #[serde(default)]
    pub(crate) service_notice: Option<String>,
    /// Its places are near homes: the public sees a rounded point and no address.
    #[serde(default)]
    pub(crate) near_homes: bool,
    #[serde(default)]
    pub(crate) attributes: Vec<Attribute>,
}

impl Service {
    /// The row of `services.json`.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "service_code": self.service_code,
            "service_name": self.service_name,
            "description": self.description,
            "metadata": !self.attributes.is_empty(),
            "type": self.answered,
            "keywords": self.keywords,
            "group": self.group,
        })
    }
}

/// All services and when the list last changed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) changeset: String,
    pub(crate) services: Vec<Service>,
}

impl Catalogue {
    /// The built-in list; in a city of tokens every realtime service becomes a batch one.
    pub(crate) fn built_in(realtime_becomes: ServiceType) -> Result<Self, serde_json::Error> {
        let mut catalogue: Self = serde_json::from_str(include_str!("services.json"))?;
        let realtime = catalogue
            .services
            .iter_mut()
            .filter(|service| service.answered == ServiceType::Realtime);
        realtime.for_each(|service| service.answered = realtime_becomes);
        Ok(catalogue)
    }

    /// The service with this code.
    pub(crate) fn find(&self, code: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.service_code == code)
    }

    /// The name to show for a code, also for a code that has left the list.
    pub(crate) fn name_of<'a>(&'a self, code: &'a str) -> &'a str {
        self.find(code).map_or(code, |service| &service.service_name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_built_in_list_keeps_the_rules_of_the_standard() {
        let catalogue = Catalogue::built_in(ServiceType::Realtime).unwrap();
        let codes: HashSet<_> = catalogue
            .services
            .iter()
            .map(|service| &service.service_code)
            .collect();
        assert_eq!(codes.len(), catalogue.services.len());
        for service in &catalogue.services {
            let orders: HashSet<_> = service
                .attributes
                .iter()
                .map(|attribute| attribute.order)
                .collect();
            assert_eq!(orders.len(), service.attributes.len());
        }
        let flood = catalogue.find("ngap-ung").unwrap();
        let kinds: HashSet<_> = flood
            .attributes
            .iter()
            .map(|attribute| format!("{:?}", attribute.datatype))
            .collect();
        assert_eq!(kinds.len(), 6, "all six datatypes");
        assert!(flood.attributes.iter().any(|attribute| !attribute.variable));
    }
}
