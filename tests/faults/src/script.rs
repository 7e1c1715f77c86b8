//! What a fault script says: rules, each a *when* and a *do*.
//!
//! A rule about a connection and a rule about a request are two types, because they can say different things:
//! only a request has a head, a body and an answer to be cut in, and only a request can be answered by the line
//! itself. What both can suffer is one type, [`Disturbance`], over the positions each of them knows.

use std::time::Duration;

use serde::Deserialize;

use crate::answer::Answer;

/// Which way bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// How both sockets of a cut connection end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// TCP reset (`SO_LINGER` 0), sent once the bytes let through have been acknowledged.
    #[default]
    Reset,
    /// An orderly end of the stream (FIN).
    Close,
}

/// Which of the matching connections or requests a rule acts on, counted from 1.
///
/// Every rule counts every match, also one that an earlier rule takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    first: u64,
    times: Option<u64>,
}

impl Turn {
    /// Every match.
    pub const fn every() -> Self {
        Self {
            first: 1,
            times: None,
        }
    }

    /// The `n`-th match alone, from 1 (0 is read as 1).
    pub const fn nth(n: u64) -> Self {
        Self {
            first: if n == 0 { 1 } else { n },
            times: Some(1),
        }
    }

    /// As many matches in a row, starting with the chosen one; 0 makes a rule that never acts.
    pub const fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Whether the `n`-th match, from 1, is meant.
    pub(crate) fn includes(self, n: u64) -> bool {
        match n.checked_sub(self.first) {
            None => false,
            Some(gone) => self.times.is_none_or(|times| gone < times),
        }
    }
}

/// Which HTTP/1 requests a rule is about. What is not named matches anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMatch {
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) turn: Turn,
}

impl RequestMatch {
    /// Every request.
    pub const fn any() -> Self {
        Self {
            method: None,
            path: None,
            turn: Turn::every(),
        }
    }

    /// Requests with this method, compared exactly (methods are case-sensitive: RFC 9110 section 9.1).
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Requests whose target (path and query as sent) contains this text.
    pub fn path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// Which of the matching requests.
    pub fn turn(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    /// Whether the words of the request fit, its turn apart.
    pub(crate) fn fits(&self, method: &str, target: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|part| target.contains(part))
    }
}

/// A position on a connection, in bytes since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionPosition {
    /// After exactly so many bytes.
    AfterBytes {
        /// Whose bytes are counted.
        direction: Direction,
        /// How many pass.
        bytes: u64,
    },
    /// Drawn from the seed: 0 to `within` - 1 bytes.
    Random {
        /// Whose bytes are counted.
        direction: Direction,
        /// The bound of the draw, in bytes, at least 1.
        within: u64,
    },
}

/// A position in one request and its answer. "Drawn" means: from the seed.
///
/// An interim answer (1xx) passes and is counted in the statistics, but is no part of the answer here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestPosition {
    /// After exactly so many bytes of the request (up) or of its answer (down). A message that ends sooner
    /// passes untouched.
    AfterBytes {
        /// Request or answer.
        direction: Direction,
        /// How many bytes of it pass.
        bytes: u64,
    },
    /// Nothing of the request passes.
    BeforeHead,
    /// Drawn inside the request's head: at least one byte of it passes, at least one does not.
    InHead,
    /// Drawn inside the request's body. A request without a body passes untouched.
    InBody,
    /// The whole request passes and the server's whole answer is waited for and dropped: what the server
    /// does on such a request it has done, and the client does not learn of it.
    AfterRequest,
    /// Drawn inside the answer's head.
    InAnswerHead,
    /// Drawn inside the answer's body. An answer without a body passes untouched.
    InAnswerBody,
    /// Drawn anywhere in the request or anywhere in the answer, never after the last byte.
    Random {
        /// Which of the two; `None` leaves that to the seed as well.
        direction: Option<Direction>,
    },
}

/// What can happen to a connection or a request whose positions are `P`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance<P> {
    /// Both sockets end at a position.
    Cut {
        /// Where.
        at: P,
        /// Reset or closed.
        how: How,
    },
    /// From a position on nothing passes, with the connection left open.
    Stall {
        /// Where.
        at: P,
        /// How long that direction is held; `None` holds both until the client closes its side.
        lasting: Option<Duration>,
    },
    /// Bytes pass no faster than this.
    Throttle {
        /// Which way; `None` for each way on its own.
        direction: Option<Direction>,
        /// The rate, at least 1 (0 is read as 1).
        bytes_per_s: u64,
    },
    /// Ended before anything passes.
    Refuse {
        /// Reset or closed.
        how: How,
    },
    /// Held until `behind` others that came later have ended, or the client closes its side: what was sent
    /// first arrives last, with no clock in the game.
    Reorder {
        /// How many later ones go first, at least 1.
        behind: u32,
    },
}

/// What a rule does to a connection.
pub type ConnectionAction = Disturbance<ConnectionPosition>;

/// What a rule does to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestAction {
    /// Disturbs the request or its answer.
    Disturb(Disturbance<RequestPosition>),
    /// Gives an answer that is not the server's.
    Answer(Answer),
}

impl RequestAction {
    /// Resets the connection at a position.
    pub const fn cut(at: RequestPosition) -> Self {
        Self::Disturb(Disturbance::Cut { at, how: How::Reset })
    }

    /// The server does what it was asked and the client never hears of it.
    pub const fn lose_answer() -> Self {
        Self::cut(RequestPosition::AfterRequest)
    }

    /// Nothing passes from a position on until the client gives up.
    pub const fn stall(at: RequestPosition) -> Self {
        Self::Disturb(Disturbance::Stall { at, lasting: None })
    }

    /// The request arrives later by so much.
    pub const fn delay(by: Duration) -> Self {
        Self::Disturb(Disturbance::Stall {
            at: RequestPosition::BeforeHead,
            lasting: Some(by),
        })
    }

    /// Request and answer pass no faster than this.
    pub const fn throttle(bytes_per_s: u64) -> Self {
        Self::Disturb(Disturbance::Throttle {
            direction: None,
            bytes_per_s,
        })
    }
}

/// One rule of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// About connections.
    Connection {
        /// Which of them.
        turn: Turn,
        /// What happens.
        action: ConnectionAction,
    },
    /// About HTTP/1 requests in the clear.
    Request {
        /// Which of them.
        matching: RequestMatch,
        /// What happens.
        action: RequestAction,
    },
}

/// A fault script: rules in order. On one connection, and again on one request, the first rule whose turn it is
/// acts and no other. The empty script lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    pub(crate) rules: Vec<NamedRule>,
}

/// A rule and what the statistics call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedRule {
    pub(crate) name: String,
    pub(crate) rule: Rule,
}

impl Script {
    /// A script without rules.
    pub const fn new() -> Self {
        Self { rules: Vec::new() }
    }

    /// Adds a rule; its name is its number, "rule 1" for the first.
    pub fn rule(self, rule: Rule) -> Self {
        let name = format!("rule {}", self.rules.len() + 1);
        self.named_rule(name, rule)
    }

    /// Adds a rule under a name for the statistics.
    pub fn named_rule(mut self, name: impl Into<String>, rule: Rule) -> Self {
        self.rules.push(NamedRule {
            name: name.into(),
            rule,
        });
        self
    }

    /// Adds a rule about requests.
    pub fn on_request(self, matching: RequestMatch, action: RequestAction) -> Self {
        self.rule(Rule::Request { matching, action })
    }

    /// Adds a rule about connections.
    pub fn on_connection(self, turn: Turn, action: ConnectionAction) -> Self {
        self.rule(Rule::Connection { turn, action })
    }
}
