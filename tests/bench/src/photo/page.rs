//! What a run has found, as text and as JSON.

use serde_json::{Value, json};

use super::pictures::{Coding, Origin};
use super::race::{Race, Runs};
use super::tools::{EDGE, Name};
use super::{Findings, Measured};
use crate::figures::{geometric_mean, largest, mean};
use crate::goal::Goal;
use crate::tell::{Table, figure};

const ALL: [Name; 10] = [
    Name::Fast,
    Name::Small,
    Name::Vips,
    Name::Sharp,
    Name::SharpMozjpeg,
    Name::ImageMagick,
    Name::Pillow,
    Name::Image,
    Name::Phone,
    Name::PhoneOptimised,
];

/// Against whom bytes at equal quality are told.
const EQUAL: [Name; 4] = [Name::Vips, Name::SharpMozjpeg, Name::Phone, Name::PhoneOptimised];

pub(super) fn text(findings: &Findings, goals: &[Goal]) -> String {
    let taken = findings
        .photos
        .iter()
        .filter(|one| one.photo.origin == Origin::Taken)
        .count();
    let mut parts = vec![
        findings.machine.written() + ".",
        format!(
            "{}. {taken} photos of cameras, {} made; {} rounds.",
            versions(findings),
            findings.photos.len() - taken,
            findings.rounds
        ),
    ];
    let mut table = Table::new(["goal", "what", "target", "measured", "verdict"]);
    for goal in goals {
        let (measured, verdict) = goal.told();
        table.row([
            goal.number.to_string(),
            goal.what.to_owned(),
            goal.bound_written(),
            measured,
            verdict,
        ]);
    }
    parts.push(table.written());
    let sections = [
        (
            "To 1600 px (quality 80; ours 300 KB), over camera photos",
            summary(findings, |one| &one.plain),
        ),
        (
            "To 300 KB with a thumbnail, over camera photos",
            summary(findings, |one| &one.budget),
        ),
        (
            "Thumbnail of 320 px alone, over camera photos",
            summary(findings, |one| &one.thumbnail),
        ),
        (
            "Bytes of `phananh small` at equal SSIMULACRA2, as a multiple",
            equal(findings),
        ),
        (
            "Photo by photo: CPU s / peak MB / KB / SSIMULACRA2",
            each(findings),
        ),
        ("Instructions, millions", instructions(findings)),
    ];
    for (title, table) in sections {
        if !table.is_empty() {
            parts.push(format!("**{title}**"));
            parts.push(table.written());
        }
    }
    let absent = findings.tools.absent.iter().flat_map(|one| {
        one.names
            .iter()
            .map(|name| format!("- {}: skipped, {}", name.text(), one.why))
    });
    let skipped = findings
        .skipped
        .iter()
        .map(|file| format!("- {}: skipped, {}", file.name, file.why));
    let failed = findings.photos.iter().flat_map(|one| {
        let failed = [&one.plain, &one.budget, &one.thumbnail]
            .into_iter()
            .flat_map(|race| &race.failed);
        failed.map(|name| format!("- {}: {} failed at it", one.photo.name, name.text()))
    });
    let small = findings
        .photos
        .iter()
        .filter(|one| one.photo.long_edge() <= EDGE)
        .map(|one| {
            format!(
                "- {}: {EDGE} px or less, counts for no goal of bytes, quality or thumbnails",
                one.photo.name
            )
        });
    let notes: Vec<String> = absent.chain(skipped).chain(failed).chain(small).collect();
    if !notes.is_empty() {
        parts.push(notes.join("\n"));
    }
    parts.join("\n\n")
}

fn versions(findings: &Findings) -> String {
    let mut seen: Vec<&str> = findings
        .tools
        .present
        .iter()
        .map(|tool| tool.version.as_str())
        .collect();
    seen.dedup();
    seen.join(", ")
}

/// Mean and worst of each program over the photos of cameras.
fn summary(findings: &Findings, race: impl Fn(&Measured) -> &Race) -> Table {
    let head = [
        "",
        "CPU s",
        "of vips, or IM",
        "worst",
        "peak MB",
        "worst",
        "KB",
        "SSIMULACRA2",
        "worst",
    ];
    let mut table = Table::new(head);
    for name in ALL {
        let races: Vec<&Race> = findings
            .photos
            .iter()
            .filter(|one| one.photo.origin == Origin::Taken)
            .map(&race)
            .collect();
        let runs: Vec<&Runs> = races.iter().filter_map(|race| race.get(name)).collect();
        if runs.is_empty() {
            continue;
        }
        let of = |value: &dyn Fn(&Runs) -> Option<f64>| -> Vec<f64> {
            runs.iter().filter_map(|runs| value(runs)).collect()
        };
        let ratios: Vec<f64> = races
            .iter()
            .filter_map(|race| {
                race.cpu_ratio(name, Name::Vips)
                    .or_else(|| race.cpu_ratio(name, Name::ImageMagick))
            })
            .collect();
        let peaks = of(&Runs::peak_mb);
        let scores = of(&|runs| runs.score);
        let worst_score = scores.iter().copied().min_by(f64::total_cmp);
        table.row([
            name.text().to_owned(),
            figure(mean(&of(&Runs::cpu_s)), 3),
            figure(geometric_mean(&ratios), 2),
            figure(largest(&ratios), 2),
            figure(mean(&peaks), 1),
            figure(largest(&peaks), 1),
            figure(mean(&of(&|runs| Some(runs.bytes as f64 / 1e3))), 0),
            figure(mean(&scores), 1),
            figure(worst_score, 1),
        ]);
    }
    table
}

fn equal(findings: &Findings) -> Table {
    let head = ["photo"].into_iter().chain(EQUAL.map(Name::text));
    let mut table = Table::new(head.map(|name| {
        if name == "photo" {
            name.to_owned()
        } else {
            format!("of {name}")
        }
    }));
    let rows: Vec<(&str, [Option<f64>; 4])> = findings
        .photos
        .iter()
        .map(|one| {
            (
                one.photo.name.as_str(),
                EQUAL.map(|theirs| one.curves.ratio(Name::Small, theirs)),
            )
        })
        .filter(|(_, ratios)| ratios.iter().any(Option::is_some))
        .collect();
    let mut row = |name: &str, ratios: [Option<f64>; 4]| {
        table.row(
            [name.to_owned()]
                .into_iter()
                .chain(ratios.map(|ratio| figure(ratio, 3))),
        );
    };
    for (name, ratios) in &rows {
        row(name, *ratios);
    }
    if !rows.is_empty() {
        let column = |index: usize| -> Vec<f64> {
            rows.iter()
                .filter_map(|(_, ratios)| *ratios.get(index)?)
                .collect()
        };
        row(
            "mean (geometric)",
            [0, 1, 2, 3].map(|index| geometric_mean(&column(index))),
        );
        row("worst", [0, 1, 2, 3].map(|index| largest(&column(index))));
    }
    table
}

fn each(findings: &Findings) -> Table {
    let shown: Vec<Name> = ALL
        .into_iter()
        .filter(|name| findings.photos.iter().any(|one| one.plain.get(*name).is_some()))
        .collect();
    let head = ["photo", "MP", "phananh small, 300 KB"].into_iter();
    let mut table = Table::new(head.chain(shown.iter().map(|name| name.text())));
    let cell = |runs: Option<&Runs>| {
        runs.map_or("–".to_owned(), |runs| {
            let (cpu, peak) = (figure(runs.cpu_s(), 2), figure(runs.peak_mb(), 1));
            let kilobytes = figure(Some(runs.bytes as f64 / 1e3), 0);
            format!("{cpu} / {peak} / {kilobytes} / {}", figure(runs.score, 1))
        })
    };
    for one in &findings.photos {
        let first = [
            one.photo.name.clone(),
            figure(Some(one.photo.megapixels()), 1),
            cell(one.budget.get(Name::Small)),
        ];
        table.row(
            first
                .into_iter()
                .chain(shown.iter().map(|name| cell(one.plain.get(*name)))),
        );
    }
    table
}

fn instructions(findings: &Findings) -> Table {
    let mut table = Table::new(["photo", Name::Fast.text(), Name::Vips.text()]);
    for one in findings.photos.iter().filter(|one| !one.instructions.is_empty()) {
        let of = |name| {
            let found = one.instructions.iter().find(|(counted, _)| *counted == name);
            found.map(|(_, counted)| *counted as f64 / 1e6)
        };
        table.row([
            one.photo.name.clone(),
            figure(of(Name::Fast), 0),
            figure(of(Name::Vips), 0),
        ]);
    }
    table
}

/// One of the races of a photo.
type Picked = fn(&Measured) -> &Race;

pub(super) fn json(findings: &Findings, goals: &[Goal]) -> Value {
    let jobs = |one: &Measured| -> Vec<Value> {
        let races = [
            ("plain", &one.plain),
            ("budget", &one.budget),
            ("thumbnail", &one.thumbnail),
        ];
        let row = |job: &str, race: &Race, name: Name, runs: &Runs| {
            json!({
                "job": job, "tool": name.text(), "cpu_s": runs.cpu_s(), "peak_mb": runs.peak_mb(), "bytes": runs.bytes,
                "ssimulacra2": runs.score, "cpu_of_vips": race.cpu_ratio(name, Name::Vips),
                "cpu_of_imagemagick": race.cpu_ratio(name, Name::ImageMagick),
            })
        };
        let rows = races.into_iter().flat_map(|(job, race)| {
            race.runs
                .iter()
                .map(move |(name, runs)| row(job, race, *name, runs))
        });
        rows.collect()
    };
    let photo = |one: &Measured| {
        let equal: serde_json::Map<String, Value> = EQUAL
            .into_iter()
            .map(|theirs| {
                (
                    theirs.text().to_owned(),
                    json!(one.curves.ratio(Name::Small, theirs)),
                )
            })
            .collect();
        let counted: serde_json::Map<String, Value> = one
            .instructions
            .iter()
            .map(|(name, counted)| (name.text().to_owned(), json!(counted)))
            .collect();
        json!({
            "name": one.photo.name, "width": one.photo.width, "height": one.photo.height, "bytes": one.photo.bytes,
            "made": one.photo.origin == Origin::Made, "progressive": one.photo.coding == Coding::Progressive,
            "rows": jobs(one), "bytes_at_equal_ssimulacra2": equal, "instructions": counted,
            "encodes": one.fit.as_ref().map(|fit| fit.encodes),
            "fill": one.fit.as_ref().map(|fit| fit.bytes as f64 / f64::from(super::BUDGET)),
        })
    };
    let tools: Vec<Value> = findings
        .tools
        .present
        .iter()
        .map(|tool| json!({"tool": tool.name.text(), "version": tool.version}))
        .collect();
    let absent = findings.tools.absent.iter().flat_map(|one| {
        one.names
            .iter()
            .map(|name| json!({"what": name.text(), "why": one.why}))
    });
    let skipped = findings
        .skipped
        .iter()
        .map(|file| json!({"what": file.name, "why": file.why}));
    let race_of: [(&str, Picked); 3] = [
        ("plain", |one| &one.plain),
        ("budget", |one| &one.budget),
        ("thumbnail", |one| &one.thumbnail),
    ];
    let means: Vec<Value> = race_of
        .into_iter()
        .flat_map(|(job, race)| {
            ALL.into_iter()
                .filter_map(move |name| means(findings, job, race, name))
        })
        .collect();
    json!({
        "machine": findings.machine, "rounds": findings.rounds, "tools": tools, "goals": goals,
        "photos": findings.photos.iter().map(photo).collect::<Vec<_>>(),
        "summary": means,
        "skipped": absent.chain(skipped).collect::<Vec<_>>(),
    })
}

fn means(findings: &Findings, job: &str, race: Picked, name: Name) -> Option<Value> {
    let taken = findings
        .photos
        .iter()
        .filter(|one| one.photo.origin == Origin::Taken);
    let runs: Vec<&Runs> = taken.filter_map(|one| race(one).get(name)).collect();
    if runs.is_empty() {
        return None;
    }
    let of = |value: &dyn Fn(&Runs) -> Option<f64>| -> Vec<f64> {
        runs.iter().filter_map(|runs| value(runs)).collect()
    };
    let (cpus, peaks, bytes) = (
        of(&Runs::cpu_s),
        of(&Runs::peak_mb),
        of(&|runs| Some(runs.bytes as f64)),
    );
    let scores = of(&|runs| runs.score);
    let worst_score = scores.iter().copied().min_by(f64::total_cmp);
    Some(json!({
        "job": job, "tool": name.text(), "photos": runs.len(),
        "mean": {"cpu_s": mean(&cpus), "peak_mb": mean(&peaks), "bytes": mean(&bytes), "ssimulacra2": mean(&scores)},
        "worst": {"cpu_s": largest(&cpus), "peak_mb": largest(&peaks), "bytes": largest(&bytes), "ssimulacra2": worst_score},
    }))
}
