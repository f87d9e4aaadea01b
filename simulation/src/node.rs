//! A node: a store on a clock of its own, workers, and what its agents have in hand.

use std::sync::Arc;

use domain::clock::ManualClock;
use store::{Store, jobs::Claim};

/// What a worker is at.
#[derive(Clone, Debug)]
pub(crate) enum Worker {
    Idle,
    Export {
        claim: Claim,
        /// When its claim was last confirmed, on the clock that no jump bends.
        confirmed_ms: i64,
        rows: i64,
        /// The object that it has laid down and that does not count yet.
        object: Option<String>,
    },
    Batch {
        claim: Claim,
        confirmed_ms: i64,
        /// The subtask to go on at.
        from: i64,
    },
}

/// A job that the Rescuer has taken to give it up.
pub(crate) type Doomed = (&'static str, Claim, String);

pub(crate) struct Node {
    pub(crate) clock: Arc<ManualClock>,
    /// How far its clock is from the true time.
    pub(crate) skew_ms: i64,
    /// `None` while the process is dead.
    pub(crate) store: Option<Store>,
    pub(crate) workers: Vec<Worker>,
    /// What its sweep has found and not deleted yet.
    pub(crate) sweeping: Vec<String>,
    /// The garbage that its Pruner has read; those that it has deleted are behind it.
    pub(crate) pruning: Vec<String>,
    pub(crate) pruned: Vec<String>,
    pub(crate) rescuing: Option<Doomed>,
}

impl Node {
    pub(crate) fn new(clock: Arc<ManualClock>, skew_ms: i64, workers: usize) -> Self {
        let (sweeping, pruning, pruned) = (Vec::new(), Vec::new(), Vec::new());
        let workers = vec![Worker::Idle; workers];
        Self { clock, skew_ms, store: None, workers, sweeping, pruning, pruned, rescuing: None }
    }

    /// The process ends where it stands; nobody gives anything back.
    pub(crate) fn crash(&mut self) {
        *self = Self::new(self.clock.clone(), self.skew_ms, self.workers.len());
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.workers.iter().any(|worker| !matches!(worker, Worker::Idle))
    }
}
