//! Chunked files: PNG and RIFF say name and length of each part, in their own order and byte order.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// How a container writes its chunks.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// Length (big-endian), name, body, checksum of 4 bytes; after a signature of 8 bytes.
    Png,
    /// Name, length (little-endian), body, padded to even; after `RIFF`, size and `WEBP`.
    Riff,
}

/// The most chunks looked at: a 100 MB PNG in 8 KB parts has 12,500.
const MAX_CHUNKS: u32 = 100_000;

/// A chunk whose body starts where the source stands after [`Chunks::next`].
pub(crate) struct Chunk {
    pub(crate) name: [u8; 4],
    pub(crate) length: u64,
}

/// Walks the chunks of a source by seeking: bodies nobody asks for are never read.
pub(crate) struct Chunks<'a, R> {
    source: &'a mut R,
    layout: Layout,
    next_at: u64,
    left: u32,
}

impl<'a, R: BufRead + Seek> Chunks<'a, R> {
    pub(crate) fn new(source: &'a mut R, layout: Layout) -> Self {
        let next_at = match layout {
            Layout::Png => 8,
            Layout::Riff => 12,
        };
        Self {
            source,
            layout,
            next_at,
            left: MAX_CHUNKS,
        }
    }

    /// The next chunk, or `None` where the file or the patience ends.
    pub(crate) fn next(&mut self) -> io::Result<Option<Chunk>> {
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => return Ok(None),
        };
        self.source.seek(SeekFrom::Start(self.next_at))?;
        let mut header = [0; 8];
        match self.source.read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [a, b, c, d, e, f, g, h] = header;
        let (name, length, tail) = match self.layout {
            Layout::Png => ([e, f, g, h], u64::from(u32::from_be_bytes([a, b, c, d])), 4),
            Layout::Riff => {
                let length = u64::from(u32::from_le_bytes([e, f, g, h]));
                ([a, b, c, d], length, length & 1)
            }
        };
        // At most 100,000 chunks of 4 GB each: far from overflowing 64 bits.
        self.next_at += 8 + length + tail;
        Ok(Some(Chunk { name, length }))
    }

    /// The body of the chunk just found, at most `cap` bytes of it.
    pub(crate) fn body(&mut self, chunk: &Chunk, cap: u64) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        self.source
            .by_ref()
            .take(chunk.length.min(cap))
            .read_to_end(&mut body)?;
        Ok(body)
    }
}
