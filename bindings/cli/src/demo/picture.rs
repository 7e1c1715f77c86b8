//! The pictures of the demo: a made photo of a pothole in Huế, and one of the mended road.
//!
//! WHY made: the demo must run on a fresh machine without anybody's photo. WHY so carefully: it has to put the core
//! to the same work as a phone does, so it is 12 megapixels with grain that no codec compresses away, lies on its
//! side (orientation 6) as phones held upright store it, and carries the EXIF a camera app writes. The same seed and
//! instant give the same bytes.
//!
//! A scene is painted at a quarter of its size and enlarged inside the image crate; grain is then added to sixteen
//! bytes at a time. A debug build does not optimise this file, and per-pixel work over 12 megapixels would take it
//! longer than the rest of the demo.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, Rgb, RgbImage};

/// Pixels as stored: a phone's 12 megapixels, 4:3.
const CAMERA: [u32; 2] = [4032, 3024];
const AFTER: [u32; 2] = [1600, 1200];
/// What camera apps write.
const QUALITY: u8 = 92;
/// Đại Nội, Huế.
const HUE: [f64; 2] = [16.4637, 107.5909];

/// A photo of a pothole, as a phone held upright stores it: JPEG, 4032 x 3024, orientation 6, 3 to 5 MB, with EXIF:
/// taken at `taken_at_unix_s` (seconds since 1970 UTC; clock at +07:00), within 300 m of Huế's citadel.
pub(crate) fn made_picture(seed: u64, taken_at_unix_s: i64) -> Vec<u8> {
    let mut random = Random::seeded(seed);
    let [long, short] = CAMERA;
    // Orientation 6 says "turn clockwise to see it", so it is stored turned the other way.
    let upright = paint(short / 4, long / 4, Road::Broken, &mut random);
    let photo = develop(upright.rotate270(), CAMERA, &mut random);
    with_exif(photo, &exif(taken_at_unix_s, &mut random))
}

/// A photo of the same kind of road, mended: JPEG, 1600 x 1200, upright, without EXIF.
pub(crate) fn made_after_picture(seed: u64) -> Vec<u8> {
    let mut random = Random::seeded(seed);
    let [width, height] = AFTER;
    let upright = paint(width / 4, height / 4, Road::Mended, &mut random);
    develop(upright, AFTER, &mut random)
}

/// What the road is like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Road {
    Broken,
    Mended,
}

/// A generator that gives the same numbers everywhere (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn seeded(seed: u64) -> Self {
        // Neighbouring seeds must not give neighbouring pictures, and 0 would give nothing but zeros.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From `low` up to, and without, `high`.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (self.next() >> 11) as f64 / (1u64 << 53) as f64 * (high - low)
    }
}

/// A street: sky, houses, verges, a road towards the horizon, and what is on it. Levels stay at most 223, so that
/// the grain fits above them.
fn paint(width: u32, height: u32, road: Road, random: &mut Random) -> DynamicImage {
    let horizon = random.between(0.36, 0.42);
    let vanishing = random.between(0.42, 0.58);
    let spot = [random.between(0.40, 0.60), random.between(0.68, 0.78)];
    let spot_size = [random.between(0.15, 0.20), random.between(0.055, 0.075)];
    let houses: Vec<(f64, f64, [f64; 3])> = (0..9)
        .map(|_| {
            let base = random.between(95.0, 170.0);
            (
                random.between(0.03, 0.17),
                random.between(0.0, 1.0),
                [base + 25.0, base + 8.0, base - 18.0],
            )
        })
        .collect();
    let cloud = random.between(0.0, 6.0);
    let picture = RgbImage::from_fn(width, height, |column, row| {
        let (x, y) = (
            f64::from(column) / f64::from(width),
            f64::from(row) / f64::from(height),
        );
        let rough = (random.next() >> 56) as f64 / 255.0 - 0.5;
        let colour = if y < horizon {
            let house = houses
                .get((x * 9.0) as usize)
                .filter(|(tall, _, _)| y > horizon - tall);
            match house {
                Some((_, phase, wall)) => house_at(x, y, *phase, *wall),
                None => sky_at(x, y / horizon, cloud),
            }
        } else {
            let near = (y - horizon) / (1.0 - horizon);
            let across = (x - vanishing - (0.5 - vanishing) * near) / (0.03 + 0.47 * near);
            match across.abs() {
                0.0..0.86 => {
                    let [dx, dy] = [(x - spot[0]) / spot_size[0], (y - spot[1]) / spot_size[1]];
                    road_at(across, near, [dx, dy], rough, road)
                }
                0.86..0.92 => [178.0, 172.0, 160.0].map(|level| level + rough * 22.0),
                _ => {
                    let tuft = ((x * 190.0).sin() + (y * 260.0).sin() + rough * 3.0) * 12.0;
                    [72.0 + tuft, 108.0 + tuft * 1.2, 48.0 + tuft * 0.6]
                }
            }
        };
        Rgb(colour.map(|level| level.clamp(8.0, 223.0) as u8))
    });
    DynamicImage::ImageRgb8(picture)
}

fn sky_at(x: f64, down: f64, cloud: f64) -> [f64; 3] {
    let wave =
        (x * 7.0 + cloud).sin() + (x * 17.0 + down * 9.0 + cloud * 2.0).sin() * 0.6 + (down * 12.0).sin();
    let white = (wave * 0.35).clamp(0.0, 0.8);
    let clear = [96.0 + 60.0 * down, 146.0 + 40.0 * down, 206.0];
    clear.map(|level| level + (220.0 - level) * white)
}

fn house_at(x: f64, y: f64, phase: f64, wall: [f64; 3]) -> [f64; 3] {
    let (across, down) = ((x * 9.0).fract(), (y * 26.0 + phase).fract());
    let window = (across * 4.0).fract() > 0.45 && down > 0.35 && across > 0.1;
    if window {
        [52.0, 60.0, 70.0]
    } else {
        wall.map(|level| level - across * 18.0)
    }
}

/// Asphalt: rough, darker where wheels run, with a dashed line; `from_spot` counts in radii of what is on it.
fn road_at(across: f64, near: f64, from_spot: [f64; 2], rough: f64, road: Road) -> [f64; 3] {
    let [dx, dy] = from_spot;
    let wheels = (across.abs() * 6.0).sin() * 7.0;
    let asphalt = 112.0 + wheels + rough * (18.0 + 40.0 * near);
    let dashed = across.abs() < 0.022 && (3.2 / (near + 0.12)).fract() < 0.55;
    match road {
        Road::Broken => {
            let ragged = (dx * 9.0 + dy * 4.0).sin() * 0.10 + (dy * 13.0 - dx * 5.0).sin() * 0.08;
            let radius = (dx * dx + dy * dy).sqrt() + ragged;
            match radius {
                // Rain water that shows the sky, wet gravel, a lit far rim.
                ..0.55 => [84.0, 92.0, 100.0].map(|level| level + dy * 26.0 + rough * 10.0),
                0.55..0.88 => [58.0, 50.0, 42.0].map(|level| level + rough * 70.0),
                0.88..1.06 => [150.0, 142.0, 130.0].map(|level| level + dy * 30.0 + rough * 50.0),
                _ if dashed => [205.0; 3].map(|level| level + rough * 30.0),
                _ => [asphalt, asphalt, asphalt + 4.0],
            }
        }
        Road::Mended => match dx.abs().max(dy.abs()) {
            ..1.1 => [62.0, 62.0, 66.0].map(|level| level + rough * 34.0),
            1.1..1.18 => [38.0, 38.0, 40.0].map(|level| level + rough * 12.0),
            _ if dashed => [205.0; 3].map(|level| level + rough * 30.0),
            _ => [asphalt, asphalt, asphalt + 4.0],
        },
    }
}

/// Enlarges a painted scene to `size`, adds grain and encodes it.
fn develop(scene: DynamicImage, [width, height]: [u32; 2], random: &mut Random) -> Vec<u8> {
    let mut pixels = scene
        .resize_exact(width, height, FilterType::Triangle)
        .into_rgb8()
        .into_raw();
    add_grain(&mut pixels, random);
    let mut jpeg = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(
        &pixels,
        width,
        height,
        ExtendedColorType::Rgb8,
    );
    debug_assert!(encoded.is_ok(), "a vector takes any number of bytes");
    jpeg
}

/// Sensor grain of the same strength in all three colours, 0 to 21 levels, two draws added as light does.
///
/// Sixteen bytes are added as one number: no sum passes 255 (scenes end at 223), so nothing carries over.
fn add_grain(pixels: &mut [u8], random: &mut Random) {
    const REACH: usize = 1 << 16;
    let mut grain = Vec::with_capacity(3 * REACH);
    while grain.len() < 3 * REACH {
        for byte in random.next().to_le_bytes() {
            let level = (byte & 0x0F) + (byte >> 4) * 6 / 15;
            grain.extend([level; 3]);
        }
    }
    for stretch in pixels.chunks_mut(REACH) {
        let from = (random.next() as usize % REACH) * 3 % (2 * REACH);
        let grain = grain.get(from - from % 3..).unwrap_or_default();
        for (bytes, grain) in stretch.chunks_exact_mut(16).zip(grain.chunks_exact(16)) {
            if let (Ok(bytes), Ok(grain)) = (<&mut [u8; 16]>::try_from(bytes), <[u8; 16]>::try_from(grain)) {
                *bytes = (u128::from_le_bytes(*bytes) + u128::from_le_bytes(grain)).to_le_bytes();
            }
        }
    }
}

/// `APP1` right after the start of the image, where cameras put it.
fn with_exif(jpeg: Vec<u8>, block: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let length = (block.len() as u16 + 8).to_be_bytes();
    [start, &[0xFF, 0xE1], &length, b"Exif\0\0", block, rest].concat()
}

/// The EXIF block of a phone's camera app (Exif 2.32), big-endian.
fn exif(taken_at_unix_s: i64, random: &mut Random) -> Vec<u8> {
    let [lat, lon] = HUE.map(|degrees| degrees + random.between(-0.002, 0.002));
    let (local_date, local_time) = civil(taken_at_unix_s + 7 * 3600);
    let (utc_date, [hour, minute, second]) = civil(taken_at_unix_s);
    let camera = vec![
        Field::ascii(
            0x9003,
            &format!(
                "{} {:02}:{:02}:{:02}",
                local_date, local_time[0], local_time[1], local_time[2]
            ),
        ),
        Field::ascii(0x9011, "+07:00"),
    ];
    let gps = vec![
        Field::ascii(0x01, "N"),
        Field::degrees(0x02, lat),
        Field::ascii(0x03, "E"),
        Field::degrees(0x04, lon),
        Field::rationals(0x07, &[[hour, 1], [minute, 1], [second, 1]]),
        Field::ascii(0x10, "T"),
        Field::rationals(0x11, &[[random.between(0.0, 35_999.0) as u32, 100]]),
        Field::ascii(0x1D, &utc_date),
        Field::rationals(0x1F, &[[random.between(40.0, 120.0) as u32, 10]]),
    ];
    let mut main = vec![
        Field::ascii(0x010F, "made picture"),
        Field::ascii(0x0110, "made picture"),
        Field {
            tag: 0x0112,
            kind: 3,
            count: 1,
            value: vec![0, 6],
        },
    ];
    let camera_at = 8 + size(&main) + 2 * 12;
    let gps_at = camera_at + size(&camera);
    main.push(Field::pointer(0x8769, camera_at));
    main.push(Field::pointer(0x8825, gps_at));
    [
        b"MM\0\x2A\0\0\0\x08".to_vec(),
        directory(&main, 8),
        directory(&camera, camera_at),
        directory(&gps, gps_at),
    ]
    .concat()
}

/// A TIFF field: its value in big-endian bytes.
struct Field {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

impl Field {
    fn ascii(tag: u16, text: &str) -> Self {
        let value = [text.as_bytes(), &[0]].concat();
        Self {
            tag,
            kind: 2,
            count: value.len() as u32,
            value,
        }
    }

    fn rationals(tag: u16, values: &[[u32; 2]]) -> Self {
        let value = values
            .iter()
            .flatten()
            .flat_map(|part| part.to_be_bytes())
            .collect();
        Self {
            tag,
            kind: 5,
            count: values.len() as u32,
            value,
        }
    }

    /// Degrees, minutes and hundredths of seconds.
    fn degrees(tag: u16, degrees: f64) -> Self {
        let hundredths = (degrees * 360_000.0).round() as u32;
        Self::rationals(
            tag,
            &[
                [hundredths / 360_000, 1],
                [hundredths / 6000 % 60, 1],
                [hundredths % 6000, 100],
            ],
        )
    }

    fn pointer(tag: u16, at: usize) -> Self {
        Self {
            tag,
            kind: 4,
            count: 1,
            value: (at as u32).to_be_bytes().to_vec(),
        }
    }
}

/// Bytes of a directory with its values behind it; values of up to 4 bytes lie within (TIFF 6.0, section 2).
fn size(fields: &[Field]) -> usize {
    fields
        .iter()
        .map(|field| field.value.len())
        .filter(|length| *length > 4)
        .sum::<usize>()
        + 12 * fields.len()
        + 6
}

fn directory(fields: &[Field], at: usize) -> Vec<u8> {
    let mut entries = (fields.len() as u16).to_be_bytes().to_vec();
    let mut values: Vec<u8> = Vec::new();
    for field in fields {
        let header = [field.tag.to_be_bytes(), field.kind.to_be_bytes()].concat();
        entries.extend([header.as_slice(), &field.count.to_be_bytes()].concat());
        if field.value.len() > 4 {
            entries.extend(((at + 12 * fields.len() + 6 + values.len()) as u32).to_be_bytes());
            values.extend(&field.value);
        } else {
            entries.extend(field.value.iter().copied().chain([0; 4]).take(4));
        }
    }
    entries.extend([0; 4]);
    [entries, values].concat()
}

/// The date `YYYY:MM:DD` and hour, minute, second of an instant in UTC (days from civil, Hinnant 2013).
fn civil(unix_s: i64) -> (String, [u32; 3]) {
    let (days, second) = (
        unix_s.div_euclid(86_400) + 719_468,
        unix_s.rem_euclid(86_400) as u32,
    );
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year + i64::from(month <= 2);
    (
        format!("{year:04}:{month:02}:{day:02}"),
        [second / 3600, second / 60 % 60, second % 60],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GenericImageView;

    #[test]
    fn a_seed_is_a_picture_of_a_phones_size_and_weight() {
        let photo = made_picture(1, 1_772_575_567);
        assert!(
            (3_000_000..5_500_000).contains(&photo.len()),
            "{} bytes",
            photo.len()
        );
        assert_eq!(
            image::load_from_memory(&photo).unwrap().dimensions(),
            (4032, 3024)
        );
        let [one, again, other] = [1, 1, 2].map(made_after_picture);
        assert!(one == again && one != other);
        assert_eq!(image::load_from_memory(&one).unwrap().dimensions(), (1600, 1200));
    }

    #[test]
    fn the_camera_writes_local_time() {
        // `date -u -d @1772575567`: Tue Mar 3 22:06:07 UTC 2026, 05:06:07 of the 4th in Huế.
        assert_eq!(civil(1_772_575_567), ("2026:03:03".to_owned(), [22, 6, 7]));
        let block = exif(1_772_575_567, &mut Random::seeded(1));
        let holds = |text: &[u8]| block.windows(text.len()).any(|window| window == text);
        assert!(holds(b"2026:03:04 05:06:07\0") && holds(b"+07:00\0") && holds(b"2026:03:03\0"));
    }
}
