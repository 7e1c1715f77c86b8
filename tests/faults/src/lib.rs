//! A fault line: a TCP proxy between the phone and the city that misbehaves where a script says so.
//!
//! Field reports travel over lines that break at the worst byte. To show that a report is neither lost nor
//! filed twice, a test must be able to choose that byte. So the line works in *positions*, never in time: a
//! rule picks a connection or a request (`script`), the seed turns "somewhere in the body" into a number
//! (`plan`), and each direction of a connection is a `gate` that lets exactly that many bytes pass before the
//! rule acts. Same seed and same traffic give the same bytes, however the network slices them.
//!
//! The way of one connection through the code: `line` accepts it and asks the `plan` what happens to it;
//! `connection` reads one request head after the other (`http_boundaries`) and hands each to `exchange`, which
//! moves the request up and the answer down through the two gates; whatever is no HTTP/1 (TLS above all) runs
//! through the same gates unread. `closing` ends both sockets so that the bytes let through are still
//! delivered; `stats` has counted them.
//!
//! The script's format is in this package's `README.md`.

mod answer;
mod closing;
mod connection;
mod exchange;
mod gate;
mod http_boundaries;
mod line;
mod plan;
mod reorder;
mod script;
mod script_json;
mod stats;
mod wire;

pub use answer::{Answer, AnswerBody, Endless, Forward};
pub use line::{FaultLine, RunningLine};
pub use script::{
    ConnectionAction, ConnectionPosition, Direction, Disturbance, How, RequestAction, RequestMatch,
    RequestPosition, Rule, Script, Turn,
};
pub use script_json::{MAX_SCRIPT_BYTES, ScriptError};
pub use stats::{ConnectionStats, Outcome, RequestStats, Stats, Totals};

/// The examples of the README are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
