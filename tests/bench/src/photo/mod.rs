//! `bench photo`: what one photo costs, and how good it is, beside what people use today.
//!
//! `pictures` finds photos, `made` makes the sizes that nobody gave, `tools` are the programs, `race` runs them side by side,
//! `curves` finds bytes at equal quality, `hostile` spoils files. All of it is gathered as [`Findings`], from which `goals` draws
//! the goals and `page` the tables; both are pure.

mod curves;
mod goals;
mod hostile;
mod made;
mod page;
mod pictures;
mod race;
mod tools;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::machine::Machine;
use crate::measure::Call;
use crate::{Place, docs};
use curves::Curves;
use hostile::Hostile;
use pictures::{Coding, Origin, Photo, Skipped};
use race::{Race, race, scores};
use tools::{BUDGET, Job, Name, Tools};

pub(crate) use tools::{NaiveArgs, naive};

/// The options of `bench photo`.
#[derive(Args)]
pub(crate) struct PhotoArgs {
    #[command(flatten)]
    place: Place,
    /// Photos: any folder of JPEG, PNG and WebP, and those below it. Without it, the full-size fixtures
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
    /// Real photos for the tests; the fixtures are in it
    #[arg(long, value_name = "DIR")]
    shared: Option<PathBuf>,
    /// How often each program runs at each job; medians are told
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
}

/// What our own program says of a photo in a budget.
#[derive(Debug, Default, Deserialize)]
struct Fit {
    bytes: u64,
    /// Whole encodes it took; 0 where the original was kept bit for bit.
    encodes: u32,
}

/// One photo, and all that was measured of it.
struct Measured {
    photo: Photo,
    plain: Race,
    budget: Race,
    thumbnail: Race,
    fit: Option<Fit>,
    curves: Curves,
    instructions: Vec<(Name, u64)>,
}

/// Everything that a run has found.
struct Findings {
    machine: Machine,
    rounds: u32,
    tools: Tools,
    photos: Vec<Measured>,
    skipped: Vec<Skipped>,
    hostile: Hostile,
}

/// The task `photo`.
///
/// # Errors
/// When the folder of photos cannot be read, or a program that is here cannot be started.
pub(crate) fn run(args: &PhotoArgs) -> io::Result<()> {
    let place = &args.place;
    std::fs::create_dir_all(&place.cache)?;
    let machine = Machine::here();
    let tools = Tools::ready(place);
    let (photos, mut skipped) = found(args)?;
    let made = made::pictures(&place.cache, &photos)?;
    let scratch = tempfile::tempdir_in(&place.cache)?;
    let mut measured = Vec::new();
    for (number, photo) in photos.into_iter().chain(made).enumerate() {
        let photo = plainly_named(photo, &scratch.path().join(format!("photo-{number}")))?;
        eprintln!("measuring {}, {:.1} MP", photo.name, photo.megapixels());
        match measure(args, &tools, photo.clone(), scratch.path())? {
            Some(one) => measured.push(one),
            None => skipped.push(Skipped {
                name: photo.name,
                why: "refused by phananh".to_owned(),
            }),
        }
    }
    count_instructions(&tools, &mut measured, scratch.path());
    eprintln!("measuring hostile files");
    let originals: Vec<&Photo> = measured.iter().map(|one| &one.photo).collect();
    let hostile = hostile::measure(&tools, &originals, scratch.path(), args.rounds)?;
    let findings = Findings {
        machine,
        rounds: args.rounds,
        tools,
        photos: measured,
        skipped,
        hostile,
    };
    let goals = goals::of(&findings);
    let text = page::text(&findings, &goals);
    if place.write {
        docs::write(&place.root, "photo", &text)?;
    }
    if place.json {
        println!("{}", page::json(&findings, &goals));
    } else {
        println!("{text}");
    }
    Ok(())
}

/// The photos to measure, and what stood beside them.
fn found(args: &PhotoArgs) -> io::Result<(Vec<Photo>, Vec<Skipped>)> {
    match (&args.photos, &args.shared) {
        (Some(folder), _) => pictures::in_folder(folder)
            .map_err(|why| io::Error::other(format!("{}: {why}", folder.display()))),
        (None, Some(shared)) => pictures::in_folder(&shared.join("fixtures/photos/large")),
        (None, None) => Ok((Vec::new(), Vec::new())),
    }
}

/// Who races whom: peers that hold whole pictures are spared those of 48 megapixels and more.
fn racers(photo: &Photo) -> &'static [Name] {
    match photo.origin {
        Origin::Taken => &[
            Name::Fast,
            Name::Vips,
            Name::Small,
            Name::Sharp,
            Name::SharpMozjpeg,
            Name::ImageMagick,
            Name::Pillow,
            Name::Image,
            Name::Phone,
        ],
        Origin::Made => &[Name::Fast, Name::Vips, Name::Small],
    }
}

/// All races of one photo; `None` where our own program makes nothing of it.
fn measure(args: &PhotoArgs, tools: &Tools, photo: Photo, scratch: &Path) -> io::Result<Option<Measured>> {
    let run = |names: &[Name], job| race(tools, names, job, &photo, scratch, args.rounds);
    let mut plain = run(racers(&photo), Job::Plain)?;
    if plain.get(Name::Fast).is_none() {
        return Ok(None);
    }
    let (mut budget, mut thumbnail, mut curves, mut fit) = Default::default();
    if photo.origin == Origin::Taken {
        let job = Job::Budget { bytes: BUDGET };
        budget = run(&[Name::Small, Name::ImageMagick], job)?;
        thumbnail = run(&[Name::Fast, Name::Vips], Job::Thumbnail)?;
        curves = Curves::of(tools, &args.place.phananh, &photo, scratch)?;
        fit = told_fit(tools, job, &photo, scratch);
        for race in [&mut plain, &mut budget] {
            score(&args.place.phananh, &photo, race);
        }
    }
    Ok(Some(Measured {
        photo,
        plain,
        budget,
        thumbnail,
        fit,
        curves,
        instructions: Vec::new(),
    }))
}

/// The same file under a name without brackets, colons or dashes, which some programs take for orders.
fn plainly_named(photo: Photo, link: &Path) -> io::Result<Photo> {
    std::os::unix::fs::symlink(std::fs::canonicalize(&photo.path)?, link)?;
    Ok(Photo {
        path: link.to_path_buf(),
        ..photo
    })
}

fn score(phananh: &Path, photo: &Photo, race: &mut Race) {
    let made: Vec<PathBuf> = race.runs.values().map(|runs| runs.made.clone()).collect();
    let told = scores(phananh, &photo.path, &made);
    for (runs, score) in race.runs.values_mut().zip(told) {
        runs.score = score;
    }
}

fn told_fit(tools: &Tools, job: Job, photo: &Photo, scratch: &Path) -> Option<Fit> {
    let call = tools
        .get(Name::Small)?
        .call(job, &photo.path, &scratch.join("fit.jpg"))?;
    serde_json::from_str(&call.printed()?).ok()
}

/// Instructions of ours and of vipsthumbnail, for one photo of about 12 megapixels and one of about 48: callgrind takes fifty
/// times as long, and always counts the same.
fn count_instructions(tools: &Tools, measured: &mut [Measured], scratch: &Path) {
    if Call::new("valgrind").with("--version").answer().is_none() {
        return;
    }
    for class in [goals::TWELVE, goals::FORTY_EIGHT] {
        let found = measured
            .iter_mut()
            .find(|one| one.photo.coding == Coding::Baseline && class.contains(&one.photo.megapixels()));
        let Some(one) = found else { continue };
        eprintln!("counting instructions of {}", one.photo.name);
        for name in [Name::Fast, Name::Vips] {
            let to = scratch.join(format!("counted-{name:?}.jpg"));
            let call = tools
                .get(name)
                .and_then(|tool| tool.call(Job::Plain, &one.photo.path, &to));
            let counted = call.and_then(|call: Call| call.instructions());
            one.instructions.extend(counted.map(|counted| (name, counted)));
        }
    }
}
