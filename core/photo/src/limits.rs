//! What a file may ask of this phone. Checked from the frame header, before anything is allocated.

use crate::error::PhotoError;

/// Caps on the input. The defaults admit every phone camera known (200 MP) and no decompression bomb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the picture.
    pub max_pixels: u64,
    /// Longest edge, pixels (65,535 is the most a JPEG frame header can say).
    pub max_edge: u32,
    /// Pixels of a picture that arrives in several scans: a decoder holds all its coefficients.
    pub max_pixels_progressive: u64,
    /// Scans of a progressive JPEG; common encoders write about 10, and each costs a pass over the picture.
    pub max_scans: u32,
    /// Memory of the decode, bytes: the pixels of a PNG or WebP with its file, the coefficients of a JPEG in several
    /// scans. A JPEG in one scan needs little of it.
    pub max_alloc: u64,
    /// Size of the file, bytes.
    pub max_file_bytes: u64,
    /// Size of the EXIF block, bytes; a larger one is left unread.
    pub max_metadata_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 220_000_000,
            max_edge: 65_535,
            max_pixels_progressive: 64_000_000,
            max_scans: 64,
            max_alloc: 768_000_000,
            max_file_bytes: 200_000_000,
            max_metadata_bytes: 256 * 1024,
        }
    }
}

impl Limits {
    /// Refuses a picture of no pixels, or of more than `max_pixels` or `max_edge`.
    pub(crate) fn check(&self, width: u32, height: u32, max_pixels: u64) -> Result<(), PhotoError> {
        if width == 0 || height == 0 {
            return Err(PhotoError::Unreadable);
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > max_pixels || width.max(height) > self.max_edge {
            return Err(PhotoError::TooLarge { width, height });
        }
        Ok(())
    }
}
