//! Categories of the city and their questions: asked of the city where there is a network, else what is known here.

use phananh_domain::fold::fold;
use phananh_domain::id::ServiceCode;
use phananh_domain::service::{Attribute, Definition, Service};
use phananh_engine::client::CityView;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::output::report::merged;
use crate::output::{Answer, Page, Span, Tone, Words, texts};

/// Where what is shown comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    City,
    Known,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Known => "known",
        }
    }
}

async fn known(context: &Context, city: &CityView) -> Result<(Vec<Service>, Source), Failure> {
    match context.client.fetch_services(city.id.clone()).await {
        Ok(services) => Ok((services, Source::City)),
        // Whatever keeps the city from answering: a person can still choose from what is known.
        Err(phananh_engine::ClientError::Network { .. }) => {
            Ok((context.client.services(city.id.clone()).await?, Source::Known))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn list(context: &Context, query: Option<&str>) -> Result<Answer, Failure> {
    let words = context.words();
    let city = context.city().await?;
    let (services, source) = known(context, &city).await?;
    let folded = fold(query.unwrap_or_default());
    let wanted: Vec<_> = folded.split_whitespace().collect();
    let found: Vec<_> = services
        .iter()
        .filter(|service| holds(service, &wanted))
        .collect();
    let json = json!({
        "city": city.id, "source": source.as_str(),
        "services": found.iter().map(|service| service_json(service)).collect::<Vec<_>>(),
    });
    let mut page = Page::new();
    note(words, source, &mut page);
    if found.is_empty() {
        page.toned(Tone::Calm, words.say(texts::NO_SERVICES));
    }
    let mut group = None;
    for service in found {
        if service.group != group {
            group.clone_from(&service.group);
            page.toned(Tone::Calm, group.clone().unwrap_or_default());
        }
        page.table(vec![vec![
            Span::new(format!("  {:<24}", service.code.as_str()), Tone::Strong),
            Span::from(service.name.clone()),
        ]]);
    }
    Ok(Answer::new(json, page))
}

fn note(words: Words, source: Source, page: &mut Page) {
    if source == Source::Known {
        page.toned(Tone::Warn, words.say(texts::FROM_PROFILE));
    }
}

fn holds(service: &Service, wanted: &[&str]) -> bool {
    let parts = [service.code.as_str(), &service.name]
        .into_iter()
        .chain(service.description.as_deref())
        .chain(service.group.as_deref())
        .chain(service.keywords.iter().map(String::as_str));
    let text = fold(&parts.collect::<Vec<_>>().join(" "));
    wanted.iter().all(|word| text.contains(word))
}

fn service_json(service: &Service) -> Value {
    json!({
        "code": service.code, "name": service.name, "description": service.description, "group": service.group,
        "keywords": service.keywords, "type": service.service_type, "has_definition": service.has_definition,
        "needs": service.needs,
    })
}

pub(super) async fn one(context: &Context, code: &str) -> Result<Answer, Failure> {
    let words = context.words();
    let city = context.city().await?;
    let (services, source) = known(context, &city).await?;
    let service = services
        .iter()
        .find(|service| service.code.as_str() == code)
        .ok_or_else(|| Failure::bad_input("service_code", "problem.unknown_service").saying(code))?;
    let definition = definition(context, &city, service).await?.unwrap_or_default();
    let json = json!({
        "source": source.as_str(),
        "attributes": definition.attributes,
        "notices": definition.notices,
    });
    let mut page = Page::new();
    note(words, source, &mut page);
    page.toned(Tone::Strong, format!("{}  {}", service.code, service.name));
    if let Some(description) = &service.description {
        page.line(description.as_str());
    }
    for notice in &definition.notices {
        page.toned(
            Tone::Warn,
            format!(
                "{}: {}",
                words.of(&format!("notice.{}", notice.kind)),
                notice.text
            ),
        );
    }
    page.blank();
    if definition.attributes.is_empty() {
        page.toned(Tone::Calm, words.say(texts::NO_QUESTIONS));
    } else {
        page.toned(Tone::Strong, words.say(texts::QUESTIONS));
    }
    for attribute in &definition.attributes {
        append_question(words, attribute, &mut page);
    }
    Ok(Answer::new(merged(service_json(service), json), page))
}

async fn definition(
    context: &Context,
    city: &CityView,
    service: &Service,
) -> Result<Option<Definition>, Failure> {
    let code: ServiceCode = service.code.clone();
    if service.has_definition {
        match context
            .client
            .fetch_definition(city.id.clone(), code.clone())
            .await
        {
            Ok(definition) => return Ok(Some(definition)),
            Err(
                phananh_engine::ClientError::Network { .. } | phananh_engine::ClientError::NotFound { .. },
            ) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(context.client.definition(city.id.clone(), code).await?)
}

fn append_question(words: Words, attribute: &Attribute, page: &mut Page) {
    let required = if attribute.required {
        format!("  ({})", words.say(texts::REQUIRED))
    } else {
        String::new()
    };
    page.spans(vec![
        Span::new(format!("  {:<16}", attribute.code), Tone::Strong),
        Span::from(attribute.label.clone()),
        Span::new(required, Tone::Warn),
    ]);
    if let Some(hint) = &attribute.hint {
        page.toned(Tone::Calm, format!("  {:<16}{hint}", ""));
    }
    for choice in &attribute.choices {
        page.line(format!("  {:<18}{} = {}", "", choice.key, choice.name));
    }
}
