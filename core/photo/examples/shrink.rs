//! One photo through the pipeline, and what it cost: `shrink IN OUT [small|fast] [MAX_EDGE] [MAX_BYTES]`.
//!
//! Prints bytes, pixels, quality, encodes, and the peak memory of this process where the system tells it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs::{self, File};
use std::process::ExitCode;

use phananh_photo::{Limits, PhotoBudget, Profile, Unwatched, ingest};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, rest @ ..] = arguments.as_slice() else {
        eprintln!("shrink IN OUT [small|fast] [MAX_EDGE] [MAX_BYTES]");
        return ExitCode::from(2);
    };
    let number = |at: usize| rest.get(at).and_then(|text| text.parse().ok());
    let budget = PhotoBudget {
        profile: match rest.first().map(String::as_str) {
            Some("fast") => Profile::Fast,
            _ => Profile::Small,
        },
        max_edge: number(1).unwrap_or(PhotoBudget::NORMAL.max_edge),
        max_bytes: number(2).unwrap_or(PhotoBudget::NORMAL.max_bytes),
    };
    let made = File::open(from)
        .map_err(Into::into)
        .and_then(|file| ingest(file, &budget, &Limits::default(), &Unwatched))
        .and_then(|photo| Ok(fs::write(to, &photo.jpeg).map(|()| photo)?));
    match made {
        Ok(photo) => {
            println!(
                "{} bytes, {} x {}, quality {:.2}, {} encodes, thumbnail {} bytes, {:?}, peak {}",
                photo.jpeg.len(),
                photo.width,
                photo.height,
                photo.quality,
                photo.encodes,
                photo.thumbnail.len(),
                photo.warnings,
                peak().unwrap_or_else(|| "unknown".to_owned()),
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{from}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The high-water mark of resident memory, as Linux tells it.
fn peak() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().skip(1).collect::<Vec<_>>().join(" "))
}
