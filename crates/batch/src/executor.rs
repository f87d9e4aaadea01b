//! Executes batch tasks: expand, then chunk after chunk, then finish. A chunk's effects, its subtasks' records,
//! the task's counters and the claim's renewal are one transaction, so that a crash at any instant neither
//! loses an effect nor repeats one, and counters equal rows whoever looks.

use std::{path::PathBuf, time::Instant};

use blob::Blobs;
use db::Tx;
use jobs::{Job, Lease, Stop};
use store::{
    Context, Store,
    batch_tasks::{self, Work},
    devices::Reach,
    jobs::{self as queue, Claim},
    subtasks::{self, Done, Subtask},
};
use types::batch_task::TaskStatus;

use crate::{
    Effect, Kind,
    expand::{self, Ended},
    kind,
};

/// Subtasks that are executed in one transaction: few enough that other writers hardly wait.
const CHUNK: usize = 500;

/// The executor of batch tasks.
pub struct Batches {
    store: Store,
    blobs: Blobs,
    program: PathBuf,
}

impl Job for Batches {
    const KIND: &'static str = batch_tasks::JOB;

    fn execute(&self, lease: &Lease) -> Result<(), Stop> {
        let Some(work) = self.work(&lease.claim)? else { return Err(Stop::Lost) };
        let Some(kind) = kind(&work.task_type) else {
            return self.finish(lease, Some(format!("This program does not know {}.", work.task_type)));
        };
        if work.status == TaskStatus::Initializing.as_str() {
            match self.begin(&work, kind, lease) {
                Ok(()) => {}
                Err(Ended::Unreadable(reason)) => return self.finish(lease, Some(reason)),
                Err(Ended::Stopped(stop)) => return Err(stop),
            }
        }
        let mut from = 0;
        while let Some(next) = self.chunk(&work, kind, lease, from)? {
            from = next;
        }
        self.finish(lease, None)
    }

    fn beat(&self, lease: &Lease, lease_until_ms: i64) -> Result<(), store::Error> {
        self.store.hold(&lease.claim, lease_until_ms)
    }

    fn give_up(&self, claim: &Claim, reason: String) -> Result<(), store::Error> {
        self.settle(claim, Some(reason))
    }

    fn hindrance(&self) -> Option<String> {
        self.blobs.hindrance()
    }
}

impl Batches {
    /// An executor over its parts. `program` is started with `parse-upload` to read uploaded files.
    pub fn new(store: Store, blobs: Blobs, program: PathBuf) -> Self {
        Self { store, blobs, program }
    }

    fn work(&self, claim: &Claim) -> Result<Option<Work>, store::Error> {
        self.store.db().read_blocking(|tx| batch_tasks::work(tx, &claim.project_id, &claim.job_id))
    }

    /// Makes the subtasks that come from a file, and moves the task on to `Processing`.
    fn begin(&self, work: &Work, kind: &'static dyn Kind, lease: &Lease) -> Result<(), Ended> {
        if work.from_file {
            return expand::expand(&self.store, &self.blobs, &self.program, kind, lease);
        }
        let (claim, term, context, total) =
            (lease.claim.clone(), lease.term, self.store.context().clone(), work.progress.total);
        let begun = Instant::now();
        let answer = self.store.db().write_blocking(move |tx| {
            let now = context.clock.now_ms();
            queue::advance(tx, &claim, term.until(now))?;
            batch_tasks::begin(tx, &claim.project_id, &claim.job_id, total, now)
        });
        Ok(lease.confirm(begun, answer)?)
    }

    /// Executes the next subtasks that wait; answers where to go on, `None` when none waits.
    fn chunk(
        &self,
        work: &Work,
        kind: &'static dyn Kind,
        lease: &Lease,
        from: i64,
    ) -> Result<Option<i64>, Stop> {
        lease.check()?;
        let begun = Instant::now();
        let (claim, term, context, app_id) =
            (lease.claim.clone(), lease.term, self.store.context().clone(), work.app_id.clone());
        let answer = self.store.db().write_blocking(move |tx| {
            queue::advance(tx, &claim, term.until(context.clock.now_ms()))?;
            let waiting = subtasks::waiting(tx, &claim.job_id, from, CHUNK)?;
            let Some(last) = waiting.last() else { return Ok(None) };
            let next = last.ordinal + 1;
            let reach = Reach { project_id: &claim.project_id, app_id: Some(&app_id) };
            let done = waiting
                .into_iter()
                .map(|subtask| execute(tx, &context, kind, reach, &claim.job_id, subtask))
                .collect::<Result<Vec<_>, _>>()?;
            let failed = done.iter().filter(|done| done.error.is_some()).count() as i64;
            subtasks::settle(tx, &claim.job_id, &done)?;
            let succeeded = done.len() as i64 - failed;
            let now = context.clock.now_ms();
            batch_tasks::count_done(tx, &claim.project_id, &claim.job_id, succeeded, failed, now)?;
            Ok(Some((next, succeeded, failed)))
        });
        // Counted after the commit: a unit of work may run more than once.
        Ok(lease.confirm(begun, answer)?.map(|(next, succeeded, failed)| {
            meter::SUBTASKS.add([kind.task_type(), "success"], succeeded.unsigned_abs());
            meter::SUBTASKS.add([kind.task_type(), "fail"], failed.unsigned_abs());
            next
        }))
    }

    fn finish(&self, lease: &Lease, reason: Option<String>) -> Result<(), Stop> {
        lease.check()?;
        Ok(self.settle(&lease.claim, reason)?)
    }

    fn settle(&self, claim: &Claim, reason: Option<String>) -> Result<(), store::Error> {
        let (claim, context) = (claim.clone(), self.store.context().clone());
        self.store.db().write_blocking(move |tx| {
            queue::settle(tx, &claim)?;
            let now = context.clock.now_ms();
            store::batch_files::forget(tx, &context, &claim.project_id, &claim.job_id)?;
            batch_tasks::finish(tx, &claim.project_id, &claim.job_id, reason.as_deref(), now)
        })
    }
}

/// Executes one subtask: its own refusal is its result, anything else ends the chunk.
fn execute(
    tx: &mut dyn Tx,
    context: &Context,
    kind: &dyn Kind,
    reach: Reach<'_>,
    task_id: &str,
    subtask: Subtask,
) -> Result<Done, store::Error> {
    let started_ms = context.clock.now_ms();
    let effect = match kind.execute(tx, context, reach, task_id, &subtask) {
        Ok(effect) => Ok(effect),
        Err(store::Error::Fault(fault)) => Err(fault),
        Err(other) => return Err(other),
    };
    let (effect, error) = match effect {
        Ok(effect) => (effect, None),
        Err(fault) => (Effect::default(), Some(fault)),
    };
    let row = subtask.row_number.map(|row| format!("row {row}"));
    Ok(Done {
        ordinal: subtask.ordinal,
        target: effect.target.unwrap_or(subtask.target),
        // A row that failed says which one it is; there is nothing else that it gave.
        output: if error.is_some() { row } else { Some(effect.output) },
        error,
        node_id: effect.node_id,
        device_name: effect.device_name,
        started_ms,
        ended_ms: context.clock.now_ms(),
    })
}
