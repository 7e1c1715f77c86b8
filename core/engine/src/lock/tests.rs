use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

const FOLDER: &str = "PHANANH_TEST_LOCK_FOLDER";

#[test]
fn the_second_is_refused_by_name_and_the_lock_ends_with_its_holder() {
    let folder = tempfile::tempdir().unwrap();
    let lock = StoreLock::acquire(folder.path(), 0).unwrap();
    let Err(Error::Held { holder }) = StoreLock::acquire(folder.path(), 0) else {
        panic!("held twice")
    };
    assert!(holder.contains(&std::process::id().to_string()), "{holder}");
    drop(lock);
    StoreLock::acquire(folder.path(), 0).unwrap();
}

#[test]
fn a_file_left_behind_never_blocks() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(NAME), "phananh (process 1)\n").unwrap();
    StoreLock::acquire(folder.path(), 0).unwrap();
}

#[test]
fn a_waiting_process_gets_it_once_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let lock = StoreLock::acquire(folder.path(), 0).unwrap();
    let path = folder.path().to_owned();
    let waiting = std::thread::spawn(move || StoreLock::acquire(&path, 60_000).map(drop));
    drop(lock);
    waiting.join().unwrap().unwrap();
}

#[test]
fn the_kernel_frees_the_lock_of_a_killed_process() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "lock::tests::holds_the_lock_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("has the lock")));
    let Err(Error::Held { holder }) = StoreLock::acquire(folder.path(), 0) else {
        panic!("not held")
    };
    assert!(holder.contains(&child.id().to_string()), "{holder}");
    child.kill().unwrap();
    child.wait().unwrap();
    StoreLock::acquire(folder.path(), 0).unwrap();
}

#[test]
#[ignore = "the other process of the_kernel_frees_the_lock_of_a_killed_process"]
fn holds_the_lock_until_killed() {
    let folder = std::env::var_os(FOLDER).expect("run by the test that kills it");
    let _lock = StoreLock::acquire(Path::new(&folder), 0).unwrap();
    println!("has the lock");
    // The parent never writes: this ends by a kill, or when the parent is gone.
    let _ = std::io::stdin().read_line(&mut String::new());
}
