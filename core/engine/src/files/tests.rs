use std::collections::HashSet;
use std::io::Read;
use std::process::Command;

use super::*;
use crate::effects::{Fault, Plan};

const FOLDER: &str = "PHANANH_TEST_FILES_FOLDER";
const AT: &str = "PHANANH_TEST_FILES_AT";

/// A "photo" of three pieces.
fn photo() -> (Sha256, Vec<u8>) {
    let bytes: Vec<u8> = (0..2 * PIECE + 100).map(|i| (i % 251) as u8).collect();
    (Sha256::of(&bytes), bytes)
}

fn open(store: &Path, effects: Effects) -> Result<Files, FileError> {
    let files = Files::of(store, effects);
    files.make().map(|()| files)
}

fn names(files: &Files) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(&files.folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// How many effects it takes to open and to put one photo.
fn effects_of_a_put() -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let effects = Effects::default();
    let (name, bytes) = photo();
    open(folder.path(), effects.clone())
        .unwrap()
        .put_photo(&name, &bytes)
        .unwrap();
    effects.count()
}

/// What may be there after a crash: nothing under the name, or all of it; and after a sweep nothing else.
fn assert_never_half(store: &Path, when: &str) {
    let (name, _) = photo();
    let files = open(store, Effects::default()).unwrap();
    match files.verify(&name) {
        Ok(()) | Err(FileError::Gone) => {}
        Err(other) => panic!("{when}: {other}"),
    }
    files.sweep(&HashSet::new()).unwrap();
    assert!(names(&files).is_empty(), "{when}");
    let (_, bytes) = photo();
    files.put_photo(&name, &bytes).unwrap();
    files.verify(&name).unwrap();
}

#[test]
fn a_photo_is_written_synced_and_renamed_in_that_order() {
    use Effect::{FileRename, FileSync, FileWrite, FolderSync};
    let folder = tempfile::tempdir().unwrap();
    let effects = Effects::default();
    let files = open(folder.path(), effects.clone()).unwrap();
    let (name, bytes) = photo();
    effects.plan(Plan::Count);
    files.put_photo(&name, &bytes).unwrap();
    let written = [
        FileWrite, FileWrite, FileWrite, FileWrite, FileSync, FileRename, FolderSync,
    ];
    assert_eq!(effects.log(), written);
}

#[test]
fn a_kill_between_any_two_steps_leaves_all_or_nothing() {
    let steps = effects_of_a_put();
    for at in 0..steps {
        let folder = tempfile::tempdir().unwrap();
        let (name, bytes) = photo();
        let killed = Effects::scripted(Plan::At(at, Fault::Kill));
        open(folder.path(), killed)
            .and_then(|files| files.put_photo(&name, &bytes))
            .unwrap_err();
        assert_never_half(folder.path(), &format!("killed at {at}"));
    }
}

#[test]
fn the_death_of_a_real_process_leaves_all_or_nothing() {
    for at in 0..effects_of_a_put() {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "files::tests::dies_while_putting", "--ignored"])
            .env(FOLDER, folder.path())
            .env(AT, at.to_string())
            .output()
            .unwrap();
        assert_eq!(
            child.status.code(),
            None,
            "ended by a signal: {}",
            String::from_utf8_lossy(&child.stdout)
        );
        assert_never_half(folder.path(), &format!("aborted at {at}"));
    }
}

#[test]
#[ignore = "the other process of the_death_of_a_real_process_leaves_all_or_nothing"]
fn dies_while_putting() {
    let folder = std::env::var_os(FOLDER).expect("run by the test that counts its deaths");
    let at = std::env::var(AT).unwrap().parse().unwrap();
    let (name, bytes) = photo();
    let files = open(Path::new(&folder), Effects::scripted(Plan::At(at, Fault::Abort))).unwrap();
    files.put_photo(&name, &bytes).unwrap();
}

#[test]
fn a_full_disk_is_said_as_such_keeps_what_is_there_and_leaves_no_litter() {
    let folder = tempfile::tempdir().unwrap();
    let effects = Effects::default();
    let files = open(folder.path(), effects.clone()).unwrap();
    let (name, bytes) = photo();
    files.put_photo(&name, &bytes).unwrap();
    for at in 0..4 {
        effects.plan(Plan::At(at, Fault::Fail(io::ErrorKind::StorageFull)));
        assert!(
            matches!(files.put_photo(&name, &bytes), Err(FileError::Full)),
            "full at {at}"
        );
        assert_eq!(names(&files), [format!("{}.jpg", name.as_str())]);
        files.verify(&name).unwrap();
    }
}

#[test]
fn what_is_sent_is_what_was_put() {
    let folder = tempfile::tempdir().unwrap();
    let files = open(folder.path(), Effects::default()).unwrap();
    let (name, bytes) = photo();
    let len = bytes.len() as u64;
    assert!(matches!(files.open_for_upload(&name, len), Err(FileError::Gone)));
    assert!(matches!(files.verify(&name), Err(FileError::Gone)));
    files.put_photo(&name, &bytes).unwrap();

    let mut sent = Vec::new();
    files
        .open_for_upload(&name, len)
        .unwrap()
        .read_to_end(&mut sent)
        .unwrap();
    assert_eq!(sent, bytes);
    assert!(matches!(
        files.open_for_upload(&name, len - 1),
        Err(FileError::Changed)
    ));

    let mut other = bytes;
    other[PIECE] ^= 1;
    fs::write(files.photo_path(&name), other).unwrap();
    files.open_for_upload(&name, len).unwrap();
    assert!(matches!(files.verify(&name), Err(FileError::Changed)));
}

#[test]
fn a_sweep_takes_orphans_and_litter_and_leaves_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let files = open(folder.path(), Effects::default()).unwrap();
    let (kept, orphan) = (Sha256::of(b"kept"), Sha256::of(b"orphan"));
    for (name, jpeg) in [(&kept, b"kept".as_slice()), (&orphan, b"orphan")] {
        files.put_photo(name, jpeg).unwrap();
        files.put_thumbnail(name, b"small").unwrap();
    }
    fs::write(files.folder.join("0.new"), "half").unwrap();
    fs::write(files.folder.join("read me.txt"), "of a person").unwrap();
    assert_eq!(files.sweep(&HashSet::from([kept.clone()])).unwrap(), 3);
    let (photo, thumbnail) = (
        format!("{}.jpg", kept.as_str()),
        format!("{}.thumb.jpg", kept.as_str()),
    );
    let mut expected = vec![photo, thumbnail.clone(), "read me.txt".to_owned()];
    expected.sort();
    assert_eq!(names(&files), expected);

    files.prune(&kept).unwrap();
    assert!(names(&files).contains(&thumbnail), "lists still show it");
    files.prune(&kept).unwrap();
    assert_eq!(files.sweep(&HashSet::new()).unwrap(), 1);
    assert_eq!(names(&files), ["read me.txt"]);
}
