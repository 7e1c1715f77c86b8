//! What must hold, as data: scenarios of a phone, a city and the line between them.
//!
//! A scenario is a JSON file of steps (format in this package's `README.md`), so that one list of promises is kept by
//! Rust and by the bindings of each language. This is the Rust runner. It owns the whole world of a scenario: a
//! reference city and a fault line on loopback TCP, a phone's store in a fresh folder, and both clocks. Nothing sleeps:
//! time moves where a step says so, or to the instant that the phone itself names as its next.
//!
//! Losses and duplicates are counted at the city, past all HTTP, never by the client under test.
//!
//! Files: `format` the steps as types; `world` the city, the line, the clocks, and what must hold at the city (any
//! language's runner stands on it); `phone` how processes start and die; `perform` what a step does; `expect` what must
//! hold on the phone; `wire` the few requests that are not the phone's (desk, strangers); `picture` photos made to
//! measure.

mod expect;
mod format;
mod perform;
mod phone;
mod picture;
mod trouble;
mod wire;
mod world;

pub use format::{Killed, Scenario, Size, Step};
pub use phone::Starts;
pub use trouble::Trouble;
pub use world::{CITY, Seen, World};

use perform::Run;

/// Runs a scenario in a world of its own.
///
/// # Errors
/// The first step that could not be done or did not hold, with its number from 1 and its text.
pub async fn run(scenario: &Scenario) -> Result<(), Trouble> {
    let mut run = Run::start(scenario).await?;
    for (number, step) in (1..).zip(&scenario.steps) {
        if let Err(trouble) = run.perform(step).await {
            let owed = run.owed().await;
            return Err(Trouble::new(format!(
                "step {number}, {step:?}\n    {trouble}\n    owed: {owed}"
            )));
        }
    }
    Ok(())
}
