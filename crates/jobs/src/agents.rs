//! The maintenance agents. The Rescuer ends jobs that were tried too often, so that none holds a slot for ever;
//! the Pruner removes what nothing refers to any more.

use std::{
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use blob::Blobs;
use store::Store;
use tokio::runtime::Handle;

use crate::{Bell, Job};

const RESCUE_EVERY: Duration = Duration::from_secs(2);
const PRUNE_EVERY: Duration = Duration::from_secs(10);
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// An object that no row names is swept when it is older than any attempt can be.
const SWEEP_AGE_MS: i64 = 24 * 3600 * 1000;

/// The file system's clock may stand behind ours: an object that a worker has published a moment after the
/// start can look older than the start, and must not be swept before its row is written.
const FILE_CLOCK_MS: i64 = 10_000;

/// Gives up what was tried too often of one kind; answers whether there was anything.
pub type Rescue = Box<dyn Fn(&Store) -> Result<bool, store::Error> + Send>;

/// The agents' thread.
pub struct Agents(JoinHandle<()>);

impl Agents {
    /// Starts the agents, before any worker: what is older than this process and unrecorded is swept at once.
    pub fn start(
        store: Store,
        blobs: Blobs,
        bell: Bell,
        rescues: Vec<Rescue>,
        runtime: Handle,
    ) -> std::io::Result<Self> {
        let started_ms = store.now_ms();
        let agents = Running { store, blobs, bell, rescues, runtime, started_ms };
        std::thread::Builder::new().name("agents".into()).spawn(move || agents.serve()).map(Self)
    }

    /// The rescue of one kind of job.
    pub fn rescue<J: Job>(job: Arc<J>) -> Rescue {
        Box::new(move |store| {
            let Some((claim, reason)) = store.claim_exhausted(J::KIND)? else { return Ok(false) };
            tracing::warn!(kind = J::KIND, job = claim.job_id, reason, "given up");
            job.give_up(&claim, reason)?;
            meter::GIVEN_UP.add([J::KIND], 1);
            Ok(true)
        })
    }

    /// Waits for the agents after [`Bell::end`].
    pub fn join(self) {
        let _ = self.0.join();
    }
}

struct Running {
    store: Store,
    blobs: Blobs,
    bell: Bell,
    rescues: Vec<Rescue>,
    runtime: Handle,
    started_ms: i64,
}

impl Running {
    fn serve(&self) {
        let (mut pruned, mut swept): (Option<Instant>, Option<Instant>) = (None, None);
        while !self.bell.has_ended() {
            for rescue in &self.rescues {
                while logged("rescue", rescue(&self.store)) == Some(true) {}
            }
            if swept.is_none_or(|at| at.elapsed() >= SWEEP_EVERY) {
                logged("sweep", if swept.is_none() { self.sweep_at_start() } else { self.sweep_old() });
                swept = Some(Instant::now());
            }
            if pruned.is_none_or(|at| at.elapsed() >= PRUNE_EVERY) {
                logged("prune", self.prune());
                pruned = Some(Instant::now());
            }
            let rung = self.bell.rings();
            self.bell.wait(rung, RESCUE_EVERY);
        }
    }

    fn prune(&self) -> Result<(), String> {
        while self.store.prune().map_err(|error| error.to_string())? && !self.bell.has_ended() {}
        loop {
            let garbage = self.store.garbage().map_err(|error| error.to_string())?;
            if garbage.is_empty() {
                return Ok(());
            }
            for key in &garbage {
                self.runtime.block_on(self.blobs.delete(key)).map_err(|error| error.to_string())?;
            }
            self.store.garbage_gone(garbage).map_err(|error| error.to_string())?;
        }
    }

    /// What an earlier process left is older than this one.
    fn sweep_at_start(&self) -> Result<(), String> {
        self.sweep(self.started_ms - FILE_CLOCK_MS)
    }

    /// Later, what is not recorded may yet be: a worker publishes the object before its row.
    fn sweep_old(&self) -> Result<(), String> {
        self.sweep(self.store.now_ms() - SWEEP_AGE_MS)
    }

    fn sweep(&self, before: i64) -> Result<(), String> {
        for object in self.runtime.block_on(self.blobs.list()).map_err(|error| error.to_string())? {
            let recorded = self.store.object_is_recorded(&object.key).map_err(|error| error.to_string())?;
            if !recorded && object.published_ms < before {
                tracing::info!(object = object.key, "swept");
                self.runtime.block_on(self.blobs.delete(&object.key)).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

fn logged<T, E: std::fmt::Display>(agent: &'static str, answer: Result<T, E>) -> Option<T> {
    answer.map_err(|error| tracing::error!(agent, %error, "agent failed")).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Clock, Limits, SystemRng, clock::ManualClock};
    use store::{Context, MasterKey, Vault};

    use super::*;

    /// Agents that started `after_ms` after an object was published whose row is not written yet; answers
    /// whether the object is there after the sweep at the start.
    fn survives_the_start(after_ms: i64) -> bool {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        blobs.publish(blobs.stage().unwrap(), "exports/a/1.zip").unwrap();
        let published_ms = runtime.block_on(blobs.list()).unwrap()[0].published_ms;
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(published_ms + after_ms));
        let vault = Vault::new(MasterKey::random(&SystemRng), Vec::new());
        let context = Context::new(clock, Arc::new(SystemRng), Limits::default(), vault);
        let db = db::Db::open(&dir.path().join("test.db"), db::Options::default()).unwrap();
        let store = Store::open(db, context).unwrap();
        let started_ms = store.now_ms();
        let (bell, handle) = (Bell::default(), runtime.handle().clone());
        let agents = Running { store, blobs, bell, rescues: Vec::new(), runtime: handle, started_ms };
        agents.sweep_at_start().unwrap();
        runtime.block_on(agents.blobs.list()).unwrap().len() == 1
    }

    #[test]
    fn a_result_published_a_moment_after_the_start_is_not_swept_before_its_row_is_written() {
        assert!(survives_the_start(5), "the file system's clock stands a little behind");
        assert!(!survives_the_start(60_000), "what an earlier process left goes");
    }
}
