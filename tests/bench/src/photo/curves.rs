//! Bytes at equal quality: each program's curve from bytes to SSIMULACRA2 on one photo, read at the same scores.
//!
//! The scores asked for are those that vipsthumbnail with optimised codes reaches at qualities 62, 72, 80 and 88. Each other
//! program is run along its own scale of quality (ours: of bytes), and the bytes it needs for just that score are read between
//! the two encodes around it (`figures::bytes_at`). A score beyond what a program was run for is left out, never guessed.
//! The figure of a photo is the geometric mean over its scores, that of all photos the geometric mean over theirs.

use std::io;
use std::path::Path;

use super::pictures::Photo;
use super::race::scores;
use super::tools::{Job, Name, Tools};
use crate::figures::{Point, bytes_at, geometric_mean};
use crate::measure::Call;

/// vipsthumbnail's, where curves are read.
const ASKED: [u32; 4] = [62, 72, 80, 88];
/// The scale that programs are run along: wide, for a quality of one is not that of another.
const QUALITIES: [u32; 8] = [40, 52, 62, 70, 78, 84, 90, 95];
/// Ours, as shares of what vipsthumbnail needs at its lowest and highest quality.
const BUDGETS: [f64; 7] = [0.55, 0.7, 0.85, 0.95, 1.0, 1.05, 1.1];

/// What each program's curve says of one photo.
#[derive(Debug, Default)]
pub(super) struct Curves {
    asked: Vec<f64>,
    points: Vec<(Name, Vec<Point>)>,
}

impl Curves {
    /// Measures the curves of a photo; without vipsthumbnail there is nothing to ask for.
    ///
    /// # Errors
    /// When a file cannot be looked at.
    pub(super) fn of(tools: &Tools, phananh: &Path, photo: &Photo, scratch: &Path) -> io::Result<Self> {
        let mut made = Vec::new();
        let names = [Name::SharpMozjpeg, Name::Phone, Name::PhoneOptimised];
        let along = ASKED.iter().map(|quality| (Name::Vips, *quality));
        let others = names
            .iter()
            .flat_map(|name| QUALITIES.iter().map(|quality| (*name, *quality)));
        for (name, quality) in along.chain(others) {
            let to = scratch.join(format!("curve-{name:?}-{quality}.jpg"));
            let call = tools
                .get(name)
                .and_then(|tool| tool.call(Job::Finest { quality }, &photo.path, &to));
            if let Some(call) = call {
                add(&mut made, name, &call, &to)?;
            }
        }
        let of_vips = || {
            made.iter()
                .filter(|one| one.name == Name::Vips)
                .map(|one| one.bytes)
        };
        if let (Some(least), Some(most)) = (of_vips().min(), of_vips().max()) {
            for (step, share) in BUDGETS.iter().enumerate() {
                // Even steps of shares between the two ends.
                let way = step as f64 / (BUDGETS.len() - 1) as f64;
                let bytes = (least as f64).powf(1.0 - way) * (most as f64).powf(way) * share;
                let to = scratch.join(format!("curve-ours-{step}.jpg"));
                let job = Job::Budget { bytes: bytes as u32 };
                let call = tools
                    .get(Name::Small)
                    .and_then(|tool| tool.call(job, &photo.path, &to));
                if let Some(call) = call {
                    add(&mut made, Name::Small, &call, &to)?;
                }
            }
        }
        let files: Vec<_> = made.iter().map(|one| one.file.clone()).collect();
        let told = scores(phananh, &photo.path, &files);
        let mut curves = Self::default();
        for (one, score) in made.iter().zip(told) {
            let Some(score) = score else { continue };
            // A shorter edge is judged at its own size, which no other program's picture is.
            let full = image::image_dimensions(&one.file)
                .is_ok_and(|(width, height)| width.max(height) == super::tools::EDGE);
            if full {
                curves.add(one.name, one.bytes as f64, score);
            }
        }
        Ok(curves)
    }

    fn add(&mut self, name: Name, bytes: f64, score: f64) {
        if name == Name::Vips {
            self.asked.push(score);
        }
        let point = Point { bytes, score };
        match self.points.iter_mut().find(|(known, _)| *known == name) {
            Some((_, points)) => points.push(point),
            None => self.points.push((name, vec![point])),
        }
    }

    /// Bytes of `ours` as a multiple of those of `theirs` at the scores that both reach.
    pub(super) fn ratio(&self, ours: Name, theirs: Name) -> Option<f64> {
        let points = |name: Name| {
            let found = self.points.iter().find(|(known, _)| *known == name);
            found.map(|(_, points)| points.as_slice())
        };
        let (ours, theirs) = (points(ours)?, points(theirs)?);
        let ratios: Vec<f64> = self
            .asked
            .iter()
            .filter_map(|score| Some(bytes_at(ours, *score)? / bytes_at(theirs, *score)?))
            .collect();
        geometric_mean(&ratios)
    }
}

struct Made {
    name: Name,
    file: std::path::PathBuf,
    bytes: u64,
}

fn add(made: &mut Vec<Made>, name: Name, call: &Call, to: &Path) -> io::Result<()> {
    if call.cost()?.went_well() {
        made.push(Made {
            name,
            file: to.to_path_buf(),
            bytes: std::fs::metadata(to)?.len(),
        });
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_the_scores_that_both_reach() {
        let mut curves = Curves::default();
        for (bytes, score) in [(100.0, 60.0), (200.0, 70.0), (400.0, 80.0)] {
            curves.add(Name::Vips, bytes, score);
        }
        // Half of vips' bytes at 60, four fifths at 70, and never at 80.
        curves.add(Name::Small, 50.0, 60.0);
        curves.add(Name::Small, 160.0, 70.0);
        let wanted = (0.5_f64 * 0.8).sqrt();
        assert!((curves.ratio(Name::Small, Name::Vips).unwrap() - wanted).abs() < 1e-9);
        assert_eq!(curves.ratio(Name::Small, Name::Phone), None);
    }
}
