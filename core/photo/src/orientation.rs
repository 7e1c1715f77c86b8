//! How a stored picture is turned to stand upright (EXIF tag 0x0112).

/// EXIF orientation 1 to 8, named by what has to be done to the stored pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Orientation {
    /// 1, and whatever a file says beyond 1 to 8: stored upright.
    #[default]
    Upright,
    /// 2: mirror left to right.
    FlipHorizontal,
    /// 3: turn by 180 degrees.
    Rotate180,
    /// 4: mirror top to bottom.
    FlipVertical,
    /// 5: mirror at the main diagonal.
    Transpose,
    /// 6: turn by 90 degrees clockwise.
    Rotate90,
    /// 7: mirror at the other diagonal.
    Transverse,
    /// 8: turn by 270 degrees clockwise.
    Rotate270,
}

impl Orientation {
    /// The orientation of EXIF value `value`; anything but 2 to 8 is [`Orientation::Upright`].
    #[must_use]
    pub fn from_exif(value: u32) -> Self {
        match value {
            2 => Self::FlipHorizontal,
            3 => Self::Rotate180,
            4 => Self::FlipVertical,
            5 => Self::Transpose,
            6 => Self::Rotate90,
            7 => Self::Transverse,
            8 => Self::Rotate270,
            _ => Self::Upright,
        }
    }

    /// The EXIF value, 1 to 8.
    #[must_use]
    pub fn exif(self) -> u8 {
        match self {
            Self::Upright => 1,
            Self::FlipHorizontal => 2,
            Self::Rotate180 => 3,
            Self::FlipVertical => 4,
            Self::Transpose => 5,
            Self::Rotate90 => 6,
            Self::Transverse => 7,
            Self::Rotate270 => 8,
        }
    }

    /// The same in three steps, in this order: rows and columns change places; left and right do; top and bottom do.
    pub(crate) fn steps(self) -> Steps {
        let [swap, across, down] = match self {
            Self::Upright => [false, false, false],
            Self::FlipHorizontal => [false, true, false],
            Self::Rotate180 => [false, true, true],
            Self::FlipVertical => [false, false, true],
            Self::Transpose => [true, false, false],
            Self::Rotate90 => [true, true, false],
            Self::Transverse => [true, true, true],
            Self::Rotate270 => [true, false, true],
        };
        Steps { swap, across, down }
    }
}

/// What a turn consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) swap: bool,
    pub(crate) across: bool,
    pub(crate) down: bool,
}
