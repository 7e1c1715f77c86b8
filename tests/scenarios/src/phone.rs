//! The phone of the Rust runner: a store in a folder, and the client that is open on it, if one is.

use std::path::PathBuf;
use std::sync::Arc;

use phananh_engine::clock::ManualClock;
use phananh_engine::effects::{Effect as Sort, Effects, Fault, Plan};
use phananh_engine::secrets::{MemorySecrets, SecureStore};
use phananh_engine::{Client, Config};

use crate::format::{Effect, Killed};
use crate::trouble::Trouble;

/// How each process on a store starts: on the world's clock, with another draw of ids, its effects counted.
#[derive(Debug)]
pub struct Starts {
    store: PathBuf,
    clock: ManualClock,
    seed: u64,
    opened: u64,
    effects: Effects,
}

impl Starts {
    /// Of a store in this folder.
    #[must_use]
    pub fn new(store: PathBuf, clock: ManualClock, seed: u64) -> Self {
        Self {
            store,
            clock,
            seed,
            opened: 0,
            effects: Effects::default(),
        }
    }

    /// The settings of the next process.
    pub fn next(&mut self, secrets: Arc<dyn SecureStore>) -> Config {
        self.effects = Effects::scripted(Plan::Count);
        let mut config = Config::new(self.store.clone(), secrets);
        config.clock = Arc::new(self.clock.clone());
        config.effects = self.effects.clone();
        // Another seed for each start: a process does not draw the ids of the one before it again.
        config.seed = Some(self.seed.wrapping_add(self.opened.wrapping_mul(0x9E37_79B9)));
        self.opened += 1;
        config
    }

    /// The faults of the process that runs now.
    #[must_use]
    pub fn effects(&self) -> &Effects {
        &self.effects
    }

    /// The process dies at that effect, counted from now.
    ///
    /// # Errors
    /// An `nth` of 0.
    pub fn plan(&self, killed: &Killed) -> Result<(), Trouble> {
        let nth = killed.nth.checked_sub(1);
        let nth = nth.ok_or_else(|| Trouble::new("`nth` counts from 1"))?;
        self.effects
            .plan(Plan::AtSort(sort(killed.effect), nth, Fault::Kill));
        Ok(())
    }

    /// Whether the plan came true. One that never did is a mistake in the scenario.
    ///
    /// # Errors
    /// It did not.
    pub fn reached(&self, killed: &Killed) -> Result<(), Trouble> {
        let log = self.effects.log();
        let same_sort = |effect: &&Sort| **effect == sort(killed.effect);
        if (log.iter().filter(same_sort).count() as u64) < killed.nth {
            return Err(Trouble::new(format!("lived through it: {log:?}")));
        }
        Ok(())
    }
}

fn sort(effect: Effect) -> Sort {
    match effect {
        Effect::StoreCommit => Sort::StoreCommit,
        Effect::StoreCommitted => Sort::StoreCommitted,
        Effect::NetConnect => Sort::NetConnect,
        Effect::NetSend => Sort::NetSend,
        Effect::NetReceive => Sort::NetReceive,
    }
}

pub(crate) struct Phone {
    secrets: MemorySecrets,
    pub(crate) starts: Starts,
    client: Option<Client>,
}

impl Phone {
    pub(crate) fn new(starts: Starts) -> Self {
        Self {
            secrets: MemorySecrets::default(),
            starts,
            client: None,
        }
    }

    pub(crate) fn client(&self) -> Result<&Client, Trouble> {
        self.client
            .as_ref()
            .ok_or_else(|| Trouble::new("the process is dead: the next step must be `reopen`"))
    }

    /// The process is gone, without a word.
    pub(crate) fn die(&mut self) {
        self.client = None;
    }

    /// Starts a process on the store.
    pub(crate) fn open(&mut self) -> Result<(), Trouble> {
        self.client = None;
        let config = self.starts.next(Arc::new(self.secrets.clone()));
        self.client = Some(Client::open(config)?);
        Ok(())
    }
}
