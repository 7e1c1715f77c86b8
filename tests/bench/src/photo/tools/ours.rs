//! Ours, as anyone calls it; and the naive way in Rust, which is this program itself.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use clap::Args;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader};

use super::{BUDGET, EDGE, Job, Name, SMALL_EDGE, Tool};
use crate::Place;
use crate::measure::Call;

pub(super) fn ready(place: &Place) -> Vec<Tool> {
    let version = Call::new(&place.phananh).with("--version").answer();
    let version = version.unwrap_or_else(|| "unknown".to_owned());
    let ours = |name: Name, preset: &'static str| {
        let program = place.phananh.clone();
        Tool {
            name,
            version: version.clone(),
            call: Box::new(move |job, from, to| {
                let (edge, bytes) = match job {
                    Job::Plain => (EDGE, BUDGET),
                    Job::Budget { bytes } => (EDGE, bytes),
                    Job::Thumbnail => (SMALL_EDGE, 30_000),
                    Job::Finest { .. } => return None,
                };
                let call = Call::new(&program)
                    .all(["--json", "shrink"])
                    .with(from)
                    .with(to)
                    .all(["--preset", preset, "--max-edge"])
                    .with(edge.to_string())
                    .with("--max-bytes")
                    .with(bytes.to_string());
                Some(match job {
                    Job::Budget { .. } => call.with("--thumbnail").with(to.with_extension("small.jpg")),
                    _ => call,
                })
            }),
        }
    };
    let naive = Tool {
        name: Name::Image,
        version: "image 0.25".to_owned(),
        call: Box::new(|job, from, to| {
            let edge = match job {
                Job::Plain => EDGE,
                Job::Thumbnail => SMALL_EDGE,
                Job::Finest { .. } | Job::Budget { .. } => return None,
            };
            let program = std::env::current_exe().ok()?;
            let call = Call::new(program).with("naive").with(from).with(to);
            Some(call.with(edge.to_string()))
        }),
    };
    vec![ours(Name::Fast, "fast"), ours(Name::Small, "small"), naive]
}

/// The naive way: what the `image` crate's own examples do.
#[derive(Args)]
pub(crate) struct NaiveArgs {
    from: PathBuf,
    to: PathBuf,
    edge: u32,
}

/// The task `naive`.
///
/// # Errors
/// Whatever the `image` crate meets.
pub(crate) fn naive(args: &NaiveArgs) -> io::Result<()> {
    let mut reader = ImageReader::open(&args.from)?.with_guessed_format()?;
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(io::Error::other)?;
    let turn = decoder.orientation().map_err(io::Error::other)?;
    let decoded = DynamicImage::from_decoder(decoder).map_err(io::Error::other)?;
    let mut picture = decoded.resize(args.edge, args.edge, FilterType::Lanczos3);
    picture.apply_orientation(turn);
    let file = BufWriter::new(File::create(&args.to)?);
    let encoder = JpegEncoder::new_with_quality(file, 80);
    picture
        .into_rgb8()
        .write_with_encoder(encoder)
        .map_err(io::Error::other)
}
