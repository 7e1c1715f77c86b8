//! The programs that are compared. Each does the same jobs in the way its own manual shows; one that is not to be had is
//! named with the reason, never left out in silence.

mod imagemagick;
mod ours;
mod pillow;
mod sharp;
mod vips;

use std::io;
use std::path::Path;

use crate::Place;
use crate::measure::Call;

pub(crate) use ours::{NaiveArgs, naive};

/// What a program is asked to make of a photo: an upright JPEG without metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// 1600 px, quality 80 on libjpeg's scale, in the plainest way. Ours, which knows no quality: 300 KB.
    Plain,
    /// 1600 px at a quality, in the fewest bytes the program has for it, in sRGB.
    Finest { quality: u32 },
    /// 1600 px in at most so many bytes.
    Budget { bytes: u32 },
    /// 320 px, and nothing else.
    Thumbnail,
}

/// Long edge of a stored photo, pixels.
pub(super) const EDGE: u32 = 1600;
/// Long edge of a thumbnail, pixels.
pub(super) const SMALL_EDGE: u32 = 320;
/// The budget of a usable line, bytes.
pub(super) const BUDGET: u32 = 300_000;

/// The programs, by the name that the tables give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Name {
    Fast,
    Small,
    Vips,
    Sharp,
    SharpMozjpeg,
    ImageMagick,
    Pillow,
    Image,
    Phone,
    PhoneOptimised,
}

impl Name {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Fast => "phananh fast",
            Self::Small => "phananh small",
            Self::Vips => "vipsthumbnail",
            Self::Sharp => "sharp",
            Self::SharpMozjpeg => "sharp mozjpeg",
            Self::ImageMagick => "ImageMagick",
            Self::Pillow => "Pillow",
            Self::Image => "image (naive)",
            Self::Phone => "phone-like",
            Self::PhoneOptimised => "phone-like, optimised codes",
        }
    }
}

/// From a job, a photo, and where the result goes.
type Calling = Box<dyn Fn(Job, &Path, &Path) -> Option<Call>>;

/// A program that is here.
pub(super) struct Tool {
    pub(super) name: Name,
    /// As it tells it.
    pub(super) version: String,
    call: Calling,
}

impl Tool {
    /// How it is called for a job on a photo; `None` where it has no way to do it.
    pub(super) fn call(&self, job: Job, from: &Path, to: &Path) -> Option<Call> {
        (self.call)(job, from, to)
    }
}

/// A program that is not here, and why.
pub(super) struct Absent {
    pub(super) names: Vec<Name>,
    pub(super) why: String,
}

pub(super) struct Tools {
    pub(super) present: Vec<Tool>,
    pub(super) absent: Vec<Absent>,
}

impl Tools {
    /// Ours, and all others that are here or can be installed into the cache.
    pub(super) fn ready(place: &Place) -> Self {
        let mut tools = Self {
            present: ours::ready(place),
            absent: Vec::new(),
        };
        tools.add(&[Name::Vips], vips::ready());
        tools.add(&[Name::Sharp, Name::SharpMozjpeg], sharp::ready(&place.cache));
        tools.add(&[Name::ImageMagick], imagemagick::ready());
        tools.add(
            &[Name::Pillow, Name::Phone, Name::PhoneOptimised],
            pillow::ready(&place.cache),
        );
        tools
    }

    fn add(&mut self, names: &[Name], found: io::Result<Vec<Tool>>) {
        match found {
            Ok(found) => self.present.extend(found),
            Err(why) => self.absent.push(Absent {
                names: names.to_vec(),
                why: why.to_string(),
            }),
        }
    }

    pub(super) fn get(&self, name: Name) -> Option<&Tool> {
        self.present.iter().find(|tool| tool.name == name)
    }
}

fn missing(what: impl Into<String>) -> io::Error {
    io::Error::other(what.into())
}
