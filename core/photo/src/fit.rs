//! Pixels to a JPEG of at most so many pixels and bytes.
//!
//! For a given edge, bytes grow with quality: a bisection over whole qualities finds the highest that fits, and
//! what it returns was really encoded, so it is never over. Where even the lowest quality is over, the edge
//! shrinks, for a smaller sharp picture says more than a large smeared one.

use std::ops::RangeInclusive;

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;

use crate::budget::{PhotoBudget, Profile, THUMBNAIL_EDGE};
use crate::error::PhotoError;

/// What a picture has to become.
pub(crate) struct Target {
    edge: u32,
    bytes: u32,
    qualities: RangeInclusive<u8>,
    /// A fill of the bytes at which the search is content, percent.
    content_at: u32,
}

impl Target {
    pub(crate) fn photo(budget: &PhotoBudget) -> Self {
        let content_at = match budget.profile {
            Profile::Small => 98,
            Profile::Fast => 85,
        };
        Self {
            edge: budget.max_edge,
            bytes: budget.max_bytes,
            qualities: 40..=95,
            content_at,
        }
    }

    pub(crate) fn thumbnail() -> Self {
        Self {
            edge: THUMBNAIL_EDGE,
            bytes: 30_000,
            qualities: 30..=80,
            content_at: 85,
        }
    }
}

pub(crate) struct Fitted {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) quality: u8,
    pub(crate) edge: Edge,
}

/// Whether the edge is the one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    AsAsked,
    Shrunk,
}

/// Below this edge a picture shows nothing: a budget that asks for less is a mistake.
const SMALLEST_EDGE: u32 = 16;

/// Encodes `picture` within `target`; `step` is called before each encode and may end the work.
pub(crate) fn fit(
    picture: &DynamicImage,
    target: &Target,
    step: &dyn Fn() -> Result<(), PhotoError>,
) -> Result<Fitted, PhotoError> {
    let impossible = PhotoError::ImpossibleBudget {
        max_bytes: target.bytes,
    };
    let whole = picture.width().max(picture.height()).min(target.edge);
    let mut edge = whole;
    while edge > 0 {
        let sized = shrink(picture, edge);
        match best_quality(&sized, target, step)? {
            Search::Found { jpeg, quality } => {
                let edge = if edge == whole {
                    Edge::AsAsked
                } else {
                    Edge::Shrunk
                };
                return Ok(Fitted {
                    jpeg,
                    width: sized.width(),
                    height: sized.height(),
                    quality,
                    edge,
                });
            }
            Search::Over { least } if edge > SMALLEST_EDGE => {
                // Bytes go about with the area; a little less than that, between half and nine tenths.
                let ratio = (f64::from(target.bytes) / least as f64).sqrt() * 0.97;
                edge = ((f64::from(edge) * ratio.clamp(0.5, 0.9)) as u32).max(SMALLEST_EDGE);
            }
            Search::Over { .. } => return Err(impossible),
        }
    }
    Err(impossible)
}

enum Search {
    Found { jpeg: Vec<u8>, quality: u8 },
    Over { least: usize },
}

fn best_quality(
    picture: &DynamicImage,
    target: &Target,
    step: &dyn Fn() -> Result<(), PhotoError>,
) -> Result<Search, PhotoError> {
    let (mut low, mut high) = (*target.qualities.start(), *target.qualities.end());
    let budget = target.bytes as usize;
    let mut best = Search::Over { least: usize::MAX };
    while low <= high {
        step()?;
        let quality = low + (high - low) / 2;
        let jpeg = encode(picture, quality)?;
        if jpeg.len() > budget {
            if let Search::Over { .. } = best {
                best = Search::Over { least: jpeg.len() };
            }
            high = quality - 1;
        } else {
            let filled = jpeg.len() * 100 >= budget * target.content_at as usize;
            best = Search::Found { jpeg, quality };
            if filled {
                break;
            }
            low = quality + 1;
        }
    }
    Ok(best)
}

/// Baseline JFIF of gray or RGB pixels; the encoder writes no application segment but `APP0`.
fn encode(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let mut jpeg = Vec::new();
    // WHY bytes rather than `encode_image`: that one makes three components of gray.
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode(
            picture.as_bytes(),
            picture.width(),
            picture.height(),
            picture.color().into(),
        )
        .map_err(|_| PhotoError::Unreadable)?;
    Ok(jpeg)
}

/// The picture with a long edge of at most `edge`, never larger than it is.
pub(crate) fn shrink(picture: &DynamicImage, edge: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let long = width.max(height);
    if long <= edge {
        return picture.clone();
    }
    let scaled = |side: u32| {
        let rounded = (u64::from(side) * u64::from(edge) + u64::from(long) / 2) / u64::from(long);
        u32::try_from(rounded).unwrap_or(edge).max(1)
    };
    let (to_width, to_height) = (scaled(width), scaled(height));
    // From four times the size on, averaging down to twice the size first costs no quality and saves most of the work.
    if long / 4 >= edge {
        let halfway = picture.thumbnail_exact(width.min(to_width * 2), height.min(to_height * 2));
        return halfway.resize_exact(to_width, to_height, FilterType::Lanczos3);
    }
    picture.resize_exact(to_width, to_height, FilterType::Lanczos3)
}
