//! A long life on a phone, in virtual time: suspended and resumed, the network coming and going, killed without farewell.
//! Reports are filed all along; at the end the city has each of them once, and the process holds no more descriptors,
//! threads or memory than after its first days.
//!
//! `--rounds N` disturbances (2,000 in the ring *life*; fewer in a plain run of all tests) from `--seed S`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use phananh_domain::time::SECOND;
use phananh_domain::why::Network;
use phananh_engine::client::{DraftChanges, Lease, LeaseKind, NewDraft};
use phananh_faults::{RequestAction, RequestMatch, RequestPosition, Script, Turn};
use support::phone::Phone;
use support::{Town, picture, story};

const NAME: &str = "a_long_life_costs_nothing_and_loses_nothing";
/// Disturbances before the first measure: threads, pools and caches are as they will stay.
const FIRST_DAYS: u64 = 40;
/// How much more memory the end may hold, KB: what an allocator keeps differs by this from run to run.
const MEMORY_MAY_DIFFER_KB: u64 = 24_000;

/// A generator that gives the same numbers in every run (Steele, Vigna: SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What the process holds, as the kernel counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    descriptors: usize,
    threads: usize,
    memory_kb: u64,
}

impl Held {
    fn now() -> Self {
        let count = |folder| std::fs::read_dir(folder).unwrap().count();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Self {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            memory_kb: memory.unwrap().trim().trim_end_matches(" kB").parse().unwrap(),
        }
    }

    /// At rest: connections are closed and idle threads gone. The kernel tells nobody of either, so it is asked until
    /// nothing changes any more, or `like` is reached.
    async fn at_rest(like: Option<Self>) -> Self {
        let (mut held, mut same) = (Self::now(), 0);
        for _ in 0..1_000 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let now = Self::now();
            let counts = |held: Self| (held.descriptors, held.threads);
            same = if counts(now) == counts(held) { same + 1 } else { 0 };
            held = now;
            let enough = like.map_or(same >= 50, |like| counts(like) == counts(held));
            if enough {
                break;
            }
        }
        held
    }
}

/// What the descriptors are, for who has to find the one too many.
fn open_files() -> Vec<std::path::PathBuf> {
    let links = std::fs::read_dir("/proc/self/fd").unwrap();
    links
        .filter_map(|link| std::fs::read_link(link.ok()?.path()).ok())
        .collect()
}

#[derive(Debug, Default)]
struct Counts {
    suspended: u64,
    resumed: u64,
    flipped: u64,
    killed: u64,
}

struct Life {
    town: Town,
    phone: Phone,
    lease: Option<Lease>,
    dice: Dice,
    counts: Counts,
    /// What the citizen was told is on its way.
    filed: Vec<String>,
}

impl Life {
    async fn begin(seed: u64) -> Self {
        let town = Town::rich().await;
        let phone = Phone::of(&town).await;
        Self {
            town,
            phone,
            lease: None,
            dice: Dice(seed),
            counts: Counts::default(),
            filed: Vec::new(),
        }
    }

    async fn days(&mut self, disturbances: u64) {
        for _ in 0..disturbances {
            self.town
                .clock
                .advance(SECOND * (1 + self.dice.below(600) as i64));
            if self.dice.one_in(8) {
                self.file().await;
            }
            if self.dice.one_in(6) {
                self.town.line.set_script(cuts(&mut self.dice));
            }
            if self.dice.one_in(3) {
                self.begin_to_send().await;
            }
            match self.dice.below(10) {
                0..=5 => self.suspend_or_resume().await,
                6..=8 => self.flip().await,
                _ => self.kill(),
            }
        }
    }

    async fn file(&mut self) {
        let text = format!("Đèn đường hỏng, cột số {}", self.filed.len());
        let client = self.phone.client();
        let draft = NewDraft {
            changes: DraftChanges {
                text: Some(text.clone()),
                ..story::draft().changes
            },
            ..story::draft()
        };
        let id = client.create_draft(draft).await.unwrap().id;
        client.set_pin(id, 16.4637, 107.5909, None).await.unwrap();
        if self.dice.one_in(10) {
            let photo = picture(self.phone.dir.path(), self.filed.len() as u32);
            let path = photo.to_string_lossy().into_owned();
            client.add_photo(id, path, None).await.unwrap();
        }
        client.submit(id).await.unwrap();
        self.filed.push(text);
    }

    /// A drain that the next disturbance may find in the middle: it goes on while nobody waits for it.
    async fn begin_to_send(&mut self) {
        let turns = self.dice.below(200);
        let a_while = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            done = self.phone.client().drain(Default::default()) => drop(done.unwrap()),
            () = a_while => {}
        }
    }

    async fn suspend_or_resume(&mut self) {
        match self.lease.take() {
            Some(lease) if self.dice.one_in(2) => {
                lease.end().await;
                self.counts.suspended += 1;
            }
            Some(lease) => {
                drop(lease);
                self.counts.suspended += 1;
            }
            None => {
                let kind = [LeaseKind::Foreground, LeaseKind::Drain][self.dice.below(2) as usize];
                self.lease = Some(self.phone.client().lease(kind).unwrap());
                self.counts.resumed += 1;
            }
        }
    }

    async fn flip(&mut self) {
        let network = [
            Network::Offline,
            Network::Captive,
            Network::Metered,
            Network::Unmetered,
        ];
        let network = network[self.dice.below(4) as usize];
        self.phone.client().set_connectivity(network).await.unwrap();
        self.counts.flipped += 1;
    }

    /// As a system kills an app: whatever is under way, nobody is told.
    fn kill(&mut self) {
        self.phone.close();
        self.lease = None;
        self.phone.open().unwrap();
        self.counts.killed += 1;
    }

    /// The line is good again and everything arrives; then the app is closed.
    async fn end_of_a_day(&mut self) {
        self.town.line.set_script(Script::new());
        self.phone
            .client()
            .set_connectivity(Network::Unmetered)
            .await
            .unwrap();
        self.lease = None;
        let report = self.phone.settle().await.unwrap();
        assert_eq!(report.owed, 0, "{:#?}", self.phone.client().queue().await);
        self.phone.take().shut_down().await.unwrap();
        self.town.line.settled().await;
    }

    fn each_is_at_the_city_once(&self) {
        let mut at_city = BTreeMap::new();
        for case in self.town.cases() {
            *at_city.entry(case.description.unwrap_or_default()).or_insert(0) += 1;
        }
        let expected = self.filed.iter().map(|text| (text.clone(), 1)).collect();
        assert_eq!(at_city, expected);
    }
}

/// Some requests lose their answer, some never arrive whole, some find nobody.
fn cuts(dice: &mut Dice) -> Script {
    let at = [
        RequestPosition::AfterRequest,
        RequestPosition::InBody,
        RequestPosition::BeforeHead,
    ][dice.below(3) as usize];
    let when = RequestMatch::any()
        .method("POST")
        .turn(Turn::nth(1 + dice.below(3)));
    Script::new().on_request(when, RequestAction::cut(at))
}

async fn live(rounds: u64, seed: u64) {
    let mut life = Life::begin(seed).await;
    life.days(FIRST_DAYS).await;
    life.end_of_a_day().await;
    // Asked before both measures: SQLite keeps a descriptor of the city's file for the next who asks.
    life.each_is_at_the_city_once();
    let start = Held::at_rest(None).await;
    life.phone.open().unwrap();
    life.counts = Counts::default();
    life.days(rounds).await;
    life.end_of_a_day().await;
    life.each_is_at_the_city_once();
    let end = Held::at_rest(Some(start)).await;
    let counts = &life.counts;
    println!(
        "seed {seed}: {} suspended, {} resumed, {} flips of the network, {} kills; {} filed, {} at the city",
        counts.suspended,
        counts.resumed,
        counts.flipped,
        counts.killed,
        life.filed.len(),
        life.town.cases().len()
    );
    println!("{:<12} {:>8} {:>8}", "", "start", "end");
    println!(
        "{:<12} {:>8} {:>8}",
        "descriptors", start.descriptors, end.descriptors
    );
    println!("{:<12} {:>8} {:>8}", "threads", start.threads, end.threads);
    println!("{:<12} {:>8} {:>8}", "memory KB", start.memory_kb, end.memory_kb);
    if end.descriptors != start.descriptors {
        println!("{:#?}", open_files());
    }
    assert_eq!(
        (end.descriptors, end.threads),
        (start.descriptors, start.threads),
        "descriptors, threads"
    );
    assert!(
        end.memory_kb <= start.memory_kb + MEMORY_MAY_DIFFER_KB,
        "{} KB more",
        end.memory_kb - start.memory_kb
    );
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let number = |option: &str, otherwise: u64| {
        let mut rest = arguments.iter().skip_while(|argument| *argument != option);
        rest.nth(1)
            .map_or(otherwise, |value| value.parse().expect(option))
    };
    let (rounds, seed) = (number("--rounds", 100), number("--seed", 1));
    let first = arguments.first().filter(|first| !first.starts_with('-'));
    if first.is_some_and(|part| !NAME.contains(part.as_str())) {
        println!("\n0 passed, 0 failed, 0 skipped");
        return ExitCode::SUCCESS;
    }
    if !cfg!(target_os = "linux") {
        println!("test {NAME} ... skipped: what a process holds is read from /proc");
        println!("\n0 passed, 0 failed, 1 skipped");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_keep_alive(Duration::from_millis(1))
        .build()
        .unwrap();
    let run = || runtime.block_on(live(rounds, seed));
    let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_ok();
    println!("test {NAME} ... {}", if lived { "ok" } else { "FAILED" });
    println!(
        "\n{} passed, {} failed, 0 skipped",
        u8::from(lived),
        u8::from(!lived)
    );
    if lived {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
