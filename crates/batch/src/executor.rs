//! Executes batch tasks: expand, then chunk after chunk, then rest or finish. What a task does next follows from its row
//! alone, so whoever changes that needs to do no more than see to it that there is a job.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use blob::Blobs;
use db::Tx;
use jobs::{Job, Lease, Stop};
use store::{
    Context, Store,
    batch_tasks::{self, Rest, Work},
    jobs::{self as queue, Claim, Priority},
};
use types::batch_task::TaskStatus;

use crate::{
    Downlink, Kind, Nobody, chunk,
    expand::{self, Ended},
    groups, kind,
    turn::Turn,
};

/// How often a worker looks anew what a task does next, before it lets others look: each time follows from a call that
/// came in between, or from a row that contradicts its task.
const ROUNDS_MAX: usize = 1000;

/// The executor of batch tasks.
pub struct Batches {
    store: Store,
    blobs: Blobs,
    program: PathBuf,
    downlink: Box<dyn Downlink>,
    priority: Priority,
    /// Where each task goes on that has let others go first. It is a hint: before the task rests it is looked through
    /// from the first on, if any subtask waits.
    places: Mutex<HashMap<String, i64>>,
}

impl Job for Batches {
    const KIND: &'static str = batch_tasks::JOB;

    fn execute(&self, lease: &Lease) -> Result<(), Stop> {
        for _ in 0..ROUNDS_MAX {
            let Some(work) = self.work(&lease.claim)? else { return Err(Stop::Lost) };
            let Some(kind) = kind(&work.task_type) else {
                return self.finish(lease, Some(format!("This program does not know {}.", work.task_type)));
            };
            if work.is(TaskStatus::Stopping) {
                return self.stop(lease);
            }
            if work.retry_from.is_some() {
                self.retry(kind, lease)?;
            }
            match self.begin(&work, kind, lease) {
                Ok(()) => {}
                Err(Ended::Unreadable(reason)) => return self.finish(lease, Some(reason)),
                Err(Ended::Stopped(stop)) => return Err(stop),
            }
            self.go_on(kind, lease)?;
            let rest = self.rest(lease)?;
            // What was passed over by the place, if anything was, is looked for from the first on.
            self.places().remove(&lease.claim.job_id);
            if rest != Rest::Go {
                return Ok(());
            }
        }
        Err(Stop::Retry("there is something to be done, and it is not found".to_owned()))
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

    fn priority(&self) -> Priority {
        self.priority.clone()
    }
}

impl Batches {
    /// An executor over its parts. `program` is started with `parse-upload` to read uploaded files.
    pub fn new(store: Store, blobs: Blobs, program: PathBuf) -> Self {
        Self {
            store,
            blobs,
            program,
            downlink: Box::new(Nobody),
            priority: Priority::default(),
            places: Mutex::default(),
        }
    }

    /// The same with a way to devices.
    #[must_use]
    pub fn over(self, downlink: Box<dyn Downlink>) -> Self {
        Self { downlink, ..self }
    }

    /// The same that does tasks of these kinds before all others.
    #[must_use]
    pub fn first(self, task_types: &[&'static str]) -> Self {
        Self { priority: Priority::of_kinds(task_types), ..self }
    }

    fn work(&self, claim: &Claim) -> Result<Option<Work>, store::Error> {
        self.store.db().read_blocking(|tx| batch_tasks::work(tx, &claim.project_id, &claim.job_id))
    }

    /// Makes the subtasks that are not there yet, and moves the task on from `Initializing`. Groups wait for the time
    /// of the task, the rest does not.
    fn begin(&self, work: &Work, kind: &'static dyn Kind, lease: &Lease) -> Result<(), Ended> {
        let context = self.store.context();
        if work.expects_groups() && !work.is_scheduled(context.clock.now_ms(), &context.limits) {
            return groups::expand(&self.store, &mut self.turn(lease, Turn::CHUNKS), work);
        }
        if !work.is(TaskStatus::Initializing) {
            return Ok(());
        }
        if work.from_file {
            let mut turn = self.turn(lease, Turn::CHUNKS_OF_ROWS);
            return expand::expand(&self.store, &self.blobs, &self.program, kind, &mut turn);
        }
        let begun = self.slice(lease, |tx, context, work| {
            batch_tasks::begin(
                tx,
                &work.project_id,
                &work.task_id,
                work.progress.total,
                context.clock.now_ms(),
            )
        });
        Ok(begun?)
    }

    /// Executes chunk after chunk, until there is nothing to do at once or others have their turn.
    fn go_on(&self, kind: &'static dyn Kind, lease: &Lease) -> Result<(), Stop> {
        let mut turn = self.turn(lease, Turn::CHUNKS);
        let task_id = &lease.claim.job_id;
        let mut from = self.places().get(task_id).copied().unwrap_or(0);
        while let Some(next) = chunk::execute(&self.store, &*self.downlink, kind, lease, from)? {
            from = next;
            self.places().insert(task_id.clone(), from);
            turn.spend()?;
        }
        Ok(())
    }

    fn turn<'t>(&'t self, lease: &'t Lease, units: usize) -> Turn<'t> {
        Turn::new(&self.store, &self.priority, lease, units)
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes what did not succeed wait anew.
    fn retry(&self, kind: &'static dyn Kind, lease: &Lease) -> Result<(), Stop> {
        let mut turn = self.turn(lease, Turn::CHUNKS);
        while self.slice(lease, move |tx, context, work| {
            let is_retried = work.retry_from.is_some() && !work.is(TaskStatus::Stopping);
            if is_retried {
                batch_tasks::retry_slice(tx, context, work, kind.keeps_rows())?;
            }
            Ok(is_retried)
        })? {
            turn.spend()?;
        }
        Ok(())
    }

    /// Stops what has not ended, then the task.
    fn stop(&self, lease: &Lease) -> Result<(), Stop> {
        let (mut turn, mut from) = (self.turn(lease, Turn::CHUNKS), 0);
        while let Some(next) =
            self.slice(lease, move |tx, context, work| batch_tasks::stop_slice(tx, context, work, from))?
        {
            from = next;
            turn.spend()?;
        }
        self.finish(lease, None)
    }

    /// One unit of work under the claim over a task that nobody else changes meanwhile.
    fn slice<T: Send + 'static>(
        &self,
        lease: &Lease,
        act: impl Fn(&mut dyn Tx, &Context, &Work) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, Stop> {
        lease.check()?;
        let begun = Instant::now();
        let (claim, term, context) = (lease.claim.clone(), lease.term, self.store.context().clone());
        let answer = self.store.db().write_blocking(move |tx| {
            let work = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?;
            queue::advance(tx, &claim, term.until(context.clock.now_ms()))?;
            act(tx, &context, &work.ok_or(store::Error::LostClaim)?)
        });
        Ok(lease.confirm(begun, answer)?)
    }

    /// Lets the task wait, or ends it.
    fn rest(&self, lease: &Lease) -> Result<Rest, Stop> {
        lease.check()?;
        let (claim, context) = (lease.claim.clone(), self.store.context().clone());
        Ok(self.store.db().write_blocking(move |tx| batch_tasks::rest(tx, &context, &claim))?)
    }

    fn finish(&self, lease: &Lease, reason: Option<String>) -> Result<(), Stop> {
        lease.check()?;
        Ok(self.settle(&lease.claim, reason)?)
    }

    fn settle(&self, claim: &Claim, reason: Option<String>) -> Result<(), store::Error> {
        self.places().remove(&claim.job_id);
        let (claim, context) = (claim.clone(), self.store.context().clone());
        self.store.db().write_blocking(move |tx| {
            batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?;
            queue::settle(tx, &claim)?;
            let now = context.clock.now_ms();
            store::batch_files::forget(tx, &context, &claim.project_id, &claim.job_id)?;
            batch_tasks::finish(tx, &claim.project_id, &claim.job_id, reason.as_deref(), now)
        })
    }
}
