//! The goals of the photo pipeline, drawn from what was found.

use std::ops::Range;

use super::pictures::{Coding, Origin};
use super::race::Race;
use super::tools::{BUDGET, EDGE, Name};
use super::{Findings, Measured};
use crate::figures::{geometric_mean, largest, mean};
use crate::goal::{Bound, Goal, Unit};

use Bound::{AtLeast, AtMost};

/// Megapixels that count as 12.
pub(super) const TWELVE: Range<f64> = 8.0..17.0;
/// Megapixels that count as 48.
pub(super) const FORTY_EIGHT: Range<f64> = 40.0..65.0;

/// The most whole encodes a photo, always and on average.
const ENCODES: [f64; 2] = [2.0, 1.6];

type Pick<'a> = Vec<&'a Measured>;

/// Every goal with its figure.
pub(super) fn of(findings: &Findings) -> Vec<Goal> {
    let all: Pick<'_> = findings.photos.iter().collect();
    let class = |range: &Range<f64>, coding| -> Pick<'_> {
        let fits = |one: &&&Measured| one.photo.coding == coding && range.contains(&one.photo.megapixels());
        all.iter().filter(fits).copied().collect()
    };
    let twelve = class(&TWELVE, Coding::Baseline);
    let forty_eight = class(&FORTY_EIGHT, Coding::Baseline);
    let progressive = class(&TWELVE, Coding::Progressive);
    let taken: Pick<'_> = all
        .iter()
        .filter(|one| one.photo.origin == Origin::Taken && one.photo.long_edge() > EDGE)
        .copied()
        .collect();
    let mut goals = Vec::new();
    goals.extend(speed(findings, 1, &twelve, [0.30, 0.33]));
    goals.extend(speed(findings, 2, &forty_eight, [0.55, 0.60]));
    goals.extend(memory(&all, &twelve, &forty_eight));
    goals.extend(bytes(findings, &taken));
    goals.extend(budget(findings, &taken));
    goals.extend(thumbnails(findings, &taken));
    goals.extend(hostile(findings));
    goals.extend(several_scans(findings, &progressive));
    goals
}

/// Why a comparison with a program has no figure.
fn absent(findings: &Findings, name: Name) -> String {
    let absent = findings.tools.absent.iter().find(|one| one.names.contains(&name));
    absent.map_or("no photo for it".to_owned(), |one| {
        format!("{}: {}", name.text(), one.why)
    })
}

/// The geometric mean over photos; none where a photo lacks it would be told as if it were all.
fn over(photos: &[&Measured], figure: impl Fn(&Measured) -> Option<f64>) -> Option<f64> {
    let figures: Vec<f64> = photos.iter().filter_map(|one| figure(one)).collect();
    geometric_mean(&figures)
}

fn cpu(race: &Race) -> Option<f64> {
    race.cpu_ratio(Name::Fast, Name::Vips)
}

fn speed(findings: &Findings, number: u32, photos: &[&Measured], most: [f64; 2]) -> [Goal; 2] {
    let [most_cpu, most_instructions] = most;
    let what = match number {
        1 => [
            "12 MP to 1600 px, fast: CPU of vipsthumbnail's",
            "the same, instructions",
        ],
        _ => [
            "48 MP to 1600 px, fast: CPU of vipsthumbnail's",
            "the same, instructions",
        ],
    };
    let counted = |one: &Measured, name| {
        let found = one.instructions.iter().find(|(counted, _)| *counted == name);
        found.map(|(_, instructions)| *instructions as f64)
    };
    let instructions = over(photos, |one| {
        Some(counted(one, Name::Fast)? / counted(one, Name::Vips)?)
    });
    let why = absent(findings, Name::Vips);
    let valgrind = "valgrind is not here, or counted nothing";
    let [what_cpu, what_instructions] = what;
    [
        Goal::of(
            number,
            what_cpu,
            AtMost(most_cpu),
            Unit::Times,
            over(photos, |one| cpu(&one.plain)),
            why,
        ),
        Goal::of(
            number,
            what_instructions,
            AtMost(most_instructions),
            Unit::Times,
            instructions,
            valgrind,
        ),
    ]
}

fn memory(all: &[&Measured], twelve: &[&Measured], forty_eight: &[&Measured]) -> [Goal; 3] {
    let peaks = |photos: &[&Measured], name| -> Vec<f64> {
        let peak = |one: &&&Measured| one.plain.get(name)?.peak_mb();
        let streamed = photos.iter().filter(|one| one.photo.coding == Coding::Baseline);
        streamed.filter_map(|one| peak(&one)).collect()
    };
    let apart = [Name::Fast, Name::Small].map(|name| {
        let means = [mean(&peaks(twelve, name)), mean(&peaks(forty_eight, name))];
        match means {
            [Some(twelve), Some(forty_eight)] => Some((twelve - forty_eight).abs()),
            _ => None,
        }
    });
    let apart: Vec<f64> = apart.into_iter().flatten().collect();
    let why = "no photo for it";
    let most = |name| largest(&peaks(all, name));
    [
        Goal::of(
            3,
            "Peak memory, baseline of any size to 200 MP, fast",
            AtMost(9.0),
            Unit::Megabytes,
            most(Name::Fast),
            why,
        ),
        Goal::of(
            3,
            "the same, small",
            AtMost(18.0),
            Unit::Megabytes,
            most(Name::Small),
            why,
        ),
        Goal::of(
            3,
            "12 MP and 48 MP apart",
            AtMost(1.0),
            Unit::Megabytes,
            largest(&apart),
            why,
        ),
    ]
}

fn bytes(findings: &Findings, taken: &[&Measured]) -> [Goal; 3] {
    let goal = |what, most, theirs| {
        let figure = over(taken, |one| one.curves.ratio(Name::Small, theirs));
        Goal::of(
            4,
            what,
            AtMost(most),
            Unit::Times,
            figure,
            absent(findings, theirs),
        )
    };
    [
        goal(
            "Bytes at equal SSIMULACRA2, small: of vipsthumbnail's, optimised",
            0.85,
            Name::Vips,
        ),
        goal("the same: of sharp's with mozjpeg", 0.97, Name::SharpMozjpeg),
        goal("the same: of a phone-like path's", 0.72, Name::Phone),
    ]
}

fn budget(findings: &Findings, taken: &[&Measured]) -> Vec<Goal> {
    // Where the original was kept, nothing was fitted.
    let fitted: Vec<_> = taken
        .iter()
        .filter_map(|one| one.fit.as_ref())
        .filter(|fit| fit.encodes > 0)
        .collect();
    let budget = f64::from(BUDGET);
    let fills: Vec<f64> = fitted.iter().map(|fit| fit.bytes as f64 / budget).collect();
    let encodes: Vec<f64> = fitted.iter().map(|fit| f64::from(fit.encodes)).collect();
    let over_budget = fills.iter().filter(|fill| **fill > 1.0).count() as f64;
    let gains: Vec<f64> = taken
        .iter()
        .filter_map(|one| {
            let score = |name| one.budget.get(name)?.score;
            Some(score(Name::Small)? - score(Name::ImageMagick)?)
        })
        .collect();
    let time = over(taken, |one| one.budget.cpu_ratio(Name::Small, Name::ImageMagick));
    let none = "no photo for it";
    let magick = absent(findings, Name::ImageMagick);
    let [always, on_average] = ENCODES;
    vec![
        Goal::of(
            5,
            "300 KB budget: photos over it",
            AtMost(0.0),
            Unit::Count,
            (!fills.is_empty()).then_some(over_budget),
            none,
        ),
        Goal::of(5, "mean fill", AtLeast(0.96), Unit::Share, mean(&fills), none),
        Goal::of(
            5,
            "whole encodes, most",
            AtMost(always),
            Unit::Count,
            largest(&encodes),
            none,
        ),
        Goal::of(
            5,
            "whole encodes, mean",
            AtMost(on_average),
            Unit::Count,
            mean(&encodes),
            none,
        ),
        Goal::of(
            5,
            "whole job with thumbnail: CPU of ImageMagick's extent",
            AtMost(0.20),
            Unit::Times,
            time,
            magick.clone(),
        ),
        Goal::of(
            5,
            "SSIMULACRA2 above ImageMagick's extent, mean",
            AtLeast(3.5),
            Unit::Points,
            mean(&gains),
            magick,
        ),
    ]
}

fn thumbnails(findings: &Findings, taken: &[&Measured]) -> [Goal; 2] {
    let why = absent(findings, Name::Vips);
    let time = over(taken, |one| cpu(&one.thumbnail));
    let peak = over(taken, |one| one.thumbnail.peak_ratio(Name::Fast, Name::Vips));
    [
        Goal::of(
            6,
            "Thumbnail alone: CPU of vipsthumbnail's",
            AtMost(0.35),
            Unit::Times,
            time,
            why.clone(),
        ),
        Goal::of(6, "the same, peak memory", AtMost(0.12), Unit::Times, peak, why),
    ]
}

fn hostile(findings: &Findings) -> [Goal; 4] {
    let seen = &findings.hostile;
    let none = "no picture to spoil";
    let tried = seen.damaged > 0;
    let badly = tried.then_some(f64::from(seen.ended_badly));
    let taken = seen.bomb_ms.map(|_| f64::from(seen.bombs_taken));
    [
        Goal::of(
            7,
            "Bombs that were not refused",
            AtMost(0.0),
            Unit::Count,
            taken,
            none,
        ),
        Goal::of(
            7,
            "slowest refusal, wall clock",
            AtMost(20.0),
            Unit::Milliseconds,
            seen.bomb_ms,
            none,
        ),
        Goal::of(
            7,
            "peak memory of a refusal",
            AtMost(6.0),
            Unit::Megabytes,
            seen.bomb_mb,
            none,
        ),
        Goal::of(
            7,
            "damaged files without picture or typed error",
            AtMost(0.0),
            Unit::Count,
            badly,
            none,
        ),
    ]
}

fn several_scans(findings: &Findings, photos: &[&Measured]) -> [Goal; 2] {
    let why = absent(findings, Name::Vips);
    let time = over(photos, |one| cpu(&one.plain));
    let peak = over(photos, |one| one.plain.peak_ratio(Name::Fast, Name::Vips));
    [
        Goal::of(
            8,
            "Progressive 12 MP, fast: peak memory of vipsthumbnail's",
            AtMost(0.5),
            Unit::Times,
            peak,
            why.clone(),
        ),
        Goal::of(8, "the same, CPU", AtMost(0.6), Unit::Times, time, why),
    ]
}
