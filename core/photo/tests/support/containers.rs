//! EXIF blocks into JPEG, PNG, WebP and HEIC files; frame headers of a JPEG forged.

use super::exif::Exif;

/// `APP1` right after the start of the image.
pub fn jpeg_with_exif(jpeg: &[u8], exif: &Exif) -> Vec<u8> {
    jpeg_with_segment(jpeg, 0xE1, &[b"Exif\0\0".to_vec(), exif.bytes()].concat())
}

pub fn jpeg_with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, body, &jpeg[2..]].concat()
}

/// The file with another size in its (baseline) frame header, and another frame marker.
pub fn forged_frame(jpeg: &[u8], marker: u8, width: u16, height: u16) -> Vec<u8> {
    let at = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let mut forged = jpeg.to_vec();
    forged[at + 1] = marker;
    forged[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    forged[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    forged
}

/// `eXIf` before the end; its checksum is not read by anyone here.
pub fn png_with_exif(png: &[u8], block: &[u8]) -> Vec<u8> {
    let at = png.windows(4).rposition(|name| name == b"IEND").unwrap() - 4;
    let length = (block.len() as u32).to_be_bytes();
    let checksum = crc32(&[b"eXIf", block].concat()).to_be_bytes();
    [&png[..at], &length, b"eXIf", block, &checksum, &png[at..]].concat()
}

/// `iCCP` right after the header, its profile in zlib's blocks that pack nothing (RFC 1950, 1951).
pub fn png_with_profile(png: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut body = b"profile\0\0\x78\x01".to_vec();
    let mut blocks = profile.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        body.push(u8::from(blocks.peek().is_none()));
        body.extend(length.to_le_bytes());
        body.extend((!length).to_le_bytes());
        body.extend(block);
    }
    let (low, high) = profile.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    body.extend((high << 16 | low).to_be_bytes());
    let length = (body.len() as u32).to_be_bytes();
    let named = [b"iCCP".as_slice(), &body].concat();
    // After the signature and IHDR.
    let (head, rest) = png.split_at(8 + 25);
    [head, &length, &named, &crc32(&named).to_be_bytes(), rest].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    })
}

/// A simple lossless WebP made an extended one (RFC 9649, 2.7) with an `EXIF` chunk at its end.
pub fn webp_with_exif(webp: &[u8], width: u32, height: u32, block: &[u8]) -> Vec<u8> {
    let mut extended = vec![0x08, 0, 0, 0];
    extended.extend(&(width - 1).to_le_bytes()[..3]);
    extended.extend(&(height - 1).to_le_bytes()[..3]);
    let body = [
        chunk(b"VP8X", &extended),
        webp[12..].to_vec(),
        chunk(b"EXIF", block),
    ]
    .concat();
    [
        b"RIFF".as_slice(),
        &(body.len() as u32 + 4).to_le_bytes(),
        b"WEBP",
        &body,
    ]
    .concat()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = &[0][..body.len() % 2];
    [name.as_slice(), &(body.len() as u32).to_le_bytes(), body, padding].concat()
}

/// A HEIC of nothing but its metadata item (ISO/IEC 14496-12: `ftyp`, `meta` with `iinf` and `iloc`, then the item).
pub fn heic_with_exif(block: &[u8]) -> Vec<u8> {
    let item = [6u32.to_be_bytes().as_slice(), b"Exif\0\0", block].concat();
    let ftyp = boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
    let infe = boxed(b"infe", b"\x02\0\0\0\0\x01\0\0Exif\0");
    let iinf = boxed(b"iinf", &[b"\0\0\0\0\0\x01".as_slice(), &infe].concat());
    let meta = |offset: u32| {
        let place = [offset.to_be_bytes(), (item.len() as u32).to_be_bytes()].concat();
        let iloc = boxed(
            b"iloc",
            &[b"\0\0\0\0\x44\0\0\x01\0\x01\0\0\0\x01".as_slice(), &place].concat(),
        );
        boxed(b"meta", &[[0; 4].as_slice(), &iinf, &iloc].concat())
    };
    let offset = ftyp.len() + meta(0).len() + 8;
    [ftyp, meta(offset as u32), boxed(b"mdat", &item)].concat()
}

fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), name.as_slice(), body].concat()
}
