use std::io::ErrorKind;

use super::*;

fn kinds(effects: &Effects, passes: &[Effect]) -> Vec<Option<ErrorKind>> {
    passes
        .iter()
        .map(|effect| effects.pass(*effect).err().map(|e| e.kind()))
        .collect()
}

#[test]
fn after_a_kill_nothing_happens_any_more_on_any_clone() {
    let effects = Effects::scripted(Plan::At(1, Fault::Kill));
    effects.pass(Effect::FileWrite).unwrap();
    assert!(is_killed(&effects.clone().pass(Effect::FileSync).unwrap_err()));
    assert!(is_killed(&effects.pass(Effect::NetConnect).unwrap_err()));
    assert_eq!(effects.log(), [Effect::FileWrite, Effect::FileSync]);
    effects.plan(Plan::Count);
    effects.pass(Effect::FileWrite).unwrap();
    assert_eq!(effects.count(), 1);
}

#[test]
fn a_fault_can_be_once_or_from_then_on_and_of_one_sort() {
    use Effect::{FileWrite, NetSend};
    let full = Some(ErrorKind::StorageFull);
    let once = Effects::scripted(Plan::At(1, Fault::Fail(ErrorKind::StorageFull)));
    assert_eq!(
        kinds(&once, &[FileWrite, FileWrite, FileWrite]),
        [None, full, None]
    );
    let from = Effects::scripted(Plan::AtSort(
        FileWrite,
        1,
        Fault::FailFrom(ErrorKind::StorageFull),
    ));
    assert_eq!(
        kinds(&from, &[FileWrite, NetSend, FileWrite, NetSend, FileWrite]),
        [None, None, full, None, full]
    );
    assert!(!is_killed(&ErrorKind::StorageFull.into()));
}
