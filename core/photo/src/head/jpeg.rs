//! JPEG frame and scan headers (ITU-T T.81, annex B).

use std::io::{self, BufRead, Read};

use super::{Ending, Head};
use crate::colour::MAX_PROFILE_BYTES;
use crate::error::PhotoError;
use crate::limits::Limits;
use crate::sniff::Kind;

pub(super) const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;

/// One marker and what belongs to it; the body is empty for markers that stand alone.
pub(crate) struct Segment {
    pub(crate) marker: u8,
    pub(crate) body: Vec<u8>,
}

/// The marker segments of a JPEG, in order; entropy-coded data between them is passed over.
pub(crate) struct Segments<'a, R> {
    reader: &'a mut R,
}

impl<'a, R: BufRead> Segments<'a, R> {
    pub(crate) fn new(reader: &'a mut R) -> Self {
        Self { reader }
    }

    /// The next segment, or `None` where the file ends before one is whole.
    pub(crate) fn next(&mut self) -> io::Result<Option<Segment>> {
        let Some(marker) = self.next_marker()? else {
            return Ok(None);
        };
        if marker == EOI || marker == 0xD8 || marker == 0x01 {
            return Ok(Some(Segment {
                marker,
                body: Vec::new(),
            }));
        }
        let mut length = [0; 2];
        match self.reader.read_exact(&mut length) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let length = u64::from(u16::from_be_bytes(length)).saturating_sub(2);
        let mut body = Vec::new();
        let read = self.reader.by_ref().take(length).read_to_end(&mut body)?;
        Ok((read as u64 == length).then_some(Segment { marker, body }))
    }

    /// Passes over data, stuffed zeros (`FF 00`), fill bytes and restart markers (T.81 B.1.1.2, B.1.1.5).
    fn next_marker(&mut self) -> io::Result<Option<u8>> {
        let mut after_ff = false;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let (used, found) = match (after_ff, buffer.first()) {
                (true, Some(&byte)) => match byte {
                    0xFF => (1, None),
                    0x00 | 0xD0..=0xD7 => {
                        after_ff = false;
                        (1, None)
                    }
                    marker => (1, Some(marker)),
                },
                _ => match buffer.iter().position(|&byte| byte == 0xFF) {
                    Some(at) => {
                        after_ff = true;
                        (at + 1, None)
                    }
                    None => (buffer.len(), None),
                },
            };
            self.reader.consume(used);
            if found.is_some() {
                return Ok(found);
            }
        }
    }
}

/// How the coefficients of a frame are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Process {
    Sequential,
    Progressive,
}

#[derive(Clone, Copy)]
struct Frame {
    process: Process,
    width: u32,
    height: u32,
    components: u8,
    /// Bytes of all its coefficients: what a decoder holds when they come in several scans.
    coefficients: u64,
}

impl Frame {
    /// Reads a frame header (T.81 B.2.2); refuses the processes that are not decoded here.
    fn read(marker: u8, body: &[u8]) -> Result<Self, PhotoError> {
        let process = match marker {
            0xC0 | 0xC1 => Process::Sequential,
            0xC2 => Process::Progressive,
            0xC9..=0xCF => {
                return Err(PhotoError::Unsupported {
                    what: "arithmetic JPEG",
                });
            }
            _ => {
                return Err(PhotoError::Unsupported {
                    what: "lossless or hierarchical JPEG",
                });
            }
        };
        let Some(&[precision, h1, h0, w1, w0, components]) = body.first_chunk() else {
            return Err(PhotoError::Unreadable);
        };
        if precision != 8 {
            return Err(PhotoError::Unsupported { what: "12-bit JPEG" });
        }
        if !matches!(components, 1 | 3 | 4) {
            return Err(PhotoError::Unsupported {
                what: "JPEG with an unusual number of components",
            });
        }
        let (width, height) = (
            u32::from(u16::from_be_bytes([w1, w0])),
            u32::from(u16::from_be_bytes([h1, h0])),
        );
        let samplings: Vec<(u32, u32)> = body
            .get(6..)
            .unwrap_or_default()
            .as_chunks::<3>()
            .0
            .iter()
            .take(usize::from(components))
            .map(|[_, both, _]| (u32::from(both >> 4), u32::from(both & 0x0F)))
            .collect();
        let factors = 1..=4;
        if samplings.len() != usize::from(components)
            || !samplings
                .iter()
                .all(|(across, down)| factors.contains(across) && factors.contains(down))
        {
            return Err(PhotoError::Unreadable);
        }
        Ok(Self {
            process,
            width,
            height,
            components,
            coefficients: coefficients(width, height, &samplings),
        })
    }

    fn check(&self, limits: &Limits) -> Result<(), PhotoError> {
        limits.check(self.width, self.height, limits.max_pixels)
    }

    /// A picture in several scans is held whole, as coefficients.
    fn check_held(&self, limits: &Limits) -> Result<(), PhotoError> {
        limits.check(self.width, self.height, limits.max_pixels_progressive)?;
        if self.coefficients > limits.max_alloc {
            return Err(PhotoError::TooLarge {
                width: self.width,
                height: self.height,
            });
        }
        Ok(())
    }

    /// How the first scan, whose header is `body` (T.81 B.2.3), says that all of them come.
    fn scans(&self, body: &[u8]) -> Result<Scans, PhotoError> {
        let components = body.first().copied().ok_or(PhotoError::Unreadable)?;
        match self.process {
            Process::Sequential if components == self.components => Ok(Scans::One),
            _ => Ok(Scans::Several),
        }
    }
}

enum Scans {
    One,
    Several,
}

/// Bytes of the coefficients of blocks of 64, 16 bits each, padded to whole MCUs (T.81 A.2.4).
fn coefficients(width: u32, height: u32, samplings: &[(u32, u32)]) -> u64 {
    let most = samplings
        .iter()
        .fold((1, 1), |most, own| (most.0.max(own.0), most.1.max(own.1)));
    let mcus = u64::from(width.div_ceil(8 * most.0)) * u64::from(height.div_ceil(8 * most.1));
    let blocks: u64 = samplings
        .iter()
        .map(|(across, down)| u64::from(across * down))
        .sum();
    mcus * blocks * 128
}

/// Reads up to the picture: caps at the frame header, and the profile of its colours. Where the picture comes in several
/// scans, walks on to the end and counts them; a single one is read once, by the decoder.
pub(super) fn head(source: &mut impl BufRead, limits: &Limits, bytes: u64) -> Result<Head, PhotoError> {
    let mut frame: Option<Frame> = None;
    let mut profile = Profile::default();
    let mut scans = 0;
    let mut segments = Segments::new(source);
    let mut ending = Ending::Truncated;
    while let Some(segment) = segments.next()? {
        match (segment.marker, frame) {
            (0xC4 | 0xC8 | 0xCC, _) => {} // tables, not frames
            (0xC0..=0xCF, None) => {
                let read = Frame::read(segment.marker, &segment.body)?;
                read.check(limits)?;
                if read.process == Process::Progressive {
                    read.check_held(limits)?;
                }
                frame = Some(read);
            }
            // A second frame could raise the size after the caps were checked.
            (0xC0..=0xCF, Some(_)) => return Err(PhotoError::Unreadable),
            (SOS, None) => return Err(PhotoError::Unreadable),
            (SOS, Some(frame)) => {
                scans += 1;
                if let (1, Scans::One) = (scans, frame.scans(&segment.body)?) {
                    ending = Ending::Unseen;
                    break;
                }
                frame.check_held(limits)?;
                if scans > limits.max_scans {
                    return Err(PhotoError::Unsupported {
                        what: "JPEG with too many scans",
                    });
                }
            }
            (EOI, _) => {
                ending = Ending::Whole;
                break;
            }
            (APP2, _) => profile.take(&segment.body),
            _ => {}
        }
    }
    let (Some(frame), 1..) = (frame, scans) else {
        return Err(PhotoError::Unreadable);
    };
    Ok(Head {
        kind: Kind::Jpeg,
        width: frame.width,
        height: frame.height,
        working_bytes_per_pixel: 0,
        ending,
        icc: profile.whole(),
        bytes,
    })
}

/// An ICC profile in the segments it was cut into (ICC.1, annex B.4): number and count of each follow its name.
#[derive(Default)]
struct Profile {
    parts: Vec<(u8, Vec<u8>)>,
    count: u8,
    bytes: usize,
}

impl Profile {
    fn take(&mut self, body: &[u8]) {
        let Some([number, count, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0".as_slice()) else {
            return;
        };
        self.bytes += part.len();
        if self.bytes <= MAX_PROFILE_BYTES {
            self.count = *count;
            self.parts.push((*number, part.to_vec()));
        }
    }

    /// The profile, where all of its parts are there and it is of a sane size.
    fn whole(mut self) -> Option<Vec<u8>> {
        self.parts.sort_by_key(|(number, _)| *number);
        let complete = self.bytes <= MAX_PROFILE_BYTES
            && self.parts.len() == usize::from(self.count)
            && self
                .parts
                .iter()
                .zip(1..)
                .all(|((number, _), expected)| *number == expected);
        (complete && self.count > 0).then(|| self.parts.into_iter().flat_map(|(_, part)| part).collect())
    }
}
