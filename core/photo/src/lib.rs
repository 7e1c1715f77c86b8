//! The photo pipeline: any file a citizen picks goes in, a small upright JPEG without metadata comes out.
//!
//! A photo is the largest and the most hostile thing a report carries: it decides how long a send takes on a
//! poor line, how much memory a cheap phone needs, and it comes from anywhere. So the way is always the same:
//!
//! 1. [`sniff`]: what the bytes say they are; the file name is never asked.
//! 2. `head`: own small readers of the frame header check every cap of [`Limits`] *before* anything is allocated,
//!    and refuse what the decoder is known to decode wrongly.
//! 3. [`read_metadata`]: position, direction, time and orientation become data of the report; the picture that
//!    leaves carries none of them. With [`ingest_rendition`] they come from the original (HEIC) while the pixels
//!    come from a JPEG the platform made of it.
//!    Where another decoder gives rows, they come in by [`Ingest::rows`].
//! 4. `reduce`: decode row by row and resize at once, each component on its own (`resize`), to the edge of the
//!    [`PhotoBudget`]; then, on the small planes, turn upright, bring colours to sRGB (`colour`), and fill what must not
//!    be seen (`redact`).
//! 5. `fit`: the finest tables that fit the bytes, else a shorter edge. Never over, never enlarged, and the
//!    same input always gives the same bytes, for an attachment is named and acknowledged by its hash.
//!
//! A JPEG that already is what would be stored takes a shorter way (`strip`): its pixels are kept bit for bit, and
//! everything else is dropped.
//!
//! The crate does no I/O of its own: it reads what it is given ([`std::io::Read`] + [`std::io::Seek`]) and
//! returns bytes. It knows no clock, no path and no network.
//!
//! Behind this interface the JPEG codec is mozjpeg (`codec`), which hands out rows: memory follows the width of a picture
//! and the size of the result, not the megapixels, except for a JPEG in several scans, whose coefficients are held
//! ([`Limits::max_pixels_progressive`]). PNG and WebP are decoded whole by the `image` crate, within
//! [`Limits::max_alloc`].

mod audit;
mod budget;
mod codec;
mod colour;
mod error;
mod fit;
mod head;
mod ingest;
mod limits;
mod metadata;
mod orientation;
mod picture;
mod pixels;
mod plane;
mod progress;
mod redact;
mod reduce;
mod resize;
mod rows;
mod shield;
mod sniff;
mod strip;

pub use audit::{Finding, Part, audit};
pub use budget::{PhotoBudget, Profile, THUMBNAIL_EDGE};
pub use error::{PhotoError, Warning};
pub use ingest::{Ingest, Ingested, Original, ingest, ingest_rendition};
pub use limits::Limits;
pub use metadata::{Direction, GeoPosition, Metadata, NoPosition, North, TakenAt, Zone, read_metadata};
pub use orientation::Orientation;
pub use progress::{Progress, Unwatched};
pub use redact::{MAX_REDACTIONS, Rect};
pub use rows::{Pixels, Rows};
pub use sniff::{Kind, SNIFF_BYTES, sniff};
