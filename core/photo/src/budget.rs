//! How small a photo has to become. The presets follow the line: the poorer it is, the fewer bytes.

/// Long edge of every thumbnail, pixels.
pub const THUMBNAIL_EDGE: u32 = 320;

/// What to spend on making a photo small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The best picture for the bytes (trellis quantisation, progressive scans), about 0.2 s of a desktop's core.
    Small,
    /// For weak phones and low batteries: baseline, a quarter of the work and under half the memory for a softer picture.
    Fast,
}

/// The bounds of a stored photo: neither is ever exceeded, and a smaller picture is never enlarged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhotoBudget {
    /// Longest edge, pixels, at least 1.
    pub max_edge: u32,
    /// Size of the JPEG, bytes (1 KB = 1,000 bytes).
    pub max_bytes: u32,
    /// Effort.
    pub profile: Profile,
}

impl PhotoBudget {
    /// A usable line: 1600 px, 300 KB.
    pub const NORMAL: Self = Self {
        max_edge: 1600,
        max_bytes: 300_000,
        profile: Profile::Small,
    };
    /// A poor line: 1280 px, 150 KB.
    pub const POOR: Self = Self {
        max_edge: 1280,
        max_bytes: 150_000,
        profile: Profile::Small,
    };
    /// The worst line that still sends: 800 px, 60 KB.
    pub const WORST: Self = Self {
        max_edge: 800,
        max_bytes: 60_000,
        profile: Profile::Small,
    };
}

impl Default for PhotoBudget {
    fn default() -> Self {
        Self::NORMAL
    }
}
