//! City profiles: which can be named, and what is wrong with one.

use std::path::Path;

use phananh_domain::profile::{BundledProfile, CityProfile};
use phananh_domain::validate::Severity;
use serde_json::{Value, json};

use crate::args::{CityCommand, Globals, ProfileCommand};
use crate::context::{Context, examine};
use crate::exit::{Exit, Failure};
use crate::output::{Answer, Output, Page, Span, Tone, mistake_json, texts};

pub(super) async fn run(globals: &Globals, output: Output, command: CityCommand) -> Result<Answer, Failure> {
    match command {
        CityCommand::Profile(ProfileCommand::Check { file }) => check(output, &file),
        CityCommand::Profile(ProfileCommand::List) | CityCommand::List => list(globals, output).await,
    }
}

/// Every mistake at once; exit 4 where one keeps the profile from being used.
fn check(output: Output, file: &Path) -> Result<Answer, Failure> {
    let words = output.words;
    let examined = examine(file)?;
    let problems = examined.problems;
    let is_usable = examined.profile.is_some();
    let list: Vec<Value> = problems.iter().map(|p| mistake_json(words, p)).collect();
    let mut json = json!({"name": examined.name, "usable": is_usable, "problems": list});
    let mut page = Page::new();
    for problem in &problems {
        let tone = if problem.severity == Severity::Blocks {
            Tone::Bad
        } else {
            Tone::Warn
        };
        page.toned(tone, format!("- {}", problem.tell(words.0)));
    }
    if is_usable {
        page.toned(Tone::Good, words.say(texts::PROFILE_GOOD));
        return Ok(Answer::new(json, page));
    }
    if let Some(members) = json.as_object_mut() {
        members.insert("error".to_owned(), json!("error.bad_profile"));
        members.insert("message".to_owned(), json!(words.of("error.bad_profile")));
    }
    let mut whole = Page::new();
    whole.toned(Tone::Bad, words.of("error.bad_profile")).append(page);
    Ok(Answer::new(json, whole).ending(Exit::BadInput))
}

async fn list(globals: &Globals, output: Output) -> Result<Answer, Failure> {
    let words = output.words;
    let context = Context::open(globals, output).await?;
    let cities = context.client.cities().await;
    context.close().await?;
    let cities = cities?;
    let mut rows = Vec::new();
    let mut list = Vec::new();
    for city in &cities {
        rows.push(row(
            &city.profile,
            words,
            &city.endpoint,
            words.say(texts::REMEMBERED),
        ));
        list.push(entry(&city.profile, words, &city.endpoint, "store"));
    }
    let bundled = BundledProfile::ALL
        .iter()
        .filter_map(|name| CityProfile::bundled(name.as_str()));
    for profile in bundled.filter(|profile| cities.iter().all(|city| city.id != profile.city_id())) {
        let endpoint = profile.endpoint.clone().unwrap_or_default();
        rows.push(row(&profile, words, &endpoint, words.say(texts::BUNDLED)));
        list.push(entry(&profile, words, &endpoint, "bundled"));
    }
    let mut page = Page::new();
    page.table(rows);
    Ok(Answer::new(json!({"profiles": list}), page))
}

fn row(profile: &CityProfile, words: crate::output::Words, endpoint: &str, source: &str) -> Vec<Span> {
    let endpoint = match endpoint {
        "" => Span::new(words.say(texts::NO_ADDRESS), Tone::Warn),
        url => Span::from(url),
    };
    vec![
        Span::new(profile.name.as_str(), Tone::Strong),
        Span::from(profile.label(words.0)),
        endpoint,
        Span::new(source, Tone::Calm),
    ]
}

fn entry(profile: &CityProfile, words: crate::output::Words, endpoint: &str, source: &str) -> Value {
    let endpoint = (!endpoint.is_empty()).then_some(endpoint);
    json!({"name": profile.name, "label": profile.label(words.0), "endpoint": endpoint, "source": source})
}
