//! A picture to a JPEG of at most so many pixels and bytes, in as few whole encodes as can be.
//!
//! Bytes fall with the coarseness of the quantisation tables, nearly along a line when both are logarithms, but where
//! that line lies each picture says anew. So it is asked on a sample first: an eighth of its rows of MCUs, encoded with
//! the effort that is meant, tells the slope and the height for an eighth of the price; one cheap encode of the whole
//! tells how the sample differs from it. The whole encode that follows mostly lands within a few percent below
//! the budget, and is the only one. What is returned was really encoded, so it is never over. Nothing is remembered from
//! photo to photo: the same picture always gives the same bytes.
//!
//! Where even the coarsest table is over, the edge shrinks: a smaller sharp picture says more than a large smeared one.

use crate::budget::{PhotoBudget, Profile, THUMBNAIL_EDGE};
use crate::codec::{Effort, encode};
use crate::error::PhotoError;
use crate::picture::Picture;
use crate::plane::Plane;

/// What a picture has to become.
pub(crate) struct Target {
    edge: u32,
    bytes: u32,
    /// Scale of the tables, percent.
    finest: f64,
    coarsest: f64,
    effort: Effort,
    /// The fill of the bytes that is aimed at: what the prediction misses by, mostly, is left free.
    aim: f64,
    /// A fill that is content enough.
    content: f64,
}

impl Target {
    /// Qualities 40 to 95.
    pub(crate) fn photo(budget: &PhotoBudget) -> Self {
        Self {
            edge: budget.max_edge,
            bytes: budget.max_bytes,
            ..Self::with(budget.profile)
        }
    }

    fn with(profile: Profile) -> Self {
        let (effort, aim, content) = match profile {
            Profile::Small => (Effort::Trellis, 0.98, 0.95),
            Profile::Fast => (Effort::OnePass, 0.95, 0.89),
        };
        Self {
            edge: 0,
            bytes: 0,
            finest: 10.0,
            coarsest: 125.0,
            effort,
            aim,
            content,
        }
    }

    /// Qualities 30 to 80.
    pub(crate) fn thumbnail(budget: &PhotoBudget) -> Self {
        Self {
            edge: THUMBNAIL_EDGE,
            bytes: 30_000,
            finest: 40.0,
            coarsest: 167.0,
            ..Self::with(budget.profile)
        }
    }
}

pub(crate) struct Fitted {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// On libjpeg's scale.
    pub(crate) quality: f32,
    /// Encodes of the whole picture with the effort meant.
    pub(crate) encodes: u32,
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
/// Bytes fall about so fast with the tables' scale, both as logarithms.
const USUAL_SLOPE: f64 = -0.8;
/// What is left of the bytes by [`Effort::Trellis`].
const USUAL_SAVING: f64 = 0.82;
/// A last resort against pictures whose bytes follow no line.
const MOST_ENCODES: u32 = 8;

/// Encodes `picture` within `target`; `watch` is asked all the while whether to go on.
pub(crate) fn fit(
    picture: &Picture,
    target: &Target,
    watch: &dyn Fn() -> Result<(), PhotoError>,
) -> Result<Fitted, PhotoError> {
    let impossible = PhotoError::ImpossibleBudget {
        max_bytes: target.bytes,
    };
    let whole = picture.edge().min(target.edge);
    let mut edge = whole;
    let mut encodes = 0;
    while edge > 0 && target.bytes > 0 {
        let shrunk = match picture.edge() > edge {
            true => Some(picture.shrunk(edge).ok_or(PhotoError::Unreadable)?),
            false => None,
        };
        let sized = shrunk.as_ref().unwrap_or(picture);
        let mut search = Search {
            picture: sized,
            target,
            watch,
            encodes: 0,
        };
        let found = search.best()?;
        encodes += search.encodes;
        match found {
            Found::Fitting { jpeg, scale } => {
                return Ok(Fitted {
                    jpeg,
                    width: sized.luma.width(),
                    height: sized.luma.height(),
                    quality: quality_of(scale) as f32,
                    encodes,
                    edge: if edge == whole {
                        Edge::AsAsked
                    } else {
                        Edge::Shrunk
                    },
                });
            }
            Found::Over { least } if edge > SMALLEST_EDGE => {
                // Bytes go about with the area; a little less than that, between half and nine tenths.
                let ratio = (f64::from(target.bytes) / least).sqrt() * 0.97;
                edge = ((f64::from(edge) * ratio.clamp(0.5, 0.9)) as u32).max(SMALLEST_EDGE);
            }
            Found::Over { .. } => return Err(impossible),
        }
    }
    Err(impossible)
}

/// libjpeg's quality for a scale of the tables.
fn quality_of(percent: f64) -> f64 {
    if percent <= 100.0 {
        100.0 - percent / 2.0
    } else {
        5_000.0 / percent
    }
}

enum Found {
    Fitting { jpeg: Vec<u8>, scale: f64 },
    Over { least: f64 },
}

/// A search over the scale of the tables; `x` is its logarithm, `y` that of the bytes.
struct Search<'a> {
    picture: &'a Picture,
    target: &'a Target,
    watch: &'a dyn Fn() -> Result<(), PhotoError>,
    encodes: u32,
}

impl Search<'_> {
    fn best(&mut self) -> Result<Found, PhotoError> {
        let budget = f64::from(self.target.bytes);
        let (finest, coarsest) = self.bounds();
        let mut aim = (budget * self.target.aim).ln();
        let mut x = match self.predict(aim)? {
            Prediction::At(x) => x,
            Prediction::FarOver { least } => return Ok(Found::Over { least }),
        };
        let mut slope = USUAL_SLOPE;
        let mut last: Option<(f64, f64)> = None;
        let mut fitting: Option<(f64, Vec<u8>)> = None;
        let mut over_at = f64::NEG_INFINITY;
        let planes = self.picture.planes();
        while self.encodes < MOST_ENCODES {
            let scale = scale_of(x);
            let encoded = encode(
                &planes,
                scale as f32,
                self.target.effort,
                budget as usize,
                self.watch,
            )?;
            self.encodes += 1;
            let y = (encoded.bytes as f64).ln();
            match encoded.jpeg {
                Some(jpeg) => {
                    let content = jpeg.len() as f64 >= budget * self.target.content || x <= finest;
                    if fitting.as_ref().is_none_or(|(_, best)| best.len() < jpeg.len()) {
                        fitting = Some((x, jpeg));
                    }
                    if content || self.encodes >= 2 {
                        break;
                    }
                }
                None if fitting.is_some() => break,
                None if x >= coarsest => {
                    return Ok(Found::Over {
                        least: encoded.bytes as f64,
                    });
                }
                None => {
                    over_at = over_at.max(x);
                    // The line was not where it was thought to be: keep further away from it.
                    aim -= 0.01;
                }
            }
            if let Some((before, height)) = last
                && (x - before).abs() > 0.02
            {
                slope = ((y - height) / (x - before)).clamp(-1.6, -0.4);
            }
            last = Some((x, y));
            let next = (x + (aim - y) / slope).clamp(finest, coarsest);
            x = if self.encodes >= 4 {
                coarsest
            } else {
                next.max(over_at + 0.01).min(coarsest)
            };
        }
        Ok(match fitting {
            Some((x, jpeg)) => Found::Fitting {
                jpeg,
                scale: scale_of(x),
            },
            None => Found::Over { least: budget * 1.2 },
        })
    }

    fn bounds(&self) -> (f64, f64) {
        (self.target.finest.ln(), self.target.coarsest.ln())
    }

    fn measure(&self, planes: &[&Plane], x: f64, effort: Effort) -> Result<f64, PhotoError> {
        let encoded = encode(planes, scale_of(x) as f32, effort, 0, self.watch)?;
        Ok((encoded.bytes as f64).ln())
    }

    /// Where the bytes will be about `aim`.
    fn predict(&self, aim: f64) -> Result<Prediction, PhotoError> {
        let (finest, coarsest) = self.bounds();
        let start = 40f64.ln().clamp(finest, coarsest);
        let usual = |x: f64, y: f64| (x + (aim - y) / USUAL_SLOPE).clamp(finest, coarsest);
        let Some(Sample(sample)) = Sample::of(self.picture) else {
            let whole = self.measure(&self.picture.planes(), start, Effort::OnePass)?;
            return Ok(Prediction::At(usual(start, whole)));
        };
        let sample = sample.planes();
        let (larger, first) = match self.target.effort {
            // As cheap as the whole encode that would tell more: that one may as well be the result.
            Effort::OnePass => (self.share(&sample), start),
            Effort::Trellis => {
                let whole = self.measure(&self.picture.planes(), start, Effort::OnePass)?;
                let larger = whole - self.measure(&sample, start, Effort::OnePass)?;
                (larger, usual(start, whole + USUAL_SAVING.ln()))
            }
        };
        let height = larger + self.measure(&sample, first, self.target.effort)?;
        let second = usual(first, height);
        let (x, y, slope) = if (second - first).abs() < 0.06 {
            (first, height, USUAL_SLOPE)
        } else {
            let next = larger + self.measure(&sample, second, self.target.effort)?;
            (
                second,
                next,
                ((next - height) / (second - first)).clamp(-1.6, -0.4),
            )
        };
        let least = y + slope * (coarsest - x);
        if least > aim + 0.2 {
            return Ok(Prediction::FarOver { least: least.exp() });
        }
        Ok(Prediction::At((x + (aim - y) / slope).clamp(finest, coarsest)))
    }

    /// How many times as high as the sample the picture is, as a logarithm.
    fn share(&self, sample: &[&Plane]) -> f64 {
        let height = |plane: Option<&&Plane>| plane.map_or(1.0, |plane| f64::from(plane.height()));
        (f64::from(self.picture.luma.height()) / height(sample.first())).ln()
    }
}

enum Prediction {
    At(f64),
    /// Even the coarsest tables will be far over.
    FarOver {
        least: f64,
    },
}

/// In steps that no platform's arithmetic tells apart.
fn scale_of(x: f64) -> f64 {
    (x.exp() * 64.0).round() / 64.0
}

/// Every eighth row of MCUs of a picture, one below the other.
struct Sample(Picture);

impl Sample {
    const EVERY: usize = 8;
    /// With fewer rows of MCUs than this the whole is nearly as cheap, and the sample says little.
    const LEAST_ROWS: u32 = 16;

    fn of(picture: &Picture) -> Option<Self> {
        let mcu = if picture.chroma.is_some() { 16 } else { 8 };
        if picture.luma.height() / mcu < Self::LEAST_ROWS {
            return None;
        }
        Some(Self(Picture {
            luma: Self::strips(&picture.luma, mcu as usize)?,
            chroma: match &picture.chroma {
                Some([blue, red]) => Some([Self::strips(blue, 8)?, Self::strips(red, 8)?]),
                None => None,
            },
        }))
    }

    fn strips(plane: &Plane, rows: usize) -> Option<Plane> {
        let band = rows * plane.width() as usize;
        // Whole bands from the middle of each eight.
        let samples = plane
            .samples()
            .chunks_exact(band)
            .skip(Self::EVERY / 2)
            .step_by(Self::EVERY);
        let samples: Vec<u8> = samples.flatten().copied().collect();
        let height = samples.len() / plane.width() as usize;
        Plane::of(plane.width(), height as u32, samples)
    }
}
