//! In danger: numbers to call and the place to read aloud. Never asks the network for anything.

use phananh_domain::profile::{CityProfile, EmergencyNumber, Label};
use phananh_domain::report::Report;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::output::report::place_json;
use crate::output::words::emergency;
use crate::output::{Answer, Page, Span, Tone};

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
    let numbers = numbers(&city.profile);
    let json = json!({
        "numbers": numbers.iter().map(|n| json!({"number": n.number, "label": n.label.text(words.0)})).collect::<Vec<_>>(),
        "hotline": city.profile.hotline,
        "place": report.as_ref().map_or(Value::Null, |report| place_json(&report.content.place)),
    });
    let mut page = Page::new();
    page.toned(
        Tone::Bad,
        words.with("emergency.no_dispatch", &[("number", emergency(&city.profile))]),
    )
    .blank();
    let row = |n: &EmergencyNumber| {
        vec![
            Span::new(&n.number, Tone::Strong),
            Span::from(n.label.text(words.0)),
        ]
    };
    page.table(numbers.iter().map(row).collect());
    if let Some(hotline) = city
        .profile
        .hotline
        .as_ref()
        .filter(|hotline| hotline.starts_with("1900"))
    {
        page.toned(
            Tone::Calm,
            words.with("emergency.charged", &[("number", hotline)]),
        );
    }
    if let Some(report) = &report {
        page.blank().toned(Tone::Calm, words.of("emergency.read_place"));
        for line in words.place(&report.content.place).lines() {
            page.toned(Tone::Strong, line);
        }
    }
    Ok(Answer::new(json, page))
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
