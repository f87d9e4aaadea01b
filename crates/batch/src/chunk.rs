//! A chunk of subtasks. Its effects, its subtasks' records, the task's counters and the claim's renewal are one
//! transaction, so that a crash at any instant neither loses an effect nor repeats one, and counters equal rows whoever
//! looks. What happens elsewhere is told there between two of them, and so at most once.

use std::time::Instant;

use db::Tx;
use jobs::{Lease, Stop};
use serde_json::Value as Json;
use store::{
    Context, Store,
    batch_tasks::{self, Work},
    devices::{Each, Reach},
    jobs as queue,
    subtasks::{self, Done, InFlight, Subtask},
};
use types::{
    Fault,
    batch_task::{SubtaskStatus, TaskProgress, TaskStatus},
};

use crate::{Downlink, Effect, Kind, Order, Task};

/// Subtasks that are executed in one transaction: few enough that other writers hardly wait.
const CHUNK: usize = 1000;
/// Bytes that they write of their task's document, each for its device.
const DOCUMENT_BYTES: usize = 4 << 20;

/// What a transaction does to subtasks.
#[derive(Default)]
struct Chunk {
    done: Vec<Done>,
    again: Vec<Done>,
    in_flight: Vec<InFlight>,
    /// Subtasks that were in flight and are not any more.
    landed: Vec<i64>,
    by: TaskProgress,
    orders: Vec<Ordered>,
    /// How long devices have to answer.
    within_ms: i64,
}

/// What is told once the subtask's row says so.
struct Ordered {
    ordinal: i64,
    retries: i64,
    order: Order,
}

/// Executes the next subtasks; answers where to go on, `None` when there is nothing to do at once.
pub(crate) fn execute(
    store: &Store,
    downlink: &dyn Downlink,
    kind: &'static dyn Kind,
    lease: &Lease,
    from: i64,
) -> Result<Option<i64>, Stop> {
    lease.check()?;
    let begun = Instant::now();
    let (claim, term, context) = (lease.claim.clone(), lease.term, store.context().clone());
    let answer = store.db().write_blocking(move |tx| {
        let work = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?.ok_or(store::Error::LostClaim)?;
        let now_ms = context.clock.now_ms();
        let (mut next, goes_on) = next(tx, &context, &work, from, now_ms)?;
        if next.is_empty() {
            // To look is no progress.
            queue::hold(tx, &claim, term.until(now_ms))?;
            return Ok(None);
        }
        queue::advance(tx, &claim, term.until(now_ms))?;
        let reach = Reach { project_id: &claim.project_id, app_id: Some(&work.app_id) };
        let task = Task { context: &context, reach, task_id: &claim.job_id, document: &work.document };
        let mut chunk = Chunk::default();
        let outcomes = outcomes(tx, kind, &task, &mut next)?;
        for (subtask, outcome) in next.iter().zip(outcomes) {
            chunk.add(&work, &context, subtask, outcome, now_ms);
        }
        chunk.record(tx, &work, &claim.project_id, now_ms)?;
        batch_tasks::show(tx, &claim.project_id, &claim.job_id, TaskStatus::Processing, now_ms)?;
        Ok(Some((goes_on, chunk)))
    });
    let Some((goes_on, chunk)) = lease.confirm(begun, answer)? else { return Ok(None) };
    chunk.meter(kind);
    if !chunk.orders.is_empty() {
        ask(store, downlink, kind, lease, chunk)?;
    }
    Ok(Some(goes_on))
}

/// What is to be done, and where to go on after it: first what is due, then what waits for its turn.
fn next(
    tx: &mut dyn Tx,
    context: &Context,
    work: &Work,
    from: i64,
    now_ms: i64,
) -> Result<(Vec<Subtask>, i64), store::Error> {
    if !work.may_go(now_ms, &context.limits) {
        return Ok((Vec::new(), from));
    }
    let until_ms = batch_tasks::believed_until(now_ms, &context.limits);
    let most = (DOCUMENT_BYTES / work.document.to_string().len()).clamp(1, CHUNK);
    let due = subtasks::due(tx, &work.task_id, now_ms, until_ms, most)?;
    if !due.is_empty() || work.unconfirmed {
        return Ok((due, from));
    }
    let waiting = subtasks::waiting(tx, &work.task_id, from, most)?;
    let goes_on = waiting.last().map_or(from, |last| last.ordinal + 1);
    Ok((waiting, goes_on))
}

/// Executes subtasks; those that are in flight, which come to stand first, are found because they have waited too long.
fn outcomes(tx: &mut dyn Tx, kind: &dyn Kind, task: &Task<'_>, next: &mut [Subtask]) -> Each<Effect> {
    next.sort_by_key(|subtask| subtask.status != SubtaskStatus::Processing);
    let in_flight = next.partition_point(|subtask| subtask.status == SubtaskStatus::Processing);
    let mut outcomes: Vec<_> = next[..in_flight].iter().map(|_| Err(kind.overdue())).collect();
    match kind.execute(tx, task, &next[in_flight..]) {
        Err(store::Error::Fault(fault)) => outcomes.resize(next.len(), Err(fault)),
        executed => outcomes.extend(executed?),
    }
    debug_assert_eq!(outcomes.len(), next.len(), "each subtask is answered");
    Ok(outcomes)
}

impl Chunk {
    /// Takes what became of a subtask: its own refusal is its result.
    fn add(
        &mut self,
        work: &Work,
        context: &Context,
        subtask: &Subtask,
        outcome: Result<Effect, Fault>,
        now_ms: i64,
    ) {
        let ended_ms = context.clock.now_ms();
        // What was in flight began when it was sent on its way; what is tried again begins anew.
        let begun_ms = subtask.started_ms.filter(|_| subtask.status == SubtaskStatus::Processing);
        let started_ms = begun_ms.unwrap_or(now_ms);
        if subtask.stage.is_some() {
            self.landed.push(subtask.ordinal);
        }
        let (effect, error) = match outcome {
            Ok(effect) => (effect, None),
            Err(fault) => (Effect::default(), Some(fault)),
        };
        let Effect { output, target, node_id, device_name, awaits } = effect;
        if let Some(awaits) = awaits {
            self.by.moved(subtask.status, SubtaskStatus::Processing, 1);
            let (ordinal, retries) = (subtask.ordinal, subtask.retries);
            self.orders.extend(awaits.order.map(|order| Ordered { ordinal, retries, order }));
            self.within_ms = self.within_ms.max(awaits.until_ms - ended_ms);
            let (stage, due_ms) = (awaits.stage, awaits.until_ms);
            self.in_flight.push(InFlight { ordinal, stage, due_ms, node_id, device_name, started_ms });
            return;
        }
        let again = error.is_some() && work.retry.is_some_and(|retry| subtask.retries < retry.count);
        let (to, list) = match (&error, again) {
            (None, _) => (SubtaskStatus::Success, &mut self.done),
            (Some(_), true) => (SubtaskStatus::FailWaitRetry, &mut self.again),
            (Some(_), false) => (SubtaskStatus::Fail, &mut self.done),
        };
        self.by.moved(subtask.status, to, 1);
        let row = subtask.row_number.map(|row| format!("row {row}"));
        list.push(Done {
            ordinal: subtask.ordinal,
            target: target.filter(|target| *target != subtask.target),
            // A row that failed says which one it is; there is nothing else that it gave.
            output: if error.is_some() { row } else { Some(output) },
            error,
            node_id,
            device_name,
            started_ms,
            ended_ms,
        });
    }

    fn record(
        &self,
        tx: &mut dyn Tx,
        work: &Work,
        project_id: &str,
        now_ms: i64,
    ) -> Result<(), store::Error> {
        let task_id = &work.task_id;
        let reach = Reach { project_id, app_id: Some(&work.app_id) };
        subtasks::release_devices(tx, task_id, &self.landed)?;
        subtasks::settle(tx, reach, task_id, &self.done)?;
        subtasks::await_answers(tx, task_id, &self.in_flight)?;
        let pause_ms = work.retry.map_or(0, |retry| retry.interval * 60_000);
        subtasks::postpone(tx, reach, task_id, &self.again, now_ms + pause_ms)?;
        batch_tasks::count(tx, project_id, task_id, &self.by, now_ms)
    }

    /// After the commit: a unit of work may run more than once.
    fn meter(&self, kind: &dyn Kind) {
        let failed = self.done.iter().filter(|done| done.error.is_some()).count() as u64;
        meter::SUBTASKS.add([kind.task_type(), "success"], self.done.len() as u64 - failed);
        meter::SUBTASKS.add([kind.task_type(), "fail"], failed);
    }
}

/// Tells devices what they are ordered, and records their answers. A subtask that was stopped meanwhile stays so.
fn ask(
    store: &Store,
    downlink: &dyn Downlink,
    kind: &'static dyn Kind,
    lease: &Lease,
    told: Chunk,
) -> Result<(), Stop> {
    lease.check()?;
    let tries: Vec<_> = told.orders.iter().map(|told| (told.ordinal, told.retries)).collect();
    let orders: Vec<_> = told.orders.into_iter().map(|told| told.order).collect();
    let answers: Vec<(i64, Result<Json, Fault>)> =
        tries.iter().map(|(ordinal, _)| *ordinal).zip(downlink.ask(&orders, told.within_ms)).collect();
    lease.check()?;
    let begun = Instant::now();
    let (claim, term, context) = (lease.claim.clone(), lease.term, store.context().clone());
    let answer = store.db().write_blocking(move |tx| {
        let work = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?.ok_or(store::Error::LostClaim)?;
        let now_ms = context.clock.now_ms();
        queue::advance(tx, &claim, term.until(now_ms))?;
        let mut chunk = Chunk::default();
        for subtask in subtasks::in_flight(tx, &claim.job_id, &tries)? {
            let of = |(ordinal, _): &&(i64, _)| *ordinal == subtask.ordinal;
            let Some((_, said)) = answers.iter().find(of) else { continue };
            let effect = match said {
                Ok(json) => kind.answered(json),
                Err(fault) => Err(fault.clone()),
            };
            chunk.add(&work, &context, &subtask, effect, now_ms);
        }
        chunk.record(tx, &work, &claim.project_id, now_ms)?;
        Ok(chunk)
    });
    lease.confirm(begun, answer)?.meter(kind);
    Ok(())
}
