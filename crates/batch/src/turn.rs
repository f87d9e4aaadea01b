//! Whose turn it is. A task of a million targets must not make one of ten wait: after so many units of work a worker
//! looks whether another job waits, and lets it go first.

use jobs::{Job, Lease, Stop};
use store::{
    Store,
    jobs::{self as queue, Priority},
};

use crate::Batches;

/// The units of work that a job does before others have their turn.
pub(crate) struct Turn<'t> {
    store: &'t Store,
    priority: &'t Priority,
    pub(crate) lease: &'t Lease,
    units: usize,
    left: usize,
}

impl<'t> Turn<'t> {
    /// Chunks of subtasks or devices: with 1000 each, some hundredths of a second.
    pub(crate) const CHUNKS: usize = 4;
    /// Chunks of rows of a file, which is read from its start again in the next turn: more of them.
    pub(crate) const CHUNKS_OF_ROWS: usize = 200;

    /// A turn that begins.
    pub(crate) fn new(store: &'t Store, priority: &'t Priority, lease: &'t Lease, units: usize) -> Self {
        Self { store, priority, lease, units, left: units }
    }

    /// Ends a unit of work, and the turn if others wait.
    pub(crate) fn spend(&mut self) -> Result<(), Stop> {
        self.left -= 1;
        if self.left > 0 {
            return Ok(());
        }
        self.left = self.units;
        let (claim, now_ms) = (&self.lease.claim, self.store.now_ms());
        let another =
            |tx: &mut dyn db::Tx| queue::another_waits(tx, Batches::KIND, self.priority, claim, now_ms);
        if self.store.db().read_blocking(another)? { Err(Stop::Yielded) } else { Ok(()) }
    }
}
