//! The case machine: which step is possible in which state, and where it leads.
//!
//! Pure. Every pair of state and step is decided here and nowhere else; what else a step needs (a passed
//! deadline, a text, a role) is asked by whoever takes it. Two choices worth knowing:
//! `close` after a result keeps the result and ends the rating, `close` without one is an honest
//! `closed_unresolved`; an answer of the citizen puts the case back where it was when the question was asked.

use crate::words::words;

words! {
    /// `detailed_status` of a case.
    pub(crate) enum State {
        Submitted = "submitted",
        Received = "received",
        Verifying = "verifying",
        Assigned = "assigned",
        InProgress = "in_progress",
        Extended = "extended",
        Transferred = "transferred",
        WaitingCitizen = "waiting_citizen",
        Resolved = "resolved",
        Closed = "closed",
        ClosedUnresolved = "closed_unresolved",
        Rejected = "rejected",
        Duplicate = "duplicate",
        Reopened = "reopened",
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What someone does with a case.
    pub(crate) enum Step {
        Receive = "receive",
        Verify = "verify",
        Classify = "classify",
        Assign = "assign",
        Start = "start",
        Ask = "ask",
        Extend = "extend",
        Resolve = "resolve",
        Reject = "reject",
        Transfer = "transfer",
        Merge = "merge",
        Close = "close",
        Note = "note",
        Answer = "answer",
        Comment = "comment",
        Rate = "rating",
        Reopen = "reopen",
        Withdraw = "withdraw",
        Remind = "remind",
        Attach = "attachment",
    }
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// To this state.
    To(State),
    /// To the state in which the question was asked.
    Back,
    /// Nowhere: the timeline grows, the state stays.
    Stay,
}

impl State {
    /// The standard's two words: open until the case has an end.
    pub(crate) fn status(self) -> &'static str {
        if self.is_open() { "open" } else { "closed" }
    }

    /// Whether somebody still owes something.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Self::Submitted
            | Self::Received
            | Self::Verifying
            | Self::Assigned
            | Self::InProgress
            | Self::Extended
            | Self::Transferred
            | Self::WaitingCitizen
            | Self::Reopened => true,
            Self::Resolved
            | Self::Closed
            | Self::ClosedUnresolved
            | Self::Rejected
            | Self::Duplicate
            | Self::Withdrawn => false,
        }
    }

    /// Taken in by the centre and not ended: the states in which the city works.
    fn is_worked(self) -> bool {
        self.is_open() && self != Self::Submitted
    }
}

/// Where `step` leads from `state`; None: not now.
pub(crate) fn next(state: State, step: Step) -> Option<Next> {
    use State::*;
    let to = |target, possible| Some(Next::To(target)).filter(|_| possible);
    match step {
        Step::Receive => to(Received, state == Submitted),
        Step::Verify => to(Verifying, matches!(state, Submitted | Received | Reopened)),
        Step::Assign => to(Assigned, state.is_worked()),
        Step::Start => to(
            InProgress,
            matches!(
                state,
                Assigned | Extended | Transferred | Reopened | WaitingCitizen
            ),
        ),
        Step::Ask => to(WaitingCitizen, state.is_worked() && state != WaitingCitizen),
        Step::Extend => to(
            Extended,
            matches!(state, Assigned | InProgress | Extended | Transferred | Reopened),
        ),
        Step::Resolve => to(Resolved, state.is_worked()),
        Step::Reject => to(
            Rejected,
            state.is_open() && !matches!(state, InProgress | Extended),
        ),
        Step::Transfer => to(Transferred, state.is_worked() && state != WaitingCitizen),
        Step::Merge => to(Duplicate, state.is_open()),
        Step::Close if state == Resolved => to(Closed, true),
        Step::Close => to(ClosedUnresolved, state.is_worked()),
        Step::Answer => Some(Next::Back).filter(|_| state == WaitingCitizen),
        Step::Reopen => to(Reopened, matches!(state, Resolved | Closed | ClosedUnresolved)),
        Step::Withdraw => to(Withdrawn, state.is_open()),
        Step::Rate => Some(Next::Stay).filter(|_| state == Resolved),
        Step::Remind => Some(Next::Stay).filter(|_| state.is_open()),
        Step::Classify => Some(Next::Stay).filter(|_| state.is_open()),
        Step::Note | Step::Comment | Step::Attach => Some(Next::Stay),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::words::Word as _;

    fn targets(state: State) -> BTreeSet<State> {
        Step::ALL
            .iter()
            .filter_map(|step| match next(state, *step)? {
                Next::To(target) => Some(target),
                Next::Back | Next::Stay => None,
            })
            .collect()
    }

    #[test]
    fn every_state_is_reached_from_filing() {
        let mut seen = BTreeSet::from([State::Submitted]);
        let mut todo = vec![State::Submitted];
        while let Some(state) = todo.pop() {
            todo.extend(targets(state).into_iter().filter(|target| seen.insert(*target)));
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), State::ALL);
    }

    #[test]
    fn an_open_case_can_always_end_and_an_ended_one_only_be_closed_or_reopened() {
        for state in State::ALL {
            let targets = targets(*state);
            if state.is_open() {
                assert!(targets.contains(&State::Withdrawn), "{state:?}");
                assert!(targets.contains(&State::Duplicate), "{state:?}");
            } else {
                assert!(
                    targets.is_subset(&[State::Closed, State::Reopened].into()),
                    "{state:?}"
                );
            }
        }
    }

    #[test]
    fn a_rating_needs_a_result_that_is_not_closed_yet() {
        for state in State::ALL {
            assert_eq!(next(*state, Step::Rate).is_some(), *state == State::Resolved);
            assert_eq!(
                next(*state, Step::Answer).is_some(),
                *state == State::WaitingCitizen
            );
        }
    }
}
