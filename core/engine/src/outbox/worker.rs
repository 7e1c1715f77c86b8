//! The background loop of a foreground lease: woken by enqueue, time, connectivity.

use std::sync::Weak;

use phananh_domain::job::JobState;
use phananh_domain::reason::Reason;
use phananh_domain::retry::network_back;
use phananh_domain::time::{MINUTE, Millis, SECOND};

use super::{DrainLimits, drain};
use crate::error::Result;
use crate::store::{cities, jobs};
use crate::world::World;

/// Looks again at least this often: clocks jump, and platforms forget to tell of networks.
const LONGEST_SLEEP: Millis = 5 * MINUTE;
/// Never spins, whatever a clock says.
const SHORTEST_SLEEP: Millis = SECOND;

/// Works until the client is gone or the lease ends (the task is then aborted: an attempt that is cut stands as its
/// rows say, `sending` with exposure `unknown`, and the next open puts it right).
pub(crate) async fn work(world: Weak<World>) {
    loop {
        let Some(strong) = world.upgrade() else { return };
        let report = drain(&strong, &DrainLimits::default()).await;
        let now = strong.now();
        let sleep = match report {
            Ok(report) => report.next_due_at.map_or(LONGEST_SLEEP, |at| at.since(now)),
            // A failing disk: nothing is lost, and nothing is gained by hurry.
            Err(_) => MINUTE,
        }
        .clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
        let wait = strong.clock.wait(sleep);
        tokio::select! {
            () = wait => {}
            () = strong.wake.notified() => {}
        }
    }
}

/// The network came back: what waited for it starts soon, spread so that a city is not run over by phones that come
/// back together. Waits that the city asked for stay.
pub(crate) fn network_is_back(world: &World) -> Result<()> {
    let now = world.now();
    world.store.write(|tx| {
        for mut job in jobs::owed(tx)? {
            let JobState::Queued { next_at, reason } = job.state else {
                continue;
            };
            let sooner = network_back(next_at, reason, now, world.random.number()?);
            if sooner != next_at {
                job.state = JobState::Queued {
                    next_at: sooner,
                    reason,
                };
                jobs::update(tx, &job)?;
            }
        }
        for mut city in cities::all(tx)? {
            let held = city.pause.map(|p| p.reason);
            if matches!(held, Some(Reason::Captive | Reason::Unreachable | Reason::Tls)) {
                city.pause = None;
                cities::update(tx, &city)?;
            }
        }
        Ok(())
    })
}
