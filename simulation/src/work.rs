//! What workers do, one write at a time: a worker that is not asked for long is a worker that sleeps.

use db::{Tx, args};
use store::{
    Error, batch_tasks,
    devices::Reach,
    export_tasks::{self, Made},
    jobs::{self, Claim},
    subtasks::{self, Done},
};
use types::{Code, Fault as Refusal};

use crate::{
    dice::Dice,
    fault::{self, Fault},
    ground::said,
    judge::{Deed, Verb},
    node::Worker,
    world::{TERM_MS, Verdict, Went, World},
};

/// The rows that an export has.
const ROWS: i64 = 10;
/// Subtasks that are executed in one transaction.
const CHUNK: usize = 2;

impl World<'_> {
    /// One step of one worker.
    pub(crate) fn work(&mut self, dice: &mut Dice, node: usize, worker: usize) -> Verdict {
        if self.nodes[node].store.is_none() {
            return Ok(());
        }
        let next = match self.nodes[node].workers[worker].clone() {
            Worker::Idle => self.claim(dice, node)?,
            busy if self.has_slept(dice, &busy) => {
                self.tell(|| format!("node {node}: a worker finds that it has slept"));
                Worker::Idle
            }
            Worker::Export { claim, confirmed_ms, rows, object } => {
                self.export(dice, node, claim, confirmed_ms, rows, object)?
            }
            Worker::Batch { claim, confirmed_ms, from } => {
                self.batch(dice, node, claim, confirmed_ms, from)?
            }
        };
        if self.nodes[node].store.is_some() {
            self.nodes[node].workers[worker] = next;
        }
        Ok(())
    }

    /// A worker looks whether its claim was confirmed lately. It may fall asleep between that look and its write:
    /// then the look says nothing.
    fn has_slept(&self, dice: &mut Dice, worker: &Worker) -> bool {
        let (Worker::Export { confirmed_ms, .. } | Worker::Batch { confirmed_ms, .. }) = worker else {
            return false;
        };
        let late = self.true_ms - confirmed_ms > TERM_MS * 2 / 3;
        late && (self.calm || dice.one_in(2))
    }

    fn claim(&mut self, dice: &mut Dice, node: usize) -> Verdict<Worker> {
        let kind = if dice.one_in(2) { export_tasks::JOB } else { batch_tasks::JOB };
        let (store, now_ms) = (self.store(node)?, self.now_ms(node));
        // Asked in vain it costs the same; so it mostly is not.
        let planted = self.fault == Fault::ClaimOfTheLeased;
        if !planted && !self.judge.view.has_free(Some(kind), now_ms) && (self.calm || !dice.one_in(8)) {
            return Ok(Worker::Idle);
        }
        let claimed = match self.fault {
            Fault::ClaimOfTheLeased => fault::claim(&self.ground.db, kind, now_ms + TERM_MS),
            _ => store.claim(kind, format!("node-{node}"), now_ms + TERM_MS),
        };
        let Some(claim) = claimed.map_err(said)? else { return Ok(Worker::Idle) };
        if self.fault == Fault::AttemptsUncounted {
            fault::forget(&self.ground.db, "UPDATE job SET attempts = 0").map_err(said)?;
        }
        self.tell(|| {
            let Claim { job_id, epoch, attempt, .. } = &claim;
            format!("node {node}: claims {kind} {job_id} epoch {epoch}, attempt {attempt}")
        });
        self.look(Deed::of(Verb::Claim, now_ms))?;
        if !self.calm && dice.one_in(60) {
            self.crash(node);
            return Ok(Worker::Idle);
        }
        let confirmed_ms = self.true_ms;
        Ok(match kind {
            export_tasks::JOB => Worker::Export { claim, confirmed_ms, rows: 0, object: None },
            _ => Worker::Batch { claim, confirmed_ms, from: 0 },
        })
    }

    fn export(
        &mut self,
        dice: &mut Dice,
        node: usize,
        claim: Claim,
        confirmed_ms: i64,
        rows: i64,
        object: Option<String>,
    ) -> Verdict<Worker> {
        let (until, true_ms) = (self.now_ms(node) + TERM_MS, self.true_ms);
        if dice.one_in(3) {
            let broken = (self.fault == Fault::ProgressOfTheAttempt).then(|| self.ground.db.clone());
            let went = self.write(dice, node, &claim, (Verb::Beat, None), |store| match &broken {
                Some(db) => fault::beat(db, &claim, until, rows),
                None => store.export_heartbeat(&claim, until, rows, ROWS),
            })?;
            // A heartbeat without an answer confirms nothing; the clock decides.
            let confirmed_ms = if matches!(went, Went::Done(())) { true_ms } else { confirmed_ms };
            return Ok(match went {
                Went::Lost => Worker::Idle,
                _ => Worker::Export { claim, confirmed_ms, rows, object },
            });
        }
        if !self.calm && dice.one_in(30) {
            return self.give_back(dice, node, &claim);
        }
        if self.deadly.contains(&claim.job_id) {
            self.crash(node);
            return Ok(Worker::Idle);
        }
        if let Some(key) = object {
            return self.publish(dice, node, &claim, &key);
        }
        let Some(_order) = self.store(node)?.export_order(&claim).map_err(said)? else {
            return Ok(Worker::Idle);
        };
        if self.hopeless.contains(&claim.job_id) {
            let fail = |store: &store::Store| store.export_fail(&claim, "cannot be written".into());
            let went = self.write(dice, node, &claim, (Verb::Fail, None), fail)?;
            return self.settled(dice, node, &claim, &went);
        }
        let rows = rows + dice.between(1, ROWS);
        let object = (rows >= ROWS).then(|| format!("exports/{}/{}.zip", claim.job_id, claim.epoch));
        if let Some(key) = &object {
            self.tell(|| format!("node {node}: lays {key} down"));
            self.objects.insert(key.clone(), true_ms);
        }
        Ok(Worker::Export { claim, confirmed_ms, rows: rows.min(ROWS), object })
    }

    fn publish(&mut self, dice: &mut Dice, node: usize, claim: &Claim, key: &str) -> Verdict<Worker> {
        let made = Made { object_key: key.to_owned(), bytes: 10, sha256: key.to_owned(), rows: ROWS };
        let (fault, db) = (self.fault, self.ground.db.clone());
        let went = self.write(dice, node, claim, (Verb::Publish, Some(key)), |store| match fault {
            Fault::AnyEpoch => store.export_publish(&fault::forged(&db, claim)?, made),
            Fault::SettledLater => fault::publish(&db, claim, &made, false),
            Fault::LastComesFirst => fault::publish(&db, claim, &made, true),
            _ => store.export_publish(claim, made),
        })?;
        self.settled(dice, node, claim, &went)
    }

    /// Whoever got no answer gives back what may be settled: then that changes nothing.
    fn settled<T>(&mut self, dice: &mut Dice, node: usize, claim: &Claim, went: &Went<T>) -> Verdict<Worker> {
        match went {
            Went::Unanswered => self.give_back(dice, node, claim),
            _ => Ok(Worker::Idle),
        }
    }

    /// For a failure that may pass, or because the process was told to end.
    fn give_back(&mut self, dice: &mut Dice, node: usize, claim: &Claim) -> Verdict<Worker> {
        let failure = dice.one_in(2).then(|| "no answer came".to_owned());
        let pause_ms = if failure.is_some() { 1_000 * claim.attempt * claim.attempt } else { 0 };
        let run_at_ms = self.now_ms(node) + pause_ms;
        self.write(dice, node, claim, (Verb::Release, None), |store| {
            store.release(claim, run_at_ms, failure)
        })?;
        Ok(Worker::Idle)
    }

    fn batch(
        &mut self,
        dice: &mut Dice,
        node: usize,
        claim: Claim,
        confirmed_ms: i64,
        from: i64,
    ) -> Verdict<Worker> {
        let true_ms = self.true_ms;
        let until = self.now_ms(node) + TERM_MS;
        if dice.one_in(4) {
            let went =
                self.write(dice, node, &claim, (Verb::Beat, None), |store| store.hold(&claim, until))?;
            let confirmed_ms = if matches!(went, Went::Done(())) { true_ms } else { confirmed_ms };
            return Ok(match went {
                Went::Lost => Worker::Idle,
                _ => Worker::Batch { claim, confirmed_ms, from },
            });
        }
        if !self.calm && dice.one_in(30) {
            return self.give_back(dice, node, &claim);
        }
        if self.deadly.contains(&claim.job_id) {
            self.crash(node);
            return Ok(Worker::Idle);
        }
        if self.hopeless.contains(&claim.job_id) {
            let went = self.finish(dice, node, &claim, Some("cannot be read"))?;
            return self.settled(dice, node, &claim, &went);
        }
        if self.judge.view.batches.get(&claim.job_id).is_some_and(|batch| batch.status == "Initializing") {
            let went = self.begin(dice, node, &claim, until)?;
            return match went {
                Went::Done(()) => Ok(Worker::Batch { claim, confirmed_ms: true_ms, from }),
                went => self.settled(dice, node, &claim, &went),
            };
        }
        match self.chunk(dice, node, &claim, from, until)? {
            Went::Done(Some(next)) => Ok(Worker::Batch { claim, confirmed_ms: true_ms, from: next }),
            Went::Done(None) => {
                let went = self.finish(dice, node, &claim, None)?;
                self.settled(dice, node, &claim, &went)
            }
            went => self.settled(dice, node, &claim, &went),
        }
    }

    fn begin(&mut self, dice: &mut Dice, node: usize, claim: &Claim, until: i64) -> Verdict<Went<()>> {
        let held = claim.clone();
        self.write(dice, node, claim, (Verb::Chunk, None), |store| {
            store.db().write_blocking(move |tx| {
                jobs::advance(tx, &held, until)?;
                let work = batch_tasks::work(tx, &held.project_id, &held.job_id)?.ok_or(Error::LostClaim)?;
                batch_tasks::begin(tx, &held.project_id, &held.job_id, work.progress.total, until - TERM_MS)
            })
        })
    }

    fn chunk(
        &mut self,
        dice: &mut Dice,
        node: usize,
        claim: &Claim,
        from: i64,
        until: i64,
    ) -> Verdict<Went<Option<i64>>> {
        let (held, apart) = (claim.clone(), self.fault == Fault::EffectsApart);
        if apart && let Went::Crashed = self.effects_apart(dice, node, claim, from)? {
            return Ok(Went::Crashed);
        }
        self.write(dice, node, claim, (Verb::Chunk, None), |store| {
            store.db().write_blocking(move |tx| {
                jobs::advance(tx, &held, until)?;
                chunk(tx, &held, from, until - TERM_MS, !apart)
            })
        })
    }

    fn effects_apart(&mut self, dice: &mut Dice, node: usize, claim: &Claim, from: i64) -> Verdict<Went<()>> {
        let held = claim.clone();
        let db = self.ground.db.clone();
        db.write_blocking(move |tx| {
            for subtask in subtasks::waiting(tx, &held.job_id, from, CHUNK)? {
                effect(tx, &held.job_id, subtask.ordinal)?;
            }
            Ok(())
        })
        .map_err(said::<Error>)?;
        if dice.one_in(60) {
            self.crash(node);
            return Ok(Went::Crashed);
        }
        Ok(Went::Done(()))
    }

    fn finish(
        &mut self,
        dice: &mut Dice,
        node: usize,
        claim: &Claim,
        reason: Option<&'static str>,
    ) -> Verdict<Went<()>> {
        let now_ms = self.now_ms(node);
        self.write(dice, node, claim, (Verb::Finish, None), |store| finish(store, claim, reason, now_ms))
    }
}

/// Ends a batch task.
pub(crate) fn finish(
    store: &store::Store,
    claim: &Claim,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let (held, reason) = (claim.clone(), reason.map(str::to_owned));
    store.db().write_blocking(move |tx| {
        jobs::settle(tx, &held)?;
        batch_tasks::finish(tx, &held.project_id, &held.job_id, reason.as_deref(), now_ms)
    })
}

/// Effects, records, counters and the claim are one unit of work.
fn chunk(
    tx: &mut dyn Tx,
    claim: &Claim,
    from: i64,
    now_ms: i64,
    with_effects: bool,
) -> Result<Option<i64>, Error> {
    let waiting = subtasks::waiting(tx, &claim.job_id, from, CHUNK)?;
    let Some(last) = waiting.last() else { return Ok(None) };
    let next = last.ordinal + 1;
    let mut done = Vec::with_capacity(waiting.len());
    for subtask in waiting {
        let error = (subtask.ordinal % 3 == 2).then(|| Refusal::from(Code::DeviceMissing));
        if with_effects && error.is_none() {
            effect(tx, &claim.job_id, subtask.ordinal)?;
        }
        done.push(Done {
            ordinal: subtask.ordinal,
            target: None,
            output: None,
            error,
            node_id: None,
            device_name: None,
            started_ms: now_ms,
            ended_ms: now_ms,
        });
    }
    let failed = done.iter().filter(|done| done.error.is_some()).count() as i64;
    let reach = Reach { project_id: &claim.project_id, app_id: None };
    subtasks::settle(tx, reach, &claim.job_id, &done)?;
    let succeeded = done.len() as i64 - failed;
    batch_tasks::count_done(tx, &claim.project_id, &claim.job_id, succeeded, failed, now_ms)?;
    Ok(Some(next))
}

fn effect(tx: &mut dyn Tx, task_id: &str, ordinal: i64) -> Result<(), Error> {
    let sql = "INSERT INTO effect (task_id, ordinal, times) VALUES (?1, ?2, 1)
        ON CONFLICT (task_id, ordinal) DO UPDATE SET times = effect.times + 1";
    tx.execute(sql, args![task_id, ordinal])?;
    Ok(())
}
