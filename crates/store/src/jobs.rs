//! The queue's rows. A claim is a lease with an epoch: every later write of its holder says
//! `WHERE job_id = ? AND epoch = ?`, so a worker that slept past its lease changes nothing when it wakes.

use std::time::Duration;

use db::{Row, Tx, args};
use types::RecordId;

use crate::{Error, Store, batch_tasks};

/// Attempts without progress before a job is given up.
pub const ATTEMPTS_MAX: i64 = 5;

/// No lease and no pause between attempts ends further ahead than this. What does was written before the clock
/// was put back, and would keep its job waiting until the clock is there again: it is not believed. If its holder
/// lives after all, its epoch is overtaken.
pub const AHEAD_MAX_MS: i64 = 600_000;

/// A worker's lease on a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job: the id of the task it works for.
    pub job_id: String,
    /// The project of that task.
    pub project_id: String,
    /// Which holder this is, counted from 1.
    pub epoch: i64,
    /// Which attempt this is, counted from 1 and since the last progress.
    pub attempt: i64,
}

/// Which jobs of a kind go before others that are due; by default none does.
#[derive(Clone, Debug, Default)]
pub struct Priority(Option<String>);

impl Priority {
    /// By what an expression says of a row of `job`; what it says less of goes first.
    pub(crate) fn by_rank(expression: String) -> Self {
        Self(Some(expression))
    }

    /// What an order of jobs begins with.
    fn order(&self) -> String {
        self.0.as_ref().map_or_else(String::new, |rank| format!("{rank}, "))
    }

    /// That a job goes no later than the one of `?3`.
    fn not_after_ours(&self) -> String {
        self.0.as_ref().map_or_else(String::new, |rank| {
            format!(" AND {rank} <= (SELECT {rank} FROM job WHERE job.job_id = ?3)")
        })
    }
}

/// How long the queue of one kind is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Jobs that nobody works on.
    pub waiting: i64,
    /// Jobs that a worker holds a claim on.
    pub running: i64,
    /// How long ago the oldest of those that wait was ordered.
    pub oldest_ms: Option<i64>,
}

/// Puts a job into the queue, in the unit of work that makes its cause. It is due at once whatever the clock
/// will say, so a clock that is put back delays nothing; jobs that are due run in the order of their ids.
pub fn enqueue(tx: &mut dyn Tx, job_id: &str, kind: &str, project_id: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO job (job_id, kind, project_id, run_at_ms, owner, epoch, lease_until_ms, attempts)
         VALUES (?1, ?2, ?3, 0, NULL, 0, 0, 0)",
        args![job_id, kind, project_id],
    )?;
    Ok(())
}

/// The same work's kind in the rows of this program, where earlier ones call it otherwise; both are taken.
fn also(kind: &str) -> &str {
    if kind == batch_tasks::JOB { batch_tasks::JOB_ROW } else { kind }
}

/// Makes sure that a task has a job that is due, in the unit of work that gives it something to do. A job that an
/// earlier program has ordered is taken from whoever holds it: an earlier worker would not know what to do.
pub(crate) fn ensure(tx: &mut dyn Tx, job_id: &str, kind: &str, project_id: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO job (job_id, kind, project_id, run_at_ms, owner, epoch, lease_until_ms, attempts)
         VALUES (?1, ?2, ?3, 0, NULL, 0, 0, 0)
         ON CONFLICT (job_id) DO UPDATE SET run_at_ms = 0, kind = ?2,
           epoch = CASE WHEN job.kind = ?2 THEN job.epoch ELSE job.epoch + 1 END,
           lease_until_ms = CASE WHEN job.kind = ?2 THEN job.lease_until_ms ELSE 0 END",
        args![job_id, kind, project_id],
    )?;
    Ok(())
}

/// Whether a job of a kind waits besides the one that is held, and goes no later than it.
pub fn another_waits(
    tx: &mut dyn Tx,
    kind: &str,
    priority: &Priority,
    claim: &Claim,
    now_ms: i64,
) -> Result<bool, Error> {
    let sql = format!(
        "SELECT 1 FROM job WHERE kind IN (?1, ?2) AND job_id <> ?3 AND run_at_ms <= ?4 AND lease_until_ms < ?4
            AND attempts < ?5{} LIMIT 1",
        priority.not_after_ours()
    );
    Ok(tx.exists(&sql, args![kind, also(kind), &claim.job_id, now_ms, ATTEMPTS_MAX])?)
}

/// Renews the claim within a unit of work; everything else in the unit stands or falls with it.
pub fn hold(tx: &mut dyn Tx, claim: &Claim, lease_until_ms: i64) -> Result<(), Error> {
    let held = tx.execute(
        "UPDATE job SET lease_until_ms = ?3 WHERE job_id = ?1 AND epoch = ?2",
        args![&claim.job_id, claim.epoch, lease_until_ms],
    )?;
    if held == 1 { Ok(()) } else { Err(Error::LostClaim) }
}

/// [`hold`], and the attempts start anew: work was done that will not be done again.
pub fn advance(tx: &mut dyn Tx, claim: &Claim, lease_until_ms: i64) -> Result<(), Error> {
    let held = tx.execute(
        "UPDATE job SET lease_until_ms = ?3, attempts = 0 WHERE job_id = ?1 AND epoch = ?2",
        args![&claim.job_id, claim.epoch, lease_until_ms],
    )?;
    if held == 1 { Ok(()) } else { Err(Error::LostClaim) }
}

/// Ends the job, within the unit of work that records how.
pub fn settle(tx: &mut dyn Tx, claim: &Claim) -> Result<(), Error> {
    let held =
        tx.execute("DELETE FROM job WHERE job_id = ?1 AND epoch = ?2", args![&claim.job_id, claim.epoch])?;
    if held == 1 { Ok(()) } else { Err(Error::LostClaim) }
}

/// Takes a job away from whoever holds it.
pub(crate) fn cancel(tx: &mut dyn Tx, job_id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM job WHERE job_id = ?1", args![job_id])?;
    Ok(())
}

fn claim(row: &dyn Row) -> Result<Claim, db::Error> {
    Ok(Claim { job_id: row.string(0)?, project_id: row.string(1)?, epoch: row.int(2)?, attempt: row.int(3)? })
}

impl Store {
    /// Claims the job of `kind` that is due for longest, if any is.
    pub fn claim(
        &self,
        kind: &'static str,
        owner: String,
        lease_until_ms: i64,
    ) -> Result<Option<Claim>, Error> {
        self.claim_by(&Priority::default(), kind, owner, lease_until_ms)
    }

    /// [`Store::claim`], of those jobs that go first.
    pub fn claim_by(
        &self,
        priority: &Priority,
        kind: &'static str,
        owner: String,
        lease_until_ms: i64,
    ) -> Result<Option<Claim>, Error> {
        let (now, order) = (self.now_ms(), priority.order());
        self.db.write_blocking(move |tx| {
            // The repeated condition makes this safe where the sub-select takes no lock.
            let sql = format!(
                "UPDATE job SET owner = ?1, epoch = epoch + 1, attempts = attempts + 1, lease_until_ms = ?2
                  WHERE job_id = (SELECT job_id FROM job
                      WHERE kind IN (?3, ?7) AND (run_at_ms <= ?4 OR run_at_ms > ?6)
                        AND (lease_until_ms < ?4 OR lease_until_ms > ?6) AND attempts < ?5
                      ORDER BY {order}run_at_ms, job_id LIMIT 1 /* skip locked */)
                    AND (lease_until_ms < ?4 OR lease_until_ms > ?6) AND attempts < ?5
                  RETURNING job_id, project_id, epoch, attempts"
            );
            Ok(tx.first(
                &sql,
                args![&owner, lease_until_ms, kind, now, ATTEMPTS_MAX, now + AHEAD_MAX_MS, also(kind)],
                claim,
            )?)
        })
    }

    /// The queue of a kind as it is now, if that can be told within `most`.
    pub fn queue(&self, kind: &str, most: Duration) -> Result<Queue, Error> {
        let now = self.now_ms();
        self.db.read_within(most, |tx| {
            let found = tx.first(
                "SELECT COUNT(*), SUM(CASE WHEN lease_until_ms < ?2 THEN 1 ELSE 0 END),
                   MIN(CASE WHEN lease_until_ms < ?2 THEN job_id END) FROM job WHERE kind IN (?1, ?3)",
                args![kind, now, also(kind)],
                |row| {
                    let (all, waiting) = (row.int(0)?, row.opt_int(1)?.unwrap_or(0));
                    let oldest = row.opt_text(2)?.and_then(|id| id.parse::<RecordId>().ok());
                    // An id from before the clock was put back lies ahead.
                    let oldest_ms = oldest.map(|id| (now - id.made().0).max(0));
                    Ok(Queue { waiting, running: all - waiting, oldest_ms })
                },
            )?;
            Ok(found.unwrap_or(Queue { waiting: 0, running: 0, oldest_ms: None }))
        })
    }

    /// Renews a claim.
    pub fn hold(&self, claim: &Claim, lease_until_ms: i64) -> Result<(), Error> {
        let claim = claim.clone();
        self.db.write_blocking(move |tx| hold(tx, &claim, lease_until_ms))
    }

    /// Gives a claim back, to be tried again at `run_at_ms`. An attempt that was only interrupted, by a
    /// shutdown or a full disk, and so has no failure, does not count.
    pub fn release(&self, claim: &Claim, run_at_ms: i64, failure: Option<String>) -> Result<(), Error> {
        let claim = claim.clone();
        let uncounted = i64::from(failure.is_none());
        self.db.write_blocking(move |tx| {
            let held = tx.execute(
                "UPDATE job SET owner = NULL, lease_until_ms = 0, run_at_ms = ?3,
                   attempts = CASE WHEN attempts < ?4 THEN 0 ELSE attempts - ?4 END,
                   last_error = COALESCE(?5, last_error)
                  WHERE job_id = ?1 AND epoch = ?2",
                args![&claim.job_id, claim.epoch, run_at_ms, uncounted, failure.as_ref()],
            )?;
            if held == 1 { Ok(()) } else { Err(Error::LostClaim) }
        })
    }

    /// Frees every claim and makes every job due: whoever made them is gone, since this process alone holds the
    /// data directory. Their attempts stay counted, so that a job that kills its process cannot do so for ever.
    pub fn free_all_claims(&self) -> Result<u64, Error> {
        self.db.write_blocking(|tx| {
            Ok(tx.execute(
                "UPDATE job SET owner = NULL, lease_until_ms = 0, run_at_ms = 0 WHERE lease_until_ms > 0 OR run_at_ms > 0",
                args![],
            )?)
        })
    }

    /// Frees the claims of one node, of which a new process has begun; those of others are theirs. Their attempts
    /// stay counted, as in [`Store::free_all_claims`].
    pub fn free_claims_of(&self, owner: &str) -> Result<u64, Error> {
        let owner = owner.to_owned();
        self.db.write_blocking(move |tx| {
            Ok(tx
                .execute("UPDATE job SET owner = NULL, lease_until_ms = 0 WHERE owner = ?1", args![&owner])?)
        })
    }

    /// Claims a job of `kind` that was tried too often, to be given up; answers it with the reason.
    pub fn claim_exhausted(&self, kind: &'static str) -> Result<Option<(Claim, String)>, Error> {
        let now = self.now_ms();
        self.db.write_blocking(move |tx| {
            Ok(tx.first(
                "UPDATE job SET owner = 'rescuer', epoch = epoch + 1
                  WHERE job_id = (SELECT job_id FROM job
                      WHERE kind IN (?1, ?5) AND (lease_until_ms < ?2 OR lease_until_ms > ?4) AND attempts >= ?3
                      ORDER BY job_id LIMIT 1 /* skip locked */)
                    AND (lease_until_ms < ?2 OR lease_until_ms > ?4) AND attempts >= ?3
                  RETURNING job_id, project_id, epoch, attempts, last_error",
                args![kind, now, ATTEMPTS_MAX, now + AHEAD_MAX_MS, also(kind)],
                |row| {
                    let last = row.opt_text(4)?.unwrap_or("the process ended in the middle of each");
                    let reason = format!("given up after {ATTEMPTS_MAX} attempts: {last}");
                    Ok((claim(row)?, reason))
                },
            )?)
        })
    }
}
