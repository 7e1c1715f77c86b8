//! Pictures of sizes that nobody gave: made of one frame, again and again mirrored, pixel for pixel, so that each megapixel
//! holds as much as a camera's. They measure time and memory, and never count for bytes or quality.
//!
//! The frame is a photo of about 12 megapixels where there is one; else it is drawn from a seed.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use image::{ImageReader, Rgb, RgbImage};
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};

use super::pictures::{Coding, Origin, Photo};

/// What phones use, about.
const QUALITY: u8 = 92;
const FRAME: [u32; 2] = [4032, 3024];

/// How a frame is laid out.
struct Mosaic<'a> {
    frame: &'a RgbImage,
    /// Frames across and down.
    times: u32,
}

impl ImageBuffer for Mosaic<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        u16::try_from(self.frame.width() * self.times).unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        u16::try_from(self.frame.height() * self.times).unwrap_or(u16::MAX)
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let [luma, blue, red, _] = buffers;
        let row = mirrored(u32::from(y), self.frame.height());
        for x in 0..u32::from(self.width()) {
            let [r, g, b] = self.frame.get_pixel(mirrored(x, self.frame.width()), row).0;
            let (y, cb, cr) = rgb_to_ycbcr(r, g, b);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}

/// Where a position lies in a frame whose every other copy is mirrored: edges meet their like.
fn mirrored(at: u32, length: u32) -> u32 {
    let inside = at % length;
    if (at / length).is_multiple_of(2) {
        inside
    } else {
        length - 1 - inside
    }
}

/// 12 megapixels progressive, 48, and 200, of the best frame among `photos`; and 12 too, where no camera's is there.
///
/// # Errors
/// When they cannot be written.
pub(super) fn pictures(cache: &Path, photos: &[Photo]) -> io::Result<Vec<Photo>> {
    let frame = photos.iter().find(|photo| {
        photo.coding == Coding::Baseline
            && (11.5..13.5).contains(&photo.megapixels())
            && photo.width > photo.height
    });
    let mark = frame.map_or_else(|| "seed".to_owned(), |photo| photo.bytes.to_string());
    let home = cache.join(format!("made-{mark}"));
    fs::create_dir_all(&home)?;
    let mut pixels = None;
    let mut made = Vec::new();
    let wanted = [
        ("made-12mp.jpg", 1, Coding::Baseline),
        ("made-12mp-progressive.jpg", 1, Coding::Progressive),
        ("made-48mp.jpg", 2, Coding::Baseline),
        ("made-200mp.jpg", 4, Coding::Baseline),
    ];
    for (name, times, coding) in wanted {
        if frame.is_some() && name == "made-12mp.jpg" {
            continue;
        }
        let path = home.join(name);
        if !path.exists() {
            eprintln!("making {name}");
            let frame = match pixels.take() {
                Some(known) => known,
                None => match frame {
                    Some(photo) => ImageReader::open(&photo.path)?
                        .with_guessed_format()?
                        .decode()
                        .map_err(io::Error::other)?
                        .into_rgb8(),
                    None => drawn(FRAME, 1),
                },
            };
            write(&path, &Mosaic { frame: &frame, times }, coding)?;
            pixels = Some(frame);
        }
        made.push(Photo::open(&path, name.to_owned(), Origin::Made)?);
    }
    Ok(made)
}

fn write(path: &Path, mosaic: &Mosaic<'_>, coding: Coding) -> io::Result<()> {
    let half = path.with_extension("half");
    let mut encoder = Encoder::new(BufWriter::new(File::create(&half)?), QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(coding == Coding::Progressive);
    encoder.encode_image(Rows(mosaic)).map_err(io::Error::other)?;
    fs::rename(half, path)
}

/// The encoder wants to own what it is given.
struct Rows<'a, 'b>(&'a Mosaic<'b>);

impl ImageBuffer for Rows<'_, '_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        self.0.get_jpeg_color_type()
    }

    fn width(&self) -> u16 {
        self.0.width()
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        self.0.fill_buffers(y, buffers);
    }
}

/// A picture out of nothing: clouds of noise at six sizes, edges, and grain, about as busy as a street.
fn drawn([width, height]: [u32; 2], seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let clouds: f64 = (0..6_u32)
            .map(|octave| {
                let size = 512 >> octave;
                smooth(x, y, size, seed + octave) / f64::from(1 + octave)
            })
            .sum();
        let edge = if (x / 211 + y / 307) % 3 == 0 { 18.0 } else { -9.0 };
        let grain = f64::from(noise(x, y, seed + 99)) / 64.0 - 2.0;
        let base = clouds * 40.0 + edge + grain + 60.0;
        let level = |shift: f64| (base * shift).clamp(0.0, 255.0) as u8;
        Rgb([level(1.05), level(1.0), level(0.85)])
    })
}

/// Noise of one size, between 0 and 1, along lines between its points.
fn smooth(x: u32, y: u32, size: u32, seed: u32) -> f64 {
    let (column, row) = (x / size, y / size);
    let across = f64::from(x % size) / f64::from(size);
    let down = f64::from(y % size) / f64::from(size);
    let at = |dx: u32, dy: u32| f64::from(noise(column + dx, row + dy, seed)) / 255.0;
    let top = at(0, 0) * (1.0 - across) + at(1, 0) * across;
    let bottom = at(0, 1) * (1.0 - across) + at(1, 1) * across;
    top * (1.0 - down) + bottom * down
}

/// A byte that looks random and is not.
fn noise(x: u32, y: u32, seed: u32) -> u8 {
    let mut mixed = x
        .wrapping_mul(0x9E37_79B1)
        .wrapping_add(y.wrapping_mul(0x85EB_CA77))
        .wrapping_add(seed.wrapping_mul(0xC2B2_AE3D));
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x2C1B_3C6D);
    mixed ^= mixed >> 13;
    (mixed >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_frame_meets_its_like_at_every_edge() {
        let row: Vec<u32> = (0..8).map(|at| mirrored(at, 3)).collect();
        assert_eq!(row, [0, 1, 2, 2, 1, 0, 0, 1]);
    }

    #[test]
    fn a_drawn_frame_is_the_same_each_time_and_another_for_another_seed() {
        let picture = drawn([64, 48], 1);
        assert_eq!(picture, drawn([64, 48], 1));
        assert_ne!(picture, drawn([64, 48], 2));
    }
}
