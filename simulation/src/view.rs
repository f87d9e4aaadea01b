//! Everything that the database says at one moment, as small as the rules need it.

use std::collections::{BTreeMap, BTreeSet};

use db::{Db, Tx, args};
use store::{
    batch_tasks,
    jobs::{AHEAD_MAX_MS, ATTEMPTS_MAX},
};

/// A row of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) kind: String,
    pub(crate) epoch: i64,
    pub(crate) attempts: i64,
    pub(crate) lease_until_ms: i64,
    pub(crate) run_at_ms: i64,
}

/// An export task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    pub(crate) user: String,
    pub(crate) condition: String,
    pub(crate) status: String,
    pub(crate) rows: i64,
    pub(crate) progress: i64,
    pub(crate) has_reason: bool,
}

/// A batch task beside the rows that its counters are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) status: String,
    /// In all, waiting, succeeded, failed, stopped; as the task says.
    pub(crate) counters: [i64; 5],
    /// The same, counted from its subtasks.
    pub(crate) rows: [i64; 5],
    /// How many subtasks have had an effect, and how many effects there were.
    pub(crate) effects: (i64, i64),
}

/// The database at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) jobs: BTreeMap<String, Job>,
    pub(crate) exports: BTreeMap<String, Export>,
    /// Of each condition: which task made its file, and the object.
    pub(crate) results: BTreeMap<String, (String, String)>,
    pub(crate) garbage: BTreeSet<String>,
    pub(crate) batches: BTreeMap<String, Batch>,
}

impl View {
    /// What it says now. What `known` batch tasks say is not asked again: of what has nothing to do with them, a
    /// change would be found by the next look.
    pub(crate) fn of(db: &Db, known: Option<&BTreeMap<String, Batch>>) -> Result<Self, db::Error> {
        db.read_blocking(|tx| {
            let mut view = Self { jobs: jobs(tx)?, exports: exports(tx)?, ..Self::default() };
            view.results = results(tx)?;
            view.garbage = tx
                .all("SELECT object_key FROM object_garbage", args![], |row| row.string(0))?
                .into_iter()
                .collect();
            view.batches = known.map_or_else(|| batches(tx), |known| Ok(known.clone()))?;
            Ok(view)
        })
    }

    /// Whether there is a job of `kind` that a node may claim or, if it was tried too often, rescue.
    pub(crate) fn has_free(&self, kind: Option<&str>, now_ms: i64) -> bool {
        let free = |until_ms: i64| until_ms <= now_ms || until_ms > now_ms + AHEAD_MAX_MS;
        self.jobs.values().any(|job| match kind {
            Some(kind) => job.kind == kind && free(job.lease_until_ms) && free(job.run_at_ms),
            None => job.attempts >= ATTEMPTS_MAX && free(job.lease_until_ms),
        })
    }

    pub(crate) fn is_live(&self, job_id: &str, epoch: i64) -> bool {
        self.jobs.get(job_id).is_some_and(|job| job.epoch == epoch)
    }
}

fn jobs(tx: &mut dyn Tx) -> Result<BTreeMap<String, Job>, db::Error> {
    let sql = "SELECT job_id, epoch, attempts, lease_until_ms, run_at_ms, kind FROM job";
    let all = tx.all(sql, args![], |row| {
        let (epoch, attempts, kind) = (row.int(1)?, row.int(2)?, row.text(5)?);
        // As workers call it.
        let kind = if kind == batch_tasks::JOB_ROW { batch_tasks::JOB } else { kind }.to_owned();
        let (lease_until_ms, run_at_ms) = (row.int(3)?, row.int(4)?);
        Ok((row.string(0)?, Job { kind, epoch, attempts, lease_until_ms, run_at_ms }))
    })?;
    Ok(all.into_iter().collect())
}

fn exports(tx: &mut dyn Tx) -> Result<BTreeMap<String, Export>, db::Error> {
    let sql = "SELECT export_task_id, user_id, condition_key, status, export_count, progress, failure FROM export_task";
    let all = tx.all(sql, args![], |row| {
        let (user, condition, status) = (row.string(1)?, row.string(2)?, row.string(3)?);
        let (rows, progress) = (row.int(4)?, row.int(5)?);
        let has_reason = row.opt_text(6)?.is_some_and(|reason| !reason.is_empty());
        Ok((row.string(0)?, Export { user, condition, status, rows, progress, has_reason }))
    })?;
    Ok(all.into_iter().collect())
}

fn results(tx: &mut dyn Tx) -> Result<BTreeMap<String, (String, String)>, db::Error> {
    let sql = "SELECT condition_key, made_by, object_key FROM export_result";
    let all = tx.all(sql, args![], |row| Ok((row.string(0)?, (row.string(1)?, row.string(2)?))))?;
    Ok(all.into_iter().collect())
}

fn batches(tx: &mut dyn Tx) -> Result<BTreeMap<String, Batch>, db::Error> {
    let sql = "SELECT task_id, status, total, waitting, success, fail, stopped FROM batch_task";
    let all = tx.all(sql, args![], |row| {
        let counters = [row.int(2)?, row.int(3)?, row.int(4)?, row.int(5)?, row.int(6)?];
        Ok((row.string(0)?, Batch { status: row.string(1)?, counters, ..Batch::default() }))
    })?;
    let mut batches: BTreeMap<String, Batch> = all.into_iter().collect();
    let sql = "SELECT s.task_id, s.status, COUNT(*), COUNT(e.times), COALESCE(SUM(e.times), 0) FROM subtask s
        LEFT JOIN effect e ON e.task_id = s.task_id AND e.ordinal = s.ordinal GROUP BY s.task_id, s.status";
    for (task, status, count, had, times) in tx.all(sql, args![], |row| {
        Ok((row.string(0)?, row.string(1)?, row.int(2)?, row.int(3)?, row.int(4)?))
    })? {
        // The subtasks of a deleted task go later.
        let Some(batch) = batches.get_mut(&task) else { continue };
        let at = ["Waitting", "Success", "Fail", "Stopped"].iter().position(|known| *known == status);
        batch.rows[0] += count;
        batch.rows[at.map_or(0, |at| at + 1)] += count * i64::from(at.is_some());
        batch.effects = (batch.effects.0 + had, batch.effects.1 + times);
    }
    Ok(batches)
}
