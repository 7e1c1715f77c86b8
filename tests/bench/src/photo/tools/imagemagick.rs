//! ImageMagick, of Debian: the one that has a byte budget (`jpeg:extent`).

use std::io;

use super::{EDGE, Job, Name, SMALL_EDGE, Tool, missing};
use crate::measure::Call;

/// Version 7, and Debian's names of version 6: a plain `convert` may be anything.
const PROGRAMS: [&str; 3] = ["magick", "convert-im6.q16", "convert"];

pub(super) fn ready() -> io::Result<Vec<Tool>> {
    let version = |program: &&str| {
        let told = Call::new(program).with("-version").answer()?;
        let line = told.lines().next()?;
        line.starts_with("Version: ImageMagick")
            .then(|| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" "))
    };
    let (program, version) = PROGRAMS
        .iter()
        .find_map(|program| Some((*program, version(program)?)))
        .ok_or_else(|| missing("not installed (Debian: imagemagick)"))?;
    Ok(vec![Tool {
        name: Name::ImageMagick,
        version,
        call: Box::new(move |job, from, to| {
            let edge = match job {
                Job::Thumbnail => SMALL_EDGE,
                _ => EDGE,
            };
            let call = Call::new(program)
                .with(from)
                .with("-auto-orient")
                .with("-resize")
                .with(format!("{edge}x{edge}>"))
                .with("-strip");
            let call = match job {
                Job::Plain | Job::Thumbnail => call.with("-quality").with("80"),
                Job::Budget { bytes } => call.with("-define").with(format!("jpeg:extent={bytes}B")),
                Job::Finest { .. } => return None,
            };
            Some(call.with(format!("jpg:{}", to.display())))
        }),
    }])
}
