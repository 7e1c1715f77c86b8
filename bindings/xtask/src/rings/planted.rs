//! Ring *planted*: do the checks see what they are there for? Every slip of `tests/planted` must be caught.

use crate::planted;
use crate::project::Project;
use crate::test::Record;

pub(super) fn run(project: &Project, record: &mut Record) {
    match planted::count(project) {
        0 => record.skip("slips", "no patches in tests/planted yet"),
        _ => {
            record.phase("slips", || planted::plant(project, None));
        }
    }
}
