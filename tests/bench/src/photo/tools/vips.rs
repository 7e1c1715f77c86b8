//! vipsthumbnail, of Debian's libvips-tools: the fastest that people use.

use std::io;
use std::path::Path;

use image::{ImageDecoder, ImageReader};

use super::{EDGE, Job, Name, SMALL_EDGE, Tool, missing};
use crate::measure::Call;

pub(super) fn ready() -> io::Result<Vec<Tool>> {
    let version = Call::new("vipsthumbnail").with("--version").answer();
    let version = version.ok_or_else(|| missing("not installed (Debian: libvips-tools)"))?;
    Ok(vec![Tool {
        name: Name::Vips,
        version,
        call: Box::new(|job, from, to| {
            let (edge, options) = match job {
                Job::Plain => (EDGE, "[Q=80,strip]".to_owned()),
                Job::Finest { quality } => (EDGE, format!("[Q={quality},strip,optimize_coding]")),
                Job::Thumbnail => (SMALL_EDGE, "[Q=75,strip]".to_owned()),
                Job::Budget { .. } => return None,
            };
            let call = Call::new("vipsthumbnail")
                .with(from)
                .with("-s")
                .with(format!("{edge}x{edge}>"));
            // Without a profile to come from, vipsthumbnail's way to sRGB makes another picture.
            let call = match job {
                Job::Finest { .. } if has_profile(from) => call.with("--eprofile=srgb"),
                _ => call,
            };
            Some(call.with("-o").with(format!("{}{options}", to.display())))
        }),
    }])
}

/// Whether a picture says in which colours its numbers are.
fn has_profile(path: &Path) -> bool {
    let profile = || {
        let reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
        reader.into_decoder().ok()?.icc_profile().ok()?
    };
    profile().is_some()
}
