//! A goal, what was measured, and whether it is met.

use serde::Serialize;

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

/// Whether a goal is met: by a figure, or not known for a reason.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    NotMeasured { why: String },
}

impl Bound {
    fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
        }
    }
}

/// How a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Ours as a multiple of theirs.
    Times,
    Megabytes,
    Milliseconds,
    Share,
    Count,
    Points,
}

impl Unit {
    pub(crate) fn written(self, figure: f64) -> String {
        match self {
            Self::Times => format!("{figure:.3}x"),
            Self::Megabytes => format!("{figure:.1} MB"),
            Self::Milliseconds => format!("{figure:.1} ms"),
            Self::Share => format!("{figure:.3}"),
            Self::Count if figure.fract() == 0.0 => format!("{figure:.0}"),
            Self::Count => format!("{figure:.2}"),
            Self::Points => format!("{figure:+.2} points"),
        }
    }
}

/// A goal and its figure.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    /// Its number in the table of goals.
    pub(crate) number: u32,
    pub(crate) what: &'static str,
    pub(crate) bound: Bound,
    pub(crate) unit: Unit,
    /// The figure, or why there is none.
    pub(crate) measured: Result<f64, String>,
}

impl Goal {
    /// A goal whose figure there is, unless `why` not.
    pub(crate) fn of(
        number: u32,
        what: &'static str,
        bound: Bound,
        unit: Unit,
        figure: Option<f64>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            number,
            what,
            bound,
            unit,
            measured: figure.ok_or_else(|| why.into()),
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match &self.measured {
            Ok(figure) if self.bound.holds(*figure) => Verdict::Met,
            Ok(_) => Verdict::Missed,
            Err(why) => Verdict::NotMeasured { why: why.clone() },
        }
    }

    pub(crate) fn bound_written(&self) -> String {
        match self.bound {
            Bound::AtMost(most) => format!("at most {}", self.unit.written(most)),
            Bound::AtLeast(least) => format!("at least {}", self.unit.written(least)),
        }
    }

    /// The figure, the verdict.
    pub(crate) fn told(&self) -> (String, String) {
        let figure = self
            .measured
            .as_ref()
            .map_or("–".to_owned(), |figure| self.unit.written(*figure));
        let verdict = match self.verdict() {
            Verdict::Met => "met".to_owned(),
            Verdict::Missed => "**missed**".to_owned(),
            Verdict::NotMeasured { why } => format!("not measured: {why}"),
        };
        (figure, verdict)
    }
}

#[derive(Serialize)]
struct Written<'a> {
    goal: u32,
    what: &'a str,
    target: String,
    measured: Option<f64>,
    met: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl Serialize for Goal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            goal: self.number,
            what: self.what,
            target: self.bound_written(),
            measured: self.measured.as_ref().ok().copied(),
            met: match self.verdict() {
                Verdict::Met => Some(true),
                Verdict::Missed => Some(false),
                Verdict::NotMeasured { .. } => None,
            },
            why: self.measured.as_ref().err().map(String::as_str),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(bound: Bound, figure: Option<f64>) -> Goal {
        Goal::of(1, "x", bound, Unit::Times, figure, "no such program")
    }

    #[test]
    fn a_bound_holds_at_the_bound_itself_and_not_beyond() {
        assert_eq!(goal(Bound::AtMost(0.3), Some(0.3)).verdict(), Verdict::Met);
        assert_eq!(goal(Bound::AtMost(0.3), Some(0.3001)).verdict(), Verdict::Missed);
        assert_eq!(goal(Bound::AtLeast(3.5), Some(3.5)).verdict(), Verdict::Met);
        assert_eq!(goal(Bound::AtLeast(3.5), Some(3.4)).verdict(), Verdict::Missed);
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let unknown = goal(Bound::AtMost(0.3), None);
        let why = "no such program".to_owned();
        assert_eq!(unknown.verdict(), Verdict::NotMeasured { why });
        assert!(serde_json::json!(unknown)["met"].is_null());
        assert_eq!(
            serde_json::json!(goal(Bound::AtMost(1.0), Some(2.0)))["met"],
            false
        );
    }

    #[test]
    fn a_figure_that_is_no_number_meets_nothing() {
        assert_eq!(
            goal(Bound::AtMost(0.3), Some(f64::NAN)).verdict(),
            Verdict::Missed
        );
    }
}
