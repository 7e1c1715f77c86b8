//! Ring *life*: a long life on a phone in virtual time. Suspended and resumed, cut off, killed, 2,000 times; reports are
//! filed all along and counted at the city, and what the process holds is compared with its first days.

use crate::project::Project;
use crate::shell::cargo;
use crate::test::Record;

/// What of a life a seed decides: two seeds are two lives.
const SEEDS: [u32; 2] = [1, 2];
const DISTURBANCES: u32 = 1_000;

pub(super) fn run(project: &Project, record: &mut Record) {
    let locked = if project.in_ci { "--locked" } else { "" };
    for seed in SEEDS {
        let life = format!(
            "test {locked} -p phananh-engine --all-features --test life -- --rounds {DISTURBANCES} --seed {seed}"
        );
        record.tests(&format!("seed {seed}"), &mut cargo(project, &life));
    }
}
