//! Where it is: a pin, words, readings of a sensor.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use phananh_domain::id::ReportId;
use phananh_domain::place::{Fix, Point};
use phananh_domain::report::Report;
use phananh_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::args::{PlaceCommand, PlaceSetArgs};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::report::{merged, names, place_json};
use crate::output::{Answer, Page, Tone, texts};

/// A file of readings is read up to this size: more than a day of one a second.
const MAX_BYTES: u64 = 20_000_000;

pub(super) async fn run(context: &Context, command: PlaceCommand) -> Result<Answer, Failure> {
    match command {
        PlaceCommand::Set(set) => {
            let id = context.report(&set.report.report).await?;
            let report = put(context, id, set).await?;
            answer(context, &report, Page::new()).await
        }
        PlaceCommand::Fix { report, file } => {
            let id = context.report(&report.report).await?;
            let fixes = read(&file)?;
            for fix in &fixes {
                context.client.add_fix(id, fix.clone()).await?;
            }
            let report = context.client.report(id).await?;
            let mut page = Page::new();
            page.line(
                context
                    .words()
                    .fill(texts::FIXES_SAVED, &[("n", &fixes.len().to_string())]),
            );
            let answer = answer(context, &report, page).await?;
            Ok(Answer {
                json: merged(answer.json, json!({"fixes": fixes.len()})),
                ..answer
            })
        }
    }
}

async fn put(context: &Context, id: ReportId, set: PlaceSetArgs) -> Result<Report, Failure> {
    if let (Some(lat), Some(lon)) = (set.lat, set.lon) {
        context.client.set_pin(id, lat, lon, set.accuracy).await?;
    }
    if let Some(text) = set.words {
        context.client.set_place_words(id, text).await?;
    }
    Ok(context.client.report(id).await?)
}

/// The place as it is now, and a warning where the city may not take it.
async fn answer(context: &Context, report: &Report, mut page: Page) -> Result<Answer, Failure> {
    let words = context.words();
    let city = context.city_of(report).await?;
    let place = words.place(&report.content.place).replace('\n', ", ");
    page.line(words.fill(texts::PLACE_SAVED, &[("place", &place)]));
    let outside = context.client.problems(report.id).await?;
    let outside: Vec<_> = outside
        .into_iter()
        .filter(|p| p.code.as_str() == "outside")
        .collect();
    for line in context.problem_lines(&outside, &city) {
        page.toned(Tone::Warn, line);
    }
    let values = context.values(&city);
    let problems: Vec<_> = outside
        .iter()
        .map(|problem| crate::output::problem_json(words, problem, &values))
        .collect();
    let json = json!({"place": place_json(&report.content.place), "problems": problems});
    Ok(Answer::new(merged(names(report), json), page))
}

/// One reading, as a line of the file.
#[derive(Deserialize)]
struct Line {
    t_ms: i64,
    lat: f64,
    lon: f64,
    #[serde(default)]
    accuracy_m: Option<f64>,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    mock: bool,
}

/// Every reading of a file, or none of it: a line that is wrong is named.
fn read(file: &Path) -> Result<Vec<Fix>, Failure> {
    let gone = |error: std::io::Error| {
        Failure::bad_input("file", "error.file_unreadable")
            .with("name", file.display().to_string())
            .saying(error)
    };
    let lines = BufReader::new(File::open(file).map_err(gone)?.take(MAX_BYTES)).lines();
    let mut fixes = Vec::new();
    for (n, line) in lines.enumerate() {
        let line = line.map_err(gone)?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |why: String| {
            Failure::bad_input("place", "error.bad_line")
                .with("n", (n + 1).to_string())
                .saying(why)
        };
        let fix: Line = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        let point = Point::new(fix.lat, fix.lon).map_err(|error| wrong(error.to_string()))?;
        fixes.push(Fix {
            at: Timestamp::from_millis(fix.t_ms),
            point,
            accuracy_m: fix.accuracy_m.filter(|m| m.is_finite() && *m >= 0.0),
            provider: fix.provider.chars().take(40).collect(),
            mock: fix.mock,
        });
    }
    if fixes.is_empty() {
        return Err(Failure::bad_input("place", "error.no_fixes"));
    }
    Ok(fixes)
}
