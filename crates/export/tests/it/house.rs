//! The real parts: store, objects, engine and agents over one directory, on a clock that tests own. Only the
//! threads are missing: each step of a worker is a call, so that a test can put anything between two of them.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Instant};

use blob::{Blobs, Space};
use db::{Db, Options};
use domain::{Clock, Limits, SystemRng, clock::ManualClock};
use export::{Exports, Outcome};
use futures_util::TryStreamExt;
use jobs::{Agents, Bell, Job, Lease, Stop, Term};
use store::{
    Context, Error, MasterKey, Store, Vault,
    export_tasks::JOB,
    identity::{Chosen, Credentials},
};

use unlade_export as export;

pub(crate) const START_MS: i64 = 1_700_000_000_000;

/// What is open while the process lives.
pub(crate) struct Open {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    exports: Arc<Exports>,
}

pub(crate) struct House {
    open: Option<Open>,
    clock: Arc<ManualClock>,
    limits: Limits,
    pub(crate) root: Credentials,
    pub(crate) runtime: tokio::runtime::Runtime,
    /// How often it was opened: each process has the database in a directory of its own.
    generation: u32,
    directory: tempfile::TempDir,
}

impl House {
    pub(crate) fn new(limits: Limits) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        // What is tested here is order, not the disk: in memory a sync costs nothing.
        let shared = PathBuf::from("/dev/shm");
        let place = if shared.is_dir() { shared } else { std::env::temp_dir() };
        let directory = tempfile::Builder::new().prefix("unlade-").tempdir_in(place).unwrap();
        let clock = Arc::new(ManualClock::at(START_MS));
        std::fs::create_dir(directory.path().join("0")).unwrap();
        let open = Open::at(directory.path(), 0, &clock, &limits);
        let root = runtime.block_on(open.store.bootstrap(Chosen::default())).unwrap().unwrap();
        Self { open: Some(open), clock, limits, root, runtime, generation: 0, directory }
    }

    pub(crate) fn now(&self) -> &Open {
        self.open.as_ref().unwrap()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(crate) fn put_clock(&self, by_ms: i64) {
        self.clock.advance(by_ms);
    }

    /// The process is killed and another one starts. What a kill leaves is the database and its log as they lie
    /// at this instant; the old process closes its own only after they were copied, which helps nobody.
    pub(crate) fn kill_and_start(&mut self) {
        let (old, new) = (self.generation, self.generation + 1);
        let place = |generation: u32| self.directory.path().join(generation.to_string());
        std::fs::create_dir(place(new)).unwrap();
        for file in std::fs::read_dir(place(old)).unwrap() {
            let file = file.unwrap();
            // The index of the log is shared memory and dies with the last process.
            if !file.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(file.path(), place(new).join(file.file_name())).unwrap();
            }
        }
        self.open = None;
        self.generation = new;
        self.start();
    }

    /// The process ends by itself and another one starts.
    pub(crate) fn end_and_start(&mut self) {
        self.open = None;
        self.start();
    }

    fn start(&mut self) {
        self.open = Some(Open::at(self.directory.path(), self.generation, &self.clock, &self.limits));
        self.now().store.free_all_claims().unwrap();
        self.sweep();
        self.prune();
    }

    // What a worker does

    pub(crate) fn claim(&self, term: Term) -> Option<Lease> {
        let until = term.until(self.now_ms());
        let claim = self.now().store.claim(JOB, "worker".into(), until).unwrap()?;
        let space = Space::of(self.directory.path().to_owned(), 0);
        Some(Lease::new(claim, term, Bell::default(), space, Instant::now()))
    }

    pub(crate) fn attempt(&self, lease: &Lease) -> Result<Outcome, Stop> {
        self.now().exports.attempt(lease)
    }

    pub(crate) fn settle(&self, lease: &Lease, outcome: Outcome) -> Result<(), Stop> {
        self.now().exports.settle(&lease.claim, outcome)
    }

    pub(crate) fn beat(&self, lease: &Lease) -> Result<(), Error> {
        self.now().exports.beat(lease, lease.term.until(self.now_ms()))
    }

    /// Gives a claim back, to be tried again at `due_ms`.
    pub(crate) fn give_back(&self, lease: &Lease, due_ms: i64, failure: Option<&str>) -> Result<(), Error> {
        self.now().store.release(&lease.claim, due_ms, failure.map(str::to_owned))
    }

    // What the agents do

    pub(crate) fn rescue(&self) -> bool {
        let open = self.now();
        Agents::rescue(open.exports.clone())(&open.store).unwrap()
    }

    /// Removes what nothing refers to any more.
    pub(crate) fn prune(&self) {
        let Open { store, blobs, .. } = self.now();
        while store.prune().unwrap() {}
        let garbage = store.garbage().unwrap();
        for key in &garbage {
            self.runtime.block_on(blobs.delete(key)).unwrap();
        }
        store.garbage_gone(garbage).unwrap();
    }

    /// Removes what nothing ever referred to; at a start that is all that no row names.
    fn sweep(&self) {
        for key in self.objects() {
            if !self.now().store.object_is_recorded(&key).unwrap() {
                self.runtime.block_on(self.now().blobs.delete(&key)).unwrap();
            }
        }
    }

    /// The keys of all objects.
    pub(crate) fn objects(&self) -> BTreeSet<String> {
        let keys = self.now().blobs.list().map_ok(|object| object.key).try_collect();
        self.runtime.block_on(keys).unwrap()
    }
}

impl Open {
    fn at(directory: &std::path::Path, generation: u32, clock: &Arc<ManualClock>, limits: &Limits) -> Self {
        let options = Options { readers: 1, ..Options::default() };
        let db = Db::open(&directory.join(generation.to_string()).join("unlade.db"), options).unwrap();
        let key = MasterKey::from_hex(&"5a".repeat(32)).unwrap();
        let clock: Arc<dyn Clock> = clock.clone();
        let context = Context::new(clock, Arc::new(SystemRng), limits.clone(), Vault::new(key, Vec::new()));
        let store = Store::open(db, context).unwrap();
        let blobs = Blobs::open(&directory.join("blobs")).unwrap();
        let exports = Arc::new(Exports::new(store.clone(), blobs.clone()));
        Self { store, blobs, exports }
    }
}
