//! In danger: numbers to call and the place to read aloud. Never asks the network for anything.

use phananh_domain::profile::{CityProfile, EmergencyNumber, Label};
use phananh_domain::report::Report;
use serde_json::{Value, json};

use crate::args::Globals;
use crate::context::{Context, FIRST_CITY, read_profile};
use crate::exit::{Exit, Failure, Warning};
use crate::output::report::place_json;
use crate::output::words::emergency;
use crate::output::{Answer, Output, Page, Span, Tone, Words};

pub(super) async fn run(context: &Context, name: Option<&str>) -> Result<Answer, Failure> {
    let words = context.words();
    let report: Option<Report> = match name {
        Some(name) => Some(context.client.report(context.report(name).await?).await?),
        None => None,
    };
    let city = match &report {
        Some(report) => context.city_of(report).await?,
        None => context.city().await?,
    };
    Ok(answer(words, &city.profile, report.as_ref()))
}

/// The numbers without the store: of the profile that the command line names, else of the first city. Why there is no
/// place to read is told beside them; it is a failure only where a place was asked for.
pub(super) fn without_store(
    globals: &Globals,
    output: Output,
    name: Option<&str>,
    failure: Failure,
) -> Result<Answer, Failure> {
    if !matches!(failure.exit, Exit::Storage | Exit::StoreHeld) {
        return Err(failure);
    }
    let profile = read_profile(globals.profile.as_deref().unwrap_or(FIRST_CITY))
        .or_else(|_| read_profile(FIRST_CITY))?;
    let warning = Warning {
        message: output.words.failure(&failure),
        code: failure.code,
    };
    Output::warning(&warning);
    let exit = match name {
        Some(_) => failure.exit,
        None => Exit::Done,
    };
    Ok(answer(output.words, &profile, None)
        .beside(&[warning])
        .ending(exit))
}

fn answer(words: Words, profile: &CityProfile, report: Option<&Report>) -> Answer {
    let numbers = numbers(profile);
    let json = json!({
        "numbers": numbers.iter().map(|n| json!({"number": n.number, "label": n.label.text(words.0)})).collect::<Vec<_>>(),
        "hotline": profile.hotline,
        "place": report.map_or(Value::Null, |report| place_json(&report.content.place)),
    });
    let mut page = Page::new();
    page.toned(
        Tone::Bad,
        words.with("emergency.no_dispatch", &[("number", emergency(profile))]),
    )
    .blank();
    let row = |n: &EmergencyNumber| {
        vec![
            Span::new(&n.number, Tone::Strong),
            Span::from(n.label.text(words.0)),
        ]
    };
    page.table(numbers.iter().map(row).collect());
    if let Some(hotline) = profile
        .hotline
        .as_ref()
        .filter(|hotline| hotline.starts_with("1900"))
    {
        page.toned(
            Tone::Calm,
            words.with("emergency.charged", &[("number", hotline)]),
        );
    }
    if let Some(report) = report {
        page.blank().toned(Tone::Calm, words.of("emergency.read_place"));
        for line in words.place(&report.content.place).lines() {
            page.toned(Tone::Strong, line);
        }
    }
    Answer::new(json, page)
}

/// The numbers of the city; where its profile names none, the one that always works in Vietnam.
fn numbers(profile: &CityProfile) -> Vec<EmergencyNumber> {
    if profile.emergency.is_empty() {
        let number = emergency(profile).to_owned();
        return vec![EmergencyNumber {
            number,
            label: Label::One(String::new()),
        }];
    }
    profile.emergency.clone()
}
