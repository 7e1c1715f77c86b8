//! The city's figures: metrics of definition version 1 (`docs/extensions.md`, Feed and statistics), as sums over public
//! timelines.
//!
//! Pure. Each case says yes or no to each question once; a figure is how many said yes, of how many who were asked.

use crate::cases::state::State;
use crate::cases::vocabulary::{ActorType, Outcome, Rating};
use crate::words::{Word as _, words};

/// Version of the definitions below.
pub(crate) const DEFINITION_VERSION: u32 = 1;

words! {
    /// What is counted.
    pub(crate) enum Metric {
        Received = "received",
        TakenIn = "taken_in",
        Resolved = "resolved",
        Fixed = "fixed",
        OnTime = "on_time",
        Extended = "extended",
        Rejected = "rejected",
        Reopened = "reopened",
        Rated = "rated",
        Satisfied = "satisfied",
    }
}

/// One public event, as far as figures need it; times in Unix seconds.
#[derive(Debug, Clone)]
pub(crate) struct PublicEvent {
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) actor: ActorType,
    pub(crate) due: Option<i64>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) rating: Option<Rating>,
}

impl PublicEvent {
    fn is(&self, state: State) -> bool {
        self.kind == state.as_str()
    }
}

/// A figure: so many, of so many (None: not a share).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) metric: Metric,
    pub(crate) numerator: u64,
    pub(crate) denominator: Option<u64>,
}

/// Sums over the timelines that were added.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    received: u64,
    taken_in: u64,
    resolved: u64,
    fixed: u64,
    with_due: u64,
    on_time: u64,
    extended: u64,
    rejected: u64,
    ever_resolved: u64,
    reopened: u64,
    rated: u64,
    satisfied: u64,
}

impl Tally {
    /// Adds the public timeline of one case, in order.
    pub(crate) fn add(&mut self, timeline: &[PublicEvent]) {
        let count = |sum: &mut u64, says_yes: bool| *sum += u64::from(says_yes);
        let any = |state| timeline.iter().any(|event| event.is(state));
        count(&mut self.received, true);
        count(&mut self.taken_in, is_taken_in(timeline));
        count(&mut self.extended, any(State::Extended));
        let newest_state = timeline.iter().rfind(|event| State::parse(&event.kind).is_some());
        count(
            &mut self.rejected,
            newest_state.is_some_and(|event| event.is(State::Rejected)),
        );

        let mut from_result = timeline.iter().skip_while(|event| !event.is(State::Resolved));
        let was_resolved = from_result.next().is_some();
        count(&mut self.ever_resolved, was_resolved);
        let after_result: Vec<&PublicEvent> = from_result.collect();
        count(
            &mut self.reopened,
            after_result.iter().any(|event| event.is(State::Reopened)),
        );
        let last_rating = after_result.iter().rev().find_map(|event| event.rating);
        count(&mut self.rated, last_rating.is_some());
        let content = matches!(last_rating, Some(Rating::Satisfied | Rating::Acceptable));
        count(&mut self.satisfied, content);

        self.add_result(timeline);
    }

    /// The result that stands: the last one, unless the case was reopened after it.
    fn add_result(&mut self, timeline: &[PublicEvent]) {
        let mut backwards = timeline.iter().rev();
        let standing = backwards.find(|event| event.is(State::Resolved) || event.is(State::Reopened));
        let Some(result) = standing.filter(|event| event.is(State::Resolved)) else {
            return;
        };
        self.resolved += 1;
        self.fixed += u64::from(result.outcome == Some(Outcome::Fixed));
        if let Some(due) = backwards.find_map(|event| event.due) {
            self.with_due += 1;
            self.on_time += u64::from(result.at <= due);
        }
    }

    /// All figures, in the order of the definitions.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let figure = |metric: &Metric| {
            let (numerator, denominator) = match metric {
                Metric::Received => (self.received, None),
                Metric::TakenIn => (self.taken_in, Some(self.received)),
                Metric::Resolved => (self.resolved, Some(self.received)),
                Metric::Fixed => (self.fixed, Some(self.resolved)),
                Metric::OnTime => (self.on_time, Some(self.with_due)),
                Metric::Extended => (self.extended, Some(self.received)),
                Metric::Rejected => (self.rejected, Some(self.received)),
                Metric::Reopened => (self.reopened, Some(self.ever_resolved)),
                Metric::Rated => (self.rated, Some(self.ever_resolved)),
                Metric::Satisfied => (self.satisfied, Some(self.rated)),
            };
            Figure {
                metric: *metric,
                numerator,
                denominator,
            }
        };
        Metric::ALL.iter().map(figure).collect()
    }
}

/// Whether the first thing that the city did was to take the case in.
fn is_taken_in(timeline: &[PublicEvent]) -> bool {
    timeline
        .iter()
        .skip_while(|event| !event.is(State::Submitted))
        .skip(1)
        .find(|event| event.actor != ActorType::Citizen)
        .is_some_and(|event| !event.is(State::Rejected) && !event.is(State::Duplicate))
}
