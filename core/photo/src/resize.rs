//! A plane made smaller while its rows are still coming: Lanczos with three lobes, separable, in exact arithmetic.
//!
//! Rows go into a ring of just as many as one output row needs. Once they are there, they are summed column by column
//! (the vector units do that best, so this step comes first and meets the most samples), and the one row that results
//! is narrowed by a dot product a sample. Nothing else is held: memory follows the width, never the height.
//!
//! WHY exact: weights are whole numbers of [`WEIGHT_BITS`] fractional bits, and nothing is rounded before the very end.
//! So it does not matter whether rows or columns are summed first, nor in which order, nor on which processor: a picture
//! that is turned comes out as the turned picture, to the last bit. 128 is taken off each sample; then 7 bits of it, two
//! weights and the filter's overshoot (a factor below 1.5 each way) stay within 32 bits.
//!
//! The first step computes in single precision, where whole numbers of up to 24 bits are exact as well: those products
//! every vector unit has.

use std::f64::consts::PI;

use multiversion::multiversion;

use crate::orientation::{Orientation, Steps};
use crate::plane::Plane;

const WEIGHT_BITS: u32 = 11;
const LOBES: f64 = 3.0;
/// Weights come in groups of this many, the last ones 0, so that sums have no odd end.
const GROUP: usize = 8;
/// Rows are padded to this many samples, for the same reason.
const BLOCK: usize = 32;

/// Which end of an axis the grid of the output begins at. They differ where the output does not fill its last sample:
/// colour of an odd number of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Left, or top.
    Near,
    /// Right, or bottom.
    Far,
}

/// Which input samples an output sample is made of along one axis, and how much of each.
struct Axis {
    /// Of each output sample: its first input sample, and the one after its last.
    windows: Vec<(usize, usize)>,
    /// `taps` of each output sample; those of one add up to exactly 1.
    weights: Vec<i32>,
    /// A multiple of [`GROUP`].
    taps: usize,
}

impl Axis {
    /// `step`: input samples from one output sample to the next. Both rows of samples begin at the same edge.
    fn new(input: u32, output: u32, step: f64, begin: Begin) -> Self {
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
            let place = match begin {
                Begin::Near => index,
                Begin::Far => output - 1 - index,
            };
            let centre = ((f64::from(place) + 0.5) * step - 0.5).clamp(0.0, last);
            let first = (centre - reach).ceil().max(0.0);
            let end = (centre + reach).floor().min(last) + 1.0;
            lanczos(
                &mut exact,
                (first - centre) / width,
                1.0 / width,
                (end - first) as usize,
            );
            let (first, end) = (first as usize, end as usize);
            match begin {
                Begin::Near => axis.push(first, &exact),
                // The same numbers the other way round: what is seen from either end is the same to the last bit.
                Begin::Far => {
                    axis.push(0, &exact);
                    axis.turn_last(input as usize - end);
                }
            }
        }
        axis
    }

    fn push(&mut self, first: usize, exact: &[f64]) {
        let unit = f64::from(1 << WEIGHT_BITS) / exact.iter().sum::<f64>();
        let before = self.weights.len();
        // What is rounded is the sum so far: so the last one is exactly 1, and errors do not add up.
        let (mut sum, mut given) = (0.0, 0);
        self.weights.extend(exact.iter().map(|weight| {
            sum += weight * unit;
            let so_far = (sum + 0.5).floor() as i32;
            let weight = so_far - given;
            given = so_far;
            weight
        }));
        self.windows.push((first, first + exact.len()));
        self.weights.resize(before + self.taps, 0);
    }

    /// Turns the window pushed last round, to begin at `first`.
    fn turn_last(&mut self, first: usize) {
        if let Some((begin, end)) = self.windows.last_mut() {
            let count = *end - *begin;
            (*begin, *end) = (first, first + count);
            let padded = self.weights.len() - self.taps;
            if let Some(weights) = self.weights.get_mut(padded..padded + count) {
                weights.reverse();
            }
        }
    }

    fn weights_of(&self, output: usize) -> &[i32] {
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
    /// Rows of [`Resizer::stride`] samples, row `y` at slot `y % slots`, less 128 each.
    ring: Vec<f32>,
    slots: usize,
    stride: usize,
    taken: usize,
    /// Where sums of rows begin: at 0.
    nothing: Vec<f32>,
    /// Sums of rows, and what they were before the last eight.
    sums: [Vec<f32>; 2],
    /// The row between the two steps; longer than it has samples, for windows at the right edge.
    middle: Vec<i32>,
    /// The row after the second step, before it is rounded.
    narrowed: Vec<i32>,
    /// And after.
    row: Vec<u8>,
    turn: Orientation,
    out: Vec<u8>,
    /// Rows of the output that are done.
    done: usize,
}

/// Of one axis: samples of the input and of the output, input samples from one output sample to the next, and the end
/// where both begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) input: u32,
    pub(crate) output: u32,
    pub(crate) step: f64,
    pub(crate) begin: Begin,
}

impl Line {
    fn axis(self) -> Axis {
        Axis::new(self.input, self.output, self.step, self.begin)
    }
}

impl Resizer {
    /// The result is turned as `turn` says.
    pub(crate) fn new(across: Line, down: Line, turn: Orientation) -> Self {
        let (width, height) = (across.output, down.output);
        let stride = (across.input as usize).next_multiple_of(BLOCK);
        let (across, down) = (across.axis(), down.axis());
        let slots = down
            .windows
            .iter()
            .map(|(first, end)| end - first)
            .max()
            .unwrap_or(1);
        Self {
            ring: vec![0.0; stride * slots],
            nothing: vec![0.0; stride],
            sums: [vec![0.0; stride], vec![0.0; stride]],
            middle: vec![0; stride + across.taps],
            narrowed: vec![0; width as usize],
            row: vec![0; width as usize],
            turn,
            out: vec![0; width as usize * height as usize],
            done: 0,
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
            widen(kept, row);
        }
        self.taken += 1;
        while let Some(&(first, end)) = self.down.windows.get(self.done)
            && end <= self.taken
        {
            self.sum_rows(first, end);
            narrow(&mut self.row, &mut self.narrowed, &self.middle, &self.across);
            self.put();
            self.done += 1;
        }
    }

    /// The row that is done goes where it will stand: turning needs no second plane.
    fn put(&mut self) {
        let (width, height) = (self.width as usize, self.height as usize);
        let Steps { swap, across, down } = self.turn.steps();
        let backwards = if swap { across } else { down };
        let line = if backwards {
            height - 1 - self.done
        } else {
            self.done
        };
        if swap {
            // A column, `height` samples from one to the next.
            let column = self.out.iter_mut().skip(line).step_by(height).zip(0..width);
            let samples = &self.row;
            for (to, x) in column {
                let x = if down { width - 1 - x } else { x };
                *to = samples.get(x).copied().unwrap_or_default();
            }
        } else if let Some(to) = self.out.get_mut(line * width..(line + 1) * width) {
            to.copy_from_slice(&self.row);
            if across {
                to.reverse();
            }
        }
    }

    /// The plane, where all rows were pushed.
    pub(crate) fn finish(self) -> Option<Plane> {
        if self.done < self.height as usize {
            return None;
        }
        match self.turn.steps().swap {
            true => Plane::of(self.height, self.width, self.out),
            false => Plane::of(self.width, self.height, self.out),
        }
    }

    /// First step: one row of sums, eight rows of samples at a time.
    fn sum_rows(&mut self, first: usize, end: usize) {
        let row = |y: usize| {
            // Where a window ends within the eight, its last row stands in; the weights there are 0.
            let slot = y.min(end - 1) % self.slots * self.stride;
            self.ring.get(slot..slot + self.stride).unwrap_or_default()
        };
        let [sums, before] = &mut self.sums;
        let (eights, _) = self.down.weights_of(self.done).as_chunks::<GROUP>();
        let mut base = &self.nothing;
        for (y, weights) in (first..end).step_by(GROUP).zip(eights) {
            let rows = std::array::from_fn(|index| row(y + index));
            add_weighted(sums, base, rows, weights.map(|weight| weight as f32));
            std::mem::swap(sums, before);
            base = before;
        }
        whole(&mut self.middle, base);
    }
}

/// Samples as numbers around 0.
#[multiversion(targets("x86_64+avx2"))]
fn widen(to: &mut [f32], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = (i32::from(*from) - 128) as f32;
    }
}

/// `before` and a weighted sample of each row.
#[multiversion(targets("x86_64+avx2"))]
fn add_weighted(sums: &mut [f32], before: &[f32], rows: [&[f32]; GROUP], weights: [f32; GROUP]) {
    let [a, b, c, d, e, f, g, h] = rows;
    let [by_a, by_b, by_c, by_d, by_e, by_f, by_g, by_h] = weights;
    let rows = a.iter().zip(b).zip(c).zip(d).zip(e).zip(f).zip(g).zip(h);
    for ((sum, before), (((((((a, b), c), d), e), f), g), h)) in sums.iter_mut().zip(before).zip(rows) {
        *sum =
            *before + a * by_a + b * by_b + c * by_c + d * by_d + e * by_e + f * by_f + g * by_g + h * by_h;
    }
}

/// The sums are whole numbers already; added to this one, whose last bit counts 1, they are its last bits.
#[multiversion(targets("x86_64+avx2"))]
fn whole(to: &mut [i32], from: &[f32]) {
    const ONES: f32 = 12_582_912.0;
    for (to, from) in to.iter_mut().zip(from) {
        *to = (from + ONES).to_bits().wrapping_sub(ONES.to_bits()).cast_signed();
    }
}

/// Second step: the row of sums to the output width.
#[multiversion(targets("x86_64+avx2"))]
fn narrow(out: &mut [u8], sums: &mut [i32], middle: &[i32], across: &Axis) {
    match across.taps {
        8 => narrow_by::<8>(sums, middle, across),
        16 => narrow_by::<16>(sums, middle, across),
        24 => narrow_by::<24>(sums, middle, across),
        32 => narrow_by::<32>(sums, middle, across),
        taps => {
            let windows = across.windows.iter().zip(across.weights.chunks_exact(taps));
            for (to, ((first, _), weights)) in sums.iter_mut().zip(windows) {
                *to = dot(middle.get(*first..).unwrap_or_default(), weights);
            }
        }
    }
    const BITS: u32 = 2 * WEIGHT_BITS;
    for (to, sum) in out.iter_mut().zip(sums) {
        *to = (((*sum + (1 << (BITS - 1))) >> BITS) + 128).clamp(0, 255) as u8;
    }
}

/// WHY for each number of taps: the compiler unrolls them.
#[inline(always)]
fn narrow_by<const TAPS: usize>(sums: &mut [i32], middle: &[i32], across: &Axis) {
    let (weights, _) = across.weights.as_chunks::<TAPS>();
    for (to, ((first, _), weights)) in sums.iter_mut().zip(across.windows.iter().zip(weights)) {
        if let Some(values) = middle.get(*first..*first + TAPS) {
            *to = dot(values, weights);
        }
    }
}

#[inline(always)]
fn dot(values: &[i32], weights: &[i32]) -> i32 {
    let mut sum = 0;
    for (value, weight) in values.iter().zip(weights) {
        sum += value * weight;
    }
    sum
}

/// A whole plane made smaller, by the same `step` of its samples.
pub(crate) fn resized(plane: &Plane, output: [u32; 2], step: [f64; 2]) -> Option<Plane> {
    let [width, height] = output;
    let [across, down] = step;
    let line = |input, output, step| Line {
        input,
        output,
        step,
        begin: Begin::Near,
    };
    let mut resizer = Resizer::new(
        line(plane.width(), width, across),
        line(plane.height(), height, down),
        Orientation::Upright,
    );
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

    /// Where a stored sample is seen, by the EXIF definition of tag 0x0112.
    #[test]
    fn every_turn_is_the_one_that_exif_defines() {
        let seen = [
            (1, 3, vec![1, 2, 3, 4, 5, 6]),
            (2, 3, vec![3, 2, 1, 6, 5, 4]),
            (3, 3, vec![6, 5, 4, 3, 2, 1]),
            (4, 3, vec![4, 5, 6, 1, 2, 3]),
            (5, 2, vec![1, 4, 2, 5, 3, 6]),
            (6, 2, vec![4, 1, 5, 2, 6, 3]),
            (7, 2, vec![6, 3, 5, 2, 4, 1]),
            (8, 2, vec![3, 6, 2, 5, 1, 4]),
        ];
        let line = |samples| Line {
            input: samples,
            output: samples,
            step: 1.0,
            begin: Begin::Near,
        };
        for (exif, width, samples) in seen {
            let mut resizer = Resizer::new(line(3), line(2), Orientation::from_exif(exif));
            resizer.push(&[1, 2, 3]);
            resizer.push(&[4, 5, 6]);
            let expected = Plane::of(width, 6 / width, samples);
            assert_eq!(resizer.finish(), expected, "orientation {exif}");
        }
    }
}
