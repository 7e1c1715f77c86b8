//! A plane made smaller while its rows are still coming: Lanczos with three lobes, separable, in 16-bit arithmetic.
//!
//! Rows go into a ring of just as many as one output row needs. Once they are there, they are summed column by column
//! (the vector units do that best, so this step comes first and meets the most samples), and the one row that results
//! is narrowed by a dot product a sample. Nothing else is held: memory follows the width, never the height.
//!
//! Fixed point: samples are taken as -128 to 127, so that sums lie around 0 and 16 bits hold any overshoot of the
//! filter. Weights have 14 fractional bits and add up to exactly 1 in each output sample; a flat picture stays flat to
//! the last bit, and a scale of 1 copies.

use std::f64::consts::PI;

use crate::plane::Plane;

const WEIGHT_BITS: u32 = 14;
/// Fractional bits of a row between the two steps: 8 (of the shifted sample) + 14 - 16 (the half that is kept).
const MIDDLE_BITS: u32 = 6;
const LOBES: f64 = 3.0;
/// Rows are padded to this many samples, so that the sums over columns have no odd end.
const BLOCK: usize = 64;
const LANES: usize = 16;
/// Weights come in groups of this many, the last ones 0, so that the dot product has no odd end.
const GROUP: usize = 8;

/// Which input samples an output sample is made of along one axis, and how much of each.
struct Axis {
    /// Of each output sample: its first input sample, and the one after its last.
    windows: Vec<(usize, usize)>,
    /// `taps` of each output sample.
    weights: Vec<i16>,
    /// A multiple of [`GROUP`].
    taps: usize,
}

impl Axis {
    /// `step`: input samples from one output sample to the next. Both rows of samples begin at the same edge.
    fn new(input: u32, output: u32, step: f64) -> Self {
        let width = step.max(1.0);
        let reach = LOBES * width;
        let last = f64::from(input.saturating_sub(1));
        let taps = ((2.0 * reach).floor() as usize + 1).min(input as usize);
        let taps = taps.next_multiple_of(GROUP);
        let mut axis = Self {
            windows: Vec::with_capacity(output as usize),
            weights: Vec::with_capacity(output as usize * taps),
            taps,
        };
        let mut exact = Vec::with_capacity(taps);
        for index in 0..output {
            let centre = ((f64::from(index) + 0.5) * step - 0.5).clamp(0.0, last);
            let first = (centre - reach).ceil().max(0.0);
            let end = (centre + reach).floor().min(last) + 1.0;
            lanczos(
                &mut exact,
                (first - centre) / width,
                1.0 / width,
                (end - first) as usize,
            );
            axis.push(first as usize, &exact);
        }
        axis
    }

    fn push(&mut self, first: usize, exact: &[f64]) {
        const ONE: i32 = 1 << WEIGHT_BITS;
        let unit = f64::from(ONE) / exact.iter().sum::<f64>();
        let before = self.weights.len();
        // To the nearest; the offset makes a positive number of it, whose cast rounds down.
        let rounded = exact
            .iter()
            .map(|weight| ((weight * unit + 65_536.5) as i32 - 65_536) as i16);
        self.weights.extend(rounded);
        let added = self.weights.get_mut(before..).unwrap_or_default();
        // What rounding lost goes to the largest weight, where it shows least.
        let missing = ONE - added.iter().map(|weight| i32::from(*weight)).sum::<i32>();
        if let Some(largest) = added.iter_mut().max_by_key(|weight| **weight) {
            *largest += missing as i16;
        }
        let blank = added.iter().take_while(|weight| **weight == 0).count();
        let end = added.len() - added.iter().rev().take_while(|weight| **weight == 0).count();
        added.rotate_left(blank);
        self.windows.push((first + blank, first + end));
        self.weights.resize(before + self.taps, 0);
    }

    fn weights_of(&self, output: usize) -> &[i16] {
        self.weights
            .get(output * self.taps..(output + 1) * self.taps)
            .unwrap_or_default()
    }
}

/// The kernel at `from`, `from + by`, ..: the sines are turned on by their addition theorem, not computed anew.
fn lanczos(out: &mut Vec<f64>, from: f64, by: f64, count: usize) {
    let (mut sine, mut cosine) = (PI * from).sin_cos();
    let (mut sine_third, mut cosine_third) = (PI * from / LOBES).sin_cos();
    let (turn_sine, turn_cosine) = (PI * by).sin_cos();
    let (third_sine, third_cosine) = (PI * by / LOBES).sin_cos();
    out.clear();
    for index in 0..count {
        let at = from + by * index as f64;
        out.push(if at.abs() < 1e-6 {
            1.0
        } else {
            LOBES * sine * sine_third / (PI * PI * at * at)
        });
        (sine, cosine) = (
            sine * turn_cosine + cosine * turn_sine,
            cosine * turn_cosine - sine * turn_sine,
        );
        (sine_third, cosine_third) = (
            sine_third * third_cosine + cosine_third * third_sine,
            cosine_third * third_cosine - sine_third * third_sine,
        );
    }
}

/// Takes the rows of a plane from top to bottom, and gives the plane made of them.
pub(crate) struct Resizer {
    across: Axis,
    down: Axis,
    width: u32,
    height: u32,
    /// Rows of [`Resizer::stride`] samples, row `y` at slot `y % slots`: each less 128, in the upper half of 16 bits.
    ring: Vec<i16>,
    slots: usize,
    stride: usize,
    taken: usize,
    /// The row between the two steps; longer than it has samples, for windows at the right edge.
    middle: Vec<i16>,
    /// The row after the second step, before it is rounded.
    sums: Vec<i32>,
    out: Vec<u8>,
}

impl Resizer {
    /// From `input` to `output` samples across and down, `step` input samples apart.
    pub(crate) fn new(input: [u32; 2], output: [u32; 2], step: [f64; 2]) -> Self {
        let [in_width, in_height] = input;
        let [width, height] = output;
        let [step_across, step_down] = step;
        let across = Axis::new(in_width, width, step_across);
        let down = Axis::new(in_height, height, step_down);
        let stride = (in_width as usize).next_multiple_of(BLOCK);
        let slots = down
            .windows
            .iter()
            .map(|(first, end)| end - first)
            .max()
            .unwrap_or(1);
        Self {
            ring: vec![0; stride * slots],
            middle: vec![0; stride + across.taps],
            sums: vec![0; width as usize],
            out: Vec::with_capacity(width as usize * height as usize),
            across,
            down,
            width,
            height,
            slots,
            stride,
            taken: 0,
        }
    }

    /// The next row; samples beyond the width it was made for are left out.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let slot = self.taken % self.slots * self.stride;
        if let Some(kept) = self.ring.get_mut(slot..slot + self.stride) {
            for (to, from) in kept.iter_mut().zip(row) {
                *to = ((u16::from(*from) << 8) ^ 0x8000).cast_signed();
            }
        }
        self.taken += 1;
        loop {
            let done = self.out.len() / self.width.max(1) as usize;
            match self.down.windows.get(done) {
                Some(&(first, end)) if end <= self.taken => {
                    self.sum_rows(done, first, end);
                    self.narrow();
                }
                _ => return,
            }
        }
    }

    /// The plane, where all rows were pushed.
    pub(crate) fn finish(self) -> Option<Plane> {
        Plane::of(self.width, self.height, self.out)
    }

    /// First step: one row of sums, four rows of samples at a time.
    fn sum_rows(&mut self, output: usize, first: usize, end: usize) {
        let row = |y: usize| {
            let slot = y % self.slots * self.stride;
            self.ring.get(slot..slot + self.stride).unwrap_or_default()
        };
        // Each product loses half a bit on average.
        self.middle.fill(((end - first) / 2) as i16);
        let (fours, _) = self.down.weights_of(output).as_chunks::<4>();
        for (y, weights) in (first..end).step_by(4).zip(fours) {
            // Where a window ends within the four, its last row stands in; the weights there are 0.
            let rows = [y, y + 1, y + 2, y + 3].map(|y| row(y.min(end - 1)));
            add_weighted(&mut self.middle, rows, &weights.map(|weight| [weight; LANES]));
        }
    }

    /// Second step: the row of sums to the output width.
    fn narrow(&mut self) {
        let (middle, across, sums) = (&self.middle, &self.across, &mut self.sums);
        match across.taps {
            8 => narrow_by::<8>(middle, across, sums),
            16 => narrow_by::<16>(middle, across, sums),
            24 => narrow_by::<24>(middle, across, sums),
            32 => narrow_by::<32>(middle, across, sums),
            _ => {
                for (index, (sum, (first, _))) in sums.iter_mut().zip(&across.windows).enumerate() {
                    *sum = dot(middle.get(*first..).unwrap_or_default(), across.weights_of(index));
                }
            }
        }
        self.out.extend(sums.iter().map(|sum| sample(*sum)));
    }
}

/// Samples, sums or weights of one vector operation; shorter vectors take it in parts.
type Lanes = [i16; LANES];

/// Adds to each sum the upper half of each product.
///
/// WHY weights as whole vectors, from outside, and `from_fn` over one of them: so the compiler sees the multiplication of
/// 16-bit lanes that keeps the upper half, which every vector unit has, and not a wide one (three times the work).
#[inline(never)]
fn add_weighted(sums: &mut [i16], rows: [&[i16]; 4], [by_a, by_b, by_c, by_d]: &[Lanes; 4]) {
    let [a, b, c, d] = rows.map(|row| row.as_chunks::<LANES>().0);
    let at = |lanes: &Lanes, lane: usize| lanes.get(lane).copied().unwrap_or(0);
    let half = |samples: &Lanes, weights: &Lanes, lane: usize| {
        ((i32::from(at(samples, lane)) * i32::from(at(weights, lane))) >> 16) as i16
    };
    let (sums, _) = sums.as_chunks_mut::<LANES>();
    for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let before = *sum;
        *sum = std::array::from_fn(|lane| {
            at(&before, lane)
                .wrapping_add(half(a, by_a, lane))
                .wrapping_add(half(b, by_b, lane))
                .wrapping_add(half(c, by_c, lane))
                .wrapping_add(half(d, by_d, lane))
        });
    }
}

fn narrow_by<const TAPS: usize>(middle: &[i16], across: &Axis, sums: &mut [i32]) {
    let (weights, _) = across.weights.as_chunks::<TAPS>();
    for ((sum, (first, _)), weights) in sums.iter_mut().zip(&across.windows).zip(weights) {
        let values: &[i16; TAPS] = middle
            .get(*first..)
            .and_then(<[i16]>::first_chunk)
            .unwrap_or(&[0; TAPS]);
        *sum = dot(values, weights);
    }
}

fn dot(values: &[i16], weights: &[i16]) -> i32 {
    values
        .iter()
        .zip(weights)
        .map(|(value, weight)| i32::from(*value) * i32::from(*weight))
        .sum()
}

fn sample(sum: i32) -> u8 {
    const BITS: u32 = WEIGHT_BITS + MIDDLE_BITS;
    let level = ((sum + (1 << (BITS - 1))) >> BITS) as i16;
    level.saturating_add(128).clamp(0, 255) as u8
}

/// A whole plane made smaller.
pub(crate) fn resized(plane: &Plane, output: [u32; 2], step: [f64; 2]) -> Option<Plane> {
    let mut resizer = Resizer::new([plane.width(), plane.height()], output, step);
    plane.rows().for_each(|row| resizer.push(row));
    resizer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, sample by sample in floating point.
    fn by_definition(plane: &Plane, output: [u32; 2], step: [f64; 2]) -> Vec<f64> {
        let kernel = |t: f64| {
            let sinc = |t: f64| if t == 0.0 { 1.0 } else { (PI * t).sin() / (PI * t) };
            if t.abs() < 3.0 {
                sinc(t) * sinc(t / 3.0)
            } else {
                0.0
            }
        };
        let axis = |input: u32, output: u32, step: f64| -> Vec<Vec<f64>> {
            (0..output)
                .map(|index| {
                    let centre = ((f64::from(index) + 0.5) * step - 0.5).clamp(0.0, f64::from(input - 1));
                    let raw: Vec<f64> = (0..input)
                        .map(|at| kernel((f64::from(at) - centre) / step.max(1.0)))
                        .collect();
                    let sum: f64 = raw.iter().sum();
                    raw.into_iter().map(|weight| weight / sum).collect()
                })
                .collect()
        };
        let across = axis(plane.width(), output[0], step[0]);
        let down = axis(plane.height(), output[1], step[1]);
        let mut result = Vec::new();
        for weights_down in &down {
            let middle: Vec<f64> = (0..plane.width() as usize)
                .map(|x| {
                    plane
                        .rows()
                        .zip(weights_down)
                        .map(|(row, weight)| f64::from(row[x]) * weight)
                        .sum()
                })
                .collect();
            for weights_across in &across {
                let sum: f64 = middle
                    .iter()
                    .zip(weights_across)
                    .map(|(value, weight)| value * weight)
                    .sum();
                result.push(sum.clamp(0.0, 255.0));
            }
        }
        result
    }

    fn noise(width: u32, height: u32, mut state: u64) -> Plane {
        let samples = (0..width * height).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        });
        Plane::of(width, height, samples.collect()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_lanczos_to_a_level(
            width in 1u32..150, height in 1u32..150, across in 0.5f64..9.0, down in 0.5f64..9.0, seed in 1u64..,
        ) {
            let plane = noise(width, height, seed);
            let size = |input: u32, step: f64| ((f64::from(input) / step).round() as u32).max(1);
            let output = [size(width, across), size(height, down)];
            let step = [f64::from(width) / f64::from(output[0]), f64::from(height) / f64::from(output[1])];
            let got = resized(&plane, output, step).unwrap();
            let worst = got.samples().iter().zip(by_definition(&plane, output, step))
                .map(|(got, exact)| (f64::from(*got) - exact).abs())
                .fold(0.0, f64::max);
            prop_assert!(worst <= 1.0, "{} levels off", worst);
        }

        #[test]
        fn a_flat_plane_stays_flat_and_a_step_of_one_copies(level: u8, width in 1u32..90, seed in 1u64..) {
            let flat = Plane::of(width, 40, vec![level; width as usize * 40]).unwrap();
            let output = [width.div_ceil(3), 13];
            let small = resized(&flat, output, [f64::from(width) / f64::from(output[0]), 40.0 / 13.0]).unwrap();
            prop_assert!(small.samples().iter().all(|sample| *sample == level));
            let plane = noise(width, 30, seed);
            prop_assert_eq!(resized(&plane, [width, 30], [1.0, 1.0]).unwrap(), plane);
        }
    }
}
