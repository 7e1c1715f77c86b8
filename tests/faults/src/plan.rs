//! From rules to positions: whose turn it is, and where the seed puts the mark.
//!
//! A draw depends on the seed, the rule and which of its matches this is, and on nothing else: not on time, not
//! on what other connections do meanwhile.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::{
    answer::Answer,
    http_boundaries::Body,
    reorder::{Arrival, Arrivals},
    script::{
        ConnectionAction, ConnectionPosition, Direction, Disturbance, How, RequestAction, RequestPosition,
        Rule, Script,
    },
};

/// How far a position is drawn into a body whose length its head does not tell, in bytes.
const UNKNOWN_BODY_BYTES: u64 = 1_024;

/// What happens at a mark.
#[derive(Debug)]
pub(crate) enum Event {
    Cut(How),
    Refuse(How),
    StallUntilClientGoes,
    StallFor(Duration),
    WaitFor(oneshot::Receiver<()>),
}

/// A mark: after so many bytes, an event.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) at: u64,
    pub(crate) end: End,
    pub(crate) event: Event,
}

/// What the end of the message means for a mark that it does not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing: the message passes.
    Ignored,
    /// The mark moves before the last byte: it was drawn without knowing the message's length.
    Pulled,
}

/// Bytes per second, each way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rates {
    pub(crate) up: Option<u64>,
    pub(crate) down: Option<u64>,
}

impl Rates {
    fn new(direction: Option<Direction>, bytes_per_s: u64) -> Self {
        let rate = Some(bytes_per_s.max(1));
        match direction {
            None => Self { up: rate, down: rate },
            Some(Direction::Up) => Self { up: rate, down: None },
            Some(Direction::Down) => Self { up: None, down: rate },
        }
    }
}

/// What happens to a connection.
pub(crate) enum ConnectionPlan {
    Pass,
    Refuse(How),
    Mark { direction: Direction, mark: Mark },
    Throttle(Rates),
}

/// What happens to a request.
pub(crate) enum RequestPlan {
    Pass,
    Mark { place: Place, event: Event },
    Throttle(Rates),
    Answer(Answer),
}

/// A position of a request and the number drawn for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    position: RequestPosition,
    draw: u64,
}

/// A plan, the rule it comes from, and the place in the order of arrival to hold until the end.
pub(crate) struct Planned<P> {
    pub(crate) plan: P,
    pub(crate) rule: Option<String>,
    pub(crate) arrival: Arrival,
}

/// A script at work.
pub(crate) struct Book {
    script: Script,
    seed: u64,
    /// Matches of each rule so far.
    matches: Vec<u64>,
    connections: Arrivals,
    requests: Arrivals,
}

impl Book {
    pub(crate) fn new(script: Script, seed: u64) -> Self {
        let matches = vec![0; script.rules.len()];
        Self {
            script,
            seed,
            matches,
            connections: Arrivals::default(),
            requests: Arrivals::default(),
        }
    }

    /// Takes another script; counting starts again.
    pub(crate) fn replace(&mut self, script: Script) {
        self.matches = vec![0; script.rules.len()];
        self.script = script;
    }

    /// Counts a match for every rule that fits; of those whose turn it is, the first and its draw.
    fn choose<A>(&mut self, fits: impl Fn(&Rule) -> Option<(crate::script::Turn, A)>) -> Option<Chosen<A>> {
        let mut chosen = None;
        for (number, (named, count)) in (0_u64..).zip(self.script.rules.iter().zip(&mut self.matches)) {
            let Some((turn, action)) = fits(&named.rule) else {
                continue;
            };
            *count += 1;
            if chosen.is_none() && turn.includes(*count) {
                let draw = mix(mix(mix(self.seed).wrapping_add(number)).wrapping_add(*count));
                chosen = Some(Chosen {
                    action,
                    name: named.name.clone(),
                    draw,
                });
            }
        }
        chosen
    }

    pub(crate) fn connection(&mut self) -> Planned<ConnectionPlan> {
        let arrival = self.connections.arrive();
        let chosen = self.choose(|rule| match rule {
            Rule::Connection { turn, action } => Some((*turn, *action)),
            Rule::Request { .. } => None,
        });
        let Some(Chosen { action, name, draw }) = chosen else {
            return Planned {
                plan: ConnectionPlan::Pass,
                rule: None,
                arrival,
            };
        };
        let place = |at, event| {
            let (direction, at) = match at {
                ConnectionPosition::AfterBytes { direction, bytes } => (direction, bytes),
                ConnectionPosition::Random { direction, within } => (direction, below(draw, within)),
            };
            ConnectionPlan::Mark {
                direction,
                mark: Mark {
                    at,
                    end: End::Ignored,
                    event,
                },
            }
        };
        let plan = match action {
            ConnectionAction::Refuse { how } => ConnectionPlan::Refuse(how),
            ConnectionAction::Cut { at, how } => place(at, Event::Cut(how)),
            ConnectionAction::Stall { at, lasting } => place(at, stall(lasting)),
            ConnectionAction::Throttle {
                direction,
                bytes_per_s,
            } => ConnectionPlan::Throttle(Rates::new(direction, bytes_per_s)),
            ConnectionAction::Reorder { behind } => place(
                ConnectionPosition::AfterBytes {
                    direction: Direction::Up,
                    bytes: 0,
                },
                Event::WaitFor(arrival.behind(behind)),
            ),
        };
        Planned {
            plan,
            rule: Some(name),
            arrival,
        }
    }

    pub(crate) fn request(&mut self, method: &str, target: &str) -> Planned<RequestPlan> {
        let arrival = self.requests.arrive();
        let chosen = self.choose(|rule| match rule {
            Rule::Request { matching, action } if matching.fits(method, target) => {
                Some((matching.turn, action.clone()))
            }
            _ => None,
        });
        let Some(Chosen { action, name, draw }) = chosen else {
            return Planned {
                plan: RequestPlan::Pass,
                rule: None,
                arrival,
            };
        };
        let place = |position, event| RequestPlan::Mark {
            place: Place { position, draw },
            event,
        };
        let plan = match action {
            RequestAction::Answer(answer) => RequestPlan::Answer(answer),
            RequestAction::Disturb(disturbance) => match disturbance {
                Disturbance::Refuse { how } => place(RequestPosition::BeforeHead, Event::Refuse(how)),
                Disturbance::Cut { at, how } => place(at, Event::Cut(how)),
                Disturbance::Stall { at, lasting } => place(at, stall(lasting)),
                Disturbance::Throttle {
                    direction,
                    bytes_per_s,
                } => RequestPlan::Throttle(Rates::new(direction, bytes_per_s)),
                Disturbance::Reorder { behind } => place(
                    RequestPosition::BeforeHead,
                    Event::WaitFor(arrival.behind(behind)),
                ),
            },
        };
        Planned {
            plan,
            rule: Some(name),
            arrival,
        }
    }
}

struct Chosen<A> {
    action: A,
    name: String,
    draw: u64,
}

/// Where the mark of a request falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Request,
    AfterRequest,
    Answer,
}

impl Place {
    pub(crate) fn target(self) -> Target {
        match self.position {
            RequestPosition::AfterBytes {
                direction: Direction::Up,
                ..
            }
            | RequestPosition::BeforeHead
            | RequestPosition::InHead
            | RequestPosition::InBody
            | RequestPosition::Random {
                direction: Some(Direction::Up),
            } => Target::Request,
            RequestPosition::AfterRequest => Target::AfterRequest,
            RequestPosition::AfterBytes {
                direction: Direction::Down,
                ..
            }
            | RequestPosition::InAnswerHead
            | RequestPosition::InAnswerBody
            | RequestPosition::Random {
                direction: Some(Direction::Down),
            } => Target::Answer,
            // The highest bit chooses; `below` reads the low ones.
            RequestPosition::Random { direction: None } if self.draw >> 63 == 0 => Target::Request,
            RequestPosition::Random { direction: None } => Target::Answer,
        }
    }

    /// The mark in a message with a head of so many bytes and this body, not begun. `None` where the message
    /// has no such place.
    pub(crate) fn mark(self, head: usize, body: &Body, event: Event) -> Option<Mark> {
        let head = u64::try_from(head).unwrap_or(u64::MAX);
        let draw = self.draw & (u64::MAX >> 1);
        let (at, end) = match (self.position, body.known_length()) {
            (RequestPosition::AfterBytes { bytes, .. }, _) => (bytes, End::Ignored),
            (RequestPosition::BeforeHead | RequestPosition::AfterRequest, _) => (0, End::Ignored),
            (RequestPosition::InHead | RequestPosition::InAnswerHead, _) => {
                (1 + below(draw, head.saturating_sub(1)), End::Ignored)
            }
            (RequestPosition::InBody | RequestPosition::InAnswerBody, Some(0)) => return None,
            (RequestPosition::InBody | RequestPosition::InAnswerBody, Some(1)) => (head, End::Ignored),
            (RequestPosition::InBody | RequestPosition::InAnswerBody, Some(body)) => {
                (head.saturating_add(1 + below(draw, body - 1)), End::Ignored)
            }
            (RequestPosition::InBody | RequestPosition::InAnswerBody, None) => (
                head.saturating_add(1 + below(draw, UNKNOWN_BODY_BYTES)),
                End::Pulled,
            ),
            (RequestPosition::Random { .. }, Some(body)) => {
                (below(draw, head.saturating_add(body)), End::Ignored)
            }
            (RequestPosition::Random { .. }, None) => {
                (below(draw, head.saturating_add(UNKNOWN_BODY_BYTES)), End::Pulled)
            }
        };
        Some(Mark { at, end, event })
    }
}

fn stall(lasting: Option<Duration>) -> Event {
    lasting.map_or(Event::StallUntilClientGoes, Event::StallFor)
}

/// A number below `bound` (0 where there is none). The bounds are far below 2^63, so the bias of the remainder
/// does not matter here.
fn below(draw: u64, bound: u64) -> u64 {
    draw.checked_rem(bound).unwrap_or(0)
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // First output for seed 0 of the reference implementation (Vigna, splitmix64.c).
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
    }
}
