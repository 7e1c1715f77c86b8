//! The arithmetic of a bench: small, and tested, for a wrong mean is a wrong promise.

/// The middle value; of an even number, the mean of the two in the middle. `None` of nothing, or where a value is no number.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    if sorted.iter().any(|value| value.is_nan()) {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*sorted.get(half.checked_sub(1)?)?, upper))
}

/// The arithmetic mean; `None` of nothing.
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The mean of ratios: half and double make 1. `None` of nothing, or where a value is not above 0.
pub(crate) fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.iter().any(|value| *value <= 0.0) {
        return None;
    }
    let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    mean(&logarithms).map(f64::exp)
}

/// The largest; `None` of nothing.
pub(crate) fn largest(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// The median of the ratios of pairs that ran next to each other: what slowed both is no difference.
pub(crate) fn paired_ratio(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> = ours
        .iter()
        .zip(theirs)
        .filter(|(_, theirs)| **theirs > 0.0)
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    median(&ratios)
}

/// One encode: how many bytes it took, and how near it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) bytes: f64,
    pub(crate) score: f64,
}

/// The bytes at which a program reaches `score`: between the two nearest of its encodes, along a line from score to the
/// logarithm of bytes, for each point of quality costs about the same *share* of bytes. `None` outside what was encoded:
/// nothing is guessed beyond the measured.
pub(crate) fn bytes_at(points: &[Point], score: f64) -> Option<f64> {
    let below = points
        .iter()
        .filter(|point| point.score <= score)
        .max_by(|a, b| a.score.total_cmp(&b.score))?;
    let above = points
        .iter()
        .filter(|point| point.score >= score)
        .min_by(|a, b| a.score.total_cmp(&b.score))?;
    let span = above.score - below.score;
    if span <= 0.0 {
        // The score itself was met, perhaps more than once: the smallest file that has it.
        return Some(below.bytes.min(above.bytes));
    }
    let share = (score - below.score) / span;
    Some((below.bytes.ln() * (1.0 - share) + above.bytes.ln() * share).exp())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_and_of_an_even_number_between_the_two() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 100.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 100.0, 2.0]), Some(3.0));
        assert_eq!(median(&[1.0, f64::NAN]), None);
    }

    #[test]
    fn means_and_the_largest() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
        assert!((geometric_mean(&[0.5, 2.0, 1.0]).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[1.0, 0.0]), None);
        assert_eq!((mean(&[]), geometric_mean(&[]), largest(&[])), (None, None, None));
        assert_eq!(largest(&[1.0, -3.0]), Some(1.0));
    }

    #[test]
    fn a_spell_that_slows_both_of_a_pair_changes_no_ratio() {
        assert_eq!(paired_ratio(&[1.0, 10.0, 1.0], &[4.0, 40.0, 2.0]), Some(0.25));
        assert_eq!(paired_ratio(&[1.0], &[0.0]), None);
    }

    #[test]
    fn bytes_at_a_score_lie_between_neighbours_and_nowhere_else() {
        let point = |bytes, score| Point { bytes, score };
        let points = [point(400.0, 80.0), point(100.0, 60.0), point(1600.0, 90.0)];
        // Half way from 100 to 400, as shares.
        assert!((bytes_at(&points, 70.0).unwrap() - 200.0).abs() < 1e-9);
        assert!((bytes_at(&points, 85.0).unwrap() - 800.0).abs() < 1e-9);
        assert_eq!(bytes_at(&points, 80.0), Some(400.0));
        assert_eq!(bytes_at(&points, 59.9), None);
        assert_eq!(bytes_at(&points, 90.1), None);
        assert_eq!(bytes_at(&[], 70.0), None);
    }
}
