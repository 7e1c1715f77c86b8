//! "Saved" is said after the disk has it: no file of the store is written and not yet synced when a call returns, and a
//! picture is synced before it gets its name.
//!
//! The name of each new file and folder counts like its bytes: the folder above must have been synced.
//!
//! No library can see a sync that did not happen, so the kernel is asked: this program runs itself under `strace`,
//! and the trace is read as the disk would see it. What the city can give again (`cache.sqlite`) may lag by design.
//! Where there is no `strace`, or tracing is forbidden, the tests count as skipped; where `CI=true` that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

mod support;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use phananh_engine::client::DraftChanges;
use phananh_engine::secrets::FileSecrets;
use phananh_engine::{Client, Config};

/// Set where this program is the one that is watched: the folder to work in.
const WATCHED: &str = "PHANANH_WATCHED";
const SAID: [&str; 5] = ["draft", "edit", "photo", "photo removed", "sent off"];

/// What a citizen does, and what is said to them after each call.
async fn story(folder: &Path) {
    let secrets = FileSecrets::open(&folder.join("phone/made/secrets")).unwrap();
    let config = Config::new(folder.join("phone/made/data"), Arc::new(secrets));
    let client = Client::open(config).unwrap();
    client.set_city(support::profile(), None).await.unwrap();
    let draft = client.create_draft(support::story::draft()).await.unwrap();
    println!("saved: {}", SAID[0]);
    let changes = DraftChanges {
        text: Some("Cây đổ, xe máy không qua được".to_owned()),
        ..DraftChanges::default()
    };
    client.edit_draft(draft.id, changes).await.unwrap();
    println!("saved: {}", SAID[1]);
    for seed in [1, 2] {
        let path = support::picture(folder, seed).to_string_lossy().into_owned();
        client.add_photo(draft.id, path, None).await.unwrap();
        println!("saved: {}", SAID[2]);
    }
    client.remove_photo(draft.id, 2).await.unwrap();
    println!("saved: {}", SAID[3]);
    client
        .set_pin(draft.id, 16.4637, 107.5909, Some(8.0))
        .await
        .unwrap();
    client.submit(draft.id).await.unwrap();
    println!("saved: {}", SAID[4]);
}

/// The disk, as far as a trace tells: what was written and not synced since.
#[derive(Default)]
struct Disk {
    unsynced: BTreeSet<String>,
    /// Files whose creation was seen.
    made: BTreeSet<String>,
    syncs: usize,
    said: Vec<String>,
    breaches: Vec<String>,
}

impl Disk {
    /// Reads a whole trace; only what lies under `store`, the story's folder, counts.
    fn watch(trace: &str, store: &str) -> Self {
        let mut disk = Self::default();
        let mut under_way: HashMap<&str, &str> = HashMap::new();
        for line in trace.lines() {
            let Some((thread, call)) = line.trim_start().split_once(' ') else {
                continue;
            };
            let call = call.trim_start();
            if let Some(begun) = call.strip_suffix("<unfinished ...>") {
                disk.begins(begun, store);
                under_way.insert(thread, begun);
            } else if call.starts_with("<... ") {
                if let Some(begun) = under_way.remove(thread) {
                    disk.ends(begun, store);
                }
            } else {
                disk.begins(call, store);
                disk.ends(call, store);
            }
        }
        disk
    }

    /// A write counts from its beginning, what is said likewise.
    fn begins(&mut self, call: &str, store: &str) {
        if let Some(said) = call
            .strip_prefix("write(1<")
            .and_then(|rest| rest.split_once("saved: "))
        {
            let said = said.1.split("\\n").next().unwrap_or_default().to_owned();
            for file in &self.unsynced {
                self.breaches
                    .push(format!("said `{said}` before {file} was synced"));
            }
            self.said.push(said);
        } else if ["write(", "pwrite64(", "ftruncate("]
            .iter()
            .any(|name| call.starts_with(name))
        {
            self.unsynced
                .extend(open_file(call, store).filter(|file| counts(file)));
        }
    }

    /// A sync counts from its end, and a rename makes its folder wait for one.
    fn ends(&mut self, call: &str, store: &str) {
        if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            if let Some(file) = open_file(call, store) {
                self.syncs += 1;
                self.unsynced.remove(&file);
            }
        } else if call.starts_with("mkdir") {
            self.unsynced.extend(named(call, store).map(|new| above(&new)));
        } else if call.starts_with("openat(") && call.contains("O_CREAT") {
            let new = named(call, store).filter(|file| counts(file));
            if let Some(new) = new.filter(|file| self.made.insert(file.clone())) {
                self.unsynced.insert(above(&new));
            }
        } else if call.starts_with("rename") {
            let mut names = call.split('"').skip(1).step_by(2);
            let (Some(from), Some(to)) = (names.next(), names.next()) else {
                return;
            };
            let Some(to) = to.strip_prefix(store) else { return };
            if self.unsynced.contains(from.strip_prefix(store).unwrap_or(from)) {
                self.breaches
                    .push(format!("{to} got its name before it was synced"));
            }
            self.unsynced.insert(above(to));
        }
    }
}

/// The path that a call names, from the story's folder on: `mkdir("/…/store/made", 0777)`.
fn named(call: &str, store: &str) -> Option<String> {
    let path = call.split('"').nth(1)?;
    path.strip_prefix(store).map(str::to_owned)
}

/// The folder of a path.
fn above(path: &str) -> String {
    path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
}

/// The file of a call's first argument, from the store's folder on: `fsync(7</…/store/reports.sqlite-wal>)`.
fn open_file(call: &str, store: &str) -> Option<String> {
    let path = call.split_once('<')?.1.split_once('>')?.0;
    path.strip_prefix(store).map(str::to_owned)
}

/// Neither what the city can give again, nor the map of a WAL (made anew at open), nor the name of the lock's holder.
fn counts(file: &str) -> bool {
    !file.contains("/cache.sqlite") && !file.ends_with("-shm") && !file.ends_with("/lock")
}

/// Runs the story under `strace`; an error says why it cannot be watched here.
fn watched() -> Result<Disk, String> {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    let trace = home.join("trace");
    std::fs::create_dir(home.join("phone")).unwrap();
    let run = Command::new("strace")
        .args(["-f", "-y", "-qq", "-s", "64", "-o"])
        .arg(&trace)
        .args([
            "-e",
            "trace=write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,openat",
        ])
        .arg(std::env::current_exe().unwrap())
        .env(WATCHED, &home)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("strace cannot be run ({error})"))?;
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    if errors.contains("ptrace") && !run.status.success() {
        return Err(format!("tracing is forbidden here ({})", errors.trim()));
    }
    assert!(run.status.success(), "{errors}");
    let trace = std::fs::read_to_string(trace).unwrap();
    Ok(Disk::watch(&trace, home.join("phone").to_str().unwrap()))
}

fn nothing_is_said_to_be_saved_before_it_is_synced(disk: &Disk) {
    let said: BTreeSet<_> = disk.said.iter().map(String::as_str).collect();
    assert_eq!(said, SAID.into_iter().collect(), "the trace shows every answer");
    assert!(disk.syncs > SAID.len(), "{} syncs in the whole trace", disk.syncs);
    assert!(disk.breaches.is_empty(), "\n{}", disk.breaches.join("\n"));
}

/// A check that cannot turn red proves nothing: three traces by hand, each with one mistake.
fn a_trace_with_a_mistake_turns_red(_: &Disk) {
    let red = |trace: &str| Disk::watch(trace, "/s").breaches.len();
    let say = "1 write(1<pipe:[9]>, \"saved: draft\\n\", 13) = 13\n";
    let written = "2 pwrite64(5</s/reports.sqlite-wal>, \"..\", 24, 0) = 24\n";
    let synced = "2 fdatasync(5</s/reports.sqlite-wal>) = 0\n";
    assert_eq!(red(&[written, synced, say].concat()), 0);
    assert_eq!(red(&[written, say, synced].concat()), 1);
    let never_ends = "2 fdatasync(5</s/reports.sqlite-wal> <unfinished ...>\n";
    assert_eq!(red(&[written, never_ends, say].concat()), 1);
    let resumed = "2 <... fdatasync resumed>) = 0\n";
    assert_eq!(red(&[written, never_ends, resumed, say].concat()), 0);
    let picture = "3 write(6</s/photos/0.new>, \"..\", 2) = 2\n";
    let named = "3 rename(\"/s/photos/0.new\", \"/s/photos/a.jpg\") = 0\n";
    let whole = "3 fsync(6</s/photos/0.new>) = 0\n";
    let folder = "3 fsync(7</s/photos>) = 0\n";
    assert_eq!(red(&[picture, whole, named, folder, say].concat()), 0);
    assert_eq!(
        red(&[picture, whole, named, say].concat()),
        1,
        "the folder is not synced"
    );
    assert!(
        red(&[picture, named, folder, say].concat()) > 0,
        "the picture is not synced"
    );
    let made = "4 mkdir(\"/s/data\", 0777) = 0\n";
    let above = "4 fsync(3</s>) = 0\n";
    assert_eq!(red(&[made, above, say].concat()), 0);
    assert_eq!(red(&[made, say].concat()), 1, "the folder's name is not synced");
    let born =
        "4 openat(AT_FDCWD, \"/s/data/reports.sqlite\", O_RDWR|O_CREAT, 0644) = 5</s/data/reports.sqlite>\n";
    let inside = "4 fsync(3</s/data>) = 0\n";
    assert_eq!(red(&[born, inside, born, say].concat()), 0);
    assert_eq!(red(&[born, say].concat()), 1, "the file's name is not synced");
}

type Test = fn(&Disk);
const TESTS: [(&str, Test); 2] = [
    (
        "nothing_is_said_to_be_saved_before_it_is_synced",
        nothing_is_said_to_be_saved_before_it_is_synced,
    ),
    (
        "a_trace_with_a_mistake_turns_red",
        a_trace_with_a_mistake_turns_red,
    ),
];

fn main() -> ExitCode {
    if let Some(folder) = std::env::var_os(WATCHED) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(story(Path::new(&folder)));
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    // As libtest does: words that are not options select tests by a part of their name.
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let chosen: Vec<_> = TESTS
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|part| name.contains(*part)))
        .collect();
    if chosen.is_empty() {
        println!("\n0 passed, 0 failed, 0 skipped");
        return ExitCode::SUCCESS;
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let disk = watched();
    for (name, test) in chosen {
        let outcome = match &disk {
            Ok(disk) if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(disk))).is_ok() => {
                passed += 1;
                "ok".to_owned()
            }
            Ok(_) => {
                failed += 1;
                "FAILED".to_owned()
            }
            Err(reason) if in_ci => {
                failed += 1;
                format!("FAILED: {reason}, and CI must be able to")
            }
            Err(reason) => {
                skipped += 1;
                format!("skipped: {reason}")
            }
        };
        println!("test {name} ... {outcome}");
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
