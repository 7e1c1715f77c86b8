//! What must not be seen: areas of a photo that are filled before anything is encoded.
//!
//! A resized sample is made of those around it. So more is filled than the area itself: as far as the filter reaches, that
//! no sample that is left was made of one inside. The thumbnail is made of the filled picture, and an original is never
//! kept as it is.

use crate::error::PhotoError;
use crate::picture::{Picture, Size};
use crate::plane::Plane;

/// A rectangle of a photo as it is seen, upright and at its full size, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Of its left edge.
    pub left: u32,
    /// Of its upper edge.
    pub top: u32,
    /// At least 1. What reaches beyond the photo is no matter.
    pub width: u32,
    /// At least 1. What reaches beyond the photo is no matter.
    pub height: u32,
}

/// The most areas of one photo.
pub const MAX_REDACTIONS: usize = 256;

/// Samples around an area that may be made of what is inside: three lobes of the filter, and the next whole one.
const REACH: u32 = 4;
/// Stored colour may be twice as coarse as what is made of it.
const COLOUR_REACH: u32 = 2 * REACH;

/// Checks `areas` of a photo that is `full` when upright.
///
/// # Errors
/// [`PhotoError::BadRedaction`] for one that covers nothing (a mistake, and what it was meant for would be seen), and for
/// the first beyond [`MAX_REDACTIONS`].
pub(crate) fn check(areas: &[Rect], full: Size) -> Result<(), PhotoError> {
    let covers =
        |area: &Rect| area.width > 0 && area.height > 0 && area.left < full.width && area.top < full.height;
    let wrong = areas
        .iter()
        .enumerate()
        .position(|(index, area)| index >= MAX_REDACTIONS || !covers(area));
    wrong.map_or(Ok(()), |index| Err(PhotoError::BadRedaction { index }))
}

/// Fills `areas` of a photo that is `full` in `picture`, what was made of it.
pub(crate) fn fill(picture: &mut Picture, areas: &[Rect], full: Size) {
    for area in areas {
        fill_plane(&mut picture.luma, *area, full, REACH, 0);
        for plane in picture.chroma.iter_mut().flatten() {
            fill_plane(plane, *area, full, COLOUR_REACH, 128);
        }
    }
}

fn fill_plane(plane: &mut Plane, area: Rect, full: Size, reach: u32, level: u8) {
    // From the first sample that the area touches to the last; half a sample of an odd edge is one.
    let span = |from: u32, length: u32, full: u32, samples: u32| {
        let (from, full, samples) = (u64::from(from), u64::from(full.max(1)), u64::from(samples));
        let end = (from + u64::from(length)).min(full);
        let first = (from * samples / full).saturating_sub(u64::from(reach));
        let last = ((end * samples).div_ceil(full) + u64::from(reach)).min(samples);
        first as usize..last as usize
    };
    let across = span(area.left, area.width, full.width, plane.width());
    let down = span(area.top, area.height, full.height, plane.height());
    for y in down {
        if let Some(samples) = plane.row_mut(y as u32).get_mut(across.clone()) {
            samples.fill(level);
        }
    }
}
