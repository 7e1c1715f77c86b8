//! JPEG frame and scan headers (ITU-T T.81, annex B).

use std::io::{self, BufRead, Read};

use super::{Ending, Head};
use crate::error::PhotoError;
use crate::limits::Limits;
use crate::sniff::Kind;

pub(super) const APP1: u8 = 0xE1;
const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;

/// One marker and what belongs to it; the body is empty for markers that stand alone.
pub(super) struct Segment {
    pub(super) marker: u8,
    pub(super) body: Vec<u8>,
}

/// The marker segments of a JPEG, in order; entropy-coded data between them is passed over.
pub(super) struct Segments<'a, R> {
    reader: &'a mut R,
}

impl<'a, R: BufRead> Segments<'a, R> {
    pub(super) fn new(reader: &'a mut R) -> Self {
        Self { reader }
    }

    /// The next segment, or `None` where the file ends before one is whole.
    pub(super) fn next(&mut self) -> io::Result<Option<Segment>> {
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
        let samplings = body
            .get(6..)
            .unwrap_or_default()
            .chunks_exact(3)
            .take(usize::from(components));
        let mut samplings = samplings
            .filter_map(|part| part.get(1))
            .map(|both| (both >> 4, both & 0x0F));
        let Some(luma) = samplings.next() else {
            return Err(PhotoError::Unreadable);
        };
        // WHY refused: like the non-interleaved files below, these are decoded to garbage without an error.
        if samplings.any(|(across, down)| across > luma.0 || down > luma.1) {
            return Err(PhotoError::Unsupported {
                what: "JPEG with chroma sampled above luma",
            });
        }
        let (width, height) = (
            u32::from(u16::from_be_bytes([w1, w0])),
            u32::from(u16::from_be_bytes([h1, h0])),
        );
        Ok(Self {
            process,
            width,
            height,
            components,
        })
    }

    fn check(&self, limits: &Limits) -> Result<(), PhotoError> {
        limits.check(self.width, self.height, limits.max_pixels)?;
        match self.process {
            Process::Sequential => Ok(()),
            Process::Progressive => limits.check(self.width, self.height, limits.max_pixels_progressive),
        }
    }

    /// Scan number `scan` (from 1), whose header is `body` (T.81 B.2.3).
    fn check_scan(&self, scan: u32, body: &[u8], limits: &Limits) -> Result<(), PhotoError> {
        let components = body.first().copied().ok_or(PhotoError::Unreadable)?;
        match self.process {
            // WHY refused: zune-jpeg 0.5 (under `image`) shows garbage for such files, without an error
            // (zune-image issue 448), and a citizen must not send garbage.
            Process::Sequential if scan == 1 && components < self.components => {
                Err(PhotoError::Unsupported {
                    what: "non-interleaved JPEG",
                })
            }
            Process::Progressive if scan > limits.max_scans => Err(PhotoError::Unsupported {
                what: "JPEG with too many scans",
            }),
            _ => Ok(()),
        }
    }
}

/// Walks the whole file once: caps at the frame header, scans as they come, and whether there is an end.
pub(super) fn head(source: &mut impl BufRead, limits: &Limits, bytes: u64) -> Result<Head, PhotoError> {
    let mut frame: Option<Frame> = None;
    let mut scans = 0;
    let mut segments = Segments::new(source);
    let mut ending = Ending::Truncated;
    while let Some(segment) = segments.next()? {
        match (segment.marker, frame) {
            (0xC4 | 0xC8 | 0xCC, _) => {} // tables, not frames
            (0xC0..=0xCF, None) => {
                let read = Frame::read(segment.marker, &segment.body)?;
                read.check(limits)?;
                frame = Some(read);
            }
            // A second frame could raise the size after the caps were checked.
            (0xC0..=0xCF, Some(_)) => return Err(PhotoError::Unreadable),
            (SOS, None) => return Err(PhotoError::Unreadable),
            (SOS, Some(frame)) => {
                scans += 1;
                frame.check_scan(scans, &segment.body, limits)?;
            }
            (EOI, _) => {
                ending = Ending::Whole;
                break;
            }
            _ => {}
        }
    }
    let (Some(frame), 1..) = (frame, scans) else {
        return Err(PhotoError::Unreadable);
    };
    let coefficients = match frame.process {
        Process::Sequential => 0,
        Process::Progressive => 2 * u64::from(frame.components),
    };
    Ok(Head {
        kind: Kind::Jpeg,
        width: frame.width,
        height: frame.height,
        working_bytes_per_pixel: coefficients,
        ending,
        bytes,
    })
}
