//! The whole way of one report, with real HTTP, SQLite and JPEG: drafted with the city off, sent through a line that
//! loses the city's answer, worked at the desk, followed and rated.
//!
//! Nothing is acted: the phone's side calls the same client as every other command, the city is the reference city,
//! and between them stands a fault line on loopback TCP. At the end every claim of the story is held against what the
//! city has on its disk; one that does not hold ends the run with exit 1. `stage` is the set, `cut` the accident,
//! `story` what happens, `checks` what must be true.

mod checks;
mod cut;
mod picture;
mod say;
mod stage;
mod story;

use serde_json::{Value, json};

use crate::args::DemoArgs;
use crate::exit::{Exit, Failure};
use crate::output::report::timeline_page;
use crate::output::{Answer, Output, Page, Span, Tone, size};
use checks::Check;
use stage::Stage;
use story::Told;

/// Plays it.
pub(crate) async fn run(output: Output, args: &DemoArgs) -> Result<Answer, Failure> {
    let mut stage = Stage::set(output, args).await?;
    let played = play(&mut stage, args).await;
    let struck = stage.strike().await;
    let answer = played?;
    struck?;
    Ok(answer)
}

async fn play(stage: &mut Stage, args: &DemoArgs) -> Result<Answer, Failure> {
    let told = story::play(stage, args).await?;
    let cases = stage.cases()?;
    let checks = checks::all(&told, &cases);
    let holds = checks.iter().all(|check| check.holds);
    let totals = stage.line.totals();
    let only = cases.first();
    let json = json!({
        "cases": cases.len(),
        "report": told.status.report.id,
        "reference_code": told.code,
        "service_request_id": told.status.service_request_id,
        "case_status": told.status.case_status.as_ref().map(phananh_domain::case::CaseStatus::as_str),
        "rating": only.and_then(|case| case.rating.clone()),
        "fixed": only.and_then(|case| case.fixed.clone()),
        "photo": {
            "original_bytes": told.photo.original_bytes, "sent_bytes": told.photo.file.bytes,
            "saved_percent": told.saved_percent(), "sha256": told.photo.file.sha256.as_str(),
        },
        "waited_for": told.waited_for,
        "attempts": told.attempts,
        "cut": told.cut.json(),
        "bytes_up": totals.bytes_up, "bytes_down": totals.bytes_down,
        "kept": args.keep.as_ref().map(|dir| dir.to_string_lossy()),
        "checks": checks.iter().map(Check::json).collect::<Vec<Value>>(),
    });
    let page = ending(stage, &told, &checks, args);
    let exit = if holds { Exit::Done } else { Exit::DidNotHold };
    Ok(Answer::new(json, page).ending(exit))
}

fn ending(stage: &Stage, told: &Told, checks: &[Check], args: &DemoArgs) -> Page {
    let words = stage.output.words;
    let totals = stage.line.totals();
    let mut page = Page::new();
    page.blank().toned(Tone::Strong, words.field("timeline"));
    page.append(timeline_page(words, &told.status, &told.city));
    page.blank();
    let percent = told.saved_percent().to_string();
    let kilobytes = ((told.photo.file.bytes + 500) / 1_000).to_string();
    page.toned(
        Tone::Good,
        words.with("saved_bytes", &[("n", &kilobytes), ("percent", &percent)]),
    );
    let moved = [("up", size(totals.bytes_up)), ("down", size(totals.bytes_down))];
    let moved: Vec<_> = moved
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    page.toned(Tone::Calm, words.fill(say::MOVED, &moved));
    page.blank().toned(Tone::Strong, words.say(say::CHECKED));
    for check in checks {
        let (mark, tone) = if check.holds {
            ("✓", Tone::Good)
        } else {
            ("✗", Tone::Bad)
        };
        page.spans(vec![
            Span::new(format!("  {mark} "), tone),
            Span::from(words.say(check.text)),
        ]);
    }
    if let Some(dir) = &args.keep {
        let phone = dir.join("phone");
        let data = phone.display().to_string();
        page.blank()
            .toned(Tone::Calm, words.fill(say::KEPT, &[("data", &data)]));
    }
    page
}
