//! Tiny JPEGs of every kind, written by another encoder: `golden/README.md` says how, and of what picture.

use image::{Rgb, RgbImage};

pub const PROGRESSIVE: &[u8] = include_bytes!("../golden/progressive.jpg");
pub const NON_INTERLEAVED: &[u8] = include_bytes!("../golden/non-interleaved.jpg");
pub const CHROMA_ABOVE_LUMA: &[u8] = include_bytes!("../golden/chroma-above-luma.jpg");
pub const ARITHMETIC: &[u8] = include_bytes!("../golden/arithmetic.jpg");
pub const GRAY: &[u8] = include_bytes!("../golden/gray.jpg");
pub const RGB: &[u8] = include_bytes!("../golden/rgb.jpg");
pub const CMYK: &[u8] = include_bytes!("../golden/cmyk.jpg");

/// A photo in Display P3, and what another program makes of it in sRGB (PNG).
pub const P3: &[u8] = include_bytes!("../golden/p3.jpg");
pub const P3_IN_SRGB: &[u8] = include_bytes!("../golden/p3-in-srgb.png");

/// One picture stored for each orientation, 1 to 8, all of the same coefficients: 4:2:0, then 4:2:2 (4:4:0 where it lies
/// on its side).
pub const TURNED: [[&[u8]; 8]; 2] = [
    [
        include_bytes!("../golden/turned-1.jpg"),
        include_bytes!("../golden/turned-2.jpg"),
        include_bytes!("../golden/turned-3.jpg"),
        include_bytes!("../golden/turned-4.jpg"),
        include_bytes!("../golden/turned-5.jpg"),
        include_bytes!("../golden/turned-6.jpg"),
        include_bytes!("../golden/turned-7.jpg"),
        include_bytes!("../golden/turned-8.jpg"),
    ],
    [
        include_bytes!("../golden/turned-422-1.jpg"),
        include_bytes!("../golden/turned-422-2.jpg"),
        include_bytes!("../golden/turned-422-3.jpg"),
        include_bytes!("../golden/turned-422-4.jpg"),
        include_bytes!("../golden/turned-422-5.jpg"),
        include_bytes!("../golden/turned-422-6.jpg"),
        include_bytes!("../golden/turned-422-7.jpg"),
        include_bytes!("../golden/turned-422-8.jpg"),
    ],
];

/// Of [`picture`]: one file for each way of sampling colour, and for what stands between its data.
pub const COLOUR: &[(&str, &[u8])] = &[
    ("4:4:4", include_bytes!("../golden/sampling-444.jpg")),
    ("4:2:2", include_bytes!("../golden/sampling-422.jpg")),
    ("4:4:0", include_bytes!("../golden/sampling-440.jpg")),
    ("4:2:0", include_bytes!("../golden/sampling-420.jpg")),
    ("4:1:1", include_bytes!("../golden/sampling-411.jpg")),
    ("4:1:0", include_bytes!("../golden/sampling-410.jpg")),
    ("restart markers", include_bytes!("../golden/restart.jpg")),
    ("two scans", include_bytes!("../golden/two-scans.jpg")),
    ("RGB", RGB),
    ("CMYK", CMYK),
];

pub const ALL: &[&[u8]] = &[
    PROGRESSIVE,
    NON_INTERLEAVED,
    CHROMA_ABOVE_LUMA,
    ARITHMETIC,
    GRAY,
    RGB,
    CMYK,
    include_bytes!("../golden/sampling-422.jpg"),
    include_bytes!("../golden/sampling-411.jpg"),
    include_bytes!("../golden/restart.jpg"),
    include_bytes!("../golden/two-scans.jpg"),
];

/// What the files of [`COLOUR`] were made of.
pub fn picture() -> RgbImage {
    RgbImage::from_fn(64, 48, |x, y| {
        let disc = (x.abs_diff(32)).pow(2) + (y.abs_diff(36)).pow(2) < 64;
        Rgb(match (y < 24, disc) {
            (true, _) => [4 * x as u8, 10 * y as u8, 255 - 4 * x as u8],
            (false, true) => [30, 40, 90],
            (false, false) => [200, 120, 40],
        })
    })
}
