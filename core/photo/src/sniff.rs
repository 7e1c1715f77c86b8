//! What a file is, by its first bytes. Names and MIME types from outside are hearsay.

/// How many bytes [`sniff`] likes to see: enough for the longest list of brands in use.
pub const SNIFF_BYTES: usize = 64;

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG (W3C, third edition).
    Png,
    /// WebP (RFC 9649).
    WebP,
    /// HEIF with HEVC (ISO/IEC 23008-12): recognised, decoded by the platform.
    Heic,
    /// AVIF: recognised, not decoded.
    Avif,
    /// Anything else.
    Unknown,
}

impl Kind {
    /// The format's name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Unknown => "unknown",
        }
    }
}

/// The kind of the file that begins with `head` (its first [`SNIFF_BYTES`], or all of a shorter file).
#[must_use]
pub fn sniff(head: &[u8]) -> Kind {
    if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Kind::Jpeg
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Kind::Png
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Kind::WebP
    } else if head.get(4..8) == Some(b"ftyp") {
        by_brands(head)
    } else {
        Kind::Unknown
    }
}

/// ISO base media: the major brand, then the compatible ones. AVIF files name `mif1` too, so AVIF is asked first.
fn by_brands(head: &[u8]) -> Kind {
    let size = head
        .first_chunk()
        .map_or(0, |size: &[u8; 4]| u32::from_be_bytes(*size) as usize);
    let ftyp = head.get(..size).unwrap_or(head);
    let major = ftyp.get(8..12);
    let compatible = ftyp.get(16..).unwrap_or_default().chunks_exact(4);
    let brands: Vec<&[u8]> = major.into_iter().chain(compatible).collect();
    let names = |wanted: &[&[u8; 4]]| {
        brands
            .iter()
            .any(|brand| wanted.iter().any(|w| w.as_slice() == *brand))
    };
    if names(&[b"avif", b"avis"]) {
        Kind::Avif
    } else if names(&[
        b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1",
    ]) {
        Kind::Heic
    } else {
        Kind::Unknown
    }
}
